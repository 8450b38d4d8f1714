//! Periods cut off at today: year to date, this month so far, earlier this week; and
//! what is left of them: the rest of the month, later this week.

use chrono::Datelike;

use super::Language;
use super::calendar::Period;
use super::parser::{Got, Item, Parser};
use super::relative::name_of;
use super::words::{Unit, W};

impl Parser<'_> {
    /// Year to date, this month so far, "en lo que va de año", earlier this week.
    pub(super) fn to_date(&self, at: usize) -> Got<Item> {
        let so_far = |w| matches!(w, W::So);
        let (unit, next) = match self.w(at) {
            W::ToDate(unit) => (unit, at + 1),
            W::So if self.w(at + 1) == W::Far => {
                let unit = self.joint(at + 2, false);
                self.this_unit(unit)?
            }
            // "en lo que va de año"
            W::The | W::Que if self.goes(at, W::Goes).is_some() => {
                self.this_unit(self.joint(self.goes(at, W::Goes)?, false))?
            }
            W::Earlier | W::Greater => {
                let after = at + usize::from(self.w(at) == W::Greater);
                (self.w(after) == W::Earlier).then_some(())?;
                self.this_unit(self.joint(after + 1, false))?
            }
            _ => {
                let (unit, next) = self.this_unit(at)?;
                if so_far(self.w(next)) && self.w(next + 1) == W::Far {
                    (unit, next + 2)
                } else if ["corrido", "acumulado"]
                    .into_iter()
                    .any(|word| self.spells(next, word))
                {
                    (unit, next + 1)
                } else if !self.edge_before(at)
                    && (matches!(self.w(next), W::To | W::Until)
                        || self.is(next, b'-') && self.w(next + 1) == W::To)
                {
                    let date = self.skip(next, |w| {
                        matches!(w, W::Punct(b'-') | W::To | W::Until | W::The)
                    });
                    let end = matches!(self.w(date), W::DateWord | W::Now | W::Today);
                    (end && date <= next + 4).then_some((unit, date + 1))?
                } else {
                    return None;
                }
            }
        };
        let whole = self.unit(unit, 0)?;
        // On the first day there is nothing before today to report on: take today.
        let end = self.today().max(whole.start.succ_opt()?);
        Some((
            Item::named(Period::new(whole.start, end)?, name_of(unit, 0)),
            next,
        ))
    }

    /// Whether "the start of" or its like comes before, whose "until now" is a range's.
    pub(super) fn edge_before(&self, at: usize) -> bool {
        let article = usize::from(self.before(at) == W::The);
        let Some(at) = at.checked_sub(article) else {
            return false;
        };
        self.before(at) == W::Of
            && at
                .checked_sub(2)
                .is_some_and(|edge| matches!(self.w(edge), W::Begin | W::Finish | W::Middle))
    }

    /// "[the | this] month".
    pub(super) fn this_unit(&self, at: usize) -> Got<Unit> {
        if let Some((year, next)) = self.year(at) {
            // "the rest of 2018", said in 2018
            return (year == self.today().year()).then_some((Unit::Year, next));
        }
        let next = self.skip(at, |w| matches!(w, W::The | W::This | W::Fiscal));
        match self.w(next) {
            W::Unit(unit) if next <= at + 3 => {
                Some((unit, self.maybe(next + 1, |w| w == W::Fiscal)))
            }
            _ => None,
        }
    }

    /// "[lo] que va [de]", "[lo] que queda [de]": the token after it.
    pub(super) fn goes(&self, at: usize, verb: W) -> Option<usize> {
        let que = self.maybe(at, |w| w == W::The);
        (self.w(que) == W::Que && self.w(que + 1) == verb).then_some(que + 2)
    }

    /// The rest of the week, later this month, "lo que queda del año".
    ///
    /// The corpora stop before the period's last day; Spanish ones do so for weeks.
    pub(super) fn rest(&self, at: usize) -> Got<Item> {
        let after = match self.w(at) {
            W::Rest | W::Later => at + 1,
            W::Greater if self.w(at + 1) == W::Later => at + 2,
            W::The if self.w(at + 1) == W::Rest => at + 2,
            W::The | W::Que => self.goes(at, W::Remains)?,
            _ => return None,
        };
        let (unit, next) = self.this_unit(self.joint(after, false))?;
        let next = self.maybe(next, |w| w == W::This && self.language == Language::Spanish);
        let whole = self.unit(unit, 0)?;
        let short = self.corpora()
            && self.w(at) != W::Later
            && (unit == Unit::Week || self.language == Language::English);
        let end = if short {
            whole.end.pred_opt()?
        } else {
            whole.end
        };
        let end = end.max(self.today().succ_opt()?);
        Some((Item::fixed(Period::new(self.today(), end)?), next))
    }
}
