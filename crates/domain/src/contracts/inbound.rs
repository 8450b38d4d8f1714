//! A WhatsApp message as ingress received it, with every field that Twilio may send for one.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Contract;
use crate::address::Address;

/// One inbound WhatsApp message (Twilio, "Twilio's request to your incoming message webhook URL").
///
/// Bodies and names are never printed: `Debug` shows addresses masked and texts by length.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct InboundMessage {
    /// Twilio's account, `AC…`.
    pub account_sid: String,
    /// `SM…` or `MM…`; the message's identity.
    pub message_sid: String,
    /// The messaging service it came through, `MG…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messaging_service_sid: Option<String>,
    /// The sender.
    pub from: Address,
    /// Our number.
    pub to: Address,
    /// The sender's BSUID, when Twilio sends it beside the phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_user_id: Option<Address>,
    /// The sender's BSUID at the parent business portfolio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_external_user_id: Option<Address>,
    /// The text; empty for media, locations and the like.
    pub body: String,
    /// Twilio's (undocumented) kind: `text`, `image`, `location`, `button` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_type: Option<String>,
    /// The sender's display name: untrusted text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_name: Option<String>,
    /// WhatsApp's id of the sender, usually the number without `+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<String>,
    /// Attached files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
    /// A tap on a quick reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub button: Option<ButtonTap>,
    /// A choice from a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<ListChoice>,
    /// A shared place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// The message that this one answers by a swipe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted: Option<QuotedMessage>,
    /// Set when Twilio's Advanced Opt-Out has already answered: we must not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt_out: Option<OptOut>,
    /// The advertisement that led here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    /// Whether the sender forwarded it.
    #[serde(default)]
    pub forwarded: bool,
    /// Whether it has been forwarded many times.
    #[serde(default)]
    pub frequently_forwarded: bool,
    /// Every other field, in the order received: new ones appear without notice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<(String, String)>,
    /// When ingress received it.
    pub received_at: DateTime<Utc>,
}

impl Contract for InboundMessage {
    const KIND: &'static str = "inbound_message";
    const VERSION: u16 = 1;
}

impl InboundMessage {
    /// The address that identifies the sender: the BSUID when present, since a phone number may be
    /// missing or change hands.
    #[must_use]
    pub fn identity(&self) -> &Address {
        self.external_user_id.as_ref().unwrap_or(&self.from)
    }

    /// What keeps the messages of one conversation in order: account, our number and sender.
    #[must_use]
    pub fn conversation_key(&self) -> String {
        format!(
            "{}:{}:{}",
            self.account_sid,
            self.to.as_str(),
            self.identity().as_str()
        )
    }
}

impl std::fmt::Debug for InboundMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InboundMessage")
            .field("message_sid", &self.message_sid)
            .field("from", &self.from)
            .field("to", &self.to)
            .field("body_chars", &self.body.chars().count())
            .field("media", &self.media.len())
            .finish_non_exhaustive()
    }
}

/// An attached file, still at Twilio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Where to fetch it, with the account's credentials.
    pub url: String,
    /// The MIME type that Twilio states.
    pub content_type: String,
}

/// A tap on a quick-reply button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonTap {
    /// The button's words.
    pub text: String,
    /// What we attached to the button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// `REPLY` or `ACTION`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A choice from a list picker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListChoice {
    /// The row's id, ours.
    pub id: String,
    /// The row's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The row's description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A shared place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
    /// The address of a saved place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The name of a saved place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// The message that a swipe-reply answers (at most seven days old).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotedMessage {
    /// The quoted message's sid.
    pub message_sid: String,
    /// Who had sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<Address>,
}

/// What Twilio's Advanced Opt-Out recognised and has already answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum OptOut {
    /// The sender opted out.
    Stop,
    /// The sender opted in again.
    Start,
    /// The sender asked for help.
    Help,
}

/// The click-to-WhatsApp advertisement that led to a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// `ReferralSourceId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// `ReferralSourceType`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_type: Option<String>,
    /// `ReferralSourceUrl`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    /// `ReferralHeadline`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// `ReferralBody`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// `ReferralCtwaClid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub click_id: Option<String>,
}
