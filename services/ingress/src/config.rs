//! The configuration of ingress; `config.default.toml` documents every key.

use serde::Deserialize;
use wharf_broker::BrokerConfig;
use wharf_external::CallbacksConfig;
use wharf_media::MediaConfig;
use wharf_runtime::{
    config::{AdminConfig, ConfigError, LogConfig, Validate, check_bind},
    service::ServiceConfig,
};
use wharf_twilio::config::TwilioConfig;

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Scheme, host and port under which Twilio reaches us.
    pub public_url: String,
    /// The webhook port.
    pub http: HttpConfig,
    /// The admin port.
    pub admin: AdminConfig,
    /// What the sender hears at once.
    pub acknowledgement: AcknowledgementConfig,
    /// How much a sender may send.
    pub rate_limit: RateLimitConfig,
    /// How external agents call back.
    pub callbacks: CallbacksConfig,
    /// RabbitMQ.
    pub broker: BrokerConfig,
    /// The accounts whose webhooks are taken.
    pub twilio: TwilioConfig,
    /// Where files are, and the keys of the links to them.
    pub media: MediaConfig,
    /// How files are served.
    pub downloads: DownloadsConfig,
    /// Logs.
    pub log: LogConfig,
}

/// The `[http]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpConfig {
    /// `address:port`.
    pub bind: String,
    /// Threads; 0 takes one for each core.
    pub workers: usize,
    /// Whether /metrics is served on the public port too.
    pub metrics: bool,
}

/// The `[acknowledgement]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgementConfig {
    /// When to acknowledge.
    pub policy: AcknowledgementPolicy,
    /// What it says, to whoever writes to any of the numbers: 1 to 1,600 UTF-16 units.
    pub text: String,
}

/// The longest message that Twilio sends (error 21617), in UTF-16 units: it counts an emoji as
/// several characters.
const MAX_TEXT: usize = 1_600;

impl AcknowledgementConfig {
    fn validate(&self) -> Result<(), ConfigError> {
        let fault = |what: &str| Err(ConfigError(format!("acknowledgement.text {what}")));
        if self
            .text
            .chars()
            .all(|c| c.is_whitespace() || c.is_control())
        {
            return fault("is empty; acknowledgement.policy = \"never\" sends none");
        }
        if self.text.encode_utf16().count() > MAX_TEXT {
            return fault("is longer than 1600 characters (an emoji can count as several)");
        }
        Ok(())
    }
}

/// Whether the webhook's answer carries the acknowledgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AcknowledgementPolicy {
    /// To every message.
    Always,
    /// Never: the answer alone.
    Never,
}

/// The `[rate_limit]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimitConfig {
    /// Messages a sender may send in one window, at least 1.
    pub messages: u32,
    /// Seconds, 1 to 86,400.
    pub window_s: i64,
    /// Senders remembered, at least 1.
    pub senders: usize,
}

/// The `[downloads]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DownloadsConfig {
    /// Files served at the same time, 1 to 10,000.
    pub at_once: usize,
    /// Seconds that one may take, 1 to 3,600.
    pub limit_s: u64,
}

impl ServiceConfig for Config {
    const DEFAULTS: &'static str = include_str!("../config.default.toml");

    fn log(&self) -> &LogConfig {
        &self.log
    }
}

impl Validate for Config {
    fn validate(&self) -> Result<(), ConfigError> {
        let fault = |text: String| Err(ConfigError(text));
        check_bind("http.bind", &self.http.bind)?;
        self.admin.validate()?;
        self.log.validate()?;
        self.acknowledgement.validate()?;
        let url = url::Url::parse(&self.public_url);
        if !url.is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host()) {
            return fault("public_url must be http:// or https:// with a host".to_owned());
        }
        if self.public_url.contains(['?', '#']) {
            return fault("public_url must end before the path's query and fragment".to_owned());
        }
        if self.rate_limit.messages == 0 || self.rate_limit.senders == 0 {
            return fault("rate_limit.messages and rate_limit.senders must be above 0".to_owned());
        }
        if !(1..=86_400).contains(&self.rate_limit.window_s) {
            return fault("rate_limit.window_s must be 1-86400".to_owned());
        }
        if !(1..=10_000).contains(&self.downloads.at_once) {
            return fault("downloads.at_once must be 1-10000".to_owned());
        }
        if !(1..=3_600).contains(&self.downloads.limit_s) {
            return fault("downloads.limit_s must be 1-3600".to_owned());
        }
        self.callbacks
            .open()
            .map_err(|error| ConfigError(error.to_string()))?;
        self.media
            .validate()
            .map_err(|error| ConfigError(error.to_string()))?;
        self.broker
            .validate()
            .map_err(|error| ConfigError(error.to_string()))?;
        self.twilio
            .validate()
            .map_err(|error| ConfigError(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use wharf_runtime::config::load;

    use super::*;

    const GOOD: [(&str, &str); 3] = [
        ("AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/%2f"),
        ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001"),
        ("TWILIO_AUTH_TOKEN", "test-auth-token"),
    ];

    fn with(changes: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let environment = GOOD.iter().chain(changes);
        load(
            Config::DEFAULTS,
            environment.map(|(k, v)| ((*k).to_owned(), (*v).to_owned())),
        )
    }

    #[test]
    fn the_three_usual_variables_are_enough() {
        let config = with(&[]).unwrap();
        assert_eq!(config.acknowledgement.policy, AcknowledgementPolicy::Always);
        assert_eq!(config.rate_limit.messages, 10);
    }

    #[test]
    fn an_empty_or_missing_token_is_a_refusal_to_start() {
        let error = with(&[("TWILIO_AUTH_TOKEN", "")]).unwrap_err().to_string();
        assert!(error.contains("auth_token"), "{error}");
        let bare: Result<Config, _> = load(Config::DEFAULTS, []);
        assert!(bare.is_err());
    }

    #[test]
    fn the_acknowledgements_text_is_one_that_twilio_sends() {
        let text = |text: &str| with(&[("WHARF__ACKNOWLEDGEMENT__TEXT", text)]);
        for good in ["Recibido. Ya lo miro…", &"✅".repeat(1_600)] {
            assert_eq!(text(good).unwrap().acknowledgement.text, good);
        }
        let empty = "is empty";
        for (wrong, what) in [
            ("", empty),
            (" \n\u{7}", empty),
            (&"a".repeat(1_601), "longer than 1600"),
            // Two units each.
            (&"🚚".repeat(801), "longer than 1600"),
        ] {
            let error = text(wrong).unwrap_err().to_string();
            assert!(error.contains("acknowledgement.text"), "{error}");
            assert!(error.contains(what) && !error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn wrong_settings_are_named() {
        for (change, word) in [
            (("WHARF__PUBLIC_URL", "example.org"), "public_url"),
            (("WHARF__HTTP__BIND", "8080"), "http.bind"),
            (("WHARF__RATE_LIMIT__MESSAGES", "0"), "rate_limit.messages"),
            (("WHARF__ACKNOWLEDGEMENT__POLICY", "sometimes"), "policy"),
            (
                ("WHARF__CALLBACKS__SIGNING_KEY", "short"),
                "callbacks.signing_key",
            ),
            (("AMQP_URL", "http://127.0.0.1"), "broker"),
            (("WHARF__MEDIA__URL", "media"), "media.url"),
            (("WHARF__MEDIA__SIGNING_KEY", "short"), "media.signing_key"),
            (("WHARF__DOWNLOADS__AT_ONCE", "0"), "downloads.at_once"),
            (("WHARF__DOWNLOADS__LIMIT_S", "0"), "downloads.limit_s"),
        ] {
            let error = with(&[change]).unwrap_err().to_string();
            assert!(error.contains(word), "{change:?}: {error}");
            assert!(!error.contains('\n'), "one line");
        }
    }
}
