//! agent-executor alone, between real queues and a real database: what becomes of an execution.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod agent;
mod alerts;
mod changes;
mod config;
mod crossing;
mod desk;
mod drafts;
mod executing;
mod external;
mod failing;
mod offering;
mod purchasing;
mod reporting;
mod scheduling;
mod stock;
mod stopping;
mod support;
mod sweeping;
