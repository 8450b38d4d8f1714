//! Dates in digits only: 2025-03-03, 3/3/25, 20161016, 2015/3, 3-2015, 20/11.
//!
//! The order of day and month follows the language: Spanish puts the day first,
//! English the month, as both corpora do; where the language is not given the day
//! comes first. An order that makes no date gives way to the other.

use chrono::NaiveDate;

use super::Language;
use super::calendar::{Period, date, months};
use super::numbers::century;
use super::parser::{Got, Item, Parser};
use super::point::Point;
use super::words::W;

impl Parser<'_> {
    /// Any date in digits that needs no other word.
    pub(super) fn numeric(&self, at: usize) -> Got<Item> {
        (self.w(at) == W::Num).then_some(())?;
        self.three_numbers(at)
            .or_else(|| self.eight_digits(at))
            .or_else(|| self.year_and_month(at))
            .or_else(|| self.two_numbers(at, false))
    }

    fn is_number(&self, at: usize, least: u8, most: u8) -> bool {
        self.w(at) == W::Num && (least..=most).contains(&self.digits(at))
    }

    fn three_numbers(&self, at: usize) -> Got<Item> {
        let (second, third, spaced) = match self.w(at + 1) {
            W::Punct(mark @ (b'-' | b'/' | b'.')) if self.is(at + 3, mark) => {
                (at + 2, at + 4, false)
            }
            W::Num => (at + 1, at + 2, true),
            _ => return None,
        };
        if !self.is_number(second, 1, 2) {
            return None;
        }
        let (a, b, c) = (self.value(at), self.value(second), self.value(third));
        let day = if self.digits(at) == 4 && self.is_number(third, 1, 2) {
            self.ymd(a, b, c).or_else(|| self.ymd(a, c, b))
        } else if self.digits(at) <= 2 && self.is_number(third, 4, 4) && !spaced {
            self.by_order(a, b, c)
        } else if self.digits(at) <= 2 && self.is_number(third, 2, 2) && !spaced {
            self.by_order(a, b, century(c))
        } else {
            None
        }?;
        Some((Item::fixed(Period::day(day)?), third + 1))
    }

    fn ymd(&self, year: u32, month: u32, day: u32) -> Option<NaiveDate> {
        (1800..2200).contains(&year).then_some(())?;
        date(i32::try_from(year).ok()?, month, day)
    }

    /// Whether the month is written first.
    fn month_first_order(&self) -> bool {
        self.context.language == Some(Language::English)
    }

    fn by_order(&self, a: u32, b: u32, year: u32) -> Option<NaiveDate> {
        let (month, day) = if self.month_first_order() {
            (a, b)
        } else {
            (b, a)
        };
        self.ymd(year, month, day)
            .or_else(|| self.ymd(year, day, month))
    }

    fn eight_digits(&self, at: usize) -> Got<Item> {
        (self.digits(at) == 8).then_some(())?;
        let value = self.value(at);
        (1950..2100).contains(&(value / 10_000)).then_some(())?;
        let day = self.ymd(value / 10_000, value / 100 % 100, value % 100)?;
        Some((Item::fixed(Period::day(day)?).weak(), at + 1))
    }

    /// "2015/3", "3-2015", "11 . 2016".
    fn year_and_month(&self, at: usize) -> Got<Item> {
        let W::Punct(b'-' | b'/' | b'.' | b'~') = self.w(at + 1) else {
            return None;
        };
        let (year, month) = if self.is_number(at, 4, 4) && self.is_number(at + 2, 1, 2) {
            (at, at + 2)
        } else if self.is_number(at, 1, 2) && self.is_number(at + 2, 4, 4) {
            (at + 2, at)
        } else {
            return None;
        };
        (1900..2100).contains(&self.value(year)).then_some(())?;
        let (from, to) = (self.value(year), self.value(month));
        if year < month && to > 12 && from % 100 < to && to <= from % 100 + 20 {
            // "2016-17"
            let years = i32::try_from(to - from % 100).ok()?;
            let more = i32::from(!self.corpora());
            let period = months(i32::try_from(from).ok()?, 1, 12 * (years + more))?;
            return Some((Item::fixed(period).weak(), at + 3));
        }
        let period = months(i32::try_from(self.value(year)).ok()?, self.value(month), 1)
            .filter(|_| self.value(month) <= 12)?;
        Some((Item::fixed(period), at + 3))
    }

    /// "20/11", "12-5": weak, for "1/2" may be a half and "10-12" an amount. A point
    /// parts them only after a weekday ("friday 7.6").
    pub(super) fn two_numbers(&self, at: usize, after_weekday: bool) -> Got<Item> {
        let W::Punct(mark @ (b'/' | b'-' | b'.')) = self.w(at + 1) else {
            return None;
        };
        let fits = self.is_number(at, 1, 2)
            && self.is_number(at + 2, 1, 2)
            && self.glued(at + 1)
            && self.glued(at + 2)
            && (mark != b'.' || after_weekday)
            && !(self.glued(at + 3)
                && self.is(at + 3, mark)
                && self.is_number(at + 4, 1, 2)
                && mark != b'-');
        fits.then_some(())?;
        let (a, b) = (self.value(at), self.value(at + 2));
        // One part of a pair that cannot be read one way settles the other part.
        let month_first = if a > 12 || b > 12 {
            b > 12
        } else {
            self.month_first_order() || self.sibling_says_month_first(at)
        };
        let (month, day) = if month_first { (a, b) } else { (b, a) };
        date(2000, month, day)?;
        let item = Item::new(Point::Day {
            month: Some(month),
            day,
            weekday: None,
        });
        let introduced = matches!(
            self.before(at),
            W::In
                | W::Since
                | W::Until
                | W::From
                | W::The
                | W::After
                | W::Before
                | W::Between
                | W::For
        ) && mark == b'/';
        Some((if introduced { item } else { item.weak() }, at + 3))
    }

    /// "from 01/10 to 01/25": the second date can only be month first.
    fn sibling_says_month_first(&self, at: usize) -> bool {
        let mark = self.w(at + 1);
        [at.checked_sub(4), Some(at + 4)]
            .into_iter()
            .flatten()
            .any(|other| {
                self.is_number(other, 1, 2)
                    && self.w(other + 1) == mark
                    && self.is_number(other + 2, 1, 2)
                    && self.value(other) <= 12
                    && self.value(other + 2) > 12
            })
    }
}
