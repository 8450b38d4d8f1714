//! Files that people sent: noted by nlp, fetched by responder, kept for agents that ask for them,
//! removed when their time is over.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::{CompanyId, ContactId, ExecutionId, ProfileId};

use crate::{
    Result,
    columns::{Col, OptCol, text_enum},
    schema::inbound_media as m,
};

text_enum! {
    /// How far a file is.
    pub enum InboundMediaState {
        /// It is to be fetched.
        Waiting = "waiting",
        /// It is in the storage.
        Kept = "kept",
        /// It is not what we keep; it is not asked for again.
        Refused = "refused",
        /// It could not be had.
        Failed = "failed",
        /// It was kept for its time.
        Removed = "removed",
    }
}

/// A file to be fetched.
#[derive(Debug, Clone)]
pub struct NewInboundMedia<'a> {
    /// The tenant.
    pub company_id: CompanyId,
    /// Who sent it.
    pub contact_id: ContactId,
    /// The person.
    pub profile_id: Option<ProfileId>,
    /// The message's execution.
    pub execution_id: ExecutionId,
    /// Of the message's files, from 0.
    pub number: i16,
    /// The message.
    pub message_sid: &'a str,
    /// Where it is, at Twilio.
    pub url: &'a str,
    /// The MIME type that Twilio stated.
    pub declared_type: &'a str,
    /// When ingress received the message.
    pub received_at: DateTime<Utc>,
}

/// A file of a message.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = m)]
pub struct InboundMedia {
    /// The row.
    pub id: Uuid,
    /// The tenant.
    #[diesel(deserialize_as = Uuid)]
    pub company_id: CompanyId,
    /// Who sent it.
    #[diesel(deserialize_as = Uuid)]
    pub contact_id: ContactId,
    /// The person.
    #[diesel(deserialize_as = OptCol<ProfileId>)]
    pub profile_id: Option<ProfileId>,
    /// The message's execution.
    #[diesel(deserialize_as = Uuid)]
    pub execution_id: ExecutionId,
    /// Of the message's files, from 0.
    pub number: i16,
    /// The message.
    pub message_sid: String,
    /// Where it is, at Twilio.
    pub url: String,
    /// The MIME type that Twilio stated.
    pub declared_type: String,
    /// When ingress received the message.
    pub received_at: DateTime<Utc>,
    /// How far it is.
    #[diesel(deserialize_as = Col<InboundMediaState>)]
    pub state: InboundMediaState,
    /// Why it is refused or failed, in words for operators.
    pub reason: Option<String>,
    /// Tries to fetch it that have begun.
    pub attempts: i32,
    /// The MIME type that its bytes showed.
    pub content_type: Option<String>,
    /// Its size in bytes.
    pub size_bytes: Option<i64>,
    /// Where it is in the storage.
    pub object_key: Option<String>,
}

/// A file that is in the storage now.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// The MIME type that its bytes showed.
    pub content_type: &'a str,
    /// Its size in bytes.
    pub size_bytes: i64,
    /// Where it is.
    pub object_key: &'a str,
    /// When it was put there.
    pub at: DateTime<Utc>,
    /// When it is removed.
    pub remove_at: DateTime<Utc>,
}

/// Notes files to be fetched. Call it within the transaction that handles the message; a repeat
/// changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn expect(conn: &mut AsyncPgConnection, new: &[NewInboundMedia<'_>]) -> Result<()> {
    let rows: Vec<_> = new
        .iter()
        .map(|new| {
            (
                m::company_id.eq(new.company_id.0),
                m::contact_id.eq(new.contact_id.0),
                m::profile_id.eq(new.profile_id.map(Uuid::from)),
                m::execution_id.eq(new.execution_id.0),
                m::number.eq(new.number),
                m::message_sid.eq(new.message_sid),
                m::url.eq(new.url),
                m::declared_type.eq(new.declared_type),
                m::received_at.eq(new.received_at),
                m::next_try_at.eq(new.received_at),
            )
        })
        .collect();
    diesel::insert_into(m::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// The companies that have files to be fetched or removed now. Takes no company: it finds them.
///
/// # Errors
/// When the database fails.
pub async fn companies_with_work(
    conn: &mut AsyncPgConnection,
    now: DateTime<Utc>,
) -> Result<Vec<CompanyId>> {
    let waiting = m::state
        .eq(InboundMediaState::Waiting.as_str())
        .and(m::next_try_at.le(now));
    let over = m::state
        .eq(InboundMediaState::Kept.as_str())
        .and(m::remove_at.le(now));
    let ids: Vec<Uuid> = m::table
        .filter(waiting.or(over.assume_not_null()))
        .select(m::company_id)
        .distinct()
        .order(m::company_id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(CompanyId).collect())
}

/// Takes files of the company to fetch, the oldest first, at most `limit`: nobody else gets them
/// before `again_at`. Call it within a transaction.
///
/// # Errors
/// When the database fails.
pub async fn claim(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    now: DateTime<Utc>,
    again_at: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<InboundMedia>> {
    let ids: Vec<Uuid> = m::table
        .filter(m::company_id.eq(company.0))
        .filter(m::state.eq(InboundMediaState::Waiting.as_str()))
        .filter(m::next_try_at.le(now))
        .order((m::next_try_at, m::id))
        .limit(limit)
        .select(m::id)
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    Ok(diesel::update(m::table)
        .filter(m::company_id.eq(company.0))
        .filter(m::id.eq_any(ids))
        .set((m::attempts.eq(m::attempts + 1), m::next_try_at.eq(again_at)))
        .returning(InboundMedia::as_returning())
        .get_results(conn)
        .await?)
}

/// Notes that a file is in the storage; `false` when it is not waited for any more.
///
/// # Errors
/// When the database fails.
pub async fn mark_kept(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: Uuid,
    kept: &Kept<'_>,
) -> Result<bool> {
    let rows = diesel::update(m::table)
        .filter(m::company_id.eq(company.0))
        .filter(m::id.eq(id))
        .filter(m::state.eq(InboundMediaState::Waiting.as_str()))
        .set((
            m::state.eq(InboundMediaState::Kept.as_str()),
            m::reason.eq(None::<String>),
            m::content_type.eq(kept.content_type),
            m::size_bytes.eq(kept.size_bytes),
            m::object_key.eq(kept.object_key),
            m::kept_at.eq(kept.at),
            m::remove_at.eq(kept.remove_at),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Notes why a file is not kept: for good (`Refused`, `Failed`), or not yet (`Waiting`), to be tried
/// again at `next_try_at`.
///
/// # Errors
/// When the database fails.
pub async fn mark_not_kept(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: Uuid,
    state: InboundMediaState,
    reason: &str,
    next_try_at: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(m::table)
        .filter(m::company_id.eq(company.0))
        .filter(m::id.eq(id))
        .filter(m::state.eq(InboundMediaState::Waiting.as_str()))
        .set((
            m::state.eq(state.as_str()),
            m::reason.eq(reason),
            m::next_try_at.eq(next_try_at),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// The company's files whose time is over, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn due_for_removal(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<InboundMedia>> {
    Ok(m::table
        .filter(m::company_id.eq(company.0))
        .filter(m::state.eq(InboundMediaState::Kept.as_str()))
        .filter(m::remove_at.le(now))
        .order((m::remove_at, m::id))
        .limit(limit)
        .select(InboundMedia::as_select())
        .load(conn)
        .await?)
}

/// Notes that a file was taken out of the storage.
///
/// # Errors
/// When the database fails.
pub async fn mark_removed(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: Uuid,
) -> Result<bool> {
    let rows = diesel::update(m::table)
        .filter(m::company_id.eq(company.0))
        .filter(m::id.eq(id))
        .filter(m::state.eq(InboundMediaState::Kept.as_str()))
        .set(m::state.eq(InboundMediaState::Removed.as_str()))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// The files of a message, in their order, for an agent that asks for them.
///
/// # Errors
/// When the database fails.
pub async fn of_message(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    execution: ExecutionId,
) -> Result<Vec<InboundMedia>> {
    Ok(m::table
        .filter(m::company_id.eq(company.0))
        .filter(m::execution_id.eq(execution.0))
        .order(m::number)
        .select(InboundMedia::as_select())
        .load(conn)
        .await?)
}
