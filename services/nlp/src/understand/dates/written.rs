//! Calendar dates: 3 March 2025, "3 de marzo", May 2025, 2025-03-03, 20/11, Friday
//! the 13th, 2018.

use super::Language;
use super::calendar::{self, Period, date, months};
use super::numbers::century;
use super::parser::{Got, Item, Parser};
use super::point::Point;
use super::words::{Unit, W};

impl Parser<'_> {
    /// A month, with its day or its year or both, in any order.
    pub(super) fn month_or_day(&self, at: usize, depth: u8) -> Got<Item> {
        match self.w(at) {
            W::Month(month) => self.month_first(at, month.into(), depth),
            W::This | W::Last | W::Past | W::Next => self.month_leaning(at),
            W::The => self
                .month_leaning(at)
                .or_else(|| self.day_first(self.past_day_word(at + 1)))
                .or_else(|| self.day_of_unit(self.past_day_word(at + 1), depth)),
            // "día 5 de julio"
            W::Unit(Unit::Day) | W::Units(Unit::Day) => {
                let day = self.past_day_word(at);
                (day > at).then_some(())?;
                self.day_first(day).or_else(|| self.day_of_unit(day, depth))
            }
            W::WeekdayShort(_) => {
                // "Mi, 22 de Ene"
                let next = self.maybe(at + 1, |w| matches!(w, W::Punct(b',' | b'.')));
                self.day_first(next)
            }
            W::Num | W::Ord(_) | W::Card(_) => self
                .day_first(at)
                .or_else(|| self.year_first(at))
                .or_else(|| self.day_of_unit(at, depth)),
            _ => None,
        }
    }

    /// Past the "día" of "el día 5".
    fn past_day_word(&self, at: usize) -> usize {
        self.maybe(at, |w| {
            self.language == Language::Spanish
                && matches!(w, W::Unit(Unit::Day) | W::Units(Unit::Day))
        })
    }

    fn month_first(&self, at: usize, month: u32, depth: u8) -> Got<Item> {
        let dotted = self.maybe(at + 1, |w| w == W::Punct(b'.'));
        if let Some(got) = self.month_then_day(at, dotted, month) {
            return Some(got);
        }
        for start in [dotted, at + 1] {
            if let Some((year, next)) = self.year_after(start) {
                return Some((Item::fixed(months(year, month, 1)?), next));
            }
        }
        // "june last year", "enero de este año"
        if let Some((period, next)) = self.relative_unit(self.joint(at + 1, false), Unit::Year) {
            let year = chrono::Datelike::year(&period.start);
            return Some((Item::fixed(months(year, month, 1)?), next));
        }
        if self.language == Language::Spanish && depth == 0 {
            // "septiembre pasado"
            let offset = match self.w(at + 1) {
                W::Last => Some(-1),
                W::Next => Some(1),
                _ => None,
            };
            if let Some(offset) = offset {
                return Some((self.month_of_year(month, offset)?, at + 2));
            }
        }
        let item = Item::new(Point::Months(month, 1));
        // These are words or names of their own.
        let ambiguous = ["march", "mar", "may", "jan", "set"]
            .into_iter()
            .any(|word| self.spells(at, word));
        let next = if dotted > at + 1 && self.w(dotted) != W::End && self.width(at) < 5 {
            dotted
        } else {
            at + 1
        };
        Some((if ambiguous { item.weak() } else { item }, next))
    }

    /// "March 3rd, 2015", "Oct. 2", "mar3", "january first 12".
    pub(super) fn month_then_day(&self, at: usize, dotted: usize, month: u32) -> Got<Item> {
        let day_at = if dotted > at + 1 {
            dotted
        } else {
            let marked = self.maybe(at + 1, |w| matches!(w, W::Punct(b'-' | b'/' | b',')));
            self.maybe(marked, |w| w == W::The)
        };
        let (day, next) = self.day_number(day_at)?;
        if self.is_amount(day_at, next) || self.is(at + 1, b',') && self.w(day_at) == W::Num {
            return None;
        }
        if let Some((year, next)) = self.long_year_after(next) {
            return Some((Item::fixed(Period::day(date(year, month, day)?)?), next));
        }
        // "jan 5 last year"
        if let Some((period, next)) = self.relative_unit(self.joint(next, false), Unit::Year) {
            let year = chrono::Datelike::year(&period.start);
            return Some((Item::fixed(Period::day(date(year, month, day)?)?), next));
        }
        // "oct 20 25", and after an ordinal wherever it stands ("january first 12 was")
        let ordinal = matches!(self.w(day_at), W::Ord(_))
            && self.w(next) == W::Num
            && self.digits(next) == 2
            && !self.is_amount(next, next + 1);
        let freer = || Some((i32::try_from(century(self.value(next))).ok()?, next + 1));
        let short = self
            .short_year(next)
            .or_else(|| ordinal.then(freer).flatten());
        if let Some((year, next)) = short {
            return Some((Item::fixed(Period::day(date(year, month, day)?)?), next));
        }
        self.dated(month, day, next)
    }

    /// "3 March [2015]", "9º de mayo", "05-Aug-2016", "22/Jan/2019".
    pub(super) fn day_first(&self, at: usize) -> Got<Item> {
        let (day, next) = self.day_number(at)?;
        let joint = self.maybe(next, |w| {
            matches!(w, W::Punct(b'-' | b'/' | b'.' | b',') | W::Of)
        });
        let joint = self.maybe(joint, |w| w == W::The);
        let W::Month(month) = self.w(joint) else {
            return None;
        };
        if self.is(next, b',') {
            return None;
        }
        let month = u32::from(month);
        let dotted = self.maybe(joint + 1, |w| w == W::Punct(b'.'));
        for start in [dotted, joint + 1] {
            if let Some((year, next)) = self.year_after(start) {
                return Some((Item::fixed(Period::day(date(year, month, day)?)?), next));
            }
        }
        if let Some((period, next)) = self.relative_unit(self.joint(joint + 1, false), Unit::Year) {
            let year = chrono::Datelike::year(&period.start);
            return Some((Item::fixed(Period::day(date(year, month, day)?)?), next));
        }
        if let Some((year, next)) = self.short_year(joint + 1) {
            return Some((Item::fixed(Period::day(date(year, month, day)?)?), next));
        }
        self.dated(month, day, joint + 1)
    }

    /// A day of a month without a year; 29 February waits for a leap year.
    fn dated(&self, month: u32, day: u32, next: usize) -> Got<Item> {
        date(2000, month, day)?;
        let point = Point::Day {
            month: Some(month),
            day,
            weekday: None,
        };
        Some((Item::new(point), next))
    }

    /// "2016 November", "2016, nov".
    fn year_first(&self, at: usize) -> Got<Item> {
        let (year, next) = self.year(at)?;
        let next = self.maybe(next, |w| matches!(w, W::Punct(b',' | b'-' | b'/') | W::Of));
        let W::Month(month) = self.w(next) else {
            return None;
        };
        let month = u32::from(month);
        if let Some((day, after)) = self.day_number(next + 1)
            && !self.is_amount(next + 1, after)
            && let Some(day) = date(year, month, day)
        {
            return Some((Item::fixed(Period::day(day)?), after));
        }
        Some((Item::fixed(months(year, month, 1)?), next + 1))
    }

    /// "last sept", "this march", "el pasado septiembre". Last September is the
    /// September of last year.
    fn month_leaning(&self, at: usize) -> Got<Item> {
        let lean = self.maybe(at, |w| w == W::The);
        let offset = match self.w(lean) {
            W::This => 0,
            W::Last | W::Past => -1,
            W::Next => 1,
            _ => return None,
        };
        let month = self.maybe(lean + 1, |w| w == W::Unit(Unit::Month));
        let next = self.maybe(month, |w| w == W::Of);
        // "a últimos de mayo" is the end of it.
        (next == month || month > lean + 1).then_some(())?;
        let W::Month(month) = self.w(next) else {
            return None;
        };
        if let Some((day, after)) = self.day_number(next + 1)
            && !self.is_amount(next + 1, after)
        {
            // "this march 3"
            return self.dated(month.into(), day, after);
        }
        Some((self.month_of_year(month.into(), offset)?, next + 1))
    }

    fn month_of_year(&self, month: u32, offset: i32) -> Option<Item> {
        let year = chrono::Datelike::year(&self.today()).checked_add(offset)?;
        Some(Item::fixed(months(year, month, 1)?))
    }

    /// "22 this month", "the 20th of last month", "el 4 de este mes".
    fn day_of_unit(&self, at: usize, depth: u8) -> Got<Item> {
        let (day, next) = self.day_number(at)?;
        let joint = self.joint(next, false);
        // "el 15 del corriente"
        if self.w(joint) == W::This
            && ["corriente", "presente", "actual"]
                .into_iter()
                .any(|word| self.spells(joint, word))
            && !matches!(self.w(joint + 1), W::Unit(_))
        {
            let month = self.unit(Unit::Month, 0)?;
            let day = calendar::plus_days(month.start, i64::from(day) - 1)?;
            (day < month.end).then_some(())?;
            return Some((Item::fixed(Period::day(day)?), joint + 1));
        }
        if depth > 1
            || joint == next && !matches!(self.w(joint), W::This | W::Last | W::Past | W::Next)
        {
            return None;
        }
        let (period, next) = self.relative_unit(joint, Unit::Month).or_else(|| {
            // "the 5th of the month"
            (self.w(joint) == W::Unit(Unit::Month) && joint > next)
                .then(|| self.unit(Unit::Month, 0).map(|p| (p, joint + 1)))
                .flatten()
        })?;
        let day = calendar::plus_days(period.start, i64::from(day) - 1)?;
        (day < period.end).then_some(())?;
        Some((Item::fixed(Period::day(day)?), next))
    }

    /// "last year", "este mes": the relative form, when it is of the given unit.
    pub(super) fn relative_unit(&self, at: usize, unit: Unit) -> Got<Period> {
        let (item, next) = self.relative(at)?;
        let Point::Fixed(period) = item.point else {
            return None;
        };
        let leans = (at..next)
            .any(|i| matches!(self.w(i), W::This | W::Last | W::Past | W::Next | W::Comes));
        let same = self
            .unit(unit, 0)
            .zip(self.unit(unit, -1))
            .zip(self.unit(unit, 1));
        let ((this, last), coming) = same?;
        (leans && [this, last, coming].contains(&period)).then_some((period, next))
    }

    /// A year by itself, or announced ("year 2008", "cy 2008", "año 2008").
    pub(super) fn year_alone(&self, at: usize) -> Got<Item> {
        let mut next = self.maybe(at, |w| w == W::The);
        next = self.maybe(next, |w| w == W::Whole);
        next = self.skip(next, |w| matches!(w, W::Fiscal | W::Unit(Unit::Year)));
        let announced = next > at && self.w(next - 1) != W::The;
        if announced {
            next = self.maybe(next, |w| w == W::Of);
            next = self.maybe(next, |w| w == W::Fiscal);
        }
        if next > at + 6 {
            return None;
        }
        if let Some(got) = self.decade(at) {
            return Some(got);
        }
        if let Some((year, next)) = self.year(next) {
            if next < self.tokens.len() && self.glued(next) && self.foreign(next) {
                return None;
            }
            let item = Item::fixed(months(year, 1, 12)?);
            return Some((if announced { item } else { item.weak() }, next));
        }
        // "año calendario 18", "fy18"
        let short = announced && self.w(next) == W::Num && self.digits(next) == 2;
        let year = i32::try_from(century(self.value(next))).ok()?;
        let both = matches!(self.w(next + 1), W::Punct(b'-' | b'/'))
            && self.glued(next + 2)
            && self.digits(next + 2) == 2
            && self.value(next + 2) == self.value(next) + 1;
        if short && both {
            // "fy 17/18"
            return Some((Item::fixed(months(year, 1, 24)?), next + 3));
        }
        short.then_some((Item::fixed(months(year, 1, 12)?), next + 1))
    }

    /// "the nineties", "1990s", "the '80s", "los años 90", "la década de los 90".
    fn decade(&self, at: usize) -> Got<Item> {
        let start = self.maybe(at, |w| matches!(w, W::The));
        // "the nineteen eighties"
        if self.w(start) == W::Card(19)
            && let W::Decade(year) = self.w(start + 1)
        {
            return Some((Item::fixed(months(year.into(), 1, 120)?), start + 2));
        }
        let named = self.maybe(start, |w| w == W::Punct(b'\''));
        if let W::Decade(year) = self.w(named) {
            return Some((Item::fixed(months(year.into(), 1, 120)?), named + 1));
        }
        let years = matches!(self.w(start), W::Units(Unit::Year) | W::Unit(Unit::Decade));
        let at = self.skip(start, |w| {
            matches!(
                w,
                W::Units(Unit::Year) | W::Unit(Unit::Decade) | W::Of | W::The
            )
        });
        if at > start + 4 {
            return None;
        }
        let value = i32::try_from(self.value(at)).ok()?;
        let year = match (self.w(at), self.digits(at)) {
            (W::Num, 4) => value,
            (W::Num, 2) => 1900 + value,
            // "los años noventa"
            (W::Card(tens @ 20..=90), _) => 1900 + i32::from(tens),
            _ => return None,
        };
        (years && year % 10 == 0).then_some((Item::fixed(months(year, 1, 120)?), at + 1))
    }

    /// Whether the number at `at` counts something rather than dates: a unit, a
    /// clock time or a share follows.
    pub(super) fn is_amount(&self, at: usize, next: usize) -> bool {
        self.w(at) != W::Num
            && !matches!(self.w(at), W::Card(_))
            && matches!(self.w(next), W::Unit(_) | W::Units(_))
            || matches!(self.w(at), W::Num | W::Card(_))
                && (matches!(
                    self.w(next),
                    W::Units(_) | W::Unit(Unit::Clock) | W::Meridiem
                ) || self.w(next) == W::Working)
    }

    /// Letters of a token.
    pub(super) fn width(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(0, |t| t.end - t.start)
    }
}
