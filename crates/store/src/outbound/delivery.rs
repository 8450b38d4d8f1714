//! What became of a part: Twilio's answer to the POST, and its status callbacks.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{
    contracts::DeliveryStatus,
    ids::{CompanyId, ContactId, OutboundId},
};

use super::{OUTSIDE_WINDOW, OutboundStatus, PENDING, SENDING, held};
use crate::{
    Result, opt_outs,
    schema::{message_status_events as events, outbound_messages as o},
    tenant,
};

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
    if held::was_refused(conn, company, id, sid).await? {
        // The callback was faster than the answer: the part waits, and goes out under another sid.
        return Ok(true);
    }
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

/// Twilio refused a part's Content template: its text is to be claimed and sent in its place.
/// `false` when the part is not `sending`, Twilio has it, or it is a notice and has no text.
///
/// # Errors
/// When the database fails.
pub async fn as_text(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(o::table)
        .filter(o::company_id.eq(company.0))
        .filter(o::id.eq(id.0))
        .filter(o::status.eq(OutboundStatus::Sending.as_str()))
        .filter(o::message_sid.is_null())
        .filter(o::content_sid.is_not_null())
        .filter(o::body.ne(""))
        .set((
            o::status.eq(OutboundStatus::Pending.as_str()),
            o::status_rank.eq(PENDING),
            o::content_sid.eq(None::<String>),
            o::content_variables.eq(None::<serde_json::Value>),
            o::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
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
    /// What the error means beside that the message did not arrive.
    pub refusal: Option<Refusal>,
    /// When ingress received it.
    pub at: DateTime<Utc>,
}

/// What an error means beside that a message did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The Content template or what it says was refused: what was to be tapped goes out as text.
    OfContent,
    /// The recipient has opted out.
    OptedOut,
}

/// What a status callback changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The part is further now.
    Advanced,
    /// The part was as far already.
    Stale,
    /// The part was refused: as outside the 24-hour window, and waits for the user's next message; or
    /// for its Content template, and its text is due.
    Held,
    /// This callback had come before.
    Duplicate,
    /// The part had gone out under another sid: the user got, or will get, a second copy.
    SecondCopy,
    /// No part of ours.
    UnknownMessage,
}

/// Applies a status callback. It may come repeated, out of order and before the answer to the
/// POST; then it brings the sid. Takes no company: the signed callback names the message, the
/// message its company. Call it within a transaction begun by
/// [`Across::DeliveryStatus`](crate::Across::DeliveryStatus): it goes on in that company.
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
        (Some((id, company)), _) => {
            let company = CompanyId(company);
            tenant::enter(conn, company).await?;
            (OutboundId(id), company)
        }
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
            tenant::enter(conn, company).await?;
            if held::was_refused(conn, company, id, sid).await? {
                return Ok(Applied::Stale);
            }
            if !take_sid(conn, company, id, sid, update.at).await? {
                return Ok(Applied::SecondCopy);
            }
            (id, company)
        }
    };
    // Callbacks of one part wait for each other here: the insert's foreign key takes a share of the
    // row's lock, and two that held one would both wait for the other's. One that waited for the
    // one that took the sid away tells of a copy that is gone.
    let still: Option<Uuid> = o::table
        .filter(o::company_id.eq(company.0))
        .filter(o::id.eq(id.0))
        .filter(o::message_sid.eq(sid))
        .select(o::id)
        .for_update()
        .first(conn)
        .await
        .optional()?;
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
    let raised = still.is_some() && raise(conn, company, id, &rise).await?;
    if update.refusal == Some(Refusal::OptedOut) && update.status.is_failure() && new {
        note_opt_out(conn, company, id, update.at).await?;
    }
    if raised && update.status.is_failure() {
        let outside = update.error_code == Some(OUTSIDE_WINDOW);
        let of_content = !outside && update.refusal == Some(Refusal::OfContent);
        let as_text = of_content && is_tappable(conn, company, id).await?;
        let (code, at) = (update.error_code, update.at);
        if (outside || as_text) && held::hold_refused(conn, company, id, as_text, code, at).await? {
            return Ok(Applied::Held);
        }
    }
    Ok(match (raised, new) {
        (true, _) => Applied::Advanced,
        (false, true) => Applied::Stale,
        (false, false) => Applied::Duplicate,
    })
}

/// Notes that Twilio did not deliver a part because its recipient has opted out.
async fn note_opt_out(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
    now: DateTime<Utc>,
) -> Result<()> {
    let sent: Option<(Uuid, Option<DateTime<Utc>>)> = o::table
        .filter(o::company_id.eq(company.0))
        .filter(o::id.eq(id.0))
        .select((o::contact_id, o::sending_since))
        .first(conn)
        .await
        .optional()?;
    if let Some((contact, since)) = sent {
        opt_outs::refused(conn, company, ContactId(contact), since, now).await?;
    }
    Ok(())
}

/// Whether a part went out as a Content template in place of its text.
async fn is_tappable(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
) -> Result<bool> {
    let found = o::table
        .filter(o::company_id.eq(company.0))
        .filter(o::id.eq(id.0))
        .filter(o::content_sid.is_not_null())
        .filter(o::body.ne(""));
    Ok(diesel::select(diesel::dsl::exists(found))
        .get_result(conn)
        .await?)
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
