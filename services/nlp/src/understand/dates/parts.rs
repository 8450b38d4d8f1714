//! Pieces of periods: Q3 2025, the first week of March, week 12, the week of the
//! 18th, the end of the year, early May.

use chrono::{Datelike, Weekday};

use super::RangeName;
use super::calendar::{self, Period, months, months_in, nth_week, plus_days, plus_months};
use super::named::weekend_of;
use super::parser::{Got, Item, Parser};
use super::point::{Near, Part, Point};
use super::words::{Unit, W};

impl Parser<'_> {
    /// Q3, Q3 2025, 2025-Q3, H1 of last year, "t1 2019".
    pub(super) fn quarter(&self, at: usize, depth: u8) -> Got<Item> {
        let (year, lettered) = match self.year(at) {
            Some((year, next)) => {
                let next = self.maybe(next, |w| matches!(w, W::Punct(b'-' | b',' | b'/')));
                let next = self.maybe(next, |w| matches!(w, W::Of | W::In));
                (Some(year), next)
            }
            None => match self.relative_unit(at, Unit::Year) {
                Some((period, next)) => (Some(period.start.year()), next),
                None => (None, at),
            },
        };
        let (first, count, next) = self.lettered(lettered).or_else(|| {
            // "2016 el tercer trimestre"
            year?;
            let (item, next) = self.nth_of(lettered, depth + 1)?;
            match item.point {
                Point::Months(first, count) => Some((first, count, next)),
                _ => None,
            }
        })?;
        if let Some(year) = year {
            return Some((Item::fixed(months(year, first, count)?), next));
        }
        if let Some((year, next)) = self.year_after(next) {
            return Some((Item::fixed(months(year, first, count)?), next));
        }
        if let Some((period, next)) = self.relative_unit(self.joint(next, true), Unit::Year) {
            return Some((
                Item::fixed(months(period.start.year(), first, count)?),
                next,
            ));
        }
        Some((Item::new(Point::Months(first, count)), next))
    }

    /// "q1", "1q", "h2": the first month, how many, and the token after.
    fn lettered(&self, at: usize) -> Option<(u32, i32, usize)> {
        let (letter, number) = match (self.w(at), self.w(at + 1)) {
            (letter @ (W::Q | W::H), W::Num) => (letter, at + 1),
            (W::Unit(Unit::Quarter), W::Num) => (W::Q, at + 1),
            (W::Num, letter @ (W::Q | W::H)) if self.glued(at + 1) => (letter, at),
            _ => return None,
        };
        let which = self.value(number);
        let close = self.glued(at + 1) || letter == W::Q;
        match (letter, which) {
            (W::Q, 1..=4) if close => Some((which * 3 - 2, 3, at + 2)),
            (W::H, 1..=2) if close => Some((which * 6 - 5, 6, at + 2)),
            _ => None,
        }
    }

    /// The first week of March, last day of October, third quarter this year, the
    /// first 10 days of last month, second half of 2016.
    pub(super) fn nth_of(&self, at: usize, depth: u8) -> Got<Item> {
        let start = self.maybe(at, |w| w == W::The);
        let start = self.maybe(start, |w| w == W::Whole);
        let (nth, next) = match self.w(start) {
            W::Last | W::Past => (0, start + 1),
            _ => self.ordinal(start)?,
        };
        let (count, next) = match self.number(next) {
            Some((count, next)) => (Some(count), next),
            None => (None, next),
        };
        let kind = self.w(next);
        let next = self.maybe(next + 1, |w| w == W::Punct(b'.') && kind != W::End);
        let known = matches!(kind, W::Unit(_) | W::Units(_) | W::Weekday(_) | W::HalfWord);
        known.then_some(())?;
        let container = self.container(next, depth);
        let Some((whole, after)) = container else {
            return self.nth_alone(nth, kind, next).filter(|_| count.is_none());
        };
        let piece = |near| self.nth_piece(whole.resolve(near)?, nth, count.unwrap_or(1), kind);
        let mut period = piece(self.past())?;
        if period.start > self.today() && !whole.point.is_fixed() {
            // This year's is still to come: take the one before.
            let held = whole.resolve(self.past())?;
            period = piece(Near::UpTo(held.start.pred_opt()?))?;
        }
        let after = self.maybe(after, |w| w == W::Punct(b'.') && self.w(after + 1) == W::In);
        if matches!(kind, W::Unit(Unit::Week))
            && self.w(after) == W::In
            && let W::Weekday(index) = self.w(after + 1)
        {
            // "first week of October on Friday"
            let day = calendar::nth_weekday(period, calendar::weekday(index), 1)?;
            return Some((Item::fixed(Period::day(day)?), after + 2));
        }
        Some((Item::fixed(period), after))
    }

    /// "this month's first week", "october 1st week": the piece named after the
    /// period that was just read.
    pub(super) fn piece_after(&self, (whole, at): (Item, usize), depth: u8) -> Got<Item> {
        let nth = match (self.w(at), self.w(at + 1)) {
            (W::Ord(nth), W::Unit(Unit::Week | Unit::Quarter | Unit::Half)) => nth.into(),
            (W::Last, W::Unit(Unit::Week | Unit::Quarter | Unit::Half)) => 0,
            _ => return None,
        };
        let period = whole.resolve(self.past())?;
        (depth < 3 && period.days() > 27).then_some(())?;
        let piece = self.nth_piece(period, nth, 1, self.w(at + 1))?;
        Some((Item::fixed(piece), at + 2))
    }

    /// The period that a piece is taken from.
    fn container(&self, at: usize, depth: u8) -> Got<Item> {
        let joints = [self.joint(at, true), self.joint(at, false), at];
        let (item, next) = joints
            .into_iter()
            .find_map(|start| self.item_within(start, depth + 1))?;
        let whole = item.resolve(self.past())?;
        (whole.days() > 6).then_some((item, next))
    }

    /// Ordinals that name a part of the year by themselves.
    fn nth_alone(&self, nth: u32, kind: W, next: usize) -> Got<Item> {
        let W::Unit(unit) = kind else {
            return None;
        };
        let size = months_in(unit);
        let item = match unit {
            Unit::Quarter | Unit::Third | Unit::Half => {
                let first = u32::try_from(size).ok()? * nth.checked_sub(1)? + 1;
                (first <= 12).then_some(Item::new(Point::Months(first, size)))?
            }
            // "the tenth week"
            Unit::Week if nth > 0 => Item::fixed(self.past_week(nth)?).weak(),
            _ => return None,
        };
        Some((item, next))
    }

    fn nth_piece(&self, whole: Period, nth: u32, count: u32, kind: W) -> Option<Period> {
        let first_day = self.context.week_start;
        let days = i64::from(count.min(1000));
        match kind {
            W::Weekday(index) => {
                Period::day(calendar::nth_weekday(whole, calendar::weekday(index), nth)?)
            }
            W::Unit(Unit::Fortnight) if whole.days() <= 31 => {
                let middle = plus_days(whole.start, 15)?;
                match nth {
                    1 => Period::new(whole.start, middle),
                    0 | 2 => Period::new(middle, whole.end),
                    _ => None,
                }
            }
            W::HalfWord => {
                let middle = match whole.days() {
                    ..=31 => plus_days(whole.start, 15)?,
                    length @ ..=92 => plus_days(whole.start, length / 2)?,
                    _ => plus_months(whole.start, 6)?,
                };
                match nth {
                    1 => Period::new(whole.start, middle),
                    0 | 2 => Period::new(middle, whole.end),
                    _ => None,
                }
            }
            W::Unit(Unit::Day) | W::Units(Unit::Day) => {
                let start = match nth {
                    0 => plus_days(whole.end, -days)?,
                    _ => plus_days(whole.start, i64::from(nth - 1))?,
                };
                let end = plus_days(start, days)?;
                (start >= whole.start && end <= whole.end).then_some(())?;
                Period::new(start, end)
            }
            W::Unit(Unit::Week) | W::Units(Unit::Week) => {
                let week = nth_week(whole, nth, first_day)?;
                let more = 7 * (days - 1);
                match nth {
                    0 => Period::new(plus_days(week.start, -more)?, week.end),
                    _ => Period::new(week.start, plus_days(week.end, more)?),
                }
            }
            W::Unit(Unit::Weekend) | W::Units(Unit::Weekend) => {
                let saturday = calendar::nth_weekday(whole, Weekday::Sat, nth)?;
                Period::new(saturday, plus_days(saturday, 2)?)
            }
            W::Unit(unit) | W::Units(unit) if months_in(unit) > 0 => {
                let (size, count) = (months_in(unit), i32::try_from(count.min(100)).ok()?);
                let start = match nth {
                    0 => plus_months(whole.end, -size * count)?,
                    _ => plus_months(whole.start, size * i32::try_from(nth - 1).ok()?)?,
                };
                let end = plus_months(start, size * count)?;
                (start >= whole.start && end <= whole.end).then_some(())?;
                Period::new(start, end)
            }
            _ => None,
        }
    }

    /// Week 12, week 27 of last year, W12.
    pub(super) fn week_number(&self, at: usize, depth: u8) -> Got<Item> {
        if self.w(at) == W::Num {
            // "2025-W40"
            let (year, next) = self.year(at)?;
            let next = self.maybe(next, |w| w == W::Punct(b'-'));
            let fits = self.w(next) == W::WeekLetter
                && self.w(next + 1) == W::Num
                && self.digits(next + 1) <= 2;
            let which = self.value(next + 1).max(1);
            let year = fits.then(|| months(year, 1, 12)).flatten()?;
            let week = nth_week(year, which, self.context.week_start)?;
            return Some((Item::fixed(week), next + 2));
        }
        let start = self.maybe(at, |w| w == W::The);
        let letter = self.w(start) == W::WeekLetter;
        if !(letter && self.glued(start + 1) || self.w(start) == W::Unit(Unit::Week))
            || matches!(self.before(start), W::Num | W::Card(_))
        {
            return None;
        }
        let next = self.maybe(start + 1, |w| matches!(w, W::No | W::Punct(b'#')));
        let number = self.w(next) == W::Num && self.digits(next) <= 2;
        let which = self.value(next);
        if !number || !(1..=53).contains(&which) || matches!(self.w(next + 1), W::Units(_)) {
            return None;
        }
        let next = next + 1;
        let of_year = self
            .year_after(next)
            .and_then(|(year, next)| Some((months(year, 1, 12)?, next)))
            .or_else(|| self.relative_unit(self.joint(next, false), Unit::Year))
            .filter(|_| depth < 3);
        match of_year {
            Some((year, next)) => Some((
                Item::fixed(nth_week(year, which, self.context.week_start)?),
                next,
            )),
            None => Some((Item::fixed(self.past_week(which)?), next)),
        }
    }

    /// The last week of that number to have begun.
    fn past_week(&self, which: u32) -> Option<Period> {
        let year = self.today().year();
        [year + 1, year, year - 1, year - 2]
            .into_iter()
            .filter_map(|year| nth_week(months(year, 1, 12)?, which, self.context.week_start))
            .find(|week| week.start <= self.today())
    }

    /// The week of 16 September, the week starting on Monday, "w/c feb 4", "mes de
    /// 16 de septiembre".
    pub(super) fn week_of(&self, at: usize, depth: u8) -> Got<Item> {
        let start = self.maybe(at, |w| w == W::The);
        let (unit, ends, next) = match self.w(start) {
            W::Unit(unit @ (Unit::Week | Unit::Month | Unit::Weekend)) => {
                let next = self.maybe(start + 1, |w| w == W::Que);
                match self.w(next) {
                    W::Of | W::Starting | W::Begin => (unit, false, next + 1),
                    W::Finish => (unit, true, next + 1),
                    _ => return None,
                }
            }
            // "w/c", "w/e"
            W::WeekLetter if self.is(start + 1, b'/') && self.spells(start + 2, "c") => {
                (Unit::Week, false, start + 3)
            }
            W::WeekLetter if self.is(start + 1, b'/') && self.spells(start + 2, "e") => {
                (Unit::Week, true, start + 3)
            }
            _ => return None,
        };
        let next = self.joint(next, false);
        let (point, next) = match self.item_within(next, depth + 1) {
            Some((item, next)) if item.part == Part::All => (item.point, next),
            Some(_) => return None,
            None => {
                let (day, next) = self.day_number(next)?;
                let point = Point::Day {
                    month: None,
                    day,
                    weekday: None,
                };
                (point, next)
            }
        };
        if unit == Unit::Month && matches!(point, Point::Months(_, 1)) {
            return Some((Item::new(point), next));
        }
        let day = point.resolve(self.past())?;
        let month_long = unit == Unit::Month && day.days() <= 31;
        (day.is_day() || month_long).then_some(())?;
        let period = match unit {
            Unit::Weekend => weekend_of(day.start)?,
            Unit::Week if ends => Period::new(plus_days(day.end, -7)?, day.end)?,
            _ => calendar::unit_at(day.start, unit, 0, self.context.week_start)?,
        };
        Some((Item::fixed(period), next))
    }

    /// The beginning of the month, end of 2012, mid-March, early this year, EOM.
    pub(super) fn part(&self, at: usize, depth: u8) -> Got<Item> {
        let start = self.maybe(at, |w| w == W::The);
        if let W::Edge(end, unit) = self.w(start) {
            let part = if end { Part::Finish } else { Part::Begin };
            let name = (unit == Unit::Day).then_some(RangeName::Today);
            let item = Item::named(self.unit(unit, 0)?, name);
            return Some((Item { part, ..item }, start + 1));
        }
        let after = start + 1;
        let day = self.joint(after, false);
        if self.w(start) == W::Finish && self.w(day) == W::Unit(Unit::Day) && day > after {
            // "by the end of the day"
            let today = self.unit(Unit::Day, 0)?;
            return Some((Item::named(today, Some(RangeName::Today)), day + 1));
        }
        let (part, body) = match self.w(start) {
            W::Begin if self.w(after) == W::Of => (Part::Begin, self.joint(after, false)),
            W::Finish if self.w(after) == W::Of || matches!(self.w(after), W::Month(_)) => {
                (Part::Finish, self.joint(after, false))
            }
            W::Middle => (Part::Mid, self.joint(after, true)),
            W::Early => (Part::Early, self.joint(after, true)),
            W::Late => (Part::Late, self.joint(after, true)),
            _ => return None,
        };
        // "the" may be part of the container ("the month").
        let article = body > after && self.w(body - 1) == W::The;
        let (item, next) = self
            .item_within(body, depth + 1)
            .or_else(|| self.item_within(body - usize::from(article), depth + 1))?;
        if item.part != Part::All {
            return None;
        }
        let item = Item {
            part,
            name: None,
            weak: false,
            ..item
        };
        Some((item, next))
    }
}
