//! purchase_optimizer's answers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Figure;
use crate::money::Money;

/// An order as drafted, placed or dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReorderResult {
    /// How far the order is.
    pub state: ReorderState,
    /// What people call it, e.g. `PO-1001`.
    pub order: String,
    /// The product's code.
    pub sku: String,
    /// The product's name.
    pub name: String,
    /// The unit, singular.
    pub unit: String,
    /// Units ordered.
    pub quantity: i64,
    /// Why that many.
    pub quantity_reason: QuantityReason,
    /// Who it is ordered from, and why.
    pub supplier: SupplierChoice,
    /// Other suppliers of the product, best first, at most three.
    pub others: Vec<SupplierChoice>,
    /// Price a unit.
    pub unit_price: Money,
    /// Price of the order.
    pub total: Money,
    /// Where it goes, when the company has several places.
    pub location: Option<String>,
    /// The day that it should come.
    pub expected_on: Figure<NaiveDate>,
    /// Units in stock now.
    pub in_stock: i64,
    /// Units on other orders that have not come.
    pub on_order: i64,
    /// The reorder point.
    pub reorder_point: Figure<i64>,
    /// Until when UNDO cancels it, for a placed order.
    pub undo_until: Option<DateTime<Utc>>,
    /// The moment that the figures are true of.
    pub as_of: DateTime<Utc>,
}

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReorderState {
    /// Drafted; a yes places it.
    Draft,
    /// Placed.
    Placed,
    /// Dropped at the user's word.
    Cancelled,
}

/// Why an order is for so many units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuantityReason {
    /// The user said so, and the supplier sells it so.
    Asked,
    /// The user said another quantity; minimum or pack size made it this.
    AskedRounded {
        /// What the user said.
        asked: i64,
    },
    /// What is missing to the target level.
    UpToTarget {
        /// The target level, units.
        target: i64,
    },
    /// The economic order quantity.
    Economic,
    /// As it was drafted; the figures behind it have changed since.
    AsDrafted,
}

/// A supplier of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplierChoice {
    /// Its name.
    pub name: String,
    /// Its price a unit.
    pub unit_price: Money,
    /// Days from order to delivery.
    pub lead_time_days: Figure<i32>,
    /// Least quantity.
    pub minimum_quantity: Figure<i64>,
    /// Units a pack.
    pub pack_size: Figure<i64>,
    /// Share of orders that came on time, in percent.
    pub on_time_percent: Figure<u8>,
    /// Whether the company prefers it for the product.
    pub preferred: bool,
}

/// Nothing was ordered: there is enough, or enough is on order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReorderNotNeeded {
    /// The product's code.
    pub sku: String,
    /// The product's name.
    pub name: String,
    /// The unit, singular.
    pub unit: String,
    /// Units in stock now.
    pub in_stock: i64,
    /// Units on orders that have not come.
    pub on_order: i64,
    /// The reorder point.
    pub reorder_point: Figure<i64>,
    /// The level that an order would fill the stock up to; stock and orders reach it.
    pub target: i64,
    /// The moment that the figures are true of.
    pub as_of: DateTime<Utc>,
}

/// Nobody sells it to the company, or the named supplier does not; nothing was ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoSupplier {
    /// The product's code.
    pub sku: String,
    /// The product's name.
    pub name: String,
    /// The supplier that was named and does not sell it.
    pub supplier: Option<String>,
    /// The suppliers that sell it, best first, at most three.
    pub sold_by: Vec<String>,
}
