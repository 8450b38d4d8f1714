//! `POST /sim/messages`: a message that a contact writes.

use serde::{Deserialize, Serialize};
use wharf_domain::address::Address;

use crate::{config::SimConfig, transcript::Entry, webhook::Forge};

/// A message of a contact, and how it is delivered.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Inbound {
    /// The sender: a number or a BSUID, with or without `whatsapp:`.
    pub from: String,
    /// The recipient, when it is not the simulator's number.
    pub to: Option<String>,
    /// The text.
    pub body: String,
    /// Files.
    pub media: Vec<InboundMedia>,
    /// A tap on a quick reply.
    pub button: Option<InboundButton>,
    /// A choice from a list.
    pub list: Option<InboundList>,
    /// A tap on something that Wharf sent: gives the button or the list's line, the text and the
    /// message that it belongs to.
    pub tap: Option<InboundTap>,
    /// A place.
    pub location: Option<InboundLocation>,
    /// The message that this one answers.
    pub quoted: Option<InboundQuoted>,
    /// The sender's display name.
    pub profile_name: Option<String>,
    /// The sender's BSUID beside a number.
    pub external_user_id: Option<String>,
    /// `STOP`, `START` or `HELP`, as Advanced Opt-Out adds it.
    pub opt_out_type: Option<String>,
    /// Whether it was forwarded.
    pub forwarded: bool,
    /// Further fields of the form.
    pub extra: Vec<(String, String)>,
    /// The sid, when it shall be this one: the same twice is a repeated webhook.
    pub message_sid: Option<String>,
    /// The account that the form names, when it is not the simulator's.
    pub account_sid: Option<String>,
    /// How many copies are delivered at once; 0 and 1 are one.
    pub copies: u32,
    /// Where to, when not to the simulator's webhooks. Copies take turns.
    pub urls: Vec<String>,
    /// The URL that is signed, when it is not the one that is called.
    pub signed_url: Option<String>,
    /// How it is made to look false.
    pub forge: Option<Forge>,
}

impl Inbound {
    /// A text from a number.
    #[must_use]
    pub fn text(from: &str, body: &str) -> Self {
        Self {
            from: from.to_owned(),
            body: body.to_owned(),
            ..Self::default()
        }
    }

    /// A tap on what Wharf sent.
    #[must_use]
    pub fn tapped(from: &str, id: &str) -> Self {
        Self {
            tap: Some(InboundTap {
                id: id.to_owned(),
                message_sid: None,
            }),
            ..Self::text(from, "")
        }
    }

    /// Makes the tap what Twilio sends for it: the title as text, the id beside it, and the message.
    pub(crate) fn resolve(&mut self, entries: &[Entry]) -> Result<(), String> {
        let Some(tap) = self.tap.take() else {
            return Ok(());
        };
        let of = |entry: &&Entry| {
            tap.message_sid
                .as_ref()
                .is_none_or(|sid| entry.message_sid.as_ref() == Some(sid))
        };
        let (sid, found) = entries
            .iter()
            .rev()
            .filter(of)
            .find_map(|entry| {
                let found = entry.taps.iter().find(|known| known.id == tap.id)?;
                Some((entry.message_sid.clone()?, found.clone()))
            })
            .ok_or_else(|| format!("nothing with the id {} can be tapped", tap.id))?;
        self.body.clone_from(&found.title);
        if found.line {
            self.list = Some(InboundList {
                id: found.id,
                title: Some(found.title),
                description: found.description,
            });
        } else {
            self.button = Some(InboundButton {
                text: found.title,
                payload: Some(found.id),
            });
        }
        self.quoted = Some(InboundQuoted {
            message_sid: sid,
            sender: None,
        });
        Ok(())
    }

    /// The sender without `whatsapp:`.
    #[must_use]
    pub(crate) fn contact(&self) -> String {
        Address::parse(&self.from).map_or_else(|_| self.from.clone(), String::from)
    }

    /// Why it cannot be sent.
    pub(crate) fn check(&self, config: &SimConfig) -> Result<(), String> {
        if Address::parse(&self.from).is_err() {
            return Err("from is neither a number (+…) nor a BSUID (CC.…)".to_owned());
        }
        if self.urls.is_empty() && config.webhook_urls.is_empty() {
            return Err("no webhook URL: give --webhook-url or urls".to_owned());
        }
        Ok(())
    }
}

/// A file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InboundMedia {
    /// Where it can be fetched.
    pub url: String,
    /// Its MIME type.
    pub content_type: String,
}

/// A tap on a quick reply.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InboundButton {
    /// The button's words.
    pub text: String,
    /// What was attached to it.
    #[serde(default)]
    pub payload: Option<String>,
}

/// A tap on something that Wharf sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InboundTap {
    /// The button's payload or the line's id.
    pub id: String,
    /// The message; the latest that has it when left out.
    #[serde(default)]
    pub message_sid: Option<String>,
}

/// A choice from a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InboundList {
    /// The row's id.
    pub id: String,
    /// Its title.
    #[serde(default)]
    pub title: Option<String>,
    /// Its description.
    #[serde(default)]
    pub description: Option<String>,
}

/// A place.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InboundLocation {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// The address of a saved place.
    #[serde(default)]
    pub address: Option<String>,
    /// The name of a saved place.
    #[serde(default)]
    pub label: Option<String>,
}

/// The message that is answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InboundQuoted {
    /// Its sid.
    pub message_sid: String,
    /// Who had sent it; the simulator's number when left out.
    #[serde(default)]
    pub sender: Option<String>,
}
