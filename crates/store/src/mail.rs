//! Mails that go with replies, each sent once.
//!
//! A mail server knows no idempotency key either. So a mail is `sending` (committed) before it is
//! handed over, and one found `sending` later may have gone out: it is sent again with the same
//! Message-ID, by which the reader's server can tell.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::{CompanyId, ExecutionId, MailId, ProfileId};

use crate::{
    Result,
    columns::{Col, text_enum},
    error::StoreError,
    schema::mail_messages as m,
};

text_enum! {
    /// How far a mail is.
    pub enum MailStatus {
        /// Not handed over.
        Pending = "pending",
        /// It may have been handed over.
        Sending = "sending",
        /// The mail server has it.
        Sent = "sent",
        /// Given up.
        Failed = "failed",
    }
}

/// A mail to be sent.
#[derive(Clone)]
pub struct NewMail {
    /// The tenant.
    pub company_id: CompanyId,
    /// The request that it answers.
    pub execution_id: ExecutionId,
    /// Whose address it is.
    pub profile_id: ProfileId,
    /// The address.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// What the Message-ID ends in: our domain.
    pub domain: String,
    /// When it was decided.
    pub created_at: DateTime<Utc>,
}

/// A mail as it stands.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = m)]
pub struct Mail {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: MailId,
    /// The tenant.
    #[diesel(deserialize_as = Uuid)]
    pub company_id: CompanyId,
    /// The request that it answers.
    #[diesel(deserialize_as = Uuid)]
    pub execution_id: ExecutionId,
    /// The address.
    pub to_address: String,
    /// Its subject.
    pub subject: String,
    /// The Message-ID, without brackets.
    pub message_id: String,
    /// How far it is.
    #[diesel(deserialize_as = Col<MailStatus>)]
    pub status: MailStatus,
    /// How often handing it over was begun.
    pub attempts: i32,
    /// What the server said last.
    pub error: Option<String>,
    /// When the latest attempt began.
    pub sending_since: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail")
            .field("id", &self.id)
            .field("status", &self.status)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// What to do with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// Commit, then send it.
    Send(Mail),
    /// Somebody may be sending it, or may have sent it and died: see `sending_since`.
    Doubtful(Mail),
    /// Nothing: it is out, or given up.
    Done(Mail),
    /// The company has no such mail.
    Missing,
}

/// Writes a mail down once and returns it as it stands.
///
/// # Errors
/// [`StoreError::Conflict`] when the mail belongs to another company; or the database fails.
pub async fn plan(conn: &mut AsyncPgConnection, new: &NewMail) -> Result<Mail> {
    let id = MailId::of(new.execution_id, &new.to);
    diesel::insert_into(m::table)
        .values((
            m::id.eq(id.0),
            m::company_id.eq(new.company_id.0),
            m::execution_id.eq(new.execution_id.0),
            m::profile_id.eq(new.profile_id.0),
            m::to_address.eq(&new.to),
            m::subject.eq(&new.subject),
            m::message_id.eq(format!("{id}@{}", new.domain)),
            m::created_at.eq(new.created_at),
            m::updated_at.eq(new.created_at),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    get(conn, new.company_id, id)
        .await?
        .ok_or(StoreError::Conflict("the mail belongs to another company"))
}

/// One mail.
///
/// # Errors
/// When the database fails.
pub async fn get(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: MailId,
) -> Result<Option<Mail>> {
    Ok(m::table
        .filter(m::company_id.eq(company.0))
        .filter(m::id.eq(id.0))
        .select(Mail::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The mails of an execution.
///
/// # Errors
/// When the database fails.
pub async fn of_execution(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    execution: ExecutionId,
) -> Result<Vec<Mail>> {
    Ok(m::table
        .filter(m::company_id.eq(company.0))
        .filter(m::execution_id.eq(execution.0))
        .order(m::id)
        .select(Mail::as_select())
        .load(conn)
        .await?)
}

/// Takes a mail for sending: one that is pending, or one whose sending began before `lost`. Of
/// several at once, one gets `Send`. Commit before the mail goes out.
///
/// # Errors
/// When the database fails.
pub async fn claim_sending(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: MailId,
    lost: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Claimed> {
    let pending = m::status.eq(MailStatus::Pending.as_str());
    let abandoned = m::status
        .eq(MailStatus::Sending.as_str())
        .and(m::sending_since.le(lost).assume_not_null());
    let claimed: Option<Mail> = diesel::update(m::table)
        .filter(m::company_id.eq(company.0))
        .filter(m::id.eq(id.0))
        .filter(pending.or(abandoned))
        .set((
            m::status.eq(MailStatus::Sending.as_str()),
            m::attempts.eq(m::attempts + 1),
            m::sending_since.eq(now),
            m::updated_at.eq(now),
        ))
        .returning(Mail::as_returning())
        .get_result(conn)
        .await
        .optional()?;
    if let Some(mail) = claimed {
        return Ok(Claimed::Send(mail));
    }
    Ok(match get(conn, company, id).await? {
        None => Claimed::Missing,
        Some(mail) if mail.status == MailStatus::Sending => Claimed::Doubtful(mail),
        Some(mail) => Claimed::Done(mail),
    })
}

/// The mail server has it. `false` when it was not being sent.
///
/// # Errors
/// When the database fails.
pub async fn mark_sent(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: MailId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(m::table)
        .filter(m::company_id.eq(company.0))
        .filter(m::id.eq(id.0))
        .filter(m::status.eq(MailStatus::Sending.as_str()))
        .set((
            m::status.eq(MailStatus::Sent.as_str()),
            m::error.eq(None::<String>),
            m::sent_at.eq(now),
            m::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// The mail was not taken for now: to be claimed again. `false` when it was not being sent.
///
/// # Errors
/// When the database fails.
pub async fn mark_pending(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: MailId,
    error: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let from = [MailStatus::Sending.as_str()];
    settle(conn, company, id, (&from, MailStatus::Pending), error, now).await
}

/// The mail is given up. `false` when it is out or was given up before.
///
/// # Errors
/// When the database fails.
pub async fn mark_failed(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: MailId,
    error: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let from = [MailStatus::Pending.as_str(), MailStatus::Sending.as_str()];
    settle(conn, company, id, (&from, MailStatus::Failed), error, now).await
}

async fn settle(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: MailId,
    (from, to): (&[&str], MailStatus),
    error: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(m::table)
        .filter(m::company_id.eq(company.0))
        .filter(m::id.eq(id.0))
        .filter(m::status.eq_any(from))
        .set((
            m::status.eq(to.as_str()),
            m::error.eq(error),
            m::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}
