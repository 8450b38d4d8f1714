//! controller's answers, and those of any agent that does not take work.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// An agent was started or stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSwitched {
    /// The agents concerned: one, or all.
    pub agents: Vec<String>,
    /// Whether they run now; else they are stopped.
    pub running: bool,
    /// Whether anything changed; a stopped agent may be stopped again.
    pub changed: bool,
    /// What the agents did when they were started, one each.
    pub jobs: Vec<JobReport>,
    /// Those among them that are programs of the company's own and were told to work: each answers
    /// by itself.
    #[serde(default)]
    pub asked: Vec<String>,
    /// Until when UNDO takes it back, when anything changed.
    pub undo_until: Option<DateTime<Utc>>,
    /// When.
    pub as_of: DateTime<Utc>,
}

/// What an agent did when somebody started it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobReport {
    /// The agent.
    pub agent: String,
    /// What it counted, in the order to show, e.g. `("alerts_raised", 3)`. Names are in snake case.
    pub counts: Vec<(String, i64)>,
}

/// How the agents are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentStatusList {
    /// The agents that were asked about, by name.
    pub agents: Vec<AgentLine>,
    /// The moment that it is true of.
    pub as_of: DateTime<Utc>,
}

/// How an agent is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentLine {
    /// Its name, e.g. `inventory_monitor`.
    pub agent: String,
    /// Whether it takes work.
    pub running: bool,
    /// Who stopped it.
    pub stopped_by: Option<String>,
    /// When it was stopped.
    pub stopped_at: Option<DateTime<Utc>>,
    /// Until when it gets no work after failures.
    pub closed_until: Option<DateTime<Utc>>,
    /// When its latest run ended.
    pub last_run_at: Option<DateTime<Utc>>,
    /// Whether that went well.
    pub last_run_failed: bool,
    /// Runs of the latest 24 hours.
    pub runs_today: u32,
    /// Runs among them that failed.
    pub failures_today: u32,
    /// Requests that wait for it.
    pub waiting: u32,
}

/// The request was not carried out: its agent takes no work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentUnavailable {
    /// The agent.
    pub agent: String,
    /// Why.
    pub why: WhyUnavailable,
}

/// Why an agent takes no work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum WhyUnavailable {
    /// Somebody stopped it.
    Stopped {
        /// Who, when it is known.
        by: Option<String>,
        /// When.
        at: Option<DateTime<Utc>>,
    },
    /// It failed too often in a row; nothing is sent to it for a while.
    Failing {
        /// Until when.
        until: DateTime<Utc>,
    },
}
