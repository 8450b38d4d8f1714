//! Questions that an agent asks before it changes something, as the conversation remembers them:
//! the next message is read as their answer.

use chrono::{DateTime, TimeDelta, Utc};
use wharf_domain::{
    contracts::{ReplyContent, answers::Confirm},
    dialogue::{DialogueState, Form, PendingConfirmation},
    entities::EntityName,
    mapping::mapping_of,
};
use wharf_store::{AsyncPgConnection, dialogues};

use super::{AgentFailure, Request};

/// "Shall I?" A yes becomes an execution with `Step::Confirmed`, which names this one as `asked`;
/// a no becomes `Step::Declined` when this one leaves a draft. Returns until when an answer counts.
pub(super) async fn confirm(
    conn: &mut AsyncPgConnection,
    request: &Request,
    has_draft: bool,
) -> Result<DateTime<Utc>, AgentFailure> {
    let mapping = mapping_of(request.intent).ok_or_else(|| {
        AgentFailure::Refused(format!("{} has no agent that could ask", request.intent))
    })?;
    let state = DialogueState::Confirming(PendingConfirmation {
        intent: request.intent,
        agent: mapping.agent,
        entities: request.entities.clone(),
        asked: Some(request.execution_id),
        has_draft,
        asked_again: 0,
    });
    wait_for(conn, request, &state).await
}

/// The same question with what the request says and nothing more.
pub(super) async fn confirm_plainly(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<ReplyContent, AgentFailure> {
    let expires_at = confirm(conn, request, false).await?;
    Ok(ReplyContent::Confirm(Confirm {
        intent: request.intent,
        entities: request.entities.clone(),
        product: None,
        change: None,
        expires_at,
    }))
}

/// "Which one?", "How many?": the answer completes the request.
pub(super) async fn missing(
    conn: &mut AsyncPgConnection,
    request: &Request,
    entity: EntityName,
) -> Result<ReplyContent, AgentFailure> {
    let mut entities = request.entities.clone();
    entities.remove(entity);
    let state = DialogueState::Asking(Form {
        intent: request.intent,
        entities,
        missing: entity,
        tries: 0,
        confirm: false,
    });
    wait_for(conn, request, &state).await?;
    Ok(ReplyContent::MissingEntity { entity })
}

async fn wait_for(
    conn: &mut AsyncPgConnection,
    request: &Request,
    state: &DialogueState,
) -> Result<DateTime<Utc>, AgentFailure> {
    let until = request.now + TimeDelta::minutes(request.limits.question_minutes.into());
    let (company, key) = (request.company_id(), &request.conversation_key);
    dialogues::ask(conn, company, key, state, request.now, until).await?;
    Ok(until)
}
