//! Ranges with one end (since X, until X, X or later), and the choice between these,
//! ranges with two ends (`pairs`) and a date alone.
//!
//! "After" a period begins when that is over; the corpora, though, count a day in.

use super::calendar::Period;
use super::parser::{Got, Item, Parser};
use super::point::Point;
use super::words::{Unit, W};
use super::{CivilRange, Language, RangeName};

/// A range with what the grammar thinks of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) range: CivilRange,
    pub(super) name: Option<RangeName>,
    pub(super) weak: bool,
}

impl Reading {
    pub(super) fn closed(period: Period, weak: bool) -> Self {
        Self {
            range: CivilRange {
                start: Some(period.start),
                end: Some(period.end),
            },
            name: None,
            weak,
        }
    }
}

/// Which side of a date is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Since,
    After,
    Before,
    Until,
}

impl Parser<'_> {
    /// The longest reading that starts at a token.
    pub(super) fn reading(&self, at: usize) -> Got<Reading> {
        let item = self.item(at);
        let mut best = item.and_then(|(item, next)| {
            let period = item.resolve(self.past())?;
            let reading = Reading {
                name: item.name,
                ..Reading::closed(period, item.weak && !self.introduced(at))
            };
            Some((reading, next))
        });
        let others = [
            self.weeks(at),
            self.pair_in(at, item, None),
            item.and_then(|got| self.scoped_pair(got)),
            self.open(at),
            item.and_then(|got| self.open_after_item(at, got)),
            self.listed(at),
            self.joined(at, item, 0),
            self.older(at),
        ];
        for (reading, next) in others.into_iter().flatten() {
            if best.is_none_or(|(_, held)| next > held) {
                best = Some((reading, next));
            }
        }
        best
    }

    /// Whether the word before says that a date follows.
    pub(super) fn introduced(&self, at: usize) -> bool {
        if self.w(at) == W::Now {
            return false;
        }
        matches!(
            self.before(at),
            W::In | W::For | W::From | W::Of | W::Within | W::Since
        ) || self.before(at) == W::The
            && matches!(
                at.checked_sub(2).map(|i| self.w(i)),
                Some(W::In | W::For | W::Of | W::From)
            )
    }

    /// since X, after X, until X, before X; "after X and before Y".
    fn open(&self, at: usize) -> Got<Reading> {
        let (side, next) = self.side(at)?;
        let first = self.w(next);
        let (bound, next) = self.bounded(next)?;
        if self.w(at) == W::From {
            self.opens_from(at, first, bound)?;
        }
        let mut range = match self.distance_ago(at, first, next) {
            Some(older) => self.range_by_age(older, bound)?,
            None => self.range_of(side, bound)?,
        };
        let more = self.maybe(next, |w| w == W::Punct(b','));
        let more = self.maybe(more, |w| w == W::And || self.spells(more, "but"));
        let mut end = next;
        if more > next
            && let Some((other, after)) = self.side(more)
            && let Some((item, after)) = self.bounded(after)
            && let Some(second) = self.range_of(other, item)
            && range.start.is_some() != second.start.is_some()
        {
            let start = range.start.or(second.start)?;
            let last = range.end.or(second.end)?;
            if start < last {
                range = CivilRange {
                    start: Some(start),
                    end: Some(last),
                };
                end = after;
            }
        }
        let reading = Reading {
            range,
            name: None,
            // "by" and "after" lead to many things; a bare number or weekday after
            // "until" seldom bounds a report.
            weak: bound.weak && side == Side::Until,
        };
        Some((reading, end))
    }

    /// "from Monday" opens a range; "from March" is March alone, and "orders from
    /// yesterday" are yesterday's.
    fn opens_from(&self, at: usize, first: W, bound: Item) -> Option<()> {
        let day = bound.resolve(self.past())?.is_day();
        let deictic = matches!(first, W::Today | W::Yesterday | W::Now);
        let counted = matches!(self.before(at), W::Unit(_) | W::Units(_));
        (day && !deictic && !counted).then_some(())
    }

    /// "hace más de un mes", "hace menos de tres días".
    fn older(&self, at: usize) -> Got<Reading> {
        let older = match (self.w(at), self.w(at + 1)) {
            (W::AgoBefore, W::Greater) => true,
            (W::AgoBefore, W::Less) => false,
            _ => return None,
        };
        let next = self.maybe(at + 2, |w| matches!(w, W::Of | W::Que));
        let (day, next) = self.so_long_ago(next)?;
        let range = self.range_by_age(older, Item::fixed(Period::day(day)?))?;
        let reading = Reading {
            range,
            name: None,
            weak: false,
        };
        Some((reading, next))
    }

    /// For "more (or less) than 3 days ago": whether the older days are meant.
    fn distance_ago(&self, at: usize, first: W, next: usize) -> Option<bool> {
        let ago = first == W::AgoBefore || self.before(next) == W::Ago;
        match self.w(at) {
            W::Greater if ago => Some(true),
            W::Less if ago => Some(false),
            _ => None,
        }
    }

    fn range_by_age(&self, older: bool, bound: Item) -> Option<CivilRange> {
        let day = bound.resolve(self.past())?;
        Some(if older {
            CivilRange {
                start: None,
                end: Some(day.start),
            }
        } else {
            CivilRange {
                start: Some(day.start),
                end: Some(self.today()),
            }
        })
    }

    /// The date after "since" and its like, which "the" and "in" may precede.
    fn bounded(&self, at: usize) -> Got<Item> {
        let starts = [
            at,
            self.maybe(at, |w| matches!(w, W::In | W::Of | W::The | W::From)),
            self.joint(at, false),
        ];
        // "desde el 1/1" reads further without its article.
        let got = starts
            .into_iter()
            .filter_map(|start| self.item(start))
            .reduce(|held, got| if got.1 > held.1 { got } else { held });
        got.or_else(|| {
            let number = self.joint(at, false);
            let (day, next) = self.ordinal(number)?;
            ((1..=31).contains(&day) && !self.foreign(next) && self.digits(number) > 0).then(|| {
                let point = Point::Day {
                    month: None,
                    day,
                    weekday: None,
                };
                (Item::new(point), next)
            })
        })
    }

    /// The words that open a range at one side, and the token after them.
    fn side(&self, at: usize) -> Got<Side> {
        let than = |at| matches!(self.w(at), W::Than | W::Que | W::To | W::Of);
        // "no earlier than", "not before"
        if self.w(at) == W::No {
            let (side, next) = self.side(at + 1)?;
            return Some(match side {
                Side::After => (Side::Until, next),
                Side::Before => (Side::Since, next),
                _ => return None,
            });
        }
        match self.w(at) {
            W::Since | W::From => Some((Side::Since, at + 1)),
            W::Starting => Some((
                Side::Since,
                self.maybe(at + 1, |w| matches!(w, W::From | W::In)),
            )),
            W::Begin if matches!(self.w(at + 1), W::In | W::Month(_)) => {
                Some((Side::Since, self.maybe(at + 1, |w| w == W::In)))
            }
            // "a partir de"
            W::To if self.w(at + 1) == W::Partir => {
                Some((Side::Since, self.maybe(at + 2, |w| w == W::Of)))
            }
            W::In if self.w(at + 1) == W::Or && self.w(at + 2) == W::After => {
                Some((Side::Since, at + 3))
            }
            W::In if self.w(at + 1) == W::Or && self.w(at + 2) == W::Before => {
                Some((Side::Until, at + 3))
            }
            W::After => {
                let or_on = self.w(at + 1) == W::Or && self.w(at + 2) == W::In;
                let next = if or_on { at + 3 } else { at + 1 };
                let side = if or_on { Side::Since } else { Side::After };
                Some((side, self.maybe(next, |w| w == W::Of)))
            }
            W::Greater if self.w(at + 1) == W::Later && than(at + 2) => Some((Side::After, at + 3)),
            W::Later | W::Greater if than(at + 1) => self.or_at(Side::After, Side::Since, at + 2),
            W::Later if self.w(at + 1) == W::Or => self.or_at(Side::After, Side::Since, at + 1),
            W::Before => Some((Side::Before, self.maybe(at + 1, |w| w == W::Of))),
            W::Last if self.w(at + 1) == W::To => Some((Side::Before, at + 2)),
            W::Earlier | W::Less if than(at + 1) => self.or_at(Side::Before, Side::Until, at + 2),
            W::Up if matches!(self.w(at + 1), W::To | W::Until) => Some((
                Side::Until,
                self.skip(at + 1, |w| matches!(w, W::To | W::Until)),
            )),
            W::Until | W::Through => Some((Side::Until, self.maybe(at + 1, |w| w == W::Through))),
            _ => None,
        }
    }

    /// "later than [or at]": the words between make the bound part of the range.
    fn or_at(&self, plain: Side, included: Side, at: usize) -> Got<Side> {
        if self.w(at) == W::Or {
            let next = self.skip(at + 1, |w| matches!(w, W::In | W::To));
            let next = if self.spells(next, "equal") {
                self.maybe(next + 1, |w| w == W::To)
            } else {
                next
            };
            return Some((included, next));
        }
        Some((plain, at))
    }

    fn range_of(&self, side: Side, item: Item) -> Option<CivilRange> {
        let period = item.resolve(self.past())?;
        let (start, end) = match side {
            Side::Since => (Some(period.start), None),
            Side::After if period.is_day() && self.corpora() => (Some(period.start), None),
            Side::After => (Some(period.end), None),
            Side::Before => (None, Some(period.start)),
            Side::Until => (None, Some(period.end)),
        };
        Some(CivilRange { start, end })
    }

    /// 2012 or later, "1/1/2016 y después", March onwards.
    fn open_after_item(&self, item_at: usize, (item, next): (Item, usize)) -> Got<Reading> {
        let period = item.resolve(self.past())?;
        let comma = self.maybe(next, |w| w == W::Punct(b','));
        let joined = self.maybe(comma, |w| matches!(w, W::Or | W::And));
        let (since, next) = match self.w(joined) {
            W::Later | W::After | W::Greater if joined > comma => {
                let more = self.maybe(joined + 1, |w| w == W::Later);
                (true, more)
            }
            W::Onwards => (true, joined + 1),
            W::In if self.w(joined + 1) == W::Adelante => (true, joined + 2),
            // "from January on"
            W::In if self.before_item_from(item_at) && self.stops(joined + 1) => (true, joined + 1),
            W::Before | W::Earlier if joined > comma => (false, joined + 1),
            _ => return None,
        };
        // "and after that", "y después de que": another clause.
        let clause = matches!(self.w(next), W::Of | W::The | W::Que) || self.item(next).is_some();
        (!clause).then_some(())?;
        let range = if since {
            CivilRange {
                start: Some(period.start),
                end: None,
            }
        } else {
            CivilRange {
                start: None,
                end: Some(period.end),
            }
        };
        let reading = Reading {
            range,
            name: None,
            weak: false,
        };
        Some((reading, next))
    }

    /// Whether "from" stands before an English date.
    fn before_item_from(&self, at: usize) -> bool {
        self.language == Language::English
            && matches!(self.before(at), W::From | W::Since | W::Starting)
    }

    fn stops(&self, at: usize) -> bool {
        matches!(self.w(at), W::End | W::Punct(_))
    }

    /// Whether a reading may start here at all.
    pub(super) fn may_start(&self, at: usize) -> bool {
        !matches!(
            self.w(at),
            W::End | W::Other | W::Blocked | W::And | W::Or | W::Meridiem | W::Each | W::Onwards
        ) && !matches!(self.w(at), W::Punct(mark) if mark != b'\'')
            && !matches!(
                (self.w(at), self.w(at + 1)),
                (W::Unit(Unit::Clock) | W::Units(Unit::Clock), _)
            )
    }
}
