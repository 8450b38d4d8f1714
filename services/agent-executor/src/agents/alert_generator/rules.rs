//! What raises an alert, and how bad it is. Figures that are not known raise nothing.
//!
//! | kind | when | severity |
//! | --- | --- | --- |
//! | `out_of_stock` | none left | critical when customers ask for it; high when only a reorder point says that it is kept; no alert without either |
//! | `low_stock` | at or below the reorder point | low when stock and what is on order are above it; high when the stock lasts less than the lead time; else medium |
//! | `over_stock` | lasts longer than `limits.over_stock_days` | medium from twice as long; else low |
//! | `late_delivery` | not come by its day | critical when a product of it is out of stock; high when one is low; medium from 7 days late; else low |
//! | `supplier_trouble` | of at least 3 orders of 90 days a smaller share on time than `limits.supplier_on_time_percent` | high below half of that; else medium |
//! | `price_jump` | dearer by `limits.price_jump_percent` or more, for 30 days | high from twice as much; else medium |
//!
//! To add a rule: a kind (see `wharf_store::alerts`), a function here, its line above, its call in
//! `scan`.

use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use uuid::Uuid;
use wharf_store::{
    alerts::{AlertKind, Finding, Severity},
    products::Product,
    replenishment::{Dearer, Late},
    supplier_scores::Tally,
};

use crate::agents::{Limits, plan::Plan};

/// Every kind that a scan looks for.
pub(super) const KINDS: &[AlertKind] = &[
    AlertKind::LowStock,
    AlertKind::OutOfStock,
    AlertKind::OverStock,
    AlertKind::LateDelivery,
    AlertKind::SupplierTrouble,
    AlertKind::PriceJump,
];
/// Days of orders that suppliers are judged by.
pub(super) const SUPPLIER_DAYS: u64 = 90;
/// Days that a new price is news.
pub(super) const PRICE_NEWS_DAYS: u64 = 30;
/// Orders from which a share of them says something.
const LEAST_ORDERS: i64 = 3;
/// Days from which a delivery is late by more than a weekend and a day.
const VERY_LATE_DAYS: i64 = 7;

/// The stock of a product.
pub(super) fn stock(
    product: &Product,
    quantity: i64,
    on_order: i64,
    plan: &Plan,
    limits: &Limits,
) -> Option<Finding> {
    let cover = plan.days_of_cover(quantity);
    let wanted = plan.daily_demand().is_some();
    let (kind, severity) = if quantity <= 0 {
        let severity = match (wanted, plan.reorder_point) {
            (true, _) => Severity::Critical,
            (false, Some(1..)) => Severity::High,
            (false, _) => return None,
        };
        (AlertKind::OutOfStock, severity)
    } else if plan.is_low(quantity) == Some(true) {
        let ordered = plan.is_low(quantity.saturating_add(on_order)) == Some(false);
        let too_late = cover
            .zip(plan.lead_time_days)
            .is_some_and(|(cover, lead_time)| cover < lead_time.into());
        let severity = match (ordered, too_late) {
            (true, _) => Severity::Low,
            (false, true) => Severity::High,
            (false, false) => Severity::Medium,
        };
        (AlertKind::LowStock, severity)
    } else {
        let most = i64::from(limits.over_stock_days);
        let severity = match cover? {
            days if days <= most => return None,
            days if days >= most * 2 => Severity::Medium,
            _ => Severity::Low,
        };
        (AlertKind::OverStock, severity)
    };
    let facts = facts([
        ("name", Some(json!(product.name))),
        ("unit", Some(json!(product.unit))),
        ("quantity", Some(json!(quantity))),
        (
            "reorder_point",
            plan.reorder_point.map(|point| json!(point)),
        ),
        ("on_order", Some(json!(on_order))),
        ("days_of_cover", cover.map(|days| json!(days))),
        (
            "lead_time_days",
            plan.lead_time_days.map(|days| json!(days)),
        ),
        (
            "daily_demand",
            plan.daily_demand().map(|units| json!(units)),
        ),
    ]);
    Some(Finding {
        kind,
        severity,
        subject: product.sku.clone(),
        facts,
        product_id: Some(product.id),
        supplier_id: None,
        order_id: None,
    })
}

/// An order that has not come: the rows of one order, at least one. `short` says what is wrong with
/// the stock of a product.
pub(super) fn late(
    order: &[Late],
    today: NaiveDate,
    short: impl Fn(Uuid) -> Option<AlertKind>,
) -> Option<Finding> {
    let first = order.first()?;
    let days = (today - first.expected_on).num_days();
    let has = |kind| {
        order
            .iter()
            .any(|line| short(line.product_id) == Some(kind))
    };
    let severity = if has(AlertKind::OutOfStock) {
        Severity::Critical
    } else if has(AlertKind::LowStock) {
        Severity::High
    } else if days >= VERY_LATE_DAYS {
        Severity::Medium
    } else {
        Severity::Low
    };
    let facts = facts([
        ("supplier", Some(json!(first.supplier))),
        ("expected_on", Some(json!(first.expected_on))),
        ("days_late", Some(json!(days))),
        ("products", Some(json!(order.len()))),
        (
            "units",
            Some(json!(order.iter().map(|line| line.units).sum::<i64>())),
        ),
    ]);
    Some(Finding {
        kind: AlertKind::LateDelivery,
        severity,
        subject: format!("PO-{}", first.number),
        facts,
        product_id: None,
        supplier_id: Some(first.supplier_id),
        order_id: Some(first.order_id),
    })
}

/// How reliable a supplier is.
pub(super) fn supplier(tally: &Tally, limits: &Limits) -> Option<Finding> {
    let least = i64::from(limits.supplier_on_time_percent);
    // Exact: of 4 out of 5 on time, 80 % is not below 80 %.
    let below = |percent: i64| tally.on_time * 100 < percent * tally.due;
    if tally.due < LEAST_ORDERS || !below(least) {
        return None;
    }
    let severity = if tally.on_time * 200 < least * tally.due {
        Severity::High
    } else {
        Severity::Medium
    };
    let facts = facts([
        ("orders", Some(json!(tally.due))),
        ("on_time", Some(json!(tally.on_time))),
        (
            "on_time_percent",
            // One decimal, as supplier_performance tells it; whole percents as they are.
            Some(in_percent(tally.on_time, tally.due)),
        ),
        ("expected_percent", Some(json!(least))),
        ("days", Some(json!(SUPPLIER_DAYS))),
    ]);
    Some(Finding {
        kind: AlertKind::SupplierTrouble,
        severity,
        subject: tally.name.clone(),
        facts,
        product_id: None,
        supplier_id: Some(tally.supplier_id),
        order_id: None,
    })
}

/// A share in percent, to one decimal; `due` is not 0.
fn in_percent(part: i64, due: i64) -> serde_json::Value {
    let tenths = (part * 1000 + due / 2) / due;
    if tenths % 10 == 0 {
        json!(tenths / 10)
    } else {
        json!(tenths as f64 / 10.0)
    }
}

/// A price that rose.
pub(super) fn price(rise: &Dearer, limits: &Limits) -> Option<Finding> {
    let limit = BigDecimal::from(limits.price_jump_percent);
    let percent = (&rise.now - &rise.before) * BigDecimal::from(100) / &rise.before;
    if percent < limit {
        return None;
    }
    let severity = if percent >= limit * BigDecimal::from(2) {
        Severity::High
    } else {
        Severity::Medium
    };
    let whole = percent.with_scale_round(0, RoundingMode::HalfEven).to_i64();
    let facts = facts([
        ("product", Some(json!(rise.name))),
        ("supplier", Some(json!(rise.supplier))),
        ("currency", Some(json!(rise.currency))),
        ("price_before", Some(json!(rise.before.to_plain_string()))),
        ("price", Some(json!(rise.now.to_plain_string()))),
        ("rise_percent", whole.map(|percent| json!(percent))),
        ("since", Some(json!(rise.since))),
    ]);
    Some(Finding {
        kind: AlertKind::PriceJump,
        severity,
        subject: format!("{}, {}", rise.sku, rise.supplier),
        facts,
        product_id: Some(rise.product_id),
        supplier_id: Some(rise.supplier_id),
        order_id: None,
    })
}

/// What is not known is left out.
fn facts<const N: usize>(pairs: [(&str, Option<Value>); N]) -> Map<String, Value> {
    let known = pairs.into_iter().filter_map(|(name, value)| {
        let value = value?;
        Some((name.to_owned(), value))
    });
    known.collect()
}

#[cfg(test)]
mod tests;
