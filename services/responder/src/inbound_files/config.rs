//! The `[inbound_files]` section.

use std::time::Duration;

use chrono::TimeDelta;
use serde::Deserialize;
use wharf_runtime::config::{ConfigError, Validate};

/// How files that people sent are fetched and kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundFilesConfig {
    /// Hosts that files may come from beside the REST API's, divided by spaces (a list cannot be set
    /// by the environment); `.example.org` means every host below it. Credentials go to the REST
    /// API's alone.
    pub hosts: String,
    /// MIME types that are kept, divided by spaces; `image/*` means every image. None: nothing is
    /// kept.
    pub types: String,
    /// The largest file, in bytes, 1 to 104,857,600.
    pub max_bytes: u64,
    /// How long one file may take, in milliseconds, 100 to 600,000.
    pub timeout_ms: u64,
    /// Tries of one file, 1 to 20.
    pub max_attempts: i32,
    /// How long files are kept, in days, 1 to 3,650.
    pub keep_days: u32,
    /// How often new files are looked for, in milliseconds, 50 to 600,000.
    pub poll_ms: u64,
}

impl InboundFilesConfig {
    pub(crate) fn hosts(&self) -> Vec<String> {
        list(&self.hosts)
    }

    pub(crate) fn types(&self) -> Vec<String> {
        list(&self.types)
    }

    pub(crate) const fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    pub(crate) fn keep(&self) -> TimeDelta {
        TimeDelta::days(self.keep_days.into())
    }
}

fn list(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(str::to_ascii_lowercase)
        .collect()
}

impl Validate for InboundFilesConfig {
    fn validate(&self) -> Result<(), ConfigError> {
        let fault = |text: &str| Err(ConfigError(format!("inbound_files.{text}")));
        let plain = |host: &String| {
            let name = host.strip_prefix('.').unwrap_or(host);
            // ".com" would be everybody.
            let below = host.starts_with('.');
            !name.is_empty()
                && name
                    .bytes()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-'))
                && (!below || name.contains('.'))
        };
        if !self.hosts().iter().all(plain) {
            return fault("hosts: names of hosts, or of a domain with a dot before it");
        }
        if !self.types().iter().all(|kind| kind.split('/').count() == 2) {
            return fault("types: MIME types, or image/* and the like");
        }
        if !(1..=104_857_600).contains(&self.max_bytes) {
            return fault("max_bytes must be 1-104857600");
        }
        if !(100..=600_000).contains(&self.timeout_ms) {
            return fault("timeout_ms must be 100-600000");
        }
        if !(1..=20).contains(&self.max_attempts) {
            return fault("max_attempts must be 1-20");
        }
        if !(1..=3_650).contains(&self.keep_days) {
            return fault("keep_days must be 1-3650");
        }
        if !(50..=600_000).contains(&self.poll_ms) {
            return fault("poll_ms must be 50-600000");
        }
        Ok(())
    }
}
