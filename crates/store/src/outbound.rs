//! Parts of replies on their way to the user.
//!
//! Sending is the one step without an idempotency key at the other side. So a part is `sending`
//! (committed) before the POST, and one found `sending` later is doubtful: it may have gone out.
//! From then on its status only rises (see `DeliveryStatus::rank`), whatever the order in which
//! callbacks and the answer to the POST arrive.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{
    contracts::DeliveryStatus,
    ids::{CompanyId, ContactId, ExecutionId, MessageId, OutboundId},
};

use crate::{
    Result,
    columns::{Col, text_enum},
    error::StoreError,
    schema::{message_status_events as events, outbound_messages as o},
};

/// The rank of a part that is not handed over; its status `pending`.
const PENDING: i16 = -2;
/// The rank of a part whose POST may have happened; its status `sending` or `unknown`.
const SENDING: i16 = -1;

text_enum! {
    /// How far a part is.
    pub enum OutboundStatus {
        /// Not handed to Twilio.
        Pending = "pending",
        /// The POST may have happened.
        Sending = "sending",
        /// Twilio has it (its accepted, scheduled, queued and sending).
        Queued = "queued",
        /// WhatsApp has it.
        Sent = "sent",
        /// On the user's phone.
        Delivered = "delivered",
        /// Read.
        Read = "read",
        /// Twilio could not send it.
        Failed = "failed",
        /// WhatsApp could not deliver it.
        Undelivered = "undelivered",
        /// Withdrawn.
        Canceled = "canceled",
        /// Nobody can say whether it went out; not sent again.
        Unknown = "unknown",
    }
}

impl From<DeliveryStatus> for OutboundStatus {
    fn from(status: DeliveryStatus) -> Self {
        match status {
            DeliveryStatus::Accepted
            | DeliveryStatus::Scheduled
            | DeliveryStatus::Queued
            | DeliveryStatus::Sending => Self::Queued,
            DeliveryStatus::Sent => Self::Sent,
            DeliveryStatus::Delivered => Self::Delivered,
            DeliveryStatus::Read => Self::Read,
            DeliveryStatus::Failed => Self::Failed,
            DeliveryStatus::Undelivered => Self::Undelivered,
            DeliveryStatus::Canceled => Self::Canceled,
        }
    }
}

/// A part to be sent.
#[derive(Debug, Clone)]
pub struct NewOutbound {
    /// Derived from reply and part: [`ExecutionId::outbound`].
    pub id: OutboundId,
    /// The tenant.
    pub company_id: CompanyId,
    /// Who gets it.
    pub contact_id: ContactId,
    /// The request that it answers.
    pub execution_id: ExecutionId,
    /// The message that asked for the reply.
    pub reply_id: MessageId,
    /// Orders the replies of one conversation.
    pub conversation_key: String,
    /// From 0.
    pub part: i16,
    /// How many there are.
    pub parts: i16,
    /// The text.
    pub body: String,
    /// When it was worded.
    pub created_at: DateTime<Utc>,
}

/// A part as it stands.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = o)]
pub struct Outbound {
    /// Its id, which travels in the StatusCallback URL.
    #[diesel(deserialize_as = Uuid)]
    pub id: OutboundId,
    /// The tenant.
    #[diesel(deserialize_as = Uuid)]
    pub company_id: CompanyId,
    /// Who gets it.
    #[diesel(deserialize_as = Uuid)]
    pub contact_id: ContactId,
    /// The request that it answers.
    #[diesel(deserialize_as = Uuid)]
    pub execution_id: ExecutionId,
    /// From 0.
    pub part: i16,
    /// How many there are.
    pub parts: i16,
    /// The text.
    pub body: String,
    /// How far it is.
    #[diesel(deserialize_as = Col<OutboundStatus>)]
    pub status: OutboundStatus,
    /// Twilio's id of it.
    pub message_sid: Option<String>,
    /// Twilio's error.
    pub error_code: Option<i32>,
    /// Twilio's words for it.
    pub error_message: Option<String>,
    /// How often a POST was begun.
    pub attempts: i32,
    /// When the latest POST began.
    pub sending_since: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound")
            .field("id", &self.id)
            .field("part", &self.part)
            .field("parts", &self.parts)
            .field("status", &self.status)
            .field("message_sid", &self.message_sid)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// What to do with a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// Commit, then send it.
    Send(Outbound),
    /// An earlier POST may have happened: find out first, then [`mark_pending`], [`mark_sent`] or
    /// [`mark_unknown`].
    Doubtful(Outbound),
    /// Nothing: it is out, or given up.
    Done(Outbound),
    /// The company has no such part.
    Missing,
}

/// Writes the parts of one reply down once and returns them as they stand, in part order: on a
/// redelivery the bodies are those of the first time, even if a text has changed since.
///
/// # Errors
/// [`StoreError::Conflict`] when the reply belongs to another company; or the database fails.
pub async fn prepare(conn: &mut AsyncPgConnection, parts: &[NewOutbound]) -> Result<Vec<Outbound>> {
    let Some(first) = parts.first() else {
        return Ok(Vec::new());
    };
    let (company, reply) = (first.company_id, first.reply_id);
    if parts
        .iter()
        .any(|part| (part.company_id, part.reply_id) != (company, reply))
    {
        return Err(StoreError::Conflict("parts of several replies at once"));
    }
    let known = of_reply(conn, company, reply).await?;
    if !known.is_empty() {
        return Ok(known);
    }
    let rows: Vec<_> = parts
        .iter()
        .map(|part| {
            (
                o::id.eq(part.id.0),
                o::company_id.eq(part.company_id.0),
                o::contact_id.eq(part.contact_id.0),
                o::execution_id.eq(part.execution_id.0),
                o::reply_id.eq(part.reply_id.0),
                o::conversation_key.eq(&part.conversation_key),
                o::part.eq(part.part),
                o::parts.eq(part.parts),
                o::body.eq(&part.body),
                o::created_at.eq(part.created_at),
                o::updated_at.eq(part.created_at),
            )
        })
        .collect();
    diesel::insert_into(o::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    let rows = of_reply(conn, company, reply).await?;
    if rows.is_empty() {
        return Err(StoreError::Conflict("the reply belongs to another company"));
    }
    Ok(rows)
}

/// The parts of a reply, in order.
///
/// # Errors
/// When the database fails.
pub async fn of_reply(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    reply: MessageId,
) -> Result<Vec<Outbound>> {
    Ok(o::table
        .filter(o::company_id.eq(company.0))
        .filter(o::reply_id.eq(reply.0))
        .order(o::part)
        .select(Outbound::as_select())
        .load(conn)
        .await?)
}

/// Whether some part already has this sid of Twilio's.
///
/// # Errors
/// When the database fails.
pub async fn is_known_sid(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    sid: &str,
) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(
        o::table
            .filter(o::company_id.eq(company.0))
            .filter(o::message_sid.eq(sid)),
    ))
    .get_result(conn)
    .await?)
}

/// Takes a pending part for sending. Of several at once, one gets `Send`. Commit before the POST.
///
/// # Errors
/// When the database fails.
pub async fn claim_sending(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
    now: DateTime<Utc>,
) -> Result<Claimed> {
    let claimed: Option<Outbound> = diesel::update(o::table)
        .filter(o::company_id.eq(company.0))
        .filter(o::id.eq(id.0))
        .filter(o::status.eq(OutboundStatus::Pending.as_str()))
        .set((
            o::status.eq(OutboundStatus::Sending.as_str()),
            o::status_rank.eq(SENDING),
            o::attempts.eq(o::attempts + 1),
            o::sending_since.eq(now),
            o::updated_at.eq(now),
        ))
        .returning(Outbound::as_returning())
        .get_result(conn)
        .await
        .optional()?;
    if let Some(row) = claimed {
        return Ok(Claimed::Send(row));
    }
    Ok(match get(conn, company, id).await? {
        None => Claimed::Missing,
        Some(row) if row.status == OutboundStatus::Sending => Claimed::Doubtful(row),
        Some(row) => Claimed::Done(row),
    })
}

/// One part.
///
/// # Errors
/// When the database fails.
pub async fn get(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
) -> Result<Option<Outbound>> {
    Ok(o::table
        .filter(o::company_id.eq(company.0))
        .filter(o::id.eq(id.0))
        .select(Outbound::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Twilio has taken the part as `sid`. A callback that came first keeps its higher status.
/// `false` when `company` has no such part or it went out under another sid before: a second
/// copy, to be counted.
///
/// # Errors
/// When the database fails.
pub async fn mark_sent(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
    sid: &str,
    status: DeliveryStatus,
    now: DateTime<Utc>,
) -> Result<bool> {
    if !take_sid(conn, company, id, sid, now).await? {
        return Ok(false);
    }
    raise(conn, company, id, &Rise::to(status, now)).await?;
    Ok(true)
}

/// Twilio refused the part for good. `false` when it was not being sent.
///
/// # Errors
/// When the database fails.
pub async fn mark_failed(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
    error_code: Option<i32>,
    error_message: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rise = Rise {
        error_code,
        error_message,
        ..Rise::to(DeliveryStatus::Failed, now)
    };
    raise(conn, company, id, &rise).await
}

/// The POST certainly did not happen, or was refused for now: to be claimed again. `false` when
/// the part is not `sending` or Twilio has it.
///
/// # Errors
/// When the database fails.
pub async fn mark_pending(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
    now: DateTime<Utc>,
) -> Result<bool> {
    settle_sending(conn, company, id, OutboundStatus::Pending, PENDING, now).await
}

/// Nobody can say whether the part went out: it is not sent again. A callback may still resolve
/// it. `false` when the part is not `sending` or Twilio has it.
///
/// # Errors
/// When the database fails.
pub async fn mark_unknown(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
    now: DateTime<Utc>,
) -> Result<bool> {
    settle_sending(conn, company, id, OutboundStatus::Unknown, SENDING, now).await
}

async fn settle_sending(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
    to: OutboundStatus,
    rank: i16,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(o::table)
        .filter(o::company_id.eq(company.0))
        .filter(o::id.eq(id.0))
        .filter(o::status.eq(OutboundStatus::Sending.as_str()))
        .filter(o::message_sid.is_null())
        .set((
            o::status.eq(to.as_str()),
            o::status_rank.eq(rank),
            o::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// A status callback, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusUpdate {
    /// Twilio's id of the message.
    pub message_sid: String,
    /// Our id, from the callback URL's query.
    pub outbound_id: Option<OutboundId>,
    /// The status.
    pub status: DeliveryStatus,
    /// Twilio's error.
    pub error_code: Option<i32>,
    /// Twilio's words for it.
    pub error_message: Option<String>,
    /// When ingress received it.
    pub at: DateTime<Utc>,
}

/// What a status callback changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The part is further now.
    Advanced,
    /// The part was as far already.
    Stale,
    /// This callback had come before.
    Duplicate,
    /// The part had gone out under another sid: the user got, or will get, a second copy.
    SecondCopy,
    /// No part of ours.
    UnknownMessage,
}

/// Applies a status callback. It may come repeated, out of order and before the answer to the
/// POST; then it brings the sid. Takes no company: the signed callback names the message, the
/// message its company. Call it within a transaction.
///
/// # Errors
/// When the database fails.
pub async fn apply_status(conn: &mut AsyncPgConnection, update: &StatusUpdate) -> Result<Applied> {
    let sid = update.message_sid.as_str();
    let found: Option<(Uuid, Uuid)> = o::table
        .filter(o::message_sid.eq(sid))
        .select((o::id, o::company_id))
        .first(conn)
        .await
        .optional()?;
    let (id, company) = match (found, update.outbound_id) {
        (Some((id, company)), _) => (OutboundId(id), CompanyId(company)),
        (None, None) => return Ok(Applied::UnknownMessage),
        (None, Some(id)) => {
            let company: Option<Uuid> = o::table
                .find(id.0)
                .select(o::company_id)
                .first(conn)
                .await
                .optional()?;
            let Some(company) = company.map(CompanyId) else {
                return Ok(Applied::UnknownMessage);
            };
            if !take_sid(conn, company, id, sid, update.at).await? {
                return Ok(Applied::SecondCopy);
            }
            (id, company)
        }
    };
    let new = diesel::insert_into(events::table)
        .values((
            events::message_sid.eq(sid),
            events::status.eq(update.status.as_str()),
            events::company_id.eq(company.0),
            events::outbound_id.eq(id.0),
            events::error_code.eq(update.error_code),
            events::received_at.eq(update.at),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?
        == 1;
    let rise = Rise {
        error_code: update.error_code,
        error_message: update.error_message.as_deref(),
        ..Rise::to(update.status, update.at)
    };
    Ok(match (raise(conn, company, id, &rise).await?, new) {
        (true, _) => Applied::Advanced,
        (false, true) => Applied::Stale,
        (false, false) => Applied::Duplicate,
    })
}

/// Gives the part its sid; `false` when it has another one, or is not there.
async fn take_sid(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
    sid: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(o::table)
        .filter(o::company_id.eq(company.0))
        .filter(o::id.eq(id.0))
        .filter(
            o::message_sid
                .is_null()
                .or(o::message_sid.eq(sid).assume_not_null()),
        )
        .set((o::message_sid.eq(sid), o::updated_at.eq(now)))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// A step up.
struct Rise<'a> {
    status: DeliveryStatus,
    error_code: Option<i32>,
    error_message: Option<&'a str>,
    now: DateTime<Utc>,
}

impl Rise<'_> {
    const fn to(status: DeliveryStatus, now: DateTime<Utc>) -> Self {
        Self {
            status,
            error_code: None,
            error_message: None,
            now,
        }
    }
}

/// Raises the status when that is higher; `false` when it is not.
async fn raise(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
    rise: &Rise<'_>,
) -> Result<bool> {
    let rows = diesel::update(o::table)
        .filter(o::company_id.eq(company.0))
        .filter(o::id.eq(id.0))
        .filter(o::status_rank.lt(rise.status.rank()))
        .set((
            o::status.eq(OutboundStatus::from(rise.status).as_str()),
            o::status_rank.eq(rise.status.rank()),
            o::error_code.eq(rise.error_code),
            o::error_message.eq(rise.error_message),
            o::updated_at.eq(rise.now),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}
