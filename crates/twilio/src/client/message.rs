//! Messages as the REST API takes and gives them.

use serde::{Deserialize, Deserializer};
use wharf_domain::{address::Address, contracts::DeliveryStatus};

use super::SendError;

/// The most that one message may hold, in UTF-16 units: Twilio says 1 600 characters and counts
/// emoji as several (error 21617).
pub const MAX_BODY_UNITS: usize = 1600;

/// A message to send. At least one of body, media and content template.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// The recipient.
    pub to: Address,
    /// Our number.
    pub from: Address,
    /// Send through this messaging service (`MG…`) rather than from `from` alone.
    pub messaging_service_sid: Option<String>,
    /// The text, at most [`MAX_BODY_UNITS`].
    pub body: Option<String>,
    /// Public URLs of files, at most 10.
    pub media_urls: Vec<String>,
    /// A content template, `HX…`.
    pub content_sid: Option<String>,
    /// The template's variables, a JSON object of texts.
    pub content_variables: Option<serde_json::Value>,
    /// Where Twilio reports what became of the message (see [`crate::callback`]).
    pub status_callback: Option<String>,
    /// How long Twilio may try, in seconds, 1 to 36 000.
    pub validity_period_s: Option<u32>,
}

impl NewMessage {
    /// A text message.
    #[must_use]
    pub fn text(from: Address, to: Address, body: impl Into<String>) -> Self {
        Self {
            to,
            from,
            messaging_service_sid: None,
            body: Some(body.into()),
            media_urls: Vec::new(),
            content_sid: None,
            content_variables: None,
            status_callback: None,
            validity_period_s: None,
        }
    }

    /// The form, or why Twilio would surely refuse it.
    pub(super) fn to_form(&self) -> Result<Vec<(&'static str, String)>, SendError> {
        let body = self.body.as_deref().filter(|body| !body.is_empty());
        if body.is_none() && self.media_urls.is_empty() && self.content_sid.is_none() {
            return Err(SendError::Invalid(
                "a message needs a body, media or a template",
            ));
        }
        if body.is_some_and(|body| body.encode_utf16().count() > MAX_BODY_UNITS) {
            return Err(SendError::Invalid(
                "the body is longer than 1600 UTF-16 units",
            ));
        }
        if self.media_urls.len() > 10 {
            return Err(SendError::Invalid("more than 10 media files"));
        }
        let mut form = vec![("To", self.to.to_twilio()), ("From", self.from.to_twilio())];
        let mut add = |name, value: Option<String>| {
            if let Some(value) = value {
                form.push((name, value));
            }
        };
        add("MessagingServiceSid", self.messaging_service_sid.clone());
        add("Body", body.map(str::to_owned));
        for url in &self.media_urls {
            add("MediaUrl", Some(url.clone()));
        }
        add("ContentSid", self.content_sid.clone());
        add(
            "ContentVariables",
            self.content_variables.as_ref().map(ToString::to_string),
        );
        add("StatusCallback", self.status_callback.clone());
        add(
            "ValidityPeriod",
            self.validity_period_s.map(|s| s.to_string()),
        );
        Ok(form)
    }
}

/// A message that Twilio took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its sid.
    pub sid: String,
    /// Its first status; `None` for one that we do not know.
    pub status: Option<DeliveryStatus>,
    /// How many parts Twilio counts.
    pub num_segments: Option<u32>,
    /// Twilio's id of the request, `RQ…`, for its support.
    pub request_id: Option<String>,
}

impl Sent {
    pub(super) fn of(message: Message, request_id: Option<String>) -> Result<Self, SendError> {
        let status = message.delivery_status();
        match message.sid {
            Some(sid) if !sid.is_empty() => Ok(Self {
                sid,
                status,
                num_segments: message.num_segments,
                request_id,
            }),
            _ => Err(SendError::unknown("Twilio answered without a sid")),
        }
    }
}

/// A message as Twilio has it. Every key may be null or missing.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Message {
    /// `SM…` or `MM…`.
    #[serde(default)]
    pub sid: Option<String>,
    /// The sender, with `whatsapp:`.
    #[serde(default)]
    pub from: Option<String>,
    /// The recipient, with `whatsapp:`.
    #[serde(default)]
    pub to: Option<String>,
    /// The text.
    #[serde(default)]
    pub body: Option<String>,
    /// The status in Twilio's words.
    #[serde(default)]
    pub status: Option<String>,
    /// `inbound`, `outbound-api`, `outbound-reply`.
    #[serde(default)]
    pub direction: Option<String>,
    /// Why it failed.
    #[serde(default, deserialize_with = "number")]
    pub error_code: Option<u32>,
    /// Twilio's words for it.
    #[serde(default)]
    pub error_message: Option<String>,
    /// How many parts Twilio counts (a string on the wire).
    #[serde(default, deserialize_with = "number")]
    pub num_segments: Option<u32>,
    /// How many files (a string on the wire).
    #[serde(default, deserialize_with = "number")]
    pub num_media: Option<u32>,
    /// RFC 2822.
    #[serde(default)]
    pub date_created: Option<String>,
    /// RFC 2822; null until it is sent.
    #[serde(default)]
    pub date_sent: Option<String>,
}

impl Message {
    /// The status, when it is one that we know.
    #[must_use]
    pub fn delivery_status(&self) -> Option<DeliveryStatus> {
        self.status.as_deref()?.parse().ok()
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("sid", &self.sid)
            .field("status", &self.status)
            .field("error_code", &self.error_code)
            .finish_non_exhaustive()
    }
}

/// A number, a number in a string, or nothing readable.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(super::error::lenient_u32(&value))
}
