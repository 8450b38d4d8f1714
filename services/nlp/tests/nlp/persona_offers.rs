//! Another persona is offered after an answer, and what a yes and a no leave behind.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use wharf_domain::{
    clock::{Clock, SystemClock},
    contracts::{
        ExecutionContext, ReplyContent,
        answers::{PersonaChanged, PersonaKept, Waited},
    },
    dialogue::DialogueState,
    ids::{ProfileId, named},
    persona::{
        Persona,
        adaptive::{Answered, Because, Suggestion},
    },
};
use wharf_pipeline::{Outcome, Publication};
use wharf_store::{
    demo, dialogues, executions, persona_offers,
    personas::{self, Why},
    profiles,
};

use crate::support::{NAVIGATOR, TestNlp, message};

/// A chat with a person whose persona nobody chose, and whose many messages were all short.
struct Chat {
    nlp: TestNlp,
    number: u32,
}

fn profile() -> ProfileId {
    named(&format!("demo:profile:{NAVIGATOR}")).into()
}

impl Chat {
    async fn start(changes: &[(&str, &str)]) -> Self {
        let nlp = TestNlp::start_with(changes).await;
        let chat = Self { nlp, number: 0 };
        chat.habit(20, 20, 0).await;
        let id = profile().0;
        let undecided = format!("UPDATE profiles SET persona = NULL WHERE id = '{id}'");
        chat.nlp.db.run_sql(&undecided).await;
        chat
    }

    /// What was noted of the person so far.
    async fn habit(&self, messages: u32, short: u32, lessons: u32) {
        let (company, id) = (demo::company_id().0, profile().0);
        let sql = format!(
            "DELETE FROM persona_signals;
             INSERT INTO persona_signals (company_id, profile_id, messages, short, long, details, lessons, off_hours, last_at)
             VALUES ('{company}', '{id}', {messages}, {short}, 0, 0, {lessons}, 0, now())"
        );
        self.nlp.db.run_sql(&sql).await;
    }

    async fn say_at(&mut self, body: &str, at: DateTime<Utc>) -> Vec<Publication> {
        self.number += 1;
        let fields = json!({"body": body, "received_at": at});
        let message = message(self.number, NAVIGATOR, fields);
        self.nlp.send(&message).await;
        let row = self.nlp.wait_row(&message).await;
        Outcome::stored(&row.outcome.unwrap()).unwrap().publish
    }

    async fn answers(&mut self, body: &str) -> Vec<ReplyContent> {
        let decided = self.say_at(body, SystemClock.now()).await;
        let replies = decided.into_iter().map(|message| match message {
            Publication::Reply(reply) => reply.body.content,
            other => panic!("{body}: {other:?}"),
        });
        replies.collect()
    }

    /// The context of the execution that `body` leads to.
    async fn context(&mut self, body: &str) -> ExecutionContext {
        let decided = self.say_at(body, SystemClock.now()).await;
        let [Publication::Execute(work)] = decided.as_slice() else {
            panic!("{body}: {decided:?}");
        };
        let mut conn = self.nlp.store.conn().await.unwrap();
        let row = executions::get(&mut conn, demo::company_id(), work.execution_id).await;
        serde_json::from_value(row.unwrap().unwrap().context.unwrap()).unwrap()
    }

    async fn waits_for(&self) -> Option<DialogueState> {
        let mut conn = self.nlp.store.conn().await.unwrap();
        let key = message(1, NAVIGATOR, json!({})).body.conversation_key();
        let now = SystemClock.now();
        let found = dialogues::get(&mut conn, demo::company_id(), &key, now).await;
        found.unwrap().map(|found| found.state)
    }

    async fn persona(&self) -> Option<Persona> {
        let mut conn = self.nlp.store.conn().await.unwrap();
        let found = profiles::get(&mut conn, demo::company_id(), profile()).await;
        found.unwrap().unwrap().persona
    }

    async fn offered(&self) -> Vec<(Persona, Answered)> {
        let mut conn = self.nlp.store.conn().await.unwrap();
        let since = SystemClock.now() - TimeDelta::days(1);
        let past = persona_offers::history(&mut conn, demo::company_id(), profile(), since).await;
        let past = past.unwrap().into_iter();
        past.map(|past| (past.persona, past.answered)).collect()
    }

    /// Lets all that was offered lie so many days back.
    async fn days_go_by(&self, days: u32) {
        let sql = format!(
            "UPDATE persona_offers SET offered_at = offered_at - interval '{days} days';
             UPDATE persona_offers SET answered_at = answered_at - interval '{days} days'"
        );
        self.nlp.db.run_sql(&sql).await;
    }

    /// LEARN of one whose lessons are many: Spring is offered after the lesson.
    async fn offer(&mut self) {
        self.habit(20, 0, 10).await;
        let answers = self.answers("LEARN safety stock").await;
        let [ReplyContent::Lesson(_), ReplyContent::PersonaOffer(offer)] = answers.as_slice()
        else {
            panic!("{answers:?}");
        };
        let offered = (offer.persona, offer.because);
        assert_eq!(offered, (Persona::Spring, Because::TakesLessons));
    }
}

#[tokio::test]
async fn a_request_carries_the_offer_to_its_agent() {
    let mut chat = Chat::start(&[]).await;
    let offer = Some(Suggestion {
        persona: Persona::Streamliner,
        because: Because::ShortMessages,
        percent: 100,
    });
    assert_eq!(chat.context("stock WID-1001").await.offer, offer);
    // What changes something is followed by no offer.
    let context = chat.context("set WID-1001 to 95 in rotterdam").await;
    assert_eq!(context.offer, None);
    let mut conn = chat.nlp.store.conn().await.unwrap();
    let noted = persona_offers::signals(&mut conn, demo::company_id(), profile()).await;
    let noted = noted.unwrap().unwrap();
    // Twenty, one short, one of five words; each takes a twentieth of those before.
    assert!((noted.messages - 20.0).abs() < 0.01, "{noted:?}");
    assert!((noted.short - 19.0).abs() < 0.01, "{noted:?}");
}

#[tokio::test]
async fn a_yes_switches_and_the_history_says_why() {
    let mut chat = Chat::start(&[]).await;
    chat.offer().await;
    assert!(matches!(
        chat.waits_for().await,
        Some(DialogueState::Offering(_))
    ));
    let persona = Some(Persona::Spring);
    let changed = PersonaChanged {
        persona,
        before: None,
    };
    let answer = chat.answers("yes please").await;
    assert_eq!(answer, [ReplyContent::PersonaChanged(changed)]);
    assert_eq!(chat.persona().await, persona);
    assert_eq!(chat.offered().await, [(Persona::Spring, Answered::Yes)]);
    let mut conn = chat.nlp.store.conn().await.unwrap();
    let history = personas::history(&mut conn, demo::company_id(), profile(), 9).await;
    let history = history.unwrap();
    let why: Vec<_> = history
        .iter()
        .map(|change| (change.why, change.because))
        .collect();
    assert_eq!(why, [(Why::Offered, Some(Because::TakesLessons))]);
    drop(conn);
    // A short way of writing would be offered after two weeks, not before.
    chat.habit(20, 20, 0).await;
    assert_eq!(chat.context("stock WID-1001").await.offer, None);
    chat.days_go_by(14).await;
    assert!(chat.context("stock WID-1001").await.offer.is_some());
    // What they choose themselves stays, and nothing is noted any more.
    chat.answers("persona spring").await;
    chat.habit(20, 20, 0).await;
    assert_eq!(chat.context("stock WID-1001").await.offer, None);
    chat.answers("persona auto").await;
    assert!(chat.context("stock WID-1001").await.offer.is_some());
}

#[tokio::test]
async fn a_no_is_remembered() {
    let mut chat = Chat::start(&[]).await;
    chat.offer().await;
    let kept = PersonaKept {
        offered: Persona::Spring,
        days: 90,
    };
    assert_eq!(chat.answers("no").await, [ReplyContent::PersonaKept(kept)]);
    assert_eq!((chat.persona().await, chat.waits_for().await), (None, None));
    assert_eq!(chat.offered().await, [(Persona::Spring, Answered::No)]);
    chat.days_go_by(89).await;
    chat.habit(20, 0, 10).await;
    assert_eq!(chat.answers("LEARN safety stock").await.len(), 1);
    chat.days_go_by(2).await;
    chat.offer().await;
}

#[tokio::test]
async fn whatever_else_is_said_lets_the_offer_lapse() {
    let mut chat = Chat::start(&[]).await;
    chat.offer().await;
    // Written before the offer was made.
    let early = SystemClock.now() - TimeDelta::minutes(2);
    chat.say_at("yes", early).await;
    assert!(chat.waits_for().await.is_some());
    chat.context("stock WID-1001").await;
    assert_eq!(chat.waits_for().await, None);
    chat.answers("yes").await;
    assert_eq!(chat.persona().await, None);
    assert_eq!(chat.offered().await, [(Persona::Spring, Answered::Nothing)]);
    chat.days_go_by(31).await;
    chat.offer().await;
    chat.nlp
        .db
        .run_sql("UPDATE dialogues SET expires_at = now() - interval '1 minute'")
        .await;
    let what = Waited::Confirmation;
    assert_eq!(chat.answers("yes").await, [ReplyContent::Expired { what }]);
    assert_eq!(chat.persona().await, None);
}

#[tokio::test]
async fn nothing_is_offered_who_chose_said_stop_or_is_not_to_be_asked() {
    let mut chat = Chat::start(&[("WHARF__ADAPTIVE__OFFERS", "false")]).await;
    assert_eq!(chat.context("stock WID-1001").await.offer, None);
    let mut chat = Chat::start(&[]).await;
    let set = |persona: &str| {
        let id = profile().0;
        format!("UPDATE profiles SET persona = {persona} WHERE id = '{id}'")
    };
    // Set by the company: nobody took an offer.
    for persona in ["'navigator'", "'processor'"] {
        chat.nlp.db.run_sql(&set(persona)).await;
        assert_eq!(chat.context("stock WID-1001").await.offer, None);
    }
    chat.nlp.db.run_sql(&set("NULL")).await;
    assert!(chat.context("stock WID-1001").await.offer.is_some());
    // A question is open: its answer is no habit, and nothing is offered beside it.
    chat.answers("generate report").await;
    let context = chat.context("sales last week").await;
    assert_eq!(context.offer, None);
    chat.say_at("STOP", SystemClock.now()).await;
    assert_eq!(chat.context("stock WID-1001").await.offer, None);
}
