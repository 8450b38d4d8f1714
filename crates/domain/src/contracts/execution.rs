//! Work for an agent, from nlp to agent-executor.

use serde::{Deserialize, Serialize};

use super::Contract;
use crate::{
    agent::AgentType,
    ids::{CompanyId, ExecutionId},
    intent::IntentType,
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
