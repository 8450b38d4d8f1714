//! The configuration of responder; `config.default.toml` documents every key.

use serde::Deserialize;
use wharf_broker::BrokerConfig;
use wharf_media::MediaConfig;
use wharf_pipeline::{BaseConfig, WorkerConfig};
use wharf_runtime::{
    config::{AdminConfig, ConfigError, LogConfig, Validate},
    service::ServiceConfig,
};
use wharf_store::DatabaseConfig;
use wharf_twilio::config::TwilioConfig;

use crate::{inbound_files::InboundFilesConfig, mail::MailConfig, typing::TypingConfig};

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// How replies are worked on.
    pub worker: WorkerConfig,
    /// The admin port.
    pub admin: AdminConfig,
    /// PostgreSQL.
    pub database: DatabaseConfig,
    /// RabbitMQ.
    pub broker: BrokerConfig,
    /// The REST API.
    pub twilio: TwilioConfig,
    /// How replies are sent.
    pub delivery: DeliveryConfig,
    /// What a person sees while an agent works.
    pub typing: TypingConfig,
    /// Texts that override the shipped ones.
    pub templates: TemplatesConfig,
    /// Where files are, and how links to them are made.
    pub media: MediaConfig,
    /// Files that people sent.
    pub inbound_files: InboundFilesConfig,
    /// The mail server.
    pub mail: MailConfig,
    /// Logs.
    pub log: LogConfig,
}

/// The `[delivery]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryConfig {
    /// Seconds that Twilio may try, 1 to 36,000.
    pub validity_s: u32,
    /// Milliseconds between two looks for what has waited for a user's message, 100 to 600,000.
    pub held_interval_ms: u32,
    /// The least number of seconds between two notices to one contact, up to 604,800.
    pub notice_pause_s: u32,
}

/// The `[templates]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplatesConfig {
    /// Milliseconds after which a company's rows are looked at again, up to 3,600,000.
    pub recheck_ms: u32,
}

impl Config {
    pub(crate) fn base(&self) -> BaseConfig<'_> {
        let Self {
            worker,
            admin,
            database,
            broker,
            log,
            ..
        } = self;
        BaseConfig {
            worker,
            admin,
            database,
            broker,
            log,
        }
    }
}

impl ServiceConfig for Config {
    const DEFAULTS: &'static str = include_str!("../config.default.toml");

    fn log(&self) -> &LogConfig {
        &self.log
    }
}

impl Validate for Config {
    fn validate(&self) -> Result<(), ConfigError> {
        if !(1..=36_000).contains(&self.delivery.validity_s) {
            return Err(ConfigError(
                "delivery.validity_s must be 1-36000".to_owned(),
            ));
        }
        if !(100..=600_000).contains(&self.delivery.held_interval_ms) {
            return Err(ConfigError(
                "delivery.held_interval_ms must be 100-600000".to_owned(),
            ));
        }
        if self.delivery.notice_pause_s > 604_800 {
            return Err(ConfigError(
                "delivery.notice_pause_s must be at most 604800".to_owned(),
            ));
        }
        if self.templates.recheck_ms > 3_600_000 {
            return Err(ConfigError(
                "templates.recheck_ms must be at most 3600000".to_owned(),
            ));
        }
        let twilio = |error: wharf_twilio::config::ConfigError| ConfigError(error.to_string());
        self.twilio.validate().map_err(twilio)?;
        // Who sends must have a number to send from.
        self.twilio.sender().map_err(twilio)?;
        self.media
            .validate_for_links()
            .map_err(|error| ConfigError(error.to_string()))?;
        self.typing.validate()?;
        self.inbound_files.validate()?;
        self.mail.validate()?;
        self.base().validate()
    }
}
