//! That an agent fails again and again, and that it has recovered: an alert that is raised once and
//! ended by itself, and lines of the audit log. Written in the transaction that closes or opens the
//! agent's circuit, so that there is no other place to forget it in.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::{Map, Value, json};
use wharf_domain::{
    ids::{ExecutionId, ProfileId},
    intent::IntentType,
};

use super::Agent;
use crate::{
    Result,
    agent_runs::NewRun,
    alerts::{self, AlertKind, Finding, Severity},
    audit::{self, AuditAction, Entry},
};

/// What made an agent recover.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cause {
    /// Who; `None`: a run that went well.
    pub(crate) profile: Option<ProfileId>,
    /// The run's request.
    pub(crate) execution: Option<ExecutionId>,
    /// What was asked.
    pub(crate) intent: IntentType,
    /// When.
    pub(crate) at: DateTime<Utc>,
}

/// `agent`, as it was before `run`, has failed so often that it gets no work until `until`. The
/// alert is raised when that begins; later failures only bring it up to date, since whoever
/// resolved it meanwhile knows.
pub(crate) async fn failing(
    conn: &mut AsyncPgConnection,
    agent: &Agent,
    run: &NewRun<'_>,
    failures: i32,
    until: DateTime<Utc>,
) -> Result<()> {
    let (company, name) = (agent.company_id, agent.agent_type.as_str());
    let finding = Finding {
        kind: AlertKind::AgentFailing,
        severity: Severity::High,
        subject: name.to_owned(),
        facts: Map::from_iter([
            ("failures".to_owned(), Value::from(failures)),
            ("closed_until".to_owned(), json!(until)),
        ]),
        product_id: None,
        supplier_id: None,
        order_id: None,
    };
    if agent.closed_until.is_some() {
        alerts::seen(conn, company, &finding, run.ended_at).await?;
        return Ok(());
    }
    alerts::raise(conn, company, &finding, run.ended_at).await?;
    let entry = Entry {
        company,
        at: run.ended_at,
        profile: None,
        execution: run.execution,
        intent: run.intent,
        action: AuditAction::AgentFailing,
        detail: json!({
            "agent": name, "failures": failures, "closed_until": until, "error": run.error,
        }),
    };
    audit::record(conn, &entry).await
}

/// `agent`, as it was before, gets work again.
pub(crate) async fn recovered(
    conn: &mut AsyncPgConnection,
    agent: &Agent,
    cause: Cause,
) -> Result<()> {
    let (company, name) = (agent.company_id, agent.agent_type.as_str());
    alerts::end(conn, company, AlertKind::AgentFailing, name, cause.at).await?;
    let entry = Entry {
        company,
        at: cause.at,
        profile: cause.profile,
        execution: cause.execution,
        intent: cause.intent,
        action: AuditAction::AgentRecovered,
        detail: json!({ "agent": name, "failures": agent.failures }),
    };
    audit::record(conn, &entry).await
}
