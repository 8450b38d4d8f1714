//! Ranges with two ends: from X to Y, between X and Y, X - Y, X..Y.
//!
//! A range includes the last period it names: "from 3 to 9 March" ends with the 9th
//! and "from April to June" with 30 June; `Convention::Corpora` sees the latter end
//! as June begins.

use super::Language;
use super::calendar::{Period, date};
use super::parser::{Got, Item, Parser};
use super::point::{Near, Part, Point};
use super::ranges::Reading;
use super::words::{Unit, W};

impl Parser<'_> {
    /// "this week from Tue to Thur", "November between 19 and 20".
    pub(super) fn scoped_pair(&self, (item, next): (Item, usize)) -> Got<Reading> {
        let next = self.maybe(next, |w| w == W::Punct(b','));
        if !matches!(self.w(next), W::From | W::Between | W::Since) {
            return None;
        }
        let scope = item.resolve(self.past())?;
        (!scope.is_day()).then_some(())?;
        self.pair_in(next, None, Some(scope))
    }

    /// from X to Y, between X and Y, X - Y; `item` is the date at `at`, if any.
    pub(super) fn pair_in(
        &self,
        at: usize,
        item: Got<Item>,
        scope: Option<Period>,
    ) -> Got<Reading> {
        let lead = self.w(at);
        let spanish = self.language == Language::Spanish;
        let led = match lead {
            W::Between | W::From | W::Since => true,
            W::Of => spanish,
            _ => false,
        };
        let start = at + usize::from(led);
        let start = self.maybe(start, |w| led && matches!(w, W::In | W::From));
        // "4-23 of this month" may begin as a date in digits does: then the bare day.
        let item = if led { self.item(start) } else { item };
        let whole = self
            .endpoint(start, item)
            .and_then(|left| self.pair_end(left, lead));
        let bare_left = || {
            self.bare_day(start)
                .and_then(|left| self.pair_end(left, lead))
        };
        let ((left, right), next) = match (whole, bare_left()) {
            (Some(whole), Some(bare)) if bare.1 > whole.1 => bare,
            (Some(whole), _) => whole,
            (None, bare) => bare?,
        };
        let bare = |item: &Item| matches!(item.point, Point::Day { month: None, .. }) && item.weak;
        if bare(&left) && bare(&right) && scope.is_none() && !self.says_days(at, next) {
            return None;
        }
        if bare(&left) && !led && scope.is_none() {
            right
                .resolve(self.past())
                .filter(|period| period.is_day())?;
        }
        let (left, right) = share(left, right);
        let period = match scope {
            Some(within) => self.between_within(left, right, within)?,
            None => self.between(left, right)?,
        };
        let weak = left.weak && right.weak && !led && !self.introduced(at);
        Some((Reading::closed(period, weak), next))
    }

    /// The second end, after what joins it to the first.
    fn pair_end(&self, (left, next): (Item, usize), lead: W) -> Got<(Item, Item)> {
        let start = self.connector(next, lead)?;
        // "october 1 to date", "2015 - present", "hasta la fecha"
        let word = self.maybe(start, |w| w == W::The);
        let dated = self.w(word) == W::DateWord && matches!(self.w(start - 1), W::To | W::Until);
        let present = ["present", "current", "presente", "actualidad"]
            .into_iter()
            .any(|name| self.spells(word, name))
            && !matches!(self.w(word + 1), W::Unit(_));
        if dated || present {
            let today = Item::fixed(Period::day(self.today())?);
            return Some(((left, today), word + 1));
        }
        let (right, next) = self.endpoint(start, self.item(start))?;
        let shared = self
            .year_of_both(left, right, next)
            .or_else(|| self.month_of_both(left, right, next));
        if shared.is_some() {
            return shared;
        }
        Some(((left, right), next))
    }

    /// "between 3 and 8 in May": the month that follows is both ends'.
    fn month_of_both(&self, left: Item, right: Item, at: usize) -> Got<(Item, Item)> {
        let bare = |item: Item| match item.point {
            Point::Day {
                month: None, day, ..
            } => Some(day),
            _ => None,
        };
        let (first, last) = (bare(left)?, bare(right)?);
        let (W::In, W::Month(month)) = (self.w(at), self.w(at + 1)) else {
            return None;
        };
        let month = u32::from(month);
        if let Some((year, next)) = self.year_after(at + 2) {
            let on = |day| Some(Item::fixed(Period::day(date(year, month, day)?)?));
            return Some(((on(first)?, on(last)?), next));
        }
        let on = |day| {
            Item::new(Point::Day {
                month: Some(month),
                day,
                weekday: None,
            })
        };
        Some(((on(first), on(last)), at + 2))
    }

    /// "oct 5-9, 2019": the year that follows is both ends'.
    fn year_of_both(&self, left: Item, right: Item, at: usize) -> Got<(Item, Item)> {
        let (
            Point::Day {
                month: Some(month),
                day: first,
                ..
            },
            Point::Day {
                month: None,
                day: last,
                ..
            },
        ) = (left.point, right.point)
        else {
            return None;
        };
        let (year, next) = self.long_year_after(at)?;
        let on = |day| Some(Item::fixed(Period::day(date(year, month, day)?)?));
        Some(((on(first)?, on(last)?), next))
    }

    /// Whether two bare numbers are days: "from the 4th to the 22nd", "del 4 al 22".
    fn says_days(&self, at: usize, next: usize) -> bool {
        let written = |i: usize| matches!(self.w(i), W::Ord(_)) && self.digits(i) > 0;
        let led = matches!(self.w(at), W::From | W::Between | W::Since)
            || self.spells(at, "del")
            // "the 3rd through the 8th"
            || (at..next).filter(|i| written(*i)).count() == 2;
        let marked = self.spells(at, "del")
            || (at..next).any(|i| self.w(i) == W::The || matches!(self.w(i), W::Ord(_)));
        led && marked && !self.foreign(next) && !matches!(self.w(next), W::Punct(b':' | b'/'))
    }

    /// A bare day of the month, "the" and "día" before it skipped.
    pub(super) fn bare_day(&self, at: usize) -> Got<Item> {
        let number_at = self.maybe(at, |w| w == W::The);
        let number_at = self.maybe(number_at, |w| {
            self.language == Language::Spanish
                && matches!(w, W::Unit(Unit::Day) | W::Units(Unit::Day))
        });
        let (day, next) = self.day_number(number_at)?;
        let counts = matches!(self.w(next), W::Unit(_) | W::Units(_) | W::Meridiem);
        if counts || self.is(next, b':') {
            return None;
        }
        let point = Point::Day {
            month: None,
            day,
            weekday: None,
        };
        Some((Item::new(point).weak(), next))
    }

    /// One end of a pair: a date, or a bare day of the month.
    fn endpoint(&self, at: usize, item: Got<Item>) -> Got<Item> {
        // "between the years 2012 and 2015"
        let years = self.maybe(at, |w| w == W::The);
        if self.w(years) == W::Units(Unit::Year) && self.digits(years + 1) == 4 {
            return self.item(years + 1);
        }
        let bare = self.bare_day(at);
        match (item, bare) {
            (Some((item, next)), Some((_, held))) if next > held => Some((item, next)),
            (Some(got), None) => Some(got),
            (_, Some(bare)) => Some(bare),
            (None, None) => {
                // "hasta el lunes": an article the forms did not take.
                let after = self.maybe(at, |w| matches!(w, W::The | W::In));
                (after > at).then(|| self.item(after)).flatten()
            }
        }
    }

    /// The token after what joins the two ends.
    fn connector(&self, at: usize, lead: W) -> Option<usize> {
        let at = self.maybe(at, |w| w == W::Punct(b',') && lead == W::Between);
        // "1 de ene. a 31 de mar."
        let dotted = matches!(self.before(at), W::Month(_))
            && self.is(at, b'.')
            && matches!(
                self.w(at + 1),
                W::To | W::Until | W::Through | W::And | W::Punct(b'-')
            );
        let at = at + usize::from(dotted);
        let next = match self.w(at) {
            W::To | W::Until | W::Through => at + 1,
            W::Up if matches!(self.w(at + 1), W::To | W::Until) => at + 1,
            W::And if lead == W::Between => at + 1,
            W::Punct(b'-' | b'~') => at + 1,
            // "June/July"
            W::Punct(b'/')
                if matches!(
                    (self.before(at), self.w(at + 1)),
                    (W::Month(_), W::Month(_))
                ) =>
            {
                at + 1
            }
            W::Punct(b'.') if self.is(at + 1, b'.') => self.skip(at + 2, |w| w == W::Punct(b'.')),
            _ => return None,
        };
        // "up to", "and until"; "a el"
        Some(self.maybe(next, |w| matches!(w, W::To | W::Until)))
    }

    /// The period from one end to the other.
    pub(super) fn between(&self, left: Item, right: Item) -> Option<Period> {
        let (first, last) = match (left.point.is_fixed(), right.point.is_fixed()) {
            (true, true) => (left.resolve(self.past())?, right.resolve(self.past())?),
            (true, false) => {
                let first = left.resolve(self.past())?;
                (first, right.resolve(Near::From(first.start))?)
            }
            (false, true) => {
                let last = right.resolve(self.past())?;
                (left.resolve(Near::UpTo(last.start))?, last)
            }
            (false, false) => {
                let mut first = left.resolve(self.past())?;
                if first.end > self.today() {
                    // The first end must be over, or there is nothing to look back on.
                    first = left.resolve(Near::UpTo(first.start.pred_opt()?))?;
                }
                (first, right.resolve(Near::From(first.start))?)
            }
        };
        self.ends(left, first, right, last)
    }

    /// As `between`, with both ends inside a week or a month.
    fn between_within(&self, left: Item, right: Item, within: Period) -> Option<Period> {
        let near = Near::From(within.start);
        let (first, last) = (left.resolve(near)?, right.resolve(near)?);
        (last.end <= within.end).then_some(())?;
        self.ends(left, first, right, last)
    }

    /// From the first end to the last, edges of periods taken as the moments they
    /// are: "from the end of 2007" starts with 2008.
    fn ends(&self, left: Item, first: Period, right: Item, last: Period) -> Option<Period> {
        let start = match left.part {
            Part::Finish => first.end,
            _ => first.start,
        };
        let moment = self.corpora() && right.part == Part::All && !last.is_day();
        if moment && start < last.start {
            return Period::new(start, last.start);
        }
        let end = match right.part {
            Part::Begin => last.start.succ_opt()?,
            _ => last.end,
        };
        Period::new(start, end)
    }
}

/// Gives a bare day of the month the month of the other end.
pub(super) fn share(left: Item, right: Item) -> (Item, Item) {
    let month_of = |item: &Item| match item.point {
        Point::Day { month, .. } => month,
        _ => None,
    };
    match (left.point, month_of(&right)) {
        (
            Point::Day {
                month: None,
                day,
                weekday,
            },
            Some(month),
        ) => {
            let point = Point::Day {
                month: Some(month),
                day,
                weekday,
            };
            (Item { point, ..left }, right)
        }
        _ => (left, right),
    }
}
