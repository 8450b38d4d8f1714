//! Taking messages from queues.
//!
//! All queues of one [`Consumer`] share a connection and a channel. When either ends, everything is
//! dropped and the session loop begins anew; what was not acknowledged comes again.
//!
//! Shutting down goes: [`Consumer::stop_taking`] (what was already fetched still comes, then the
//! receiver ends), settle everything, [`Consumer::close`].

use std::{
    num::NonZeroU16,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{FutureExt, StreamExt};
use lapin::{
    Channel, Connection,
    options::{BasicCancelOptions, BasicConsumeOptions, BasicQosOptions},
    types::FieldTable,
};
use tokio::{
    sync::{mpsc, watch},
    task::{JoinError, JoinHandle, JoinSet},
};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::{
    Broker, Delivery, LinkState, Queue,
    session::{CLOSE_TIMEOUT, End, Link, Ready, SessionLoop, close_channel},
    topology::Topology,
};

/// A queue to consume, and how many of its messages may be unsettled at once. Never unlimited: the
/// client's buffer has no bound of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subscription {
    /// The queue.
    pub queue: Queue,
    /// How many unsettled messages; as many as are handled at once.
    pub prefetch: NonZeroU16,
}

impl Subscription {
    /// A subscription; a prefetch of 0 is taken as 1.
    #[must_use]
    pub fn new(queue: Queue, prefetch: u16) -> Self {
        Self {
            queue,
            prefetch: NonZeroU16::new(prefetch).unwrap_or(NonZeroU16::MIN),
        }
    }
}

/// Consumes queues in the background until it is closed or dropped.
pub struct Consumer {
    link: Link,
    tokens: Tokens,
    /// Turns true when nothing more is being fetched.
    stopped: watch::Receiver<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Clone)]
struct Tokens {
    /// Fetch no more.
    stop: CancellationToken,
    /// End the connection.
    close: CancellationToken,
}

impl Consumer {
    /// Starts connecting in the background and returns at once. Cancelling `shutdown` is the same as
    /// [`stop_taking`](Self::stop_taking): the connection stays until [`close`](Self::close), so that
    /// what is under way can be settled.
    ///
    /// The receiver holds at most the sum of all prefetches and ends after `stop_taking`; over lost
    /// connections it stays.
    #[must_use]
    pub fn start(
        broker: &Broker,
        subscriptions: Vec<Subscription>,
        shutdown: &CancellationToken,
    ) -> (Self, mpsc::Receiver<Delivery>) {
        let tokens = Tokens {
            stop: shutdown.child_token(),
            close: CancellationToken::new(),
        };
        let (sessions, link) = SessionLoop::new(broker, "consumer");
        let capacity = subscriptions
            .iter()
            .map(|s| usize::from(s.prefetch.get()))
            .sum::<usize>();
        let (deliveries, receiver) = mpsc::channel(capacity.max(1));
        let (stopped_sender, stopped) = watch::channel(false);
        let plan = Plan {
            subscriptions: subscriptions.into(),
            topology: broker.topology().clone(),
            outlet: Arc::new(Mutex::new(Some(deliveries))),
            tokens: tokens.clone(),
            stopped: stopped_sender,
        };
        let stop = tokens.stop.clone();
        let task = tokio::spawn(async move {
            let stopped = plan.stopped.clone();
            let work = move |connection, ready| plan.clone().run(connection, ready).boxed();
            sessions.run(stop, work).await;
            stopped.send_replace(true);
        });
        let consumer = Self {
            link,
            tokens,
            stopped,
            task: Mutex::new(Some(task)),
        };
        (consumer, receiver)
    }

    /// Fetches nothing more. Returns when the broker knows it (or within 5 s). What was already
    /// fetched still comes out of the receiver, which then ends; all of it can be settled until
    /// [`close`](Self::close).
    ///
    /// Ordered queues are not given up yet: the next consumer would begin with a conversation's next
    /// message while the last is still being handled here. They pass on with `close`, and what was
    /// fetched but not yet handed out goes back.
    pub async fn stop_taking(&self) {
        self.tokens.stop.cancel();
        let mut stopped = self.stopped.clone();
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, stopped.wait_for(|stopped| *stopped)).await;
    }

    /// Ends the connection after everything sent before has arrived, acknowledgements included.
    /// Unsettled messages go back to their queues.
    pub async fn close(&self) {
        self.tokens.stop.cancel();
        self.tokens.close.cancel();
        let task = lock(&self.task).take();
        if let Some(task) = task {
            let _ = task.await;
        }
    }

    /// Whether it is connected and consuming.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.link.is_connected()
    }

    /// Whether it is connected, to watch.
    #[must_use]
    pub fn link(&self) -> watch::Receiver<LinkState> {
        self.link.state()
    }

    /// How often a connection was made again after the first.
    #[must_use]
    pub fn reconnects(&self) -> u64 {
        self.link.reconnects()
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.tokens.stop.cancel();
        self.tokens.close.cancel();
    }
}

/// Where deliveries are handed out; emptied when no more will come, so that the receiver ends.
type Outlet = Arc<Mutex<Option<mpsc::Sender<Delivery>>>>;

/// What one session after the other works from.
#[derive(Clone)]
struct Plan {
    subscriptions: Arc<[Subscription]>,
    topology: Topology,
    outlet: Outlet,
    tokens: Tokens,
    stopped: watch::Sender<bool>,
}

impl Plan {
    async fn run(self, connection: Arc<Connection>, ready: Ready) -> End {
        let channel = match connection.create_channel().await {
            Ok(channel) => channel,
            Err(error) => return End::lost(error),
        };
        let mut takers = JoinSet::new();
        for subscription in self.subscriptions.iter() {
            match self.subscribe(&channel, *subscription).await {
                Ok(taker) => takers.spawn(taker),
                Err(error) => return End::lost(format!("{}: {error}", subscription.queue)),
            };
        }
        ready.now();
        // A stop ends the takers of ordered queues too: it must be seen first, or their end would
        // pass for a lost connection and take the open acknowledgements with it.
        tokio::select! {
            biased;
            () = self.tokens.stop.cancelled() => {}
            Some(ended) = takers.join_next() => return End::lost(reason(ended)),
        }
        self.stop(&channel, takers).await;
        End::Stopped
    }

    /// Begins to consume one queue; the result hands its messages out until there are no more.
    async fn subscribe(
        &self,
        channel: &Channel,
        subscription: Subscription,
    ) -> lapin::Result<impl Future<Output = Ended> + Send + use<>> {
        let Subscription { queue, prefetch } = subscription;
        // Counts for the consumers begun after it: before every one.
        channel
            .basic_qos(prefetch.get(), BasicQosOptions::default())
            .await?;
        let mut incoming = channel
            .basic_consume(
                self.topology.queue_name(queue).into(),
                queue.key().into(),
                BasicConsumeOptions::default(),
                FieldTable::default(),
            )
            .await?;
        let (stop, topology) = (self.tokens.stop.clone(), self.topology.clone());
        let outlet = lock(&self.outlet).clone();
        Ok(async move {
            let Some(outlet) = outlet else {
                return Ended {
                    reason: format!("{queue}: stopped"),
                    _consumer: incoming,
                };
            };
            let reason = loop {
                let next = tokio::select! {
                    biased;
                    () = stop.cancelled(), if queue.is_ordered() => break "stopped".to_owned(),
                    next = incoming.next() => next,
                };
                match next {
                    Some(Ok(delivery)) => {
                        let delivery = Delivery::new(delivery, queue, &topology);
                        if outlet.send(delivery).await.is_err() {
                            break "nobody takes its messages".to_owned();
                        }
                    }
                    Some(Err(error)) => break error.to_string(),
                    None => break "the broker ended it (was the queue deleted?)".to_owned(),
                }
            };
            Ended {
                reason: format!("{queue}: {reason}"),
                _consumer: incoming,
            }
        })
    }

    /// The end of the last session: fetch no more, hand out what is there, keep the channel open for
    /// settling until it is to be closed.
    async fn stop(&self, channel: &Channel, mut takers: JoinSet<Ended>) {
        let unordered = self.subscriptions.iter().filter(|s| !s.queue.is_ordered());
        let cancelled = async {
            for subscription in unordered {
                let tag = subscription.queue.key();
                channel
                    .basic_cancel(tag.into(), BasicCancelOptions::default())
                    .await?;
            }
            Ok::<_, lapin::Error>(())
        };
        if !matches!(
            tokio::time::timeout(CLOSE_TIMEOUT, cancelled).await,
            Ok(Ok(()))
        ) {
            debug!("consumers not cancelled, the connection is gone");
        }
        self.stopped.send_replace(true);
        let drained = async {
            // Kept: dropping a consumer cancels it, and ordered queues are to be passed on last.
            let mut ended = Vec::new();
            while let Some(taker) = takers.join_next().await {
                ended.push(taker);
            }
            lock(&self.outlet).take();
            self.tokens.close.cancelled().await;
            ended
        };
        tokio::select! {
            _ended = drained => close_channel(channel).await,
            // The receiver is full and nobody reads it.
            () = self.tokens.close.cancelled() => close_channel(channel).await,
        }
    }
}

/// A queue that is no longer consumed.
struct Ended {
    reason: String,
    _consumer: lapin::Consumer,
}

fn reason(ended: Result<Ended, JoinError>) -> String {
    ended.map_or_else(|error| error.to_string(), |ended| ended.reason)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
