//! Parts of replies on their way to the user.
//!
//! Sending is the one step without an idempotency key at the other side. So a part is `sending`
//! (committed) before the POST, and one found `sending` later is doubtful: it may have gone out.
//! From then on its status only rises (see `DeliveryStatus::rank`), whatever the order in which
//! callbacks and the answer to the POST arrive.

mod delivery;
mod held;

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

pub use delivery::{
    Applied, Refusal, StatusUpdate, apply_status, as_text, mark_failed, mark_pending, mark_sent,
    mark_unknown,
};
pub use held::{
    OUTSIDE_WINDOW, WINDOW, due, due_contacts, hold, last_notice, mark_noticed, release, unnoticed,
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
        /// Waits for the user's next message.
        Held = "held",
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
    /// The file's URL; such a part has no text.
    pub media_url: Option<String>,
    /// What it was worded with.
    pub template: Option<String>,
    /// Twilio's Content template, `HX…`: of a notice, which has no text, or of buttons or a list to
    /// tap, which go out in place of the text.
    pub content_sid: Option<String>,
    /// The Content template's variables.
    pub content_variables: Option<serde_json::Value>,
    /// Whether nobody asked for it: see `ReplyRequest::proactive`.
    pub proactive: bool,
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
    /// The message that asked for the reply.
    #[diesel(deserialize_as = Uuid)]
    pub reply_id: MessageId,
    /// Orders the replies of one conversation.
    pub conversation_key: String,
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
    /// The file's URL.
    pub media_url: Option<String>,
    /// What it was worded with.
    pub template: Option<String>,
    /// Since when it waits, or waited, for the user's next message.
    pub held_at: Option<DateTime<Utc>>,
    /// The user's last message when it was held.
    pub held_after: Option<DateTime<Utc>>,
    /// Twilio's Content template: of a notice, or of what can be tapped.
    pub content_sid: Option<String>,
    /// The Content template's variables.
    pub content_variables: Option<serde_json::Value>,
    /// Whether nobody asked for it.
    pub proactive: bool,
}

impl Outbound {
    /// Whether it only tells that something waits: a Content template without a text.
    #[must_use]
    pub fn is_notice(&self) -> bool {
        self.content_sid.is_some() && self.body.is_empty()
    }
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
                o::media_url.eq(&part.media_url),
                o::template.eq(&part.template),
                o::content_sid.eq(&part.content_sid),
                o::content_variables.eq(&part.content_variables),
                o::proactive.eq(part.proactive),
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

/// Whether some part already has this sid of Twilio's, or had it until it was refused.
///
/// # Errors
/// When the database fails.
pub async fn is_known_sid(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    sid: &str,
) -> Result<bool> {
    let has = diesel::dsl::exists(
        o::table
            .filter(o::company_id.eq(company.0))
            .filter(o::message_sid.eq(sid)),
    );
    let had = diesel::dsl::exists(
        events::table
            .filter(events::company_id.eq(company.0))
            .filter(events::message_sid.eq(sid)),
    );
    Ok(diesel::select(has.or(had)).get_result(conn).await?)
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
