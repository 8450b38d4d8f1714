//! Days and periods in a row: 18 and 19 June; January, February and March; yesterday
//! and today.

use chrono::Datelike;

use super::calendar::Period;
use super::pairs::share;
use super::parser::{Got, Item, Parser};
use super::point::{Near, Part, Point};
use super::ranges::Reading;
use super::words::W;

impl Parser<'_> {
    /// "18 and 19 June", "January and February", "yesterday and today": two of a kind
    /// that touch. The corpora label them apart.
    pub(super) fn joined(&self, at: usize, item: Got<Item>, depth: u8) -> Got<Reading> {
        if self.corpora() || !self.joins_here(at, item) {
            return None;
        }
        if let Some(got) = self.listed_before(at, item, depth) {
            return Some(got);
        }
        let bare = self.bare_day(at);
        let (left, next) = match item {
            Some((item, next)) if self.w(next) == W::And || bare.is_none() => (item, next),
            _ => bare?,
        };
        let start = (self.w(next) == W::And).then_some(next + 1)?;
        let right_bare = self.bare_day(start);
        let (right, next) = match (self.item(start), right_bare) {
            (Some((item, next)), Some((_, held))) if next > held => (item, next),
            (None, Some(bare)) | (Some(_), Some(bare)) => bare,
            (Some(got), None) => got,
            (None, None) => return None,
        };
        let dayless = |item: &Item| matches!(item.point, Point::Day { month: None, .. });
        let sure = |item: &Item| !item.weak || !dayless(item);
        if dayless(&left) && dayless(&right) || self.foreign(next) && dayless(&right) {
            return None;
        }
        let weak = left.weak && right.weak || !sure(&left) && !sure(&right);
        let (left, right) = share(left, right);
        if left.part != Part::All || right.part != Part::All {
            return None;
        }
        if let (Point::Fixed(first), Point::Fixed(last)) = (left.point, right.point)
            && last.end == first.start
            && first.is_day()
            && last.is_day()
        {
            // "today and yesterday"
            return Some((
                Reading::closed(Period::new(last.start, first.end)?, weak),
                next,
            ));
        }
        let whole = self.between(left, right)?;
        let (first, last) = (left.point.resolve(Near::From(whole.start))?, whole.end);
        let kind = |days: i64| match days {
            1 => 1,
            28..=31 => 2,
            90..=92 => 3,
            365 | 366 => 4,
            _ => 0,
        };
        let second = Period::new(first.end, last)?;
        let same = kind(first.days()) > 0 && kind(first.days()) == kind(second.days());
        (same && first.start == whole.start).then(|| (Reading::closed(whole, weak), next))
    }

    /// A quick look for what may part a list: "and" or a comma.
    pub(super) fn joins_here(&self, at: usize, item: Got<Item>) -> bool {
        let parts = |i: usize| matches!(self.w(i), W::And | W::Punct(b','));
        item.is_some_and(|(_, next)| parts(next)) || (at + 1..at + 3).any(parts)
    }

    /// "January" of "January, February and March": what comes before two joined.
    pub(super) fn listed_before(&self, at: usize, item: Got<Item>, depth: u8) -> Got<Reading> {
        let got = match item {
            Some((_, next)) if self.is(next, b',') => item,
            _ => self.bare_day(at),
        };
        let (first, comma) = got.filter(|(_, next)| self.is(*next, b',') && depth < 4)?;
        let start = comma + 1;
        (start..start + 12).find(|i| self.w(*i) == W::And)?;
        let (rest, next) = self.joined(start, self.item(start), depth + 1)?;
        let (from, to) = rest.range.start.zip(rest.range.end)?;
        let before = from.pred_opt()?;
        let point = match first.point {
            Point::Day {
                month: None, day, ..
            } => Point::Day {
                month: Some(before.month()),
                day,
                weekday: None,
            },
            point => point,
        };
        let first = point.resolve(Near::UpTo(before))?;
        // A day goes with days, a month with months.
        let days = (to - from).num_days() <= 7;
        let alike = if days {
            first.is_day()
        } else {
            first.days() > 27
        };
        let touches = alike && first.end == from;
        touches.then(|| {
            let period = Period::new(first.start, to)?;
            Some((Reading::closed(period, rest.weak), next))
        })?
    }

    /// "18" of "18 and 19 June": the month comes from the day after it.
    pub(super) fn listed(&self, at: usize) -> Got<Reading> {
        let (day, next) = self.day_number(at)?;
        let joined = self.maybe(next, |w| matches!(w, W::And | W::Or | W::Punct(b',')));
        (joined > next).then_some(())?;
        let start = self.maybe(joined, |w| w == W::The);
        let (item, _) = self.month_or_day(start, 1)?;
        let (Point::Day { .. } | Point::Fixed(_), W::Num | W::Ord(_) | W::Card(_)) =
            (item.point, self.w(start))
        else {
            return None;
        };
        let other = item.resolve(self.past())?;
        other.is_day().then_some(())?;
        let first = other.start.with_day(day)?;
        (first < other.start).then_some(())?;
        Some((Reading::closed(Period::day(first)?, false), next))
    }
}
