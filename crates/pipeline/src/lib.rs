//! The run loop that every worker shares.
//!
//! A worker takes a message, handles it in one database transaction, publishes what was decided
//! with the broker's confirm and only then acknowledges the input: the unacknowledged input is the
//! outbox. A crash at any point leads to the same input again, and the stored row says what was
//! decided (docs/architecture.md, "Nothing lost, nothing doubled").
//!
//! - [`Handler`] is what a service writes; it returns an [`Outcome`] and never settles a message.
//! - [`InTransaction`] makes a handler of one that works in a single transaction.
//! - [`Base`] is what a worker service stands on.
//! - [`Worker`] is the loop; [`schedule`] says which message comes next.

mod base;
mod handler;
mod outcome;
pub mod schedule;
mod settle;
mod transaction;
mod worker;

pub use base::{Base, BaseConfig};
pub use handler::{HandleError, Handler};
pub use outcome::{Outcome, Publication};
pub use transaction::{InTransaction, TransactionHandler};
pub use worker::{Worker, WorkerConfig};
