//! How people write, what they are offered, and what they say to it.

use chrono::TimeDelta;
use wharf_domain::{
    dialogue::{DialogueState, Offered},
    persona::{
        Persona,
        adaptive::{Answered, Because, Did, Signals, Suggestion},
    },
};
use wharf_store::{
    dialogues,
    persona_offers::{self, NewOffer},
    personas::{self, Change, Why},
    profiles,
};

use crate::{
    offers::KEY,
    support::{Tenant, World, at, execution},
};

/// Of the fixtures' person, whom Hub answers.
pub(crate) fn new(tenant: Tenant, sid: &str, minute: i64) -> NewOffer {
    NewOffer {
        company: tenant.company,
        profile: tenant.profile,
        conversation_key: KEY.to_owned(),
        execution: execution(sid),
        before: Some(Persona::Hub),
        suggestion: Suggestion {
            persona: Persona::Streamliner,
            because: Because::ShortMessages,
            percent: 83,
        },
        at: at(minute),
        expires_at: at(minute + 30),
    }
}

pub(crate) fn some_signals() -> Signals {
    let mut signals = Signals::default();
    for did in [Did::Asked { words: 2 }, Did::ReadOn, Did::TookLesson] {
        signals.note(did, 22, at(0));
    }
    signals
}

#[tokio::test]
async fn signals_are_kept_as_they_are() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let kept = persona_offers::signals(conn, ours.company, ours.profile).await;
    assert_eq!(kept.unwrap(), None);
    let mut signals = some_signals();
    for minute in [1, 2] {
        signals.note(Did::Asked { words: 20 }, 12, at(minute));
        persona_offers::keep_signals(conn, ours.company, ours.profile, &signals, at(minute))
            .await
            .unwrap();
        let kept = persona_offers::signals(conn, ours.company, ours.profile).await;
        assert_eq!(kept.unwrap(), Some(signals));
    }
}

#[tokio::test]
async fn an_offer_is_made_once_and_answered_once() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    assert!(
        persona_offers::make(conn, &new(ours, "SM1", 0))
            .await
            .unwrap()
    );
    let waits = dialogues::get(conn, ours.company, KEY, at(1))
        .await
        .unwrap();
    let state = DialogueState::Offering(Offered::Persona {
        persona: Persona::Streamliner,
        because: Because::ShortMessages,
        asked: execution("SM1"),
    });
    assert_eq!(waits.unwrap().state, state);
    // Another execution that ends now, and one whose question is over within the day.
    for minute in [0, 31] {
        assert!(
            !persona_offers::make(conn, &new(ours, "SM2", minute))
                .await
                .unwrap()
        );
    }
    let (company, profile) = (ours.company, ours.profile);
    let past = persona_offers::history(conn, company, profile, at(0))
        .await
        .unwrap();
    assert_eq!(past[0].answered, Answered::Nothing);
    let asked = execution("SM1");
    for first in [true, false] {
        let answered = persona_offers::answer(conn, company, profile, asked, false, at(2)).await;
        assert_eq!(answered.unwrap(), first);
    }
    let past = persona_offers::history(conn, company, profile, at(0))
        .await
        .unwrap();
    assert_eq!((past.len(), past[0].answered), (1, Answered::No));
    let made = persona_offers::of_company(conn, company).await.unwrap();
    let [made] = made.as_slice() else {
        panic!("{made:?}");
    };
    assert_eq!((made.profile, made.before), (profile, Some(Persona::Hub)));
    assert_eq!((made.because, made.percent), (Because::ShortMessages, 83));
    assert_eq!((made.at, made.accepted), (at(0), Some(false)));
    assert_eq!(made.answered_at, Some(at(2)));
    let later = persona_offers::history(conn, company, profile, at(1))
        .await
        .unwrap();
    assert_eq!(later, []);
}

#[tokio::test]
async fn nothing_is_offered_beside_a_question_or_over_a_new_choice() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    let lessons = DialogueState::Offering(Offered::Lessons);
    dialogues::ask(conn, ours.company, KEY, &lessons, at(0), at(30))
        .await
        .unwrap();
    assert!(
        !persona_offers::make(conn, &new(ours, "SM1", 1))
            .await
            .unwrap()
    );
    profiles::set_persona(conn, ours.company, ours.profile, Some(Persona::Spring))
        .await
        .unwrap();
    assert!(
        !persona_offers::make(conn, &new(ours, "SM1", 40))
            .await
            .unwrap()
    );
    let since = at(0) - TimeDelta::days(1);
    let past = persona_offers::history(conn, ours.company, ours.profile, since).await;
    assert_eq!(past.unwrap(), []);
    let waits = dialogues::get(conn, ours.company, KEY, at(1))
        .await
        .unwrap();
    assert_eq!(waits.unwrap().state, lessons);
}

#[tokio::test]
async fn the_history_says_why() {
    let world = World::new().await;
    let ours = world.ours;
    let mut conn = world.store.conn().await.unwrap();
    let change = |why, because| Change {
        company: ours.company,
        profile: ours.profile,
        before: None,
        persona: Some(Persona::Navigator),
        why,
        execution: execution("SM1"),
        at: at(0),
        because,
    };
    let because = Some(Because::ReadsOn);
    let offered = change(Why::Offered, because);
    assert!(personas::switch(&mut conn, &offered).await.unwrap());
    let history = personas::history(&mut conn, ours.company, ours.profile, 9).await;
    assert_eq!(history.unwrap(), std::slice::from_ref(&offered));
    let changes = personas::changes(&mut conn, ours.company).await.unwrap();
    assert_eq!(changes, [offered]);
    let people = personas::of_company(&mut conn, ours.company).await.unwrap();
    let one = people.iter().find(|one| one.profile == ours.profile);
    assert_eq!(one.unwrap().persona, Some(Persona::Navigator));
    // A reason belongs to an offer, and an offer has one.
    for wrong in [change(Why::Offered, None), change(Why::Chosen, because)] {
        assert!(personas::switch(&mut conn, &wrong).await.is_err());
    }
}
