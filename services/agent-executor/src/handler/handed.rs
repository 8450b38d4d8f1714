//! What an agent hands on: executions of its company's own agents, written in the transaction that
//! ends the one they follow from and published with its answer.

use anyhow::Context as _;
use wharf_domain::{
    agent::AgentType,
    contracts::{Envelope, ExecutionContext, ExecutionRequest, Step},
    entities::{Entities, EntityName},
    intent::IntentType,
};
use wharf_pipeline::{HandleError, Publication};
use wharf_store::{
    AsyncPgConnection,
    executions::{self, Execution, NewExecution},
};

use crate::agents::Request;

/// Has each agent do its own work, for whoever asked for `execution`. An execution's id follows
/// from both, so a repeat makes none twice.
pub(super) async fn hand_on(
    conn: &mut AsyncPgConnection,
    execution: &Execution,
    request: &Request,
    agents: &[AgentType],
) -> Result<Vec<Publication>, HandleError> {
    let context: ExecutionContext = execution
        .context
        .clone()
        .context("the execution has no context")
        .and_then(|value| serde_json::from_value(value).context("the execution's context"))
        .map_err(HandleError::Fail)?;
    let mut messages = Vec::new();
    for agent in agents {
        let id = execution.id.run_of(*agent);
        let mut entities = Entities::default();
        entities.set(EntityName::Agent, agent.as_str());
        let context = ExecutionContext {
            entities,
            step: Step::Ask,
            // It goes with the one answer to the person's own request.
            offer: None,
            ..context.clone()
        };
        let new = NewExecution {
            id,
            company_id: execution.company_id,
            agent_id: None,
            contact_id: execution.contact_id,
            profile_id: execution.profile_id,
            conversation_key: execution.conversation_key.clone(),
            intent: IntentType::RunAgent,
            agent: *agent,
            priority: execution.priority,
            context: serde_json::to_value(context).map_err(|e| HandleError::Fail(e.into()))?,
            created_at: request.now,
        };
        executions::enqueue(conn, &new).await?;
        let message = ExecutionRequest {
            execution_id: id,
            company_id: new.company_id,
            agent: new.agent,
            intent: new.intent,
            priority: new.priority,
            conversation_key: new.conversation_key,
        };
        let envelope = Envelope::new(id.message("execute"), id, new.created_at, message);
        messages.push(Publication::Execute(envelope));
    }
    Ok(messages)
}
