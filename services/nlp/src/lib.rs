//! Understands messages and decides what is to be done: an execution for an agent, or an answer
//! that needs none. Calls nobody over HTTP and words no reply.
//!
//! - [`understand`]: from text to intent and entities, a pure function.
//! - [`training`]: how its model is made from `data/`.
//! - [`handler`]: one message from the queue to its rows and its next step.
//! - [`feedback`]: what people say of our answers.
//! - [`dialogue`]: what a message means after the one before.
//! - [`plan`]: what follows from an understanding by itself.
//! - [`format`]: in which format a report is wanted.
//! - [`one_alert`]: a message that is an alert's code.
//! - `people`: who may write and be written to.
//! - `wordless`: what is no text.
//! - [`catalogues`]: the companies' names of things, remembered for a while.

mod carried;
pub mod catalogues;
pub mod config;
pub mod dialogue;
pub mod feedback;
pub mod format;
pub mod handler;
pub mod one_alert;
mod people;
pub mod plan;
pub mod training;
pub mod understand;
mod wordless;

use wharf_broker::{Queue, Stage};
use wharf_domain::clock::SystemClock;
use wharf_pipeline::{Base, InTransaction, Worker};
use wharf_runtime::{lifecycle::Lifecycle, metrics::NlpMetrics};
use wharf_store::Across;

pub use crate::config::Config;
use crate::{catalogues::Catalogues, handler::InboundHandler, understand::model::Measured};

/// Works until the lifecycle's soft stop, then finishes what was started.
///
/// # Errors
/// When a port cannot be opened or the configuration cannot be used.
pub async fn run(config: Config, lifecycle: Lifecycle) -> anyhow::Result<()> {
    let base = Base::open(config.base(), &lifecycle)?;
    let clock = SystemClock::shared();
    let metrics = NlpMetrics::register(&base.registry)?;
    if let Some(measured) = Measured::shipped() {
        let accuracy = &metrics.intent_recognition_accuracy;
        accuracy
            .with_label_values(&["evaluation"])
            .set(measured.accuracy);
    }
    let labels = feedback::keep_metrics(
        base.store.clone(),
        clock.clone(),
        metrics.clone(),
        lifecycle.clone(),
    );
    let labels = tokio::spawn(labels);
    let handler = InboundHandler {
        catalogues: Catalogues::new(config.understanding.catalogue_ttl(), clock.clone()),
        thresholds: config.understanding.thresholds,
        dialogue: config.dialogue,
        adaptive: config.adaptive,
        clock,
        metrics,
    };
    let shards = 0..base.broker.topology().nlp_shards();
    let worker = Worker {
        handler: InTransaction::new(base.store.clone(), Across::Receiver, handler),
        queues: shards
            .map(Queue::Nlp)
            .chain([Queue::Poison(Stage::Nlp)])
            .collect(),
        config: config.worker,
        publisher: base.publisher.clone(),
        metrics: base.metrics.clone(),
        connections: base.connections.clone(),
    };
    worker.run(&base.broker, &lifecycle).await;
    labels.await?;
    base.close().await;
    Ok(())
}
