//! The persona that is offered after an answer.

use wharf_domain::{
    contracts::{ReplyContent, answers::PersonaOffer},
    dialogue::{DialogueState, Offered},
    entities::EntityName,
    ids::named,
    intent::IntentType,
    persona::{Persona, adaptive::Because},
};
use wharf_pipeline::{Outcome, Publication};
use wharf_store::{demo, dialogues};

use crate::support::{SENDER, TestExecutor, request};

/// Work whose answer is to be followed by an offer, done.
async fn answered(executor: &TestExecutor, number: u32, intent: IntentType) -> Vec<ReplyContent> {
    let sku = [(EntityName::Sku, "WID-1001")];
    let entities = match intent {
        IntentType::CheckInventory => &sku[..],
        _ => &[],
    };
    let work = executor.enqueue(number, intent, entities).await;
    let profile = named(&format!("demo:profile:{SENDER}"));
    let id = work.execution_id.0;
    executor
        .db
        .run_sql(&format!(
            "UPDATE profiles SET persona = NULL WHERE id = '{profile}';
             UPDATE agent_execution_queue SET profile_id = '{profile}', context = context ||
               '{{\"offer\": {{\"persona\": \"streamliner\", \"because\": \"short_messages\", \"percent\": 83}}}}'
               WHERE id = '{id}'"
        ))
        .await;
    executor.send(&work).await;
    executor.replies(number).await;
    let outcome = Outcome::stored(&executor.row(number).await.outcome.unwrap()).unwrap();
    let replies = outcome.publish.into_iter().map(|message| match message {
        Publication::Reply(reply) => {
            let offer = matches!(reply.body.content, ReplyContent::PersonaOffer(_));
            assert_eq!(reply.body.proactive, offer);
            reply.body.content
        }
        other => panic!("{other:?}"),
    });
    replies.collect()
}

async fn waits_for(executor: &TestExecutor) -> Option<DialogueState> {
    let work = request(1, IntentType::CheckInventory);
    let mut conn = executor.store.conn().await.unwrap();
    let (company, key) = (demo::company_id(), &work.body.conversation_key);
    let found = dialogues::get(&mut conn, company, key, work.created_at).await;
    found.unwrap().map(|found| found.state)
}

#[tokio::test]
async fn an_offer_goes_after_the_answer_once() {
    let executor = TestExecutor::start().await;
    let replies = answered(&executor, 1, IntentType::CheckInventory).await;
    let [
        ReplyContent::InventoryCheckResult(_),
        ReplyContent::PersonaOffer(offer),
    ] = replies.as_slice()
    else {
        panic!("{replies:?}");
    };
    let PersonaOffer {
        persona, because, ..
    } = offer;
    let asked = request(1, IntentType::CheckInventory).execution_id;
    let offered = Offered::Persona {
        persona: *persona,
        because: *because,
        asked,
    };
    assert_eq!(*persona, Persona::Streamliner);
    assert_eq!(*because, Because::ShortMessages);
    assert_eq!(
        waits_for(&executor).await,
        Some(DialogueState::Offering(offered))
    );
    // An execution that nlp had decided on before it was made.
    let replies = answered(&executor, 2, IntentType::CheckInventory).await;
    assert_eq!(replies.len(), 1, "{replies:?}");
}

#[tokio::test]
async fn a_list_that_was_shown_leaves_no_room_for_an_offer() {
    let executor = TestExecutor::start().await;
    let replies = answered(&executor, 1, IntentType::ViewAlerts).await;
    assert!(
        matches!(replies.as_slice(), [ReplyContent::AlertSummary(_)]),
        "{replies:?}"
    );
    assert!(matches!(
        waits_for(&executor).await,
        Some(DialogueState::Choosing(_))
    ));
}
