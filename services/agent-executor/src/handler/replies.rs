//! What is said about an execution, and to whom.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::Deserialize as _;
use wharf_broker::{Outgoing, Route};
use wharf_domain::contracts::{
    AgentErrorKind, ExecutionContext, ReplyContent, ReplyRequest, ReplyTo, ScheduledRun,
    answers::Scheduled,
};
use wharf_pipeline::{HandleError, Outcome, Publication};
use wharf_store::{
    StoreError,
    executions::{self, Execution},
};

use super::Engine;

impl Engine {
    /// The one answer to an execution. Work that nobody asked for has no contact: nobody waits for
    /// its answer.
    pub(super) fn reply(
        &self,
        execution: &Execution,
        received_at: DateTime<Utc>,
        content: ReplyContent,
    ) -> Outcome {
        let Some(to) = receiver(execution, received_at) else {
            return Outcome::nothing();
        };
        let (id, now) = (execution.id, self.now());
        let reply = match scheduled_run(execution) {
            Some(run) => {
                let content = ReplyContent::Scheduled(Scheduled {
                    number: run.number,
                    due: run.due,
                    missed: run.missed,
                    content: Box::new(content),
                });
                ReplyRequest::to_unasked_execution(id, to, content, now)
            }
            None => ReplyRequest::to_execution(id, to, content, now),
        };
        Outcome::publish(vec![Publication::Reply(Box::new(reply))])
    }

    /// The answer to an execution that failed.
    pub(super) fn sorry(&self, execution: &Execution, received_at: DateTime<Utc>) -> Outcome {
        let content = ReplyContent::AgentError {
            kind: AgentErrorKind::Default,
        };
        self.reply(execution, received_at, content)
    }

    /// The same, for whoever has nothing but the row.
    pub(crate) fn sorry_for(&self, execution: &Execution) -> Outcome {
        self.sorry(execution, received_at(execution))
    }

    /// Tells the user that it takes longer, and notes that. Published first: should the note fail it
    /// is published again with the same id, which responder recognises. Nobody waits for a schedule's
    /// run.
    pub(crate) async fn tell_longer(&self, execution: &Execution) -> anyhow::Result<()> {
        let waits = scheduled_run(execution).is_none();
        if waits && let Some(to) = receiver(execution, received_at(execution)) {
            let content = ReplyContent::AgentError {
                kind: AgentErrorKind::Timeout,
            };
            let route = Route::Reply(to.priority);
            let notice = ReplyRequest::ahead_of_execution(execution.id, to, content, self.now());
            self.publisher
                .publish(&route, &Outgoing::of(&notice)?)
                .await
                .context("telling that it takes longer")?;
        }
        let (company, id) = (execution.company_id, execution.id);
        self.store
            .in_company::<_, StoreError, _>(company, async |conn| {
                executions::told(conn, company, id).await
            })
            .await?;
        Ok(())
    }
}

/// When ingress received what asked for the execution; when it was enqueued, if its context cannot
/// be read.
pub(super) fn received_at(execution: &Execution) -> DateTime<Utc> {
    execution
        .context
        .as_ref()
        .and_then(|context| ExecutionContext::deserialize(context).ok())
        .map_or(execution.created_at, |context| context.received_at)
}

/// The schedule's run that the execution is, if it is one.
fn scheduled_run(execution: &Execution) -> Option<ScheduledRun> {
    let context = execution.context.as_ref()?;
    ExecutionContext::deserialize(context).ok()?.schedule
}

/// Who gets what is said of the execution; `None`: nobody asked.
pub(super) fn receiver(execution: &Execution, received_at: DateTime<Utc>) -> Option<ReplyTo> {
    Some(ReplyTo {
        company_id: execution.company_id,
        contact_id: execution.contact_id?,
        conversation_key: execution.conversation_key.clone(),
        priority: execution.priority,
        received_at,
    })
}

/// What ending the execution decided to publish.
pub(super) fn stored(execution: &Execution) -> Result<Outcome, HandleError> {
    let Some(row) = &execution.outcome else {
        return Ok(Outcome::nothing());
    };
    Outcome::stored(row)
        .context("the execution's stored outcome")
        .map_err(HandleError::Fail)
}
