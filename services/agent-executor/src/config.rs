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

/// The `[worker]` section: a [`WorkerConfig`] and the lease. Spelled out, since serde reads the
/// fields of a flattened struct without converting: numbers of the environment come as texts.
#[derive(Debug, Clone, Deserialize)]
pub struct ExecutorConfig {
    /// Executions worked on at once, 1 to 256.
    pub concurrency: u16,
    /// Tries before an execution is given up, 1 to 10.
    pub max_attempts: u32,
    /// Seconds that an execution belongs to the worker that began it, 10 to 1,200.
    pub lease_s: u32,
}

impl ExecutorConfig {
    /// What every worker has.
    #[must_use]
    pub fn worker(&self) -> WorkerConfig {
        WorkerConfig {
            concurrency: self.concurrency,
            max_attempts: self.max_attempts,
        }
    }

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
        self.worker.worker().validate()?;
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

#[cfg(test)]
mod tests {
    use wharf_runtime::config::load;

    use super::*;

    #[test]
    fn numbers_of_the_worker_can_be_set_by_the_environment() {
        let environment = [
            ("AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/%2f"),
            ("DATABASE_URL", "postgres://wharf:wharf@127.0.0.1/wharf"),
            ("WHARF__WORKER__CONCURRENCY", "3"),
            ("WHARF__WORKER__MAX_ATTEMPTS", "2"),
            ("WHARF__WORKER__LEASE_S", "60"),
        ];
        let environment = environment.map(|(k, v)| (k.to_owned(), v.to_owned()));
        let config: Config = load(Config::DEFAULTS, environment).unwrap();
        let worker = config.worker.worker();
        assert_eq!((worker.concurrency, worker.max_attempts), (3, 2));
        assert_eq!(config.worker.lease(), TimeDelta::seconds(60));
    }
}
