//! Runs the right background agent for each execution, against the company's data, and says what
//! to answer. Knows neither Twilio nor wording.
//!
//! - [`agents`]: one file an agent. To add one, see there.
//! - `handler`: the execution's state machine.
//! - [`external`]: calls to agents of a company's own. - [`sweeper`]: what no message drives.

pub mod agents;
pub mod config;
pub mod external;
mod handler;
pub mod sweeper;

use wharf_broker::{Queue, Stage};
use wharf_domain::{clock::SystemClock, priority::Priority};
use wharf_pipeline::{Base, Worker};
use wharf_runtime::{lifecycle::Lifecycle, metrics::ExecutorMetrics};

pub use crate::config::Config;
use crate::{
    external::ExternalAgents,
    handler::{Engine, ExecutionHandler, ResultHandler},
    sweeper::Sweeper,
};

/// Works until the lifecycle's soft stop, then finishes what was started.
///
/// # Errors
/// When a port cannot be opened or the configuration cannot be used.
pub async fn run(config: Config, lifecycle: Lifecycle) -> anyhow::Result<()> {
    let base = Base::open(config.base(), &lifecycle)?;
    let clock = SystemClock::shared();
    let callbacks = config.callbacks.open_for_signing()?;
    let engine = Engine {
        store: base.store.clone(),
        publisher: base.publisher.clone(),
        media: config.media.open()?,
        external: ExternalAgents::new(config.external, callbacks, clock.clone())?,
        clock,
        execution: config.execution,
        circuit: config.circuit.circuit(),
        limits: config.limits,
        metrics: ExecutorMetrics::register(&base.registry)?,
    };
    let queues = Priority::ALL.into_iter().map(Queue::Execute);
    let executions = Worker {
        handler: ExecutionHandler(engine.clone()),
        queues: queues
            .chain([Queue::Poison(Stage::AgentExecutor)])
            .collect(),
        config: config.worker.clone(),
        publisher: base.publisher.clone(),
        metrics: base.metrics.clone(),
        connections: base.connections.clone(),
    };
    let results = Worker {
        handler: ResultHandler(engine.clone()),
        queues: vec![Queue::Results],
        config: config.worker,
        publisher: base.publisher.clone(),
        metrics: base.metrics.clone(),
        connections: base.connections.clone(),
    };
    tokio::join!(
        executions.run(&base.broker, &lifecycle),
        results.run(&base.broker, &lifecycle),
        Sweeper::new(engine, config.sweep).run(lifecycle.soft()),
    );
    base.close().await;
    Ok(())
}
