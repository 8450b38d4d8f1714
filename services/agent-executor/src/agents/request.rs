//! What an agent is asked, by whom, and within which limits.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use serde::Deserialize;
use uuid::Uuid;
use wharf_domain::{
    contracts::Step,
    entities::Entities,
    ids::{CompanyId, ContactId, ExecutionId, ProfileId},
    intent::IntentType,
    period::Period,
};
use wharf_runtime::config::{ConfigError, Validate};
use wharf_store::{alerts::Severity, companies::Company};

/// What an agent is asked.
#[derive(Debug, Clone)]
pub struct Request {
    /// The execution.
    pub execution_id: ExecutionId,
    /// Whose data it works on.
    pub company: Company,
    /// Who asks; `None` for work that nobody asked for.
    pub person: Option<Person>,
    /// Who gets the answer.
    pub contact_id: Option<ContactId>,
    /// The conversation that it is asked in.
    pub conversation_key: String,
    /// What is wanted.
    pub intent: IntentType,
    /// Which step of the request this is.
    pub step: Step,
    /// What the message names.
    pub entities: Entities,
    /// The moment that it works at.
    pub now: DateTime<Utc>,
    /// The company's limits.
    pub limits: Limits,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The profile.
    pub id: ProfileId,
    /// The zone that "today" is meant in.
    pub time_zone: Tz,
    /// The places that the person may see and change; `None`: all.
    pub places: Option<Vec<Uuid>>,
}

impl Request {
    /// Lines of a list that come before those that are asked for: more than 0 on later pages.
    #[must_use]
    pub const fn after(&self) -> u32 {
        match self.step {
            Step::Page { after } => after,
            _ => 0,
        }
    }

    /// The tenant.
    #[must_use]
    pub fn company_id(&self) -> CompanyId {
        self.company.id
    }

    /// The zone of the person who asks, else the company's.
    #[must_use]
    pub fn time_zone(&self) -> Tz {
        self.person
            .as_ref()
            .map_or(self.company.time_zone, |person| person.time_zone)
    }

    /// The day it is for the person who asks.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.time_zone()).date_naive()
    }

    /// The day it is for the company: what sales and snapshots are counted by.
    #[must_use]
    pub fn company_today(&self) -> NaiveDate {
        self.now.with_timezone(&self.company.time_zone).date_naive()
    }

    /// The weekday that the company's weeks start on.
    #[must_use]
    pub fn week_start(&self) -> Weekday {
        let from_monday = u8::try_from(self.company.week_start - 1).ok();
        from_monday
            .and_then(|day| Weekday::try_from(day).ok())
            .unwrap_or(Weekday::Mon)
    }

    /// What a `date_range` means today; see [`Period::read`].
    #[must_use]
    pub fn period(&self, range: &str) -> Option<Period> {
        Period::read(range, self.today(), self.week_start())
    }

    /// Until when UNDO takes back what is done now.
    #[must_use]
    pub fn undo_until(&self) -> DateTime<Utc> {
        self.now + TimeDelta::minutes(self.limits.undo_minutes.into())
    }
}

/// The `[limits]` section: from where on an agent asks before it changes something, and what
/// figures count with. `config.default.toml` explains each.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// An order that costs more, in whole units of the company's currency, is drafted and asked
    /// about; 0 asks always.
    pub confirm_order_total: u32,
    /// A change of stock by more units is asked about.
    pub confirm_stock_units: u32,
    /// A change of stock by more percent of what is there is asked about, 1 to 1,000.
    pub confirm_stock_percent: u32,
    /// Minutes within which UNDO takes a change back, 1 to 1,440.
    pub undo_minutes: u32,
    /// Agents that may be started or stopped by one request unasked, 0 to 5.
    pub confirm_agents: u32,
    /// Alerts from which severity on are resolved after a yes only.
    pub confirm_resolve: ConfirmResolve,
    /// Minutes that a question waits for its answer, 1 to 1,440.
    pub question_minutes: u32,
    /// Days of sales that average demand is computed from, 7 to 365.
    pub demand_days: u32,
    /// Share of replenishment cycles without a stock-out that safety stock aims at, .5 to .999.
    pub service_level: f64,
    /// Days of demand that an order is to cover beyond the lead time, 1 to 365.
    pub review_days: u32,
    /// Cost of placing an order, in the company's currency, for the economic order quantity; 0:
    /// not known.
    pub order_cost: f64,
    /// Cost of keeping stock for a year, as a share of its value, 0 to 1, for the economic order
    /// quantity; 0: not known.
    pub holding_rate: f64,
    /// Days of cover from which stock counts as too much, 30 to 3,650.
    pub over_stock_days: u32,
    /// Rise of a supplier's price in percent from which it raises an alert, 1 to 1,000.
    pub price_jump_percent: u32,
    /// Share of a supplier's orders on time, in percent, below which it raises an alert, 0 to 100.
    pub supplier_on_time_percent: u32,
}

/// Which alerts are resolved after a yes only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmResolve {
    /// None.
    Never,
    /// Critical ones.
    Critical,
    /// Those, and high ones.
    High,
    /// Those, and medium ones.
    Medium,
    /// All.
    Always,
}

impl ConfirmResolve {
    /// Whether it is asked about an alert as severe as this.
    #[must_use]
    pub fn asks(self, severity: Severity) -> bool {
        // Severities order from the worst on.
        match self {
            Self::Never => false,
            Self::Critical => severity <= Severity::Critical,
            Self::High => severity <= Severity::High,
            Self::Medium => severity <= Severity::Medium,
            Self::Always => true,
        }
    }
}

impl Validate for Limits {
    fn validate(&self) -> Result<(), ConfigError> {
        let ranges = [
            (
                "confirm_stock_percent",
                self.confirm_stock_percent,
                1,
                1_000,
            ),
            ("undo_minutes", self.undo_minutes, 1, 1_440),
            ("confirm_agents", self.confirm_agents, 0, 5),
            ("question_minutes", self.question_minutes, 1, 1_440),
            ("demand_days", self.demand_days, 7, 365),
            ("review_days", self.review_days, 1, 365),
            ("over_stock_days", self.over_stock_days, 30, 3_650),
            ("price_jump_percent", self.price_jump_percent, 1, 1_000),
            (
                "supplier_on_time_percent",
                self.supplier_on_time_percent,
                0,
                100,
            ),
        ];
        for (name, value, low, high) in ranges {
            if !(low..=high).contains(&value) {
                return Err(ConfigError(format!("limits.{name} must be {low}-{high}")));
            }
        }
        let shares = [
            ("service_level", self.service_level, 0.5, 0.999),
            ("holding_rate", self.holding_rate, 0.0, 1.0),
            ("order_cost", self.order_cost, 0.0, 1e9),
        ];
        for (name, value, low, high) in shares {
            if !(low..=high).contains(&value) {
                return Err(ConfigError(format!("limits.{name} must be {low}-{high}")));
            }
        }
        Ok(())
    }
}
