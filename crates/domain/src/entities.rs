//! What a message names: product, quantity, period and so on, as normalised text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wire_name::wire_enum;

wire_enum! {
    /// The kinds of entities and their names on the wire.
    pub enum EntityName ("entity") {
        /// Product words as written, lower case, without articles, units and quantity.
        Product = "product",
        /// A product code, upper case.
        Sku = "sku",
        /// A whole number in digits.
        Quantity = "quantity",
        /// `set`, `add` or `remove`.
        Operation = "operation",
        /// A place as written, lower case.
        Location = "location",
        /// `critical`, `high`, `medium` or `low`.
        Severity = "severity",
        /// `stock`, `supplier`, `delivery`, `quality`, `price` or `system`.
        Category = "category",
        /// Upper case, without `#`.
        AlertId = "alert_id",
        /// `inventory`, `sales`, `supplier` or `financial`.
        ReportType = "report_type",
        /// A figure's name as written, lower case.
        Metric = "metric",
        /// A named range (`last_week`, `last_7_days`) or `start..end` in ISO dates, end included.
        DateRange = "date_range",
        /// A supplier's name as written, lower case.
        Supplier = "supplier",
        /// An agent type, or `all`.
        Agent = "agent",
        /// Of a report: `pdf`, `xlsx` or `csv`. Never asked for, and no label that understanding
        /// learns: nlp reads it from the words of a request for a report.
        Format = "format",
    }
}

/// The entities of one message: at most one value a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Entities(BTreeMap<EntityName, String>);

impl Entities {
    /// The value of `name`, if the message states one.
    #[must_use]
    pub fn get(&self, name: EntityName) -> Option<&str> {
        self.0.get(&name).map(String::as_str)
    }

    /// Sets `name`; an earlier value is replaced and returned.
    pub fn set(&mut self, name: EntityName, value: impl Into<String>) -> Option<String> {
        self.0.insert(name, value.into())
    }

    /// Takes `name` out.
    pub fn remove(&mut self, name: EntityName) -> Option<String> {
        self.0.remove(&name)
    }

    /// Whether `name` has a value.
    #[must_use]
    pub fn has(&self, name: EntityName) -> bool {
        self.0.contains_key(&name)
    }

    /// Whether nothing is stated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All pairs, by name.
    pub fn iter(&self) -> impl Iterator<Item = (EntityName, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

impl FromIterator<(EntityName, String)> for Entities {
    fn from_iter<I: IntoIterator<Item = (EntityName, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}
