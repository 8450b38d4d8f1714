//! What a conversation waits for: a yes, a missing word, or a number of a list. It stands in
//! `dialogues.state`, one row a conversation.
//!
//! To add something to wait for: a variant of [`DialogueState`], what it becomes in nlp's
//! `dialogue`, and its paragraph in docs/dialogue.md. A state that this version cannot read counts
//! as none: the conversation starts anew.

mod lists;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use lists::{Choice, PAGE_LINES, Pages, ShownLines, ShownList};

use crate::{
    agent::AgentType,
    entities::{Entities, EntityName},
    ids::{ExecutionId, ProfileId},
    intent::IntentType,
    persona::{Persona, adaptive::Because},
    recurrence::Recurrence,
};

/// The stored form's version. A reader knows its own only.
const VERSION: u64 = 1;

/// What a conversation waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "waits_for", rename_all = "snake_case")]
pub enum DialogueState {
    /// A yes or no.
    Confirming(PendingConfirmation),
    /// A word that completes a request.
    Asking(Form),
    /// A number of the list shown last, perhaps; anything else is a message like any.
    Choosing(ShownList),
    /// A number of a list whose lines stand for words, perhaps.
    Saying(ShownLines),
    /// A word on an offer that was taken up; anything else is a message like any.
    Offering(Offered),
}

/// An offer that was taken up and lacks something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "offer")]
pub enum Offered {
    /// The list of lessons was shown: a number takes one.
    Lessons,
    /// The list of what comes again was shown: a number shows one of it.
    Schedules {
        /// The one that was shown last, by its own number.
        shown: Option<u32>,
    },
    /// It was asked when a request shall come: a number takes one of `options`.
    When {
        /// What shall come.
        intent: IntentType,
        /// With what.
        entities: Entities,
        /// From 1.
        options: Vec<Recurrence>,
    },
    /// It was asked whether an answer shall go to so many.
    Share {
        /// The execution whose answer it is.
        of: ExecutionId,
        /// The line of it, from 1; `None`: all.
        line: Option<usize>,
        /// Who gets it.
        people: Vec<ProfileId>,
        /// The execution that asked; `None`: a row of an earlier release.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked: Option<ExecutionId>,
    },
    /// It was asked whether another persona shall answer.
    Persona {
        /// Which.
        persona: Persona,
        /// Why it was offered.
        because: Because,
        /// The execution after whose answer it was asked.
        asked: ExecutionId,
    },
}

impl Offered {
    /// Whether it waits for a yes or no.
    #[must_use]
    pub const fn is_yes_or_no(&self) -> bool {
        matches!(self, Self::Share { .. } | Self::Persona { .. })
    }

    /// The execution whose reply asked for the yes or no, as far as it is known.
    #[must_use]
    pub const fn asked(&self) -> Option<ExecutionId> {
        match self {
            Self::Share { asked, .. } => *asked,
            Self::Persona { asked, .. } => Some(*asked),
            Self::Lessons | Self::Schedules { .. } | Self::When { .. } => None,
        }
    }
}

/// A request that waits for a yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingConfirmation {
    /// What a yes does.
    pub intent: IntentType,
    /// Who does it.
    pub agent: AgentType,
    /// With what.
    pub entities: Entities,
    /// The execution that asked; `None`: nlp did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<ExecutionId>,
    /// Whether `asked` left something behind that a no must take away, e.g. a drafted order.
    #[serde(default)]
    pub has_draft: bool,
    /// How often it was asked again after an unclear answer.
    #[serde(default)]
    pub asked_again: u8,
}

/// A request that lacks something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// What is wanted.
    pub intent: IntentType,
    /// What is known of it.
    pub entities: Entities,
    /// What was asked for.
    pub missing: EntityName,
    /// How often an answer could not be used.
    #[serde(default)]
    pub tries: u8,
    /// Whether the complete request is to be confirmed before it is carried out.
    #[serde(default)]
    pub confirm: bool,
}

impl DialogueState {
    /// The form that is stored.
    ///
    /// # Errors
    /// Never in practice: every part is plain data.
    pub fn to_row(&self) -> serde_json::Result<Value> {
        Ok(json!({ "version": VERSION, "state": serde_json::to_value(self)? }))
    }

    /// What a stored form says; `None` when it is of another version or not readable.
    #[must_use]
    pub fn from_row(row: &Value) -> Option<Self> {
        let known = row.get("version").and_then(Value::as_u64) == Some(VERSION);
        known.then(|| Self::deserialize(row.get("state")?).ok())?
    }
}

#[cfg(test)]
mod tests {
    use super::{lists::tests::list, *};
    use crate::ids::named;

    #[test]
    fn the_stored_form() {
        let mut entities = Entities::default();
        entities.set(EntityName::Sku, "WID-1001");
        let confirming = DialogueState::Confirming(PendingConfirmation {
            intent: IntentType::ReorderStock,
            agent: AgentType::PurchaseOptimizer,
            entities: entities.clone(),
            asked: Some(named("asked").into()),
            has_draft: true,
            asked_again: 1,
        });
        let asking = DialogueState::Asking(Form {
            intent: IntentType::UpdateStock,
            entities,
            missing: EntityName::Quantity,
            tries: 1,
            confirm: true,
        });
        let choosing = DialogueState::Choosing(list(&["A1", "A2"]));
        for state in [&confirming, &asking, &choosing] {
            let row = state.to_row().unwrap();
            assert_eq!(DialogueState::from_row(&row).as_ref(), Some(state));
        }
        insta::assert_snapshot!(
            [&confirming, &asking, &choosing]
                .map(|state| state.to_row().unwrap().to_string())
                .join("\n")
        );
    }

    #[test]
    fn what_cannot_be_read_is_nothing() {
        for row in [
            json!({}),
            json!([]),
            json!({"version": 2, "state": {"waits_for": "asking"}}),
            json!({"version": 1, "state": {"waits_for": "godot"}}),
            json!({"version": 1, "state": {"waits_for": "asking"}}),
        ] {
            assert_eq!(DialogueState::from_row(&row), None, "{row}");
        }
    }
}
