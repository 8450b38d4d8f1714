//! Finds alerts, lists, acknowledges and resolves them.

use wharf_domain::contracts::{ReplyContent, answers::JobReport};
use wharf_store::AsyncPgConnection;

use super::{Agent, AgentFailure, Request, Work};

/// See the module.
#[derive(Debug)]
pub(super) struct AlertGenerator;

impl Agent for AlertGenerator {
    async fn run(
        &self,
        _conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<Work, AgentFailure> {
        Ok(Work::done(ReplyContent::NotAvailable {
            intent: request.intent.as_str().to_owned(),
        }))
    }

    async fn job(
        &self,
        _conn: &mut AsyncPgConnection,
        _request: &Request,
    ) -> Result<JobReport, AgentFailure> {
        Ok(JobReport {
            agent: "alert_generator".to_owned(),
            counts: Vec::new(),
        })
    }
}
