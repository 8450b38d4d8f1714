//! Replies that Twilio does not take: for now, or for good.

use twilio_sim::faults::Fault;
use wharf_store::outbound::OutboundStatus;

use crate::support::{READER, TestResponder, callback, long_content, part, reply, stock};

#[tokio::test]
async fn too_many_requests_is_tried_again_and_sent_once() {
    for retry_after in [None, Some(1)] {
        let responder = TestResponder::start().await;
        responder
            .client()
            .fault(Fault::RateLimited { retry_after }, 1)
            .await
            .unwrap();
        let reply = reply(1, READER, stock(96));
        responder.send(&reply).await;
        responder.wait_settled("reply_request", "retried", 1).await;
        responder.wait_settled("reply_request", "done", 1).await;
        assert_eq!(responder.sent(READER).await.len(), 1);
        let row = responder.row(&reply).await;
        assert_eq!((row.status, row.attempts), (OutboundStatus::Queued, 2));
        assert_eq!(responder.metric("wharf_possible_duplicates_total").await, 0);
        responder.assert_nothing_dead().await;
    }
}

#[tokio::test]
async fn a_refusal_for_good_is_kept_with_its_code_and_the_request_is_dead() {
    for (code, words) in [
        (21610, "HTTP 400, code 21610"),
        (21211, "HTTP 400, code 21211"),
    ] {
        let responder = TestResponder::start().await;
        responder
            .client()
            .fault(Fault::Refused { status: 400, code }, 1)
            .await
            .unwrap();
        let refused = reply(1, READER, stock(96));
        responder.send(&refused).await;
        let reason = responder.dead(1).await.remove(0);
        assert!(reason.contains(words), "{reason}");
        assert!(
            !reason.contains(READER) && !reason.contains("widget"),
            "{reason}"
        );
        let row = responder.row(&refused).await;
        assert_eq!(row.status, OutboundStatus::Failed);
        assert_eq!(row.error_code, i32::try_from(code).ok());
        assert!(row.error_message.unwrap().contains(words));
        assert_eq!((row.attempts, row.message_sid), (1, None));
        assert_eq!(responder.sent(READER).await.len(), 0);
        // The next reply of the conversation is not held up, and a repeat does not send.
        responder.send(&refused).await;
        responder.send(&reply(2, READER, stock(97))).await;
        responder.wait_settled("reply_request", "done", 2).await;
        assert_eq!(responder.sent(READER).await.len(), 1);
    }
}

#[tokio::test]
async fn of_a_refused_part_the_parts_before_it_stay_what_they_are() {
    let responder = TestResponder::start().await;
    // The simulator's callbacks go nowhere, so this only lets the first part pass.
    responder
        .client()
        .fault(Fault::Undelivered { code: 30008 }, 1)
        .await
        .unwrap();
    responder
        .client()
        .fault(
            Fault::Refused {
                status: 400,
                code: 21610,
            },
            1,
        )
        .await
        .unwrap();
    let reply = reply(1, READER, long_content());
    responder.send(&reply).await;
    responder.dead(1).await;
    let rows = responder.rows(&reply).await;
    // Twilio has the first part: what becomes of it is Twilio's to report.
    assert_eq!(rows[0].status, OutboundStatus::Queued);
    assert!(rows[0].message_sid.is_some());
    assert_eq!(rows[1].status, OutboundStatus::Failed);
    assert_eq!(rows[1].error_code, Some(21610));
}

#[tokio::test]
async fn parts_after_a_refused_one_are_not_sent() {
    let responder = TestResponder::start().await;
    responder
        .client()
        .fault(
            Fault::Refused {
                status: 400,
                code: 21610,
            },
            1,
        )
        .await
        .unwrap();
    let reply = reply(1, READER, long_content());
    responder.send(&reply).await;
    responder.dead(1).await;
    let rows = responder.rows(&reply).await;
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.status == OutboundStatus::Failed));
    assert_eq!(responder.sent(READER).await.len(), 0);
}

#[tokio::test]
async fn what_is_given_up_in_doubt_is_unknown_until_a_callback_tells() {
    let once = [("WHARF__WORKER__MAX_ATTEMPTS", "1")];
    let responder = TestResponder::start_with(&once).await;
    responder
        .client()
        .fault(Fault::ErrorBeforeAccepting, 1)
        .await
        .unwrap();
    let reply = reply(1, READER, stock(96));
    responder.send(&reply).await;
    assert!(responder.dead(1).await[0].starts_with("1 attempts: outcome unknown"));
    assert_eq!(responder.row(&reply).await.status, OutboundStatus::Unknown);
    // Nobody can say: it is not sent again.
    responder.send(&reply).await;
    responder.wait_settled("reply_request", "done", 1).await;
    assert_eq!(responder.sent(READER).await.len(), 0);
    let sid = format!("SM{:032x}", 77);
    let told = callback(&sid, "delivered", Some(part(&reply, 0)));
    responder.report(&told).await;
    responder.wait_settled("status_callback", "done", 1).await;
    assert_eq!(
        responder.row(&reply).await.status,
        OutboundStatus::Delivered
    );
}
