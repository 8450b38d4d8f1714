//! What a request to Twilio can end in, and Twilio's error JSON in its three shapes.

use std::time::Duration;

use serde_json::Value;
use thiserror::Error;

use crate::errors::{Action, ErrorClass, classify};

/// How a request failed. The texts hold neither bodies nor addresses.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SendError {
    /// Twilio would refuse it; not sent. A bug of ours.
    #[error("not sent: {0}")]
    Invalid(&'static str),
    /// No connection came about, so no byte of it reached Twilio.
    #[error("not sent, no connection: {0}")]
    NotSent(String),
    /// Twilio answered that it did not take the message.
    #[error("refused by Twilio: {0}")]
    Refused(ApiError),
    /// The request may have reached Twilio: a lost or late response, an answer of 5xx, or one that
    /// is not Twilio's.
    #[error("outcome unknown: {reason}")]
    Unknown {
        /// What happened, for the log.
        reason: String,
        /// The answer's status, when there was one.
        status: Option<u16>,
        /// When Twilio asked to be left alone.
        retry_after: Option<Duration>,
    },
}

impl SendError {
    pub(super) fn unknown(reason: impl Into<String>) -> Self {
        Self::Unknown {
            reason: reason.into(),
            status: None,
            retry_after: None,
        }
    }

    /// The kind of failure; `None` when no connection came about.
    #[must_use]
    pub fn class(&self) -> Option<ErrorClass> {
        match self {
            Self::Invalid(_) => Some(ErrorClass::BadRequest),
            Self::NotSent(_) => None,
            Self::Refused(error) => Some(error.class),
            Self::Unknown { .. } => Some(ErrorClass::UnknownOutcome),
        }
    }

    /// What to do now.
    #[must_use]
    pub fn action(&self) -> Action {
        self.class().map_or(Action::Retry, ErrorClass::action)
    }

    /// The wait that Twilio asked for.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(ApiError { retry_after, .. }) | Self::Unknown { retry_after, .. } => {
                *retry_after
            }
            Self::Invalid(_) | Self::NotSent(_) => None,
        }
    }

    /// Twilio's error code, when it gave one.
    #[must_use]
    pub fn code(&self) -> Option<u32> {
        match self {
            Self::Refused(error) => error.code,
            _ => None,
        }
    }

    /// The value of a metric's label.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.class().map_or("not_sent", ErrorClass::as_str)
    }
}

/// Twilio's answer to a request that it refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("HTTP {status}, code {}: {message}", code.map_or_else(|| "none".to_owned(), |c| c.to_string()))]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// Twilio's error code.
    pub code: Option<u32>,
    /// Its kind.
    pub class: ErrorClass,
    /// Twilio's words, with numbers masked.
    pub message: String,
    /// The wait that Twilio asked for.
    pub retry_after: Option<Duration>,
    /// Twilio's id of the request, for its support.
    pub request_id: Option<String>,
}

/// Decides about an answer that is no success.
pub(super) fn refusal(
    status: u16,
    body: &[u8],
    retry_after: Option<Duration>,
    request_id: Option<String>,
) -> SendError {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let code = json
        .as_ref()
        .and_then(|json| lenient_u32(json.get("code")?));
    let message = json.as_ref().and_then(words).unwrap_or("no reason given");
    let class = match (status, code.map(classify)) {
        // Credentials are wrong whatever else the answer says.
        (401 | 403, None | Some(ErrorClass::Unlisted)) => ErrorClass::Auth,
        // A 429 or a 4xx without a code of Twilio's may be a proxy's, and proves nothing for 429:
        // what is behind the proxy may have taken the message before.
        (429, None | Some(ErrorClass::Unlisted)) => ErrorClass::UnknownOutcome,
        (404, None) => ErrorClass::Config,
        (400..=499, None) => ErrorClass::BadRequest,
        (400..=499, Some(class)) => class,
        // A 5xx proves nothing either way, whatever its body says.
        _ => ErrorClass::UnknownOutcome,
    };
    if class == ErrorClass::UnknownOutcome {
        let reason = format!("Twilio answered {status}: {}", masked(message));
        return SendError::Unknown {
            reason,
            status: Some(status),
            retry_after,
        };
    }
    let message = masked(message);
    SendError::Refused(ApiError {
        status,
        code,
        class,
        message,
        retry_after,
        request_id,
    })
}

/// The words of any of the shapes: `message` (both of Twilio's own), or `detail` and `title`
/// (RFC 9457).
fn words(json: &Value) -> Option<&str> {
    ["message", "detail", "title"]
        .iter()
        .find_map(|key| json.get(key)?.as_str())
}

pub(super) fn lenient_u32(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => number.as_u64().and_then(|n| u32::try_from(n).ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Twilio repeats the recipient's number in its messages: every longer run of digits is hidden.
/// Cut at 300 characters.
fn masked(text: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for c in text.chars().take(300).chain([' ']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if digits.len() > 6 {
            out.push_str("•••");
            out.push_str(&digits[digits.len() - 4..]);
        } else {
            out.push_str(&digits);
        }
        digits.clear();
        out.push(c);
    }
    out.trim_end().to_owned()
}
