//! Words replies in the user's persona and sends them through Twilio, each once.
//!
//! - [`render`]: facts to text. To add a template or a wording, see there.
//! - [`split`]: long texts in parts.
//! - [`delivery`]: a reply's parts to Twilio, and what to do when the outcome is in doubt.
//! - [`status`]: what Twilio reports about them.

pub mod config;
pub mod delivery;
pub mod render;
pub mod split;
pub mod status;

use std::sync::Arc;

use prometheus::Registry;
use wharf_broker::{Publisher, Queue, Stage};
use wharf_domain::{clock::SystemClock, priority::Priority};
use wharf_pipeline::Worker;
use wharf_runtime::{
    admin::{self, AdminState},
    lifecycle::Lifecycle,
    metrics::{PipelineMetrics, ResponderMetrics},
    readiness::Readiness,
};
use wharf_store::Store;
use wharf_twilio::client::Client;

pub use crate::config::Config;
use crate::{delivery::ReplyHandler, render::Renderer, status::StatusHandler};

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
    let metrics = ResponderMetrics::register(&registry)?;
    let pipeline_metrics = PipelineMetrics::register(&registry)?;
    let replies = Worker {
        handler: ReplyHandler {
            store: store.clone(),
            client: Client::new(&config.twilio)?,
            renderer: Arc::new(Renderer::new()?),
            delivery: config.delivery,
            clock: clock.clone(),
            metrics: metrics.clone(),
        },
        queues: Priority::ALL
            .into_iter()
            .map(Queue::Reply)
            .chain([Queue::Poison(Stage::Responder)])
            .collect(),
        config: config.worker.clone(),
        publisher: publisher.clone(),
        metrics: pipeline_metrics.clone(),
    };
    let statuses = Worker {
        handler: StatusHandler {
            store: store.clone(),
            metrics,
        },
        queues: vec![Queue::Status],
        config: config.worker,
        publisher: publisher.clone(),
        metrics: pipeline_metrics,
    };
    tokio::join!(
        replies.run(&broker, &lifecycle),
        statuses.run(&broker, &lifecycle)
    );
    publisher.close().await;
    store.close();
    Ok(())
}
