//! Changes are noted once and taken back once; the audit log tells of them.

use serde_json::json;
use wharf_domain::{agent::AgentType, intent::IntentType};
use wharf_store::{
    audit::{self, AuditAction},
    effects::{self, NewEffect},
    executions,
};

use crate::support::{World, at, execution};

const KEY: &str = "AC1:+14155238886:+15550100001";

#[tokio::test]
async fn a_change_is_noted_once_and_taken_back_once() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let effect = |sid: &str, minute| NewEffect {
        execution_id: execution(sid),
        company_id: ours.company,
        conversation_key: KEY.to_owned(),
        profile_id: Some(ours.profile),
        agent: AgentType::InventoryMonitor,
        intent: IntentType::UpdateStock,
        change: json!({"quantity": minute}),
        done_at: at(minute),
        undo_until: at(minute + 10),
    };
    assert_eq!(
        effects::latest_of(conn, ours.company, KEY).await.unwrap(),
        None
    );
    for (sid, minute) in [("SM1", 1), ("SM2", 2)] {
        executions::enqueue(conn, &ours.work(sid)).await.unwrap();
        assert!(effects::record(conn, &effect(sid, minute)).await.unwrap());
    }
    let mut again = effect("SM2", 2);
    again.change = json!("something else");
    assert!(!effects::record(conn, &again).await.unwrap());
    let latest = effects::latest_of(conn, ours.company, KEY)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(latest.execution_id, execution("SM2"));
    assert_eq!(latest.change, json!({"quantity": 2}));
    assert_eq!(
        (latest.agent, latest.intent),
        (AgentType::InventoryMonitor, IntentType::UpdateStock)
    );
    assert_eq!(latest.undone_by, None);
    assert_eq!(
        (latest.too_late(at(12)), latest.too_late(at(13))),
        (None, Some(10))
    );
    assert_eq!(
        effects::latest_of(conn, ours.company, "other")
            .await
            .unwrap(),
        None
    );

    let (id, by) = (execution("SM2"), execution("SM3"));
    assert!(
        effects::mark_undone(conn, ours.company, id, by, at(3))
            .await
            .unwrap()
    );
    let other = execution("SM4");
    assert!(
        !effects::mark_undone(conn, ours.company, id, other, at(4))
            .await
            .unwrap()
    );
    let row = effects::get(conn, ours.company, id).await.unwrap().unwrap();
    assert_eq!((row.undone_by, row.undone_at), (Some(by), Some(at(3))));
}

#[tokio::test]
async fn the_log_is_read_in_order() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let entry = |minute, action| audit::Entry {
        company: ours.company,
        at: at(minute),
        profile: Some(ours.profile),
        execution: Some(execution("SM1")),
        intent: IntentType::ReorderStock,
        action,
        detail: json!({"sku": "WID-1001"}),
    };
    let entries = [
        entry(1, AuditAction::Denied),
        entry(2, AuditAction::Done),
        entry(3, AuditAction::Undone),
        entry(4, AuditAction::Cancelled),
    ];
    for entry in entries.iter().rev() {
        audit::record(conn, entry).await.unwrap();
    }
    let lines = audit::since(conn, ours.company, at(2), 2).await.unwrap();
    assert_eq!(lines, entries[1..3]);
}
