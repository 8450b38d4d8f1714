//! What an execution changed: noted for UNDO and in the audit log, and taken back once and in time.

use chrono::TimeDelta;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use wharf_domain::{
    agent::AgentType,
    contracts::{ReplyContent, answers::WhyNotUndone},
    ids::ExecutionId,
};
use wharf_store::{
    AsyncPgConnection,
    audit::{self, AuditAction, Entry},
    effects::{self, NewEffect},
};

use super::{AgentFailure, Request};

/// Notes what the request changed.
pub(super) async fn note(
    conn: &mut AsyncPgConnection,
    request: &Request,
    agent: AgentType,
    change: &impl Serialize,
) -> Result<(), AgentFailure> {
    let change = serde_json::to_value(change).map_err(unreadable)?;
    let effect = NewEffect {
        execution_id: request.execution_id,
        company_id: request.company_id(),
        conversation_key: request.conversation_key.clone(),
        profile_id: request.person.as_ref().map(|person| person.id),
        agent,
        intent: request.intent,
        change: change.clone(),
        done_at: request.now,
    };
    effects::record(conn, &effect).await?;
    audit(conn, request, AuditAction::Done, change).await
}

/// Adds a line to the audit log.
pub(super) async fn audit(
    conn: &mut AsyncPgConnection,
    request: &Request,
    action: AuditAction,
    detail: Value,
) -> Result<(), AgentFailure> {
    let entry = Entry {
        company: request.company_id(),
        at: request.now,
        profile: request.person.as_ref().map(|person| person.id),
        execution: Some(request.execution_id),
        intent: request.intent,
        action,
        detail,
    };
    Ok(audit::record(conn, &entry).await?)
}

/// What the execution `of` changed, for the agent to take back; else why it cannot be.
pub(super) async fn to_undo<T: DeserializeOwned>(
    conn: &mut AsyncPgConnection,
    request: &Request,
    of: ExecutionId,
) -> Result<Result<T, ReplyContent>, AgentFailure> {
    let not = |why| Ok(Err(ReplyContent::NotUndone(why)));
    let Some(effect) = effects::get(conn, request.company_id(), of).await? else {
        return not(WhyNotUndone::Nothing);
    };
    if effect.undone_by.is_some() {
        return not(WhyNotUndone::Already);
    }
    let minutes = request.limits.undo_minutes;
    if request.now > effect.done_at + TimeDelta::minutes(minutes.into()) {
        return not(WhyNotUndone::TooLate { minutes });
    }
    Ok(Ok(
        serde_json::from_value(effect.change).map_err(unreadable)?
    ))
}

/// Notes that the change of `of` was taken back; `false` when somebody else did so at the same
/// time: then everything is to be left as it is.
pub(super) async fn undone(
    conn: &mut AsyncPgConnection,
    request: &Request,
    of: ExecutionId,
) -> Result<bool, AgentFailure> {
    let company = request.company_id();
    if !effects::mark_undone(conn, company, of, request.execution_id, request.now).await? {
        return Ok(false);
    }
    let detail = json!({ "undone": of });
    audit(conn, request, AuditAction::Undone, detail).await?;
    Ok(true)
}

fn unreadable(error: serde_json::Error) -> AgentFailure {
    AgentFailure::Refused(format!("an effect's change: {error}"))
}
