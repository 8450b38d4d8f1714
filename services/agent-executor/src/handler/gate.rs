//! Whether an execution may begin now: its turn in the conversation, whether the person may ask for
//! it, and whether its agent takes work.

use anyhow::anyhow;
use wharf_domain::{
    agent::AgentType,
    contracts::{
        ReplyContent,
        answers::{AgentUnavailable, WhyUnavailable},
    },
    entities::{Entities, EntityName},
};
use wharf_pipeline::HandleError;
use wharf_store::{
    AsyncPgConnection, StoreError,
    agents::{self, Agent, AgentKind, AgentState},
    executions::{self, Execution},
    permissions::{self, Permission},
    profiles,
};

use super::Engine;

impl Engine {
    /// Waits for the change of the same conversation that another process is at work on, and lets
    /// those go first that were asked for earlier.
    pub(super) async fn turn(
        &self,
        conn: &mut AsyncPgConnection,
        execution: &Execution,
    ) -> Result<(), HandleError> {
        let (intent, agent) = (execution.intent_type, execution.agent_type);
        if !intent.mutates() || intent.is_own_work_of(agent) {
            return Ok(());
        }
        let not_yet = || {
            HandleError::NotYet(anyhow!(
                "an earlier change of the conversation has not ended"
            ))
        };
        let (company, key) = (execution.company_id, &execution.conversation_key);
        match executions::lock_conversation(conn, company, key).await {
            Err(StoreError::Contended(_)) => return Err(not_yet()),
            other => other?,
        }
        if executions::in_turn(conn, execution).await? {
            Ok(())
        } else {
            Err(not_yet())
        }
    }

    /// Whether the person may still ask for this, and at the place that it names: nlp has checked
    /// before, and roles and places change. What no person asked for was allowed when it was set up.
    pub(super) async fn permission(
        &self,
        conn: &mut AsyncPgConnection,
        execution: &Execution,
        entities: &Entities,
    ) -> Result<Permission, StoreError> {
        let Some(profile) = execution.profile_id else {
            return Ok(Permission::Allowed { locations: None });
        };
        let (company, intent) = (execution.company_id, execution.intent_type);
        let place = entities.get(EntityName::Location);
        permissions::check_at(conn, company, profile, intent, place).await
    }

    /// What to answer when the agent takes no work: somebody stopped it, or it failed too often. The
    /// built-in controller always works: it is what starts the others again.
    pub(super) async fn refusal(
        &self,
        conn: &mut AsyncPgConnection,
        agent: &Agent,
    ) -> Result<Option<ReplyContent>, HandleError> {
        if agent.agent_type == AgentType::Controller && agent.kind == AgentKind::Builtin {
            return Ok(None);
        }
        let unavailable = |why| {
            Ok(Some(ReplyContent::AgentUnavailable(AgentUnavailable {
                agent: agent.agent_type.as_str().to_owned(),
                why,
            })))
        };
        let company = agent.company_id;
        if agent.state == AgentState::Stopped {
            let by = match agent.stopped_by {
                Some(profile) => profiles::name(conn, company, profile).await?,
                None => None,
            };
            let at = agent.stopped_at;
            return unavailable(WhyUnavailable::Stopped { by, at });
        }
        let Some(until) = agent.closed_until else {
            return Ok(None);
        };
        let (now, next) = (self.now(), self.now() + self.circuit.closed);
        if until > now {
            return unavailable(WhyUnavailable::Failing { until });
        }
        if agents::take_probe(conn, company, agent.id, now, next).await? {
            return Ok(None);
        }
        // Another request is the probe; its success opens the circuit at once.
        unavailable(WhyUnavailable::Failing { until: next })
    }
}
