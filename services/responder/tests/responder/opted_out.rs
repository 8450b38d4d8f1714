//! Twilio says that a person has opted out: what nobody asked for stops.

use twilio_sim::faults::Fault;
use wharf_domain::{
    clock::{Clock, SystemClock},
    contracts::{Envelope, ReplyContent, ReplyRequest, StatusCallback},
};
use wharf_store::{
    StoreError, demo,
    opt_outs::{self, OptSource},
    outbound::OutboundStatus,
};
use wharf_testkit::poll;

use crate::support::{DEADLINE, READER, TestResponder, callback, contact_of, part, reply, stock};

const SUPPRESSED: &str = r#"wharf_suppressed_total{template="unknown_command"}"#;

/// What nobody asked for.
fn unasked(number: u32) -> Envelope<ReplyRequest> {
    let mut message = reply(number, READER, ReplyContent::UnknownCommand);
    message.body.proactive = true;
    message
}

impl TestResponder {
    async fn is_out(&self) -> bool {
        let mut conn = self.store.conn().await.unwrap();
        let (company, contact) = (demo::company_id(), contact_of(READER));
        !opt_outs::may_be_answered(&mut conn, company, contact)
            .await
            .unwrap()
    }

    /// What START does.
    async fn opt_in(&self) {
        let (company, contact, now) = (demo::company_id(), contact_of(READER), SystemClock.now());
        let changed = self.store.transaction::<_, StoreError, _>(async |conn| {
            opt_outs::set(conn, company, contact, false, OptSource::Word, now).await
        });
        assert!(changed.await.unwrap());
    }

    /// A reply that Twilio takes and then reports as refused.
    async fn refused_later(&self) -> Envelope<StatusCallback> {
        let sent = reply(1, READER, stock(96));
        self.send(&sent).await;
        let sid = poll::until_some(DEADLINE, "a sid", async || {
            self.rows(&sent).await.first()?.message_sid.clone()
        })
        .await;
        let mut refused = callback(&sid, "failed", Some(part(&sent, 0)));
        refused.body.error_code = Some(21610);
        refused
    }
}

#[tokio::test]
async fn a_late_refusal_is_an_opt_out_and_start_ends_it() {
    let responder = TestResponder::start().await;
    let refused = responder.refused_later().await;
    assert!(!responder.is_out().await);
    responder.report(&refused).await;
    responder.wait_settled("status_callback", "done", 1).await;
    assert!(responder.is_out().await);
    let row = "opt_outs WHERE source = 'refused' AND opted_out";
    assert_eq!(responder.db.rows(row).await, 1);

    // Nothing of its own accord; an answer still.
    responder.send(&unasked(2)).await;
    responder.wait_metric(SUPPRESSED, 1).await;
    responder.send(&reply(3, READER, stock(97))).await;
    responder.wait_settled("reply_request", "done", 3).await;
    assert_eq!(responder.sent(READER).await.len(), 2);

    responder.opt_in().await;
    // The same report again, and another of before, are older than the START.
    let (sid, part) = (&refused.body.message_sid, refused.body.outbound_id);
    let mut other = callback(sid, "undelivered", part);
    other.body.error_code = Some(21610);
    responder.report(&refused).await;
    responder.report(&other).await;
    responder.wait_settled("status_callback", "done", 3).await;
    assert!(!responder.is_out().await);
    responder.send(&unasked(4)).await;
    responder.wait_settled("reply_request", "done", 4).await;
    assert_eq!(responder.sent(READER).await.len(), 3);
}

#[tokio::test]
async fn a_refusal_at_once_is_one_too() {
    let responder = TestResponder::start().await;
    let refused = Fault::Refused {
        status: 400,
        code: 21610,
    };
    responder.client().fault(refused, 1).await.unwrap();
    responder.send(&reply(1, READER, stock(96))).await;
    responder.dead(1).await;
    assert!(responder.is_out().await);
    responder.send(&unasked(2)).await;
    responder.wait_metric(SUPPRESSED, 1).await;
    responder.opt_in().await;
    responder.send(&unasked(3)).await;
    responder.wait_settled("reply_request", "done", 2).await;
    assert_eq!(responder.sent(READER).await.len(), 1);
}

#[tokio::test]
async fn what_waited_unasked_is_dropped_when_the_person_has_opted_out_meanwhile() {
    let responder = TestResponder::start().await;
    responder
        .db
        .run_sql("UPDATE contacts SET last_inbound_at = now() - interval '25 hours'")
        .await;
    let (unasked, asked) = (unasked(1), reply(2, READER, stock(96)));
    responder.send(&unasked).await;
    responder.send(&asked).await;
    responder.wait_settled("reply_request", "done", 2).await;
    let (company, contact, now) = (demo::company_id(), contact_of(READER), SystemClock.now());
    let out = responder
        .store
        .transaction::<_, StoreError, _>(async |conn| {
            opt_outs::set(conn, company, contact, true, OptSource::Word, now).await
        });
    assert!(out.await.unwrap());
    responder
        .db
        .run_sql("UPDATE contacts SET last_inbound_at = now()")
        .await;
    responder.wait_metric(SUPPRESSED, 1).await;
    let sent = responder.client().next_reply(READER, 0, DEADLINE).await;
    assert!(sent.unwrap().text.contains("96"));
    assert_eq!(responder.row(&unasked).await.status, OutboundStatus::Failed);
    assert_eq!(responder.sent(READER).await.len(), 1);
}
