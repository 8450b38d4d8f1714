//! The configuration of agent-executor; `config.default.toml` documents every key.

use chrono::TimeDelta;
use serde::Deserialize;
use wharf_broker::BrokerConfig;
use wharf_external::CallbacksConfig;
use wharf_media::MediaConfig;
use wharf_pipeline::{BaseConfig, WorkerConfig};
use wharf_runtime::{
    config::{AdminConfig, ConfigError, LogConfig, Validate},
    service::ServiceConfig,
};
use wharf_store::{DatabaseConfig, agent_runs::Circuit};

use crate::{agents::Limits, external::ExternalConfig, sweeper::SweepConfig};

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// How messages are worked on.
    pub worker: WorkerConfig,
    /// How executions are worked on.
    pub execution: ExecutionConfig,
    /// When an agent that fails gets no more work.
    pub circuit: CircuitConfig,
    /// What is looked after though no message comes.
    pub sweep: SweepConfig,
    /// How agents of the companies' own are called.
    pub external: ExternalConfig,
    /// How they call back.
    pub callbacks: CallbacksConfig,
    /// From where on agents ask, and what figures count with.
    pub limits: Limits,
    /// Where files go.
    pub media: MediaConfig,
    /// The admin port.
    pub admin: AdminConfig,
    /// PostgreSQL.
    pub database: DatabaseConfig,
    /// RabbitMQ.
    pub broker: BrokerConfig,
    /// Logs.
    pub log: LogConfig,
}

/// The `[execution]` section.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExecutionConfig {
    /// Seconds after which another worker may take an execution over whose worker has fallen
    /// silent, 10 to 60.
    pub lease_s: u32,
    /// Seconds after which the user is told that it takes longer, 1 to 600.
    pub soft_deadline_s: u32,
    /// Seconds after which an execution has failed, more than the soft ones, up to 86,400.
    pub hard_deadline_s: u32,
}

/// The `[circuit]` section.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CircuitConfig {
    /// Failures in a row after which an agent gets no more work, 1 to 100.
    pub failures: u16,
    /// For how many seconds, 1 to 86,400.
    pub closed_s: u32,
}

impl CircuitConfig {
    pub(crate) fn circuit(&self) -> Circuit {
        Circuit {
            failures: self.failures.into(),
            closed: TimeDelta::seconds(self.closed_s.into()),
        }
    }
}

impl ExecutionConfig {
    /// The lease.
    #[must_use]
    pub fn lease(&self) -> TimeDelta {
        TimeDelta::seconds(self.lease_s.into())
    }

    /// The soft deadline, from the beginning of what is done outside a transaction.
    #[must_use]
    pub fn soft_deadline(&self) -> TimeDelta {
        TimeDelta::seconds(self.soft_deadline_s.into())
    }

    /// The hard deadline, likewise.
    #[must_use]
    pub fn hard_deadline(&self) -> TimeDelta {
        TimeDelta::seconds(self.hard_deadline_s.into())
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
        let execution = &self.execution;
        let hard_from = execution.soft_deadline_s.saturating_add(1);
        let ranges = [
            ("execution.lease_s", execution.lease_s, 10, 60),
            (
                "execution.soft_deadline_s",
                execution.soft_deadline_s,
                1,
                600,
            ),
            (
                "execution.hard_deadline_s",
                execution.hard_deadline_s,
                hard_from,
                86_400,
            ),
            ("circuit.failures", self.circuit.failures.into(), 1, 100),
            ("circuit.closed_s", self.circuit.closed_s, 1, 86_400),
        ];
        for (name, value, low, high) in ranges {
            if !(low..=high).contains(&value) {
                return Err(ConfigError(format!("{name} must be {low}-{high}")));
            }
        }
        self.sweep.validate()?;
        self.external.validate()?;
        self.callbacks
            .open_for_signing()
            .map_err(|error| ConfigError(error.to_string()))?;
        self.media
            .validate()
            .map_err(|error| ConfigError(error.to_string()))?;
        self.limits.validate()?;
        self.base().validate()
    }
}
