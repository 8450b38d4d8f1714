//! Finds what is not as it should be, lists it, and keeps who is on it. The rules stand in
//! docs/agents.md and, as code, in [`rules`].
//!
//! - [`scan`]: looks for everything that the rules name.
//! - [`view`]: lists, and the details of one.
//! - [`change`]: acknowledging, resolving, and taking that back.

mod change;
mod rules;
mod scan;
mod view;

use wharf_domain::{
    contracts::{ReplyContent, answers::JobReport},
    ids::ExecutionId,
    intent::IntentType,
};
use wharf_store::{AsyncPgConnection, alerts};

use super::{Agent, AgentFailure, Request, Work, not_mine};
pub(super) use view::line;

/// See the module.
#[derive(Debug)]
pub(super) struct AlertGenerator;

/// Looks for alerts when nobody ever has: else there would seem to be none.
pub(super) async fn looked(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<(), AgentFailure> {
    if alerts::scanned_at(conn, request.company_id())
        .await?
        .is_none()
    {
        scan::scan(conn, request).await?;
    }
    Ok(())
}

impl Agent for AlertGenerator {
    async fn run(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<Work, AgentFailure> {
        let content = match request.intent {
            IntentType::ViewAlerts => view::view(conn, request).await?,
            IntentType::AcknowledgeAlert => {
                change::change(conn, request, change::To::Acknowledged).await?
            }
            IntentType::ResolveAlert => change::change(conn, request, change::To::Resolved).await?,
            _ => not_mine(request),
        };
        Ok(Work::done(content))
    }

    async fn undo(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
        of: ExecutionId,
    ) -> Result<ReplyContent, AgentFailure> {
        change::undo(conn, request, of).await
    }

    /// Looks for alerts.
    async fn job(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<JobReport, AgentFailure> {
        scan::scan(conn, request).await
    }
}
