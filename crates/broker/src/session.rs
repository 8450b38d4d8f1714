//! The one loop that every connection lives in: connect, declare the topology, work until it ends,
//! drop everything, wait, again. There is no other way to recover: whatever goes wrong, from a cut
//! cable to a queue that somebody deleted, takes this path.
//!
//! The client's own recovery stays off: it leaves consumers pending for ever in some cases.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::future::BoxFuture;
use lapin::{
    Channel, Connection, ConnectionProperties,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable},
};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::{
    Broker,
    backoff::Backoff,
    topology::{Argument, ExchangeKind},
};

/// Connecting and declaring everything takes no longer than this.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// Saying goodbye takes no longer than this.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// A session that lived this long was a good one: the next wait is short again.
const PROVEN_AFTER: Duration = Duration::from_secs(5);

/// Whether there is a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// Connected, with the topology declared.
    Connected,
    /// Not connected; trying.
    Disconnected,
}

/// Why a session ended.
#[derive(Debug)]
pub(crate) enum End {
    /// It was asked to.
    Stopped,
    /// It broke.
    Lost(String),
}

impl End {
    pub(crate) fn lost(reason: impl std::fmt::Display) -> Self {
        Self::Lost(reason.to_string())
    }
}

/// What is known from outside about a session loop.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    state: watch::Receiver<LinkState>,
    connects: Arc<AtomicU64>,
}

impl Link {
    pub(crate) fn state(&self) -> watch::Receiver<LinkState> {
        self.state.clone()
    }

    pub(crate) fn is_connected(&self) -> bool {
        *self.state.borrow() == LinkState::Connected
    }

    /// How often a connection was made again after the first.
    pub(crate) fn reconnects(&self) -> u64 {
        self.connects.load(Ordering::Relaxed).saturating_sub(1)
    }
}

/// A session loop that has not begun.
pub(crate) struct SessionLoop {
    broker: Broker,
    role: &'static str,
    state: watch::Sender<LinkState>,
    connects: Arc<AtomicU64>,
}

impl SessionLoop {
    pub(crate) fn new(broker: &Broker, role: &'static str) -> (Self, Link) {
        let (sender, state) = watch::channel(LinkState::Disconnected);
        let connects = Arc::new(AtomicU64::new(0));
        let link = Link {
            state,
            connects: Arc::clone(&connects),
        };
        let session_loop = Self {
            broker: broker.clone(),
            role,
            state: sender,
            connects,
        };
        (session_loop, link)
    }

    /// Runs sessions until `stop` or until one ends with [`End::Stopped`]. `work` gets every new
    /// connection, calls its second argument when it is ready to serve, and returns when it is over.
    pub(crate) async fn run<W>(self, stop: CancellationToken, mut work: W)
    where
        W: FnMut(Arc<Connection>, Ready) -> BoxFuture<'static, End> + Send,
    {
        let mut backoff = Backoff::new(self.broker.jitter_seed);
        let (endpoint, role) = (self.broker.endpoint().to_owned(), self.role);
        loop {
            let connected = tokio::select! {
                () = stop.cancelled() => break,
                connected = connect(&self.broker, role) => connected,
            };
            let reason = match connected {
                Ok(connection) => {
                    let connection = Arc::new(connection);
                    let ready = Ready {
                        state: self.state.clone(),
                        connects: Arc::clone(&self.connects),
                        endpoint: endpoint.clone(),
                        role,
                    };
                    let begun = Instant::now();
                    let end = work(Arc::clone(&connection), ready).await;
                    if begun.elapsed() >= PROVEN_AFTER {
                        backoff.reset();
                    }
                    self.state.send_replace(LinkState::Disconnected);
                    close(&connection).await;
                    match end {
                        End::Stopped => break,
                        End::Lost(reason) => reason,
                    }
                }
                Err(reason) => reason,
            };
            let wait = backoff.wait();
            warn!(
                endpoint,
                role,
                reason,
                wait_ms = wait.as_millis(),
                "broker connection lost"
            );
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(wait) => {}
            }
        }
        self.state.send_replace(LinkState::Disconnected);
        info!(endpoint, role, "broker connection ended");
    }
}

/// What a session calls once it serves.
pub(crate) struct Ready {
    state: watch::Sender<LinkState>,
    connects: Arc<AtomicU64>,
    endpoint: String,
    role: &'static str,
}

impl Ready {
    pub(crate) fn now(self) {
        self.connects.fetch_add(1, Ordering::Relaxed);
        self.state.send_replace(LinkState::Connected);
        info!(
            endpoint = self.endpoint,
            role = self.role,
            "broker connected"
        );
    }
}

/// A connection with the topology declared.
pub(crate) async fn connect(broker: &Broker, role: &str) -> Result<Connection, String> {
    let attempt = async {
        let connection = open(broker, role).await?;
        declare(broker, &connection).await?;
        Ok(connection)
    };
    tokio::time::timeout(CONNECT_TIMEOUT, attempt)
        .await
        .unwrap_or_else(|_| Err("no answer in time".to_owned()))
}

/// A connection, and nothing declared.
pub(crate) async fn open(broker: &Broker, role: &str) -> Result<Connection, String> {
    let name = format!("{}/{role}", broker.client_name);
    let properties = ConnectionProperties::default().with_connection_name(name.into());
    Connection::connect_uri(broker.uri(), properties)
        .await
        .map_err(|error| error.to_string())
}

/// Says goodbye; a connection that is already broken makes no fuss.
pub(crate) async fn close(connection: &Connection) {
    if connection.status().connected() {
        let goodbye = connection.close(200, "bye".into());
        if !matches!(
            tokio::time::timeout(CLOSE_TIMEOUT, goodbye).await,
            Ok(Ok(()))
        ) {
            debug!("the broker did not say goodbye");
        }
    }
}

/// Declares everything. Everything is durable, so this changes nothing after the first time.
pub(crate) async fn declare(broker: &Broker, connection: &Connection) -> Result<(), String> {
    let topology = broker.topology();
    let channel = connection
        .create_channel()
        .await
        .map_err(|e| e.to_string())?;
    for exchange in topology.exchanges() {
        let kind = match exchange.kind {
            ExchangeKind::Direct => lapin::ExchangeKind::Direct,
            ExchangeKind::Fanout => lapin::ExchangeKind::Fanout,
        };
        let durable = ExchangeDeclareOptions {
            durable: true,
            ..ExchangeDeclareOptions::default()
        };
        channel
            .exchange_declare(
                exchange.name.as_str().into(),
                kind,
                durable,
                FieldTable::default(),
            )
            .await
            .map_err(|error| refused("exchange", &exchange.name, &error))?;
    }
    for queue in topology.declared_queues() {
        let mut arguments = FieldTable::default();
        for (name, value) in &queue.arguments {
            arguments.insert((*name).into(), value_of(value));
        }
        channel
            .queue_declare(
                queue.name.as_str().into(),
                QueueDeclareOptions::durable(),
                arguments,
            )
            .await
            .map_err(|error| refused("queue", &queue.name, &error))?;
    }
    for binding in topology.bindings() {
        channel
            .queue_bind(
                binding.queue.as_str().into(),
                binding.exchange.as_str().into(),
                binding.routing_key.as_str().into(),
                QueueBindOptions::default(),
                FieldTable::default(),
            )
            .await
            .map_err(|error| refused("binding of", &binding.queue, &error))?;
    }
    close_channel(&channel).await;
    Ok(())
}

pub(crate) async fn close_channel(channel: &Channel) {
    if channel.status().connected() {
        let goodbye = channel.close(200, "bye".into());
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, goodbye).await;
    }
}

fn value_of(argument: &Argument) -> AMQPValue {
    match argument {
        Argument::Text(text) => AMQPValue::LongString(text.as_str().into()),
        Argument::Number(number) => AMQPValue::LongLongInt(*number),
        Argument::Flag(flag) => AMQPValue::Boolean(*flag),
    }
}

fn refused(what: &str, name: &str, error: &lapin::Error) -> String {
    let hint = match error.kind() {
        lapin::ErrorKind::ProtocolError(error) if error.get_id() == 406 => {
            " (it exists with other arguments: another delivery_limit, or a version of Wharf that \
             should have raised the topology's VERSION)"
        }
        lapin::ErrorKind::ProtocolError(error) if error.get_id() == 403 => {
            " (the user lacks the permission to configure it)"
        }
        _ => "",
    };
    format!("{what} {name} not declared: {error}{hint}")
}
