//! A message as Twilio keeps it, and as its API shows it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use wharf_domain::{address::Address, contracts::DeliveryStatus};

use crate::{control::Inbound, media::FetchedFile, state::State};

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Inbound,
    OutboundApi,
    OutboundReply,
}

impl Direction {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::OutboundApi => "outbound-api",
            Self::OutboundReply => "outbound-reply",
        }
    }
}

/// A stored message. Addresses are with `whatsapp:`.
#[derive(Debug, Clone)]
pub(crate) struct StoredMessage {
    pub(crate) sid: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) body: String,
    pub(crate) media: Vec<String>,
    /// The files, once they were fetched.
    pub(crate) files: Vec<FetchedFile>,
    pub(crate) messaging_service_sid: Option<String>,
    pub(crate) direction: Direction,
    /// A [`DeliveryStatus`], or `received`.
    pub(crate) status: &'static str,
    pub(crate) error_code: Option<u32>,
    pub(crate) error_message: Option<String>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    pub(crate) sent: Option<DateTime<Utc>>,
    pub(crate) status_callback: Option<String>,
}

impl StoredMessage {
    pub(crate) fn new(
        sid: String,
        from: String,
        to: String,
        body: String,
        direction: Direction,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            sid,
            from,
            to,
            body,
            media: Vec::new(),
            files: Vec::new(),
            messaging_service_sid: None,
            direction,
            status: DeliveryStatus::Queued.as_str(),
            error_code: None,
            error_message: None,
            created: now,
            updated: now,
            sent: None,
            status_callback: None,
        }
    }

    /// Moves the message on. A failure keeps its code.
    pub(crate) fn advance(&mut self, status: DeliveryStatus, now: DateTime<Utc>) {
        self.status = status.as_str();
        self.updated = now;
        if status == DeliveryStatus::Sent {
            self.sent = Some(now);
        }
    }

    /// The resource of the API: numbers of segments and files are strings, dates RFC 2822, and the
    /// price is not known at first.
    pub(crate) fn to_json(&self, account: &str) -> Value {
        let uri = format!("/2010-04-01/Accounts/{account}/Messages/{}", self.sid);
        json!({
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": date(self.created),
            "date_sent": self.sent.map(date),
            "date_updated": date(self.updated),
            "direction": self.direction.as_str(),
            "error_code": self.error_code,
            "error_message": self.error_message,
            "from": self.from,
            "messaging_service_sid": self.messaging_service_sid,
            "num_media": self.media.len().to_string(),
            "num_segments": "1",
            "price": null,
            "price_unit": null,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": format!("{uri}/Media.json")},
            "to": self.to,
            "uri": format!("{uri}.json"),
        })
    }
}

/// RFC 2822 with two digits for the day, as Twilio writes it.
fn date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// Stores a message that a contact wrote.
pub(crate) fn store_inbound(state: &State, message: &Inbound, sid: &str) {
    let now = state.now();
    let number = state.config.number.to_twilio();
    let from = format!("whatsapp:{}", message.contact());
    let mut stored = StoredMessage::new(
        sid.to_owned(),
        from,
        number,
        message.body.clone(),
        Direction::Inbound,
        now,
    );
    stored.status = "received";
    stored.sent = Some(now);
    stored.media = message
        .media
        .iter()
        .map(|media| media.url.clone())
        .collect();
    state.lock().messages.push(stored);
}

/// Stores a message that an answer to a webhook sent; gives its sid.
pub(crate) fn store_reply(
    state: &State,
    contact: &str,
    text: &str,
    direction: Direction,
) -> String {
    let sid = state.sid("SM");
    let now = state.now();
    let to = Address::parse(contact).map_or_else(|_| contact.to_owned(), |to| to.to_twilio());
    let from = state.config.number.to_twilio();
    let mut stored = StoredMessage::new(sid.clone(), from, to, text.to_owned(), direction, now);
    stored.advance(DeliveryStatus::Sent, now);
    stored.advance(DeliveryStatus::Delivered, now);
    state.lock().messages.push(stored);
    sid
}
