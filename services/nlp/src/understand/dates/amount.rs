//! Amounts of time and the days that lie so far from another: 3 days ago, "hace tres
//! semanas", two weeks before Easter, within 5 days.

use chrono::NaiveDate;

use super::Language;
use super::calendar::{self, Period, plus_days, shift};
use super::parser::{Got, Item, Parser};
use super::point::{Near, Point};
use super::relative::FEW;
use super::words::{Unit, W};

/// How many pieces "2 months, 2 weeks and 2 days" may have.
const PIECES: usize = 3;

/// An amount of time in calendar units.
#[derive(Clone, Copy)]
pub(super) struct Amount {
    pieces: [(i32, Unit); PIECES],
    length: usize,
}

impl Amount {
    /// The day so far from `base`: before it when `sign` is -1, after it when 1.
    fn from(&self, base: NaiveDate, sign: i32) -> Option<NaiveDate> {
        self.pieces
            .iter()
            .take(self.length)
            .try_fold(base, |day, (count, unit)| shift(day, *unit, sign * count))
    }
}

/// Half a unit, in whole smaller ones; half a day counts for nothing.
fn half_of(unit: Unit) -> (i32, Unit) {
    match unit {
        Unit::Week => (3, Unit::Day),
        Unit::Month => (15, Unit::Day),
        Unit::Year => (6, Unit::Month),
        Unit::Decade => (5, Unit::Year),
        _ => (0, Unit::Day),
    }
}

impl Parser<'_> {
    /// "3 days", "a week", "two and half days", "2 weeks and 2 days".
    fn amount(&self, at: usize) -> Got<Amount> {
        let mut amount = Amount {
            pieces: [(0, Unit::Day); PIECES],
            length: 0,
        };
        let mut next = at;
        let mut held = (0, Unit::Day);
        for place in &mut amount.pieces {
            let last = (amount.length > 0).then_some(held);
            if let Some((_, unit)) = last
                && let Some(after) = self.half_after(next)
            {
                // "a month and a half"
                (*place, next) = (half_of(unit), after);
                amount.length += 1;
                break;
            }
            let start = match (amount.length, self.w(next)) {
                (0, _) => next,
                (_, W::And) => next + 1,
                (_, W::Num | W::Card(_)) => next,
                _ => break,
            };
            let Some((piece, after)) = self.piece(start) else {
                break;
            };
            (*place, next) = (piece, after);
            held = piece;
            amount.length += 1;
        }
        (amount.length > 0).then_some((amount, next))
    }

    /// Past "and a half", "y medio".
    fn half_after(&self, at: usize) -> Option<usize> {
        let half = self.maybe(at + 1, |w| w == W::Card(1));
        (self.w(at) == W::And && self.w(half) == W::HalfWord).then_some(half + 1)
    }

    /// One count and one unit.
    fn piece(&self, at: usize) -> Got<(i32, Unit)> {
        // "half a year", "medio año"
        if self.w(at) == W::HalfWord {
            let unit = self.maybe(at + 1, |w| w == W::Card(1));
            let half = matches!(self.w(unit), W::Unit(Unit::Year)).then_some((6, Unit::Month));
            return half.map(|half| (half, unit + 1));
        }
        // "año y medio"
        if self.w(at) == W::Unit(Unit::Year) && self.half_after(at + 1).is_some() {
            return Some(((1, Unit::Year), at + 1));
        }
        let (count, mut next) = match (self.w(at), self.w(at + 1)) {
            (W::Few, _) => (FEW, at + 1),
            (W::Card(1), W::Few) => (FEW, at + 2),
            (W::Couple, _) => (2, self.maybe(at + 1, |w| w == W::Of)),
            (W::Card(1), W::Couple) => (2, self.maybe(at + 2, |w| w == W::Of)),
            _ => self.number(at)?,
        };
        if self.w(next) == W::And {
            // "two and a half days": whole days are what counts here.
            let half = self.maybe(next + 1, |w| w == W::Card(1));
            if self.w(half) == W::HalfWord {
                next = half + 1;
            }
        }
        next = self.maybe(next, |w| w == W::Working);
        match self.w(next) {
            W::Unit(unit) | W::Units(unit) => {
                let next = self.maybe(next + 1, |w| w == W::Working);
                Some(((i32::try_from(count).ok()?, unit), next))
            }
            _ => None,
        }
    }

    /// "… and 2 days" after "the last 3 months", unless it starts another date
    /// ("and 2 days ago").
    pub(super) fn and_more(&self, day: NaiveDate, at: usize) -> Got<NaiveDate> {
        (self.w(at) == W::And).then_some(())?;
        let (amount, next) = self.amount(at + 1)?;
        let another = matches!(
            self.w(next),
            W::Ago | W::Before | W::After | W::Later | W::Earlier
        );
        (!another).then_some((amount.from(day, -1)?, next))
    }

    /// The day an amount of time before today.
    pub(super) fn so_long_ago(&self, at: usize) -> Got<NaiveDate> {
        let (amount, next) = self.amount(at)?;
        Some((amount.from(self.today(), -1)?, next))
    }

    /// A day told by its distance, or a stretch of a given length.
    pub(super) fn ago(&self, at: usize, depth: u8) -> Got<Item> {
        match self.w(at) {
            W::HalfWord => self.distant_day(at, depth),
            W::AgoBefore => {
                if let Some(got) = self.weekdays_back(at + 1) {
                    return Some(got);
                }
                // "hace casi un mes"
                let about = ["casi", "como", "aproximadamente", "exactamente"]
                    .into_iter()
                    .any(|word| self.spells(at + 1, word));
                let (day, next) = self.so_long_ago(at + 1 + usize::from(about))?;
                Some((Item::fixed(Period::day(day)?), next))
            }
            W::Within | W::Less | W::For => self.stretch(at, depth),
            W::In => {
                // "in 3 days" is that day.
                (self.language == Language::English).then_some(())?;
                if let Some(got) = self.distant_day(at + 1, depth) {
                    return Some(got);
                }
                let (amount, next) = self.amount(at + 1)?;
                let day = amount.from(self.today(), 1)?;
                (self.w(next) != W::Ago).then_some((Item::fixed(Period::day(day)?).weak(), next))
            }
            // "the day after thanksgiving"
            W::The | W::Unit(Unit::Day) => {
                let unit = self.maybe(at, |w| w == W::The);
                let sign = match self.w(unit + 1) {
                    W::Before => -1,
                    W::After => 1,
                    _ => return None,
                };
                (self.w(unit) == W::Unit(Unit::Day)).then_some(())?;
                let (base, next) = self.anchor(unit + 2, depth)?;
                Some((Item::fixed(Period::day(plus_days(base, sign)?)?), next))
            }
            W::Num | W::Card(_) | W::Few | W::Couple => self
                .weekdays_ago(at)
                .or_else(|| self.distant_day(at, depth)),
            _ => None,
        }
    }

    /// "3 days ago", "a week from today", "2 days before yesterday".
    fn distant_day(&self, at: usize, depth: u8) -> Got<Item> {
        let (amount, next) = self.amount(at)?;
        let from_today = |sign| amount.from(self.today(), sign);
        if let (Some(count), W::Ago | W::Earlier) = (self.working_days(at), self.w(next)) {
            let day = calendar::working_days_before(self.today(), count)?;
            return Some((Item::fixed(Period::day(day)?), next + 1));
        }
        let (day, next) = match self.w(next) {
            W::Ago => (from_today(-1)?, next + 1),
            // "2 weeks prior [to today]"
            W::Last if self.spells(next, "prior") => {
                let to = self.maybe(next + 1, |w| w == W::To);
                match (to > next + 1).then(|| self.anchor(to, depth)).flatten() {
                    Some((base, next)) => (amount.from(base, -1)?, next),
                    None => (from_today(-1)?, next + 1),
                }
            }
            W::Before => match self.anchor(next + 1, depth) {
                Some((base, next)) => (amount.from(base, -1)?, next),
                None => return None,
            },
            W::After | W::From | W::Since => match self.anchor(next + 1, depth) {
                Some((base, next)) => (amount.from(base, 1)?, next),
                None if self.w(next) == W::After => (from_today(1)?, next + 1),
                None => return None,
            },
            W::Earlier => (from_today(-1)?, next + 1),
            W::Later => (from_today(1)?, next + 1),
            _ => return None,
        };
        Some((Item::fixed(Period::day(day)?), next))
    }

    /// The count of "3 working days".
    fn working_days(&self, at: usize) -> Option<u32> {
        let (count, next) = self.number(at)?;
        let days = |w| matches!(w, W::Unit(Unit::Day) | W::Units(Unit::Day));
        let either = self.w(next) == W::Working && days(self.w(next + 1))
            || days(self.w(next)) && self.w(next + 1) == W::Working;
        either.then_some(count)
    }

    /// The day that a distance is counted from.
    pub(super) fn anchor(&self, at: usize, depth: u8) -> Got<NaiveDate> {
        let at = self.maybe(at, |w| w == W::Of);
        if self.w(at) == W::Now {
            return Some((self.today(), at + 1));
        }
        let (item, next) = self
            .item_within(at, depth + 1)
            .or_else(|| self.item_within(self.maybe(at, |w| w == W::The), depth + 1))?;
        Some((item.resolve(self.past())?.start, next))
    }

    /// "two Mondays ago".
    fn weekdays_ago(&self, at: usize) -> Got<Item> {
        let (item, next) = self.weekdays_back(at)?;
        (self.w(next) == W::Ago).then_some((item, next + 1))
    }

    /// "two Mondays", counted back from today.
    fn weekdays_back(&self, at: usize) -> Got<Item> {
        let (count, next) = self.number(at)?;
        let W::Weekday(index) = self.w(next) else {
            return None;
        };
        let last = Point::Weekday(calendar::weekday(index))
            .resolve(Near::UpTo(self.today().pred_opt()?))?;
        let day = plus_days(last.start, 7 - 7 * i64::from(count))?;
        Some((Item::fixed(Period::day(day)?), next + 1))
    }

    /// "within [the next] 5 days [of X]", "less than 2 weeks from today", "for 3
    /// days, from today": as long as said, from today or from X on.
    fn stretch(&self, at: usize, depth: u8) -> Got<Item> {
        let mut next = at + 1;
        while next < at + 5 && matches!(self.w(next), W::Of | W::The | W::Than | W::Next | W::Que) {
            next += 1;
        }
        let (amount, next) = self.amount(next)?;
        let joint = self.maybe(next, |w| w == W::Punct(b','));
        let anchor = match self.w(joint) {
            W::From | W::Of | W::After | W::Since | W::Starting => {
                self.anchor(self.maybe(joint + 1, |w| w == W::From), depth)
            }
            W::Ago | W::Before | W::Later => return None,
            _ => None,
        };
        let (base, next) = match anchor {
            Some(got) => got,
            None if self.w(at) == W::Within => (self.today(), next),
            None => return None,
        };
        Some((Item::fixed(Period::new(base, amount.from(base, 1)?)?), next))
    }
}
