//! The loop of one worker: take, schedule, start, settle, drain.

use std::{sync::Arc, time::Duration};

use serde::Deserialize;
use tokio::{sync::mpsc, task::JoinSet};
use tracing::{info, warn};
use wharf_broker::{Broker, Consumer, Delivery, LinkState, Publisher, Queue, Subscription};
use wharf_domain::{contracts::Envelope, priority::Priority};
use wharf_runtime::{
    backoff::Backoff,
    config::ConfigError,
    lifecycle::Lifecycle,
    metrics::{ConnectionMetrics, PipelineMetrics},
};

use crate::{
    handler::Handler,
    schedule::{Schedule, Slot},
    settle::{Settled, Settler},
};

/// How a worker works; the `[worker]` section of a service's configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerConfig {
    /// Messages handled at once, 1-256; also the prefetch of each queue.
    pub concurrency: u16,
    /// Tries before a failing message is given up, 1-10; the delays between them are 1 s, 10 s,
    /// 60 s and then 10 min.
    pub max_attempts: u32,
}

impl WorkerConfig {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`ConfigError`] naming the key at fault.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if !(1..=256).contains(&self.concurrency) {
            return Err(ConfigError("worker.concurrency must be 1-256".to_owned()));
        }
        if !(1..=10).contains(&self.max_attempts) {
            return Err(ConfigError("worker.max_attempts must be 1-10".to_owned()));
        }
        Ok(())
    }
}

/// A worker: one handler and the queues that it works on.
pub struct Worker<H> {
    /// What handles the messages.
    pub handler: H,
    /// The queues, all of this handler's kind of message. Poison queues too.
    pub queues: Vec<Queue>,
    /// How it works.
    pub config: WorkerConfig,
    /// Where outcomes go; stays open longer than the worker.
    pub publisher: Publisher,
    /// What it counts.
    pub metrics: PipelineMetrics,
    /// Its connections to the broker.
    pub connections: ConnectionMetrics,
}

/// Why a session of the loop ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// The process stops.
    Stopping,
    /// A dependency is away.
    Stalled,
}

impl<H: Handler> Worker<H> {
    /// Works until the lifecycle's soft stop, then finishes what was started and returns. While a
    /// dependency is away it takes nothing, so that an outage of hours costs a waiting message one
    /// redelivery and not its delivery limit.
    pub async fn run(self, broker: &Broker, lifecycle: &Lifecycle) {
        let stage = self
            .queues
            .first()
            .map_or("none", |queue| queue.stage().name());
        let settler = Arc::new(Settler {
            handler: Arc::new(self.handler),
            publisher: self.publisher,
            metrics: self.metrics,
            stage,
            max_attempts: self.config.max_attempts,
            stopping: lifecycle.soft().clone(),
        });
        let (base, cap) = (Duration::from_millis(100), Duration::from_secs(5));
        let mut backoff = Backoff::new(base, cap, Backoff::process_seed(stage));
        loop {
            let concurrency = self.config.concurrency;
            let session = Session::open(
                settler.clone(),
                broker,
                &self.queues,
                concurrency,
                lifecycle,
            );
            let link = session.consumer.link();
            self.connections
                .follow("consume", link, |link| *link == LinkState::Connected);
            if session.run(lifecycle).await == End::Stopping {
                info!(stage, "drained");
                return;
            }
            settler.metrics.stalls.with_label_values(&[stage]).inc();
            while !settler.handler.is_available().await {
                tokio::select! {
                    () = tokio::time::sleep(backoff.next_delay()) => {}
                    () = lifecycle.soft().cancelled() => return,
                }
            }
            backoff.reset();
            info!(stage, "working again");
        }
    }
}

/// The loop between two stalls.
struct Session<H: Handler> {
    settler: Arc<Settler<H>>,
    consumer: Consumer,
    deliveries: mpsc::Receiver<Delivery>,
    schedule: Schedule<(Delivery, Envelope<H::Input>)>,
    tasks: JoinSet<(Slot, Settled)>,
}

impl<H: Handler> Session<H> {
    fn open(
        settler: Arc<Settler<H>>,
        broker: &Broker,
        queues: &[Queue],
        concurrency: u16,
        lifecycle: &Lifecycle,
    ) -> Self {
        let subscriptions = queues
            .iter()
            .map(|queue| Subscription::new(*queue, concurrency))
            .collect();
        let (consumer, deliveries) = Consumer::start(broker, subscriptions, lifecycle.hard());
        Self {
            settler,
            consumer,
            deliveries,
            schedule: Schedule::new(concurrency.into()),
            tasks: JoinSet::new(),
        }
    }

    async fn run(mut self, lifecycle: &Lifecycle) -> End {
        let end = loop {
            self.start_what_may_run();
            tokio::select! {
                Some(result) = self.tasks.join_next() => {
                    if self.finish(result) == Settled::Stalled {
                        break End::Stalled;
                    }
                }
                delivery = self.deliveries.recv() => match delivery {
                    Some(delivery) => self.take(delivery).await,
                    None => break End::Stopping,
                },
                () = lifecycle.soft().cancelled() => break End::Stopping,
            }
        };
        self.drain().await;
        end
    }

    async fn take(&mut self, delivery: Delivery) {
        match Envelope::<H::Input>::decode(&delivery.body) {
            Ok(message) => {
                let key = self.settler.handler.order_key(&message);
                self.schedule
                    .push(priority(delivery.queue), key, (delivery, message));
            }
            Err(error) => {
                let reason = format!("{:#}", anyhow::Error::from(error));
                self.settler.bury_unreadable(delivery, &reason).await;
            }
        }
    }

    fn start_what_may_run(&mut self) {
        while let Some(started) = self.schedule.start() {
            let ((delivery, message), slot) = started.split();
            if !delivery.is_live() {
                // Its session ended while it waited here: the broker brings it again.
                self.schedule.done(slot);
                continue;
            }
            let settler = self.settler.clone();
            self.tasks
                .spawn(async move { (slot, settler.run(delivery, message).await) });
        }
    }

    fn finish(&mut self, result: Result<(Slot, Settled), tokio::task::JoinError>) -> Settled {
        match result {
            Ok((slot, settled)) => {
                self.schedule.done(slot);
                settled
            }
            Err(error) => {
                // `Settler::run` catches the handler's panics; this is a bug of the loop itself.
                // Standing still once brings a fresh schedule and the message again.
                warn!(%error, "a task of the worker ended unexpectedly");
                Settled::Stalled
            }
        }
    }

    /// Takes nothing new, lets what was started finish while its channel is open, and leaves the
    /// rest to the broker, which gives it back in order when the channel closes.
    async fn drain(mut self) {
        self.consumer.stop_taking().await;
        drop(self.schedule.abandon());
        loop {
            tokio::select! {
                Some(result) = self.tasks.join_next() => { self.finish(result); }
                Some(delivery) = self.deliveries.recv() => drop(delivery),
                else => break,
            }
        }
        self.consumer.close().await;
    }
}

/// What a queue's messages count as in the schedule.
fn priority(queue: Queue) -> u8 {
    match queue {
        Queue::Execute(priority) | Queue::Reply(priority) => priority.number(),
        // Callbacks are cheap and many; a message that killed a worker waits behind all others.
        Queue::Nlp(_) | Queue::Results | Queue::Status => Priority::Normal.number(),
        Queue::Poison(_) | Queue::Dead(_) => Priority::Background.number(),
    }
}
