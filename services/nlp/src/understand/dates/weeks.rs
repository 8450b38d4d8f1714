//! Weeks by their number or by a day in them: week 12, weeks 40-42, the week of the
//! 18th, w/c 4 February.

use chrono::Datelike;

use super::calendar::{self, Period, months, nth_week, plus_days};
use super::named::weekend_of;
use super::parser::{Got, Item, Parser};
use super::point::{Part, Point};
use super::ranges::Reading;
use super::words::{Unit, W};

impl Parser<'_> {
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
        let numero = start + 1 + usize::from(self.spells(start + 1, "n"));
        let next = self.skip(numero, |w| {
            matches!(w, W::No | W::Punct(b'#' | b'.' | b'?'))
        });
        let next = self.maybe(next, |w| w == W::No);
        let (which, after) = self.number(next)?;
        let dated = self.is(after, b'/') && self.glued(after) && self.digits(after + 1) != 4;
        let number = self.digits(next) <= 2 && self.w(next) != W::Card(1) && !dated;
        if !number || !(1..=53).contains(&which) || matches!(self.w(after), W::Units(_)) {
            return None;
        }
        let next = after;
        if which <= 5
            && depth < 2
            && let Some((item, after)) = self.item_within(self.joint(next, false), depth + 1)
            && let Some(month) = item.resolve(self.past())
            && (28..=31).contains(&month.days())
        {
            // "week 3 of June"
            let week = nth_week(month, which, self.context.week_start)?;
            return Some((Item::fixed(week), after));
        }
        let of_year = self
            .year_after(next)
            .and_then(|(year, next)| Some((months(year, 1, 12)?, next)))
            .or_else(|| self.relative_unit(self.joint(next, false), Unit::Year))
            .or_else(|| {
                // "week 20 of the year"
                let year = self.joint(next, false);
                let bare = year > next && self.w(year) == W::Unit(Unit::Year);
                bare.then(|| Some((self.unit(Unit::Year, 0)?, year + 1)))?
            })
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
    pub(super) fn past_week(&self, which: u32) -> Option<Period> {
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
        let start = self.maybe(start, |w| w == W::Whole);
        let (unit, ends, next) = match self.w(start) {
            W::Unit(unit @ (Unit::Week | Unit::Month | Unit::Weekend)) => {
                let next = self.maybe(start + 1, |w| w == W::Que);
                match self.w(next) {
                    W::Of | W::Starting | W::Begin => (unit, false, next + 1),
                    W::Finish => (unit, true, next + 1),
                    _ if self.spells(next, "termina") || self.spells(next, "acaba") => {
                        (unit, true, next + 1)
                    }
                    _ => return None,
                }
            }
            // "w/c", "w/e"
            W::WeekLetter
                if self.is(start + 1, b'/')
                    && (self.spells(start + 2, "c") || self.spells(start + 2, "b")) =>
            {
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
        if matches!(self.w(next), W::To | W::Until | W::Through | W::Punct(b'-'))
            && matches!(self.w(next + 1), W::Num | W::Ord(_) | W::Month(_) | W::The)
        {
            // "the week of June 4 to 10" is told by its days.
            return None;
        }
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

    /// "weeks 40-42", "week 40 to 42", "de la semana 10 a la 12".
    pub(super) fn weeks(&self, at: usize) -> Got<Reading> {
        let start = self.maybe(at, |w| matches!(w, W::From | W::Between | W::Since | W::Of));
        let start = self.maybe(start, |w| w == W::The);
        let (W::Unit(Unit::Week) | W::Units(Unit::Week)) = self.w(start) else {
            return None;
        };
        let number = |at: usize| {
            let fits = self.w(at) == W::Num && (1..=53).contains(&self.value(at));
            fits.then(|| self.value(at))
        };
        let first = number(start + 1)?;
        let join = self.w(start + 2);
        let joins = matches!(
            join,
            W::To | W::Until | W::Through | W::And | W::Punct(b'-')
        );
        let last_at = self.maybe(start + 3, |w| w == W::The);
        let last_at = self.maybe(last_at, |w| w == W::Unit(Unit::Week));
        let last = number(last_at)?;
        (joins && first <= last && !self.foreign(last_at + 1)).then_some(())?;
        let of_year = self
            .year_after(last_at + 1)
            .and_then(|(year, next)| Some((months(year, 1, 12)?, next)))
            .or_else(|| self.relative_unit(self.joint(last_at + 1, false), Unit::Year));
        let (year, next) = match of_year {
            Some((year, next)) => (Some(year), next),
            None => (None, last_at + 1),
        };
        let first_day = self.context.week_start;
        let first = match year {
            Some(year) => nth_week(year, first, first_day)?,
            None => self.past_week(first)?,
        };
        let whole = year.or_else(|| {
            let middle = first.start.checked_add_days(chrono::Days::new(3))?;
            months(middle.year(), 1, 12)
        })?;
        let last = nth_week(whole, last, first_day)?;
        let end = if self.corpora() && first.start < last.start {
            last.start
        } else {
            last.end
        };
        Some((Reading::closed(Period::new(first.start, end)?, false), next))
    }
}
