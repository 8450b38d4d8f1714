//! Settings of the Twilio side. Secrets never show in `Debug` or in an error.

use std::{collections::BTreeMap, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use thiserror::Error;
use wharf_domain::address::{Address, WHATSAPP_PREFIX};

use crate::{
    form::is_sid,
    signature::{AccountTokens, AuthToken, TokenError, Verifier},
};

/// The section `twilio` of a service's configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwilioConfig {
    /// The main account, `AC` and 32 hexadecimal digits.
    pub account_sid: String,
    /// Its primary auth token: signs the webhooks, and the REST API takes it as password.
    pub auth_token: SecretString,
    /// The token that takes over, while one is being replaced: webhooks signed with either pass.
    #[serde(default)]
    pub next_auth_token: Option<SecretString>,
    /// Tokens of subaccounts, by their sid.
    #[serde(default)]
    pub subaccounts: BTreeMap<String, SubaccountTokens>,
    /// An API key `SK…` for the REST API in place of the auth token. Never signs a webhook.
    #[serde(default)]
    pub api_key_sid: Option<String>,
    /// The API key's secret.
    #[serde(default)]
    pub api_key_secret: Option<SecretString>,
    /// Where the REST API is.
    #[serde(default = "default_api_url")]
    pub api_url: String,
    /// Our number, `whatsapp:+…`. Only who sends needs it ([`Self::sender`]).
    #[serde(default)]
    pub from: String,
    /// Where Twilio reports what became of a message; only who sends needs it.
    #[serde(default)]
    pub status_callback_url: Option<String>,
    /// How long one request to the REST API may take, in milliseconds; 100 to 60 000.
    #[serde(default = "default_timeout_ms")]
    pub timeout_ms: u64,
}

/// The tokens of one subaccount.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubaccountTokens {
    /// The token in use.
    pub auth_token: SecretString,
    /// The token that takes over.
    #[serde(default)]
    pub next_auth_token: Option<SecretString>,
}

fn default_api_url() -> String {
    "https://api.twilio.com".to_owned()
}

const fn default_timeout_ms() -> u64 {
    10_000
}

/// A configuration that a service must not start with.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// A token that is none.
    #[error("{field}: {source}")]
    Token {
        /// The setting's path.
        field: String,
        /// What is wrong with it.
        source: TokenError,
    },
    /// Another setting.
    #[error("{field}: {problem}")]
    Setting {
        /// The setting's path.
        field: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

fn setting(field: &str, problem: &'static str) -> ConfigError {
    ConfigError::Setting {
        field: field.to_owned(),
        problem,
    }
}

fn token(field: &str, secret: &SecretString) -> Result<AuthToken, ConfigError> {
    AuthToken::new(secret.clone()).map_err(|source| ConfigError::Token {
        field: field.to_owned(),
        source,
    })
}

fn check_url(field: &str, text: &str) -> Result<(), ConfigError> {
    let url = url::Url::parse(text).map_err(|_| setting(field, "is not a URL"))?;
    if matches!(url.scheme(), "https" | "http") && url.host_str().is_some() {
        Ok(())
    } else {
        Err(setting(field, "must be http:// or https:// with a host"))
    }
}

impl TwilioConfig {
    /// Checks every setting that is there. Who sends also asks for [`Self::sender`], which may not
    /// be missing then.
    ///
    /// # Errors
    /// [`ConfigError`] names the first setting that is wrong, without any secret.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.verifier()?;
        self.credentials()?;
        if !self.from.is_empty() {
            self.sender()?;
        }
        check_url("twilio.api_url", &self.api_url)?;
        if let Some(url) = &self.status_callback_url {
            check_url("twilio.status_callback_url", url)?;
        }
        if !(100..=60_000).contains(&self.timeout_ms) {
            return Err(setting(
                "twilio.timeout_ms",
                "must be between 100 and 60000",
            ));
        }
        Ok(())
    }

    /// Where the API of the typing indicator is: at Twilio `messaging.` in place of `api.`, in any
    /// region; elsewhere (a simulator, a proxy) the same as the REST API.
    pub(crate) fn messaging_url(&self) -> String {
        let url = self.api_url.trim_end_matches('/');
        let host = url.strip_prefix("https://api.");
        match host.filter(|host| *host == "twilio.com" || host.ends_with(".twilio.com")) {
            Some(host) => format!("https://messaging.{host}"),
            None => url.to_owned(),
        }
    }

    /// Builds what verifies the webhooks.
    ///
    /// # Errors
    /// [`ConfigError`] for an empty token or a sid that is none.
    pub fn verifier(&self) -> Result<Verifier, ConfigError> {
        let tokens = |path: &str, current: &SecretString, next: Option<&SecretString>| {
            let current = token(&format!("{path}auth_token"), current)?;
            let next = next
                .map(|next| token(&format!("{path}next_auth_token"), next))
                .transpose()?;
            Ok(AccountTokens::new(current, next))
        };
        if !is_sid(&self.account_sid, &["AC"]) {
            return Err(setting(
                "twilio.account_sid",
                "must be AC and 32 hexadecimal digits",
            ));
        }
        let main = tokens("twilio.", &self.auth_token, self.next_auth_token.as_ref())?;
        let mut verifier = Verifier::new(&self.account_sid, main);
        for (sid, sub) in &self.subaccounts {
            let path = format!("twilio.subaccounts.{sid}.");
            if *sid == self.account_sid {
                return Err(setting(path.trim_end_matches('.'), "is the main account"));
            }
            // The configuration crate lower-cases keys.
            let sid = sid.get(..2).map_or_else(
                || sid.clone(),
                |head| format!("{}{}", head.to_uppercase(), &sid[2..]),
            );
            if !is_sid(&sid, &["AC"]) {
                return Err(setting(
                    path.trim_end_matches('.'),
                    "must be AC and 32 hexadecimal digits",
                ));
            }
            let tokens = tokens(&path, &sub.auth_token, sub.next_auth_token.as_ref())?;
            verifier = verifier.with_subaccount(sid, tokens);
        }
        Ok(verifier)
    }

    /// User and password of the REST API: the API key when there is one, else the account.
    ///
    /// # Errors
    /// [`ConfigError`] for half an API key or an empty secret.
    pub fn credentials(&self) -> Result<(String, SecretString), ConfigError> {
        match (self.api_key_sid.as_deref(), &self.api_key_secret) {
            (None, None) => {
                let token = token("twilio.auth_token", &self.auth_token)?;
                Ok((self.account_sid.clone(), token.secret().clone()))
            }
            (Some(sid), Some(secret)) => {
                if !is_sid(sid, &["SK"]) {
                    return Err(setting(
                        "twilio.api_key_sid",
                        "must be SK and 32 hexadecimal digits",
                    ));
                }
                if secret.expose_secret().trim().is_empty() {
                    return Err(setting("twilio.api_key_secret", "is empty"));
                }
                Ok((sid.to_owned(), secret.clone()))
            }
            (Some(_), None) => Err(setting(
                "twilio.api_key_secret",
                "is missing beside api_key_sid",
            )),
            (None, Some(_)) => Err(setting(
                "twilio.api_key_sid",
                "is missing beside api_key_secret",
            )),
        }
    }

    /// Our address.
    ///
    /// # Errors
    /// [`ConfigError`] when `from` is not `whatsapp:+…`.
    pub fn sender(&self) -> Result<Address, ConfigError> {
        let wrong = || setting("twilio.from", "must be whatsapp:+ and the number's digits");
        if !self.from.starts_with(WHATSAPP_PREFIX) {
            return Err(wrong());
        }
        match Address::parse(&self.from) {
            Ok(address @ Address::Phone(_)) => Ok(address),
            _ => Err(wrong()),
        }
    }

    /// How long one request may take.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valid() -> serde_json::Value {
        serde_json::json!({
            "account_sid": "AC00000000000000000000000000000001",
            "auth_token": "test-auth-token",
            "from": "whatsapp:+15550109999",
        })
    }

    fn problem(change: impl FnOnce(&mut serde_json::Value)) -> String {
        let mut settings = valid();
        change(&mut settings);
        let config: TwilioConfig = serde_json::from_value(settings).unwrap();
        assert!(!format!("{config:?}").contains("test-auth-token"));
        config
            .validate()
            .map_or_else(|error| error.to_string(), |()| "fine".to_owned())
    }

    #[test]
    fn a_whole_configuration_is_fine_and_has_defaults() {
        assert_eq!(problem(|_| ()), "fine");
        assert_eq!(problem(|c| c["from"] = "".into()), "fine");
        let config: TwilioConfig = serde_json::from_value(valid()).unwrap();
        assert_eq!(config.api_url, "https://api.twilio.com");
        assert_eq!(config.credentials().unwrap().0, config.account_sid);
    }

    #[test]
    fn the_typing_indicator_is_beside_the_rest_api() {
        for (api, messaging) in [
            ("https://api.twilio.com", "https://messaging.twilio.com"),
            (
                "https://api.dublin.ie1.twilio.com/",
                "https://messaging.dublin.ie1.twilio.com",
            ),
            ("http://127.0.0.1:8081/", "http://127.0.0.1:8081"),
            ("https://api.example.org", "https://api.example.org"),
        ] {
            let mut settings = valid();
            settings["api_url"] = api.into();
            let config: TwilioConfig = serde_json::from_value(settings).unwrap();
            assert_eq!(config.messaging_url(), messaging);
        }
    }

    #[test]
    fn every_wrong_setting_is_named_without_its_secret() {
        let problems = [
            problem(|c| c["auth_token"] = "".into()),
            problem(|c| c["auth_token"] = "  ".into()),
            problem(|c| c["auth_token"] = "secret\n".into()),
            problem(|c| c["next_auth_token"] = "".into()),
            problem(|c| c["account_sid"] = "AC1".into()),
            problem(|c| c["subaccounts"] = serde_json::json!({"AC1": {"auth_token": "x"}})),
            problem(|c| {
                c["subaccounts"] =
                    serde_json::json!({"ac00000000000000000000000000000002": {"auth_token": ""}})
            }),
            problem(|c| c["api_key_sid"] = "SK00000000000000000000000000000001".into()),
            problem(|c| c["api_key_secret"] = "secret".into()),
            problem(|c| c["from"] = "+15550109999".into()),
            problem(|c| c["from"] = "whatsapp:DE.abc".into()),
            problem(|c| c["api_url"] = "ftp://x".into()),
            problem(|c| c["status_callback_url"] = "/status".into()),
            problem(|c| c["timeout_ms"] = 1.into()),
        ];
        insta::assert_snapshot!(problems.join("\n"));
        assert!(problems.iter().all(|text| !text.contains("secret\n")));
    }

    #[test]
    fn a_subaccount_signs_with_its_own_token_only() {
        let mut settings = valid();
        let sub = "AC00000000000000000000000000000002";
        settings["subaccounts"] =
            serde_json::json!({sub.to_lowercase(): {"auth_token": "sub-token"}});
        let config: TwilioConfig = serde_json::from_value(settings).unwrap();
        let verifier = config.verifier().unwrap();
        let params = vec![("AccountSid".to_owned(), sub.to_owned())];
        let body = crate::signature::Body::Form(&params);
        let by = |token: &str| {
            let token = AuthToken::new(token).unwrap();
            let signature = crate::signature::compute(&token, "https://a.example/", &params);
            verifier
                .verify("https://a.example/", &body, Some(&signature))
                .is_ok()
        };
        assert!(by("sub-token"));
        assert!(!by("test-auth-token"));
    }

    #[test]
    fn a_missing_token_is_an_error_of_reading() {
        let mut settings = valid();
        settings.as_object_mut().unwrap().remove("auth_token");
        assert!(serde_json::from_value::<TwilioConfig>(settings).is_err());
    }
}
