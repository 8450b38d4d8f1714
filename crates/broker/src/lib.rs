//! RabbitMQ as Wharf uses it. No type of the AMQP client leaves this crate.
//!
//! - [`BrokerConfig`] is what an operator writes; [`BrokerConfig::validate`] makes a [`Broker`] of it.
//! - [`topology`] is the one place for exchanges, queues, arguments and names.
//! - [`Publisher`] publishes and says whether the broker took the message.
//! - [`Consumer`] takes messages from queues and survives the loss of the connection.
//! - [`Admin`] looks at queues and deletes a namespace; for wharfctl and tests.
//!
//! Publishing and consuming use a connection each: a broker short of memory blocks connections
//! that publish, and an acknowledgement must not wait behind that.

mod admin;
mod backoff;
pub mod config;
mod consumer;
mod delivery;
mod outgoing;
mod publisher;
mod session;
pub mod topology;

pub use admin::{Admin, AdminError, Held, QueueDepth, Waiting};
pub use config::{Broker, BrokerConfig, ConfigError};
pub use consumer::{Consumer, Subscription};
pub use delivery::Delivery;
pub use outgoing::Outgoing;
pub use publisher::{PublishError, Publisher};
pub use session::LinkState;
pub use topology::{Queue, RetryDelay, Route, Stage, Topology};
