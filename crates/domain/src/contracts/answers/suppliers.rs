//! supplier_evaluator's answers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Figure;
use crate::{money::Money, period::Period};

/// Facts on a supplier, or on those who supply a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SupplierInfo {
    /// The product that was asked about, as code and name.
    pub product: Option<super::super::ProductName>,
    /// The suppliers, best first, at most nine.
    pub suppliers: Vec<SupplierRow>,
    /// The moment that the figures are true of.
    pub as_of: DateTime<Utc>,
}

/// A supplier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SupplierRow {
    /// Its name.
    pub name: String,
    /// Whether the company still buys from it.
    pub active: bool,
    /// The person to ask for.
    pub contact_name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// As agreed, days from order to delivery.
    pub lead_time_days: Figure<i32>,
    /// Terms of payment.
    pub payment_terms: Option<String>,
    /// Whether it is the preferred one for the product that was asked about.
    pub preferred: bool,
    /// What it supplies: of the product that was asked about only, else at most five by code.
    pub supplies: Vec<SuppliesLine>,
    /// How many products it supplies.
    pub product_count: u32,
    /// Orders that have not come, the earliest expected first, at most five.
    pub open_orders: Vec<OpenOrder>,
    /// How many orders have not come.
    pub open_order_count: u32,
}

/// A product that a supplier sells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuppliesLine {
    /// The product's code.
    pub sku: String,
    /// The product's name.
    pub name: String,
    /// Price a unit.
    pub unit_price: Money,
    /// Least quantity.
    pub minimum_quantity: Figure<i64>,
    /// Days from order to delivery.
    pub lead_time_days: Figure<i32>,
}

/// An order that has not come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenOrder {
    /// What people call it, e.g. `PO-1001`.
    pub order: String,
    /// The day that it should come.
    pub expected_on: Figure<NaiveDate>,
    /// Days past it.
    pub days_late: i64,
    /// Its price.
    pub total: Money,
}

/// The company has no supplier of that name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplierNotFound {
    /// What was asked for.
    pub asked: String,
    /// Names that look alike, best first, at most three.
    pub nearest: Vec<String>,
}

/// How well suppliers did in a period, the best first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SupplierPerformance {
    /// The days that the orders were due or came.
    pub period: Period,
    /// The days that they are compared with: as many, just before.
    pub before: Period,
    /// How many come before those listed, on earlier pages.
    #[serde(default)]
    pub after: u32,
    /// Suppliers that were compared, on all pages together.
    #[serde(default)]
    pub compared: u32,
    /// The suppliers by rank, at most nine; one when one was asked for.
    pub suppliers: Vec<SupplierScore>,
    /// Suppliers that were ranked.
    pub ranked: u32,
    /// The moment that the figures are true of.
    pub as_of: DateTime<Utc>,
}

/// A supplier's figures. Percentages are 0 to 100 with one decimal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SupplierScore {
    /// Its place, from 1; `None` without a score.
    pub rank: Option<u32>,
    /// Its name.
    pub name: String,
    /// Orders of the period: those that were due in it, or came whole in it and earlier than due.
    pub orders: u32,
    /// Share of those with a day they were expected that came whole by it.
    pub on_time_percent: Figure<f64>,
    /// Share of delivered units that were good.
    pub quality_percent: Figure<f64>,
    /// Share of ordered units that came.
    pub fill_percent: Figure<f64>,
    /// Days from order to delivery, on average.
    pub lead_time_days: Figure<f64>,
    /// 0 to 100; how it is weighed is documented with the agent. `None` when a part is not known.
    pub score: Figure<f64>,
    /// The score against that of the period before.
    pub trend: Trend,
}

/// Where a figure goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// Better.
    Up,
    /// Within two points.
    Steady,
    /// Worse.
    Down,
    /// There is nothing to compare with.
    Unknown,
}
