//! Messages, executions, what conversations wait for, and what was changed.

use chrono::TimeDelta;
use serde_json::json;
use wharf_domain::{
    agent::AgentType,
    dialogue::{DialogueState, Form},
    entities::{Entities, EntityName},
    intent::IntentType,
};
use wharf_store::{
    conversations, dialogues,
    effects::{self, NewEffect},
    executions::{self, Begin},
    feedback::{self, Feedback},
};

use super::walls::{Wall, rows_of, ways};
use crate::support::{Tenant, World, at, execution};

const KEY: &str = "AC1:+14155238886:+15550100001";

#[tokio::test]
async fn messages() {
    let world = World::new().await;
    let ours = world.ours;
    let id = execution("SM1");
    let mut owner = world.store.conn().await.unwrap();
    conversations::record(&mut owner, &ours.message("SM1"))
        .await
        .unwrap();
    let mut work = ours.work("SM1");
    work.conversation_key = KEY.into();
    executions::enqueue(&mut owner, &work).await.unwrap();
    let worked_on = conversations::worked_on(&mut owner, ours.company, at(-9)).await;
    assert_eq!(worked_on.unwrap(), ["SM1"]);
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, told) = (&mut way.conn, way.told);
        let company = told.company;
        refused! { conversations::record(conn, &told.message("SM1")); }
        let feedback = Feedback {
            company_id: company,
            conversation_key: KEY,
            about: None,
            right: true,
            at: at(1),
        };
        nothing! {
            conversations::by_execution(conn, company, id);
            conversations::set_outcome(conn, company, id, &json!([]));
            conversations::mark_response_sent(conn, company, id);
            conversations::worked_on(conn, company, at(-9));
            feedback::give(conn, &feedback);
        }
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

#[tokio::test]
async fn executions_that_wait() {
    let world = World::new().await;
    let ours = world.ours;
    let (id, minute) = (execution("SM1"), TimeDelta::minutes(1));
    let mut owner = world.store.conn().await.unwrap();
    let mut yes = ours.work("SM1");
    yes.context = json!({ "step": { "kind": "confirmed", "asked": execution("SM0") } });
    executions::enqueue(&mut owner, &yes).await.unwrap();
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        refused! { executions::enqueue(conn, &way.told.work("SM1")); }
        nothing! {
            executions::get(conn, company, id);
            executions::abandon(conn, company, id, "x", &json!([]), at(0));
            executions::cancel_of_conversation(conn, company, KEY, at(0));
            executions::waiting(conn, company);
            executions::under_way(conn, company, &yes.conversation_key, Some(ours.profile), 9);
            executions::latest_of_conversation(conn, company, &yes.conversation_key, at(-9));
            executions::latest_answered(conn, company, &yes.conversation_key);
            executions::answer_under_way(conn, company, execution("SM0"));
            executions::told(conn, company, id);
            executions::seize(conn, company, id, "s", at(99), at(100));
            // A lock of the name alone; rows are not touched.
            executions::lock_conversation(conn, company, KEY);
        }
        let begun = executions::begin(conn, company, id, "a", at(0), minute).await;
        assert_eq!(begun.unwrap(), Begin::Missing);
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

#[tokio::test]
async fn executions_under_way() {
    let world = World::new().await;
    let ours = world.ours;
    let (id, minute) = (execution("SM2"), TimeDelta::minutes(1));
    let mut owner = world.store.conn().await.unwrap();
    for (sid, minute) in [("SM1", 0), ("SM2", 1)] {
        let mut work = ours.work(sid);
        work.intent = IntentType::UpdateStock;
        work.created_at = at(minute);
        executions::enqueue(&mut owner, &work).await.unwrap();
    }
    let begun = executions::begin(&mut owner, ours.company, id, "a", at(0), minute).await;
    let Begin::Started(mine) = begun.unwrap() else {
        panic!("it was pending");
    };
    // For us an earlier change is still to be made.
    assert!(!executions::in_turn(&mut owner, &mine).await.unwrap());
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let conn = &mut way.conn;
        let mut taken = mine.clone();
        taken.company_id = way.told.company;
        let none = json!([]);
        nothing! {
            executions::complete(conn, &taken, &none, &none, at(0));
            executions::fail(conn, &taken, "x", &none, at(0));
            executions::release(conn, &taken, None);
            executions::renew(conn, &taken, at(9));
            executions::await_answer(conn, &taken, at(9));
            executions::set_deadlines(conn, &mut taken.clone(), at(1), at(2));
        }
        // Ours is not seen, so nothing is before it.
        assert!(
            executions::in_turn(conn, &taken).await.unwrap(),
            "{:?}",
            way.wall
        );
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

#[tokio::test]
async fn what_conversations_wait_for() {
    let world = World::new().await;
    let ours = world.ours;
    let state = DialogueState::Asking(Form {
        intent: IntentType::CheckInventory,
        entities: Entities::default(),
        missing: EntityName::Product,
        tries: 0,
        confirm: false,
    });
    let shown = json!({ "choices": [], "shown_by": execution("SM1") });
    let shown: wharf_domain::dialogue::ShownList = serde_json::from_value(shown).unwrap();
    let mut owner = world.store.conn().await.unwrap();
    dialogues::ask(&mut owner, ours.company, KEY, &state, at(0), at(30))
        .await
        .unwrap();
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        nothing! {
            dialogues::get(conn, company, KEY, at(1));
            dialogues::clear(conn, company, KEY);
        }
        own! { way.wall;
            dialogues::ask(conn, company, KEY, &state, at(1), at(30));
            dialogues::remember(conn, company, KEY, shown.clone(), at(1), at(30));
        }
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}

#[tokio::test]
async fn changes_that_can_be_undone() {
    let world = World::new().await;
    let ours = world.ours;
    let effect = |of: Tenant| NewEffect {
        execution_id: execution("SM1"),
        company_id: of.company,
        conversation_key: KEY.to_owned(),
        profile_id: Some(of.profile),
        agent: AgentType::InventoryMonitor,
        intent: IntentType::UpdateStock,
        change: json!({}),
        done_at: at(0),
        undo_until: at(10),
    };
    let mut owner = world.store.conn().await.unwrap();
    executions::enqueue(&mut owner, &ours.work("SM1"))
        .await
        .unwrap();
    effects::record(&mut owner, &effect(ours)).await.unwrap();
    let before = rows_of(&world, ours.company).await;
    for mut way in ways(&world).await {
        let (conn, company) = (&mut way.conn, way.told.company);
        let (id, by) = (execution("SM1"), execution("SM2"));
        refused! { effects::record(conn, &effect(way.told)); }
        nothing! {
            effects::get(conn, company, id);
            effects::latest_of(conn, company, KEY);
            effects::mark_undone(conn, company, id, by, at(1));
        }
        assert_ne!(way.wall == Wall::Query, company == ours.company);
    }
    assert_eq!(rows_of(&world, ours.company).await, before);
}
