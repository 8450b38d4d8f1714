//! The form of an inbound WhatsApp message, as captures show it.

use crate::{config::SimConfig, control::Inbound, state::State};

/// The form's fields in the order of Twilio's captures.
pub(super) fn pairs(config: &SimConfig, message: &Inbound, sid: &str) -> Vec<(String, String)> {
    let mut form = Form(Vec::new());
    form.add("SmsMessageSid", sid);
    form.add("NumMedia", message.media.len().to_string());
    for (n, media) in message.media.iter().enumerate() {
        form.add(&format!("MediaContentType{n}"), &media.content_type);
        form.add(&format!("MediaUrl{n}"), &media.url);
    }
    form.add(
        "ProfileName",
        message.profile_name.as_deref().unwrap_or("Sim User"),
    );
    form.add("MessageType", message_type(message));
    form.add("SmsSid", sid);
    if let Some(number) = message.contact().strip_prefix('+') {
        form.add("WaId", number);
    }
    form.add("SmsStatus", "received");
    form.add("Body", &message.body);
    form.maybe(
        "ExternalUserId",
        message.external_user_id.as_deref().map(with_prefix),
    );
    form.maybe("OptOutType", message.opt_out_type.clone());
    if let Some(button) = &message.button {
        form.add("ButtonText", &button.text);
        form.maybe("ButtonPayload", button.payload.clone());
        form.add("ButtonType", "REPLY");
    }
    if let Some(list) = &message.list {
        form.add("ListId", &list.id);
        form.maybe("ListTitle", list.title.clone());
        form.maybe("ListDescription", list.description.clone());
    }
    if let Some(location) = &message.location {
        form.add("Latitude", location.latitude.to_string());
        form.add("Longitude", location.longitude.to_string());
        form.maybe("Address", location.address.clone());
        form.maybe("Label", location.label.clone());
    }
    if let Some(quoted) = &message.quoted {
        let sender = quoted.sender.as_deref().unwrap_or(config.number.as_str());
        form.add("OriginalRepliedMessageSender", with_prefix(sender));
        form.add("OriginalRepliedMessageSid", &quoted.message_sid);
    }
    if message.forwarded {
        form.add("Forwarded", "true");
    }
    for (name, value) in &message.extra {
        form.add(name, value);
    }
    form.add(
        "To",
        message
            .to
            .as_deref()
            .map_or_else(|| config.number.to_twilio(), with_prefix),
    );
    form.add("NumSegments", "1");
    form.add("ReferralNumMedia", "0");
    form.add("MessageSid", sid);
    form.add(
        "AccountSid",
        message
            .account_sid
            .as_deref()
            .unwrap_or(&config.account_sid),
    );
    form.add("From", with_prefix(&message.from));
    form.add("ApiVersion", "2010-04-01");
    form.0
}

/// The value of `I-Twilio-Idempotency-Token`: the same for every attempt of one message.
pub(super) fn idempotency_token(state: &State) -> String {
    let id = state.sid("");
    [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-")
}

fn message_type(message: &Inbound) -> &str {
    if message.button.is_some() {
        "button"
    } else if message.list.is_some() {
        "interactive"
    } else if message.location.is_some() {
        "location"
    } else if let Some(media) = message.media.first() {
        match media.content_type.split('/').next() {
            Some(kind @ ("image" | "audio" | "video")) => kind,
            _ => "document",
        }
    } else {
        "text"
    }
}

fn with_prefix(address: &str) -> String {
    if address.starts_with("whatsapp:") {
        address.to_owned()
    } else {
        format!("whatsapp:{address}")
    }
}

struct Form(Vec<(String, String)>);

impl Form {
    fn add(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }

    fn maybe(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }
}
