//! Answers of a dialogue: questions before something is changed, and taking it back.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    contracts::ProductName,
    entities::Entities,
    intent::IntentType,
    persona::{Persona, adaptive::Because},
};

/// "Shall I?" A yes carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirm {
    /// What would be done.
    pub intent: IntentType,
    /// With what.
    pub entities: Entities,
    /// The product that it is about, when the catalogue has it.
    pub product: Option<ProductName>,
    /// What would change, when that is why it is asked: units before and after.
    pub change: Option<(i64, i64)>,
    /// Until when a yes counts.
    pub expires_at: DateTime<Utc>,
}

/// UNDO did what it could.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// What was taken back.
    pub intent: IntentType,
    /// What it was about: a product's code, an order, an alert, an agent.
    pub subject: String,
    /// The figure before UNDO and after, for stock.
    pub change: Option<(i64, i64)>,
    /// When.
    pub as_of: DateTime<Utc>,
}

/// Why UNDO did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum WhyNotUndone {
    /// Nothing was changed in the conversation lately.
    Nothing,
    /// It has been taken back before.
    Already,
    /// It is too long ago.
    TooLate {
        /// Minutes within which it can be.
        minutes: u32,
    },
    /// What followed cannot be taken back with it: the order has been delivered, the stock is gone.
    Overtaken,
}

/// What people say between requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Courtesy {
    /// Hello.
    Greeting,
    /// Thank you, well done.
    Thanks,
    /// Goodbye.
    Farewell,
    /// Yes, no, ok: to no question.
    NothingWaits,
}

/// What can be asked, for the person who wants to know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Help {
    /// The one intent to explain; `None`: all of them.
    pub topic: Option<IntentType>,
    /// The intents that the person may ask for, in the order to show.
    pub intents: Vec<IntentType>,
}

/// What is under way for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderWay {
    /// Requests that have not ended, the oldest first, at most nine.
    pub jobs: Vec<JobUnderWay>,
    /// The moment that it is true of.
    pub as_of: DateTime<Utc>,
}

/// A request that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobUnderWay {
    /// What is wanted.
    pub intent: IntentType,
    /// What it is about: a code, a kind of report, an agent.
    pub about: Option<String>,
    /// Whether an agent is at work on it; else it waits.
    pub running: bool,
    /// Since when it runs, or waits.
    pub since: DateTime<Utc>,
}

/// The list goes on no further that way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEnd {
    /// Whether its last line was shown; else it is the first that was.
    pub last: bool,
    /// Lines of the whole list.
    pub lines: u32,
}

/// The personas that a person can have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonaList {
    /// The one that answers now; `None`: the default texts.
    pub current: Option<Persona>,
    /// All, in the order of their numbers; the number after the last is `persona auto`.
    pub personas: Vec<Persona>,
    /// Why `current` was offered, when it came by an offer.
    #[serde(default)]
    pub because: Option<Because>,
}

/// Another persona answers from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonaChanged {
    /// The one that answers now; `None`: the default texts, until one fits better.
    pub persona: Option<Persona>,
    /// The one before.
    pub before: Option<Persona>,
}

/// The answer came too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waited {
    /// For a yes. Nothing was done.
    Confirmation,
    /// For a word that completes a request.
    Question,
    /// For a number of a list.
    List,
}
