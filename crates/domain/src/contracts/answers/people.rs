//! Answers to people as people: who they are, whether they want to be written to, and what of
//! their messages is no text.

use serde::{Deserialize, Serialize};

use crate::intent::IntentType;

/// Somebody's number belongs to a person from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paired {
    /// What the person is called.
    pub name: String,
    /// The company's name.
    pub company: String,
    /// The role, as in `profiles.role`.
    pub role: String,
    /// What the person may ask for, in the order of the help.
    pub may: Vec<IntentType>,
}

/// Why a pairing code did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum WhyNotPaired {
    /// There is no such code.
    Unknown,
    /// It was for a time, which is over.
    Expired,
    /// Somebody has used it.
    Used,
    /// It was taken back.
    Revoked,
    /// Too many wrong codes from this sender: none is looked at for a while.
    TooMany {
        /// How long that lasts at most, in minutes.
        minutes: i64,
    },
}

/// A message without a word, by what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wordless {
    /// A photograph or drawing.
    Picture,
    /// A sticker.
    Sticker,
    /// Something said.
    Voice,
    /// A film.
    Video,
    /// A contact card.
    ContactCard,
    /// Any other file.
    Document,
}

/// Where the sender is, against the company's places.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Nearby {
    /// The nearest place; `None` when no place has coordinates.
    pub nearest: Option<NearPlace>,
    /// How many of the company's places have coordinates.
    pub known: usize,
    /// How many places the company has.
    pub places: usize,
}

/// A place of the company near a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NearPlace {
    /// Its name.
    pub name: String,
    /// How far it is in a straight line, in kilometres.
    pub km: f64,
}
