//! Days and periods told from today: last week, the past 30 days, the last 24 hours.
//!
//! "Last N days" are the N days before today, today not counted; so are weeks,
//! months and years by their length. Quarters are calendar quarters.

use super::calendar::{self, Period, months_in, plus_days, shift};
use super::parser::{Got, Item, Parser};
use super::words::{Unit, W};
use super::{Language, RangeName};

/// "A few".
pub(super) const FEW: u32 = 3;

/// What stands before and after the unit in "the last 3 working days".
#[derive(Default)]
struct Frame {
    /// Units from the current one: -1 last, 0 this, 1 next.
    offset: Option<i32>,
    /// Both "this" and "last" were said.
    both: bool,
    count: Option<u32>,
    working: bool,
    article: bool,
}

impl Frame {
    fn lean(&mut self, step: i32) {
        self.both |= self.offset == Some(0) && step != 0;
        let held = self.offset.unwrap_or(0);
        self.offset = Some(if step == 0 { held } else { held + step });
    }

    /// Takes a word that tells the direction or the kind of days.
    fn take(&mut self, w: W) -> bool {
        match w {
            W::This => self.lean(0),
            W::Last | W::Past => self.lean(-1),
            W::BeforeLast => self.lean(-2),
            W::Next => self.lean(1),
            W::Working => self.working = true,
            W::Fiscal => {}
            _ => return false,
        }
        true
    }
}

impl Parser<'_> {
    /// today, yesterday, the day before yesterday, tomorrow.
    pub(super) fn deictic(&self, at: usize) -> Got<Item> {
        let day = |offset: i64, next: usize, name| {
            let period = Period::day(plus_days(self.today(), offset)?)?;
            Some((Item::named(period, name), next))
        };
        match self.w(at) {
            W::Today => day(0, at + 1, Some(RangeName::Today)),
            // "now" closes a range; alone it asks for nothing dated.
            W::Now => {
                day(0, at + 1, Some(RangeName::Today)).map(|(item, next)| (item.weak(), next))
            }
            W::Yesterday => day(-1, at + 1, Some(RangeName::Yesterday)),
            W::BeforeYesterday => day(-2, at + 1, None),
            W::Tomorrow if self.is_tomorrow(at) => day(1, at + 1, None),
            // "pasado mañana"
            W::Last if self.w(at + 1) == W::Tomorrow => day(2, at + 2, None),
            // "this morning", "esta tarde", "last night"
            W::This | W::Last | W::Past if self.part_of_day(at + 1) => {
                let this = self.w(at) == W::This;
                let name = if this {
                    RangeName::Today
                } else {
                    RangeName::Yesterday
                };
                day(if this { 0 } else { -1 }, at + 2, Some(name))
            }
            // "antes de ayer"
            W::Before if self.w(at + 1) == W::Of && self.w(at + 2) == W::Yesterday => {
                day(-2, at + 3, None)
            }
            W::The | W::Unit(Unit::Day) => {
                let unit = self.maybe(at, |w| w == W::The);
                if self.w(unit) != W::Unit(Unit::Day) {
                    return None;
                }
                match (self.w(unit + 1), self.w(unit + 2)) {
                    (W::Before, W::Yesterday) => day(-2, unit + 3, None),
                    // "el día de hoy"
                    (W::Of, W::Today | W::Yesterday | W::Tomorrow | W::BeforeYesterday)
                        if self.language == Language::Spanish =>
                    {
                        self.deictic(unit + 2)
                    }
                    (W::After, W::Tomorrow) => day(2, unit + 3, None),
                    (W::Before, W::Last) | (W::Before, W::The) => None,
                    (W::Before, _) => day(-1, unit + 2, Some(RangeName::Yesterday)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// "mañana" after "la" or "por la" is the morning.
    fn is_tomorrow(&self, at: usize) -> bool {
        self.language == Language::English || !matches!(self.before(at), W::The | W::This)
    }

    fn part_of_day(&self, at: usize) -> bool {
        match self.w(at) {
            W::PartOfDay => true,
            // "mañana" and "tarde" are also "tomorrow" and "later".
            W::Tomorrow | W::Later => self.language == Language::Spanish,
            _ => false,
        }
    }

    /// [the] [last | this | next] [count] unit [last | this | next].
    pub(super) fn relative(&self, at: usize) -> Got<Item> {
        let mut frame = Frame::default();
        let mut next = at;
        let (unit, plural) = loop {
            if next > at + 7 {
                return None;
            }
            let w = self.w(next);
            match w {
                W::Unit(unit) => break (unit, false),
                W::Units(unit) => break (unit, true),
                W::HalfWord
                    if frame.offset == Some(-1) && self.w(next + 1) == W::Unit(Unit::Year) =>
                {
                    // "the last half year" is six months long.
                    return self.last_units(Unit::Month, 6, false, next + 2);
                }
                W::HalfWord if frame.offset.is_some() => break (Unit::Half, false),
                W::The => {
                    frame.article = true;
                    next += 1;
                }
                W::Whole => next = self.maybe(next + 1, |w| w == W::Of),
                W::Few if frame.count.is_none() => {
                    frame.count = Some(FEW);
                    next += 1;
                }
                W::Couple if frame.count.is_none() => {
                    frame.count = Some(2);
                    next = self.maybe(next + 1, |w| w == W::Of);
                }
                _ if frame.take(w) => {
                    next = self.maybe(next + 1, |mark| mark == W::Punct(b'.') && w == W::Last);
                }
                _ if frame.count.is_none() => {
                    // "2017's last quarter" counts no quarters.
                    let (count, after) = self.number(next).filter(|(count, _)| *count < 1900)?;
                    frame.count = Some(count);
                    next = after;
                }
                _ => return None,
            }
        };
        next += 1;
        if unit == Unit::Half && self.joint(next, false) > next {
            // "this half of the year"
            let year = self.joint(next, false);
            if self.w(year) == W::Unit(Unit::Year) {
                next = year + 1;
            }
        }
        while (self.language == Language::Spanish || matches!(self.w(next), W::Working))
            && !(self.w(next) == W::This && self.w(next + 1) != W::End && frame.offset.is_some())
            && frame.take(self.w(next))
        {
            next += 1;
        }
        if self.w(next) == W::Que && self.w(next + 1) == W::Comes {
            frame.lean(1);
            next += 2;
        }
        if self.w(next) == W::In
            && self.w(next + 1) == W::This
            && self.language == Language::Spanish
            && frame.offset.is_none()
        {
            // "el mes en curso"
            frame.lean(0);
            next += 2;
        }
        if plural && frame.offset == Some(-1) && self.language == Language::Spanish {
            // "los últimos días"; an English plural is more often a lost apostrophe
            // ("last weeks sales").
            frame.count = frame.count.or(Some(FEW));
        }
        if unit == Unit::Day && plural && (frame.offset, frame.count) == (Some(0), None) {
            // "these days" is no date.
            return None;
        }
        match (frame.offset, frame.count) {
            (Some(-1), Some(count)) if unit == Unit::Clock => self.last_hours(count, next),
            (Some(-1), Some(count)) => self.last_units(unit, count, frame.working, next),
            (Some(1), Some(count)) => Some((Item::fixed(self.next_units(unit, count)?), next)),
            (Some(offset), None) => self.one_unit(unit, offset, &frame, next),
            (None, None) if !plural => self.bare_unit(at, unit, &frame, next),
            _ => None,
        }
    }

    /// One unit by its distance, and a weekday within it: "last week - Monday".
    fn one_unit(&self, unit: Unit, offset: i32, frame: &Frame, next: usize) -> Got<Item> {
        if unit == Unit::Fortnight && offset == -1 {
            return self.last_units(unit, 1, false, next);
        }
        let mut period = self.unit(unit, offset)?;
        if unit == Unit::Year
            && let Some(got) = self.month_in(period, next)
        {
            return Some(got);
        }
        if unit == Unit::Week {
            let day = self.maybe(next, |w| matches!(w, W::Punct(b'-' | b',') | W::In));
            let day = self.maybe(day, |w| w == W::The);
            if let W::Weekday(index) = self.w(day)
                && !self.is(next, b',')
            {
                let day_of = calendar::nth_weekday(period, calendar::weekday(index), 1)?;
                return Some((Item::fixed(Period::day(day_of)?), day + 1));
            }
            if frame.working {
                period = Period::new(period.start, plus_days(period.start, 5)?)?;
            }
        }
        Some((Item::named(period, name_of(unit, offset)), next))
    }

    /// "the week", "my month": the current one, if nothing better is said.
    fn bare_unit(&self, at: usize, unit: Unit, frame: &Frame, next: usize) -> Got<Item> {
        if let (W::Before | W::After, W::Last | W::Next) = (self.w(next), self.w(next + 1)) {
            // "the week before last", "the month after next"
            let offset = if self.w(next) == W::Before { -2 } else { 2 };
            return Some((Item::fixed(self.unit(unit, offset)?), next + 2));
        }
        let spanish = self.language == Language::Spanish;
        let counted = matches!(
            self.before(at),
            W::Each | W::Num | W::Card(_) | W::Ord(_) | W::Blocked | W::Other | W::Punct(b'/')
        );
        // "por semana", "al mes"
        let counted = counted || matches!(self.before(at), W::To | W::For) && spanish;
        let usual = matches!(
            unit,
            Unit::Week | Unit::Month | Unit::Quarter | Unit::Year | Unit::Weekend
        ) || unit == Unit::Day && frame.article;
        let offset = if unit == Unit::Weekend
            && self.unit(unit, 0).is_some_and(|p| p.start > self.today())
        {
            -1
        } else {
            0
        };
        let period = self.unit(unit, offset)?;
        (usual && (frame.article || !counted))
            .then(|| (Item::named(period, name_of(unit, offset)).weak(), next))
    }

    /// The `count` units before today.
    fn last_units(&self, unit: Unit, count: u32, working: bool, next: usize) -> Got<Item> {
        let (today, back) = (self.today(), -i32::try_from(count).ok()?);
        let (period, name) = match unit {
            Unit::Day if working => (
                Period::new(calendar::working_days_before(today, count)?, today)?,
                None,
            ),
            Unit::Bimester
            | Unit::Quarter
            | Unit::Third
            | Unit::Half
            | Unit::Decade
            | Unit::Weekend => {
                let first = self.unit(unit, back)?;
                (Period::new(first.start, self.unit(unit, -1)?.end)?, None)
            }
            _ => {
                let start = shift(today, unit, back)?;
                let (start, after) = self.and_more(start, next).unwrap_or((start, next));
                let days = match unit {
                    Unit::Day => count,
                    Unit::Week => count.checked_mul(7)?,
                    Unit::Fortnight => count.checked_mul(14)?,
                    _ => 0,
                };
                let name = (days > 0 && after == next).then_some(RangeName::LastDays(days));
                return Some((Item::named(Period::new(start, today)?, name), after));
            }
        };
        Some((Item::named(period, name), next))
    }

    /// The `count` units after today.
    fn next_units(&self, unit: Unit, count: u32) -> Option<Period> {
        let count = i32::try_from(count).ok()?;
        if months_in(unit) > 1 && unit != Unit::Year || unit == Unit::Weekend {
            let first = self.unit(unit, 1)?;
            return Period::new(first.start, self.unit(unit, count)?.end);
        }
        let start = plus_days(self.today(), 1)?;
        Period::new(start, shift(start, unit, count)?)
    }
}

/// The name `labels.md` gives to a calendar unit near today.
pub(super) fn name_of(unit: Unit, offset: i32) -> Option<RangeName> {
    Some(match (unit, offset) {
        (Unit::Day, 0) => RangeName::Today,
        (Unit::Day, -1) => RangeName::Yesterday,
        (Unit::Week, 0) => RangeName::ThisWeek,
        (Unit::Week, -1) => RangeName::LastWeek,
        (Unit::Month, 0) => RangeName::ThisMonth,
        (Unit::Month, -1) => RangeName::LastMonth,
        (Unit::Quarter, 0) => RangeName::ThisQuarter,
        (Unit::Quarter, -1) => RangeName::LastQuarter,
        (Unit::Year, 0) => RangeName::ThisYear,
        (Unit::Year, -1) => RangeName::LastYear,
        _ => return None,
    })
}
