//! One HTTP exchange: the connection's errors and the answer's status become a [`SendError`].

use std::time::Duration;

use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;

use super::{MAX_RETRY_AFTER, SendError, error};
use crate::config::ConfigError;

/// An answer of Twilio has some kilobytes; a page of 1000 messages some megabytes.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// A success, read whole.
pub(super) struct Answer {
    body: Vec<u8>,
    pub(super) request_id: Option<String>,
}

impl Answer {
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, SendError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| SendError::unknown(format!("Twilio's answer cannot be read: {error}")))
    }
}

pub(super) fn http(api_url: &str, timeout: Duration) -> Result<reqwest::Client, ConfigError> {
    let failed = || ConfigError::Setting {
        field: "twilio.api_url".to_owned(),
        problem: "no HTTP client can be built for it",
    };
    let url = url::Url::parse(api_url).map_err(|_| failed())?;
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(timeout.min(Duration::from_secs(5)))
        .timeout(timeout)
        .user_agent(concat!("wharf/", env!("CARGO_PKG_VERSION")));
    if loopback {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|_| failed())
}

/// Sends the request and reads the answer.
pub(super) async fn exchange(request: RequestBuilder) -> Result<Answer, SendError> {
    let response = request.send().await.map_err(|error| lost(&error))?;
    let status = response.status();
    let header = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
    let request_id = header("Twilio-Request-Id");
    let retry_after = header("Retry-After").and_then(|text| retry_after(&text));
    tracing::debug!(
        status = status.as_u16(),
        request_id,
        concurrent = header("Twilio-Concurrent-Requests"),
        duration = header("Twilio-Request-Duration"),
        "answer of Twilio"
    );
    let body = read(response).await?;
    if status.is_success() {
        return Ok(Answer { body, request_id });
    }
    Err(error::refusal(
        status.as_u16(),
        &body,
        retry_after,
        request_id,
    ))
}

/// Whether a request that failed without an answer can have reached Twilio.
fn lost(error: &reqwest::Error) -> SendError {
    let reason = chain(error);
    if error.is_connect() || error.is_builder() {
        SendError::NotSent(reason)
    } else {
        SendError::unknown(reason)
    }
}

/// An error with its causes, without the URL (it holds the account).
fn chain(error: &reqwest::Error) -> String {
    let mut text = if error.is_timeout() {
        "timed out".to_owned()
    } else {
        "failed".to_owned()
    };
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

async fn read(mut response: Response) -> Result<Vec<u8>, SendError> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| SendError::unknown(chain(&error)))?
    {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(SendError::unknown("Twilio's answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// `Retry-After` in seconds. The date form is not read: it would need a clock, and Twilio documents
/// none.
fn retry_after(text: &str) -> Option<Duration> {
    let seconds: u64 = text.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(MAX_RETRY_AFTER))
}
