//! The grammar by examples of its own.

use chrono::{NaiveDate, Weekday};

use super::{Convention, DateContext, Language, find, label, read};

/// Wednesday, 18 March 2026; weeks start on Monday.
fn context(language: Option<Language>) -> DateContext {
    let today = NaiveDate::from_ymd_opt(2026, 3, 18).unwrap();
    DateContext::new(today, Weekday::Mon, language)
}

/// The labels of everything found, a weak one with a question mark.
fn labels(text: &str, context: &DateContext) -> Vec<String> {
    find(text, context)
        .iter()
        .map(|m| format!("{}{}", label(m, context), if m.weak { "?" } else { "" }))
        .collect()
}

fn check(language: Language, cases: &[(&str, &str)]) {
    let context = context(Some(language));
    for (text, wanted) in cases {
        let wanted: Vec<&str> = wanted.split_whitespace().collect();
        assert_eq!(labels(text, &context), wanted, "{text}");
    }
}

#[test]
fn english_periods_near_today() {
    check(
        Language::English,
        &[
            ("sales today pls", "today"),
            ("yesterday's returns", "yesterday"),
            (
                "what came in the day before yesterday",
                "2026-03-16..2026-03-16",
            ),
            ("figures for the whole of last week", "last_week"),
            ("this qtr vs last qtr", "this_quarter last_quarter"),
            ("stock report, past 30 days", "last_30_days"),
            ("the last two weeks", "last_14_days"),
            ("previous 3 months", "2025-12-18..2026-03-17"),
            ("last 2 quarters", "2025-07-01..2025-12-31"),
            ("last 3 working days", "2026-03-13..2026-03-17"),
            ("the past few days", "last_3_days"),
            ("deliveries three days ago", "2026-03-15..2026-03-15"),
            ("two mondays ago", "2026-03-09..2026-03-09"),
            ("margin YTD", "this_year"),
            ("the month so far", "this_month"),
            ("rest of the month", "2026-03-18..2026-03-31"),
            ("week before last", "2026-03-02..2026-03-08"),
            ("last weekend", "2026-03-14..2026-03-15"),
            ("what happened last night", "yesterday"),
        ],
    );
}

#[test]
fn english_calendar_dates() {
    check(
        Language::English,
        &[
            ("receipts of 3 Feb", "2026-02-03..2026-02-03"),
            ("January 5th, 2025", "2025-01-05..2025-01-05"),
            ("2025-11-30", "2025-11-30..2025-11-30"),
            ("in november", "2025-11-01..2025-11-30"),
            ("october last year", "2025-10-01..2025-10-31"),
            ("2025/7 totals", "2025-07-01..2025-07-31"),
            ("on 12/24", "2025-12-24..2025-12-24"),
            ("on 24/12", "2025-12-24..2025-12-24"),
            ("on the 20th", "2026-02-20..2026-02-20"),
            ("Friday the 13th", "2026-03-13..2026-03-13"),
            ("turnover in 2024", "2024-01-01..2024-12-31"),
            ("Q4", "2025-10-01..2025-12-31"),
            ("H1 2025", "2025-01-01..2025-06-30"),
            ("second quarter of last year", "2025-04-01..2025-06-30"),
            ("first week of march", "2026-03-02..2026-03-08"),
            ("the last 5 days of february", "2026-02-24..2026-02-28"),
            ("2026-W09", "2026-02-23..2026-03-01"),
            ("the day after thanksgiving", "2025-11-28..2025-11-28"),
            ("week 9", "2026-02-23..2026-03-01"),
            ("w/c 2 march", "2026-03-02..2026-03-08"),
            ("end of january", "2026-01-21..2026-01-31"),
            ("black friday", "2025-11-28..2025-11-28"),
            ("29 feb", "2024-02-29..2024-02-29"),
        ],
    );
}

#[test]
fn english_ranges() {
    check(
        Language::English,
        &[
            ("since monday", "2026-03-16..2026-03-18"),
            ("from 3 to 9 march", "2026-03-03..2026-03-09"),
            ("between 1 and 15 jan", "2026-01-01..2026-01-15"),
            ("20 Feb - 4 Mar", "2026-02-20..2026-03-04"),
            ("dec 20-27", "2025-12-20..2025-12-27"),
            ("april to june 2025", "2025-04-01..2025-06-30"),
            ("nov-feb", "2025-11-01..2026-02-28"),
            ("2026-01-05..2026-01-09", "2026-01-05..2026-01-09"),
            ("mon to fri last week", "2026-03-09..2026-03-13"),
            ("last week from tue to thu", "2026-03-10..2026-03-12"),
            ("until 5 march", "..2026-03-05"),
            ("before february", "..2026-01-31"),
            ("after february", "2026-03-01..2026-03-18"),
            ("2024 or later", "2024-01-01..2026-03-18"),
            ("after 2023 and before 2025", "2024-01-01..2024-12-31"),
            ("2 march to date", "2026-03-02..2026-03-18"),
            ("less than 3 days ago", "2026-03-15..2026-03-17"),
            ("from the 2nd to the 6th", "2026-03-02..2026-03-06"),
        ],
    );
}

#[test]
fn spanish() {
    check(
        Language::Spanish,
        &[
            ("ventas de ayer", "yesterday"),
            ("informe de la semana pasada", "last_week"),
            ("el mes que viene", "2026-04-01..2026-04-30"),
            ("últimos 7 días", "last_7_days"),
            ("los ultimos tres meses", "2025-12-18..2026-03-17"),
            ("en lo que va de año", "this_year"),
            ("desde el lunes", "2026-03-16..2026-03-18"),
            ("del 3 al 9 de marzo", "2026-03-03..2026-03-09"),
            ("entre enero y febrero", "2026-01-01..2026-02-28"),
            ("hace 3 días", "2026-03-15..2026-03-15"),
            ("primer trimestre", "2026-01-01..2026-03-31"),
            ("segundo semestre de 2025", "2025-07-01..2025-12-31"),
            ("segundo cuatrimestre de 2025", "2025-05-01..2025-08-31"),
            ("el 5/2", "2026-02-05..2026-02-05"),
            ("el fin de semana pasado", "2026-03-14..2026-03-15"),
            ("a finales de enero", "2026-01-21..2026-01-31"),
            ("anoche", "yesterday"),
            ("esta mañana", "today"),
            ("de lunes a miércoles", "2026-03-16..2026-03-18"),
        ],
    );
}

#[test]
fn english_lists_and_comparisons() {
    check(
        Language::English,
        &[
            ("yesterday and today", "2026-03-17..2026-03-18"),
            ("7 and 8 march", "2026-03-07..2026-03-08"),
            ("7, 8 and 9 march", "2026-03-07..2026-03-09"),
            ("december, january and february", "2025-12-01..2026-02-28"),
            ("q2 and q3 2025", "2025-04-01..2025-09-30"),
            (
                "feb 3 and march 9",
                "2026-02-03..2026-02-03 2026-03-09..2026-03-09",
            ),
            ("weeks 5-7", "2026-01-26..2026-02-15"),
            ("week 5 to week 7 of 2025", "2025-01-27..2025-02-16"),
            ("2025 summer", "2025-06-21..2025-09-23"),
            ("week #7", "2026-02-09..2026-02-15"),
            ("week 2 of february", "2026-02-09..2026-02-15"),
            ("nov 3-7, 2025", "2025-11-03..2025-11-07"),
            ("same month last year", "2025-03-01..2025-03-31"),
            ("same period last year", "2025-01-01..2025-03-18"),
            ("last year's november", "2025-11-01..2025-11-30"),
            ("the week before christmas", "2025-12-15..2025-12-21"),
            ("the month before", "last_month"),
            ("month end", "2026-03-21..2026-03-31"),
            ("figures of the last 24 hours", "2026-03-17..2026-03-18"),
            ("up to yesterday", "..2026-03-17"),
            ("last half year", "2025-09-18..2026-03-17"),
            ("half a year ago", "2025-09-18..2025-09-18"),
            ("3 working days ago", "2026-03-13..2026-03-13"),
            ("last working day of february", "2026-02-27..2026-02-27"),
            ("2025's last quarter", "2025-10-01..2025-12-31"),
            ("1H25", "2025-01-01..2025-06-30"),
            ("Q3 FY25", "2025-07-01..2025-09-30"),
            ("2023-25", "2023-01-01..2025-12-31?"),
            ("2024 to present", "2024-01-01..2026-03-18"),
            ("after 3 march", "2026-03-04..2026-03-18"),
            ("on or before 3 march", "..2026-03-03"),
            ("TTM", "2025-03-18..2026-03-17"),
            ("a month and a half ago", "2026-02-03..2026-02-03"),
            ("between 3 and 8 in february", "2026-02-03..2026-02-08"),
            ("late summer 2025", "2025-08-24..2025-09-23"),
            ("fy 24/25", "2024-01-01..2025-12-31"),
        ],
    );
}

#[test]
fn spanish_lists_and_comparisons() {
    check(
        Language::Spanish,
        &[
            ("los días 7 y 8 de marzo", "2026-03-07..2026-03-08"),
            ("enero y febrero", "2026-01-01..2026-02-28"),
            ("ene-mar 2025", "2025-01-01..2025-03-31"),
            ("desde el 1/2", "2026-02-01..2026-03-18"),
            ("pasado mañana", "2026-03-20..2026-03-20"),
            ("el día 5 de enero", "2026-01-05..2026-01-05"),
            ("semanas 5 a 7", "2026-01-26..2026-02-15"),
            ("cuarto trimestre de 2024", "2024-10-01..2024-12-31"),
            ("tercer cuarto de 2024", "2024-07-01..2024-09-30"),
            ("el último bimestre", "2026-01-01..2026-02-28"),
            ("semana santa de 2025", "2025-04-13..2025-04-20"),
            ("el mismo mes del año pasado", "2025-03-01..2025-03-31"),
            ("hace año y medio", "2024-09-18..2024-09-18"),
            ("hace más de un mes", "..2026-02-17"),
            ("lo que llevamos de año", "this_year"),
            ("de 2024 a la fecha", "2024-01-01..2026-03-18"),
            ("entre los años 2022 y 2024", "2022-01-01..2024-12-31"),
            (
                "las dos primeras semanas de febrero",
                "2026-02-02..2026-02-15",
            ),
            ("últimas 48 horas", "2026-03-16..2026-03-18"),
            ("a primeros de febrero", "2026-02-01..2026-02-10"),
            ("a últimos de febrero", "2026-02-21..2026-02-28"),
            (
                "la semana del 2 al 5 de marzo",
                "this_week? 2026-03-02..2026-03-05",
            ),
            ("hasta el día de ayer", "..2026-03-17"),
            ("en lo que va de 2026", "this_year"),
        ],
    );
}

#[test]
fn the_corpora_close_pairs_where_their_last_period_begins() {
    let business = context(Some(Language::English));
    let corpora = DateContext {
        convention: Convention::Corpora,
        ..business
    };
    for (text, ours, theirs) in [
        (
            "april to june 2025",
            "2025-04-01..2025-06-30",
            "2025-04-01..2025-05-31",
        ),
        (
            "2023-2025",
            "2023-01-01..2025-12-31?",
            "2023-01-01..2024-12-31?",
        ),
        (
            "3 to 9 march",
            "2026-03-03..2026-03-09",
            "2026-03-03..2026-03-09",
        ),
        (
            "rest of the week",
            "2026-03-18..2026-03-22",
            "2026-03-18..2026-03-21",
        ),
        (
            "after 3 march",
            "2026-03-04..2026-03-18",
            "2026-03-03..2026-03-18",
        ),
    ] {
        assert_eq!(labels(text, &business), [ours], "{text}");
        assert_eq!(labels(text, &corpora), [theirs], "{text}");
    }
}

#[test]
fn slips_are_forgiven_in_long_words_only() {
    check(
        Language::English,
        &[
            ("yseterday", "yesterday"),
            ("lst week", "last_week"),
            ("sales in janaury", "2026-01-01..2026-01-31"),
            ("wendesday of last week", "2026-03-11..2026-03-11"),
            ("this yaer so far", "this_year"),
            ("lastweek", "last_week"),
            ("thismonth", "this_month"),
            ("sundry items", ""),
            ("money and mops", ""),
        ],
    );
}

#[test]
fn other_numbers_and_words_are_left_alone() {
    check(
        Language::English,
        &[
            ("order 40 of WID-2015", ""),
            ("between 4 and 22 boxes", ""),
            ("cost was $2015 and 12%", ""),
            ("meet at 8:30", ""),
            ("order two thousand cups", ""),
            ("every week", ""),
            ("fy 99999999999999", ""),
            ("1,200 gloves", ""),
            ("you may close it", "2025-05-01..2025-05-31?"),
            ("10.0.3.20 is down", ""),
            ("part 1/2/3/4/5", ""),
            ("every monday", ""),
            ("half a box and 3 and 4 pallets", ""),
            ("sat in bay 3", "2026-03-14..2026-03-14?"),
        ],
    );
}

#[test]
fn without_a_language_the_better_reading_wins() {
    let context = context(None);
    assert_eq!(labels("ventas del mes pasado", &context), ["last_month"]);
    assert_eq!(labels("sales last month", &context), ["last_month"]);
    assert_eq!(labels("on 5/2", &context), ["2026-02-05..2026-02-05"]);
}

#[test]
fn weeks_follow_the_company() {
    let sunday = DateContext {
        week_start: Weekday::Sun,
        ..context(Some(Language::English))
    };
    let range = read("last week", &sunday).unwrap();
    assert_eq!(range.start, NaiveDate::from_ymd_opt(2026, 3, 8));
    assert_eq!(range.end, NaiveDate::from_ymd_opt(2026, 3, 15));
}

#[test]
fn spans_are_bytes_of_the_raw_text() {
    let text = "¿Ventas del AÑO\u{0301} PASADO…?";
    let found = find(text, &context(Some(Language::Spanish)));
    assert_eq!(found.len(), 1);
    assert_eq!(&text[found[0].span.clone()], "AÑO\u{0301} PASADO");
}

#[test]
fn read_prefers_what_is_sure() {
    let context = context(Some(Language::English));
    let range = read("may I see the sales of last month", &context).unwrap();
    assert_eq!(range.start, NaiveDate::from_ymd_opt(2026, 2, 1));
    assert_eq!(read("how many gloves are left", &context), None);
    let range = read("may I see what comes next week", &context).unwrap();
    assert_eq!(range.start, NaiveDate::from_ymd_opt(2026, 3, 23));
    let range = read("before next week: how was monday", &context).unwrap();
    assert_eq!(range.end, NaiveDate::from_ymd_opt(2026, 3, 23));
    let range = read("next week we close the books, how was monday", &context).unwrap();
    assert_eq!(range.start, NaiveDate::from_ymd_opt(2026, 3, 16));
}
