//! inventory_monitor's answers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A figure that the data may not carry. Unknown is said, never guessed.
pub type Figure<T> = Option<T>;

/// Stock of one product, as of a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InventoryCheckResult {
    /// The product's code.
    pub sku: String,
    /// The product's name.
    pub name: String,
    /// The unit that quantities count, singular: `unit`, `box`, `kg`.
    pub unit: String,
    /// Units over all places that were asked about.
    pub quantity: i64,
    /// The place that was asked about, or the places that hold any, joined.
    pub location: String,
    /// The level at or below which to order.
    pub reorder_point: Figure<i64>,
    /// Whether `reorder_point` was computed from sales and lead time; else the company set it.
    #[serde(default)]
    pub reorder_point_computed: bool,
    /// Days from order to delivery.
    pub lead_time_days: Figure<i32>,
    /// The day of the last order.
    pub last_reorder: Figure<NaiveDate>,
    /// Units sold a day on average, over the latest weeks.
    #[serde(default)]
    pub daily_demand: Figure<f64>,
    /// Units kept for the case that demand is higher or delivery later than usual.
    #[serde(default)]
    pub safety_stock: Figure<i64>,
    /// Units on order that have not come.
    #[serde(default)]
    pub on_order: i64,
    /// Units that an order would be for now, up to the target level; `None`: none needed or not
    /// known.
    #[serde(default)]
    pub suggested_order: Figure<i64>,
    /// Full days that the stock lasts at the average demand.
    pub coverage_days: Figure<i64>,
    /// The latest movement or count among the rows shown.
    pub last_updated: Figure<DateTime<Utc>>,
    /// Stock by legal entity.
    pub entities: Vec<EntityStock>,
    /// Stock by place.
    #[serde(default)]
    pub locations: Vec<LocationStock>,
    /// The moment that the figures are true of.
    pub as_of: DateTime<Utc>,
    /// How long the query took, in milliseconds.
    pub query_time_ms: u64,
}

/// A legal entity's share of the stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityStock {
    /// The entity's name.
    pub name: String,
    /// Units.
    pub quantity: i64,
    /// The entity's own reorder point.
    pub reorder_point: Figure<i64>,
}

/// A place's share of the stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocationStock {
    /// The place's name.
    pub name: String,
    /// Units.
    pub quantity: i64,
    /// The place's own reorder point.
    pub reorder_point: Figure<i64>,
}

impl InventoryCheckResult {
    /// Whether to order: at or below the reorder point; `None` when that is not known.
    #[must_use]
    pub fn below_reorder_point(&self) -> Option<bool> {
        self.reorder_point.map(|point| self.quantity <= point)
    }
}

/// Stock after a count, a receipt or an issue was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockUpdated {
    /// The product's code.
    pub sku: String,
    /// The product's name.
    pub name: String,
    /// The unit, singular.
    pub unit: String,
    /// The place.
    pub location: String,
    /// `set`, `add` or `remove`.
    pub operation: String,
    /// Units before.
    pub before: i64,
    /// Units after.
    pub after: i64,
    /// Units after, over all places that the person sees.
    pub total: i64,
    /// The reorder point of these places.
    pub reorder_point: Figure<i64>,
    /// Until when UNDO takes it back.
    pub undo_until: DateTime<Utc>,
    /// When it was recorded.
    pub as_of: DateTime<Utc>,
}

/// More was to be taken out than there is; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotEnoughStock {
    /// The product's code.
    pub sku: String,
    /// The product's name.
    pub name: String,
    /// The unit, singular.
    pub unit: String,
    /// The place.
    pub location: String,
    /// Units that were to be taken out.
    pub asked: i64,
    /// Units that are there.
    pub there: i64,
    /// The moment that it is true of.
    pub as_of: DateTime<Utc>,
}
