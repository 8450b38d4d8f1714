//! The agents, one file each.
//!
//! To add one: a variant of `AgentType` and its rows in `mapping.rs` (crates/domain), a file here
//! with a type that implements [`Agent`], and a line in [`run`].

mod inventory_monitor;

use std::future::Future;

use chrono::{DateTime, Utc};
use thiserror::Error;
use wharf_domain::{
    agent::AgentType, contracts::ReplyContent, entities::Entities, ids::CompanyId,
    intent::IntentType,
};
use wharf_store::{AsyncPgConnection, StoreError};

use self::inventory_monitor::InventoryMonitor;

/// What an agent is asked.
#[derive(Debug, Clone)]
pub struct Request {
    /// Whose data it works on.
    pub company_id: CompanyId,
    /// What is wanted.
    pub intent: IntentType,
    /// What the message names.
    pub entities: Entities,
    /// The moment that it works at.
    pub now: DateTime<Utc>,
}

/// A background agent. It works on the transaction of its execution, so its effects and the
/// execution's `completed` are one.
pub trait Agent {
    /// Does the work and says what to answer.
    ///
    /// # Errors
    /// [`AgentFailure`]; everything it did is rolled back.
    fn run(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> impl Future<Output = Result<ReplyContent, AgentFailure>> + Send;
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

/// Runs the agent of `kind`.
///
/// # Errors
/// [`AgentFailure`] of the agent.
pub async fn run(
    kind: AgentType,
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<ReplyContent, AgentFailure> {
    match kind {
        AgentType::InventoryMonitor => InventoryMonitor.run(conn, request).await,
        AgentType::AlertGenerator
        | AgentType::ReportGenerator
        | AgentType::SupplierEvaluator
        | AgentType::PurchaseOptimizer
        | AgentType::Controller => Ok(ReplyContent::NotAvailable {
            intent: request.intent.as_str().to_owned(),
        }),
    }
}
