//! Periods told by another: the same month last year, the week before Christmas,
//! Christmas week, the trailing twelve months.

use chrono::Datelike;

use super::calendar::{self, Period, plus_months, shift};
use super::parser::{Got, Item, Parser};
use super::words::{Unit, W};
use super::{Language, RangeName};

impl Parser<'_> {
    /// "same period last year", "this time last year", "last year same month", "el
    /// mismo mes del año pasado".
    ///
    /// The same period, when no other is named, is last year up to this day.
    pub(super) fn year_before(&self, at: usize) -> Got<Item> {
        let start = self.maybe(at, |w| w == W::The);
        if let Some((year, next)) = self.relative_unit(start, Unit::Year) {
            // "last year same month"
            (year == self.unit(Unit::Year, -1)?).then_some(())?;
            let same = self.joint(next, true);
            let (unit, next) = self.same(same)?;
            return Some((Item::fixed(self.a_year_back(unit)?), next));
        }
        let (unit, next) = self.same(start)?;
        let year = self.joint(next, false);
        let (period, next) = self.relative_unit(year, Unit::Year)?;
        (period == self.unit(Unit::Year, -1)?).then_some(())?;
        Some((Item::fixed(self.a_year_back(unit)?), next))
    }

    /// "same month", "this time": the unit, `None` for a period without a name.
    fn same(&self, at: usize) -> Got<Option<Unit>> {
        (self.w(at) == W::This).then_some(())?;
        let words = ["period", "periodo", "stretch", "timeframe"];
        let time = ["time", "fecha", "date", "momento"];
        match self.w(at + 1) {
            W::Unit(unit) if unit != Unit::Clock && unit != Unit::Year => {
                Some((Some(unit), at + 2))
            }
            _ if time.into_iter().any(|word| self.spells(at + 1, word)) => {
                Some((Some(Unit::Day), at + 2))
            }
            _ if words.into_iter().any(|word| self.spells(at + 1, word)) => Some((None, at + 2)),
            _ => None,
        }
    }

    fn a_year_back(&self, unit: Option<Unit>) -> Option<Period> {
        let then = plus_months(self.today(), -12)?;
        match unit {
            Some(unit) => calendar::unit_at(then, unit, 0, self.context.week_start),
            None => {
                let whole = self.unit(Unit::Year, -1)?;
                Period::new(whole.start, then.succ_opt()?)
            }
        }
    }

    /// "the week before Christmas", "the month after Easter", and alone "the month
    /// before", which is last month.
    pub(super) fn beside(&self, at: usize, depth: u8) -> Got<Item> {
        let start = self.maybe(at, |w| w == W::The);
        let (
            W::Unit(unit @ (Unit::Week | Unit::Weekend | Unit::Month | Unit::Quarter | Unit::Year)),
            step,
        ) = (self.w(start), self.step(start + 1)?)
        else {
            return None;
        };
        let next = start + 2;
        if step < 0 && start > at && matches!(self.w(next), W::End | W::Punct(_)) {
            let name = match unit {
                Unit::Week => Some(RangeName::LastWeek),
                Unit::Month => Some(RangeName::LastMonth),
                Unit::Quarter => Some(RangeName::LastQuarter),
                Unit::Year => Some(RangeName::LastYear),
                _ => None,
            };
            return Some((Item::named(self.unit(unit, -1)?, name), next));
        }
        // The corpora read "the year before 2015" as the year and what comes before.
        if unit == Unit::Year && self.corpora() || matches!(self.w(next), W::Last | W::Next) {
            return None;
        }
        let (base, next) = self.anchor(next, depth)?;
        let base = match unit {
            // The weekend before a Saturday is not that one.
            Unit::Weekend => base,
            _ => shift(base, unit, step)?,
        };
        let mut period = calendar::unit_at(base, unit, 0, self.context.week_start)?;
        if unit == Unit::Weekend {
            if step < 0 && period.end > base {
                period = calendar::unit_at(base, unit, -1, self.context.week_start)?;
            } else if step > 0 && period.start <= base {
                period = calendar::unit_at(base, unit, 1, self.context.week_start)?;
            }
        }
        Some((Item::fixed(period), next))
    }

    fn step(&self, at: usize) -> Option<i32> {
        match self.w(at) {
            W::Before => Some(-1),
            W::After => Some(1),
            _ => None,
        }
    }

    /// "TTM", "LTM": the twelve months before this day.
    pub(super) fn trailing_year(&self, at: usize) -> Got<Item> {
        (self.w(at) == W::YearBack).then_some(())?;
        let period = Period::new(plus_months(self.today(), -12)?, self.today())?;
        Some((Item::fixed(period), at + 1))
    }

    /// "the last 24 hours": the days they touch, today included.
    pub(super) fn last_hours(&self, count: u32, next: usize) -> Got<Item> {
        let hour = ["hour", "hours", "hr", "hrs", "hora", "horas"]
            .into_iter()
            .any(|word| self.spells(next - 1, word));
        hour.then_some(())?;
        let days = i64::from(count.min(100_000)).checked_add(23)? / 24;
        // Fewer hours than a day are today's.
        let back = if count < 24 { 0 } else { days };
        let start = calendar::plus_days(self.today(), -back)?;
        Some((
            Item::fixed(Period::new(start, self.today().succ_opt()?)?),
            next,
        ))
    }

    /// "last year's june", "last year june", "el año pasado en mayo": a month after
    /// its year was told.
    pub(super) fn month_in(&self, year: Period, at: usize) -> Got<Item> {
        let month_at = match self.language {
            Language::English => at,
            Language::Spanish => self.maybe(at, |w| w == W::In),
        };
        let W::Month(month) = self.w(month_at) else {
            return None;
        };
        // "last year may be", and a day of that month is another date.
        let plain = self.width(month_at) > 3 && !matches!(self.w(month_at + 1), W::Num | W::Ord(_));
        plain.then_some(())?;
        let period = calendar::months(year.start.year(), month.into(), 1)?;
        Some((Item::fixed(period), month_at + 1))
    }

    /// "semana santa [de 2018]": from Palm Sunday to Easter Sunday.
    pub(super) fn holy_week(&self, at: usize) -> Got<Item> {
        let start = self.maybe(at, |w| w == W::The);
        let named = self.w(start) == W::Unit(Unit::Week) && self.spells(start + 1, "santa")
            || self.spells(start, "holy") && self.w(start + 1) == W::Unit(Unit::Week);
        named.then_some(())?;
        let of = |year: i32| {
            let easter = calendar::easter(year)?;
            Period::new(calendar::plus_days(easter, -7)?, easter.succ_opt()?)
        };
        let (lean, next) = match self.w(start + 2) {
            W::Last => (-1, start + 3),
            W::Next => (1, start + 3),
            _ => (0, start + 2),
        };
        if let Some((year, next)) = self.year_after(next) {
            return Some((Item::fixed(of(year)?), next));
        }
        let this = of(self.today().year())?;
        let year = match lean {
            1 if this.start <= self.today() => self.today().year() + 1,
            1 => self.today().year(),
            // The last to be over, or else the last to have begun.
            -1 if this.end > self.today() => self.today().year() - 1,
            0 if this.start > self.today() => self.today().year() - 1,
            _ => self.today().year(),
        };
        Some((Item::fixed(of(year)?), next))
    }
}
