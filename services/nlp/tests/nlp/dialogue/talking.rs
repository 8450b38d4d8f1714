//! Follow-ups, STATUS, help and personas, with the rows behind them.

use serde_json::json;
use wharf_domain::{
    agent::AgentType,
    contracts::{
        ReplyContent, Step,
        answers::{Help, PersonaChanged},
    },
    dialogue::{DialogueState, Pages},
    entities::{Entities, EntityName},
    intent::IntentType,
    persona::Persona,
};
use wharf_store::{
    demo, executions,
    personas::{self, Why},
    profiles,
};

use super::chat::{Chat, VIEWER, alert_list, entities, permission};
use crate::support::NAVIGATOR;

#[tokio::test]
async fn a_follow_up_takes_the_request_before_out_of_its_rows() {
    let mut chat = Chat::with(NAVIGATOR).await;
    chat.execution("sales report for this week").await;
    let (row, context) = chat.execution("same for last week").await;
    assert_eq!(row.intent_type, IntentType::GenerateReport);
    let expected = entities(&[
        (EntityName::ReportType, "sales"),
        (EntityName::DateRange, "last_week"),
    ]);
    assert_eq!(context.entities, expected);
    // Half an hour later nothing came before.
    chat.nlp
        .db
        .run_sql("UPDATE agent_execution_queue SET created_at = created_at - interval '31 minutes'")
        .await;
    let answer = chat.answer("same for yesterday").await;
    assert!(!matches!(answer, ReplyContent::Confirm(_)), "{answer:?}");
    assert_eq!(chat.executions().await, 2);
}

#[tokio::test]
async fn a_follow_up_of_a_change_asks() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let mut work = chat.work(
        "order",
        IntentType::ReorderStock,
        AgentType::PurchaseOptimizer,
    );
    work.context["entities"] = json!({"sku": "WID-1001", "quantity": "50"});
    let mut conn = chat.nlp.store.conn().await.unwrap();
    executions::enqueue(&mut conn, &work).await.unwrap();
    drop(conn);
    let ReplyContent::Confirm(asked) = chat.answer("same for WID-1002").await else {
        panic!("it is asked about");
    };
    assert_eq!(asked.entities.get(EntityName::Sku), Some("WID-1002"));
    assert_eq!(chat.executions().await, 1);
}

#[tokio::test]
async fn status_tells_what_waits_and_runs_for_the_person() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let ReplyContent::UnderWay(none) = chat.answer("status").await else {
        panic!("an answer");
    };
    assert_eq!(none.jobs, []);
    chat.execution("sales report for last week").await;
    let ReplyContent::UnderWay(some) = chat.answer("¿Cómo va?").await else {
        panic!("an answer");
    };
    let [job] = some.jobs.as_slice() else {
        panic!("{some:?}");
    };
    assert_eq!(job.intent, IntentType::GenerateReport);
    assert_eq!(job.about.as_deref(), Some("sales"));
    assert!(!job.running);
    let intent = Some(IntentType::GenerateReport);
    assert_eq!(
        chat.answer("cancel").await,
        ReplyContent::Cancelled { intent }
    );
    let ReplyContent::UnderWay(now) = chat.answer("status").await else {
        panic!("an answer");
    };
    assert_eq!(now.jobs, []);
}

#[tokio::test]
async fn help_is_of_what_the_role_allows() {
    let mut chat = Chat::with(VIEWER).await;
    let ReplyContent::Help(Help { topic, intents }) = chat.answer("help").await else {
        panic!("help");
    };
    assert_eq!(topic, None);
    assert!(intents.contains(&IntentType::CheckInventory));
    assert!(!intents.contains(&IntentType::ReorderStock));
    assert_eq!(chat.answer("help reorder").await, permission());
    let ReplyContent::Help(Help { topic, .. }) = chat.answer("help alerts").await else {
        panic!("help");
    };
    assert_eq!(topic, Some(IntentType::ViewAlerts));
}

#[tokio::test]
async fn a_persona_is_switched_by_name_and_number_and_kept_in_history() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let (company, profile) = (demo::company_id(), chat.profile());
    let before = Some(Persona::Navigator);
    let changed =
        |persona, before| ReplyContent::PersonaChanged(PersonaChanged { persona, before });
    assert_eq!(
        chat.answer("switch to hub").await,
        changed(Some(Persona::Hub), before)
    );
    let ReplyContent::PersonaList(list) = chat.answer("persona").await else {
        panic!("a list");
    };
    assert_eq!(list.current, Some(Persona::Hub));
    assert_eq!(chat.answer("2").await, changed(before, Some(Persona::Hub)));
    assert_eq!(chat.answer("persona auto").await, changed(None, before));
    let mut conn = chat.nlp.store.conn().await.unwrap();
    let now = profiles::get(&mut conn, company, profile).await.unwrap();
    assert_eq!(now.unwrap().persona, None);
    let history = personas::history(&mut conn, company, profile, 9).await;
    let history: Vec<_> = history
        .unwrap()
        .into_iter()
        .map(|change| (change.before, change.persona, change.why))
        .collect();
    let hub = Some(Persona::Hub);
    assert_eq!(
        history,
        [
            (before, None, Why::Auto),
            (hub, before, Why::Chosen),
            (before, hub, Why::Chosen),
        ]
    );
}

#[tokio::test]
async fn next_asks_for_the_page_after() {
    let mut chat = Chat::with(NAVIGATOR).await;
    let mut list = alert_list(&["A11", "A12"]);
    list.pages = Some(Pages {
        intent: IntentType::ViewAlerts,
        entities: Entities::default(),
        after: 0,
        shown: 2,
        total: 3,
    });
    chat.wait_for(&DialogueState::Choosing(list)).await;
    let (row, context) = chat.execution("next").await;
    assert_eq!(row.intent_type, IntentType::ViewAlerts);
    assert_eq!(context.step, Step::Page { after: 2 });
}
