//! Whether to act, to ask for confirmation, to ask which of two, or to say no.

use serde::{Deserialize, Serialize};
use wharf_domain::entities::{Entities, EntityName};
use wharf_domain::intent::IntentType;

use super::entities::grounding::Certainty;
use super::guards::Guard;

/// What to do with what was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Carry it out.
    Accept,
    /// Ask "shall I?" first.
    Confirm,
    /// Ask which of the likeliest intents was meant.
    Clarify,
    /// Say that it was not understood.
    Unknown,
}

impl Decision {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Confirm => "confirm",
            Self::Clarify => "clarify",
            Self::Unknown => "unknown",
        }
    }
}

/// Confidences, 0 to 1, from which something is done.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// From here on a request that only reads is carried out.
    pub accept: f32,
    /// From here on a request that changes something is carried out without asking.
    pub accept_change: f32,
    /// From here on a request that changes something is offered for confirmation.
    pub confirm_change: f32,
    /// From here on it is asked which of two was meant; below it is unknown.
    pub clarify: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            accept: 0.6,
            accept_change: 0.98,
            confirm_change: 0.9,
            clarify: 0.3,
        }
    }
}

/// The agent's name that means all of them: too much to start or stop on one word.
const EVERY_AGENT: &str = "all";

pub(super) fn decide(
    intent: IntentType,
    confidence: f32,
    complete: bool,
    guards: &[Guard],
    thresholds: &Thresholds,
) -> Decision {
    if intent == IntentType::Unknown || confidence < thresholds.clarify {
        return Decision::Unknown;
    }
    if !intent.mutates() {
        return if confidence < thresholds.accept {
            Decision::Clarify
        } else {
            Decision::Accept
        };
    }
    if confidence < thresholds.confirm_change {
        Decision::Clarify
    } else if complete && guards.is_empty() && confidence >= thresholds.accept_change {
        Decision::Accept
    } else {
        Decision::Confirm
    }
}

/// The decision once it is known how sure the product is. A misspelt code never changes anything
/// unasked; a question is answered when the code is sure enough, else asked back as well.
pub(super) fn of_item(decision: Decision, intent: IntentType, item: Certainty) -> Decision {
    use Decision::{Accept, Clarify, Confirm};
    match (decision, item) {
        (Accept, Certainty::Probable) => Confirm,
        (Accept, Certainty::Corrected | Certainty::Missing) if intent.mutates() => Confirm,
        (Accept | Confirm, Certainty::Several) => Clarify,
        (decision, _) => decision,
    }
}

/// Whether a request that changes something names all that it changes; one that does not is
/// carried out only after a question.
#[must_use]
pub fn is_complete(intent: IntentType, entities: &Entities) -> bool {
    use EntityName::{Agent, AlertId, Operation, Product, Quantity, Sku};
    let item = entities.has(Product) || entities.has(Sku);
    match intent {
        IntentType::ReorderStock => item && entities.has(Quantity),
        IntentType::UpdateStock => item && entities.has(Quantity) && entities.has(Operation),
        IntentType::AcknowledgeAlert | IntentType::ResolveAlert => entities.has(AlertId),
        IntentType::RunAgent | IntentType::StopAgent => entities
            .get(Agent)
            .is_some_and(|agent| agent != EVERY_AGENT),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_needs_more_than_a_question_does() {
        let thresholds = Thresholds::default();
        let decide = |intent, confidence, guards: &[Guard]| {
            super::decide(intent, confidence, true, guards, &thresholds)
        };
        use IntentType::{CheckInventory, ReorderStock, Unknown};
        assert_eq!(decide(CheckInventory, 0.8, &[]), Decision::Accept);
        assert_eq!(decide(ReorderStock, 0.95, &[]), Decision::Confirm);
        assert_eq!(decide(ReorderStock, 0.8, &[]), Decision::Clarify);
        assert_eq!(decide(ReorderStock, 0.99, &[]), Decision::Accept);
        assert_eq!(
            decide(ReorderStock, 0.99, &[Guard::Question]),
            Decision::Confirm
        );
        assert_eq!(decide(ReorderStock, 0.4, &[]), Decision::Clarify);
        assert_eq!(decide(ReorderStock, 0.1, &[]), Decision::Unknown);
        assert_eq!(decide(Unknown, 1.0, &[]), Decision::Unknown);
        let incomplete = super::decide(ReorderStock, 0.99, false, &[], &thresholds);
        assert_eq!(incomplete, Decision::Confirm);
    }

    #[test]
    fn a_misspelt_code_changes_nothing_unasked() {
        use Decision::{Accept, Clarify, Confirm, Unknown};
        let of = |intent, item| of_item(Accept, intent, item);
        for (item, read, change) in [
            (Certainty::Sure, Accept, Accept),
            (Certainty::Corrected, Accept, Confirm),
            (Certainty::Probable, Confirm, Confirm),
            (Certainty::Missing, Accept, Confirm),
            (Certainty::Several, Clarify, Clarify),
        ] {
            assert_eq!(of(IntentType::CheckInventory, item), read, "{item:?}");
            assert_eq!(of(IntentType::ReorderStock, item), change, "{item:?}");
            let unknown = of_item(Unknown, IntentType::ReorderStock, item);
            assert_eq!(unknown, Unknown, "{item:?}");
        }
    }

    #[test]
    fn every_agent_at_once_is_asked_back() {
        let complete = |agent: &str| {
            let mut entities = Entities::default();
            entities.set(EntityName::Agent, agent);
            is_complete(IntentType::StopAgent, &entities)
        };
        assert!(complete("inventory_monitor"));
        assert!(!complete("all"));
    }
}
