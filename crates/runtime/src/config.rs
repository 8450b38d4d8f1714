//! Configuration: defaults compiled in, the environment over them, all of it checked at once.
//!
//! Each service has a `config.default.toml` that documents every key. `WHARF__SECTION__KEY`
//! overrides one; the usual names `DATABASE_URL`, `AMQP_URL`, `TWILIO_ACCOUNT_SID` and
//! `TWILIO_AUTH_TOKEN` are accepted too and yield to the longer name when both are set. To add a
//! key: a field in the service's `Config`, a commented line in its defaults, a check in `validate`.

use std::collections::HashMap;

use config::{Environment, File, FileFormat};
use serde::de::DeserializeOwned;
use thiserror::Error;

/// What the environment may call a key besides its own name.
const ALIASES: [(&str, &str); 4] = [
    ("DATABASE_URL", "database.url"),
    ("AMQP_URL", "broker.url"),
    ("TWILIO_ACCOUNT_SID", "twilio.account_sid"),
    ("TWILIO_AUTH_TOKEN", "twilio.auth_token"),
];

/// Configuration that cannot be used. Displays as one line, without secrets.
#[derive(Debug, Error)]
#[error("configuration: {0}")]
pub struct ConfigError(pub String);

/// Configuration that knows what it needs.
pub trait Validate {
    /// Checks what types cannot: empty secrets, numbers out of range, keys that exclude each other.
    ///
    /// # Errors
    /// The first fault, naming the key and what would be right, without secrets.
    fn validate(&self) -> Result<(), ConfigError>;
}

/// Reads a service's configuration from its `defaults` (TOML) and the environment.
///
/// # Errors
/// [`ConfigError`] that names the key at fault.
pub fn load<T, E>(defaults: &str, environment: E) -> Result<T, ConfigError>
where
    T: DeserializeOwned + Validate,
    E: IntoIterator<Item = (String, String)>,
{
    let environment: HashMap<String, String> = environment.into_iter().collect();
    let mut builder =
        config::Config::builder().add_source(File::from_str(defaults, FileFormat::Toml));
    for (alias, key) in ALIASES {
        let own_name = format!("WHARF__{}", key.replace('.', "__").to_uppercase());
        if let Some(value) = environment
            .get(alias)
            .filter(|_| !environment.contains_key(&own_name))
        {
            builder = builder
                .set_override(key, value.as_str())
                .map_err(|error| ConfigError(format!("{alias}: {error}")))?;
        }
    }
    let overrides = Environment::with_prefix("WHARF")
        .prefix_separator("__")
        .separator("__")
        .source(Some(environment));
    let config: T = builder
        .add_source(overrides)
        .build()
        .and_then(config::Config::try_deserialize)
        .map_err(|error| ConfigError(one_line(&error.to_string())))?;
    config.validate()?;
    Ok(config)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where the admin port listens.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminConfig {
    /// `address:port` of /healthz, /readyz and /metrics; port 0 picks a free one.
    pub bind: String,
}

/// What is logged.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// A filter as in `info,wharf_broker=debug`.
    pub filter: String,
    /// `json` or `text`.
    pub format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// For people at a terminal.
    Text,
}

/// Checks that `value` can be listened on.
///
/// # Errors
/// [`ConfigError`] naming `key` when it is no `address:port`.
pub fn check_bind(key: &str, value: &str) -> Result<(), ConfigError> {
    match value.parse::<std::net::SocketAddr>() {
        Ok(_) => Ok(()),
        Err(_) => Err(ConfigError(format!(
            "{key} = {value:?} is not address:port"
        ))),
    }
}

impl Validate for AdminConfig {
    fn validate(&self) -> Result<(), ConfigError> {
        check_bind("admin.bind", &self.bind)
    }
}

impl Validate for LogConfig {
    fn validate(&self) -> Result<(), ConfigError> {
        match tracing_subscriber::EnvFilter::try_new(&self.filter) {
            Ok(_) => Ok(()),
            Err(error) => Err(ConfigError(format!("log.filter: {error}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    const DEFAULTS: &str = "[broker]\nurl = \"\"\n[admin]\nbind = \"127.0.0.1:0\"\n";

    #[derive(Debug, Deserialize)]
    struct Broker {
        url: String,
    }

    #[derive(Debug, Deserialize)]
    struct Example {
        broker: Broker,
        admin: AdminConfig,
    }

    impl Validate for Example {
        fn validate(&self) -> Result<(), ConfigError> {
            self.admin.validate()
        }
    }

    fn load_with(environment: &[(&str, &str)]) -> Result<Example, ConfigError> {
        load(
            DEFAULTS,
            environment
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned())),
        )
    }

    #[test]
    fn the_environment_overrides_the_defaults() {
        assert_eq!(load_with(&[]).unwrap().broker.url, "");
        assert_eq!(load_with(&[("AMQP_URL", "a")]).unwrap().broker.url, "a");
        let both = [("AMQP_URL", "a"), ("WHARF__BROKER__URL", "b")];
        assert_eq!(load_with(&both).unwrap().broker.url, "b");
    }

    #[test]
    fn faults_are_one_line_that_names_the_key() {
        let error = load_with(&[("WHARF__ADMIN__BIND", "nowhere")])
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "configuration: admin.bind = \"nowhere\" is not address:port"
        );
    }
}
