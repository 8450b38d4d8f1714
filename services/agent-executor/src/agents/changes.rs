//! What an execution changed: noted for UNDO and in the audit log, and taken back once and in time.
//! Every change of an agent goes through here, so that there is one place that writes it down; that
//! an agent fails or recovers the store itself notes (`wharf_store::agent_runs`).
//!
//! - [`note`], [`to_undo`], [`undone`]: a change, and UNDO.
//! - [`audit`]: what is to be on record besides: drafts, refusals.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use wharf_domain::{
    contracts::{AgentErrorKind, ReplyContent, answers::WhyNotUndone},
    ids::ExecutionId,
    mapping::mapping_of,
};
use wharf_store::{
    AsyncPgConnection,
    audit::{self, AuditAction, Entry},
    effects::{self, NewEffect},
};

use super::{AgentFailure, Request};

/// Notes what the request changed, as its agent needs it to take the change back.
pub(super) async fn note(
    conn: &mut AsyncPgConnection,
    request: &Request,
    change: &impl Serialize,
) -> Result<(), AgentFailure> {
    let mapping = mapping_of(request.intent).ok_or_else(|| {
        AgentFailure::Refused(format!("{} has no agent that could change", request.intent))
    })?;
    let change = serde_json::to_value(change).map_err(unreadable)?;
    let effect = NewEffect {
        execution_id: request.execution_id,
        company_id: request.company_id(),
        conversation_key: request.conversation_key.clone(),
        profile_id: request.person.as_ref().map(|person| person.id),
        agent: mapping.agent,
        intent: request.intent,
        change: change.clone(),
        done_at: request.now,
        undo_until: request.undo_until(),
    };
    effects::record(conn, &effect).await?;
    audit(conn, request, AuditAction::Done, change).await
}

/// Adds a line to the audit log.
pub(crate) async fn audit(
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

/// What to say to somebody who may not ask for this; a line of the audit log says so too.
pub(crate) async fn denied(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<ReplyContent, AgentFailure> {
    let detail = json!({ "checked": "at execution", "entities": request.entities });
    audit(conn, request, AuditAction::Denied, detail).await?;
    Ok(ReplyContent::AgentError {
        kind: AgentErrorKind::Permission,
    })
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
    if let Some(minutes) = effect.too_late(request.now) {
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

/// Why a change could not be taken back though it was there a moment ago: somebody else took it
/// back at the same time, or it was changed since.
pub(super) async fn overtaken(
    conn: &mut AsyncPgConnection,
    request: &Request,
    of: ExecutionId,
) -> Result<ReplyContent, AgentFailure> {
    let again = to_undo::<Value>(conn, request, of).await?;
    let overtaken = ReplyContent::NotUndone(WhyNotUndone::Overtaken);
    Ok(again.err().unwrap_or(overtaken))
}

fn unreadable(error: serde_json::Error) -> AgentFailure {
    AgentFailure::Refused(format!("an effect's change: {error}"))
}
