//! Inbound messages: recorded once, remembered with their outcome.

use crate::support::{World, at, execution};
use serde_json::json;
use wharf_domain::intent::IntentType;
use wharf_store::{
    conversations::{self, Recorded},
    executions,
};

#[tokio::test]
async fn a_message_is_new_once_and_then_known_with_its_outcome() {
    let world = World::new().await;
    let mut conn = world.store.conn().await.unwrap();
    let message = world.ours.message("SM1");
    let Recorded::New(row) = conversations::record(&mut conn, &message).await.unwrap() else {
        panic!("the first one is new");
    };
    assert_eq!(row.execution_id, execution("SM1"));
    assert_eq!(row.intent_type, Some(IntentType::CheckInventory));
    assert_eq!(row.intent_confidence, Some(0.9765));
    assert_eq!(row.entities, Some(json!({"sku": "WID-1001"})));
    assert!(!row.response_sent);

    let outcome = json!([{"kind": "reply_request", "body": {"reply_id": "x"}}]);
    let company = world.ours.company;
    assert!(
        conversations::set_outcome(&mut conn, company, row.execution_id, &outcome)
            .await
            .unwrap()
    );
    assert!(
        conversations::mark_response_sent(&mut conn, company, row.execution_id)
            .await
            .unwrap()
    );
    let mut changed = message.clone();
    changed.body = "something else".into();
    let Recorded::Known(again) = conversations::record(&mut conn, &changed).await.unwrap() else {
        panic!("the second one is known");
    };
    assert_eq!(again.outcome, Some(outcome));
    assert_eq!(again.message_body.as_deref(), Some("stock WID-1001"));
    assert!(again.response_sent);
    assert_eq!(again.seq, row.seq);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_at_once_one_is_new() {
    let world = World::new().await;
    let calls = (0..50).map(|_| {
        let (store, message) = (world.store.clone(), world.ours.message("SM1"));
        tokio::spawn(async move {
            let recorded = store
                .transaction(async |conn| conversations::record(conn, &message).await)
                .await
                .unwrap();
            matches!(recorded, Recorded::New(_))
        })
    });
    let new = futures_util::future::join_all(calls).await;
    assert_eq!(
        new.into_iter().filter(|new| *new.as_ref().unwrap()).count(),
        1
    );
    assert_eq!(world.db.rows("whatsapp_conversations").await, 1);
}

#[tokio::test]
async fn a_rolled_back_message_is_new_again() {
    let world = World::new().await;
    let message = world.ours.message("SM1");
    let failed: Result<(), wharf_store::StoreError> = world
        .store
        .transaction(async |conn| {
            conversations::record(conn, &message).await?;
            Err(wharf_store::StoreError::Conflict("the handler failed"))
        })
        .await;
    assert!(failed.is_err());
    let mut conn = world.store.conn().await.unwrap();
    let recorded = conversations::record(&mut conn, &message).await.unwrap();
    assert!(matches!(recorded, Recorded::New(_)));
}

#[tokio::test]
async fn seq_follows_the_order_of_recording() {
    let world = World::new().await;
    let mut conn = world.store.conn().await.unwrap();
    let mut last = 0;
    for sid in ["SM3", "SM1", "SM2"] {
        match conversations::record(&mut conn, &world.ours.message(sid))
            .await
            .unwrap()
        {
            Recorded::New(row) => {
                assert!(row.seq > last);
                last = row.seq;
            }
            Recorded::Known(_) => panic!("{sid} is new"),
        }
    }
}

#[tokio::test]
async fn the_latest_message_that_an_agent_works_on() {
    let world = World::new().await;
    let (company, ours) = (world.ours.company, world.ours);
    let mut conn = world.store.conn().await.unwrap();
    for (sid, minute) in [("SM1", 0), ("SM2", 1)] {
        let mut message = ours.message(sid);
        message.received_at = at(minute);
        conversations::record(&mut conn, &message).await.unwrap();
    }
    let worked_on = async |conn: &mut _, since| {
        conversations::worked_on(conn, company, since)
            .await
            .unwrap()
    };
    assert!(worked_on(&mut conn, at(-1)).await.is_empty());
    let mut work = ours.work("SM1");
    work.conversation_key = ours.message("SM1").conversation_key;
    work.created_at = at(1);
    executions::enqueue(&mut conn, &work).await.unwrap();
    assert_eq!(worked_on(&mut conn, at(-1)).await, ["SM2"]);
    assert!(worked_on(&mut conn, at(1)).await.is_empty(), "too long ago");
    let id = execution("SM1");
    executions::abandon(&mut conn, company, id, "x", &json!([]), at(2))
        .await
        .unwrap();
    assert!(worked_on(&mut conn, at(-1)).await.is_empty(), "done");
}
