//! What a contact's phone and Twilio's debugger would show, in one order.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{content::Tap, media::FetchedFile};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The contact wrote.
    Inbound,
    /// Wharf's answer to the webhook became a message.
    TwimlReply,
    /// Wharf sent a message through the REST API.
    Outbound,
    /// Wharf showed that it writes: no message.
    Typing,
    /// Something for Twilio's debugger: no message.
    Event,
}

/// A mark on an entry: Twilio's code and what it means here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// Twilio's error code; 0 for a remark of the simulator.
    pub code: u32,
    /// What happened.
    pub note: String,
}

impl Flag {
    pub(crate) fn new(code: u32, note: impl Into<String>) -> Self {
        Self {
            code,
            note: note.into(),
        }
    }
}

/// One line of a transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number: grows over all contacts, and over a reset.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Whose phone, without `whatsapp:`.
    pub contact: String,
    /// What it is.
    pub kind: Kind,
    /// The text.
    #[serde(default)]
    pub text: String,
    /// URLs of files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<String>,
    /// The files of a message of Wharf's, once they were fetched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FetchedFile>,
    /// What of a message of Wharf's can be tapped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taps: Vec<Tap>,
    /// The message's sid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_sid: Option<String>,
    /// What became of a message of Wharf's, as of now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Marks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<Flag>,
}

impl Entry {
    /// Whether it carries this code.
    #[must_use]
    pub fn has_flag(&self, code: u32) -> bool {
        self.flags.iter().any(|flag| flag.code == code)
    }
}
