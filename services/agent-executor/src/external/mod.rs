//! Calls to agents of a company's own: one POST, tried again by class of failure, never to an
//! address inside our own network unless the configuration allows it. What both sides sign is in
//! `wharf-external`; docs/external-agents.md says how to write such an agent.
//!
//! - [`address`]: which addresses may be called. - [`payload`]: what is sent.

mod address;
mod payload;

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::{Response, StatusCode, Url, header};
use serde::Deserialize;
use thiserror::Error;
use tokio::time::sleep;
use wharf_domain::{
    clock::SharedClock,
    contracts::{AgentAnswer, ReplyContent},
};
use wharf_external::{Callbacks, request};
use wharf_runtime::{
    backoff::Backoff,
    config::{ConfigError, Validate},
};
use wharf_store::agents::Endpoint;

pub(crate) use self::payload::Payload;

/// The `[external]` section.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalConfig {
    /// How long a connection may take to stand, in milliseconds, 100 to 60,000.
    pub connect_timeout_ms: u32,
    /// How long one exchange may take, in milliseconds, 100 to 600,000.
    pub timeout_ms: u32,
    /// Tries of one call, 1 to 10.
    pub max_attempts: u32,
    /// The largest answer, in bytes, 1,024 to 1,048,576.
    pub max_answer_bytes: u32,
    /// Whether agents may be called without TLS.
    pub allow_http: bool,
    /// Whether agents may have addresses that are not public: loopback, private, link-local.
    pub allow_private_addresses: bool,
}

impl Validate for ExternalConfig {
    fn validate(&self) -> Result<(), ConfigError> {
        let ranges = [
            ("connect_timeout_ms", self.connect_timeout_ms, 100, 60_000),
            ("timeout_ms", self.timeout_ms, 100, 600_000),
            ("max_attempts", self.max_attempts, 1, 10),
            ("max_answer_bytes", self.max_answer_bytes, 1_024, 1_048_576),
        ];
        for (name, value, low, high) in ranges {
            if !(low..=high).contains(&value) {
                return Err(ConfigError(format!("external.{name} must be {low}-{high}")));
            }
        }
        Ok(())
    }
}

/// What an agent said to a call.
#[derive(Debug)]
pub(crate) enum Called {
    /// The answer.
    Answered(Box<ReplyContent>),
    /// It takes longer; the agent calls back.
    Accepted,
}

/// Why a call came to nothing. For operators: holds no secret and no text of a user.
#[derive(Debug, Error)]
#[error("external agent: {0}")]
pub(crate) struct CallFailed(String);

/// Calls agents.
#[derive(Debug, Clone)]
pub(crate) struct ExternalAgents {
    http: reqwest::Client,
    config: ExternalConfig,
    callbacks: Option<Callbacks>,
    clock: SharedClock,
}

/// How one try ended.
enum Tried {
    Called(Called),
    /// Worth another try, perhaps not before a while.
    Later(String, Option<Duration>),
    Failed(String),
}

impl ExternalAgents {
    pub(crate) fn new(
        config: ExternalConfig,
        callbacks: Option<Callbacks>,
        clock: SharedClock,
    ) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_millis(config.timeout_ms.into()))
            .connect_timeout(Duration::from_millis(config.connect_timeout_ms.into()))
            // A redirect could lead inside; a proxy would resolve names itself.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(address::Resolver {
                allow_private: config.allow_private_addresses,
            })
            .user_agent(concat!("wharf/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            http,
            config,
            callbacks,
            clock,
        })
    }

    /// Calls the agent at `endpoint` until it answers, fails for good, or the tries are used up.
    /// Whoever waits drops the future at the hard deadline.
    pub(crate) async fn call(
        &self,
        endpoint: &Endpoint,
        payload: &Payload,
        deadline: DateTime<Utc>,
    ) -> Result<Called, CallFailed> {
        let url = self.checked(&endpoint.url).map_err(CallFailed)?;
        let callback_url = self
            .callbacks
            .as_ref()
            .map(|callbacks| callbacks.sign(payload.company_id, payload.execution_id, deadline));
        let body = payload
            .to_json(callback_url)
            .map_err(|error| CallFailed(error.to_string()))?;
        let (base, cap) = (Duration::from_millis(500), Duration::from_secs(30));
        let seed = Backoff::process_seed(&payload.execution_id.to_string());
        let mut backoff = Backoff::new(base, cap, seed);
        for attempt in 1.. {
            let (why, after) = match self.try_once(&url, endpoint, payload, &body).await {
                Tried::Called(called) => return Ok(called),
                Tried::Failed(why) => return Err(CallFailed(why)),
                Tried::Later(why, after) => (why, after),
            };
            if attempt >= self.config.max_attempts {
                return Err(CallFailed(format!("{attempt} tries: {why}")));
            }
            let delay = after.unwrap_or_default().max(backoff.next_delay());
            let left = (deadline - self.clock.now()).to_std().unwrap_or_default();
            if delay >= left {
                return Err(CallFailed(format!("no time for another try: {why}")));
            }
            tracing::warn!(why, attempt, "calling the external agent again");
            sleep(delay).await;
        }
        Err(CallFailed("no try".to_owned()))
    }

    fn checked(&self, url: &str) -> Result<Url, String> {
        let url = Url::parse(url).map_err(|error| format!("its URL cannot be read: {error}"))?;
        match url.scheme() {
            "https" => {}
            "http" if self.config.allow_http => {}
            scheme => return Err(format!("{scheme}: is not allowed (external.allow_http)")),
        }
        if !self.config.allow_private_addresses {
            // A literal address is not resolved, so it is not the resolver that sees it.
            address::check_host(&url).map_err(|error| error.to_string())?;
        }
        Ok(url)
    }

    async fn try_once(
        &self,
        url: &Url,
        endpoint: &Endpoint,
        payload: &Payload,
        body: &[u8],
    ) -> Tried {
        let timestamp = self.clock.now().timestamp();
        let signature = request::sign(&endpoint.secret, timestamp, body);
        let sent = self
            .http
            .post(url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header(request::IDEMPOTENCY_KEY, payload.execution_id.to_string())
            .header(request::TIMESTAMP, timestamp)
            .header(request::SIGNATURE, signature)
            .body(body.to_vec())
            .send()
            .await;
        match sent {
            Ok(response) => self.read(response, payload.agent).await,
            Err(error) if address::refused(&error).is_some() => {
                Tried::Failed(address::refused(&error).unwrap_or_default())
            }
            Err(error) => Tried::Later(in_words(error), None),
        }
    }

    async fn read(&self, mut response: Response, agent: &str) -> Tried {
        let status = response.status();
        match status {
            StatusCode::OK => {}
            StatusCode::ACCEPTED if self.callbacks.is_some() => {
                return Tried::Called(Called::Accepted);
            }
            StatusCode::ACCEPTED => {
                return Tried::Failed("it said 202, but [callbacks] is not configured".to_owned());
            }
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => {
                let after = retry_after(&response, self.clock.now());
                return Tried::Later(format!("HTTP {status}"), after);
            }
            _ => return Tried::Failed(format!("HTTP {status}")),
        }
        let limit = self.config.max_answer_bytes as usize;
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(piece)) if body.len() + piece.len() > limit => {
                    return Tried::Failed(format!("its answer has more than {limit} bytes"));
                }
                Ok(Some(piece)) => body.extend_from_slice(&piece),
                Ok(None) => break,
                Err(error) => return Tried::Later(in_words(error), None),
            }
        }
        let answer: AgentAnswer = match serde_json::from_slice(&body) {
            Ok(answer) => answer,
            // serde's words may repeat what the agent sent; its kind and place are enough.
            Err(error) => {
                return Tried::Failed(format!(
                    "its answer cannot be read: {:?} error at line {} column {}",
                    error.classify(),
                    error.line(),
                    error.column()
                ));
            }
        };
        match answer.checked(agent) {
            Ok(content) => Tried::Called(Called::Answered(Box::new(content))),
            Err(refused) => Tried::Failed(refused.to_string()),
        }
    }
}

/// An error with its causes, without the URL: it may hold a token.
fn in_words(error: reqwest::Error) -> String {
    format!("{:#}", anyhow::Error::new(error.without_url()))
}

/// `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3).
fn retry_after(response: &Response, now: DateTime<Utc>) -> Option<Duration> {
    let text = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(text.trim()).ok()?;
    (at.to_utc() - now).to_std().ok()
}
