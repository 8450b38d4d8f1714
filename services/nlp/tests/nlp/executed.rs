//! Messages that lead to work for an agent.

use wharf_broker::{Queue, Stage};
use wharf_domain::{
    agent::AgentType,
    contracts::{ExecutionContext, ExecutionRequest},
    entities::EntityName,
    ids::{ContactId, ProfileId, named},
    intent::IntentType,
    persona::Persona,
    priority::Priority,
};
use wharf_pipeline::{Outcome, Publication};
use wharf_store::{demo, executions::ExecutionStatus};

use crate::support::{NAVIGATOR, STREAMLINER, TestNlp, received_at, text};

#[tokio::test]
async fn a_question_becomes_its_row_an_execution_and_one_request() {
    let nlp = TestNlp::start().await;
    let question = text(1, NAVIGATOR, "stock WID-1001");
    nlp.send(&question).await;
    let queue = Queue::Execute(Priority::Inventory);
    let mut requests = nlp.read::<ExecutionRequest>(queue, 1).await;
    let request = requests.remove(0);
    let id = question.execution_id;
    let contact = ContactId(named(&format!("demo:contact:{NAVIGATOR}")));
    let profile = ProfileId(named(&format!("demo:profile:{NAVIGATOR}")));

    assert_eq!(request.id, id.message("execute"));
    assert_eq!(request.execution_id, id);
    let expected = ExecutionRequest {
        execution_id: id,
        company_id: demo::company_id(),
        agent: AgentType::InventoryMonitor,
        intent: IntentType::CheckInventory,
        priority: Priority::Inventory,
        conversation_key: question.body.conversation_key(),
    };
    assert_eq!(request.body, expected);

    let row = nlp.row(&question).await.unwrap();
    assert_eq!(row.company_id, demo::company_id());
    assert_eq!(row.contact_id, contact);
    assert_eq!(row.phone_number.as_str(), NAVIGATOR);
    assert_eq!(row.message_body.as_deref(), Some("stock WID-1001"));
    assert_eq!(row.intent_type, Some(IntentType::CheckInventory));
    let confidence = row.intent_confidence.unwrap();
    assert!((0.5..=1.0).contains(&confidence), "{confidence}");
    assert_eq!(row.entities.unwrap()["sku"], "WID-1001");
    assert_eq!(row.received_at, received_at());
    assert!(!row.response_sent);
    let decided = Outcome::stored(&row.outcome.unwrap()).unwrap();
    assert_eq!(decided.publish, [Publication::Execute(request)]);

    let execution = nlp.execution(&question).await.unwrap();
    assert_eq!(execution.status, ExecutionStatus::Pending);
    assert_eq!(execution.attempts, 0);
    assert_eq!(execution.priority, Priority::Inventory);
    assert_eq!(execution.contact_id, Some(contact));
    assert_eq!(execution.profile_id, Some(profile));
    assert!(execution.agent_id.is_some());
    let context: ExecutionContext = serde_json::from_value(execution.context.unwrap()).unwrap();
    assert_eq!(context.source, "whatsapp");
    assert_eq!(context.entities.get(EntityName::Sku), Some("WID-1001"));
    assert_eq!(context.persona, Some(Persona::Navigator));
    assert_eq!(context.received_at, received_at());
}

#[tokio::test]
async fn a_streamliner_goes_to_the_urgent_queue() {
    let nlp = TestNlp::start().await;
    let question = text(1, STREAMLINER, "stock WID-1001");
    nlp.send(&question).await;
    let requests = nlp
        .read::<ExecutionRequest>(Queue::Execute(Priority::Urgent), 1)
        .await;
    assert_eq!(requests[0].body.priority, Priority::Urgent);
    assert_eq!(
        nlp.execution(&question).await.unwrap().priority,
        Priority::Urgent
    );
    assert_eq!(
        nlp.broker.ready(Queue::Execute(Priority::Inventory)).await,
        0
    );
}

#[tokio::test]
async fn a_message_that_comes_twenty_times_is_one_row_and_one_id() {
    let nlp = TestNlp::start().await;
    let question = text(1, NAVIGATOR, "stock WID-1001");
    for _ in 0..20 {
        nlp.send(&question).await;
    }
    let queue = Queue::Execute(Priority::Inventory);
    let requests = nlp.read::<ExecutionRequest>(queue, 20).await;
    // Each repeat is published again as it was decided the first time, so that the next stage
    // recognises it.
    assert!(requests.iter().all(|request| *request == requests[0]));
    assert_eq!(requests[0].id, question.execution_id.message("execute"));
    assert_eq!(nlp.db.rows("whatsapp_conversations").await, 1);
    assert_eq!(nlp.db.rows("agent_execution_queue").await, 1);
    nlp.wait_metric(r#"wharf_messages_repeated_total{kind="inbound_message",stage="nlp"} 19"#)
        .await;
    assert_eq!(nlp.broker.ready(Queue::Dead(Stage::Nlp)).await, 0);
}

#[tokio::test]
async fn the_same_message_under_another_envelope_is_recognised_too() {
    let nlp = TestNlp::start().await;
    let question = text(1, NAVIGATOR, "stock WID-1001");
    nlp.send(&question).await;
    nlp.wait_settled("done", 1).await;
    // A second ingress made its own envelope of the repeated webhook, a little later.
    let mut again = question.clone();
    again.created_at += chrono::TimeDelta::seconds(5);
    again.body.received_at += chrono::TimeDelta::seconds(5);
    nlp.send(&again).await;
    let queue = Queue::Execute(Priority::Inventory);
    let requests = nlp.read::<ExecutionRequest>(queue, 2).await;
    assert_eq!(requests[0], requests[1]);
    assert_eq!(nlp.row(&question).await.unwrap().received_at, received_at());
}
