//! What calls Wharf: signed webhooks, with Twilio's timeouts and retries, and the reading of
//! Wharf's answers.

mod answer;
mod deliver;
mod form;
mod overrides;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use wharf_twilio::signature::{AuthToken, compute};

pub(crate) use self::{
    answer::{Purpose, read},
    deliver::{Caller, Outgoing},
};
use crate::{
    control::Inbound,
    rest::{self, Direction},
    state::State,
    transcript::{Flag, Kind},
};

/// How a webhook is made to look false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forge {
    /// No signature.
    Unsigned,
    /// Signed with another token.
    Wrong,
    /// Signed, then the text was changed.
    Edited,
}

/// One delivery of a webhook, as Twilio would have seen it (all attempts together).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Where it went.
    pub url: String,
    /// How often it was tried.
    pub attempts: u32,
    /// The last answer's status; `None` when there was none.
    pub status: Option<u16>,
    /// The last answer's content type.
    pub content_type: Option<String>,
    /// The last answer's body.
    pub body: String,
    /// The messages that the answer made Twilio send.
    pub messages: Vec<String>,
    /// What Twilio's debugger would say.
    pub flags: Vec<Flag>,
    /// How long all attempts took, in milliseconds.
    pub elapsed_ms: u64,
}

/// What became of one inbound message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboundReport {
    /// The message's sid.
    pub message_sid: String,
    /// Its line in the transcript.
    pub seq: u64,
    /// Its deliveries: one for each copy.
    pub deliveries: Vec<Delivery>,
}

/// Sends an inbound message to Wharf, all copies at once, and records what comes of it.
pub(crate) async fn inbound(state: &Arc<State>, message: Inbound) -> InboundReport {
    let config = &state.config;
    let sid = message
        .message_sid
        .clone()
        .unwrap_or_else(|| state.sid(if message.media.is_empty() { "SM" } else { "MM" }));
    let contact = message.contact();
    let seq = state.record(&contact, Kind::Inbound, |entry| {
        entry.text.clone_from(&message.body);
        entry.media = message
            .media
            .iter()
            .map(|media| media.url.clone())
            .collect();
        entry.message_sid = Some(sid.clone());
        if let Some(forge) = message.forge {
            entry
                .flags
                .push(Flag::new(0, format!("forged: {forge:?}").to_lowercase()));
        }
    });
    if message.forge.is_none() {
        state.wrote(&contact);
        rest::store_inbound(state, &message, &sid);
    }
    let pairs = form::pairs(config, &message, &sid);
    let token = form::idempotency_token(state);
    let default_urls = &config.webhook_urls;
    let urls = if message.urls.is_empty() {
        default_urls
    } else {
        &message.urls
    };
    let copies = (0..message.copies.max(1))
        .zip(urls.iter().cycle())
        .map(|(_, url)| {
            let signed = message
                .signed_url
                .as_ref()
                .or(config.signed_url.as_ref())
                .unwrap_or(url);
            let outgoing = outgoing(
                &config.auth_token,
                url,
                signed,
                &pairs,
                message.forge,
                &token,
            );
            async move { state.caller.deliver(&outgoing).await }
        });
    let mut deliveries = Vec::new();
    for mut delivery in join_all(copies).await {
        read(Purpose::Inbound, &mut delivery);
        for text in &delivery.messages {
            let reply = rest::store_reply(state, &contact, text, Direction::OutboundReply);
            state.record(&contact, Kind::TwimlReply, |entry| {
                entry.text.clone_from(text);
                entry.message_sid = Some(reply);
                entry.flags.clone_from(&delivery.flags);
            });
        }
        state.flag(seq, &delivery.flags);
        deliveries.push(delivery);
    }
    InboundReport {
        message_sid: sid,
        seq,
        deliveries,
    }
}

fn outgoing(
    token: &AuthToken,
    url: &str,
    signed_url: &str,
    pairs: &[(String, String)],
    forge: Option<Forge>,
    idempotency: &str,
) -> Outgoing {
    let mut sent = pairs.to_vec();
    let signature = match forge {
        None => Some(compute(token, signed_url, pairs)),
        Some(Forge::Unsigned) => None,
        // Another key's signature: its shape is right.
        Some(Forge::Wrong) => AuthToken::new("not-the-token")
            .ok()
            .map(|other| compute(&other, signed_url, pairs)),
        Some(Forge::Edited) => {
            for (name, value) in &mut sent {
                if name == "Body" {
                    value.push_str(" (edited)");
                }
            }
            Some(compute(token, signed_url, pairs))
        }
    };
    Outgoing {
        url: url.to_owned(),
        pairs: sent,
        signature,
        idempotency: idempotency.to_owned(),
    }
}
