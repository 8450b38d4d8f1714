//! Runs the right background agent for each execution, against the company's data, and says what
//! to answer. Knows neither Twilio nor wording.
//!
//! - [`agents`]: one file an agent. To add one, see there.
//! - [`handler`]: the execution's state machine.

pub mod agents;
pub mod config;
pub mod handler;

use prometheus::Registry;
use wharf_broker::{Publisher, Queue, Stage};
use wharf_domain::{clock::SystemClock, priority::Priority};
use wharf_pipeline::{InTransaction, Worker};
use wharf_runtime::{
    admin::{self, AdminState},
    lifecycle::Lifecycle,
    metrics::{ExecutorMetrics, PipelineMetrics},
    readiness::Readiness,
};
use wharf_store::Store;

pub use crate::config::Config;
use crate::handler::ExecutionHandler;

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

    let handler = ExecutionHandler::new(
        SystemClock::shared(),
        config.worker.lease(),
        ExecutorMetrics::register(&registry)?,
    );
    let queues = Priority::ALL.into_iter().map(Queue::Execute);
    let worker = Worker {
        handler: InTransaction::new(store.clone(), handler),
        queues: queues
            .chain([Queue::Poison(Stage::AgentExecutor)])
            .collect(),
        config: config.worker.worker(),
        publisher: publisher.clone(),
        metrics: PipelineMetrics::register(&registry)?,
    };
    worker.run(&broker, &lifecycle).await;
    publisher.close().await;
    store.close();
    Ok(())
}
