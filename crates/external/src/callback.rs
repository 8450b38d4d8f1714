//! The address that an agent calls back at: execution, company and expiry, signed by Wharf. Whoever
//! has it can answer this one execution until it expires, and nothing else.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::Sha256;
use thiserror::Error;
use url::Url;
use uuid::Uuid;
use wharf_domain::ids::{CompanyId, ExecutionId};

/// The path up to the execution's id.
pub const PATH: &str = "/api/agents/results/";
/// The shortest key, in bytes.
pub const MIN_KEY: usize = 32;

/// Keeps these signatures apart from others that may be made with the same key.
const CONTEXT: &[u8] = b"wharf-callback-1\0";

/// The `[callbacks]` section.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallbacksConfig {
    /// Scheme and host, perhaps a port and a path, under which agents reach ingress; in
    /// agent-executor.
    pub public_url: String,
    /// Signs the addresses; empty: agents cannot call back.
    pub signing_key: SecretString,
    /// The key before it, whose addresses still hold; empty: none.
    pub previous_signing_key: SecretString,
}

/// Settings that cannot be used. Displays the key at fault, never a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CallbacksConfigError {
    /// Too short to sign with.
    #[error(
        "callbacks.signing_key and callbacks.previous_signing_key need at least {MIN_KEY} characters"
    )]
    ShortKey,
    /// Anything else.
    #[error("callbacks.{0}")]
    Setting(&'static str),
}

/// Why a call is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CallbackRefusal {
    /// Not an address that Wharf gave.
    #[error("not an address that we gave")]
    NotOurs,
    /// Genuine, and over.
    #[error("the address has expired")]
    Expired,
}

/// Makes addresses and checks them.
#[derive(Clone)]
pub struct Callbacks {
    public_url: String,
    /// The first one signs; all are accepted.
    keys: Vec<SecretString>,
}

impl std::fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Callbacks")
            .field("public_url", &self.public_url)
            .field("keys", &self.keys.len())
            .finish()
    }
}

impl CallbacksConfig {
    /// Makes and checks addresses; `None` without a signing key.
    ///
    /// # Errors
    /// When a key is too short, or one follows none.
    pub fn open(&self) -> Result<Option<Callbacks>, CallbacksConfigError> {
        let keys = [&self.signing_key, &self.previous_signing_key];
        let keys: Vec<SecretString> = keys
            .into_iter()
            .filter(|key| !key.expose_secret().is_empty())
            .cloned()
            .collect();
        if self.signing_key.expose_secret().is_empty() {
            return match keys.is_empty() {
                true => Ok(None),
                false => Err(CallbacksConfigError::Setting(
                    "previous_signing_key is set without signing_key",
                )),
            };
        }
        if keys.iter().any(|key| key.expose_secret().len() < MIN_KEY) {
            return Err(CallbacksConfigError::ShortKey);
        }
        Ok(Some(Callbacks {
            public_url: self.public_url.trim_end_matches('/').to_owned(),
            keys,
        }))
    }

    /// The same for whoever gives addresses away: it needs to know where they lead.
    ///
    /// # Errors
    /// As [`open`](Self::open), and when `public_url` is not set or not a URL.
    pub fn open_for_signing(&self) -> Result<Option<Callbacks>, CallbacksConfigError> {
        let callbacks = self.open()?;
        let url = Url::parse(&self.public_url).ok();
        let fits = |url: &Url| {
            matches!(url.scheme(), "https" | "http")
                && url.has_host()
                && url.query().is_none()
                && url.fragment().is_none()
        };
        if callbacks.is_some() && !url.as_ref().is_some_and(fits) {
            return Err(CallbacksConfigError::Setting(
                "public_url must be http:// or https:// with a host, without query",
            ));
        }
        Ok(callbacks)
    }
}

impl Callbacks {
    /// The address at which `execution`'s agent can answer until `expires`.
    #[must_use]
    pub fn sign(
        &self,
        company: CompanyId,
        execution: ExecutionId,
        expires: DateTime<Utc>,
    ) -> String {
        let expires = expires.timestamp();
        let tag = self
            .keys
            .first()
            .map(|key| {
                mac(key, company, execution, expires)
                    .finalize()
                    .into_bytes()
            })
            .unwrap_or_default();
        let signature = URL_SAFE_NO_PAD.encode(tag);
        format!(
            "{}{PATH}{execution}?company={company}&expires={expires}&signature={signature}",
            self.public_url
        )
    }

    /// Which execution of which company a call may answer at `now`: `execution` as the path has it,
    /// and the raw query. Comparison takes constant time, with whichever key.
    ///
    /// # Errors
    /// [`CallbackRefusal`]; that an address has expired is said only of a genuine one.
    pub fn verify(
        &self,
        execution: &str,
        query: &str,
        now: DateTime<Utc>,
    ) -> Result<(CompanyId, ExecutionId), CallbackRefusal> {
        let read = || {
            let mut values = [None, None, None];
            for (name, value) in form_urlencoded::parse(query.as_bytes()) {
                let place = ["company", "expires", "signature"]
                    .iter()
                    .position(|known| *known == name)?;
                let slot = values.get_mut(place)?;
                // Said twice is not what we gave away.
                if slot.replace(value.into_owned()).is_some() {
                    return None;
                }
            }
            let [company, expires, signature] = values;
            Some((
                CompanyId(Uuid::try_parse(&company?).ok()?),
                ExecutionId(Uuid::try_parse(execution).ok()?),
                expires?.parse::<i64>().ok()?,
                URL_SAFE_NO_PAD.decode(signature?).ok()?,
            ))
        };
        let (company, execution, expires, signature) = read().ok_or(CallbackRefusal::NotOurs)?;
        let genuine = self.keys.iter().fold(false, |genuine, key| {
            // Both are computed, whichever it is.
            mac(key, company, execution, expires)
                .verify_slice(&signature)
                .is_ok()
                | genuine
        });
        if !genuine {
            return Err(CallbackRefusal::NotOurs);
        }
        if now.timestamp() >= expires {
            return Err(CallbackRefusal::Expired);
        }
        Ok((company, execution))
    }
}

fn mac(
    key: &SecretString,
    company: CompanyId,
    execution: ExecutionId,
    expires: i64,
) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).expect("any length");
    mac.update(CONTEXT);
    mac.update(company.0.as_bytes());
    mac.update(execution.0.as_bytes());
    mac.update(&expires.to_be_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";
    const OLD: &str = "fedcba9876543210fedcba9876543210";

    fn config(key: &str, previous: &str) -> CallbacksConfig {
        CallbacksConfig {
            public_url: "https://wharf.example/".to_owned(),
            signing_key: key.into(),
            previous_signing_key: previous.into(),
        }
    }

    fn callbacks(key: &str, previous: &str) -> Callbacks {
        config(key, previous).open().unwrap().unwrap()
    }

    fn ids() -> (CompanyId, ExecutionId) {
        (
            CompanyId(Uuid::from_u128(1)),
            ExecutionId(Uuid::from_u128(2)),
        )
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    fn given(by: &Callbacks) -> (String, String) {
        let (company, execution) = ids();
        let url = by.sign(company, execution, at(60));
        let rest = url.strip_prefix("https://wharf.example/api/agents/results/");
        let (execution, query) = rest.unwrap().split_once('?').unwrap();
        (execution.to_owned(), query.to_owned())
    }

    #[test]
    fn an_address_holds_until_it_expires_with_either_key() {
        let (execution, query) = given(&callbacks(OLD, ""));
        for ours in [callbacks(OLD, ""), callbacks(KEY, OLD)] {
            assert_eq!(ours.verify(&execution, &query, at(59)), Ok(ids()));
            let over = ours.verify(&execution, &query, at(60));
            assert_eq!(over, Err(CallbackRefusal::Expired));
        }
        let other = callbacks(KEY, "").verify(&execution, &query, at(0));
        assert_eq!(other, Err(CallbackRefusal::NotOurs));
    }

    #[test]
    fn nothing_of_it_can_be_changed() {
        let ours = callbacks(KEY, "");
        let (execution, query) = given(&ours);
        let other = execution.replace('2', "3");
        let changes = [
            (other.as_str(), query.clone()),
            (&execution, query.replace("00001&", "00002&")),
            (&execution, query.replace("expires=1", "expires=2")),
            (&execution, format!("{query}A")),
            (&execution, format!("{query}&company={}", ids().0)),
            (&execution, format!("{query}&more=1")),
            (&execution, query.replace("signature=", "")),
            (&execution, String::new()),
            ("nonsense", query.clone()),
        ];
        for (execution, query) in changes {
            let verdict = ours.verify(execution, &query, at(0));
            assert_eq!(verdict, Err(CallbackRefusal::NotOurs), "{query}");
        }
    }

    #[test]
    fn settings_are_refused_by_name_and_without_secrets() {
        assert!(config("", "").open_for_signing().unwrap().is_none());
        let faults = [
            (config("s3cret", ""), "signing_key"),
            (config(KEY, "s3cret"), "previous_signing_key"),
            (config("", KEY), "previous_signing_key"),
            (
                CallbacksConfig {
                    public_url: "wharf.example".to_owned(),
                    ..config(KEY, "")
                },
                "public_url",
            ),
        ];
        for (config, word) in faults {
            let error = config.open_for_signing().unwrap_err().to_string();
            assert!(
                error.starts_with("callbacks.") && error.contains(word),
                "{error}"
            );
            assert!(!format!("{error}{config:?}").contains("s3cret"));
        }
        assert!(!format!("{:?}", callbacks(KEY, OLD)).contains(KEY));
    }

    proptest! {
        #[test]
        fn any_query_is_refused_without_a_panic(execution in ".{0,40}", query in ".{0,80}") {
            prop_assert_eq!(callbacks(KEY, "").verify(&execution, &query, at(0)), Err(CallbackRefusal::NotOurs));
        }
    }
}
