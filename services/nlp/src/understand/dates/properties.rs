//! What must hold for any text: matches in order, no empty range, no panic at the
//! calendar's edges, time linear in the length.

use chrono::{NaiveDate, Weekday};
use proptest::prelude::*;

use super::{Convention, DateContext, Language, find, label, read};

/// Words and marks the grammar knows, to reach deep into it by chance.
fn date_words() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "last", "this", "next", "first", "week", "weeks", "of", "the", "march", "monday", "3",
        "31", "2025", "29", "0", "99999999", "to", "from", "between", "and", "-", "/", ".", ",",
        "ago", "end", "quarter", "q4", "since", "until", "before", "days", "year", "el", "de", "a",
        "hasta", "pasado", "hace", "mes", "fin", "semana", "easter", "day", "within", "'", "two",
        "thousand", "twenty", "9999", "decade", "12th", "on", "rest", "so", "far", "or", "later",
        "no", "more", "than", "feb", "working", "summer", "w/c", "early", "half", "same", "period",
        "weeks", "month", "y", "hours", "present", "season", "santa", "24", "fy", "#", "más",
    ]);
    prop::collection::vec((words, prop::bool::weighted(0.8)), 0..24).prop_map(|parts| {
        parts
            .into_iter()
            .map(|(word, spaced)| format!("{word}{}", if spaced { " " } else { "" }))
            .collect()
    })
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    // The calendar's own edges included: arithmetic past them must not panic.
    prop_oneof![
        8 => (1900..2200_i32, 1..366_u32)
            .prop_map(|(year, day)| NaiveDate::from_yo_opt(year, day).unwrap()),
        1 => Just(NaiveDate::MIN),
        1 => Just(NaiveDate::MAX),
    ]
}

fn holds(text: &str, today: NaiveDate) {
    for (language, convention) in [
        (None, Convention::Business),
        (Some(Language::English), Convention::Business),
        (Some(Language::English), Convention::Corpora),
        (Some(Language::Spanish), Convention::Business),
        (Some(Language::Spanish), Convention::Corpora),
    ] {
        let context = DateContext {
            convention,
            ..DateContext::new(today, Weekday::Sun, language)
        };
        let found = find(text, &context);
        let mut from = 0;
        for m in &found {
            assert!(m.span.start >= from && m.span.start < m.span.end);
            assert!(text.get(m.span.clone()).is_some(), "not at characters");
            assert!(m.range.start.is_some() || m.range.end.is_some());
            if let (Some(start), Some(end)) = (m.range.start, m.range.end) {
                assert!(start < end, "empty range");
            }
            assert!(!label(m, &context).is_empty());
            from = m.span.end;
        }
        assert_eq!(read(text, &context).is_some(), !found.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_gives_ordered_matches(text in "\\PC{0,80}", today in any_day()) {
        holds(&text, today);
    }

    #[test]
    fn date_words_in_any_order_give_ordered_matches(text in date_words(), today in any_day()) {
        holds(&text, today);
    }
}

/// Looks at work, not at a clock: a form that looked ahead without bound would make
/// these texts take minutes, which no test run would miss.
#[test]
fn long_hostile_texts_are_linear() {
    let today = NaiveDate::from_ymd_opt(2026, 3, 18).unwrap();
    let context = DateContext::new(today, Weekday::Mon, None);
    for piece in [
        "1",
        "1/",
        "1/1 ",
        "1, ",
        "jan, ",
        "1 and ",
        "the week before ",
        "half a ",
        "week 1 of ",
        "first week of ",
        "from 1 to ",
        "between 1 and ",
        "the ",
        "fin de ",
        "monday ",
        "week of the ",
        "2 weeks and ",
        "early ",
        "'",
        "no later than ",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        assert!(find(&text, &context).len() <= text.len());
    }
}
