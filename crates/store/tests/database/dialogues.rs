//! What a conversation waits for: one thing, until it expires.

use serde_json::json;
use wharf_domain::agent::AgentType;
use wharf_domain::{
    dialogue::{Choice, DialogueState, Form, PendingConfirmation, ShownList},
    entities::{Entities, EntityName},
    intent::IntentType,
};
use wharf_store::dialogues;

use crate::support::{World, at, execution};

const KEY: &str = "AC1:+14155238886:+15550100001";

fn form(tries: u8) -> Form {
    Form {
        intent: IntentType::CheckInventory,
        entities: Entities::default(),
        missing: EntityName::Product,
        tries,
        confirm: false,
    }
}

fn alerts(ids: &[&str]) -> ShownList {
    let choice = |id: &&str| Choice {
        intent: IntentType::ViewAlerts,
        entities: Entities::from_iter([(EntityName::AlertId, (*id).to_owned())]),
        confirm: false,
    };
    ShownList::new(ids.iter().map(choice).collect(), execution("SM1"))
}

#[tokio::test]
async fn the_latest_question_stands_until_it_expires_or_is_cleared() {
    let world = World::new().await;
    let company = world.ours.company;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    assert_eq!(
        dialogues::get(conn, company, KEY, at(0)).await.unwrap(),
        None
    );
    for tries in [0, 1] {
        let state = DialogueState::Asking(form(tries));
        dialogues::ask(conn, company, KEY, &state, at(0), at(30))
            .await
            .unwrap();
    }
    assert_eq!(world.db.rows("dialogues").await, 1);
    for (minute, expired) in [(29, false), (30, true), (600, true)] {
        let found = dialogues::get(conn, company, KEY, at(minute))
            .await
            .unwrap();
        let found = found.unwrap();
        assert_eq!(found.state, DialogueState::Asking(form(1)));
        assert_eq!(found.asked_at, at(0));
        assert_eq!(found.expired, expired, "after {minute} minutes");
    }
    assert!(dialogues::clear(conn, company, KEY).await.unwrap());
    assert!(!dialogues::clear(conn, company, KEY).await.unwrap());
    assert_eq!(
        dialogues::get(conn, company, KEY, at(1)).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn what_another_version_wrote_is_nothing_and_is_replaced() {
    let world = World::new().await;
    let company = world.ours.company;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let newer = json!({"version": 99, "state": {"waits_for": "godot"}});
    world
        .db
        .run_sql(&format!(
            "INSERT INTO dialogues (company_id, conversation_key, state, expires_at, updated_at)
               VALUES ('{company}', '{KEY}', '{newer}', '2999-01-01', now())"
        ))
        .await;
    assert_eq!(
        dialogues::get(conn, company, KEY, at(0)).await.unwrap(),
        None
    );
    let state = DialogueState::Asking(form(0));
    dialogues::ask(conn, company, KEY, &state, at(0), at(30))
        .await
        .unwrap();
    let found = dialogues::get(conn, company, KEY, at(0)).await.unwrap();
    assert_eq!(found.unwrap().state, state);
}

#[tokio::test]
async fn a_list_keeps_the_form_behind_it_and_yields_to_a_confirmation() {
    let world = World::new().await;
    let company = world.ours.company;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let asking = DialogueState::Asking(form(1));
    dialogues::ask(conn, company, KEY, &asking, at(0), at(30))
        .await
        .unwrap();
    dialogues::remember(conn, company, KEY, alerts(&["A1", "A2"]), at(1), at(31))
        .await
        .unwrap();
    let found = dialogues::get(conn, company, KEY, at(2))
        .await
        .unwrap()
        .unwrap();
    let DialogueState::Choosing(list) = found.state else {
        panic!("{found:?}")
    };
    assert_eq!((list.choices.len(), list.form), (2, Some(form(1))));

    let confirming = DialogueState::Confirming(PendingConfirmation {
        intent: IntentType::ReorderStock,
        agent: AgentType::PurchaseOptimizer,
        entities: Entities::default(),
        asked: None,
        has_draft: false,
        asked_again: 0,
    });
    dialogues::ask(conn, company, KEY, &confirming, at(2), at(32))
        .await
        .unwrap();
    dialogues::remember(conn, company, KEY, alerts(&["A3"]), at(3), at(33))
        .await
        .unwrap();
    let found = dialogues::get(conn, company, KEY, at(4))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.state, confirming);
    // One that expired is no reason.
    dialogues::remember(conn, company, KEY, alerts(&["A3"]), at(40), at(70))
        .await
        .unwrap();
    let found = dialogues::get(conn, company, KEY, at(41))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.state, DialogueState::Choosing(alerts(&["A3"])));
}
