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
    contracts::{ReplyContent, Step, answers::JobReport},
    intent::IntentType,
};
use wharf_store::{AsyncPgConnection, alerts};

use super::{Agent, AgentFailure, Request, Work};
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
        use IntentType::{AcknowledgeAlert, ResolveAlert, ViewAlerts};
        let content = match (request.intent, request.step) {
            (ViewAlerts, _) => view::view(conn, request).await?,
            (AcknowledgeAlert | ResolveAlert, Step::Undo { of }) => {
                change::undo(conn, request, of).await?
            }
            (intent @ (AcknowledgeAlert | ResolveAlert), Step::Declined { .. }) => {
                ReplyContent::Declined { intent }
            }
            (AcknowledgeAlert, _) => {
                change::change(conn, request, change::To::Acknowledged).await?
            }
            (ResolveAlert, _) => change::change(conn, request, change::To::Resolved).await?,
            (other, _) => ReplyContent::NotAvailable {
                intent: other.as_str().to_owned(),
            },
        };
        Ok(Work::done(content))
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
