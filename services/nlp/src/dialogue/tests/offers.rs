//! What takes up an offer, what answers its question, and what is left to understanding.

use std::fs;

use chrono::TimeDelta;
use wharf_domain::{
    contracts::{
        ReplyContent,
        answers::{ScheduleRefused, ShareRefused, Waited},
    },
    dialogue::{DialogueState, Offered},
    entities::Entities,
    ids::named,
    intent::IntentType,
    lessons::Lesson,
    persona::{
        Persona,
        adaptive::{Because, Did},
    },
};

use super::{
    super::{
        Act,
        offers::{Ask, Change, Offer, What, Whom},
    },
    chat::{Answered, Chat, quoted},
};
use crate::training::corpus;

fn offers(said: &Answered) -> Vec<&Offer> {
    let parts = said.turn.parts.iter();
    parts
        .filter_map(|part| match &part.act {
            Act::Offer(offer) => Some(offer),
            _ => None,
        })
        .collect()
}

fn offer(text: &str) -> Option<Offer> {
    let said = Chat::new().say(text);
    offers(&said).first().map(|offer| (*offer).clone())
}

#[test]
fn lessons_are_asked_for_in_many_words() {
    let safety = Some(Offer::Learn(Some(Lesson::SafetyStock)));
    for text in [
        "LEARN safety stock",
        "learn about safety stock",
        "Learn the safety stock, please",
        "teach me about safety stock",
        "lesson 2",
        "aprender stock de seguridad",
        "lección sobre el stock de seguridad",
        "learn #2",
    ] {
        assert_eq!(offer(text), safety, "{text}");
    }
    for text in ["LEARN", "learn more", "Learn.", "aprender"] {
        assert_eq!(offer(text), Some(Offer::Learn(None)), "{text}");
    }
    assert_eq!(offer("LESSONS"), Some(Offer::Lessons(None)));
    assert_eq!(offer("mis lecciones"), Some(Offer::Lessons(None)));
    let karate = Some(Offer::Lessons(Some("karate".to_owned())));
    assert_eq!(offer("learn karate"), karate);
}

#[test]
fn shares_name_a_line_and_people() {
    let share = |whom, line| Some(Offer::Share { whom, line });
    let called = |names: &[&str]| Whom::Named(names.iter().map(|n| (*n).to_owned()).collect());
    for text in [
        "SHARE",
        "share it",
        "share with the team",
        "Share this report with everyone",
        "compartir con el equipo",
        "comparte",
    ] {
        assert_eq!(offer(text), share(Whom::Team, None), "{text}");
    }
    assert_eq!(offer("share 2"), share(Whom::Team, Some(2)));
    assert_eq!(
        offer("share it with María"),
        share(called(&["maria"]), None)
    );
    assert_eq!(
        offer("share 2 with Ana and Nadia Petrov"),
        share(called(&["ana", "nadia petrov"]), Some(2))
    );
    assert_eq!(offer("share price of nvidia"), None);
    assert_eq!(offer("share 2 3"), None);
}

#[test]
fn schedules_are_read_with_what_and_when() {
    let texts = [
        "SCHEDULE",
        "schedule this weekly",
        "schedule the stock report every monday at 8",
        "daily digest every day at 7:30",
        "monthly sales report on the 1st",
        "todos los lunes a las 8",
        "programa el informe de ventas cada viernes a las 9",
        "send me the inventory report every weekday",
        "schedule alerts daily at noon",
        "schedule a delivery",
        "schedule gibberish qwertz every day",
        "order 40 blue widgets every monday",
        "stock of blue widget every day",
        "how many blue widgets do we sell every day?",
        "daily digest",
        "weekly sales report",
        "my schedules",
        "mis programaciones",
        "pause 2",
        "resume schedule 3",
        "cancel schedule 2",
        "cancela la programación 2",
        "cancel 2",
        "pause all agents",
    ];
    let read: Vec<_> = texts
        .iter()
        .map(|text| {
            let said = Chat::new().say(text);
            let offers = offers(&said);
            let refused = said.answers();
            match (offers.first(), refused.first()) {
                (Some(offer), _) => format!("{text}\n  {offer:?}"),
                (None, Some(ReplyContent::ScheduleRefused(why))) => format!("{text}\n  {why:?}"),
                _ => format!("{text}\n  -"),
            }
        })
        .collect();
    insta::assert_snapshot!(read.join("\n"));
}

/// Labelled messages that ask for something else stay with understanding.
#[test]
fn labelled_messages_take_up_no_offer() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
    let mut taken = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "txt") {
            continue;
        }
        for message in corpus::read(&fs::read_to_string(&path).unwrap()).unwrap() {
            // What can be an offer has one of these; the rest would only cost time.
            let lower = message.text.to_lowercase();
            let may = [
                "schedul", "program", "agend", "learn", "lesson", "lecci", "apren", "teach",
                "share", "compart", "pause", "pausa", "resume", "every", "each", "cada", "todos",
                "daily", "weekly", "monthly", "days", "lunes", "the 1st", "reanud",
            ];
            if !may.iter().any(|word| lower.contains(word)) {
                continue;
            }
            let said = Chat::new().say(&message.text);
            if !offers(&said).is_empty() {
                taken.push(format!("{}: {}", message.intent, message.text));
            }
        }
    }
    taken.sort();
    assert_eq!(taken, Vec::<String>::new());
}

fn offering(offered: Offered) -> Chat {
    let mut chat = Chat::new();
    chat.row = Some((DialogueState::Offering(offered), chat.now));
    chat
}

fn when() -> Offered {
    let recurrence = r#"{"every":"daily","at":"07:30:00"}"#;
    Offered::When {
        intent: IntentType::DailyDigest,
        entities: Entities::default(),
        options: vec![serde_json::from_str(recurrence).unwrap()],
    }
}

fn share() -> Offered {
    Offered::Share {
        of: named("shown").into(),
        line: None,
        people: vec![named("somebody").into()],
        asked: Some(named("asked").into()),
    }
}

#[test]
fn the_questions_of_offers_are_answered() {
    let said = offering(Offered::Lessons).say("3");
    assert_eq!(offers(&said), [&Offer::Learn(Some(Lesson::DaysOfCover))]);
    let said = offering(Offered::Lessons).say("99");
    let lines = Lesson::ALL.len();
    assert_eq!(said.answers(), [&ReplyContent::NoSuchLine { lines }]);

    let mut chat = offering(when());
    let said = chat.say("1");
    let [Offer::Schedule(Ask { what, at, .. })] = offers(&said)[..] else {
        panic!("{:?}", said.turn);
    };
    assert_eq!(
        *what,
        What::Request(IntentType::DailyDigest, Entities::default())
    );
    assert_eq!(at.unwrap().to_string(), "07:30:00");
    assert_eq!(chat.waits_for(), None);
    let said = offering(when()).say("every friday at 9");
    assert!(matches!(offers(&said)[..], [Offer::Schedule(ask)] if ask.cadence.is_some()));
    let said = offering(when()).say("cancel");
    let intent = Some(IntentType::DailyDigest);
    assert_eq!(said.answers(), [&ReplyContent::Cancelled { intent }]);
    // Any other message is a message like any.
    let said = offering(when()).say("stock WID-1001");
    assert_eq!(said.carried().len(), 1);

    let mut chat = offering(share());
    assert!(matches!(
        offers(&chat.say("yes"))[..],
        [Offer::ShareConfirmed { .. }]
    ));
    // Once.
    assert_eq!(offers(&chat.say("yes")), Vec::<&Offer>::new());
    let declined = ReplyContent::ShareRefused(ShareRefused::Declined);
    assert_eq!(offering(share()).say("no").answers(), [&declined]);
    // A tap on an older question is no yes to this one.
    let mut chat = offering(share());
    for text in ["yes", "no"] {
        let said = chat.say_quoting(text, Some(&quoted("other")));
        assert_eq!(offers(&said), Vec::<&Offer>::new(), "{text}");
        assert_ne!(said.answers(), [&declined], "{text}");
    }
    let said = chat.say_quoting("yes", Some(&quoted("asked")));
    assert!(matches!(offers(&said)[..], [Offer::ShareConfirmed { .. }]));
}

#[test]
fn a_late_answer_is_told_so() {
    let mut chat = offering(share());
    chat.now += TimeDelta::hours(1);
    let said = chat.say("yes");
    let what = Waited::Confirmation;
    assert_eq!(said.answers(), [&ReplyContent::Expired { what }]);
    let mut chat = offering(Offered::Lessons);
    chat.now += TimeDelta::hours(1);
    let what = Waited::List;
    assert_eq!(chat.say("2").answers(), [&ReplyContent::Expired { what }]);
}

#[test]
fn a_lesson_leaves_a_form_open_and_a_schedule_does_not() {
    let mut chat = Chat::new();
    chat.say("stock");
    assert!(matches!(chat.waits_for(), Some(DialogueState::Asking(_))));
    chat.say("learn");
    assert!(matches!(chat.waits_for(), Some(DialogueState::Asking(_))));
    chat.say("my schedules");
    assert_eq!(chat.waits_for(), None);
    // Nor does a question that waits for a yes.
    chat.draft();
    let said = chat.say("pause 2");
    let pause = Offer::ChangeSchedule(Some(2), Change::Pause);
    assert_eq!(offers(&said), [&pause]);
    assert_eq!(chat.waits_for(), None);
}

#[test]
fn what_is_not_understood_is_said_only_when_it_was_to_come_again() {
    let said = Chat::new().say("schedule asdf qwer every day");
    let refused = ReplyContent::ScheduleRefused(ScheduleRefused::NotUnderstood);
    assert_eq!(said.answers(), [&refused]);
}

fn offered() -> DialogueState {
    DialogueState::Offering(Offered::Persona {
        persona: Persona::Spring,
        because: Because::TakesLessons,
        asked: named("lesson").into(),
    })
}

#[test]
fn a_persona_is_taken_by_a_yes_to_the_offer_alone() {
    let answer = |accepted| Offer::Persona {
        persona: Persona::Spring,
        because: Because::TakesLessons,
        asked: named("lesson").into(),
        accepted,
    };
    for (text, expected) in [
        ("yes", Some(answer(true))),
        ("Sí", Some(answer(true))),
        ("👍", Some(answer(true))),
        ("no", Some(answer(false))),
        ("cancel", Some(answer(false))),
        ("2", None),
        ("yes order 40 blue widgets", None),
        ("stock ABC123", None),
        ("status", None),
        ("persona hub", None),
        ("hmm blorp", None),
    ] {
        let mut chat = Chat::new();
        chat.row = Some((offered(), chat.now));
        let said = chat.say(text);
        assert_eq!(offers(&said), expected.iter().collect::<Vec<_>>(), "{text}");
        // A later yes answers something else.
        assert!(said.turn.clear, "{text}");
        assert!(chat.waits_for() != Some(&offered()), "{text}");
    }
    let mut chat = Chat::new();
    let other = quoted("other");
    chat.row = Some((offered(), chat.now));
    assert!(offers(&chat.say_quoting("yes", Some(&other))).is_empty());
    // Written before.
    chat.row = Some((offered(), chat.now + TimeDelta::minutes(1)));
    assert!(offers(&chat.say("yes")).is_empty());
    assert_eq!(chat.waits_for(), Some(&offered()));
    chat.row = Some((offered(), chat.now - TimeDelta::minutes(40)));
    let what = Waited::Confirmation;
    assert_eq!(chat.say("yes").answers(), [&ReplyContent::Expired { what }]);
}

#[test]
fn a_message_tells_how_its_writer_likes_to_be_answered() {
    let mut chat = Chat::new();
    let asked = |words| Some(Did::Asked { words });
    for (text, did) in [
        ("stock ABC123", asked(2)),
        ("how much pallet wrap do we have?", asked(7)),
        ("what about hex bolt M10?", Some(Did::ReadOn)),
        ("LEARN", Some(Did::TookLesson)),
        ("lessons", Some(Did::TookLesson)),
        // What is no request by itself.
        ("order 40 blue widgets", asked(4)),
        ("yes", None),
        ("thanks", None),
        ("persona hub", None),
        ("hmm blorp", None),
    ] {
        assert_eq!(chat.say(text).did, did, "{text}");
    }
    chat.row = Some((DialogueState::Offering(Offered::Lessons), chat.now));
    assert_eq!(chat.say("2").did, Some(Did::TookLesson));
    // What answers a question.
    chat.say("generate report");
    assert_eq!(chat.say("sales").did, None);
    let mut chat = Chat::new();
    chat.list_alerts(&["A11", "A12"]);
    assert_eq!(chat.say("2").did, Some(Did::ReadOn));
    assert_eq!(chat.say("ack 2").did, None);
}
