//! agent-executor alone, between real queues and a real database: what becomes of an execution.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod alerts;
mod config;
mod desk;
mod executing;
mod failing;
mod purchasing;
mod stock;
mod support;
