//! What handling a message decided.

use serde::{Deserialize, Serialize};
use wharf_broker::{Outgoing, Route};
use wharf_domain::contracts::{Envelope, ExecutionRequest, ReplyRequest};

/// What to publish, as it stands in the row of the handled message too: a redelivery publishes
/// exactly this again, with the same ids.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The messages for the next stages, in order.
    pub publish: Vec<Publication>,
    /// Whether the message had been handled before. Not stored.
    #[serde(skip)]
    pub repeated: bool,
}

/// A message for the next stage. To add a kind: a variant here with its route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "to", content = "message", rename_all = "snake_case")]
pub enum Publication {
    /// Work for agent-executor.
    Execute(Envelope<ExecutionRequest>),
    /// A reply for responder.
    Reply(Box<Envelope<ReplyRequest>>),
}

impl Outcome {
    /// Nothing to publish.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// These messages, decided now.
    #[must_use]
    pub fn publish(messages: Vec<Publication>) -> Self {
        Self {
            publish: messages,
            repeated: false,
        }
    }

    /// What a stored row says was decided before.
    ///
    /// # Errors
    /// When the row does not hold an outcome.
    pub fn stored(row: &serde_json::Value) -> serde_json::Result<Self> {
        Ok(Self {
            repeated: true,
            ..Self::deserialize(row)?
        })
    }

    /// The form that is stored.
    ///
    /// # Errors
    /// When a message cannot be written as JSON.
    pub fn to_row(&self) -> serde_json::Result<serde_json::Value> {
        serde_json::to_value(self)
    }
}

impl Publication {
    /// Where it goes.
    #[must_use]
    pub fn route(&self) -> Route {
        match self {
            Self::Execute(message) => Route::Execute(message.body.priority),
            Self::Reply(message) => Route::Reply(message.body.priority),
        }
    }

    /// The bytes to publish.
    ///
    /// # Errors
    /// When the message cannot be written as JSON.
    pub fn outgoing(&self) -> serde_json::Result<Outgoing> {
        match self {
            Self::Execute(message) => Outgoing::of(message),
            Self::Reply(message) => Outgoing::of(message),
        }
    }
}
