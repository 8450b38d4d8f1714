//! Inbound messages, one row each.

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;
use wharf_domain::{
    address::Address,
    entities::Entities,
    ids::{CompanyId, ContactId, ExecutionId, ProfileId},
    intent::IntentType,
};

use crate::{
    Result,
    columns::{Col, OptCol},
    error::StoreError,
    executions::ExecutionStatus,
    schema::{agent_execution_queue as q, whatsapp_conversations as c},
};

/// An inbound message to be recorded.
#[derive(Debug, Clone)]
pub struct NewConversation {
    /// The tenant.
    pub company_id: CompanyId,
    /// Who wrote it.
    pub contact_id: ContactId,
    /// The person, when known.
    pub profile_id: Option<ProfileId>,
    /// The sender's address.
    pub address: Address,
    /// Twilio's account.
    pub account_sid: String,
    /// The message's identity.
    pub message_sid: String,
    /// The request that it starts.
    pub execution_id: ExecutionId,
    /// Orders the messages of one conversation.
    pub conversation_key: String,
    /// The text.
    pub body: String,
    /// What it carried beside its text (media, button, place …), or nothing.
    pub inbound: Option<Value>,
    /// What it was understood as.
    pub intent: Option<IntentType>,
    /// How sure that is, 0 to 1.
    pub confidence: Option<f64>,
    /// What it names.
    pub entities: Entities,
    /// When ingress received it.
    pub received_at: DateTime<Utc>,
}

/// A recorded message.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = c)]
pub struct Conversation {
    /// The row.
    pub id: Uuid,
    /// The tenant.
    #[diesel(deserialize_as = Uuid)]
    pub company_id: CompanyId,
    /// Who wrote it.
    #[diesel(deserialize_as = Uuid)]
    pub contact_id: ContactId,
    /// The sender's address, a phone number or a BSUID.
    #[diesel(deserialize_as = Col<Address>)]
    pub phone_number: Address,
    /// The request that it started.
    #[diesel(deserialize_as = Uuid)]
    pub execution_id: ExecutionId,
    /// The order in which messages were recorded.
    pub seq: i64,
    /// The text.
    pub message_body: Option<String>,
    /// What it was understood as.
    #[diesel(deserialize_as = OptCol<IntentType>)]
    pub intent_type: Option<IntentType>,
    /// How sure that was, 0 to 1.
    #[diesel(deserialize_as = OptCol<f64>)]
    pub intent_confidence: Option<f64>,
    /// What it names.
    pub entities: Option<Value>,
    /// The messages that handling it decided to publish.
    pub outcome: Option<Value>,
    /// Whether Twilio has taken a reply.
    pub response_sent: bool,
    /// When ingress received it.
    pub received_at: DateTime<Utc>,
}

/// Whether a message was there before.
#[derive(Debug, Clone, PartialEq)]
pub enum Recorded {
    /// It is new: handle it.
    New(Conversation),
    /// A redelivery: what was decided stands in `outcome`.
    Known(Conversation),
}

/// Records a message once, however often and from however many workers it comes: a second call
/// waits for the first one's transaction.
///
/// # Errors
/// [`StoreError::Conflict`] when the message belongs to another company; or the database fails.
pub async fn record(conn: &mut AsyncPgConnection, new: &NewConversation) -> Result<Recorded> {
    let confidence = new
        .confidence
        .and_then(|value| BigDecimal::try_from(value).ok())
        .map(|value| value.round(4));
    let entities = serde_json::to_value(&new.entities)
        .map_err(|error| StoreError::Invalid(error.to_string()))?;
    let inserted: Option<Conversation> = diesel::insert_into(c::table)
        .values((
            c::company_id.eq(new.company_id.0),
            c::contact_id.eq(new.contact_id.0),
            c::user_id.eq(new.profile_id.map(Uuid::from)),
            c::phone_number.eq(new.address.as_str()),
            c::account_sid.eq(&new.account_sid),
            c::message_sid.eq(&new.message_sid),
            c::execution_id.eq(new.execution_id.0),
            c::conversation_key.eq(&new.conversation_key),
            c::message_body.eq(&new.body),
            c::inbound.eq(&new.inbound),
            c::intent_type.eq(new.intent.map(IntentType::as_str)),
            c::intent_confidence.eq(confidence),
            c::entities.eq(entities),
            c::received_at.eq(new.received_at),
        ))
        .on_conflict_do_nothing()
        .returning(Conversation::as_returning())
        .get_result(conn)
        .await
        .optional()?;
    if let Some(row) = inserted {
        return Ok(Recorded::New(row));
    }
    by_execution(conn, new.company_id, new.execution_id)
        .await?
        .map(Recorded::Known)
        .ok_or(StoreError::Conflict(
            "the message was recorded for another company or execution",
        ))
}

/// The message that started `execution`.
///
/// # Errors
/// When the database fails.
pub async fn by_execution(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    execution: ExecutionId,
) -> Result<Option<Conversation>> {
    Ok(c::table
        .filter(c::company_id.eq(company.0))
        .filter(c::execution_id.eq(execution.0))
        .select(Conversation::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Remembers what handling the message decided to publish; `false` when `company` has no such
/// message.
///
/// # Errors
/// When the database fails.
pub async fn set_outcome(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    execution: ExecutionId,
    outcome: &Value,
) -> Result<bool> {
    let rows = diesel::update(c::table)
        .filter(c::company_id.eq(company.0))
        .filter(c::execution_id.eq(execution.0))
        .set(c::outcome.eq(outcome))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Notes that Twilio has taken a reply; `false` when `company` has no such message (an execution
/// that no message started).
///
/// # Errors
/// When the database fails.
pub async fn mark_response_sent(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    execution: ExecutionId,
) -> Result<bool> {
    let rows = diesel::update(c::table)
        .filter(c::company_id.eq(company.0))
        .filter(c::execution_id.eq(execution.0))
        .set(c::response_sent.eq(true))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// The sids of the latest messages that came after `since` in conversations for which an agent has
/// work, one a conversation.
///
/// # Errors
/// When the database fails.
pub async fn worked_on(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    since: DateTime<Utc>,
) -> Result<Vec<String>> {
    let unfinished = [ExecutionStatus::Pending, ExecutionStatus::Processing];
    let work = q::table
        .filter(q::company_id.eq(company.0))
        .filter(q::status.eq_any(unfinished.map(ExecutionStatus::as_str)))
        .filter(q::created_at.gt(since))
        .select(q::conversation_key);
    Ok(c::table
        .filter(c::company_id.eq(company.0))
        .filter(c::received_at.gt(since))
        .filter(c::message_sid.is_not_null())
        .filter(c::conversation_key.eq_any(work))
        .distinct_on(c::conversation_key)
        .order((c::conversation_key, c::seq.desc()))
        .select(c::message_sid.assume_not_null())
        .load(conn)
        .await?)
}
