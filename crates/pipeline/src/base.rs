//! What every worker service stands on: broker, database, admin port, metrics.

use std::net::SocketAddr;

use prometheus::Registry;
use wharf_broker::{Broker, BrokerConfig, LinkState, Publisher};
use wharf_runtime::{
    admin::{self, AdminState},
    config::{AdminConfig, ConfigError, LogConfig, Validate},
    lifecycle::Lifecycle,
    metrics::{ConnectionMetrics, PipelineMetrics},
    readiness::Readiness,
};
use wharf_store::{DatabaseConfig, Store};

use crate::worker::WorkerConfig;

/// The sections that every worker service's configuration has.
#[derive(Debug, Clone, Copy)]
pub struct BaseConfig<'a> {
    /// How messages are worked on.
    pub worker: &'a WorkerConfig,
    /// The admin port.
    pub admin: &'a AdminConfig,
    /// PostgreSQL.
    pub database: &'a DatabaseConfig,
    /// RabbitMQ.
    pub broker: &'a BrokerConfig,
    /// Logs.
    pub log: &'a LogConfig,
}

impl Validate for BaseConfig<'_> {
    fn validate(&self) -> Result<(), ConfigError> {
        self.worker.validate()?;
        self.admin.validate()?;
        self.log.validate()?;
        self.broker
            .validate()
            .map_err(|error| ConfigError(error.to_string()))?;
        self.database.validate().map_err(ConfigError)
    }
}

/// A worker service with its port open and its connections under way.
pub struct Base {
    /// The checked broker.
    pub broker: Broker,
    /// The database.
    pub store: Store,
    /// Where outcomes go.
    pub publisher: Publisher,
    /// The service's metrics.
    pub registry: Registry,
    /// What every worker counts.
    pub metrics: PipelineMetrics,
    /// Its connections to the broker.
    pub connections: ConnectionMetrics,
    /// Where the admin port listens.
    pub admin: SocketAddr,
}

impl Base {
    /// Opens the admin port and starts connecting. /readyz asks the broker and the database, and
    /// says no once a stop has begun.
    ///
    /// # Errors
    /// When the port cannot be opened or the configuration cannot be used.
    pub fn open(config: BaseConfig<'_>, lifecycle: &Lifecycle) -> anyhow::Result<Self> {
        let registry = Registry::new();
        let broker = config.broker.validate()?;
        let store = Store::connect(config.database)?;
        let publisher = Publisher::start(&broker, lifecycle.hard());
        let readiness = Readiness::default();
        watch(&readiness, &publisher, &store);
        readiness.drain_with(lifecycle);
        let state = AdminState {
            readiness,
            registry: registry.clone(),
        };
        let admin = admin::serve(config.admin, state)?;
        let metrics = PipelineMetrics::register(&registry)?;
        let connections = ConnectionMetrics::register(&registry)?;
        connections.follow("publish", publisher.link(), |link| {
            *link == LinkState::Connected
        });
        Ok(Self {
            broker,
            store,
            publisher,
            registry,
            metrics,
            connections,
            admin,
        })
    }

    /// Closes what [`Base::open`] opened, after the workers have drained.
    pub async fn close(self) {
        self.publisher.close().await;
        self.store.close();
    }
}

fn watch(readiness: &Readiness, publisher: &Publisher, store: &Store) {
    let publisher = publisher.clone();
    readiness.add("broker", move || {
        let ready = publisher.is_ready();
        async move {
            if ready {
                Ok(())
            } else {
                Err("not connected".to_owned())
            }
        }
    });
    let store = store.clone();
    readiness.add("database", move || {
        let store = store.clone();
        async move { store.ping().await.map_err(|error| error.to_string()) }
    });
}
