//! Publishing, with the broker's word that it has the message.
//!
//! One publish is under way per channel, and many channels are open. The client (lapin 4.12.3) hands
//! a returned, unroutable message to whichever confirm of its channel it completes next: with
//! thousands under way on one channel, one in ten was told the wrong outcome, so a lost message
//! passed for taken. A channel whose publish was not answered in time is thrown away with its late
//! answer.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::FutureExt;
use lapin::{
    Channel, Confirmation, Connection,
    options::{BasicPublishOptions, ConfirmSelectOptions},
};
use thiserror::Error;
use tokio::{
    sync::{Semaphore, watch},
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::{
    Broker, LinkState, Outgoing, Route,
    session::{End, Link, Ready, SessionLoop},
    topology::Topology,
};

/// How often the state of an idle connection is looked at; the client has no event to wait for.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Why a message was not published. After [`Disconnected`](Self::Disconnected) and
/// [`Timeout`](Self::Timeout) the broker may have it all the same: publish it again under the same
/// id, consumers recognise it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PublishError {
    /// There is no connection, or it was lost before the broker answered.
    #[error("no connection to the broker")]
    Disconnected,
    /// The broker did not answer in time.
    #[error("the broker did not confirm in time")]
    Timeout,
    /// The broker has no queue for this route.
    #[error("the broker has no queue for {routing_key}")]
    Unroutable {
        /// The routing key that led nowhere.
        routing_key: String,
    },
    /// The broker refused to take it.
    #[error("the broker rejected the message")]
    Rejected,
    /// The broker is short of memory or disk and takes nothing at the moment.
    #[error("the broker takes no messages at the moment")]
    Blocked,
}

/// Publishes messages. Cheap to clone; all clones share one connection.
#[derive(Clone)]
pub struct Publisher {
    shared: Arc<Shared>,
}

struct Shared {
    topology: Topology,
    timeout: Duration,
    link: Link,
    current: watch::Receiver<Current>,
    channels: usize,
    permits: Semaphore,
    stop: CancellationToken,
}

/// What publishes can use at the moment.
#[derive(Clone)]
enum Current {
    Down,
    Blocked,
    Up(Arc<Session>),
}

struct Session {
    connection: Arc<Connection>,
    /// Channels in confirm mode with nothing under way.
    idle: Mutex<Vec<Channel>>,
    /// Cancelled by the first publish that fails: a closed channel means that an exchange is gone,
    /// and a new session declares it again.
    broken: CancellationToken,
}

impl Publisher {
    /// Starts connecting in the background and returns at once. `shutdown` ends it: give it the
    /// token that is cancelled last, after the consumers' work is published.
    #[must_use]
    pub fn start(broker: &Broker, shutdown: &CancellationToken) -> Self {
        let stop = shutdown.child_token();
        let (sessions, link) = SessionLoop::new(broker, "publisher");
        let (sender, current) = watch::channel(Current::Down);
        let work = {
            let stop = stop.clone();
            move |connection, ready| serve(connection, ready, sender.clone(), stop.clone()).boxed()
        };
        tokio::spawn(sessions.run(stop.clone(), work));
        Self {
            shared: Arc::new(Shared {
                topology: broker.topology().clone(),
                timeout: broker.publish_timeout,
                link,
                current,
                channels: broker.publish_channels,
                permits: Semaphore::new(broker.publish_channels),
                stop,
            }),
        }
    }

    /// Publishes and waits until the broker has it safe (on the disks of a majority). Takes at most
    /// the configured timeout, waiting for a connection included.
    ///
    /// # Errors
    /// [`PublishError`]: anything but the broker's plain confirmation.
    pub async fn publish(&self, route: &Route, message: &Outgoing) -> Result<(), PublishError> {
        let shared = &self.shared;
        let deadline = Instant::now() + shared.timeout;
        let address = shared.topology.address(route);
        let permit = timeout_at(deadline, shared.permits.acquire())
            .await
            .map_err(|_| PublishError::Timeout)?;
        let _permit = permit.map_err(|_| PublishError::Disconnected)?;
        let session = shared.session(deadline).await?;
        let attempt = async {
            let channel = session.channel().await?;
            let mandatory = BasicPublishOptions {
                mandatory: true,
                immediate: false,
            };
            let confirm = channel
                .basic_publish(
                    address.exchange.as_str().into(),
                    address.routing_key.as_str().into(),
                    mandatory,
                    &message.body,
                    message.properties(),
                )
                .await?
                .await?;
            session.put_back(channel);
            Ok::<_, lapin::Error>(confirm)
        };
        match timeout_at(deadline, attempt).await {
            Err(_) => Err(PublishError::Timeout),
            Ok(Ok(Confirmation::Ack(None))) => Ok(()),
            Ok(Ok(Confirmation::Ack(Some(_)) | Confirmation::Nack(Some(_)))) => {
                Err(PublishError::Unroutable {
                    routing_key: address.routing_key,
                })
            }
            Ok(Ok(Confirmation::Nack(None) | Confirmation::NotRequested)) => {
                Err(PublishError::Rejected)
            }
            Ok(Err(error)) => {
                debug!(%error, route = address.routing_key, "publish failed");
                session.broken.cancel();
                Err(PublishError::Disconnected)
            }
        }
    }

    /// Whether a publish could succeed now.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        matches!(&*self.shared.current.borrow(), Current::Up(session) if !session.broken.is_cancelled())
    }

    /// Whether there is a connection, to watch.
    #[must_use]
    pub fn link(&self) -> watch::Receiver<LinkState> {
        self.shared.link.state()
    }

    /// How often a connection was made again after the first.
    #[must_use]
    pub fn reconnects(&self) -> u64 {
        self.shared.link.reconnects()
    }

    /// How many publishes are under way.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        let shared = &self.shared;
        shared
            .channels
            .saturating_sub(shared.permits.available_permits())
    }

    /// The names that it publishes to.
    #[must_use]
    pub fn topology(&self) -> &Topology {
        &self.shared.topology
    }

    /// Ends the connection; what is under way is given up.
    pub async fn close(&self) {
        self.shared.stop.cancel();
        let mut current = self.shared.current.clone();
        // The loop drops its sender when it is over.
        while current.changed().await.is_ok() {}
    }
}

impl Shared {
    /// The session, as soon as there is one that takes messages.
    async fn session(&self, deadline: Instant) -> Result<Arc<Session>, PublishError> {
        let mut current = self.current.clone();
        loop {
            let unusable = match current.borrow_and_update().clone() {
                Current::Up(session) if !session.broken.is_cancelled() => return Ok(session),
                Current::Up(_) | Current::Down => PublishError::Disconnected,
                Current::Blocked => PublishError::Blocked,
            };
            match timeout_at(deadline, current.changed()).await {
                Ok(Ok(())) => {}
                // Shut down.
                Ok(Err(_)) => return Err(PublishError::Disconnected),
                Err(_) => return Err(unusable),
            }
        }
    }
}

impl Session {
    /// A channel that nobody else uses.
    async fn channel(&self) -> lapin::Result<Channel> {
        let idle = self.idle().pop();
        if let Some(channel) = idle {
            return Ok(channel);
        }
        let channel = self.connection.create_channel().await?;
        channel
            .confirm_select(ConfirmSelectOptions::default())
            .await?;
        Ok(channel)
    }

    fn put_back(&self, channel: Channel) {
        self.idle().push(channel);
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Channel>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One session: offers the connection to the publishes and watches it.
async fn serve(
    connection: Arc<Connection>,
    ready: Ready,
    current: watch::Sender<Current>,
    stop: CancellationToken,
) -> End {
    let session = Arc::new(Session {
        connection,
        idle: Mutex::default(),
        broken: CancellationToken::new(),
    });
    match session.channel().await {
        Ok(channel) => session.put_back(channel),
        Err(error) => return End::lost(error),
    }
    current.send_replace(Current::Up(Arc::clone(&session)));
    ready.now();
    let mut was_blocked = false;
    let end = loop {
        tokio::select! {
            () = stop.cancelled() => break End::Stopped,
            () = session.broken.cancelled() => break End::lost("a publish failed"),
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let status = session.connection.status();
        if !status.connected() {
            break End::lost("connection lost");
        }
        if status.blocked() != was_blocked {
            was_blocked = status.blocked();
            current.send_replace(if was_blocked {
                warn!("the broker is short of memory or disk and takes no messages");
                Current::Blocked
            } else {
                info!("the broker takes messages again");
                Current::Up(Arc::clone(&session))
            });
        }
    };
    current.send_replace(Current::Down);
    end
}
