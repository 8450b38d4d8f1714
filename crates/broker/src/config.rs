//! What an operator writes about the broker, and its checked form.

use std::time::Duration;

use lapin::uri::AMQPUri;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use thiserror::Error;

use crate::topology::Topology;

/// The broker's section of a service's configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrokerConfig {
    /// `amqp://user:password@host:5672/%2f`, or `amqps://` for TLS.
    pub url: SecretString,
    /// First part of every exchange's and queue's name; 1-40 of `a-z`, `0-9` and `-`. The same in
    /// all services that belong together.
    #[serde(default = "defaults::namespace")]
    pub namespace: String,
    /// Number of nlp queues, 1-128. The same in ingress and nlp: it decides which conversation goes
    /// where, so a change reorders what is under way.
    #[serde(default = "defaults::nlp_shards")]
    pub nlp_shards: u16,
    /// Milliseconds that a publish may take in all, waiting for a connection included; 100-60,000.
    #[serde(default = "defaults::publish_timeout_ms")]
    pub publish_timeout_ms: u64,
    /// How often a message may be delivered without being settled before it is called poison; 1-100.
    /// Part of the queues' arguments: see the rule of versions in [`crate::topology`].
    #[serde(default = "defaults::delivery_limit")]
    pub delivery_limit: u32,
    /// Seconds between heartbeats, 1-300; a silent connection is given up after twice that.
    #[serde(default = "defaults::heartbeat_s")]
    pub heartbeat_s: u16,
    /// How many publishes may be under way at once, 1-1,000; each takes a channel.
    #[serde(default = "defaults::publish_channels")]
    pub publish_channels: u16,
    /// Name of this client in the broker's list of connections.
    #[serde(default = "defaults::client_name")]
    pub client_name: String,
    /// Fixes the jitter of the waits between attempts to connect; drawn from the system when absent.
    #[serde(default)]
    pub jitter_seed: Option<u64>,
}

mod defaults {
    pub(super) fn namespace() -> String {
        "wharf".to_owned()
    }
    pub(super) const fn nlp_shards() -> u16 {
        8
    }
    pub(super) const fn publish_timeout_ms() -> u64 {
        5_000
    }
    pub(super) const fn delivery_limit() -> u32 {
        5
    }
    pub(super) const fn heartbeat_s() -> u16 {
        10
    }
    pub(super) const fn publish_channels() -> u16 {
        64
    }
    pub(super) fn client_name() -> String {
        "wharf".to_owned()
    }
}

/// What is wrong with the broker's section. Never holds the URL itself.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// The URL cannot be used.
    #[error("broker url: {0}")]
    Url(&'static str),
    /// The namespace is empty, too long or has other characters.
    #[error("broker namespace must be 1-40 characters of a-z, 0-9 and '-'")]
    Namespace,
    /// A number is out of its range.
    #[error("broker {name} must be {range}")]
    OutOfRange {
        /// The setting.
        name: &'static str,
        /// What it may be.
        range: &'static str,
    },
}

impl BrokerConfig {
    /// A configuration with everything but the URL at its default.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: SecretString::from(url.into()),
            namespace: defaults::namespace(),
            nlp_shards: defaults::nlp_shards(),
            publish_timeout_ms: defaults::publish_timeout_ms(),
            delivery_limit: defaults::delivery_limit(),
            heartbeat_s: defaults::heartbeat_s(),
            publish_channels: defaults::publish_channels(),
            client_name: defaults::client_name(),
            jitter_seed: None,
        }
    }

    /// Checks everything and makes the form that the rest of this crate takes. Opens nothing.
    ///
    /// # Errors
    /// [`ConfigError`] names the first setting that cannot be used.
    pub fn validate(&self) -> Result<Broker, ConfigError> {
        let uri = parse_url(self.url.expose_secret(), self.heartbeat_s)?;
        let characters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.namespace.is_empty()
            || self.namespace.len() > 40
            || !self.namespace.chars().all(characters)
        {
            return Err(ConfigError::Namespace);
        }
        within("nlp_shards", "1-128", (1..=128).contains(&self.nlp_shards))?;
        within(
            "publish_timeout_ms",
            "100-60000",
            (100..=60_000).contains(&self.publish_timeout_ms),
        )?;
        within(
            "delivery_limit",
            "1-100",
            (1..=100).contains(&self.delivery_limit),
        )?;
        within(
            "heartbeat_s",
            "1-300",
            (1..=300).contains(&self.heartbeat_s),
        )?;
        within(
            "publish_channels",
            "1-1000",
            (1..=1_000).contains(&self.publish_channels),
        )?;
        Ok(Broker {
            endpoint: redacted(&uri),
            uri,
            topology: Topology::new(&self.namespace, self.nlp_shards, self.delivery_limit),
            publish_timeout: Duration::from_millis(self.publish_timeout_ms),
            publish_channels: usize::from(self.publish_channels),
            client_name: self.client_name.clone(),
            jitter_seed: self.jitter_seed,
        })
    }
}

fn within(name: &'static str, range: &'static str, ok: bool) -> Result<(), ConfigError> {
    if ok {
        Ok(())
    } else {
        Err(ConfigError::OutOfRange { name, range })
    }
}

fn parse_url(url: &str, heartbeat_s: u16) -> Result<AMQPUri, ConfigError> {
    let parsed = url::Url::parse(url).map_err(|_| ConfigError::Url("it is not a URL"))?;
    if !matches!(parsed.scheme(), "amqp" | "amqps") {
        return Err(ConfigError::Url("it must begin with amqp:// or amqps://"));
    }
    match parsed.host() {
        // The client would quietly go to localhost.
        None => return Err(ConfigError::Url("it names no host")),
        Some(url::Host::Ipv6(_)) => {
            return Err(ConfigError::Url(
                "an IPv6 address is not understood, use a host name",
            ));
        }
        Some(_) => {}
    }
    if parsed.path() == "/" {
        return Err(ConfigError::Url(
            "it names an empty virtual host, end it with /%2f for the default one",
        ));
    }
    let mut uri: AMQPUri = url
        .parse()
        .map_err(|_| ConfigError::Url("a part of it cannot be read"))?;
    uri.query.heartbeat.get_or_insert(heartbeat_s);
    Ok(uri)
}

/// What logs may say of the URL: everything but user, password and parameters.
fn redacted(uri: &AMQPUri) -> String {
    let authority = &uri.authority;
    format!(
        "{}://{}:{}/{}",
        uri.scheme, authority.host, authority.port, uri.vhost
    )
}

/// A broker that can be connected to: the checked form of [`BrokerConfig`].
#[derive(Clone)]
pub struct Broker {
    uri: AMQPUri,
    endpoint: String,
    topology: Topology,
    pub(crate) publish_timeout: Duration,
    pub(crate) publish_channels: usize,
    pub(crate) client_name: String,
    pub(crate) jitter_seed: Option<u64>,
}

impl Broker {
    /// Where it is, without user and password; for logs.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Its exchanges, queues and names.
    #[must_use]
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// Longest time that a publish takes.
    #[must_use]
    pub fn publish_timeout(&self) -> Duration {
        self.publish_timeout
    }

    pub(crate) fn uri(&self) -> AMQPUri {
        self.uri.clone()
    }
}

impl std::fmt::Debug for Broker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Broker")
            .field("endpoint", &self.endpoint)
            .field("namespace", &self.topology.namespace())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_url(url: &str) -> Result<Broker, ConfigError> {
        BrokerConfig::new(url).validate()
    }

    #[test]
    fn the_password_is_shown_nowhere() {
        let config = BrokerConfig::new("amqp://guest:hunter2@mq.test/%2f");
        let broker = config.validate().unwrap();
        assert_eq!(broker.endpoint(), "amqp://mq.test:5672//");
        for shown in [
            format!("{config:?}"),
            format!("{broker:?}"),
            broker.endpoint().to_owned(),
        ] {
            assert!(!shown.contains("hunter2"), "{shown}");
            assert!(!shown.contains("guest"), "{shown}");
        }
    }

    #[test]
    fn urls_that_would_lead_elsewhere_are_refused() {
        for url in [
            "",
            "mq.test",
            "http://mq.test/",
            "amqp:///%2f",
            "amqp://[::1]/%2f",
            "amqp://mq.test/",
        ] {
            assert!(matches!(with_url(url), Err(ConfigError::Url(_))), "{url}");
        }
        for url in [
            "amqp://mq.test",
            "amqps://u:p@mq.test:5671/wharf",
            "amqp://127.0.0.1:5675/%2f",
        ] {
            assert!(with_url(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn numbers_and_names_have_ranges() {
        let good = BrokerConfig::new("amqp://mq.test");
        let bad = [
            BrokerConfig {
                namespace: "a.b".to_owned(),
                ..good.clone()
            },
            BrokerConfig {
                namespace: String::new(),
                ..good.clone()
            },
            BrokerConfig {
                nlp_shards: 0,
                ..good.clone()
            },
            BrokerConfig {
                delivery_limit: 0,
                ..good.clone()
            },
            BrokerConfig {
                heartbeat_s: 0,
                ..good.clone()
            },
            BrokerConfig {
                publish_timeout_ms: 0,
                ..good.clone()
            },
            BrokerConfig {
                publish_channels: 0,
                ..good
            },
        ];
        for config in bad {
            assert!(config.validate().is_err(), "{config:?}");
        }
    }
}
