//! Where the servers are, read as the services read it.

use serde::Deserialize;
use wharf_broker::{Broker, BrokerConfig};
use wharf_media::MediaConfig;
use wharf_runtime::config::{self, ConfigError, Validate};
use wharf_store::DatabaseConfig;

/// Each section is checked by the command that needs it.
const DEFAULTS: &str = "
[database]
url = ''
[broker]
url = ''
[media]
url = 'file:media'
max_object_bytes = 33554432
";

/// The sections that commands use.
#[derive(Debug, Deserialize)]
pub(crate) struct Settings {
    database: DatabaseConfig,
    broker: BrokerConfig,
    media: MediaConfig,
}

impl Validate for Settings {
    fn validate(&self) -> Result<(), ConfigError> {
        Ok(())
    }
}

impl Settings {
    pub(crate) fn load() -> Result<Self, ConfigError> {
        config::load(DEFAULTS, std::env::vars())
    }

    pub(crate) fn database(self) -> Result<DatabaseConfig, ConfigError> {
        self.database.validate().map_err(ConfigError)?;
        Ok(self.database)
    }

    pub(crate) fn media(self) -> Result<MediaConfig, ConfigError> {
        self.media
            .validate()
            .map_err(|error| ConfigError(error.to_string()))?;
        Ok(self.media)
    }

    pub(crate) fn broker(self) -> Result<Broker, ConfigError> {
        self.broker
            .validate()
            .map_err(|error| ConfigError(error.to_string()))
    }
}
