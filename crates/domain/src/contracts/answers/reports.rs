//! report_generator's answers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{AlertLine, Figure};
use crate::{contracts::Attachment, money::Money, period::Period};

/// A report that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportReady {
    /// `inventory`, `sales`, `supplier` or `financial`.
    pub report_type: String,
    /// The days that it covers.
    pub period: Period,
    /// The file; its link is made when the reply is worded.
    pub attachment: Attachment,
    /// `pdf`, `xlsx` or `csv`.
    pub format: String,
    /// The report's main figures, at most five.
    pub figures: Vec<MetricLine>,
    /// The moment that the figures are true of.
    pub as_of: DateTime<Utc>,
}

/// Figures of a period, beside those of the period before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricsSummary {
    /// The days.
    pub period: Period,
    /// The days that they are compared with: as many, just before.
    pub before: Period,
    /// The figures.
    pub metrics: Vec<MetricLine>,
    /// The metric that was asked for, when it is none of ours.
    pub not_known: Option<String>,
    /// The moment that the figures are true of.
    pub as_of: DateTime<Utc>,
}

/// A figure and the same figure of the period before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricLine {
    /// `turnover`, `fill_rate`, `stockout_rate`, `days_of_cover`, `accuracy`, `revenue`, `otif`, …
    pub name: String,
    /// What it counts.
    pub unit: MetricUnit,
    /// The figure, exact decimal text; `None`: not known.
    pub value: Figure<String>,
    /// The figure of the period before.
    pub before: Figure<String>,
    /// Whether a higher figure is the better one; `None`: neither.
    pub higher_is_better: Option<bool>,
    /// How it is computed, in a few words.
    pub formula: String,
}

/// What a figure counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricUnit {
    /// Percent, 0 to 100.
    Percent,
    /// Times a year: of a shorter period, as many as it would come to in a year.
    Times,
    /// Days.
    Days,
    /// Units of products.
    Units,
    /// A plain count.
    Count,
    /// Money, of this ISO 4217 currency.
    Money(String),
}

/// The day in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DailyDigest {
    /// The days that it covers, mostly one.
    pub period: Period,
    /// Revenue of the days.
    pub revenue: Figure<Money>,
    /// Revenue of as many days, a week before.
    pub revenue_before: Figure<Money>,
    /// Units sold.
    pub units_sold: Figure<i64>,
    /// What sold most, at most three.
    pub top: Vec<TopLine>,
    /// Products at or below their reorder point.
    pub low: u32,
    /// Products with nothing left.
    pub out: u32,
    /// Live alerts.
    pub alerts: u32,
    /// Critical ones among them.
    pub critical: u32,
    /// The most severe of them, at most three.
    pub worst: Vec<AlertLine>,
    /// Orders that should have come by now and have not.
    pub late_orders: u32,
    /// Orders that should come on the day after the period's last.
    pub expected_tomorrow: u32,
    /// The moment that the figures are true of.
    pub as_of: DateTime<Utc>,
}

/// A product in a ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopLine {
    /// The product's code.
    pub sku: String,
    /// The product's name.
    pub name: String,
    /// The unit, singular.
    pub unit: String,
    /// Units.
    pub quantity: i64,
}
