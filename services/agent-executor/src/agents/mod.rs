//! The agents, one file each.
//!
//! To add one: a variant of `AgentType` and its rows in `mapping.rs` (crates/domain), a file here
//! with a type that implements [`Agent`], and its lines in [`run`], [`finish`] and [`job`].
//!
//! An agent works on the transaction of its execution, so its effects and the execution's
//! `completed` are one. What must not happen within a transaction (rendering a document, writing to
//! the object storage) it hands back as [`Outside`]; the handler does it between two transactions.

mod alert_generator;
mod ask;
pub(crate) mod changes;
mod controller;
mod inventory_monitor;
mod lookup;
mod plan;
mod purchase_optimizer;
mod report_generator;
mod request;
mod supplier_evaluator;

use std::future::Future;

use thiserror::Error;
use wharf_domain::{
    agent::AgentType,
    contracts::{
        Attachment, ReplyContent, Step,
        answers::{JobReport, WhyNotUndone},
    },
    ids::ExecutionId,
};
use wharf_store::{AsyncPgConnection, StoreError};

use self::{
    alert_generator::AlertGenerator, controller::Controller, inventory_monitor::InventoryMonitor,
    purchase_optimizer::PurchaseOptimizer, report_generator::ReportGenerator,
    supplier_evaluator::SupplierEvaluator,
};
pub use request::{ConfirmResolve, Limits, Person, Request};

/// A background agent. Every method may be called again for the same execution after a crash; what
/// it did before was rolled back then.
pub trait Agent {
    /// Does what the request asks, or asks whether it shall; or does it after a yes.
    ///
    /// # Errors
    /// [`AgentFailure`]; everything it did is rolled back.
    fn run(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> impl Future<Output = Result<Work, AgentFailure>> + Send;

    /// Takes away what `asked` left behind when it asked: the answer was no. By default there is
    /// nothing.
    ///
    /// # Errors
    /// [`AgentFailure`]; everything it did is rolled back.
    fn decline(
        &self,
        _conn: &mut AsyncPgConnection,
        request: &Request,
        _asked: ExecutionId,
    ) -> impl Future<Output = Result<ReplyContent, AgentFailure>> + Send {
        let intent = request.intent;
        std::future::ready(Ok(ReplyContent::Declined { intent }))
    }

    /// Takes back what `of` changed, by a change the other way. By default it changed nothing.
    ///
    /// # Errors
    /// [`AgentFailure`]; everything it did is rolled back.
    fn undo(
        &self,
        _conn: &mut AsyncPgConnection,
        _request: &Request,
        _of: ExecutionId,
    ) -> impl Future<Output = Result<ReplyContent, AgentFailure>> + Send {
        let nothing = ReplyContent::NotUndone(WhyNotUndone::Nothing);
        std::future::ready(Ok(nothing))
    }

    /// Goes on after the handler has done what [`Work::Outside`] asked for, in a new transaction.
    ///
    /// # Errors
    /// [`AgentFailure`]; everything it did is rolled back.
    fn finish(
        &self,
        _conn: &mut AsyncPgConnection,
        _request: &Request,
        _made: Made,
    ) -> impl Future<Output = Result<ReplyContent, AgentFailure>> + Send {
        let refused = AgentFailure::Refused("this agent asks for nothing outside".to_owned());
        std::future::ready(Err(refused))
    }

    /// The work that it does by itself, when somebody starts it (`run_agent`) or it is time.
    /// Repeating it at once changes nothing more.
    ///
    /// # Errors
    /// [`AgentFailure`]; everything it did is rolled back.
    fn job(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> impl Future<Output = Result<JobReport, AgentFailure>> + Send;
}

/// What an agent's run comes to.
#[derive(Debug)]
pub enum Work {
    /// The answer; the execution is completed with it.
    Done(Box<ReplyContent>),
    /// The answer, and agents of the company's own that are to do their own work: each gets an
    /// execution of its own, which is called, tried again and answered like any.
    Handed(Box<ReplyContent>, Vec<AgentType>),
    /// Something to do outside the transaction first.
    Outside(Outside),
}

impl Work {
    /// The answer.
    #[must_use]
    pub fn done(content: ReplyContent) -> Self {
        Self::Done(Box::new(content))
    }
}

/// What the handler does for an agent outside any transaction. To add a kind: a variant here, its
/// result in [`Made`], and how it is done in `handler`.
#[derive(Debug)]
pub enum Outside {
    /// Make a file and put it into the object storage, under the execution's id: a repeat meets its
    /// own file again. Comes back as [`Made::Document`].
    Document(Box<DocumentJob>),
}

/// A file to be made. [`wharf_documents::render`] names it.
#[derive(Debug, Clone)]
pub struct DocumentJob {
    /// What it shows.
    pub report: wharf_documents::Report,
    /// As what.
    pub format: wharf_documents::Format,
    /// What the agent wants back with the file, so that its answer and the file agree.
    pub carried: serde_json::Value,
}

/// What came of [`Outside`].
#[derive(Debug)]
pub enum Made {
    /// A document.
    Document {
        /// The file, as it stands in the object storage.
        file: Attachment,
        /// [`DocumentJob::carried`].
        carried: serde_json::Value,
    },
}

/// Why an agent has no answer.
#[derive(Debug, Error)]
pub enum AgentFailure {
    /// The database failed; whether it is tried again depends on how.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The request is not one that this agent can carry out.
    #[error("{0}")]
    Refused(String),
}

macro_rules! of_kind {
    ($kind:expr, $agent:ident => $call:expr) => {
        match $kind {
            AgentType::InventoryMonitor => {
                let $agent = InventoryMonitor;
                $call
            }
            AgentType::AlertGenerator => {
                let $agent = AlertGenerator;
                $call
            }
            AgentType::ReportGenerator => {
                let $agent = ReportGenerator;
                $call
            }
            AgentType::SupplierEvaluator => {
                let $agent = SupplierEvaluator;
                $call
            }
            AgentType::PurchaseOptimizer => {
                let $agent = PurchaseOptimizer;
                $call
            }
            AgentType::Controller => {
                let $agent = Controller;
                $call
            }
        }
    };
}

/// Runs the agent of `kind`.
///
/// # Errors
/// [`AgentFailure`] of the agent.
pub async fn run(
    kind: AgentType,
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<Work, AgentFailure> {
    of_kind!(kind, agent => step(&agent, conn, request).await)
}

async fn step<A: Agent + Sync>(
    agent: &A,
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<Work, AgentFailure> {
    match request.step {
        Step::Page { .. } if request.intent.mutates() => {
            Err(AgentFailure::Refused("a change has no pages".to_owned()))
        }
        Step::Ask | Step::Page { .. } | Step::Confirmed { .. } => agent.run(conn, request).await,
        Step::Declined { asked } => agent.decline(conn, request, asked).await.map(Work::done),
        Step::Undo { of } => agent.undo(conn, request, of).await.map(Work::done),
    }
}

/// The answer to an intent that is another agent's.
fn not_mine(request: &Request) -> ReplyContent {
    ReplyContent::NotAvailable {
        intent: request.intent.as_str().to_owned(),
    }
}

/// Lets the agent of `kind` go on.
///
/// # Errors
/// [`AgentFailure`] of the agent.
pub async fn finish(
    kind: AgentType,
    conn: &mut AsyncPgConnection,
    request: &Request,
    made: Made,
) -> Result<ReplyContent, AgentFailure> {
    of_kind!(kind, agent => agent.finish(conn, request, made).await)
}

/// Has the agent of `kind`, one of ours, do its own work and tells of it: somebody started it when
/// it was still one of the company's own.
///
/// # Errors
/// [`AgentFailure`] of the agent.
pub(crate) async fn own_work(
    kind: AgentType,
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<ReplyContent, AgentFailure> {
    let report = job(kind, conn, request).await?;
    Ok(controller::worked(kind, request, report))
}

/// Has the agent of `kind` do its own work. The controller has none.
///
/// # Errors
/// [`AgentFailure`] of the agent.
pub async fn job(
    kind: AgentType,
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<JobReport, AgentFailure> {
    of_kind!(kind, agent => agent.job(conn, request).await)
}
