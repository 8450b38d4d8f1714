//! How to reach the database.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// Where the database is and how patient we are with it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `postgres://user:password@host:port/name`, with `?sslmode=require` (or `verify-full`) for
    /// TLS and `&sslrootcert=<PEM file>` for a private authority.
    pub url: SecretString,
    /// Connections at most, 1 to 200.
    #[serde(default = "pool_size")]
    pub pool_size: usize,
    /// The longest that one statement may run, in milliseconds; 1 to 600,000.
    #[serde(default = "statement_timeout_ms")]
    pub statement_timeout_ms: u64,
    /// The longest that a statement may wait for a lock, in milliseconds; at most
    /// `statement_timeout_ms`.
    #[serde(default = "lock_timeout_ms")]
    pub lock_timeout_ms: u64,
    /// The longest to wait for a connection, new or from the pool, in milliseconds; 1 to 60,000.
    #[serde(default = "connect_timeout_ms")]
    pub connect_timeout_ms: u64,
}

const fn pool_size() -> usize {
    8
}

const fn statement_timeout_ms() -> u64 {
    10_000
}

const fn lock_timeout_ms() -> u64 {
    5_000
}

const fn connect_timeout_ms() -> u64 {
    3_000
}

impl DatabaseConfig {
    /// The defaults for `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: SecretString::from(url.into()),
            pool_size: pool_size(),
            statement_timeout_ms: statement_timeout_ms(),
            lock_timeout_ms: lock_timeout_ms(),
            connect_timeout_ms: connect_timeout_ms(),
        }
    }

    /// Checks everything that can be checked without connecting.
    ///
    /// # Errors
    /// One line that names the setting, without the URL: it holds the password.
    pub fn validate(&self) -> Result<(), String> {
        let within = |name: &str, value: u64, most: u64| {
            if (1..=most).contains(&value) {
                Ok(())
            } else {
                Err(format!(
                    "database.{name} is {value}; it must be 1 to {most}"
                ))
            }
        };
        within("pool_size", self.pool_size as u64, 200)?;
        within("statement_timeout_ms", self.statement_timeout_ms, 600_000)?;
        within(
            "lock_timeout_ms",
            self.lock_timeout_ms,
            self.statement_timeout_ms,
        )?;
        within("connect_timeout_ms", self.connect_timeout_ms, 60_000)?;
        if self.url.expose_secret().is_empty() {
            return Err("database.url (DATABASE_URL) is not set".to_owned());
        }
        crate::tls::read_url(self.url.expose_secret())
            .map(|_| ())
            .map_err(|error| format!("database.url (DATABASE_URL): {error}"))
    }

    pub(crate) const fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }
}
