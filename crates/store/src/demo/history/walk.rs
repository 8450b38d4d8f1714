//! One product at one place, walked back from today's stock.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, Gamma, Poisson};

use super::{super::purchasing::Terms, orders::Visits};

/// A day of one product at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) day: NaiveDate,
    /// Units that customers asked for.
    pub(super) requested: i64,
    /// Units of them that were there.
    pub(super) sold: i64,
    /// Good units that came.
    pub(super) received: i64,
    /// Units that the books had before they were counted.
    pub(super) counted_from: Option<i64>,
    /// Units at the end of the day.
    pub(super) closing: i64,
}

/// What is walked.
pub(super) struct Walk<'a> {
    pub(super) terms: &'a Terms,
    /// The place's index.
    pub(super) place: usize,
    /// Units a day on average.
    pub(super) demand: f64,
    pub(super) today: NaiveDate,
}

/// Share of deliveries that found the shelf empty.
const EMPTY_SHELVES: f64 = 0.06;
/// Share of counts that differ from the books.
const MISCOUNTS: f64 = 0.4;

impl Walk<'_> {
    /// The `days` days before today, latest first, that end with `stock`.
    pub(super) fn back(
        &self,
        stock: i64,
        days: u64,
        visits: &mut Visits,
        random: &mut impl Rng,
    ) -> Vec<Day> {
        let mut stock = stock;
        // An empty shelf today has been empty for some days.
        let mut empty_days = if stock == 0 { 3 } else { 0 };
        let mut course = Vec::new();
        for back in 1..=days {
            let Some(day) = self.today.checked_sub_days(Days::new(back)) else {
                break;
            };
            let closing = stock;
            let counted_from = self.count(day, stock, random);
            stock = counted_from.unwrap_or(stock);
            let requested = self.requested(day, random);
            let sold = if empty_days > 0 && stock == 0 {
                0
            } else {
                requested
            };
            empty_days = i64::max(empty_days - 1, 0);
            stock += sold;
            let found_empty = random.random_bool(EMPTY_SHELVES);
            let received = visits.deliver(self, day, stock, found_empty, random);
            stock -= received;
            if received > 0 && stock == 0 {
                empty_days = random.random_range(1..=4);
            }
            course.push(Day {
                day,
                requested,
                sold,
                received,
                counted_from,
                closing,
            });
        }
        course
    }

    /// On the first Monday of a month the shelf is counted; what the books had before, if it was
    /// another figure.
    fn count(&self, day: NaiveDate, stock: i64, random: &mut impl Rng) -> Option<i64> {
        let counted = day.weekday() == Weekday::Mon && day.day() <= 7 && stock > 0;
        if !counted || !random.random_bool(MISCOUNTS) {
            return None;
        }
        let difference = random.random_range(1..=1 + stock / 60);
        Some(if random.random_bool(0.7) {
            stock + difference
        } else {
            i64::max(stock - difference, 0)
        })
    }

    /// Units asked for on `day`: a Poisson number whose mean has a season, a week and a spread of
    /// its own (together a negative binomial, as demand of single articles mostly is).
    fn requested(&self, day: NaiveDate, random: &mut impl Rng) -> i64 {
        let mean =
            self.demand * season(self.terms.category(), day) * weekday(day) * self.growth(day);
        let spread = Gamma::new(4.0, 0.25).map_or(1.0, |gamma| gamma.sample(random));
        let Ok(poisson) = Poisson::new(mean * spread) else {
            return 0;
        };
        let units: f64 = poisson.sample(random);
        whole(units)
    }

    /// The company grew by eight percent over the year.
    fn growth(&self, day: NaiveDate) -> f64 {
        let days = u32::try_from((self.today - day).num_days()).unwrap_or(0);
        1.0 - 0.08 * f64::from(days) / 365.0
    }
}

/// A day's share of an average day's demand; the seven add up to 7.
fn weekday(day: NaiveDate) -> f64 {
    match day.weekday() {
        Weekday::Mon => 1.35,
        Weekday::Tue => 1.25,
        Weekday::Wed | Weekday::Thu => 1.2,
        Weekday::Fri => 1.3,
        Weekday::Sat => 0.6,
        Weekday::Sun => 0.1,
    }
}

/// A category's season: one wave a year, highest in its month.
fn season(category: &str, day: NaiveDate) -> f64 {
    let (height, month) = match category {
        "plumbing" => (0.5, 6.5),
        "paint" => (0.4, 5.5),
        "packaging" => (0.3, 11.5),
        "electrical" => (0.25, 12.0),
        "safety" => (0.15, 2.0),
        _ => (0.08, 10.0),
    };
    let at = f64::from(day.ordinal()) / 30.44;
    1.0 + height * ((at - month) / 12.0 * std::f64::consts::TAU).cos()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a day's demand is far below 2^52"
)]
pub(super) fn whole(units: f64) -> i64 {
    units.round() as i64
}
