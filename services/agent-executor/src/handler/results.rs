//! What external agents call back with: it ends the execution, once.

use anyhow::anyhow;
use wharf_domain::contracts::{AgentResult, Envelope};
use wharf_pipeline::{HandleError, Handler, Outcome};
use wharf_store::{
    AsyncPgConnection,
    executions::{self, Begin, ExecutionStatus},
};

use super::{
    Engine,
    replies::{received_at, stored},
};

/// Takes the results.
pub(crate) struct ResultHandler(pub(crate) Engine);

impl Engine {
    async fn called_back(
        &self,
        conn: &mut AsyncPgConnection,
        result: AgentResult,
    ) -> Result<Outcome, HandleError> {
        let (company, id) = (result.company_id, result.execution_id);
        let execution = executions::get(conn, company, id)
            .await?
            .ok_or_else(|| HandleError::Fail(anyhow!("there is no such execution")))?;
        let execution = match execution.status {
            // Whoever has the lease waits for this very answer.
            ExecutionStatus::Processing => execution,
            // The call itself had failed, and is to be made again; the answer comes first.
            ExecutionStatus::Pending => {
                let (now, lease) = (self.now(), self.execution.lease());
                match executions::begin(conn, company, id, "result", now, lease).await? {
                    Begin::Started(execution) => execution,
                    _ => return Err(super::lost()),
                }
            }
            // A repeat, or too late: what was decided stands.
            ExecutionStatus::Completed | ExecutionStatus::Failed | ExecutionStatus::Cancelled => {
                return stored(&execution);
            }
        };
        let received_at = received_at(&execution);
        match result.answer.checked(execution.agent_type.as_str()) {
            Ok(content) => self.ended(conn, &execution, received_at, content).await,
            Err(refused) => {
                let outcome = self.sorry(&execution, received_at);
                let reason = format!("external agent: {refused}");
                self.failed(conn, &execution, &outcome, &reason).await?;
                Ok(outcome)
            }
        }
    }
}

impl Handler for ResultHandler {
    type Input = AgentResult;

    fn order_key(&self, _message: &Envelope<AgentResult>) -> Option<String> {
        None
    }

    async fn handle(&self, message: &Envelope<AgentResult>) -> Result<Outcome, HandleError> {
        let engine = &self.0;
        engine
            .store
            .in_company(message.body.company_id, async |conn| {
                engine.called_back(conn, message.body.clone()).await
            })
            .await
    }

    /// The execution waits on: its hard deadline ends it.
    async fn give_up(
        &self,
        _message: &Envelope<AgentResult>,
        _reason: &str,
    ) -> Result<Outcome, HandleError> {
        Ok(Outcome::nothing())
    }

    async fn is_available(&self) -> bool {
        self.0.store.ping().await.is_ok()
    }
}
