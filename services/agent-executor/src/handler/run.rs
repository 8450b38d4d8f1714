//! The two transactions of an execution.

use std::time::Instant;

use anyhow::{Context as _, anyhow};
use chrono::{DateTime, Utc};
use wharf_domain::contracts::{ExecutionContext, ExecutionRequest, ReplyContent};
use wharf_pipeline::{HandleError, Outcome};
use wharf_store::{
    AsyncPgConnection,
    agent_runs::RunState,
    agents as agent_rows, companies,
    executions::{self, Begin, Execution},
    profiles,
};

use super::{Engine, lost, replies::stored};
use crate::agents::{self, AgentFailure, Made, Outside, Person, Request, Work};

/// What the first transaction comes to.
pub(super) enum First {
    /// The execution has ended.
    Ended(Outcome),
    /// It goes on outside, under a lease.
    Outside(Box<Held>, Outside),
}

/// An execution that this worker has.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) execution: Execution,
    pub(super) request: Request,
    /// When ingress received what asked for it.
    pub(super) received_at: DateTime<Utc>,
    began: Instant,
}

impl Engine {
    /// Begins an execution, and ends it if that takes no more than the database.
    pub(super) async fn first(
        &self,
        conn: &mut AsyncPgConnection,
        request: &ExecutionRequest,
    ) -> Result<First, HandleError> {
        let (company, id) = (request.company_id, request.execution_id);
        let owner = format!("pid {}", std::process::id());
        let (now, lease) = (self.now(), self.execution.lease());
        match executions::begin(conn, company, id, &owner, now, lease).await? {
            Begin::Started(execution) => self.begun(conn, execution).await,
            Begin::AlreadyFinished(execution) => Ok(First::Ended(stored(&execution)?)),
            // What ends it is a call from outside, or the sweeper: no need of this message.
            Begin::LeasedElsewhere { awaited: true, .. } => Ok(First::Ended(Outcome::nothing())),
            Begin::LeasedElsewhere { until, .. } => Err(HandleError::NotYet(anyhow!(
                "another worker has it until {until}"
            ))),
            // nlp commits the row before it publishes.
            Begin::Missing => Err(HandleError::Fail(anyhow!("there is no such execution"))),
        }
    }

    async fn begun(
        &self,
        conn: &mut AsyncPgConnection,
        mut execution: Execution,
    ) -> Result<First, HandleError> {
        let began = Instant::now();
        let now = self.now();
        if execution.hard_deadline_at.is_some_and(|at| at <= now) {
            return Err(too_late());
        }
        self.turn(conn, &execution).await?;
        let context: ExecutionContext = execution
            .context
            .clone()
            .context("the execution has no context")
            .and_then(|value| serde_json::from_value(value).context("the execution's context"))
            .map_err(HandleError::Fail)?;
        let received_at = context.received_at;
        let (company, kind) = (execution.company_id, execution.agent_type);
        let agent = agent_rows::find_or_create(conn, company, kind).await?;
        if let Some(content) = self.refusal(conn, &agent).await? {
            let outcome = self.reply(&execution, received_at, content);
            self.complete(conn, &execution, &outcome).await?;
            self.count(&execution, "refused");
            return Ok(First::Ended(outcome));
        }
        let request = self.request(conn, &execution, context).await?;
        let work = agents::run(kind, conn, &request).await.map_err(failed)?;
        let held = |execution| Held {
            execution,
            request,
            received_at,
            began,
        };
        match work {
            Work::Done(content) => {
                let ended = self.ended(conn, &held(execution), *content).await?;
                Ok(First::Ended(ended))
            }
            Work::Outside(outside) => {
                let soft = now + self.execution.soft_deadline();
                let hard = now + self.execution.hard_deadline();
                executions::set_deadlines(conn, &mut execution, soft, hard).await?;
                Ok(First::Outside(Box::new(held(execution)), outside))
            }
        }
    }

    /// Does what the agent asked for, and lets it go on with what came of it. An execution that does
    /// not get so far is given back, unless somebody has taken it meanwhile.
    pub(super) async fn go_on(&self, held: Held, outside: Outside) -> Result<Outcome, HandleError> {
        let made = self.watched(&held, self.make(&held, outside)).await;
        let ended = match made {
            Ok(made) => self.second(&held, made).await,
            Err(error) => Err(error),
        };
        match ended {
            Err(HandleError::Retry(cause)) => {
                self.give_back(&held.execution, &cause).await?;
                Err(HandleError::Retry(cause))
            }
            Err(HandleError::Fail(cause)) => {
                self.give_back(&held.execution, &cause).await?;
                Err(HandleError::Fail(cause))
            }
            other => other,
        }
    }

    /// The second transaction.
    async fn second(&self, held: &Held, made: Made) -> Result<Outcome, HandleError> {
        let kind = held.execution.agent_type;
        self.store
            .transaction(async |conn| {
                let content = agents::finish(kind, conn, &held.request, made)
                    .await
                    .map_err(failed)?;
                self.ended(conn, held, content).await
            })
            .await
    }

    async fn give_back(
        &self,
        execution: &Execution,
        cause: &anyhow::Error,
    ) -> Result<(), HandleError> {
        let mut conn = self.store.conn().await?;
        let why = format!("{cause:#}");
        if executions::release(&mut conn, execution, Some(&why)).await? {
            Ok(())
        } else {
            Err(lost())
        }
    }

    /// Ends an execution whose agent ran.
    async fn ended(
        &self,
        conn: &mut AsyncPgConnection,
        held: &Held,
        content: ReplyContent,
    ) -> Result<Outcome, HandleError> {
        let execution = &held.execution;
        let outcome = self.reply(execution, held.received_at, content);
        self.complete(conn, execution, &outcome).await?;
        self.note_run(conn, execution, RunState::Completed, None)
            .await?;
        let (agent, seconds) = (
            execution.agent_type.as_str(),
            held.began.elapsed().as_secs_f64(),
        );
        self.metrics
            .execution_seconds
            .with_label_values(&[agent])
            .observe(seconds);
        self.count(execution, "completed");
        tracing::info!(agent, seconds, "execution completed");
        Ok(outcome)
    }

    async fn complete(
        &self,
        conn: &mut AsyncPgConnection,
        execution: &Execution,
        outcome: &Outcome,
    ) -> Result<(), HandleError> {
        let fail = |error: serde_json::Error| HandleError::Fail(error.into());
        let row = outcome.to_row().map_err(fail)?;
        let result = outcome.publish.first().map(serde_json::to_value);
        let result = result.transpose().map_err(fail)?.unwrap_or_default();
        if executions::complete(conn, execution, &result, &row, self.now()).await? {
            Ok(())
        } else {
            Err(lost())
        }
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
            now: self.now(),
            limits: self.limits,
        })
    }
}

/// The error of an execution past its hard deadline.
pub(super) fn too_late() -> HandleError {
    HandleError::Fail(anyhow!("the hard deadline is over"))
}

fn failed(failure: AgentFailure) -> HandleError {
    match failure {
        AgentFailure::Store(error) => error.into(),
        AgentFailure::Refused(reason) => HandleError::Fail(anyhow!(reason)),
    }
}
