//! Runs the right background agent for each execution, against the company's data, and says what
//! to answer. Knows neither Twilio nor wording.
//!
//! - [`agents`]: one file an agent. To add one, see there.
//! - [`handler`]: the execution's state machine.

pub mod agents;
pub mod config;
pub mod handler;

use wharf_broker::{Queue, Stage};
use wharf_domain::{clock::SystemClock, priority::Priority};
use wharf_pipeline::{Base, InTransaction, Worker};
use wharf_runtime::{lifecycle::Lifecycle, metrics::ExecutorMetrics};

pub use crate::config::Config;
use crate::handler::ExecutionHandler;

/// Works until the lifecycle's soft stop, then finishes what was started.
///
/// # Errors
/// When a port cannot be opened or the configuration cannot be used.
pub async fn run(config: Config, lifecycle: Lifecycle) -> anyhow::Result<()> {
    let base = Base::open(config.base(), &lifecycle)?;
    let handler = ExecutionHandler::new(
        SystemClock::shared(),
        config.execution.lease(),
        config.limits,
        ExecutorMetrics::register(&base.registry)?,
    );
    let queues = Priority::ALL.into_iter().map(Queue::Execute);
    let worker = Worker {
        handler: InTransaction::new(base.store.clone(), handler),
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
