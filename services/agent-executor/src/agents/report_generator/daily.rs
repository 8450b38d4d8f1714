//! The agent's own work: the inventory report of the day.
//!
//! A document is not made within a transaction, so what the work does is to put a request for it
//! into the queue, under an id that follows from the day and the person: started again on the same
//! day, it finds the request there. Whoever starts the agent gets the report; when nobody did, it is
//! made and kept.

use chrono::TimeDelta;
use wharf_domain::{
    agent::AgentType,
    contracts::{ExecutionContext, Step, answers::JobReport},
    entities::{Entities, EntityName},
    ids::{ExecutionId, named},
    intent::IntentType,
    priority::Priority,
};
use wharf_store::{
    AsyncPgConnection,
    executions::{self, NewExecution},
    reports,
};

use super::layout::ReportType;
use crate::agents::{AgentFailure, Request};

/// Days that reports are counted over.
const DAYS: i64 = 30;

pub(super) async fn job(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<JobReport, AgentFailure> {
    let company = request.company_id();
    let asked = executions::enqueue(conn, &wanted(request)?).await?;
    let since = request.now - TimeDelta::days(DAYS);
    let made = reports::made_since(conn, company, since).await?;
    Ok(JobReport {
        agent: AgentType::ReportGenerator.as_str().to_owned(),
        counts: vec![
            ("reports_queued".to_owned(), i64::from(asked)),
            (format!("reports_made_in_{DAYS}_days"), made),
        ],
    })
}

fn wanted(request: &Request) -> Result<NewExecution, AgentFailure> {
    let company = request.company_id();
    let day = request.company_today();
    let whom = request
        .contact_id
        .map_or_else(String::new, |id| id.to_string());
    let mut entities = Entities::default();
    entities.set(EntityName::ReportType, ReportType::Inventory.as_str());
    entities.set(EntityName::DateRange, "this_month");
    let context = ExecutionContext {
        source: AgentType::ReportGenerator.as_str().to_owned(),
        entities,
        persona: None,
        received_at: request.now,
        step: Step::Ask,
        schedule: None,
        offer: None,
    };
    let context = serde_json::to_value(context)
        .map_err(|error| AgentFailure::Refused(format!("the request for a report: {error}")))?;
    Ok(NewExecution {
        id: ExecutionId(named(&format!("daily report:{company}:{day}:{whom}"))),
        company_id: company,
        agent_id: None,
        contact_id: request.contact_id,
        profile_id: request.person.as_ref().map(|person| person.id),
        conversation_key: request.conversation_key.clone(),
        intent: IntentType::GenerateReport,
        agent: AgentType::ReportGenerator,
        priority: Priority::Background,
        context,
        created_at: request.now,
    })
}
