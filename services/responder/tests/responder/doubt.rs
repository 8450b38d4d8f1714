//! Sends whose outcome is not known: looked up before anything is sent again.

use twilio_sim::faults::Fault;
use wharf_domain::contracts::{Envelope, ReplyRequest};
use wharf_store::{
    StoreError, demo,
    outbound::{self, NewOutbound, OutboundStatus},
};
use wharf_testkit::{chaos_proxy::ChaosProxy, poll};

use crate::support::{DEADLINE, READER, TestResponder, at, callback, part, reply, stock};

#[tokio::test]
async fn what_was_taken_without_an_answer_is_found_and_not_sent_again() {
    let faults = [
        Fault::ErrorAfterAccepting,
        Fault::DropAfterAccepting,
        Fault::HangAfterAccepting,
    ];
    for fault in faults {
        let timeout = [("WHARF__TWILIO__TIMEOUT_MS", "500")];
        let responder = TestResponder::start_with(&timeout).await;
        responder.client().fault(fault.clone(), 1).await.unwrap();
        let reply = reply(1, READER, stock(96));
        responder.send(&reply).await;
        responder.wait_settled("reply_request", "done", 1).await;
        let (row, sent) = (responder.row(&reply).await, responder.sent(READER).await);
        assert_eq!(sent.len(), 1, "{fault:?}");
        assert_eq!(row.message_sid, sent[0].message_sid, "{fault:?}");
        let handed_over = [
            OutboundStatus::Queued,
            OutboundStatus::Sent,
            OutboundStatus::Delivered,
        ];
        assert!(handed_over.contains(&row.status), "{fault:?}: {row:?}");
        assert_eq!(row.attempts, 1);
        assert_eq!(
            responder
                .metric(r#"wharf_sends_total{outcome="reconciled"}"#)
                .await,
            1
        );
        assert_eq!(responder.metric("wharf_possible_duplicates_total").await, 0);
        responder.assert_nothing_dead().await;
    }
}

#[tokio::test]
async fn what_was_not_taken_is_sent_once_in_the_end() {
    let responder = TestResponder::start().await;
    responder
        .client()
        .fault(Fault::ErrorBeforeAccepting, 1)
        .await
        .unwrap();
    let reply = reply(1, READER, stock(96));
    responder.send(&reply).await;
    responder.wait_settled("reply_request", "done", 1).await;
    let (row, sent) = (responder.row(&reply).await, responder.sent(READER).await);
    assert_eq!(sent.len(), 1);
    assert_eq!(row.message_sid, sent[0].message_sid);
    // Twilio's list is no proof: what may have come twice is counted.
    assert!(responder.metric("wharf_possible_duplicates_total").await <= 1);
    responder.assert_nothing_dead().await;
}

#[tokio::test]
async fn an_equal_text_of_an_earlier_reply_is_not_taken_for_this_one() {
    let responder = TestResponder::start().await;
    let (first, second) = (reply(1, READER, stock(96)), reply(2, READER, stock(96)));
    responder.send(&first).await;
    responder.wait_settled("reply_request", "done", 1).await;
    responder
        .client()
        .fault(Fault::ErrorBeforeAccepting, 1)
        .await
        .unwrap();
    responder.send(&second).await;
    responder.wait_settled("reply_request", "done", 2).await;
    let sent = responder.sent(READER).await;
    assert_eq!(sent.len(), 2);
    assert_eq!(responder.row(&first).await.message_sid, sent[0].message_sid);
    assert_eq!(
        responder.row(&second).await.message_sid,
        sent[1].message_sid
    );
}

/// The row of a reply that a killed responder had begun to send.
async fn begun(responder: &TestResponder, reply: &Envelope<ReplyRequest>) {
    let body = "a text that the killed responder worded".to_owned();
    let new = NewOutbound {
        id: part(reply, 0),
        company_id: demo::company_id(),
        contact_id: reply.body.contact_id,
        execution_id: reply.execution_id,
        reply_id: reply.id,
        conversation_key: reply.body.conversation_key.clone(),
        part: 0,
        parts: 1,
        body,
        media_url: None,
        template: None,
        content_sid: None,
        content_variables: None,
        proactive: false,
        created_at: at(0),
    };
    let prepared = responder
        .store
        .transaction::<_, StoreError, _>(async |conn| {
            outbound::prepare(conn, std::slice::from_ref(&new)).await?;
            outbound::claim_sending(conn, new.company_id, new.id, at(0)).await
        });
    prepared.await.unwrap();
}

#[tokio::test]
async fn a_callback_that_comes_before_the_answer_settles_the_doubt() {
    let responder = TestResponder::start().await;
    let reply = reply(1, READER, stock(96));
    begun(&responder, &reply).await;
    let sid = format!("SM{:032x}", 77);
    responder
        .report(&callback(&sid, "delivered", Some(part(&reply, 0))))
        .await;
    responder.wait_settled("status_callback", "done", 1).await;
    let row = responder.row(&reply).await;
    assert_eq!(
        (row.status, row.message_sid.as_deref()),
        (OutboundStatus::Delivered, Some(&*sid))
    );
    responder.send(&reply).await;
    responder.wait_settled("reply_request", "done", 1).await;
    assert_eq!(responder.sent(READER).await.len(), 0);
    assert_eq!(responder.row(&reply).await, row);
}

#[tokio::test]
async fn a_killed_responders_send_that_left_no_trace_is_sent_and_counted() {
    let responder = TestResponder::start().await;
    let reply = reply(1, READER, stock(96));
    begun(&responder, &reply).await;
    responder.send(&reply).await;
    responder.wait_settled("reply_request", "done", 1).await;
    let sent = responder.sent(READER).await;
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].text, "a text that the killed responder worded");
    assert_eq!(responder.metric("wharf_possible_duplicates_total").await, 1);
}

#[tokio::test]
async fn while_one_responder_sends_another_with_a_copy_waits() {
    let timeout = [("WHARF__TWILIO__TIMEOUT_MS", "5000")];
    let mut responder = TestResponder::prepare(&timeout).await;
    let twilio = responder.sim.url().strip_prefix("http://").unwrap();
    let slow = ChaosProxy::start(twilio.parse().unwrap()).await;
    slow.stall();
    let reply = reply(1, READER, stock(96));
    responder.send(&reply).await;
    let through = format!("http://{}", slow.address());
    responder.run_with(&[("WHARF__TWILIO__API_URL", &through)]);
    poll::until(DEADLINE, "the first responder sends", async || {
        let rows = responder.rows(&reply).await;
        rows.iter().any(|row| row.status == OutboundStatus::Sending)
    })
    .await;
    // Twilio's list cannot show what is still on its way: the second one must not send.
    responder.run();
    for _ in 0..20 {
        responder.send(&reply).await;
    }
    let at_work = r#"wharf_in_flight{stage="responder"}"#;
    poll::until(DEADLINE, "a copy that waits", async || {
        responder.metric(at_work).await > 0
    })
    .await;
    slow.resume();
    responder.wait_settled("reply_request", "done", 21).await;
    assert_eq!(responder.sent(READER).await.len(), 1);
    assert_eq!(responder.row(&reply).await.attempts, 1);
    assert_eq!(responder.metric("wharf_possible_duplicates_total").await, 0);
    responder.assert_nothing_dead().await;
}
