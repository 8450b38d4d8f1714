//! STOP and START: the words by which anybody stops being written to first, and by which it begins
//! again.
//!
//! The words are those that carriers and Twilio's Advanced Opt-Out know, alone in the message, and
//! the Spanish ones. CANCEL is not among them: here it leaves an open question and stops a request
//! under way. Nor is HELP, or YES. "stop the report generator" is more than the word and so no
//! opt-out.

use crate::contracts::{InboundMessage, OptOut};

const OUT: &[&str] = &[
    "stop",
    "stopall",
    "stop all",
    "unsubscribe",
    "end",
    "quit",
    "revoke",
    "optout",
    "opt out",
    "opt-out",
    "alto",
    "baja",
    "darme de baja",
];
const IN: &[&str] = &[
    "start",
    "unstop",
    "opt in",
    "opt-in",
    "optin",
    "alta",
    "darme de alta",
];

/// What a message does to whether its sender may be written to first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptChange {
    /// Out, or in again.
    pub out: bool,
    /// Whether Twilio has answered it already, so that we must not.
    pub answered: bool,
}

impl OptChange {
    /// Reads a message; `None` when it is about something else. What Twilio recognised
    /// (`OptOutType`) comes before the words. Forwarded words are somebody else's.
    #[must_use]
    pub fn read(message: &InboundMessage) -> Option<Self> {
        match message.opt_out {
            Some(OptOut::Stop) => Some(Self {
                out: true,
                answered: true,
            }),
            Some(OptOut::Start) => Some(Self {
                out: false,
                answered: true,
            }),
            Some(OptOut::Help) => None,
            None if message.forwarded => None,
            None => Self::said(&message.body),
        }
    }

    /// Reads a message's words alone.
    #[must_use]
    pub fn said(text: &str) -> Option<Self> {
        let word = text
            .trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase();
        let out = match word.as_str() {
            word if OUT.contains(&word) => true,
            word if IN.contains(&word) => false,
            _ => return None,
        };
        Some(Self {
            out,
            answered: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_alone_count_in_any_case() {
        for text in [
            "STOP",
            "stop",
            " Stop. ",
            "StopAll",
            "UNSUBSCRIBE",
            "END",
            "Quit!",
            "ALTO",
            "¡Baja!",
        ] {
            assert_eq!(
                OptChange::said(text).map(|change| change.out),
                Some(true),
                "{text}"
            );
        }
        for text in ["START", "unstop", "Alta"] {
            assert_eq!(
                OptChange::said(text).map(|change| change.out),
                Some(false),
                "{text}"
            );
        }
        for text in [
            "stop the report generator",
            "start the inventory monitor",
            "cancel",
            "yes",
            "help",
            "baja 20 tornillos",
            "stop it",
            "",
            "🛑",
        ] {
            assert_eq!(OptChange::said(text), None, "{text}");
        }
    }

    #[test]
    fn what_twilio_recognised_comes_first_and_forwarded_words_say_nothing() {
        let message = |fields: serde_json::Value| -> InboundMessage {
            let mut message = serde_json::json!({
                "account_sid": "AC1", "message_sid": "SM1", "from": "+15550100001",
                "to": "+14155238886", "body": "stop", "received_at": "2026-03-18T09:00:00Z",
            });
            for (name, value) in fields.as_object().unwrap() {
                message[name] = value.clone();
            }
            serde_json::from_value(message).unwrap()
        };
        let read = |fields| OptChange::read(&message(fields));
        let change = |out, answered| Some(OptChange { out, answered });
        assert_eq!(read(serde_json::json!({})), change(true, false));
        assert_eq!(read(serde_json::json!({"forwarded": true})), None);
        assert_eq!(
            read(serde_json::json!({"opt_out": "START"})),
            change(false, true)
        );
        assert_eq!(
            read(serde_json::json!({"opt_out": "STOP", "body": "basta"})),
            change(true, true)
        );
        assert_eq!(read(serde_json::json!({"opt_out": "HELP"})), None);
    }
}
