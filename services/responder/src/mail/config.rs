//! The `[mail]` section.

use std::time::Duration;

use lettre::message::Mailbox;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use wharf_runtime::config::ConfigError;

/// The `[mail]` section. Without a host there are no mails.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// The mail server that takes our mails; empty: none.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailTls,
    /// Whom to log in as; empty: nobody.
    #[serde(default)]
    pub user: String,
    /// The password.
    #[serde(default)]
    pub password: SecretString,
    /// The sender: `reports@example.org` or `Wharf <reports@example.org>`.
    #[serde(default)]
    pub from: String,
    /// What handing one mail over may take, in milliseconds.
    pub timeout_ms: u64,
    /// Larger files are not attached; the mail then has the link alone.
    pub max_attachment_bytes: u64,
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// Not at all: to a server on this machine or in one's own network.
    None,
    /// TLS from the first command on, or no mail.
    Starttls,
    /// TLS from the start.
    Implicit,
}

impl MailConfig {
    /// Whether there are mails.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.host.is_empty()
    }

    /// What handing one mail over may take.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    pub(super) fn sender(&self) -> Result<Mailbox, ConfigError> {
        self.from
            .parse()
            .map_err(|_| ConfigError("mail.from must be an e-mail address".to_owned()))
    }

    /// Checks the section.
    ///
    /// # Errors
    /// The first fault.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let fault = |text: &str| Err(ConfigError(text.to_owned()));
        if !(100..=60_000).contains(&self.timeout_ms) {
            return fault("mail.timeout_ms must be 100-60000");
        }
        if self.max_attachment_bytes > 50_000_000 {
            return fault("mail.max_attachment_bytes must be at most 50000000");
        }
        if !self.is_on() {
            return Ok(());
        }
        self.sender()?;
        if self.user.is_empty() != self.password.expose_secret().is_empty() {
            return fault("mail.user and mail.password belong together");
        }
        let here = matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if self.tls == MailTls::None && !self.user.is_empty() && !here {
            return fault("mail.tls = \"none\" would send mail.password in the clear");
        }
        Ok(())
    }
}
