//! The configuration of nlp; `config.default.toml` documents every key.

use chrono::TimeDelta;
use serde::Deserialize;
use wharf_broker::BrokerConfig;
use wharf_domain::persona::adaptive::Rule;
use wharf_pipeline::{BaseConfig, WorkerConfig};
use wharf_runtime::{
    config::{AdminConfig, ConfigError, LogConfig, Validate},
    service::ServiceConfig,
};
use wharf_store::DatabaseConfig;

use crate::understand::Thresholds;

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// How messages are worked on.
    pub worker: WorkerConfig,
    /// How messages are understood.
    pub understanding: UnderstandingConfig,
    /// How long conversations wait.
    pub dialogue: DialogueConfig,
    /// When another persona is offered.
    pub adaptive: AdaptiveConfig,
    /// The admin port.
    pub admin: AdminConfig,
    /// PostgreSQL.
    pub database: DatabaseConfig,
    /// RabbitMQ.
    pub broker: BrokerConfig,
    /// Logs.
    pub log: LogConfig,
}

/// The `[understanding]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnderstandingConfig {
    /// Seconds that a catalogue is remembered, 0 to 3,600.
    pub catalogue_ttl_s: u32,
    /// When to act, ask or say no.
    #[serde(default)]
    pub thresholds: Thresholds,
}

/// The `[dialogue]` section.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DialogueConfig {
    /// Minutes that a question or a list waits for its answer, 1 to 1,440.
    pub question_minutes: u32,
    /// Minutes within which UNDO takes back what nlp itself changed, 1 to 1,440; what agents change
    /// says for itself how long it can be taken back.
    pub undo_minutes: u32,
    /// To more people than this an answer is shared after a yes only, 1 to 1,000.
    pub share_confirm_over: u32,
}

/// The `[adaptive]` section.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdaptiveConfig {
    /// Whether it is noted how people write, and another persona is offered.
    pub offers: bool,
    /// Days between two offers to a person, 1 to 365.
    pub quiet_days: u32,
    /// Days after a no within which the same persona is not offered, 1 to 3,650. After no answer a
    /// third of it.
    pub declined_days: u32,
}

impl AdaptiveConfig {
    /// How long nothing is offered again.
    #[must_use]
    pub fn rule(&self) -> Rule {
        Rule {
            quiet: TimeDelta::days(self.quiet_days.into()),
            declined: TimeDelta::days(self.declined_days.into()),
        }
    }
}

impl UnderstandingConfig {
    /// How long a catalogue is remembered.
    #[must_use]
    pub fn catalogue_ttl(&self) -> TimeDelta {
        TimeDelta::seconds(self.catalogue_ttl_s.into())
    }
}

impl Config {
    pub(crate) fn base(&self) -> BaseConfig<'_> {
        let Self {
            worker,
            admin,
            database,
            broker,
            log,
            ..
        } = self;
        BaseConfig {
            worker,
            admin,
            database,
            broker,
            log,
        }
    }
}

impl ServiceConfig for Config {
    const DEFAULTS: &'static str = include_str!("../config.default.toml");

    fn log(&self) -> &LogConfig {
        &self.log
    }
}

impl Validate for Config {
    fn validate(&self) -> Result<(), ConfigError> {
        if self.understanding.catalogue_ttl_s > 3_600 {
            return Err(ConfigError(
                "understanding.catalogue_ttl_s must be 0-3600".to_owned(),
            ));
        }
        for (name, minutes) in [
            ("question_minutes", self.dialogue.question_minutes),
            ("undo_minutes", self.dialogue.undo_minutes),
        ] {
            if !(1..=1_440).contains(&minutes) {
                return Err(ConfigError(format!("dialogue.{name} must be 1-1440")));
            }
        }
        if !(1..=1_000).contains(&self.dialogue.share_confirm_over) {
            return Err(ConfigError(
                "dialogue.share_confirm_over must be 1-1000".to_owned(),
            ));
        }
        for (name, days, most) in [
            ("quiet_days", self.adaptive.quiet_days, 365),
            ("declined_days", self.adaptive.declined_days, 3_650),
        ] {
            if !(1..=most).contains(&days) {
                return Err(ConfigError(format!("adaptive.{name} must be 1-{most}")));
            }
        }
        let thresholds = &self.understanding.thresholds;
        for (name, value) in [
            ("accept", thresholds.accept),
            ("accept_change", thresholds.accept_change),
            ("confirm_change", thresholds.confirm_change),
            ("clarify", thresholds.clarify),
        ] {
            // Not a number is in no range.
            if !(0.0..=1.0).contains(&value) {
                return Err(ConfigError(format!(
                    "understanding.thresholds.{name} must be 0-1"
                )));
            }
        }
        self.base().validate()
    }
}
