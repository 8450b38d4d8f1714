//! Civil calendar arithmetic. Every function answers `None` past the calendar's
//! edges instead of panicking.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::words::Unit;

/// A half-open span of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) start: NaiveDate,
    /// The first day after it.
    pub(super) end: NaiveDate,
}

impl Period {
    /// From `start`, for one or more days up to `end`, which is not counted.
    pub(super) fn new(start: NaiveDate, end: NaiveDate) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// One day.
    pub(super) fn day(day: NaiveDate) -> Option<Self> {
        Self::new(day, plus_days(day, 1)?)
    }

    /// Whether it is a single day.
    pub(super) fn is_day(self) -> bool {
        self.start.succ_opt() == Some(self.end)
    }

    /// How many days it has.
    pub(super) fn days(self) -> i64 {
        (self.end - self.start).num_days()
    }
}

pub(super) fn date(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

pub(super) fn plus_days(day: NaiveDate, days: i64) -> Option<NaiveDate> {
    let count = Days::new(days.unsigned_abs());
    if days < 0 {
        day.checked_sub_days(count)
    } else {
        day.checked_add_days(count)
    }
}

/// Moves by months; a day that the month lacks becomes its last.
pub(super) fn plus_months(day: NaiveDate, months: i32) -> Option<NaiveDate> {
    let count = Months::new(months.unsigned_abs());
    if months < 0 {
        day.checked_sub_months(count)
    } else {
        day.checked_add_months(count)
    }
}

/// Moves by a number of units, as "3 weeks ago" does.
pub(super) fn shift(day: NaiveDate, unit: Unit, count: i32) -> Option<NaiveDate> {
    match unit {
        Unit::Clock => None,
        Unit::Day => plus_days(day, count.into()),
        Unit::Week | Unit::Weekend => plus_days(day, i64::from(count) * 7),
        Unit::Fortnight => plus_days(day, i64::from(count) * 14),
        _ => plus_months(day, count.checked_mul(months_in(unit))?),
    }
}

/// Months in a unit of whole months, else 0.
pub(super) fn months_in(unit: Unit) -> i32 {
    match unit {
        Unit::Month => 1,
        Unit::Bimester => 2,
        Unit::Quarter => 3,
        Unit::Third => 4,
        Unit::Half => 6,
        Unit::Year => 12,
        Unit::Decade => 120,
        _ => 0,
    }
}

/// The first day of the week that holds `day`.
pub(super) fn week_start(day: NaiveDate, first: Weekday) -> Option<NaiveDate> {
    plus_days(day, -i64::from(day.weekday().days_since(first)))
}

/// The week that holds `day`.
pub(super) fn week(day: NaiveDate, first: Weekday) -> Option<Period> {
    let start = week_start(day, first)?;
    Period::new(start, plus_days(start, 7)?)
}

/// Whole months: `count` of them from the first of the given month.
pub(super) fn months(year: i32, month: u32, count: i32) -> Option<Period> {
    let start = date(year, month, 1)?;
    Period::new(start, plus_months(start, count)?)
}

/// The calendar unit that holds `day`, `offset` units away.
pub(super) fn unit_at(day: NaiveDate, unit: Unit, offset: i32, first: Weekday) -> Option<Period> {
    match unit {
        Unit::Clock => None,
        Unit::Day => Period::day(plus_days(day, offset.into())?),
        Unit::Week => week(plus_days(day, i64::from(offset) * 7)?, first),
        Unit::Fortnight => {
            // The fortnight in course is this week and the one before it.
            let start = week_start(plus_days(day, i64::from(offset) * 14 - 7)?, first)?;
            Period::new(start, plus_days(start, 14)?)
        }
        Unit::Weekend => {
            let monday = week_start(plus_days(day, i64::from(offset) * 7)?, Weekday::Mon)?;
            Period::new(plus_days(monday, 5)?, plus_days(monday, 7)?)
        }
        _ => {
            let size = months_in(unit);
            let index = day
                .year()
                .checked_mul(12)?
                .checked_add(day.month0() as i32)?;
            let start = index
                .div_euclid(size)
                .checked_add(offset)?
                .checked_mul(size)?;
            months(start.div_euclid(12), start.rem_euclid(12) as u32 + 1, size)
        }
    }
}

/// The Gregorian Easter Sunday of a year (Meeus, Jones and Butcher).
pub(super) fn easter(year: i32) -> Option<NaiveDate> {
    let a = year.rem_euclid(19);
    let (b, c) = (year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b.div_euclid(4), b.rem_euclid(4));
    let g = (8 * b + 13).div_euclid(25);
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c.div_euclid(4), c.rem_euclid(4));
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 22 * l).div_euclid(451);
    let sum = h + l - 7 * m + 114;
    date(
        year,
        u32::try_from(sum.div_euclid(31)).ok()?,
        u32::try_from(sum.rem_euclid(31) + 1).ok()?,
    )
}

/// The `nth` given weekday inside a period; 0 asks for the last.
pub(super) fn nth_weekday(within: Period, weekday: Weekday, nth: u32) -> Option<NaiveDate> {
    let day = if nth == 0 {
        let last = within.end.pred_opt()?;
        plus_days(last, -i64::from(last.weekday().days_since(weekday)))?
    } else {
        let ahead = weekday.days_since(within.start.weekday());
        plus_days(within.start, i64::from(ahead) + 7 * i64::from(nth - 1))?
    };
    (within.start <= day && day < within.end).then_some(day)
}

/// The `nth` week of a period; 0 asks for the last. A week belongs to the period
/// that has most of its days, which for a year and Mondays is ISO 8601.
pub(super) fn nth_week(within: Period, nth: u32, first: Weekday) -> Option<Period> {
    if nth == 0 {
        week(plus_days(within.end, -4)?, first)
    } else {
        let inside = plus_days(within.start, 3 + 7 * i64::from(nth - 1))?;
        (inside < within.end).then_some(())?;
        week(inside, first)
    }
}

/// The day `count` working days before `day`.
pub(super) fn working_days_before(day: NaiveDate, count: u32) -> Option<NaiveDate> {
    let mut at = day;
    let mut left = count.min(1_000);
    while left > 0 {
        at = at.pred_opt()?;
        if at.weekday().num_days_from_monday() < 5 {
            left -= 1;
        }
    }
    Some(at)
}

/// The `nth` working day of a period; 0 asks for the last.
pub(super) fn nth_working_day(within: Period, nth: u32) -> Option<NaiveDate> {
    if nth == 0 {
        return working_days_before(within.end, 1).filter(|day| *day >= within.start);
    }
    within
        .start
        .iter_days()
        .take_while(|day| *day < within.end)
        .filter(|day| day.weekday().num_days_from_monday() < 5)
        .nth(usize::try_from(nth).ok()?.checked_sub(1)?)
}

/// The weekday `index` days after Monday.
pub(super) fn weekday(index: u8) -> Weekday {
    match index % 7 {
        0 => Weekday::Mon,
        1 => Weekday::Tue,
        2 => Weekday::Wed,
        3 => Weekday::Thu,
        4 => Weekday::Fri,
        5 => Weekday::Sat,
        _ => Weekday::Sun,
    }
}
