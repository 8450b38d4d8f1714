//! What a message does by itself: permission, undo, cancel, buttons, several requests.

use chrono::TimeDelta;
use serde_json::json;
use wharf_domain::{
    agent::AgentType,
    clock::{Clock, SystemClock},
    contracts::{ReplyContent, Step, answers::WhyNotUndone},
    ids::named,
    intent::IntentType,
};
use wharf_store::{audit::AuditAction, demo, effects, executions::ExecutionStatus};

use super::chat::{Chat, VIEWER, drafted, permission};
use crate::support::NAVIGATOR;

#[tokio::test]
async fn who_may_not_is_refused_before_anything_is_queued_or_asked() {
    let mut chat = Chat::with(VIEWER).await;
    for body in ["reorder WID-1001", "reorder", "ack A17"] {
        assert_eq!(chat.answer(body).await, permission(), "{body}");
    }
    assert_eq!(chat.executions().await, 0);
    assert_eq!(chat.waits_for().await, None);
    let log = chat.audit().await;
    assert_eq!(log.len(), 3);
    assert_eq!(log[0].action, AuditAction::Denied);
    assert_eq!(log[0].intent, IntentType::ReorderStock);
    assert_eq!(log[0].profile, Some(chat.profile()));
    let expected = json!({"checked": "before queueing", "entities": {"sku": "WID-1001"}});
    assert_eq!(log[0].detail, expected);
    // A question asked while the role still allowed it.
    chat.wait_for(&drafted(named("draft").into())).await;
    assert_eq!(chat.answer("yes").await, permission());
    assert_eq!(chat.executions().await, 0);
    // What reads is allowed, and so is what the company allows.
    chat.execution("stock WID-1001").await;
    chat.nlp
        .db
        .run_sql(&format!(
            "INSERT INTO role_permissions VALUES ('{}', 'viewer', 'acknowledge_alert', true)",
            demo::company_id()
        ))
        .await;
    chat.execution("ack A17").await;
}

#[tokio::test]
async fn undo_takes_the_latest_change_back_while_it_can() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let refused = ReplyContent::NotUndone;
    assert_eq!(chat.answer("undo").await, refused(WhyNotUndone::Nothing));
    let now = SystemClock.now();
    chat.effect("old", now - TimeDelta::minutes(11)).await;
    let late = WhyNotUndone::TooLate { minutes: 10 };
    assert_eq!(chat.answer("undo").await, refused(late));
    chat.effect("new", now - TimeDelta::minutes(1)).await;
    let (row, context) = chat.execution("take that back").await;
    let of = named("new").into();
    assert_eq!(context.step, Step::Undo { of });
    assert_eq!(row.intent_type, IntentType::UpdateStock);
    assert_eq!(row.agent_type, AgentType::InventoryMonitor);
    let mut conn = chat.nlp.store.conn().await.unwrap();
    effects::mark_undone(&mut conn, demo::company_id(), of, row.id, now)
        .await
        .unwrap();
    drop(conn);
    assert_eq!(chat.answer("undo").await, refused(WhyNotUndone::Already));
}

#[tokio::test]
async fn cancel_stops_the_latest_request_under_way() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let nothing = ReplyContent::Cancelled { intent: None };
    assert_eq!(chat.answer("cancel").await, nothing);
    chat.execution("stock WID-1001").await;
    let (latest, _) = chat.execution("show alerts").await;
    let intent = Some(IntentType::ViewAlerts);
    assert_eq!(
        chat.answer("cancel").await,
        ReplyContent::Cancelled { intent }
    );
    let (row, _) = chat.queued(latest.id).await;
    assert_eq!(row.status, ExecutionStatus::Cancelled);
    let log = chat.audit().await;
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].action, AuditAction::Cancelled);
}

#[tokio::test]
async fn an_emoji_counts_on_the_question_itself() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let (other, _) = chat.say("help").await;
    chat.sent(other, "SMhelp").await;
    let (question, _) = chat.say("reorder WID-1001").await;
    chat.sent(question, "SMquestion").await;
    let thumb =
        |on: &str| json!({"body": "👍", "message_type": "reaction", "quoted": {"message_sid": on}});
    let (_, decided) = chat.send(thumb("SMhelp")).await;
    assert_eq!(decided, []);
    assert_eq!(chat.executions().await, 0);
    let (id, _) = chat.send(thumb("SMquestion")).await;
    let (_, context) = chat.queued(id).await;
    assert_eq!(context.step, Step::Confirmed { asked: None });
}

#[tokio::test]
async fn a_button_says_yes_too() {
    let mut chat = Chat::with(NAVIGATOR).await;
    chat.answer("reorder WID-1001").await;
    let tap = json!({"button": {"text": "Yes", "payload": "yes"}});
    let (id, _) = chat.send(tap).await;
    chat.queued(id).await;
}

#[tokio::test]
async fn two_requests_are_two_executions_with_ids_of_their_own() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let (id, decided) = chat.say("stock WID-1001 and show alerts").await;
    assert_eq!(decided.len(), 2, "{decided:?}");
    let (first, _) = chat.queued(id).await;
    let (second, _) = chat.queued(id.request(1)).await;
    assert_eq!(first.intent_type, IntentType::CheckInventory);
    assert_eq!(second.intent_type, IntentType::ViewAlerts);
}
