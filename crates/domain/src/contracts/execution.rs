//! Work for an agent, from nlp to agent-executor.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Contract;
use crate::{
    agent::AgentType,
    entities::Entities,
    ids::{CompanyId, ExecutionId},
    intent::IntentType,
    persona::{Persona, adaptive::Suggestion},
    priority::Priority,
};

/// "Execute the row of this id." The row of `agent_execution_queue` holds everything else; what is
/// here is only what routing and logs need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionRequest {
    /// The row.
    pub execution_id: ExecutionId,
    /// The tenant.
    pub company_id: CompanyId,
    /// The agent's kind.
    pub agent: AgentType,
    /// What was asked.
    pub intent: IntentType,
    /// The queue.
    pub priority: Priority,
    /// Keeps one conversation's work in order.
    pub conversation_key: String,
}

impl Contract for ExecutionRequest {
    const KIND: &'static str = "execution_request";
    const VERSION: u16 = 1;
}

/// What an agent is told, as it stands in `agent_execution_queue.context` (spec section 3.2,
/// `context`). Fields may be added; readers ignore those they do not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionContext {
    /// Where the request came from: `whatsapp`.
    pub source: String,
    /// What the message names. Kept apart from an agent's own configuration, so that no text of a
    /// user can override that.
    pub entities: Entities,
    /// Whose wording the answer gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona: Option<Persona>,
    /// When ingress received the message.
    pub received_at: DateTime<Utc>,
    /// Which step of the request this is.
    #[serde(default)]
    pub step: Step,
    /// The recurring request that it is a run of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScheduledRun>,
    /// The persona that is offered after the answer, if that leaves nothing open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Suggestion>,
}

/// One run of a recurring request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledRun {
    /// What the person calls the recurring request.
    pub number: u32,
    /// When it was due.
    pub due: DateTime<Utc>,
    /// Earlier times that it stands for too.
    pub missed: u32,
}

/// Which step of a request an execution is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Step {
    /// What the message asks; the agent may ask back before it changes something.
    #[default]
    Ask,
    /// The user said yes: do it without asking again.
    Confirmed {
        /// The execution that asked, e.g. the one that drafted the order; `None`: nlp asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked: Option<ExecutionId>,
    },
    /// The user said no to what `asked` had prepared.
    Declined {
        /// The execution that asked.
        asked: ExecutionId,
    },
    /// Another page of a list: its lines from there on. Changes nothing.
    Page {
        /// Lines before it.
        after: u32,
    },
    /// Take back what `of` changed, by a change the other way.
    Undo {
        /// The execution that changed something.
        of: ExecutionId,
    },
}
