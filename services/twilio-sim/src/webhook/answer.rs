//! Wharf's answer, read as Twilio reads it (Twilio, "TwiML for messaging", and its error codes).

use super::Delivery;
use crate::transcript::Flag;

/// Above this TwiML is error 11750.
const MAX_TWIML: usize = 64 * 1024;

/// Which webhook was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// An inbound message: the answer may send messages.
    Inbound,
    /// A status callback: the answer should be 204, or 200 with an empty `<Response/>`.
    Status,
}

/// Fills in the messages and the flags of a delivery from its answer.
pub(crate) fn read(purpose: Purpose, delivery: &mut Delivery) {
    let Some(status) = delivery.status else {
        return; // No answer: flagged already.
    };
    let mut flag = |code, note: &str| delivery.flags.push(Flag::new(code, note));
    match status {
        204 => return,
        200..=299 => {}
        300..=399 => return flag(11200, "a redirect; the simulator follows none"),
        _ => return flag(11200, &format!("HTTP {status}")),
    }
    let mime = delivery.content_type.as_deref().map(|text| {
        text.split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    });
    match mime.as_deref() {
        None | Some("") => flag(11200, "no Content-Type"),
        Some("text/xml" | "application/xml" | "text/html") => match twiml(&delivery.body) {
            Ok(read) => {
                delivery.flags.extend(read.warnings);
                delivery.messages = read.messages;
            }
            Err(error) => delivery.flags.push(error),
        },
        Some("text/plain") => {
            flag(
                0,
                "text/plain: Twilio sends the body to the user as a message",
            );
            if !delivery.body.is_empty() {
                delivery.messages.push(delivery.body.clone());
            }
        }
        Some(other) => flag(12300, &format!("Invalid Content-Type: {other}")),
    }
    if purpose == Purpose::Status && !delivery.messages.is_empty() {
        delivery.messages.clear();
        delivery
            .flags
            .push(Flag::new(12200, "a status callback cannot send messages"));
    }
}

struct Twiml {
    messages: Vec<String>,
    warnings: Vec<Flag>,
}

fn twiml(body: &str) -> Result<Twiml, Flag> {
    if body.len() > MAX_TWIML {
        return Err(Flag::new(11750, "TwiML larger than 64 kB"));
    }
    let document = roxmltree::Document::parse(body)
        .map_err(|error| Flag::new(12100, format!("Document parse failure: {error}")))?;
    let root = document.root_element();
    if root.tag_name().name() != "Response" {
        return Err(Flag::new(12100, "the root is not <Response>"));
    }
    let mut read = Twiml {
        messages: Vec::new(),
        warnings: Vec::new(),
    };
    for verb in root.children().filter(roxmltree::Node::is_element) {
        match verb.tag_name().name() {
            "Message" => {
                let text = message_text(verb);
                if text.encode_utf16().count() > wharf_twilio::client::MAX_BODY_UNITS {
                    read.warnings
                        .push(Flag::new(21617, "a message longer than 1600 characters"));
                } else {
                    read.messages.push(text);
                }
            }
            name => read.warnings.push(Flag::new(
                12200,
                format!("<{name}> is no verb of messaging, or the simulator does not know it"),
            )),
        }
    }
    Ok(read)
}

/// The text of `<Message>`: its own, or that of its `<Body>`.
fn message_text(message: roxmltree::Node<'_, '_>) -> String {
    let body = message.children().find(|child| child.has_tag_name("Body"));
    let source = body.unwrap_or(message);
    source
        .children()
        .filter_map(|child| child.text().filter(|_| child.is_text()))
        .collect()
}
