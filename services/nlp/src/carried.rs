//! What an inbound message carries: its words, wherever they stand, and its kind.

use wharf_domain::{contracts::InboundMessage, taps};

/// The words of a message, of a button or of a list's line; what a tap says by its id comes first.
pub(crate) fn words(inbound: &InboundMessage) -> String {
    if let Some(said) = taps::said(inbound) {
        return said;
    }
    let button = inbound.button.as_ref().map(|button| &button.text);
    let line = inbound.list.as_ref();
    let line = line.map(|line| line.title.as_ref().unwrap_or(&line.id));
    let said = Some(&inbound.body).filter(|body| !body.trim().is_empty());
    said.or(button).or(line).cloned().unwrap_or_default()
}

/// Whether it is an emoji put on a message of ours.
pub(crate) fn is_reaction(inbound: &InboundMessage) -> bool {
    inbound.message_type.as_deref() == Some("reaction")
}

/// What a message carries, as a label: the first that fits.
pub(crate) fn carries(inbound: &InboundMessage) -> &'static str {
    match inbound {
        message if message.opt_out.is_some() => "opt_out",
        message if message.button.is_some() => "button",
        message if message.list.is_some() => "list",
        message if message.location.is_some() => "location",
        message if !message.media.is_empty() => "media",
        message if message.body.trim().is_empty() => "nothing",
        _ => "text",
    }
}
