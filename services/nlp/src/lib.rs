//! Understands messages and decides what is to be done: an execution for an agent, or an answer
//! that needs none. Calls nobody over HTTP and words no reply.
//!
//! - [`understand`]: from text to intent and entities, a pure function.
//! - [`training`]: how its model is made from `data/`.
//! - [`handler`]: one message from the queue to its rows and its next step.
//! - [`plan`]: what follows from an understanding.
//! - [`catalogues`]: the companies' names of things, remembered for a while.

pub mod catalogues;
pub mod config;
pub mod handler;
pub mod plan;
pub mod training;
pub mod understand;

use prometheus::Registry;
use wharf_broker::{Publisher, Queue, Stage};
use wharf_domain::clock::SystemClock;
use wharf_pipeline::{InTransaction, Worker};
use wharf_runtime::{
    admin::{self, AdminState},
    lifecycle::Lifecycle,
    metrics::{NlpMetrics, PipelineMetrics},
    readiness::Readiness,
};
use wharf_store::Store;

pub use crate::config::Config;
use crate::{catalogues::Catalogues, handler::InboundHandler};

/// Works until the lifecycle's soft stop, then finishes what was started.
///
/// # Errors
/// When a port cannot be opened or the configuration cannot be used.
pub async fn run(config: Config, lifecycle: Lifecycle) -> anyhow::Result<()> {
    let registry = Registry::new();
    let broker = config.broker.validate()?;
    let store = Store::connect(&config.database)?;
    let publisher = Publisher::start(&broker, lifecycle.hard());
    let readiness = Readiness::default();
    wharf_pipeline::watch_dependencies(&readiness, &publisher, &store, &lifecycle);
    admin::serve(
        &config.admin,
        AdminState {
            readiness,
            registry: registry.clone(),
        },
    )?;

    let clock = SystemClock::shared();
    let handler = InboundHandler {
        catalogues: Catalogues::new(config.understanding.catalogue_ttl(), clock.clone()),
        thresholds: config.understanding.thresholds,
        clock,
        metrics: NlpMetrics::register(&registry)?,
    };
    let shards = 0..broker.topology().nlp_shards();
    let worker = Worker {
        handler: InTransaction::new(store.clone(), handler),
        queues: shards
            .map(Queue::Nlp)
            .chain([Queue::Poison(Stage::Nlp)])
            .collect(),
        config: config.worker,
        publisher: publisher.clone(),
        metrics: PipelineMetrics::register(&registry)?,
    };
    worker.run(&broker, &lifecycle).await;
    publisher.close().await;
    store.close();
    Ok(())
}
