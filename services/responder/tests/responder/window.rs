//! The 24-hour window: what may not be sent waits for the user, is told of by a template message, and
//! goes out once.

use twilio_sim::faults::Fault;
use wharf_domain::contracts::{Envelope, ReplyRequest};
use wharf_store::outbound::OutboundStatus;
use wharf_testkit::poll;

use crate::support::{
    DEADLINE, READER, TestResponder, callback, contact_of, long_content, part, reply, stock,
};

const TEMPLATE: &str = "HX0123456789abcdef0123456789abcdef";

impl TestResponder {
    /// The reader's last message is a day old, for both sides.
    async fn close_window(&self) {
        self.wrote("now() - interval '25 hours'").await;
        self.client().set_window(READER, Some(25)).await.unwrap();
    }

    /// The reader writes.
    async fn open_window(&self) {
        self.client().set_window(READER, Some(0)).await.unwrap();
        self.wrote("now()").await;
    }

    async fn wrote(&self, when: &str) {
        let contact = contact_of(READER);
        self.db
            .run_sql(&format!(
                "UPDATE contacts SET last_inbound_at = {when} WHERE id = '{contact}'"
            ))
            .await;
    }

    async fn wait_sent(&self, count: usize) -> Vec<String> {
        let what = format!("{count} messages");
        poll::until_some(DEADLINE, &what, async || {
            let sent = self.sent(READER).await;
            (sent.len() >= count).then(|| sent.into_iter().map(|entry| entry.text).collect())
        })
        .await
    }

    async fn wait_status(&self, reply: &Envelope<ReplyRequest>, status: OutboundStatus) {
        let what = format!("status {}", status.as_str());
        poll::until(DEADLINE, &what, async || {
            self.row(reply).await.status == status
        })
        .await;
    }

    async fn template(&self, approval: &str) {
        self.db
            .run_sql(&format!(
                r#"INSERT INTO whatsapp_templates (template_name, template_sid, variables, state, approval)
                   VALUES ('notice', '{TEMPLATE}', '{{"1": "{{{{ company }}}}", "2": "{{{{ line }}}}"}}',
                           'active', '{approval}')"#
            ))
            .await;
    }
}

#[tokio::test]
async fn what_is_outside_the_window_goes_out_once_and_in_order_when_the_user_writes() {
    let responder = TestResponder::start().await;
    responder.close_window().await;
    responder.template("pending").await;
    let (first, second) = (
        reply(1, READER, long_content()),
        reply(2, READER, stock(97)),
    );
    for reply in [&first, &second, &first] {
        responder.send(reply).await;
    }
    responder.wait_settled("reply_request", "done", 3).await;
    let held = responder.rows(&first).await;
    assert_eq!(held.len(), 2);
    assert!(held.iter().all(|row| row.status == OutboundStatus::Held));
    // No template is approved: nothing is sent, the texts are kept.
    assert_eq!(responder.sent(READER).await.len(), 0);

    responder.open_window().await;
    let sent = responder.wait_sent(3).await;
    assert!(
        sent[0].ends_with("(1/2)") && sent[1].ends_with("(2/2)"),
        "{sent:?}"
    );
    assert!(sent[2].contains("97"), "{sent:?}");
    // A repeat of the request, and of looking, sends nothing more.
    responder.send(&first).await;
    responder.wait_settled("reply_request", "done", 4).await;
    let third = reply(3, READER, stock(98));
    responder.send(&third).await;
    assert!(responder.wait_sent(4).await[3].contains("98"));
    assert_eq!(responder.sent(READER).await.len(), 4);
    responder
        .wait_metric(r#"wharf_held_parts_total{event="released"}"#, 3)
        .await;
}

#[tokio::test]
async fn what_waited_comes_before_the_reply_to_the_message_that_releases_it() {
    let responder = TestResponder::start_with(&[(
        // The reply alone brings it.
        "WHARF__DELIVERY__HELD_INTERVAL_MS",
        "600000",
    )])
    .await;
    responder.close_window().await;
    responder.send(&reply(1, READER, stock(96))).await;
    responder.wait_settled("reply_request", "done", 1).await;
    responder.open_window().await;
    responder.send(&reply(2, READER, stock(97))).await;
    let sent = responder.wait_sent(2).await;
    assert!(sent[0].contains("96") && sent[1].contains("97"), "{sent:?}");
}

#[tokio::test]
async fn an_approved_template_tells_that_something_waits_once() {
    let responder = TestResponder::start().await;
    responder.close_window().await;
    responder.template("approved").await;
    for number in [96, 97] {
        responder
            .send(&reply(number, READER, stock(i64::from(number))))
            .await;
        responder.wait_sent(1).await;
    }
    responder.wait_settled("reply_request", "done", 2).await;
    let row = "outbound_messages WHERE content_variables->>'1' = 'Alder & Reed Supply'
               AND content_variables->>'2' LIKE '%Blue widget%'";
    assert_eq!(responder.db.rows(row).await, 1);
    assert_eq!(responder.sent(READER).await.len(), 1);

    responder.open_window().await;
    let sent = responder.wait_sent(3).await;
    assert!(sent[0].contains(TEMPLATE), "{sent:?}");
    assert!(sent[1].contains("96") && sent[2].contains("97"), "{sent:?}");
}

#[tokio::test]
async fn a_refusal_at_once_holds_the_text() {
    let responder = TestResponder::start().await;
    let refusal = Fault::Refused {
        status: 400,
        code: 63016,
    };
    responder.client().fault(refusal, 1).await.unwrap();
    let refused = reply(1, READER, stock(96));
    responder.send(&refused).await;
    responder.wait_settled("reply_request", "done", 1).await;
    assert_eq!(responder.row(&refused).await.status, OutboundStatus::Held);
    responder.assert_nothing_dead().await;
    responder.open_window().await;
    assert!(responder.wait_sent(1).await[0].contains("96"));
    responder
        .wait_status(&refused, OutboundStatus::Queued)
        .await;
}

#[tokio::test]
async fn a_late_refusal_holds_the_text_and_it_goes_out_under_another_sid() {
    let responder = TestResponder::start().await;
    let late = reply(1, READER, stock(96));
    responder.send(&late).await;
    responder.wait_settled("reply_request", "done", 1).await;
    let sid = responder.row(&late).await.message_sid.unwrap();
    let mut refused = callback(&sid, "undelivered", Some(part(&late, 0)));
    refused.body.error_code = Some(63016);
    for _ in 0..2 {
        responder.report(&refused).await;
    }
    responder
        .report(&callback(&sid, "sent", Some(part(&late, 0))))
        .await;
    responder.wait_settled("status_callback", "done", 3).await;
    let row = responder.row(&late).await;
    assert_eq!((row.status, row.message_sid), (OutboundStatus::Held, None));

    responder.open_window().await;
    let sent = responder.wait_sent(2).await;
    assert_eq!(sent[0], sent[1]);
    responder.wait_status(&late, OutboundStatus::Queued).await;
    // What is still told of the first copy moves nothing.
    responder.report(&refused).await;
    responder.wait_settled("status_callback", "done", 4).await;
    let row = responder.row(&late).await;
    assert_eq!(row.status, OutboundStatus::Queued);
    assert_ne!(row.message_sid, Some(sid));
    assert_eq!(responder.sent(READER).await.len(), 2);
    assert_eq!(responder.metric("wharf_possible_duplicates_total").await, 0);
}
