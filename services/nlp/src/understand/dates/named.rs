//! Periods with a name of their own: seasons, holidays and their weekends.

use chrono::{Datelike, NaiveDate, Weekday};

use super::Language;
use super::calendar::{Period, date, plus_days, week};
use super::holidays;
use super::parser::{Got, Item, Parser};
use super::point::{Near, Point};
use super::words::{Unit, W};

/// First days of winter, spring, summer and autumn (northern), as month and day.
const SEASONS: [(u32, u32); 4] = [(12, 21), (3, 21), (6, 21), (9, 24)];

impl Parser<'_> {
    /// Last summer, winter 2016, this season.
    pub(super) fn season(&self, at: usize) -> Got<Item> {
        if let Some((year, next)) = self.year(at) {
            // "2016 summer"
            let W::Season(which) = self.w(next) else {
                return None;
            };
            return Some((Item::fixed(season(year, which)?), next + 1));
        }
        let mut next = self.maybe(at, |w| w == W::The);
        let offset = match self.w(next) {
            W::This => Some(0),
            W::Last | W::Past => Some(-1),
            W::Next => Some(1),
            _ => None,
        };
        next += usize::from(offset.is_some());
        let current = self.season_on(self.today())?;
        let which = match self.w(next) {
            W::Season(which) => which,
            W::SeasonWord => {
                let offset = offset?;
                if self.corpora() {
                    return Some((Item::fixed(self.duckling_season(offset)?), next + 1));
                }
                let moved = self.season_of(current.1, current.0, offset)?;
                return Some((Item::fixed(moved), next + 1));
            }
            _ => return None,
        };
        next += 1;
        let mut offset = offset;
        if offset.is_none() && self.language == Language::Spanish && self.w(next) == W::Last {
            offset = Some(-1);
            next += 1;
        }
        if let Some((year, next)) = self.year_after(next) {
            return Some((Item::fixed(season(year, which)?), next));
        }
        let past = self.past_season(which)?;
        let (year, began) = past;
        let running = began.end > self.today();
        let year = match offset {
            // "last summer" in summer is last year's.
            Some(-1) if running => year - 1,
            Some(1) => year + 1,
            _ => year,
        };
        let item = Item::fixed(season(year, which)?);
        Some((if offset.is_some() { item } else { item.weak() }, next))
    }

    fn past_season(&self, which: u8) -> Option<(i32, Period)> {
        let year = self.today().year();
        [year + 1, year, year - 1]
            .into_iter()
            .filter_map(|year| Some((year, season(year, which)?)))
            .find(|(_, period)| period.start <= self.today())
    }

    fn season_on(&self, day: NaiveDate) -> Option<(u8, i32)> {
        (0..4)
            .filter_map(|which| Some((which, self.past_season(which)?)))
            .find(|(_, (_, period))| period.end > day)
            .map(|(which, (year, _))| (which, year))
    }

    /// Duckling's own calendar of seasons, which stops a day short.
    fn duckling_season(&self, offset: i32) -> Option<Period> {
        let starts = |year: i32| {
            [(3, 20), (6, 21), (9, 23), (12, 21)].map(|(month, day)| date(year, month, day))
        };
        let year = self.today().year();
        let days: Vec<NaiveDate> = [year - 1, year, year + 1]
            .into_iter()
            .flat_map(starts)
            .collect::<Option<_>>()?;
        let current = days.iter().rposition(|day| *day <= self.today())?;
        let at = current.checked_add_signed(offset.try_into().ok()?)?;
        Period::new(*days.get(at)?, days.get(at + 1)?.pred_opt()?)
    }

    fn season_of(&self, year: i32, which: u8, offset: i32) -> Option<Period> {
        // Winter starts the year's count although it begins in December before.
        let index = year * 4 + i32::from(which) + offset;
        season(index.div_euclid(4), u8::try_from(index.rem_euclid(4)).ok()?)
    }

    /// Easter, Black Friday 2024, last Christmas, the weekend of Halloween.
    pub(super) fn holiday(&self, at: usize) -> Got<Item> {
        let mut next = self.maybe(at, |w| w == W::The);
        let lean = match self.w(next) {
            W::This => Some(0),
            W::Last | W::Past => Some(-1),
            W::Next => Some(1),
            _ => None,
        };
        next += usize::from(lean.is_some());
        let (rule, next) = self.holiday_name(next)?;
        let mut weekend = self.w(next) == W::Unit(Unit::Weekend);
        let mut next = next + usize::from(weekend);
        let near = match (lean, self.year_after(next)) {
            (_, Some((year, after))) => {
                next = after;
                Near::UpTo(date(year, 12, 31)?)
            }
            (Some(1), None) => Near::From(plus_days(self.today(), 1)?),
            (Some(0), None) => Near::UpTo(date(self.today().year(), 12, 31)?),
            _ => self.past(),
        };
        let mut near = near;
        if lean.is_none() && self.language == Language::Spanish {
            // "la navidad pasada"
            let lean_after = match self.w(next) {
                W::Last => Some(-1),
                W::Next => Some(1),
                _ => None,
            };
            next += usize::from(lean_after.is_some());
            if lean_after == Some(1) {
                near = Near::From(plus_days(self.today(), 1)?);
            }
        }
        if self.w(next) == W::Unit(Unit::Week) {
            // "Christmas week"
            let day = Point::Holiday(rule).resolve(near)?.start;
            return Some((Item::fixed(week(day, self.context.week_start)?), next + 1));
        }
        if !weekend && self.w(next) == W::Unit(Unit::Weekend) {
            weekend = true;
            next += 1;
        }
        let point = Point::Holiday(rule);
        let fixed = !matches!(near, Near::UpTo(day) if day == self.today());
        if weekend {
            let day = point.resolve(near)?.start;
            return Some((Item::fixed(weekend_of(day)?), next));
        }
        if fixed {
            return Some((Item::fixed(point.resolve(near)?), next));
        }
        Some((Item::new(point), next))
    }

    fn holiday_name(&self, at: usize) -> Got<holidays::Rule> {
        // Some names begin with a date word ("may day", "viernes santo").
        let (table, starts) = match self.language {
            Language::English => (
                holidays::ENGLISH,
                matches!(self.w(at), W::Month(5) | W::Ord(4)),
            ),
            Language::Spanish => (
                holidays::SPANISH,
                matches!(self.w(at), W::Unit(Unit::Day | Unit::Year) | W::Weekday(_)),
            ),
        };
        (starts || self.w(at) == W::Holiday).then_some(())?;
        table
            .iter()
            .filter_map(|(name, rule)| Some((*rule, self.phrase(at, name)?)))
            .max_by_key(|(_, next)| *next)
    }

    /// The token after a phrase that starts here; apostrophes do not count.
    fn phrase(&self, at: usize, words: &str) -> Option<usize> {
        let mut next = at;
        for word in words.split(' ') {
            next = self.maybe(next, |w| w == W::Punct(b'\'') && next > at);
            self.spells(next, word).then_some(())?;
            next += 1;
        }
        Some(next)
    }
}

/// A season of a year: it ends as the next one starts; winter begins in December of
/// the year before.
fn season(year: i32, which: u8) -> Option<Period> {
    let (month, day) = *SEASONS.get(usize::from(which))?;
    let (next_month, next_day) = SEASONS[(usize::from(which) + 1) % 4];
    let begins = if which == 0 {
        year.checked_sub(1)?
    } else {
        year
    };
    let ends = year;
    Period::new(date(begins, month, day)?, date(ends, next_month, next_day)?)
}

/// The weekend at a holiday, the holiday counted when it touches it.
pub(super) fn weekend_of(day: NaiveDate) -> Option<Period> {
    let (from, to) = match day.weekday() {
        Weekday::Sat => (0, 2),
        Weekday::Sun => (-1, 1),
        Weekday::Mon => (-2, 1),
        Weekday::Fri => (0, 3),
        Weekday::Thu => (2, 4),
        Weekday::Wed => (3, 5),
        Weekday::Tue => (-3, -1),
    };
    Period::new(plus_days(day, from)?, plus_days(day, to)?)
}
