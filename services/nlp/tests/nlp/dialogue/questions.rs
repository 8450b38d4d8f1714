//! Questions: a yes, a no, and a word that completes a request.

use chrono::TimeDelta;
use serde_json::json;
use wharf_domain::{
    agent::AgentType,
    clock::{Clock, SystemClock},
    contracts::{
        ReplyContent, Step,
        answers::{Courtesy, Waited},
    },
    entities::EntityName,
    ids::named,
    intent::IntentType,
};
use wharf_store::{dialogues, executions::ExecutionStatus};

use super::chat::{Chat, drafted, entities};
use crate::support::NAVIGATOR;

const NOTHING_WAITS: ReplyContent = ReplyContent::Courtesy {
    kind: Courtesy::NothingWaits,
};

#[tokio::test]
async fn a_yes_that_comes_twenty_times_is_one_execution() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let ReplyContent::Confirm(asked) = chat.answer("reorder WID-1001").await else {
        panic!("it is asked about");
    };
    assert_eq!(asked.intent, IntentType::ReorderStock);
    assert_eq!(asked.product.unwrap().sku, "WID-1001");
    assert_eq!(chat.executions().await, 0);

    let yes = chat.write(json!({"body": "yes"}));
    for _ in 0..20 {
        chat.nlp.send(&yes).await;
    }
    chat.nlp.wait_settled("done", 21).await;
    assert_eq!(chat.executions().await, 1);
    let (row, context) = chat.queued(yes.execution_id).await;
    assert_eq!(row.intent_type, IntentType::ReorderStock);
    assert_eq!(row.status, ExecutionStatus::Pending);
    assert_eq!(context.step, Step::Confirmed { asked: None });
    assert_eq!(context.entities.get(EntityName::Sku), Some("WID-1001"));
    assert_eq!(chat.waits_for().await, None);
    // Another yes answers nothing.
    assert_eq!(chat.answer("yes").await, NOTHING_WAITS);
    assert_eq!(chat.executions().await, 1);
}

#[tokio::test]
async fn a_no_and_a_late_yes_change_nothing() {
    let mut chat = Chat::with(NAVIGATOR).await;
    chat.answer("reorder WID-1001").await;
    let intent = IntentType::ReorderStock;
    assert_eq!(chat.answer("no").await, ReplyContent::Declined { intent });
    chat.answer("reorder WID-1001").await;
    chat.nlp
        .db
        .run_sql("UPDATE dialogues SET expires_at = now() - interval '1 minute'")
        .await;
    let what = Waited::Confirmation;
    assert_eq!(chat.answer("👍").await, ReplyContent::Expired { what });
    assert_eq!(chat.waits_for().await, None);
    assert_eq!(chat.executions().await, 0);
}

#[tokio::test]
async fn an_agents_question_is_answered_with_its_execution() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let asked = named("draft").into();
    chat.wait_for(&drafted(asked)).await;
    let (row, context) = chat.execution("yes").await;
    assert_eq!(row.agent_type, AgentType::PurchaseOptimizer);
    assert_eq!(context.step, Step::Confirmed { asked: Some(asked) });
    assert_eq!(context.entities.get(EntityName::Quantity), Some("400"));

    chat.wait_for(&drafted(asked)).await;
    let (id, decided) = chat.say("yes but 30").await;
    assert_eq!(decided.len(), 2, "{decided:?}");
    assert_eq!(chat.queued(id).await.1.step, Step::Declined { asked });
    let (_, context) = chat.queued(id.request(1)).await;
    assert_eq!(context.step, Step::Ask);
    assert_eq!(context.entities.get(EntityName::Quantity), Some("30"));

    chat.wait_for(&drafted(asked)).await;
    let (row, context) = chat.execution("no").await;
    assert_eq!(row.intent_type, IntentType::ReorderStock);
    assert_eq!(context.step, Step::Declined { asked });
    assert_eq!(chat.waits_for().await, None);
}

#[tokio::test]
async fn another_companys_question_is_not_answered() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let other = named("other company");
    chat.nlp
        .db
        .run_sql(&format!(
            "INSERT INTO companies (id, name, whatsapp_address) VALUES ('{other}', 'Other', '+14155550000')"
        ))
        .await;
    let mut conn = chat.nlp.store.conn().await.unwrap();
    let (key, now) = (chat.key(), SystemClock.now());
    let state = drafted(named("draft").into());
    let until = now + TimeDelta::minutes(30);
    dialogues::ask(&mut conn, other.into(), &key, &state, now, until)
        .await
        .unwrap();
    drop(conn);
    assert_eq!(chat.answer("yes").await, NOTHING_WAITS);
    assert_eq!(chat.executions().await, 0);
    assert_eq!(chat.nlp.db.rows("dialogues").await, 1);
}

#[tokio::test]
async fn the_answer_alone_completes_a_request_and_a_side_question_does_not_disturb() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let entity = EntityName::ReportType;
    let missing = ReplyContent::MissingEntity { entity };
    assert_eq!(chat.answer("generate report").await, missing);
    let (side, _) = chat.execution("stock WID-1001").await;
    assert_eq!(side.intent_type, IntentType::CheckInventory);
    let entity = EntityName::DateRange;
    let missing = ReplyContent::MissingEntity { entity };
    assert_eq!(chat.answer("sales").await, missing);
    let (row, context) = chat.execution("last week").await;
    assert_eq!(row.intent_type, IntentType::GenerateReport);
    let expected = entities(&[
        (EntityName::ReportType, "sales"),
        (EntityName::DateRange, "last_week"),
    ]);
    assert_eq!(context.entities, expected);
    assert_eq!(context.step, Step::Ask);
    // Both at once.
    let entity = EntityName::ReportType;
    let missing = ReplyContent::MissingEntity { entity };
    assert_eq!(chat.answer("generate report").await, missing);
    let (_, context) = chat.execution("sales last week please").await;
    assert_eq!(context.entities, expected);
    assert_eq!(chat.waits_for().await, None);

    chat.answer("check inventory").await;
    let (_, context) = chat.execution("WID-1001").await;
    assert_eq!(context.entities.get(EntityName::Sku), Some("WID-1001"));

    chat.answer("check inventory").await;
    let intent = Some(IntentType::CheckInventory);
    assert_eq!(
        chat.answer("cancel").await,
        ReplyContent::Cancelled { intent }
    );
    assert_eq!(chat.waits_for().await, None);
}
