//! Makes reports, metrics and the day's digest. The formulas stand in docs/agents.md and, as code,
//! in [`metric`].
//!
//! - [`basis`]: the sums that figures are computed from, and the days that they are of.
//! - [`metric`]: how the figures are computed; what people call them: `wharf_domain::metric`.
//! - [`summary`], [`digest`]: the answers in a message.
//! - [`document`], [`layout`]: the answers in a file.
//! - [`daily`]: its own work.

mod basis;
mod daily;
mod digest;
mod document;
mod layout;
mod metric;
mod summary;

use wharf_domain::{
    contracts::{ReplyContent, answers::JobReport},
    entities::EntityName,
    intent::IntentType,
    period::Period,
};
use wharf_store::AsyncPgConnection;

use super::{Agent, AgentFailure, Made, Request, Work, not_mine};

/// See the module.
#[derive(Debug)]
pub(super) struct ReportGenerator;

impl Agent for ReportGenerator {
    async fn run(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<Work, AgentFailure> {
        match request.intent {
            IntentType::GenerateReport => document::run(conn, request).await,
            IntentType::ViewMetrics => summary::run(conn, request).await.map(Work::done),
            IntentType::DailyDigest => digest::run(conn, request).await.map(Work::done),
            _ => Ok(Work::done(not_mine(request))),
        }
    }

    async fn finish(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
        made: Made,
    ) -> Result<ReplyContent, AgentFailure> {
        document::finish(conn, request, made).await
    }

    /// Asks for the inventory report of the day, once a day and person.
    async fn job(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<JobReport, AgentFailure> {
        daily::job(conn, request).await
    }
}

/// The days that the request names, as the company counts days: sales and stock are. `None` when
/// it names none, or what cannot be read.
fn asked(request: &Request) -> Option<Period> {
    let range = request.entities.get(EntityName::DateRange)?;
    Period::read(range, request.company_today(), request.week_start())
}

/// What is meant when no days are named: the month up to today.
fn this_month(request: &Request) -> Period {
    let today = request.company_today();
    Period::read("this_month", today, request.week_start()).unwrap_or(Period::day(today))
}
