//! One execution from its row to its result.
//!
//! ```text
//! pending --begin--> processing --complete--> completed
//!    ^                   |  \---- give up ---> failed
//!    \---- rollback -----/
//! ```
//! Beginning, the agent's effects and `completed` are one transaction: a crash leaves `pending`,
//! and a repeated message finds the finished row and publishes its stored outcome again.

use std::time::Instant;

use anyhow::{Context as _, anyhow};
use chrono::TimeDelta;
use wharf_domain::{
    clock::SharedClock,
    contracts::{
        AgentErrorKind, Envelope, ExecutionContext, ExecutionRequest, ReplyContent, ReplyRequest,
        ReplyTo,
    },
};
use wharf_pipeline::{HandleError, Outcome, Publication, TransactionHandler};
use wharf_runtime::metrics::ExecutorMetrics;
use wharf_store::{
    AsyncPgConnection, companies,
    executions::{self, Begin, Execution},
    profiles,
};

use crate::agents::{self, AgentFailure, Limits, Made, Outside, Person, Request, Work};

/// Runs executions.
#[derive(Debug)]
pub struct ExecutionHandler {
    clock: SharedClock,
    lease: TimeDelta,
    limits: Limits,
    metrics: ExecutorMetrics,
}

impl ExecutionHandler {
    /// A handler whose executions belong to it for `lease` at a time.
    #[must_use]
    pub fn new(
        clock: SharedClock,
        lease: TimeDelta,
        limits: Limits,
        metrics: ExecutorMetrics,
    ) -> Self {
        Self {
            clock,
            lease,
            limits,
            metrics,
        }
    }

    async fn execute(
        &self,
        conn: &mut AsyncPgConnection,
        execution: &Execution,
    ) -> Result<Outcome, HandleError> {
        let context: ExecutionContext = execution
            .context
            .clone()
            .context("the execution has no context")
            .and_then(|value| serde_json::from_value(value).context("the execution's context"))
            .map_err(HandleError::Fail)?;
        let received_at = context.received_at;
        let request = self.request(conn, execution, context).await?;
        let agent = execution.agent_type;
        let started = Instant::now();
        let work = agents::run(agent, conn, &request).await.map_err(failed)?;
        let content = match work {
            Work::Done(content) => *content,
            Work::Outside(Outside::Nothing) => agents::finish(agent, conn, &request, Made::Nothing)
                .await
                .map_err(failed)?,
        };
        let seconds = started.elapsed().as_secs_f64();
        self.metrics
            .execution_seconds
            .with_label_values(&[agent.as_str()])
            .observe(seconds);
        let outcome = self.reply(execution, received_at, content)?;
        let row = outcome
            .to_row()
            .map_err(|error| HandleError::Fail(error.into()))?;
        let result = outcome
            .publish
            .first()
            .map(serde_json::to_value)
            .transpose();
        let result = result
            .map_err(|error| HandleError::Fail(error.into()))?
            .unwrap_or_default();
        if !executions::complete(conn, execution, &result, &row, self.clock.now()).await? {
            return Err(HandleError::Retry(anyhow!(
                "the lease was lost while the agent worked"
            )));
        }
        self.count(execution, "completed");
        tracing::info!(agent = agent.as_str(), seconds, "execution completed");
        Ok(outcome)
    }

    async fn request(
        &self,
        conn: &mut AsyncPgConnection,
        execution: &Execution,
        context: ExecutionContext,
    ) -> Result<Request, HandleError> {
        let company = companies::get(conn, execution.company_id)
            .await?
            .ok_or_else(|| HandleError::Fail(anyhow!("the execution's company is gone")))?;
        let profile = match execution.profile_id {
            Some(id) => profiles::get(conn, execution.company_id, id).await?,
            None => None,
        };
        Ok(Request {
            execution_id: execution.id,
            company,
            person: profile.map(|profile| Person {
                id: profile.id,
                time_zone: profile.time_zone,
            }),
            contact_id: execution.contact_id,
            conversation_key: execution.conversation_key.clone(),
            intent: execution.intent_type,
            step: context.step,
            entities: context.entities,
            now: self.clock.now(),
            limits: self.limits,
        })
    }

    fn reply(
        &self,
        execution: &Execution,
        received_at: chrono::DateTime<chrono::Utc>,
        content: ReplyContent,
    ) -> Result<Outcome, HandleError> {
        // Scheduled work has no contact: nobody waits for its answer.
        let Some(contact_id) = execution.contact_id else {
            return Ok(Outcome::nothing());
        };
        let to = ReplyTo {
            company_id: execution.company_id,
            contact_id,
            conversation_key: execution.conversation_key.clone(),
            priority: execution.priority,
            received_at,
        };
        let now = self.clock.now();
        let reply = ReplyRequest::to_execution(execution.id, to, content, now);
        Ok(Outcome::publish(vec![Publication::Reply(Box::new(reply))]))
    }

    fn count(&self, execution: &Execution, outcome: &str) {
        let labels = [execution.agent_type.as_str(), outcome];
        self.metrics.executions.with_label_values(&labels).inc();
    }
}

impl TransactionHandler for ExecutionHandler {
    type Input = ExecutionRequest;

    /// What changes something waits for the earlier changes of its conversation; reads overtake.
    fn order_key(&self, message: &Envelope<ExecutionRequest>) -> Option<String> {
        message
            .body
            .intent
            .mutates()
            .then(|| message.body.conversation_key.clone())
    }

    async fn handle(
        &self,
        conn: &mut AsyncPgConnection,
        message: &Envelope<ExecutionRequest>,
    ) -> Result<Outcome, HandleError> {
        let request = &message.body;
        let (company, id) = (request.company_id, request.execution_id);
        let owner = format!("pid {}", std::process::id());
        let now = self.clock.now();
        match executions::begin(conn, company, id, &owner, now, self.lease).await? {
            Begin::Started(execution) => self.execute(conn, &execution).await,
            Begin::AlreadyFinished(execution) => stored(&execution),
            Begin::LeasedElsewhere { until } => Err(HandleError::Retry(anyhow!(
                "another worker has it until {until}"
            ))),
            // nlp commits the row before it publishes.
            Begin::Missing => Err(HandleError::Fail(anyhow!("there is no such execution"))),
        }
    }

    async fn give_up(
        &self,
        conn: &mut AsyncPgConnection,
        message: &Envelope<ExecutionRequest>,
        reason: &str,
    ) -> Result<Outcome, HandleError> {
        let (company, id) = (message.body.company_id, message.body.execution_id);
        let Some(execution) = executions::get(conn, company, id).await? else {
            return Ok(Outcome::nothing());
        };
        let content = ReplyContent::AgentError {
            kind: AgentErrorKind::Default,
        };
        let outcome = self.reply(&execution, execution.created_at, content)?;
        let row = outcome
            .to_row()
            .map_err(|error| HandleError::Fail(error.into()))?;
        if executions::abandon(conn, company, id, reason, &row, self.clock.now()).await? {
            self.count(&execution, "failed");
            return Ok(outcome);
        }
        // It had ended after all: say what was decided then.
        stored(&execution)
    }
}

fn failed(failure: AgentFailure) -> HandleError {
    match failure {
        AgentFailure::Store(error) => error.into(),
        AgentFailure::Refused(reason) => HandleError::Fail(anyhow!(reason)),
    }
}

fn stored(execution: &Execution) -> Result<Outcome, HandleError> {
    let Some(row) = &execution.outcome else {
        return Ok(Outcome::nothing());
    };
    Outcome::stored(row)
        .context("the execution's stored outcome")
        .map_err(HandleError::Fail)
}
