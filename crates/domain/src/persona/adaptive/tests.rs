use proptest::prelude::*;

use super::*;

const RULE: Rule = Rule {
    quiet: TimeDelta::days(14),
    declined: TimeDelta::days(90),
};
const SHORT: Did = Did::Asked { words: 2 };
const MIDDLE: Did = Did::Asked { words: 7 };
const LONG: Did = Did::Asked { words: 20 };
const NOON: u32 = 12;

fn start() -> DateTime<Utc> {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn noted(dids: impl IntoIterator<Item = Did>) -> Signals {
    let mut signals = Signals::default();
    for did in dids {
        signals.note(did, NOON, start());
    }
    signals
}

fn offered(signals: &Signals, standing: Standing) -> Option<(Persona, Because, u8)> {
    suggest(signals, standing, &[], &RULE, start())
        .map(|offer| (offer.persona, offer.because, offer.percent))
}

#[test]
fn each_persona_for_its_habit() {
    use Persona::{Navigator, Spring, Streamliner};
    let cycles: [(&[Did], _); 8] = [
        (&[SHORT], Some((Streamliner, Because::ShortMessages, 100))),
        (
            &[SHORT, SHORT, SHORT, SHORT, MIDDLE],
            Some((Streamliner, Because::ShortMessages, 78)),
        ),
        (&[SHORT, MIDDLE], None),
        (&[MIDDLE], None),
        (&[LONG], None),
        (
            &[Did::ReadOn, MIDDLE],
            Some((Navigator, Because::ReadsOn, 49)),
        ),
        (
            &[MIDDLE, MIDDLE, Did::TookLesson],
            Some((Spring, Because::TakesLessons, 35)),
        ),
        // Two fit alike: none is offered.
        (
            &[Did::ReadOn, Did::ReadOn, MIDDLE, MIDDLE, Did::TookLesson],
            None,
        ),
    ];
    for (cycle, expected) in cycles {
        let signals = noted(cycle.iter().copied().cycle().take(60));
        assert_eq!(offered(&signals, Standing::Open), expected, "{cycle:?}");
        assert_eq!(offered(&signals, Standing::Chosen), None, "{cycle:?}");
    }
}

#[test]
fn eighteen_messages_are_enough_and_time_takes_them_away() {
    let few = noted([SHORT; 17]);
    assert_eq!(offered(&few, Standing::Open), None);
    let enough = noted([SHORT; 18]);
    assert!(offered(&enough, Standing::Open).is_some());
    let mut stale = enough;
    stale.note(SHORT, NOON, start() + TimeDelta::days(60));
    assert_eq!(offered(&stale, Standing::Open), None);
}

#[test]
fn the_hour_only_tips_the_scales() {
    let night = |dids: &[Did]| {
        let mut signals = Signals::default();
        for did in dids.iter().cycle().take(60) {
            signals.note(*did, 22, start());
        }
        offered(&signals, Standing::Open).map(|(persona, ..)| persona)
    };
    assert_eq!(night(&[MIDDLE]), None);
    assert_eq!(night(&[SHORT, MIDDLE]), None);
    let often = [SHORT, SHORT, MIDDLE];
    assert_eq!(offered(&noted(often.repeat(20)), Standing::Open), None);
    assert_eq!(night(&often), Some(Persona::Streamliner));
}

#[test]
fn what_was_taken_is_left_only_when_it_fits_no_more() {
    let standing = Standing::Accepted(Persona::Streamliner);
    let mut signals = noted([SHORT; 60]);
    assert_eq!(offered(&signals, standing), None);
    let mut turned = 0;
    while offered(&signals, standing).is_none() {
        signals.note(Did::ReadOn, NOON, start());
        turned += 1;
        assert!(turned < 60);
    }
    // Navigator fits from the tenth on; Streamliner did until then.
    assert_eq!(
        offered(&signals, Standing::Open).unwrap().0,
        Persona::Navigator
    );
    assert!(turned > 10, "{turned}");
    assert!(signals.short / signals.messages < 0.75 * FITS_NO_MORE);
}

#[test]
fn a_no_holds_for_its_time_and_no_answer_for_a_third() {
    let signals = noted([SHORT; 60]);
    let after = |answered, days| {
        let at = start() - TimeDelta::days(days);
        let persona = Persona::Streamliner;
        let past = Past {
            persona,
            at,
            answered,
        };
        suggest(&signals, Standing::Open, &[past], &RULE, start()).is_some()
    };
    assert!(!after(Answered::No, 89));
    assert!(after(Answered::No, 90));
    assert!(!after(Answered::Nothing, 29));
    assert!(after(Answered::Nothing, 30));
    // They took it and left it to us again since.
    assert!(!after(Answered::Yes, 13));
    assert!(after(Answered::Yes, 14));
}

fn did() -> impl Strategy<Value = Did> {
    prop_oneof![
        4 => Just(SHORT),
        2 => Just(MIDDLE),
        1 => Just(LONG),
        3 => Just(Did::ReadOn),
        2 => Just(Did::TookLesson),
    ]
}

fn answered() -> impl Strategy<Value = Answered> {
    prop_oneof![
        Just(Answered::Yes),
        Just(Answered::No),
        Just(Answered::Nothing)
    ]
}

/// A person who writes for a while in one way, then in another.
fn habits() -> impl Strategy<Value = Vec<(Vec<Did>, usize, i64)>> {
    let cycle = prop::collection::vec(did(), 1..7);
    prop::collection::vec((cycle, 10_usize..120, 1_i64..60), 1..6)
}

proptest! {
    #[test]
    fn a_choice_is_never_questioned(
        dids in prop::collection::vec((did(), 0_u32..24), 0..200),
    ) {
        let mut signals = Signals::default();
        for (did, hour) in dids {
            signals.note(did, hour, start());
            prop_assert_eq!(suggest(&signals, Standing::Chosen, &[], &RULE, start()), None);
        }
    }

    #[test]
    fn offers_are_apart_and_a_no_is_kept(
        habits in habits(),
        answers in prop::collection::vec(answered(), 32),
    ) {
        let (mut signals, mut now) = (Signals::default(), start());
        let (mut standing, mut history) = (Standing::Open, Vec::<Past>::new());
        for (cycle, messages, hours) in habits {
            for did in cycle.iter().cycle().take(messages) {
                now += TimeDelta::hours(hours);
                signals.note(*did, NOON, now);
                let Some(offer) = suggest(&signals, standing, &history, &RULE, now) else {
                    continue;
                };
                let persona = offer.persona;
                prop_assert!(!matches!(persona, Persona::Hub | Persona::Processor));
                prop_assert_ne!(standing, Standing::Accepted(persona));
                for past in &history {
                    prop_assert!(now - past.at >= RULE.quiet);
                    if past.persona == persona && past.answered == Answered::No {
                        prop_assert!(now - past.at >= RULE.declined);
                    }
                }
                let answered = answers[history.len() % answers.len()];
                if answered == Answered::Yes {
                    standing = Standing::Accepted(persona);
                }
                history.push(Past { persona, at: now, answered });
            }
        }
    }

    /// Whoever goes on in the same way gets one persona, and keeps it.
    #[test]
    fn a_habit_leads_to_one_persona(
        cycle in prop::collection::vec(did(), 1..7),
        hours in 1_i64..48,
    ) {
        let (mut signals, mut now) = (Signals::default(), start());
        let (mut standing, mut history) = (Standing::Open, Vec::<Past>::new());
        for did in cycle.iter().cycle().take(800) {
            now += TimeDelta::hours(hours);
            signals.note(*did, NOON, now);
            if let Some(offer) = suggest(&signals, standing, &history, &RULE, now) {
                let persona = offer.persona;
                standing = Standing::Accepted(persona);
                history.push(Past { persona, at: now, answered: Answered::Yes });
            }
        }
        prop_assert!(history.len() <= 1, "{:?}", history);
    }
}
