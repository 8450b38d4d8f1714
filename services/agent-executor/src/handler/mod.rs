//! One execution from its row to its result.
//!
//! ```text
//! pending --begin--> processing --complete--> completed
//!    ^                   |  \---- give up ---> failed
//!    \-- rollback, release
//! ```
//! What needs only the database is one transaction: beginning, the agent's effects and `completed`.
//! A crash leaves `pending`, and a repeated message finds the finished row and publishes its stored
//! outcome again.
//!
//! What needs more ([`Outside`](crate::agents::Outside)) is two, with the work between them. The
//! first commits `processing` under a short lease, which the worker renews while it lives. The
//! second has the agent's effects and `completed`; it is rolled back when the row is not the
//! worker's any more, so an effect still happens once. After a crash between the two the lease runs
//! out and the message, which came again, begins anew: files have the same names, calls the same
//! idempotency key.
//!
//! - [`run`]: the two transactions. - [`gate`]: whether the agent may work at all.
//! - [`outside`]: the work between them, with lease and deadlines. - [`replies`]: what is said.
//! - [`results`]: what external agents call back with. - [`handed`]: executions that follow from one.
//! - [`offered`]: the persona that is offered after an answer.

mod gate;
mod handed;
mod offered;
mod outside;
mod replies;
mod results;
mod run;

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use wharf_broker::Publisher;
use wharf_domain::{
    clock::SharedClock,
    contracts::{Envelope, ExecutionRequest},
};
use wharf_media::MediaStore;
use wharf_pipeline::{HandleError, Handler, Outcome};
use wharf_runtime::metrics::ExecutorMetrics;
use wharf_store::{
    AsyncPgConnection, Store,
    agent_runs::{self, Circuit, NewRun, RunState, Trigger},
    agents,
    executions::{self, Execution},
};

pub(crate) use self::results::ResultHandler;
use self::{
    replies::{received_at, stored},
    run::First,
};
use crate::{
    agents::{AgentFailure, Limits},
    config::ExecutionConfig,
    external::ExternalAgents,
};

/// What running executions needs. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Engine {
    /// The database.
    pub(crate) store: Store,
    /// For what is said before an execution has ended.
    pub(crate) publisher: Publisher,
    /// Where files go.
    pub(crate) media: MediaStore,
    /// Agents of the companies' own.
    pub(crate) external: ExternalAgents,
    /// The time.
    pub(crate) clock: SharedClock,
    /// Lease and deadlines.
    pub(crate) execution: ExecutionConfig,
    /// When a failing agent gets no more work.
    pub(crate) circuit: Circuit,
    /// What agents are told of the company's limits.
    pub(crate) limits: Limits,
    /// What is counted.
    pub(crate) metrics: ExecutorMetrics,
}

/// Runs executions.
pub(crate) struct ExecutionHandler(pub(crate) Engine);

impl Engine {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Counts what the sweeper did.
    pub(crate) fn swept(&self, what: &str) {
        self.metrics.swept.with_label_values(&[what]).inc();
    }

    fn count(&self, execution: &Execution, outcome: &str) {
        let labels = [execution.agent_type.as_str(), outcome];
        self.metrics.executions.with_label_values(&labels).inc();
    }

    /// Notes that an execution's agent ran, and how that ended.
    async fn note_run(
        &self,
        conn: &mut AsyncPgConnection,
        execution: &Execution,
        state: RunState,
        error: Option<&str>,
    ) -> Result<(), HandleError> {
        let company = execution.company_id;
        let agent = agents::find_or_create(conn, company, execution.agent_type).await?;
        let now = self.now();
        let run = NewRun {
            agent: agent.id,
            execution: Some(execution.id),
            trigger: if execution.contact_id.is_some() {
                Trigger::User
            } else {
                Trigger::Schedule
            },
            intent: execution.intent_type,
            state,
            started_at: execution.started_at.unwrap_or(now),
            ended_at: now,
            error,
        };
        agent_runs::record(conn, company, &run, self.circuit).await?;
        Ok(())
    }

    /// Ends an execution that the caller has as failed, with what was decided to say.
    pub(crate) async fn failed(
        &self,
        conn: &mut AsyncPgConnection,
        execution: &Execution,
        outcome: &Outcome,
        reason: &str,
    ) -> Result<(), HandleError> {
        let row = outcome
            .to_row()
            .map_err(|error| HandleError::Fail(error.into()))?;
        if !executions::fail(conn, execution, reason, &row, self.now()).await? {
            return Err(lost());
        }
        self.note_run(conn, execution, RunState::Failed, Some(reason))
            .await?;
        self.count(execution, "failed");
        Ok(())
    }

    /// Ends an execution that no worker has for good, and says so; what was said before when it had
    /// ended already.
    async fn abandon(
        &self,
        conn: &mut AsyncPgConnection,
        request: &ExecutionRequest,
        reason: &str,
    ) -> Result<Outcome, HandleError> {
        let (company, id) = (request.company_id, request.execution_id);
        let Some(execution) = executions::get(conn, company, id).await? else {
            return Ok(Outcome::nothing());
        };
        let outcome = self.sorry(&execution, received_at(&execution));
        let row = outcome
            .to_row()
            .map_err(|error| HandleError::Fail(error.into()))?;
        if executions::abandon(conn, company, id, reason, &row, self.now()).await? {
            self.note_run(conn, &execution, RunState::Failed, Some(reason))
                .await?;
            self.count(&execution, "failed");
            return Ok(outcome);
        }
        // It had ended after all: say what was decided then.
        stored(&execution)
    }
}

impl Handler for ExecutionHandler {
    type Input = ExecutionRequest;

    /// What changes something waits for the earlier changes of its conversation; reads overtake.
    /// [`gate`] makes that hold between processes too.
    fn order_key(&self, message: &Envelope<ExecutionRequest>) -> Option<String> {
        let body = &message.body;
        let in_turn = body.intent.mutates() && !body.intent.is_own_work_of(body.agent);
        in_turn.then(|| body.conversation_key.clone())
    }

    /// An earlier change may stand behind this one in the same process: it must be let by. What
    /// overtakes finds in the database that its turn has not come.
    fn retries_in_order(&self) -> bool {
        false
    }

    async fn handle(&self, message: &Envelope<ExecutionRequest>) -> Result<Outcome, HandleError> {
        let engine = &self.0;
        let first = engine
            .store
            .in_company(message.body.company_id, async |conn| {
                engine.first(conn, &message.body).await
            })
            .await?;
        match first {
            First::Ended(outcome) => Ok(outcome),
            First::Outside(held, task) => engine.go_on(*held, task).await,
        }
    }

    async fn give_up(
        &self,
        message: &Envelope<ExecutionRequest>,
        reason: &str,
    ) -> Result<Outcome, HandleError> {
        let engine = &self.0;
        engine
            .store
            .in_company(message.body.company_id, async |conn| {
                engine.abandon(conn, &message.body, reason).await
            })
            .await
    }

    async fn is_available(&self) -> bool {
        self.0.store.ping().await.is_ok()
    }
}

/// The error of an execution that was taken from its worker.
fn lost() -> HandleError {
    HandleError::NotYet(anyhow!("it is not this worker's any more"))
}

/// Why an agent has no answer, and what becomes of its execution.
pub(crate) fn failed(failure: AgentFailure) -> HandleError {
    match failure {
        AgentFailure::Store(error) => error.into(),
        AgentFailure::Refused(reason) => HandleError::Fail(anyhow!(reason)),
    }
}
