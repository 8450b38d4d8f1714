//! The configuration of agent-executor; `config.default.toml` documents every key.

use chrono::TimeDelta;
use serde::Deserialize;
use wharf_broker::BrokerConfig;
use wharf_pipeline::{BaseConfig, WorkerConfig};
use wharf_runtime::{
    config::{AdminConfig, ConfigError, LogConfig, Validate},
    service::ServiceConfig,
};
use wharf_store::DatabaseConfig;

use crate::agents::Limits;

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// How messages are worked on.
    pub worker: WorkerConfig,
    /// How executions are worked on.
    pub execution: ExecutionConfig,
    /// From where on agents ask, and what figures count with.
    pub limits: Limits,
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
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExecutionConfig {
    /// Seconds that an execution belongs to the worker that began it, 10 to 1,200.
    pub lease_s: u32,
}

impl ExecutionConfig {
    /// The lease.
    #[must_use]
    pub fn lease(&self) -> TimeDelta {
        TimeDelta::seconds(self.lease_s.into())
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
        if !(10..=1_200).contains(&self.execution.lease_s) {
            return Err(ConfigError("execution.lease_s must be 10-1200".to_owned()));
        }
        self.limits.validate()?;
        self.base().validate()
    }
}
