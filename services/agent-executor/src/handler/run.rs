//! The two transactions of an execution.

use anyhow::{Context as _, anyhow};
use chrono::{DateTime, TimeDelta, Utc};
use wharf_domain::{
    contracts::{ExecutionContext, ExecutionRequest, ReplyContent},
    dialogue::ShownList,
};
use wharf_pipeline::{HandleError, Outcome, Publication};
use wharf_store::{
    AsyncPgConnection,
    agent_runs::RunState,
    agents::{self as agent_rows, Agent, AgentKind, Endpoint},
    companies, dialogues,
    executions::{self, Begin, Execution, ExecutionStatus},
    locations,
    permissions::Permission,
    profiles::{self, ProfileSummary},
};

use super::{Engine, failed, handed, lost, replies::stored};
use crate::{
    agents::{self, Made, Outside, Person, Request, Work, changes},
    external::{Called, Payload},
};

/// What the first transaction comes to.
pub(super) enum First {
    /// The execution has ended.
    Ended(Outcome),
    /// It goes on outside, under a lease.
    Outside(Box<Held>, Task),
}

/// What is done outside.
pub(super) enum Task {
    /// What one of our agents asked for; it goes on afterwards.
    Make(Outside),
    /// A call of one of the company's own; what it answers is the answer.
    Call(Box<(Endpoint, Payload)>),
}

/// An execution that this worker has.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) execution: Execution,
    pub(super) request: Request,
    /// When ingress received what asked for it.
    pub(super) received_at: DateTime<Utc>,
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
        execution: Execution,
    ) -> Result<First, HandleError> {
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
        let profile = match execution.profile_id {
            Some(id) => profiles::get(conn, company, id).await?,
            None => None,
        };
        let permission = self.permission(conn, &execution, &context.entities).await?;
        let request = self
            .request(conn, &execution, context, profile.as_ref(), &permission)
            .await?;
        let refusal = match permission {
            Permission::Denied => Some(changes::denied(conn, &request).await.map_err(failed)?),
            Permission::Allowed { .. } => self.refusal(conn, &agent).await?,
        };
        if let Some(content) = refusal {
            let outcome = self.reply(&execution, received_at, content);
            self.complete(conn, &execution, &outcome).await?;
            self.count(&execution, "refused");
            return Ok(First::Ended(outcome));
        }
        let own_work = execution.intent_type.is_own_work_of(kind);
        let work = match agent.kind {
            AgentKind::Http => {
                let task = call(conn, &agent, &request, profile).await?;
                return self
                    .go_outside(conn, execution, request, received_at, task)
                    .await;
            }
            AgentKind::Builtin if own_work => {
                agents::own_work(kind, conn, &request).await.map(Work::done)
            }
            AgentKind::Builtin => agents::run(kind, conn, &request).await,
        };
        let (content, then) = match work.map_err(failed)? {
            Work::Outside(outside) => {
                let task = Task::Make(outside);
                return self
                    .go_outside(conn, execution, request, received_at, task)
                    .await;
            }
            Work::Done(content) => (content, Vec::new()),
            Work::Handed(content, to) => {
                let then = handed::hand_on(conn, &execution, &request, &to).await?;
                (content, then)
            }
        };
        let ended = self
            .ended_and(conn, &execution, received_at, *content, then)
            .await?;
        Ok(First::Ended(ended))
    }

    /// Lets an execution go on outside the transaction.
    async fn go_outside(
        &self,
        conn: &mut AsyncPgConnection,
        mut execution: Execution,
        request: Request,
        received_at: DateTime<Utc>,
        task: Task,
    ) -> Result<First, HandleError> {
        let now = self.now();
        let soft = now + self.execution.soft_deadline();
        let hard = now + self.execution.hard_deadline();
        executions::set_deadlines(conn, &mut execution, soft, hard).await?;
        let held = Held {
            execution,
            request,
            received_at,
        };
        Ok(First::Outside(Box::new(held), task))
    }

    /// Does what is to be done outside, and ends the execution with what came of it. An execution
    /// that does not get so far is given back, unless somebody has taken it meanwhile.
    pub(super) async fn go_on(&self, held: Held, task: Task) -> Result<Outcome, HandleError> {
        let ended = match task {
            Task::Make(outside) => match self.watched(&held, self.make(&held, outside)).await {
                Ok(made) => self.second(&held, made).await,
                Err(error) => Err(error),
            },
            Task::Call(call) => match self.watched(&held, self.call_agent(&held, &call)).await {
                Ok(Called::Answered(content)) => self.answered(&held, *content).await,
                Ok(Called::Accepted) => self.left(&held).await,
                Err(error) => Err(error),
            },
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
            Err(HandleError::NotYet(cause)) => self.taken(&held.execution, cause).await,
            other => other,
        }
    }

    /// What becomes of an execution that is not this worker's any more: nothing, when the user has
    /// cancelled it; else its message waits for whoever has it.
    async fn taken(
        &self,
        execution: &Execution,
        cause: anyhow::Error,
    ) -> Result<Outcome, HandleError> {
        let (company, id) = (execution.company_id, execution.id);
        self.store
            .in_company(company, async |conn| {
                let row = executions::get(conn, company, id).await?;
                if row.is_none_or(|row| row.status != ExecutionStatus::Cancelled) {
                    return Err(HandleError::NotYet(cause));
                }
                self.note_run(conn, execution, RunState::Cancelled, None)
                    .await?;
                self.count(execution, "cancelled");
                Ok(Outcome::nothing())
            })
            .await
    }

    /// The second transaction.
    async fn second(&self, held: &Held, made: Made) -> Result<Outcome, HandleError> {
        let kind = held.execution.agent_type;
        self.store
            .in_company(held.execution.company_id, async |conn| {
                let content = agents::finish(kind, conn, &held.request, made)
                    .await
                    .map_err(failed)?;
                self.ended(conn, &held.execution, held.received_at, content)
                    .await
            })
            .await
    }

    /// The second transaction after a call.
    async fn answered(&self, held: &Held, content: ReplyContent) -> Result<Outcome, HandleError> {
        self.store
            .in_company(held.execution.company_id, async |conn| {
                self.ended(conn, &held.execution, held.received_at, content)
                    .await
            })
            .await
    }

    /// Leaves the execution to an agent that will call back, and tells the user that it takes
    /// longer. It may have called back already.
    async fn left(&self, held: &Held) -> Result<Outcome, HandleError> {
        let execution = &held.execution;
        let (company, id) = (execution.company_id, execution.id);
        let until = execution.hard_deadline_at.unwrap_or_else(|| self.now());
        let early = self
            .store
            .in_company::<_, HandleError, _>(company, async |conn| {
                if executions::await_answer(conn, execution, until).await? {
                    return Ok(None);
                }
                match executions::get(conn, company, id).await? {
                    Some(row) if row.status != ExecutionStatus::Processing => {
                        stored(&row).map(Some)
                    }
                    _ => Err(lost()),
                }
            })
            .await?;
        if let Some(outcome) = early {
            return Ok(outcome);
        }
        if execution.soft_deadline_at.is_some()
            && let Err(error) = self.tell_longer(execution).await
        {
            // The row still says that nobody was told: the sweeper does it.
            tracing::warn!(
                error = format!("{error:#}"),
                "not told that it takes longer"
            );
        }
        Ok(Outcome::nothing())
    }

    async fn give_back(
        &self,
        execution: &Execution,
        cause: &anyhow::Error,
    ) -> Result<(), HandleError> {
        let why = format!("{cause:#}");
        let released = self
            .store
            .in_company::<_, HandleError, _>(execution.company_id, async |conn| {
                Ok(executions::release(conn, execution, Some(&why)).await?)
            });
        if released.await? { Ok(()) } else { Err(lost()) }
    }

    /// Ends an execution whose agent ran.
    pub(super) async fn ended(
        &self,
        conn: &mut AsyncPgConnection,
        execution: &Execution,
        received_at: DateTime<Utc>,
        content: ReplyContent,
    ) -> Result<Outcome, HandleError> {
        self.ended_and(conn, execution, received_at, content, Vec::new())
            .await
    }

    /// The same, with what its end gives rise to.
    async fn ended_and(
        &self,
        conn: &mut AsyncPgConnection,
        execution: &Execution,
        received_at: DateTime<Utc>,
        content: ReplyContent,
        then: Vec<Publication>,
    ) -> Result<Outcome, HandleError> {
        self.remember(conn, execution, &content).await?;
        let facts = content.is_facts();
        let mut outcome = self.reply(execution, received_at, content);
        outcome.publish.extend(then);
        if facts {
            let offer = self.offer(conn, execution, received_at).await?;
            outcome.publish.extend(offer);
        }
        self.complete(conn, execution, &outcome).await?;
        self.note_run(conn, execution, RunState::Completed, None)
            .await?;
        let agent = execution.agent_type.as_str();
        let took = execution.started_at.map(|began| self.now() - began);
        let seconds = took
            .and_then(|took| took.to_std().ok())
            .unwrap_or_default()
            .as_secs_f64();
        self.metrics
            .execution_seconds
            .with_label_values(&[agent])
            .observe(seconds);
        self.count(execution, "completed");
        tracing::info!(agent, seconds, "execution completed");
        Ok(outcome)
    }

    /// Remembers the numbered list that an answer shows, so that "2" means its second line.
    async fn remember(
        &self,
        conn: &mut AsyncPgConnection,
        execution: &Execution,
        content: &ReplyContent,
    ) -> Result<(), HandleError> {
        let context = execution.context.clone().map(serde_json::from_value);
        let Some(Ok(ExecutionContext { entities, .. })) = context else {
            return Ok(());
        };
        let intent = execution.intent_type;
        let Some(list) = ShownList::of_reply(execution.id, intent, &entities, content) else {
            return Ok(());
        };
        let (company, key, now) = (
            execution.company_id,
            &execution.conversation_key,
            self.now(),
        );
        let until = now + TimeDelta::minutes(self.limits.question_minutes.into());
        dialogues::remember(conn, company, key, list, now, until).await?;
        Ok(())
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
        profile: Option<&ProfileSummary>,
        permission: &Permission,
    ) -> Result<Request, HandleError> {
        let company = companies::get(conn, execution.company_id)
            .await?
            .ok_or_else(|| HandleError::Fail(anyhow!("the execution's company is gone")))?;
        Ok(Request {
            execution_id: execution.id,
            company,
            person: profile.map(|profile| Person {
                id: profile.id,
                time_zone: profile.time_zone,
                places: match permission {
                    Permission::Allowed { locations } => locations.clone(),
                    Permission::Denied => None,
                },
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

async fn call(
    conn: &mut AsyncPgConnection,
    agent: &Agent,
    request: &Request,
    profile: Option<ProfileSummary>,
) -> Result<Task, HandleError> {
    let endpoint = agent_rows::endpoint(conn, agent.company_id, agent.id)
        .await?
        .ok_or_else(|| HandleError::Fail(anyhow!("the agent has no endpoint")))?;
    let places = request
        .person
        .as_ref()
        .and_then(|person| person.places.as_ref());
    let locations = match places {
        Some(places) => {
            let mut all = locations::list(conn, agent.company_id).await?;
            all.retain(|place| places.contains(&place.id));
            Some(all.into_iter().map(|place| place.name).collect())
        }
        None => None,
    };
    let payload = Payload::new(agent.agent_type, request, profile, locations);
    Ok(Task::Call(Box::new((endpoint, payload))))
}
