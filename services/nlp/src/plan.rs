//! What follows from an understanding: work for an agent, or an answer that needs none.

use wharf_domain::{
    agent::AgentType,
    contracts::ReplyContent,
    intent::IntentType,
    mapping::{AgentMapping, mapping_of},
};

use crate::understand::{Certainty, Decision, Understanding};

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// Queue an execution.
    Execute(&'static AgentMapping),
    /// Answer at once.
    Answer(ReplyContent),
}

/// Decides. A request that changes something and was not accepted outright is never executed.
#[must_use]
pub fn plan(understanding: &Understanding) -> Plan {
    let intent = understanding.intent;
    match understanding.decision {
        // The agent looks the code up, finds nothing and names the nearest.
        Decision::Clarify if understanding.certainty == Certainty::Several && !intent.mutates() => {
        }
        Decision::Unknown | Decision::Clarify => return Plan::Answer(ReplyContent::UnknownCommand),
        Decision::Accept | Decision::Confirm => {}
    }
    if intent == IntentType::Help {
        return Plan::Answer(ReplyContent::Help);
    }
    let Some(mapping) = mapping_of(intent) else {
        return Plan::Answer(ReplyContent::UnknownCommand);
    };
    if let Some(entity) = mapping.missing(&understanding.entities) {
        return Plan::Answer(ReplyContent::MissingEntity { entity });
    }
    if intent.mutates() && understanding.decision == Decision::Confirm {
        return Plan::Answer(ReplyContent::NotAvailable {
            intent: intent.as_str().to_owned(),
        });
    }
    Plan::Execute(mapping)
}

/// Which agent an intent's work counts as, for the priority of its answer.
#[must_use]
pub fn agent_of(intent: IntentType) -> Option<AgentType> {
    mapping_of(intent).map(|mapping| mapping.agent)
}
