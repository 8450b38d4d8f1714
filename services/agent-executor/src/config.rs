//! The configuration of agent-executor; `config.default.toml` documents every key.

use chrono::TimeDelta;
use serde::Deserialize;
use wharf_broker::BrokerConfig;
use wharf_pipeline::WorkerConfig;
use wharf_runtime::{
    config::{AdminConfig, ConfigError, LogConfig, Validate},
    service::ServiceConfig,
};
use wharf_store::DatabaseConfig;

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// How executions are worked on.
    pub worker: ExecutorConfig,
    /// The admin port.
    pub admin: AdminConfig,
    /// PostgreSQL.
    pub database: DatabaseConfig,
    /// RabbitMQ.
    pub broker: BrokerConfig,
    /// Logs.
    pub log: LogConfig,
}

/// The `[worker]` section.
#[derive(Debug, Clone, Deserialize)]
pub struct ExecutorConfig {
    /// What every worker has.
    #[serde(flatten)]
    pub worker: WorkerConfig,
    /// Seconds that an execution belongs to the worker that began it, 10 to 1,200.
    pub lease_s: u32,
}

impl ExecutorConfig {
    /// The lease.
    #[must_use]
    pub fn lease(&self) -> TimeDelta {
        TimeDelta::seconds(self.lease_s.into())
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
        self.worker.worker.validate()?;
        if !(10..=1_200).contains(&self.worker.lease_s) {
            return Err(ConfigError("worker.lease_s must be 10-1200".to_owned()));
        }
        self.admin.validate()?;
        self.log.validate()?;
        self.broker
            .validate()
            .map_err(|error| ConfigError(error.to_string()))?;
        self.database.validate().map_err(ConfigError)
    }
}
