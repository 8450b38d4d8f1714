//! Answers of a dialogue: questions before something is changed, and taking it back.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{contracts::ProductName, entities::Entities, intent::IntentType};

/// "Shall I?" A yes carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirm {
    /// What would be done.
    pub intent: IntentType,
    /// With what.
    pub entities: Entities,
    /// The product that it is about, when the catalogue has it.
    pub product: Option<ProductName>,
    /// What would change, when that is why it is asked: units before and after.
    pub change: Option<(i64, i64)>,
    /// Until when a yes counts.
    pub expires_at: DateTime<Utc>,
}

/// UNDO did what it could.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// What was taken back.
    pub intent: IntentType,
    /// What it was about: a product's code, an order, an alert, an agent.
    pub subject: String,
    /// The figure before UNDO and after, for stock.
    pub change: Option<(i64, i64)>,
    /// When.
    pub as_of: DateTime<Utc>,
}

/// Why UNDO did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum WhyNotUndone {
    /// Nothing was changed in the conversation lately.
    Nothing,
    /// It has been taken back before.
    Already,
    /// It is too long ago.
    TooLate {
        /// Minutes within which it can be.
        minutes: u32,
    },
    /// What followed cannot be taken back with it: the order has been delivered, the stock is gone.
    Overtaken,
}

/// The answer came too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waited {
    /// For a yes. Nothing was done.
    Confirmation,
    /// For a word that completes a request.
    Question,
    /// For a number of a list.
    List,
}
