//! alert_generator's answers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The live alerts, counted and the first of them listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertSummary {
    /// The severity that was asked for.
    pub severity: Option<String>,
    /// The category that was asked for.
    pub category: Option<String>,
    /// Alerts that fit.
    pub count: u32,
    /// Critical ones among them.
    pub critical: u32,
    /// High ones among them.
    pub high: u32,
    /// Medium ones among them.
    pub medium: u32,
    /// Low ones among them.
    pub low: u32,
    /// How many come before those listed, on earlier pages; lines are numbered on from there.
    #[serde(default)]
    pub after: u32,
    /// The next of them, the most severe and oldest first, at most nine; a reply names one by its
    /// place among all that fit or its id.
    pub alerts: Vec<AlertLine>,
    /// When alerts were last looked for.
    pub scanned_at: Option<DateTime<Utc>>,
    /// The moment that the figures are true of.
    pub as_of: DateTime<Utc>,
}

/// An alert in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertLine {
    /// What people call it, e.g. `A17`.
    pub id: String,
    /// `low_stock`, `late_delivery`, …: the kinds of `alerts.kind`.
    pub kind: String,
    /// `critical`, `high`, `medium` or `low`.
    pub severity: String,
    /// `stock`, `supplier`, …
    pub category: String,
    /// What it is about: a product's code and name, a supplier, an order.
    pub subject: String,
    /// The figures that raised it, e.g. `quantity`, `reorder_point`, `days_late`.
    pub facts: Map<String, Value>,
    /// How far it is.
    pub state: AlertState,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
}

/// How far an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// Nobody is on it.
    Open,
    /// Somebody has seen it.
    Acknowledged,
    /// Done.
    Resolved,
}

/// One alert with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertDetail {
    /// The alert.
    pub alert: AlertLine,
    /// Who acknowledged it, and when.
    pub acknowledged: Option<(String, DateTime<Utc>)>,
    /// Who resolved it, and when; nobody's name when a scan found it true no more.
    pub resolved: Option<(Option<String>, DateTime<Utc>)>,
    /// The moment that the figures are true of.
    pub as_of: DateTime<Utc>,
}

/// An alert was acknowledged or resolved, or had been before by somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertChanged {
    /// The alert, as it is now.
    pub alert: AlertLine,
    /// Whether this request changed it; else it had been so before.
    pub changed: bool,
    /// Who did it; `None`: a scan, which found it true no more.
    pub by: Option<String>,
    /// Whether `by` is the person who asks.
    pub by_you: bool,
    /// When.
    pub at: DateTime<Utc>,
    /// Live alerts that remain.
    pub remaining: u32,
    /// Until when UNDO takes it back, for what this request changed.
    pub undo_until: Option<DateTime<Utc>>,
}

/// The company has no alert of that id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertNotFound {
    /// What was asked for.
    pub asked: String,
    /// Live alerts, the most severe first, at most five.
    pub live: Vec<AlertLine>,
}
