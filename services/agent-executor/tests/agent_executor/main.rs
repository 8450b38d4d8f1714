//! agent-executor alone, between real queues and a real database: what becomes of an execution.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod config;
mod executing;
mod failing;
mod purchasing;
mod support;
