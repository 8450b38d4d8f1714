//! What conversations wait for, one row each. A row stays when it expires, so that a late answer
//! can be told so; the next question takes its place.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;
use wharf_domain::{
    dialogue::{DialogueState, ShownList},
    ids::{CompanyId, ExecutionId, MessageId},
};

use crate::{
    Result,
    error::StoreError,
    schema::{dialogues as d, outbound_messages as o},
};

/// What a conversation waits for, or waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What.
    pub state: DialogueState,
    /// Since when: what was written before is no answer to it.
    pub asked_at: DateTime<Utc>,
    /// Whether it is too late for the answer.
    pub expired: bool,
}

/// Lets the conversation wait for `state` until `expires_at`, instead of what it waited for before.
///
/// # Errors
/// When the database fails.
pub async fn ask(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    conversation_key: &str,
    state: &DialogueState,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let row = state
        .to_row()
        .map_err(|error| StoreError::Invalid(error.to_string()))?;
    let values = (
        d::state.eq(row),
        d::expires_at.eq(expires_at),
        d::updated_at.eq(now),
    );
    diesel::insert_into(d::table)
        .values((
            d::company_id.eq(company.0),
            d::conversation_key.eq(conversation_key),
            values.clone(),
        ))
        .on_conflict((d::company_id, d::conversation_key))
        .do_update()
        .set(values)
        .execute(conn)
        .await?;
    Ok(())
}

/// Remembers the numbered list that a reply shows until `expires_at`, in the way of
/// [`ShownList::after`]; a question that waits for a yes stays, and the list is not remembered.
///
/// # Errors
/// When the database fails.
pub async fn remember(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    conversation_key: &str,
    list: ShownList,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let live = get(conn, company, conversation_key, now).await?;
    let live = live.filter(|found| !found.expired);
    let earlier = live.map(|found| found.state);
    if matches!(earlier, Some(DialogueState::Confirming(_))) {
        return Ok(());
    }
    let state = DialogueState::Choosing(list.after(earlier));
    ask(conn, company, conversation_key, &state, now, expires_at).await
}

/// What the conversation waits for at `now`; `None` when for nothing that this version can read.
/// Holds the row until the transaction ends, so that nobody else takes the same answer.
///
/// # Errors
/// When the database fails.
pub async fn get(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    conversation_key: &str,
    now: DateTime<Utc>,
) -> Result<Option<Found>> {
    let row: Option<(Value, DateTime<Utc>, DateTime<Utc>)> = d::table
        .filter(d::company_id.eq(company.0))
        .filter(d::conversation_key.eq(conversation_key))
        .select((d::state, d::updated_at, d::expires_at))
        .for_update()
        .first(conn)
        .await
        .optional()?;
    Ok(row.and_then(|(state, asked_at, expires_at)| {
        Some(Found {
            state: DialogueState::from_row(&state)?,
            asked_at,
            expired: expires_at <= now,
        })
    }))
}

/// Lets the conversation wait for nothing; `false` when it did so before.
///
/// # Errors
/// When the database fails.
pub async fn clear(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    conversation_key: &str,
) -> Result<bool> {
    let rows = diesel::delete(d::table)
        .filter(d::company_id.eq(company.0))
        .filter(d::conversation_key.eq(conversation_key))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// A reply of ours that a message quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotedReply {
    /// The request that it answers.
    pub execution_id: ExecutionId,
    /// The message that asked for it.
    pub reply_id: MessageId,
    /// When it was worded.
    pub at: DateTime<Utc>,
}

/// The reply of this conversation that went out as Twilio's `message_sid`.
///
/// # Errors
/// When the database fails.
pub async fn quoted(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    conversation_key: &str,
    message_sid: &str,
) -> Result<Option<QuotedReply>> {
    let row: Option<(Uuid, Uuid, DateTime<Utc>)> = o::table
        .filter(o::company_id.eq(company.0))
        .filter(o::conversation_key.eq(conversation_key))
        .filter(o::message_sid.eq(message_sid))
        .select((o::execution_id, o::reply_id, o::created_at))
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(|(execution, reply, at)| QuotedReply {
        execution_id: execution.into(),
        reply_id: reply.into(),
        at,
    }))
}
