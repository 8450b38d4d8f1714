//! Logs: one JSON object a line on standard error, message readable, fields queryable.
//!
//! A request's lines carry `execution_id`, from the span that the pipeline opens. Bodies, tokens
//! and whole phone numbers are never logged (`Address` prints masked).

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{LogConfig, LogFormat};

/// Starts logging for this process.
///
/// # Errors
/// When the filter cannot be read or a subscriber is already installed.
pub fn init(config: &LogConfig) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.filter)?;
    let registry = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer().with_writer(std::io::stderr);
    match config.format {
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init()?,
        LogFormat::Text => registry.with(lines).try_init()?,
    }
    Ok(())
}
