//! Numbered lists: taking lines, and the list that is meant.

use chrono::TimeDelta;
use serde_json::json;
use wharf_domain::{
    agent::AgentType,
    clock::{Clock, SystemClock},
    contracts::{
        ReplyContent, ReplyRequest, ReplyTo,
        answers::{AlertLine, AlertState, AlertSummary, Waited},
    },
    dialogue::DialogueState,
    entities::EntityName,
    intent::IntentType,
    priority::Priority,
};
use wharf_pipeline::{Outcome, Publication};
use wharf_store::{
    demo,
    executions::{self, Begin},
};

use super::chat::{Chat, alert_list};
use crate::support::NAVIGATOR;

#[tokio::test]
async fn numbers_take_lines_and_a_swipe_says_which_list() {
    let mut chat = Chat::with(NAVIGATOR).await;
    chat.wait_for(&DialogueState::Choosing(alert_list(&["A11", "A12"])))
        .await;
    let (row, context) = chat.execution("the second one").await;
    assert_eq!(row.intent_type, IntentType::ViewAlerts);
    assert_eq!(context.entities.get(EntityName::AlertId), Some("A12"));
    let (row, context) = chat.execution("ack").await;
    assert_eq!(row.intent_type, IntentType::AcknowledgeAlert);
    assert_eq!(context.entities.get(EntityName::AlertId), Some("A12"));

    // An older list, as an execution answered it.
    let older = chat.work("older", IntentType::ViewAlerts, AgentType::AlertGenerator);
    let line = |id: &str| AlertLine {
        id: id.to_owned(),
        kind: "low_stock".to_owned(),
        severity: "high".to_owned(),
        category: "stock".to_owned(),
        subject: "WID-1001".to_owned(),
        facts: serde_json::Map::new(),
        state: AlertState::Open,
        raised_at: SystemClock.now(),
    };
    let content = ReplyContent::AlertSummary(AlertSummary {
        severity: None,
        category: None,
        count: 2,
        critical: 0,
        high: 2,
        medium: 0,
        low: 0,
        after: 0,
        alerts: vec![line("A1"), line("A2")],
        scanned_at: None,
        as_of: SystemClock.now(),
    });
    let to = ReplyTo {
        company_id: demo::company_id(),
        contact_id: chat.contact(),
        conversation_key: chat.key(),
        priority: Priority::Normal,
        received_at: SystemClock.now(),
    };
    let reply = ReplyRequest::to_execution(older.id, to, content, SystemClock.now());
    let outcome = Outcome::publish(vec![Publication::Reply(Box::new(reply))]);
    let mut conn = chat.nlp.store.conn().await.unwrap();
    executions::enqueue(&mut conn, &older).await.unwrap();
    let (company, now, lease) = (demo::company_id(), SystemClock.now(), TimeDelta::minutes(1));
    let begun = executions::begin(&mut conn, company, older.id, "test", now, lease).await;
    let Begin::Started(row) = begun.unwrap() else {
        panic!("it is pending");
    };
    let row_of = outcome.to_row().unwrap();
    executions::complete(&mut conn, &row, &json!({}), &row_of, now)
        .await
        .unwrap();
    drop(conn);
    chat.sent(older.id, "SMolder").await;
    let swipe = json!({"body": "2", "quoted": {"message_sid": "SMolder"}});
    let (id, _) = chat.send(swipe).await;
    let (_, context) = chat.queued(id).await;
    assert_eq!(context.entities.get(EntityName::AlertId), Some("A2"));

    chat.nlp
        .db
        .run_sql("UPDATE dialogues SET expires_at = now() - interval '1 minute'")
        .await;
    let what = Waited::List;
    assert_eq!(chat.answer("1").await, ReplyContent::Expired { what });
}
