//! Weekdays and bare days of the month: Friday, Friday the 13th, last Monday, Tuesday
//! of this week, the 18th.

use chrono::Weekday;

use super::Language;
use super::calendar::{self, Period, week};
use super::parser::{Got, Item, Parser};
use super::point::{Near, Point};
use super::words::{Unit, W};

impl Parser<'_> {
    /// Friday, "Friday the 13th", "Tue May 9", "last Monday", "tuesday of this week".
    pub(super) fn weekday(&self, at: usize, depth: u8) -> Got<Item> {
        let mut next = self.maybe(at, |w| w == W::The);
        let (mut offset, mut both) = (None, false);
        while next < at + 4 {
            let step = match self.w(next) {
                W::This => 0,
                W::Last => -1,
                W::Past => {
                    both = true;
                    -1
                }
                W::Next => 1,
                W::BeforeLast => -2,
                _ => break,
            };
            both |= offset.is_some();
            offset = Some(offset.unwrap_or(0) + step);
            next += 1;
        }
        let W::Weekday(index) = self.w(next) else {
            return None;
        };
        let weekday = calendar::weekday(index);
        let name_at = next;
        next += 1;
        if let Some((item, next)) = self.weekday_with_date(next, weekday, depth) {
            return Some((item, next));
        }
        if offset.is_none() && self.language == Language::Spanish {
            offset = match self.w(next) {
                W::Last => Some(-1),
                W::BeforeLast => Some(-2),
                W::Next => Some(1),
                _ => None,
            };
            next += usize::from(offset.is_some());
        }
        if offset.is_none() && self.before(at) == W::Each {
            // "every Monday" is no date.
            return None;
        }
        if offset.is_none() && (self.w(next), self.w(next + 1)) == (W::Before, W::Last) {
            // "the Monday before last"
            offset = Some(-2);
            next += 2;
        }
        if offset.is_none()
            && let Some((period, next)) = self.week_after(next)
        {
            let day = calendar::nth_weekday(period, weekday, 1)?;
            return Some((Item::fixed(Period::day(day)?), next));
        }
        let item = match offset {
            // "this past Wednesday" is the last one gone by.
            Some(-1) if both => {
                Point::Weekday(weekday).resolve(Near::UpTo(self.today().pred_opt()?))?
            }
            // "this coming Friday"
            Some(1) if both => {
                Point::Weekday(weekday).resolve(Near::From(self.today().succ_opt()?))?
            }
            // "last Monday" is the Monday of last week, as in "last week".
            Some(offset) => {
                let day = calendar::plus_days(self.today(), i64::from(offset) * 7)?;
                let week = week(day, self.context.week_start)?;
                Period::day(calendar::nth_weekday(week, weekday, 1)?)?
            }
            None => {
                let item = Item::new(Point::Weekday(weekday));
                let next =
                    if self.width(name_at) < 5 && self.is(next, b'.') && self.w(next + 1) != W::End
                    {
                        next + 1
                    } else {
                        next
                    };
                return Some((item.weak(), next));
            }
        };
        Some((Item::fixed(item), next))
    }

    /// "of last week", "this week", "- previous week" after a weekday.
    fn week_after(&self, at: usize) -> Got<Period> {
        let joint = self.maybe(at, |w| matches!(w, W::Punct(b'-' | b',')));
        let joint = self.maybe(joint, |w| matches!(w, W::Of | W::In));
        self.relative_unit(joint, Unit::Week)
            .or_else(|| self.relative_unit(self.maybe(joint, |w| w == W::The), Unit::Week))
    }

    /// The date that follows a weekday: it decides, the weekday only helps.
    fn weekday_with_date(&self, at: usize, weekday: Weekday, depth: u8) -> Got<Item> {
        let marked = self.maybe(at, |w| matches!(w, W::Punct(b',' | b'.' | b'-')));
        let start = self.maybe(marked, |w| w == W::The);
        let dated = match self.w(start) {
            W::Month(month) => {
                let dotted = self.maybe(start + 1, |w| w == W::Punct(b'.'));
                self.month_then_day(start, dotted, month.into())
            }
            W::Num | W::Ord(_) | W::Card(_) if depth < 2 => self
                .day_first(start)
                .or_else(|| self.numeric(start))
                .or_else(|| self.two_numbers(start, true)),
            _ => None,
        };
        if let Some((item, next)) = dated {
            return Some((
                Item {
                    weak: false,
                    ..item
                },
                next,
            ));
        }
        // "Wed 13th", "martes once"; not "Monday 20 boxes", not "friday, 3 pallets".
        let (day, next) = self.day_number(start)?;
        let plain = matches!(self.w(start), W::Num | W::Card(_));
        let stops = matches!(
            self.w(next),
            W::End | W::Punct(_) | W::To | W::Until | W::Through | W::And | W::Or | W::In | W::For
        );
        if plain && (!stops || start > at && !matches!(self.w(start - 1), W::The))
            || self.is_amount(start, next)
        {
            return None;
        }
        let point = Point::Day {
            month: None,
            day,
            weekday: Some(weekday),
        };
        Some((Item::new(point), next))
    }

    /// "the 18th", "on 29th", "el día 21": a day of the month alone.
    pub(super) fn day_of_month(&self, at: usize) -> Got<Item> {
        let article = self.maybe(at, |w| w == W::The);
        let word = self.maybe(article, |w| {
            w == W::Unit(Unit::Day) || w == W::Units(Unit::Day)
        });
        let spanish = self.language == Language::Spanish;
        if word > article && !spanish {
            return None;
        }
        let written = matches!(self.w(word), W::Ord(_)) && self.digits(word) > 0;
        let (day, next) = self.day_number(word)?;
        let introduced = matches!(
            self.before(at),
            W::In | W::Since | W::Until | W::From | W::After | W::Before | W::Through
        );
        let enough = written
            || word > article
            || spanish && article > at && self.w(word) == W::Num && introduced;
        if !enough
            || self.foreign(next)
            || self.is_amount(word, next)
            || self.listed(word).is_some()
        {
            return None;
        }
        let point = Point::Day {
            month: None,
            day,
            weekday: None,
        };
        let item = Item::new(point);
        let strong = introduced && written || word > article;
        Some((if strong { item } else { item.weak() }, next))
    }
}
