//! The live alerts, and one in detail.

use wharf_domain::{
    contracts::{
        ReplyContent,
        answers::{AlertDetail, AlertLine, AlertNotFound, AlertState, AlertSummary},
    },
    entities::EntityName,
    ids::ProfileId,
};
use wharf_store::{
    AsyncPgConnection,
    alerts::{self, Alert, Filter, Severity},
};

use crate::agents::{AgentFailure, Request, lookup::CHOICES};

/// Live alerts that an answer lists when it cannot find the one that was asked for.
const LIVE: i64 = 5;

pub(super) async fn view(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<ReplyContent, AgentFailure> {
    let company = request.company_id();
    super::looked(conn, request).await?;
    let entities = &request.entities;
    if let Some(asked) = entities.get(EntityName::AlertId) {
        return detail(conn, request, asked).await;
    }
    let severity: Option<Severity> = entities
        .get(EntityName::Severity)
        .and_then(|severity| severity.parse().ok());
    let filter = Filter {
        severity,
        category: entities.get(EntityName::Category),
    };
    let counts = alerts::counts(conn, company, filter).await?;
    let of = |severity| {
        let found = counts.iter().find(|(found, _)| *found == severity);
        found.map_or(0, |(_, count)| number(*count))
    };
    let after = request.after();
    let page = alerts::page(conn, company, filter, after, CHOICES).await?;
    Ok(ReplyContent::AlertSummary(AlertSummary {
        severity: severity.map(|severity| severity.as_str().to_owned()),
        category: filter.category.map(str::to_owned),
        count: counts.iter().map(|(_, count)| number(*count)).sum(),
        critical: of(Severity::Critical),
        high: of(Severity::High),
        medium: of(Severity::Medium),
        low: of(Severity::Low),
        after,
        alerts: page.iter().map(line).collect(),
        scanned_at: alerts::scanned_at(conn, company).await?,
        as_of: request.now,
    }))
}

async fn detail(
    conn: &mut AsyncPgConnection,
    request: &Request,
    asked: &str,
) -> Result<ReplyContent, AgentFailure> {
    let Some(alert) = find(conn, request, asked).await? else {
        return not_found(conn, request, asked).await;
    };
    let by = name(conn, request, alert.acknowledged_by).await?;
    let acknowledged = by.zip(alert.acknowledged_at);
    let by = name(conn, request, alert.resolved_by).await?;
    let resolved = alert.resolved_at.map(|at| (by, at));
    Ok(ReplyContent::AlertDetail(AlertDetail {
        alert: line(&alert),
        acknowledged,
        resolved,
        as_of: request.now,
    }))
}

/// The alert of that id, as people write it.
pub(super) async fn find(
    conn: &mut AsyncPgConnection,
    request: &Request,
    asked: &str,
) -> Result<Option<Alert>, AgentFailure> {
    match alerts::number(asked) {
        Some(number) => Ok(alerts::get(conn, request.company_id(), number).await?),
        None => Ok(None),
    }
}

/// "There is no such alert; there are these."
pub(super) async fn not_found(
    conn: &mut AsyncPgConnection,
    request: &Request,
    asked: &str,
) -> Result<ReplyContent, AgentFailure> {
    let live = alerts::live(conn, request.company_id(), Filter::default(), LIVE).await?;
    Ok(ReplyContent::AlertNotFound(AlertNotFound {
        asked: asked.to_owned(),
        live: live.iter().map(line).collect(),
    }))
}

/// What the person is called.
pub(super) async fn name(
    conn: &mut AsyncPgConnection,
    request: &Request,
    id: Option<ProfileId>,
) -> Result<Option<String>, AgentFailure> {
    let Some(id) = id else {
        return Ok(None);
    };
    let found = alerts::names(conn, request.company_id(), &[id]).await?;
    Ok(found.into_iter().next().map(|(_, name)| name))
}

/// Live alerts of the company.
pub(super) async fn remaining(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<u32, AgentFailure> {
    let counts = alerts::counts(conn, request.company_id(), Filter::default()).await?;
    Ok(counts.into_iter().map(|(_, count)| number(count)).sum())
}

/// The alert as a list shows it. Products are called by code and name.
pub(in crate::agents) fn line(alert: &Alert) -> AlertLine {
    let facts = alert.facts.as_object().cloned().unwrap_or_default();
    let subject = match facts.get("name").and_then(serde_json::Value::as_str) {
        Some(name) => format!("{} {name}", alert.subject),
        None => alert.subject.clone(),
    };
    AlertLine {
        id: alert.name(),
        kind: alert.kind.as_str().to_owned(),
        severity: alert.severity.as_str().to_owned(),
        category: alert.category.clone(),
        subject,
        facts,
        state: match alert.state {
            alerts::AlertState::Open => AlertState::Open,
            alerts::AlertState::Acknowledged => AlertState::Acknowledged,
            alerts::AlertState::Resolved => AlertState::Resolved,
        },
        raised_at: alert.raised_at,
    }
}

fn number(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
