//! A named day or period that may still lack its year, month or week, and the
//! rule that supplies it.
//!
//! Alone, the missing part is chosen so that the period began on or before today
//! (a report looks back). In a pair the two ends are chosen near each other.

use chrono::{Datelike, NaiveDate, Weekday};

use super::calendar::{Period, date, months, plus_days, plus_months};
use super::holidays::Rule;

/// A day or period, perhaps incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Point {
    /// Complete.
    Fixed(Period),
    /// A day of the month; the weekday, when said, must agree.
    Day {
        month: Option<u32>,
        day: u32,
        weekday: Option<Weekday>,
    },
    /// Whole months of a year: the first (1 to 12) and how many.
    Months(u32, i32),
    Weekday(Weekday),
    Holiday(Rule),
}

/// Which of the many possible readings of a point is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Near {
    /// The last that begins on or before the day.
    UpTo(NaiveDate),
    /// The first that ends after the day.
    From(NaiveDate),
}

/// A piece of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    All,
    /// "beginning of", "end of": the short piece at the edge.
    Begin,
    Finish,
    /// "early", "mid", "late".
    Early,
    Mid,
    Late,
}

impl Point {
    pub(super) fn is_fixed(self) -> bool {
        matches!(self, Self::Fixed(_))
    }

    /// The period meant, read near a day.
    pub(super) fn resolve(self, near: Near) -> Option<Period> {
        match self {
            Self::Fixed(period) => Some(period),
            Self::Months(month, count) => of_years(near, |year| months(year, month, count)),
            Self::Holiday(rule) => of_years(near, |year| Period::day(rule.day(year)?)),
            Self::Weekday(weekday) => Period::day(match near {
                Near::UpTo(day) => plus_days(day, -i64::from(day.weekday().days_since(weekday)))?,
                Near::From(day) => plus_days(day, weekday.days_since(day.weekday()).into())?,
            }),
            Self::Day {
                month: Some(month),
                day,
                ..
            } => of_years(near, |year| Period::day(date(year, month, day)?)),
            Self::Day {
                month: None,
                day,
                weekday,
            } => of_months(near, day, weekday).or_else(|| of_months(near, day, None)),
        }
    }
}

fn fits(period: Period, near: Near) -> bool {
    match near {
        Near::UpTo(day) => period.start <= day,
        Near::From(day) => period.end > day,
    }
}

/// The nearest year that fits. Nine years are enough for 29 February.
fn of_years(near: Near, of_year: impl Fn(i32) -> Option<Period>) -> Option<Period> {
    let (from, step) = match near {
        Near::UpTo(day) => (day.year() + 1, -1),
        Near::From(day) => (day.year() - 1, 1),
    };
    (0..10)
        .filter_map(|k| of_year(from + k * step))
        .find(|period| fits(*period, near))
}

/// The nearest month in which the day exists and falls on the weekday.
fn of_months(near: Near, day: u32, weekday: Option<Weekday>) -> Option<Period> {
    let (from, step) = match near {
        Near::UpTo(day) => (day, -1),
        Near::From(day) => (day, 1),
    };
    let first = date(from.year(), from.month(), 1)?;
    (0..40)
        .filter_map(|k| {
            let month = plus_months(first, k * step)?;
            Period::day(date(month.year(), month.month(), day)?)
        })
        .filter(|period| weekday.is_none_or(|weekday| period.start.weekday() == weekday))
        .find(|period| fits(*period, near))
}

impl Part {
    /// The piece of a period. Edges are three days of a week, ten of a month, a
    /// month of a quarter or season and four months of a year's end (three of its beginning);
    /// early, mid and late are halves and middles.
    pub(super) fn of(self, whole: Period) -> Option<Period> {
        let Period { start, end } = whole;
        let length = whole.days();
        match (self, length) {
            (Self::All, _) | (_, ..2) => Some(whole),
            (Self::Begin, ..=7) => Period::new(start, plus_days(start, 3)?),
            (Self::Finish, ..=7) => Period::new(plus_days(end, -3)?, end),
            (Self::Begin, ..=31) => Period::new(start, plus_days(start, 10)?),
            (Self::Finish, ..=31) => Period::new(plus_days(start, 20)?, end),
            (Self::Begin, ..=95) => Period::new(start, plus_months(start, 1)?),
            (Self::Finish, ..=95) => Period::new(plus_months(end, -1)?, end),
            (Self::Begin, _) => Period::new(start, plus_months(start, 3)?),
            (Self::Finish, _) => Period::new(plus_months(end, -4)?, end),
            (Self::Early, ..=7) => Period::new(start, plus_days(start, 3)?),
            (Self::Mid, ..=7) => Period::new(plus_days(start, 1)?, plus_days(start, 5)?),
            (Self::Late, ..=7) => Period::new(plus_days(start, 3)?, end),
            (Self::Early, ..=31) => Period::new(start, plus_days(start, 15)?),
            (Self::Mid, ..=31) => Period::new(plus_days(start, 9)?, plus_days(start, 20)?),
            (Self::Late, ..=31) => Period::new(plus_days(start, 15)?, end),
            (Self::Early, ..=95) => Period::new(start, plus_months(start, 1)?),
            (Self::Mid, ..=95) => Period::new(plus_months(start, 1)?, plus_months(end, -1)?),
            (Self::Late, ..=95) => Period::new(plus_months(end, -1)?, end),
            (Self::Early, _) => Period::new(start, plus_months(start, 6)?),
            (Self::Mid, _) => Period::new(plus_months(start, 3)?, plus_months(end, -3)?),
            (Self::Late, _) => Period::new(plus_months(start, 6)?, end),
        }
    }
}
