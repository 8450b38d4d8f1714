//! What every service has and none should write again: configuration, telemetry, lifecycle, the
//! admin port, metrics, backoff.

pub mod admin;
pub mod backoff;
pub mod config;
pub mod http;
pub mod lifecycle;
pub mod metrics;
pub mod readiness;
pub mod service;
pub mod telemetry;
