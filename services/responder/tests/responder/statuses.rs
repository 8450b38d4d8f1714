//! Status callbacks: applied forwards only, in whatever order and however often they come.

use wharf_domain::contracts::{DeliveryStatus, ReplyContent};
use wharf_store::outbound::OutboundStatus;

use crate::support::{READER, TestResponder, callback, part, reply, stock};

/// Fisher-Yates with a small generator: the same order for the same seed.
fn shuffled<T>(mut items: Vec<T>, seed: u64) -> Vec<T> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for last in (1..items.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let other = usize::try_from(state % (last as u64 + 1)).unwrap();
        items.swap(last, other);
    }
    items
}

#[tokio::test]
async fn in_any_order_and_repeated_they_end_at_the_furthest_status() {
    let responder = TestResponder::start().await;
    let histories: [(&[&str], OutboundStatus); 6] = [
        (&["queued", "sent"], OutboundStatus::Sent),
        (&["queued", "sent", "delivered"], OutboundStatus::Delivered),
        (
            &["queued", "sent", "delivered", "read"],
            OutboundStatus::Read,
        ),
        (&["sent", "read"], OutboundStatus::Read),
        (
            &["queued", "sent", "undelivered"],
            OutboundStatus::Undelivered,
        ),
        // A second device failed after the first had it.
        (
            &["sent", "delivered", "undelivered"],
            OutboundStatus::Delivered,
        ),
    ];
    let mut settled = 0;
    for seed in 0..12_u32 {
        let (statuses, furthest) = histories[seed as usize % histories.len()];
        let reply = reply(seed, READER, ReplyContent::UnknownCommand);
        responder.send(&reply).await;
        responder
            .wait_settled("reply_request", "done", u64::from(seed) + 1)
            .await;
        let sid = responder.row(&reply).await.message_sid.unwrap();
        let id = part(&reply, 0);
        let repeated = statuses.iter().flat_map(|status| [*status; 3]);
        let order = shuffled(repeated.collect(), u64::from(seed) + 1);
        for (number, status) in order.iter().enumerate() {
            // Some know our id, some only Twilio's.
            let outbound = (number % 2 == 0).then_some(id);
            responder.report(&callback(&sid, status, outbound)).await;
        }
        settled += u64::try_from(order.len()).unwrap();
        responder
            .wait_settled("status_callback", "done", settled)
            .await;
        let row = responder.row(&reply).await;
        assert_eq!(row.status, furthest, "seed {seed}: {order:?}");
        assert_eq!(row.message_sid.as_deref(), Some(sid.as_str()));
        let events = format!("message_status_events WHERE message_sid = '{sid}'");
        let different = i64::try_from(statuses.len()).unwrap();
        assert_eq!(
            responder.db.rows(&events).await,
            different,
            "seed {seed}: {order:?}"
        );
    }
    responder.assert_nothing_dead().await;
}

#[tokio::test]
async fn one_after_the_other_they_never_go_back() {
    let responder = TestResponder::start().await;
    let reply = reply(1, READER, stock(96));
    responder.send(&reply).await;
    responder.wait_settled("reply_request", "done", 1).await;
    let sid = responder.row(&reply).await.message_sid.unwrap();
    let statuses = [
        "delivered",
        "sent",
        "failed",
        "queued",
        "read",
        "delivered",
        "accepted",
    ];
    let mut furthest = DeliveryStatus::Queued;
    for (count, status) in (1..).zip(statuses) {
        responder.report(&callback(&sid, status, None)).await;
        responder
            .wait_settled("status_callback", "done", count)
            .await;
        let known: DeliveryStatus = status.parse().unwrap();
        if known.rank() > furthest.rank() {
            furthest = known;
        }
        assert_eq!(
            responder.row(&reply).await.status,
            OutboundStatus::from(furthest),
            "{status}"
        );
    }
    let advanced = r#"wharf_status_callbacks_total{applied="advanced",status="delivered"}"#;
    assert_eq!(responder.metric(advanced).await, 1);
    let duplicate = r#"wharf_status_callbacks_total{applied="duplicate",status="delivered"}"#;
    assert_eq!(responder.metric(duplicate).await, 1);
}

#[tokio::test]
async fn a_failure_keeps_twilios_code_and_words() {
    let responder = TestResponder::start().await;
    let reply = reply(1, READER, stock(96));
    responder.send(&reply).await;
    responder.wait_settled("reply_request", "done", 1).await;
    let sid = responder.row(&reply).await.message_sid.unwrap();
    let mut failed = callback(&sid, "undelivered", None);
    failed.body.error_code = Some(30008);
    failed.body.error_message = Some("unknown error".to_owned());
    responder.report(&failed).await;
    responder.wait_settled("status_callback", "done", 1).await;
    let row = responder.row(&reply).await;
    assert_eq!(
        (row.status, row.error_code),
        (OutboundStatus::Undelivered, Some(30008))
    );
    assert_eq!(row.error_message.as_deref(), Some("unknown error"));
}

#[tokio::test]
async fn what_concerns_no_message_of_ours_is_counted_and_left() {
    let responder = TestResponder::start().await;
    let nobodys = format!("SM{:032x}", 5);
    let other = part(&reply(9, READER, ReplyContent::UnknownCommand), 0);
    responder
        .report(&callback(&nobodys, "delivered", None))
        .await;
    responder
        .report(&callback(&nobodys, "read", Some(other)))
        .await;
    responder
        .report(&callback(&nobodys, "teleported", None))
        .await;
    responder.wait_settled("status_callback", "done", 3).await;
    let unknown = |status: &str| {
        format!(r#"wharf_status_callbacks_total{{applied="unknown_message",status="{status}"}}"#)
    };
    assert_eq!(responder.metric(&unknown("delivered")).await, 1);
    assert_eq!(responder.metric(&unknown("read")).await, 1);
    let new = r#"wharf_status_callbacks_total{applied="unknown_status",status="other"}"#;
    assert_eq!(responder.metric(new).await, 1);
    assert_eq!(responder.db.rows("message_status_events").await, 0);
    responder.assert_nothing_dead().await;
}

#[tokio::test]
async fn a_second_message_for_one_part_is_counted_as_a_duplicate() {
    let responder = TestResponder::start().await;
    let reply = reply(1, READER, stock(96));
    responder.send(&reply).await;
    responder.wait_settled("reply_request", "done", 1).await;
    let first = responder.row(&reply).await;
    let second = format!("SM{:032x}", 5);
    responder
        .report(&callback(&second, "delivered", Some(part(&reply, 0))))
        .await;
    responder.wait_settled("status_callback", "done", 1).await;
    assert_eq!(responder.row(&reply).await, first);
    assert_eq!(responder.metric("wharf_possible_duplicates_total").await, 1);
}
