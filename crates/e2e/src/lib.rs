//! The whole of Wharf started for one test, and the end-to-end tests (`tests/e2e`).
//!
//! - [`stack`]: [`Stack`](stack::Stack), the four services as real processes, twilio-sim beside
//!   them, in a namespace and a database of their own.
//! - [`process`]: one service's process: signals, exit codes, its log.
//! - [`servers`]: a RabbitMQ or PostgreSQL of a test's own, to be stopped and started.
//! - [`script`]: conversations as data (`conversations/`).
//! - [`rows`], [`queues`], [`metrics`]: what a test looks at.
//! - [`ports`]: free ports.
//!
//! To add a test: a function in the file of `tests/e2e` that it belongs to; it starts a `Stack`,
//! talks through `stack.sim()` and ends with `stack.finish()`, which checks that nothing is left
//! behind. What a test waits for it polls with a deadline; nothing sleeps.

pub mod metrics;
pub mod ports;
pub mod process;
pub mod queues;
pub mod rows;
pub mod script;
pub mod servers;
pub mod stack;
