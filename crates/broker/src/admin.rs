//! Looking at queues and clearing them away: for wharfctl and tests, not for the flow.

use lapin::{
    Channel, Connection,
    options::{
        BasicGetOptions, ExchangeDeleteOptions, QueueDeclareOptions, QueueDeleteOptions,
        QueuePurgeOptions,
    },
    types::FieldTable,
};
use serde::Serialize;
use thiserror::Error;

use crate::{Broker, Delivery, Queue, session};

/// Why the broker did not do it.
#[derive(Debug, Error)]
pub enum AdminError {
    /// No connection.
    #[error("broker at {endpoint} not reached: {reason}")]
    Connect {
        /// Where, without user and password.
        endpoint: String,
        /// The client's words.
        reason: String,
    },
    /// The topology was not declared.
    #[error("{0}")]
    Declare(String),
    /// Something else was refused.
    #[error("broker refused: {0}")]
    Refused(String),
}

impl From<lapin::Error> for AdminError {
    fn from(error: lapin::Error) -> Self {
        Self::Refused(error.to_string())
    }
}

/// How much waits in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueDepth {
    /// The queue's full name.
    pub queue: String,
    /// Messages that are ready for a consumer; those being worked on are not counted. `None` when
    /// the queue does not exist.
    pub ready: Option<u32>,
    /// Consumers.
    pub consumers: u32,
}

/// Messages that were looked at, still in their queue.
#[derive(Debug)]
pub struct Waiting {
    /// The messages, the oldest first; settling them has no effect.
    pub messages: Vec<Delivery>,
    /// How many more are there.
    pub more: u32,
}

/// Messages that were taken from their queue and may be settled.
pub struct Held {
    channel: Channel,
    /// The messages, the oldest first.
    pub messages: Vec<Delivery>,
    /// How many more are in the queue.
    pub more: u32,
}

impl Held {
    /// Puts back what was not settled, at its old place.
    pub async fn put_back(self) {
        session::close_channel(&self.channel).await;
    }
}

/// A connection for looking and clearing.
pub struct Admin {
    broker: Broker,
    connection: Connection,
}

impl Admin {
    /// Connects; declares nothing.
    ///
    /// # Errors
    /// [`AdminError::Connect`] at once when the broker cannot be reached or refuses the user.
    pub async fn connect(broker: &Broker) -> Result<Self, AdminError> {
        let connection =
            session::open(broker, "admin")
                .await
                .map_err(|reason| AdminError::Connect {
                    endpoint: broker.endpoint().to_owned(),
                    reason,
                })?;
        Ok(Self {
            broker: broker.clone(),
            connection,
        })
    }

    /// Declares the whole topology, as every service does when it connects.
    ///
    /// # Errors
    /// [`AdminError::Declare`] names what was refused and why.
    pub async fn declare(&self) -> Result<(), AdminError> {
        session::declare(&self.broker, &self.connection)
            .await
            .map_err(AdminError::Declare)
    }

    /// The depth of a queue.
    ///
    /// # Errors
    /// [`AdminError::Refused`] when the broker does not tell.
    pub async fn depth(&self, queue: Queue) -> Result<QueueDepth, AdminError> {
        self.depth_of(self.broker.topology().queue_name(queue))
            .await
    }

    /// The depths of all queues, the retry queues included.
    ///
    /// # Errors
    /// [`AdminError::Refused`] when the broker does not tell.
    pub async fn depths(&self) -> Result<Vec<QueueDepth>, AdminError> {
        let mut depths = Vec::new();
        for queue in self.broker.topology().declared_queues() {
            depths.push(self.depth_of(queue.name).await?);
        }
        Ok(depths)
    }

    async fn depth_of(&self, name: String) -> Result<QueueDepth, AdminError> {
        // A channel of its own: asking for a queue that is not there ends the channel.
        let channel = self.channel().await?;
        let passive = QueueDeclareOptions {
            passive: true,
            ..QueueDeclareOptions::durable()
        };
        let asked = channel.queue_declare(name.as_str().into(), passive, FieldTable::default());
        match asked.await {
            Ok(found) => {
                session::close_channel(&channel).await;
                Ok(QueueDepth {
                    queue: name,
                    ready: Some(found.message_count()),
                    consumers: found.consumer_count(),
                })
            }
            Err(error) if is_not_found(&error) => Ok(QueueDepth {
                queue: name,
                ready: None,
                consumers: 0,
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// Looks at up to `limit` messages from the front of a queue. They are put back when this
    /// returns; their delivery count rises, so do it to dead queues only, which have no limit.
    ///
    /// # Errors
    /// [`AdminError::Refused`] when there is no such queue.
    pub async fn peek(&self, queue: Queue, limit: usize) -> Result<Waiting, AdminError> {
        let mut held = self.hold(queue, limit).await?;
        let waiting = Waiting {
            messages: std::mem::take(&mut held.messages),
            more: held.more,
        };
        held.put_back().await;
        Ok(waiting)
    }

    /// Takes up to `limit` messages from the front of a queue, to settle some of them; see
    /// [`Self::peek`] for what it does to the others.
    ///
    /// # Errors
    /// [`AdminError::Refused`] when there is no such queue.
    pub async fn hold(&self, queue: Queue, limit: usize) -> Result<Held, AdminError> {
        let topology = self.broker.topology();
        let mut held = Held {
            channel: self.channel().await?,
            messages: Vec::new(),
            more: 0,
        };
        while held.messages.len() < limit {
            let name = topology.queue_name(queue);
            let got = held
                .channel
                .basic_get(name.into(), BasicGetOptions::default());
            let Some(got) = got.await? else {
                break;
            };
            held.more = got.message_count;
            let message = Delivery::new(got.delivery, queue, topology);
            held.messages.push(message);
        }
        Ok(held)
    }

    /// Throws away what is ready in a queue and says how much it was.
    ///
    /// # Errors
    /// [`AdminError::Refused`] when there is no such queue.
    pub async fn purge(&self, queue: Queue) -> Result<u32, AdminError> {
        let name = self.broker.topology().queue_name(queue);
        let channel = self.channel().await?;
        let purged = channel
            .queue_purge(name.into(), QueuePurgeOptions::default())
            .await?;
        session::close_channel(&channel).await;
        Ok(purged)
    }

    /// Deletes all queues and exchanges of the namespace, with what is in them.
    ///
    /// # Errors
    /// [`AdminError::Refused`] when the broker does not let it.
    pub async fn delete_namespace(&self) -> Result<(), AdminError> {
        let topology = self.broker.topology();
        let channel = self.channel().await?;
        for queue in topology.declared_queues() {
            let options = QueueDeleteOptions::default();
            channel.queue_delete(queue.name.into(), options).await?;
        }
        for exchange in topology.exchanges() {
            let options = ExchangeDeleteOptions::default();
            channel
                .exchange_delete(exchange.name.into(), options)
                .await?;
        }
        session::close_channel(&channel).await;
        Ok(())
    }

    /// Ends the connection.
    pub async fn close(self) {
        session::close(&self.connection).await;
    }

    async fn channel(&self) -> Result<Channel, AdminError> {
        Ok(self.connection.create_channel().await?)
    }
}

fn is_not_found(error: &lapin::Error) -> bool {
    matches!(error.kind(), lapin::ErrorKind::ProtocolError(error) if error.get_id() == 404)
}
