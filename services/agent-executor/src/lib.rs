//! Runs the right background agent for each execution, against the company's data, and says what
//! to answer. Knows neither Twilio nor wording.
//!
//! - [`agents`]: one file an agent. To add one, see there.
//! - `handler`: the execution's state machine.

pub mod agents;
pub mod config;
mod handler;

use wharf_broker::{Queue, Stage};
use wharf_domain::{clock::SystemClock, priority::Priority};
use wharf_pipeline::{Base, Worker};
use wharf_runtime::{lifecycle::Lifecycle, metrics::ExecutorMetrics};

pub use crate::config::Config;
use crate::handler::{Engine, ExecutionHandler};

/// Works until the lifecycle's soft stop, then finishes what was started.
///
/// # Errors
/// When a port cannot be opened or the configuration cannot be used.
pub async fn run(config: Config, lifecycle: Lifecycle) -> anyhow::Result<()> {
    let base = Base::open(config.base(), &lifecycle)?;
    let engine = Engine {
        store: base.store.clone(),
        publisher: base.publisher.clone(),
        media: config.media.open()?,
        clock: SystemClock::shared(),
        execution: config.execution,
        circuit: config.circuit.circuit(),
        limits: config.limits,
        metrics: ExecutorMetrics::register(&base.registry)?,
    };
    let queues = Priority::ALL.into_iter().map(Queue::Execute);
    let worker = Worker {
        handler: ExecutionHandler(engine),
        queues: queues
            .chain([Queue::Poison(Stage::AgentExecutor)])
            .collect(),
        config: config.worker,
        publisher: base.publisher.clone(),
        metrics: base.metrics.clone(),
        connections: base.connections.clone(),
    };
    worker.run(&base.broker, &lifecycle).await;
    base.close().await;
    Ok(())
}
