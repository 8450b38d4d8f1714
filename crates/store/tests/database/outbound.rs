//! Parts of replies: claimed once, never going back, whatever the order of callbacks.

use wharf_domain::contracts::DeliveryStatus::{self, *};
use wharf_store::{
    AsyncPgConnection, StoreError,
    outbound::{self, Applied, Claimed, Outbound, OutboundStatus, StatusUpdate},
};

use crate::support::{World, at};

fn update(sid: &str, part: Option<&Outbound>, status: DeliveryStatus) -> StatusUpdate {
    StatusUpdate {
        message_sid: sid.into(),
        outbound_id: part.map(|part| part.id),
        status,
        error_code: status.is_failure().then_some(30_008),
        error_message: None,
        refusal: None,
        at: at(9),
    }
}

impl World {
    /// One part, and a connection.
    async fn part(&self) -> (Outbound, wharf_store::PooledConnection) {
        let mut conn = self.store.conn().await.unwrap();
        let parts = outbound::prepare(&mut conn, &self.ours.parts("SM1", &["hello"]))
            .await
            .unwrap();
        (parts.into_iter().next().unwrap(), conn)
    }

    async fn status(&self, conn: &mut AsyncPgConnection, part: &Outbound) -> OutboundStatus {
        let row = outbound::get(conn, self.ours.company, part.id)
            .await
            .unwrap();
        row.unwrap().status
    }
}

async fn apply(conn: &mut AsyncPgConnection, update: StatusUpdate) -> Applied {
    outbound::apply_status(conn, &update).await.unwrap()
}

#[tokio::test]
async fn a_redelivered_reply_keeps_the_first_bodies() {
    let world = World::new().await;
    let mut conn = world.store.conn().await.unwrap();
    let first = outbound::prepare(
        &mut conn,
        &world.ours.parts("SM1", &["one", "two", "three"]),
    )
    .await
    .unwrap();
    assert_eq!(
        first.iter().map(|p| (p.part, p.parts)).collect::<Vec<_>>(),
        [(0, 3), (1, 3), (2, 3)]
    );
    let again = outbound::prepare(&mut conn, &world.ours.parts("SM1", &["other words"]))
        .await
        .unwrap();
    assert_eq!(again, first);
    assert_eq!(outbound::prepare(&mut conn, &[]).await.unwrap(), []);
    let mut mixed = world.ours.parts("SM1", &["one"]);
    mixed.extend(world.ours.parts("SM2", &["two"]));
    let refused = outbound::prepare(&mut conn, &mixed).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))));
}

#[tokio::test]
async fn a_part_found_sending_is_doubtful_until_somebody_decides() {
    let world = World::new().await;
    let company = world.ours.company;
    let (part, mut conn) = world.part().await;
    let claim = async |conn: &mut _| {
        outbound::claim_sending(conn, company, part.id, at(1))
            .await
            .unwrap()
    };
    assert!(matches!(claim(&mut conn).await, Claimed::Send(row) if row.attempts == 1));
    assert!(
        matches!(claim(&mut conn).await, Claimed::Doubtful(row) if row.sending_since == Some(at(1)))
    );
    assert!(
        outbound::mark_pending(&mut conn, company, part.id, at(2))
            .await
            .unwrap()
    );
    assert!(
        !outbound::mark_pending(&mut conn, company, part.id, at(2))
            .await
            .unwrap()
    );
    assert!(matches!(claim(&mut conn).await, Claimed::Send(row) if row.attempts == 2));
    assert!(
        outbound::mark_unknown(&mut conn, company, part.id, at(3))
            .await
            .unwrap()
    );
    assert!(
        matches!(claim(&mut conn).await, Claimed::Done(row) if row.status == OutboundStatus::Unknown)
    );
    // A callback resolves even that.
    assert_eq!(
        apply(&mut conn, update("SMa", Some(&part), Delivered)).await,
        Applied::Advanced
    );
    assert_eq!(
        world.status(&mut conn, &part).await,
        OutboundStatus::Delivered
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_thirty_that_claim_at_once_one_sends() {
    let world = World::new().await;
    let company = world.ours.company;
    let (part, _conn) = world.part().await;
    let calls = (0..30).map(|_| {
        let (store, id) = (world.store.clone(), part.id);
        tokio::spawn(async move {
            let mut conn = store.conn().await.unwrap();
            let claimed = outbound::claim_sending(&mut conn, company, id, at(1)).await;
            matches!(claimed.unwrap(), Claimed::Send(_))
        })
    });
    let sends = futures_util::future::join_all(calls).await;
    assert_eq!(
        sends
            .into_iter()
            .filter(|send| *send.as_ref().unwrap())
            .count(),
        1
    );
}

#[tokio::test]
async fn callbacks_may_come_before_the_answer_to_the_post() {
    let world = World::new().await;
    let company = world.ours.company;
    let (part, mut conn) = world.part().await;
    outbound::claim_sending(&mut conn, company, part.id, at(1))
        .await
        .unwrap();
    assert_eq!(
        apply(&mut conn, update("SMa", Some(&part), Sent)).await,
        Applied::Advanced
    );
    assert!(
        outbound::mark_sent(&mut conn, company, part.id, "SMa", Queued, at(2))
            .await
            .unwrap()
    );
    let row = outbound::get(&mut conn, company, part.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.status, row.message_sid.as_deref()),
        (OutboundStatus::Sent, Some("SMa"))
    );
    assert_eq!(
        apply(&mut conn, update("SMa", None, Read)).await,
        Applied::Advanced
    );
    assert!(
        !outbound::mark_unknown(&mut conn, company, part.id, at(3))
            .await
            .unwrap()
    );
    assert!(
        !outbound::mark_failed(&mut conn, company, part.id, None, None, at(3))
            .await
            .unwrap()
    );
    assert_eq!(world.status(&mut conn, &part).await, OutboundStatus::Read);
}

#[tokio::test]
async fn every_order_of_callbacks_ends_in_the_highest_status() {
    let world = World::new().await;
    let mut conn = world.store.conn().await.unwrap();
    let all = [Queued, Sent, Delivered, Read, Sent];
    let mut sid = 0;
    for first in 0..all.len() {
        for step in 1..all.len() {
            sid += 1;
            let name = format!("SM{sid}");
            let parts = world.ours.parts(&name, &["hello"]);
            let part = &outbound::prepare(&mut conn, &parts).await.unwrap()[0];
            let mut rank = -2;
            // Steps that are coprime with five visit every callback once.
            for index in (0..all.len()).map(|i| (first + i * step) % all.len()) {
                let applied = apply(&mut conn, update(&name, Some(part), all[index])).await;
                let higher = all[index].rank() > rank;
                assert_eq!(applied == Applied::Advanced, higher, "{name} {index}");
                rank = rank.max(all[index].rank());
            }
            assert_eq!(world.status(&mut conn, part).await, OutboundStatus::Read);
        }
    }
}

/// Twilio's `sent` and `delivered` are often milliseconds apart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callbacks_at_once_do_not_wait_for_each_other_in_a_circle() {
    let world = World::new().await;
    let (part, mut conn) = world.part().await;
    let sid = "SMa";
    apply(&mut conn, update(sid, Some(&part), Queued)).await;
    for _ in 0..10 {
        let calls = [Sent, Delivered, Read, Sent, Delivered].map(|status| {
            let (store, update) = (world.store.clone(), update(sid, Some(&part), status));
            tokio::spawn(async move {
                let applied = store
                    .transaction::<_, StoreError, _>(async |conn| {
                        outbound::apply_status(conn, &update).await
                    })
                    .await;
                applied.map(|_| ())
            })
        });
        for applied in futures_util::future::join_all(calls).await {
            applied.unwrap().expect("no deadlock");
        }
        assert_eq!(world.status(&mut conn, &part).await, OutboundStatus::Read);
        world
            .db
            .run_sql("DELETE FROM message_status_events; UPDATE outbound_messages SET status = 'queued', status_rank = 0")
            .await;
    }
}

#[tokio::test]
async fn repeated_stale_foreign_and_second_copy_callbacks_are_told_apart() {
    let world = World::new().await;
    let company = world.ours.company;
    let (part, mut conn) = world.part().await;
    outbound::claim_sending(&mut conn, company, part.id, at(1))
        .await
        .unwrap();
    assert!(
        outbound::mark_sent(&mut conn, company, part.id, "SMa", Queued, at(2))
            .await
            .unwrap()
    );
    assert_eq!(
        apply(&mut conn, update("SMa", None, Delivered)).await,
        Applied::Advanced
    );
    assert_eq!(
        apply(&mut conn, update("SMa", None, Delivered)).await,
        Applied::Duplicate
    );
    assert_eq!(
        apply(&mut conn, update("SMa", None, Sent)).await,
        Applied::Stale
    );
    assert_eq!(
        apply(&mut conn, update("SMa", None, Undelivered)).await,
        Applied::Stale
    );
    assert_eq!(
        apply(&mut conn, update("SMb", Some(&part), Sent)).await,
        Applied::SecondCopy
    );
    assert_eq!(
        apply(&mut conn, update("SMc", None, Sent)).await,
        Applied::UnknownMessage
    );
    assert!(
        !outbound::mark_sent(&mut conn, company, part.id, "SMb", Queued, at(3))
            .await
            .unwrap()
    );
    let row = outbound::get(&mut conn, company, part.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.status, row.error_code),
        (OutboundStatus::Delivered, None)
    );
    assert_eq!(world.db.rows("message_status_events").await, 3);
}

#[tokio::test]
async fn a_refusal_keeps_its_reason() {
    let world = World::new().await;
    let company = world.ours.company;
    let (part, mut conn) = world.part().await;
    outbound::claim_sending(&mut conn, company, part.id, at(1))
        .await
        .unwrap();
    let reason = Some("Channel could not find To address");
    assert!(
        outbound::mark_failed(&mut conn, company, part.id, Some(63_003), reason, at(2))
            .await
            .unwrap()
    );
    let claimed = outbound::claim_sending(&mut conn, company, part.id, at(3))
        .await
        .unwrap();
    let Claimed::Done(row) = claimed else {
        panic!("{claimed:?}");
    };
    assert_eq!(
        (row.status, row.error_code),
        (OutboundStatus::Failed, Some(63_003))
    );
    assert_eq!(row.error_message.as_deref(), reason);
}
