//! Pieces of periods: Q3 2025, the first week of March, the last working day of the
//! month, the end of the year, early May.

use chrono::{Datelike, Weekday};

use super::RangeName;
use super::calendar::{self, Period, months, months_in, nth_week, plus_days, plus_months};
use super::numbers::century;
use super::parser::{Got, Item, Parser};
use super::point::{Near, Part, Point};
use super::relative::FEW;
use super::words::{Unit, W};

impl Parser<'_> {
    /// Q3, Q3 2025, 2025-Q3, H1 of last year, "t1 2019".
    pub(super) fn quarter(&self, at: usize, depth: u8) -> Got<Item> {
        let fiscal = self.maybe(at, |w| w == W::Fiscal);
        let short = || {
            let short = fiscal > at && self.w(fiscal) == W::Num && self.digits(fiscal) == 2;
            short.then(|| (century(self.value(fiscal)) as i32, fiscal + 1))
        };
        let (year, lettered) = match self.year(fiscal).or_else(short) {
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
        if self.glued(next) && self.w(next) == W::Num && self.digits(next) == 2 {
            // "1H18"
            let year = century(self.value(next)) as i32;
            return Some((Item::fixed(months(year, first, count)?), next + 1));
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
            // "quarter one"
            (W::Unit(Unit::Quarter), W::Card(which @ 1..=4)) => {
                return Some((u32::from(which) * 3 - 2, 3, at + 2));
            }
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
        // "las dos primeras semanas"
        let counted = self
            .number(start)
            .filter(|(_, next)| matches!(self.w(*next), W::Ord(1) | W::Last) && depth == 0);
        let start = counted.map_or(start, |(_, next)| next);
        let (nth, next) = match self.w(start) {
            W::Last | W::Past => (0, start + 1),
            _ => self.ordinal(start)?,
        };
        let (count, next) = match self.number(next) {
            Some((count, next)) => (Some(count), next),
            None => (counted.map(|(count, _)| count), next),
        };
        let working = self.w(next) == W::Working;
        let next = next + usize::from(working);
        let kind = self.w(next);
        let working = working || kind == W::Unit(Unit::Day) && self.w(next + 1) == W::Working;
        if kind == W::HalfWord && matches!(self.w(next + 1), W::Unit(_)) {
            // "last half year"
            return None;
        }
        let next = self.maybe(next + 1, |w| {
            w == W::Punct(b'.') && kind != W::End || working && w == W::Working
        });
        let known = matches!(kind, W::Unit(_) | W::Units(_) | W::Weekday(_) | W::HalfWord);
        known.then_some(())?;
        let container = self.container(next, depth);
        let Some((whole, after)) = container else {
            return self
                .nth_alone(nth, kind, next)
                .filter(|_| count.is_none() && !working);
        };
        // "the last days of May"
        let few = matches!(kind, W::Units(Unit::Day | Unit::Week | Unit::Month)).then_some(FEW);
        let count = count.or(few);
        let piece = |near| {
            let whole = whole.resolve(near)?;
            match kind {
                W::Unit(Unit::Day) if working => {
                    Period::day(calendar::nth_working_day(whole, nth)?)
                }
                _ if working => None,
                _ => self.nth_piece(whole, nth, count.unwrap_or(1), kind),
            }
        };
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
        let kind = self.w(at + 1);
        let nth = match (self.w(at), kind) {
            (W::Ord(nth), W::Unit(Unit::Week | Unit::Quarter | Unit::Half) | W::HalfWord) => {
                nth.into()
            }
            (W::Last, W::Unit(Unit::Week | Unit::Quarter | Unit::Half) | W::HalfWord) => 0,
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
        // Each start once: what fails there fails again.
        let (item, next) = (0..joints.len())
            .filter(|i| !joints[..*i].contains(&joints[*i]))
            .find_map(|i| self.item_within(joints[i], depth + 1))?;
        let whole = item.resolve(self.past())?;
        (whole.days() > 6).then_some((item, next))
    }

    /// Ordinals that name a part of the year by themselves.
    fn nth_alone(&self, nth: u32, kind: W, next: usize) -> Got<Item> {
        let (W::Unit(_) | W::HalfWord) = kind else {
            return None;
        };
        let (unit, bare) = match kind {
            W::Unit(unit) => (unit, false),
            _ => (Unit::Half, true),
        };
        let size = months_in(unit);
        let item = match unit {
            Unit::Bimester | Unit::Quarter | Unit::Third | Unit::Half => {
                let first = u32::try_from(size).ok()? * nth.checked_sub(1)? + 1;
                (first <= 12).then_some(Item::new(Point::Months(first, size)))?
            }
            // "la primera quincena"
            Unit::Fortnight => {
                let half = |offset| self.nth_piece(self.unit(Unit::Month, offset)?, nth, 1, kind);
                Item::fixed(
                    half(0)
                        .filter(|p| p.start <= self.today())
                        .or_else(|| half(-1))?,
                )
            }
            // "the tenth week"
            Unit::Week if nth > 0 => Item::fixed(self.past_week(nth)?).weak(),
            _ => return None,
        };
        Some((if bare { item.weak() } else { item }, next))
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

    /// "month end", "year-end": this month's, this year's.
    pub(super) fn edge_after(&self, at: usize) -> Got<Item> {
        let W::Unit(unit @ (Unit::Week | Unit::Month | Unit::Quarter | Unit::Year)) = self.w(at)
        else {
            return None;
        };
        let next = self.maybe(at + 1, |w| w == W::Punct(b'-'));
        let ends = ["end", "close"]
            .into_iter()
            .any(|word| self.spells(next, word));
        (ends && self.w(next + 1) != W::Of).then_some(())?;
        let mut item = Item::fixed(self.unit(unit, 0)?);
        item.part = Part::Finish;
        Some((item, next + 1))
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
            // "a primeros de mes", "a últimos de mayo", "a mitad de año"
            W::Ord(1) if self.w(after) == W::Of && self.spells(start, "primeros") => {
                (Part::Begin, self.joint(after, false))
            }
            W::Last if self.w(after) == W::Of && self.spells(start, "ultimos") => {
                (Part::Finish, self.joint(after, false))
            }
            W::HalfWord if self.w(after) == W::Of && self.spells(start, "mitad") => {
                (Part::Mid, self.joint(after, false))
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
