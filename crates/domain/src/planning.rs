//! When to order, and how much: the arithmetic of inventory, pure and in one place.
//!
//! Quantities are whole units of the product; demand is in units a day; times are days. What the
//! data do not carry is `None` ("not known"), never a guess. Sources: E. A. Silver, D. F. Pyke,
//! D. J. Thomas, "Inventory and Production Management in Supply Chains", 4th ed., 2017 (below:
//! SPT), chapters 4 (order quantity) and 6 (probabilistic demand: reorder point, safety stock);
//! F. W. Harris, "How Many Parts to Make at Once", 1913, and R. H. Wilson, 1934 (economic order
//! quantity).
//!
//! To add a figure: a function here with its formula and source, and a test with the numbers worked
//! out by hand.

use distrs::Normal;

/// Days that demand must have been watched for, at least: a week, since most shops sell by weekday.
pub const LEAST_DAYS: usize = 7;
/// Days with a sale among them, at least; from fewer, mean and deviation say nothing.
pub const LEAST_DAYS_WITH_SALES: usize = 5;

/// What customers ask for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// Units a day on average, 0 or more.
    pub mean_per_day: f64,
    /// Sample standard deviation of the days' units; `None`: not known, because the company states
    /// an average and keeps no sales.
    pub deviation_per_day: Option<f64>,
    /// Days that it was computed from; 0 for a stated average.
    pub days: usize,
}

impl Demand {
    /// From the units asked for on each of the days in a row, days without any as 0. What was asked
    /// for and could not be supplied counts, else a stock-out would look like low demand. `None` for
    /// fewer than [`LEAST_DAYS`] days, or fewer than [`LEAST_DAYS_WITH_SALES`] of them with a sale.
    #[must_use]
    pub fn from_daily(daily: &[i64]) -> Option<Self> {
        let selling = daily.iter().filter(|units| **units > 0).count();
        if daily.len() < LEAST_DAYS || selling < LEAST_DAYS_WITH_SALES {
            return None;
        }
        let days = daily.len() as f64;
        let units = || daily.iter().map(|units| (*units).max(0) as f64);
        let mean = units().sum::<f64>() / days;
        let squares: f64 = units().map(|units| (units - mean).powi(2)).sum();
        Some(Self {
            mean_per_day: mean,
            deviation_per_day: Some((squares / (days - 1.0)).sqrt()),
            days: daily.len(),
        })
    }

    /// An average that the company states. How much days differ is not known from it, so neither
    /// is safety stock. `None` when it is negative or no number.
    #[must_use]
    pub fn stated(mean_per_day: f64) -> Option<Self> {
        (mean_per_day.is_finite() && mean_per_day >= 0.0).then_some(Self {
            mean_per_day,
            deviation_per_day: None,
            days: 0,
        })
    }

    /// From sales where they carry it, else as stated.
    #[must_use]
    pub fn of(daily: &[i64], stated: Option<f64>) -> Option<Self> {
        Self::from_daily(daily).or_else(|| stated.and_then(Self::stated))
    }

    /// Units over so many days.
    #[must_use]
    pub fn over(&self, days: f64) -> f64 {
        self.mean_per_day * days
    }
}

/// Days from order to delivery.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeadTime {
    /// On average or as agreed, 0 or more.
    pub days: f64,
    /// Sample standard deviation of the deliveries' days; `None`: not known, counted as if every
    /// delivery took `days`.
    pub deviation: Option<f64>,
}

impl LeadTime {
    /// As agreed with the supplier; negative days count as none.
    #[must_use]
    pub fn agreed(days: i32) -> Self {
        Self {
            days: f64::from(days.max(0)),
            deviation: None,
        }
    }

    /// As agreed, with the deviation of what deliveries took; fewer than three say nothing.
    #[must_use]
    pub fn observed(agreed: i32, deliveries: &[i64]) -> Self {
        let mut lead_time = Self::agreed(agreed);
        if deliveries.len() >= 3 {
            let count = deliveries.len() as f64;
            let mean = deliveries.iter().sum::<i64>() as f64 / count;
            let squares: f64 = deliveries
                .iter()
                .map(|days| (*days as f64 - mean).powi(2))
                .sum();
            lead_time.deviation = Some((squares / (count - 1.0)).sqrt());
        }
        lead_time
    }
}

/// The safety factor: how many deviations above the mean demand stays with the probability
/// `service_level` (.5 up to, not including, 1), i.e. the quantile of the standard normal
/// distribution. M. J. Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988), relative
/// error about 1e-16.
#[must_use]
pub fn safety_factor(service_level: f64) -> Option<f64> {
    (0.5..1.0)
        .contains(&service_level)
        .then(|| Normal::ppf(service_level, 0.0, 1.0))
}

/// Units kept for the case that demand is higher or delivery later than usual, not rounded:
/// `z · √(L·σd² + d²·σL²)` with the safety factor z, the lead time L and its deviation σL, mean
/// demand d and its deviation σd (SPT, chapter 6: variance of demand over a lead time that itself
/// varies); with σL not known or 0 it is `z · σd · √L`. The service level is the share of
/// replenishment cycles without a stock-out. `None` when demand is zero or its deviation is not
/// known, or the service level is none.
#[must_use]
pub fn safety_stock(demand: &Demand, lead_time: LeadTime, service_level: f64) -> Option<f64> {
    let deviation = demand.deviation_per_day?;
    if demand.mean_per_day <= 0.0 {
        return None;
    }
    let of_demand = lead_time.days * deviation.powi(2);
    let of_delivery = (demand.mean_per_day * lead_time.deviation.unwrap_or(0.0)).powi(2);
    Some(safety_factor(service_level)? * (of_demand + of_delivery).sqrt())
}

/// The level at or below which to order: what is asked for until the delivery comes, and the
/// safety stock; `d·L + SS` (SPT, chapter 6), rounded up. `None` when the safety stock is not known.
#[must_use]
pub fn reorder_point(demand: &Demand, lead_time: LeadTime, service_level: f64) -> Option<i64> {
    let safety = safety_stock(demand, lead_time, service_level)?;
    Some(up(demand.over(lead_time.days) + safety))
}

/// The level to order up to: the reorder point, and demand over the days that an order is to
/// cover. With the reorder point above that is `d·(L + R) + SS` (SPT, chapter 6: order-up-to
/// level); with one that the company set it is that and `d·R`. Rounded up. `None` when
/// demand is zero.
#[must_use]
pub fn target_level(reorder_point: i64, demand: &Demand, review_days: u32) -> Option<i64> {
    let cover = demand.over(f64::from(review_days));
    (cover > 0.0).then(|| reorder_point.saturating_add(up(cover)))
}

/// Full days that `quantity` lasts at the mean demand. `None` when demand is zero.
#[must_use]
pub fn days_of_cover(quantity: i64, demand: &Demand) -> Option<i64> {
    (demand.mean_per_day > 0.0)
        .then(|| (quantity.max(0) as f64 / demand.mean_per_day).floor() as i64)
}

/// The economic order quantity `√(2·D·S / H)`: where a year's cost of ordering and of keeping stock
/// is least (Harris 1913, Wilson 1934; SPT, chapter 4). `yearly_demand` D in units, `order_cost` S of
/// placing one order, `holding_cost` H of keeping one unit for a year, both in one currency.
/// Rounded to whole units, at least 1. `None` unless all three are above 0.
#[must_use]
pub fn economic_order_quantity(
    yearly_demand: f64,
    order_cost: f64,
    holding_cost: f64,
) -> Option<i64> {
    if yearly_demand > 0.0 && order_cost > 0.0 && holding_cost > 0.0 {
        let units = (2.0 * yearly_demand * order_cost / holding_cost).sqrt();
        return Some((units.round() as i64).max(1));
    }
    None
}

/// What can be bought when `wanted` units are needed: no less than the supplier's minimum, in whole
/// packs. `None`, and what is not above 0, count as no rule. 0 when nothing is wanted, and at most
/// the largest multiple that a number holds.
#[must_use]
pub fn order_quantity(wanted: i64, minimum: Option<i64>, pack: Option<i64>) -> i64 {
    if wanted <= 0 {
        return 0;
    }
    let least = wanted.max(minimum.unwrap_or(0));
    let pack = pack.unwrap_or(1).max(1);
    let more = (pack - least % pack) % pack;
    least.checked_add(more).unwrap_or(i64::MAX / pack * pack)
}

/// Whole units, rounded up. What floating point adds to a whole number is not a unit.
#[must_use]
pub fn up(units: f64) -> i64 {
    (units - 1e-9).ceil().max(0.0) as i64
}

#[cfg(test)]
mod tests;
