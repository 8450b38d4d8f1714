//! Drafted orders whose question nobody answered: they are cancelled, once, and stay on record.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use wharf_domain::{
    dialogue::{DialogueState, PendingConfirmation},
    ids::CompanyId,
    intent::IntentType,
};
use wharf_store::{
    Across, AsyncPgConnection, StoreError,
    audit::{self, AuditAction, Entry},
    companies, dialogues, executions,
    purchase_orders::{self, CancelReason, Unanswered},
};

use super::AT_ONCE;
use crate::handler::Engine;

/// Cancels the drafts whose question is over.
pub(super) async fn cancel_unanswered(engine: &Engine) -> anyhow::Result<()> {
    let now = engine.now();
    let before = now - TimeDelta::minutes(engine.limits.question_minutes.into());
    let companies = engine
        .store
        .across::<_, StoreError, _>(Across::Sweeper, async |conn| companies::all(conn).await)
        .await?;
    for company in companies {
        let drafts = engine
            .store
            .in_company::<_, StoreError, _>(company.id, async |conn| {
                purchase_orders::unanswered(conn, company.id, before, AT_ONCE).await
            })
            .await?;
        for draft in drafts {
            let cancelled = engine
                .store
                .in_company::<_, StoreError, _>(company.id, async |conn| {
                    cancel(conn, company.id, &draft, now).await
                })
                .await?;
            if cancelled {
                tracing::info!(order = draft.name(), "nobody answered: draft cancelled");
                engine.swept("draft");
            }
        }
    }
    Ok(())
}

/// `false`: the question is open still, an answer is on its way, or it is no draft any more.
async fn cancel(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    draft: &Unanswered,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    // Holds the conversation's row: an answer that comes now is read before or after all of this.
    let waits = dialogues::get(conn, company, &draft.conversation_key, now).await?;
    let open = waits.filter(|found| !found.expired).is_some_and(|found| {
        matches!(
            found.state,
            DialogueState::Confirming(PendingConfirmation { asked: Some(asked), .. })
                if asked == draft.asked
        )
    });
    if open || executions::answer_under_way(conn, company, draft.asked).await? {
        return Ok(false);
    }
    let expired = CancelReason::Expired;
    if !purchase_orders::cancel(conn, company, draft.order, expired, now).await? {
        return Ok(false);
    }
    let entry = Entry {
        company,
        at: now,
        profile: None,
        execution: Some(draft.asked),
        intent: IntentType::ReorderStock,
        action: AuditAction::Cancelled,
        detail: json!({
            "number": draft.name(), "reason": expired.as_str(), "asked_by": draft.created_by,
        }),
    };
    audit::record(conn, &entry).await?;
    Ok(true)
}
