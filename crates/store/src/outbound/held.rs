//! Parts that wait for the user's next message: WhatsApp takes free text only within 24 hours of it.
//!
//! A held part is released by a message of the user's that is later than the one that was the last
//! when it was held (`held_after`), not by the clock: Twilio may refuse what our clock allows. From
//! `held_at` on the reply's own message does not drive the part; who sends what is due does.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{
    contracts::DeliveryStatus,
    ids::{CompanyId, ContactId, OutboundId},
};

use super::{Outbound, OutboundStatus, PENDING};
use crate::{
    Result,
    schema::{contacts as c, message_status_events as events, outbound_messages as o},
};

/// How long after a user's last message free text may be sent to them.
pub const WINDOW: TimeDelta = TimeDelta::hours(24);

/// Twilio's code for free text outside the window.
pub const OUTSIDE_WINDOW: i32 = 63_016;

/// The statuses by which Twilio says that a message it took did not arrive.
const FAILURES: [DeliveryStatus; 2] = [DeliveryStatus::Failed, DeliveryStatus::Undelivered];

/// Holds a part that Twilio does not have. `held_after`: the user's last message that was known when
/// it was decided. `false` when the part is not `pending` or `sending`, or Twilio has it.
///
/// # Errors
/// When the database fails.
pub async fn hold(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
    held_after: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let open = [OutboundStatus::Pending, OutboundStatus::Sending].map(OutboundStatus::as_str);
    let rows = diesel::update(o::table)
        .filter(o::company_id.eq(company.0))
        .filter(o::id.eq(id.0))
        .filter(o::status.eq_any(open))
        .filter(o::message_sid.is_null())
        .set(held(held_after, now))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Holds a part that Twilio took and then refused: as outside the window, or for its Content template
/// (`as_text`), and then it is due at once. Its sid is forgotten, so that it can go out under
/// another, as text; callbacks for the old one are told by their event.
pub(super) async fn hold_refused(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
    as_text: bool,
    error_code: Option<i32>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let row: Option<(Uuid, Option<DateTime<Utc>>)> = o::table
        .filter(o::company_id.eq(company.0))
        .filter(o::id.eq(id.0))
        // A notice that is refused is no text that could wait.
        .filter(o::content_sid.is_null().or(o::body.ne("")))
        .select((o::contact_id, o::sending_since))
        .first(conn)
        .await
        .optional()?;
    let Some((contact, sent)) = row else {
        return Ok(false);
    };
    let last: Option<DateTime<Utc>> = c::table
        .filter(c::company_id.eq(company.0))
        .filter(c::id.eq(contact))
        .select(c::last_inbound_at)
        .first(conn)
        .await?;
    // What the user wrote after it was sent opens the window again.
    let held_after = match (last, sent) {
        _ if as_text => None,
        (Some(last), Some(sent)) => Some(last.min(sent)),
        (last, _) => last,
    };
    diesel::update(o::table)
        .filter(o::company_id.eq(company.0))
        .filter(o::id.eq(id.0))
        .set((
            held(held_after, now),
            o::message_sid.eq(None::<String>),
            o::error_code.eq(error_code),
        ))
        .execute(conn)
        .await?;
    Ok(true)
}

type Held = (
    diesel::dsl::Eq<o::status, &'static str>,
    diesel::dsl::Eq<o::status_rank, i16>,
    diesel::dsl::Eq<o::held_at, Option<DateTime<Utc>>>,
    diesel::dsl::Eq<o::held_after, Option<DateTime<Utc>>>,
    diesel::dsl::Eq<o::noticed_at, Option<DateTime<Utc>>>,
    diesel::dsl::Eq<o::content_sid, Option<String>>,
    diesel::dsl::Eq<o::content_variables, Option<serde_json::Value>>,
    diesel::dsl::Eq<o::updated_at, DateTime<Utc>>,
);

/// What can be tapped is of its moment: what waited goes out as text.
fn held(after: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Held {
    (
        o::status.eq(OutboundStatus::Held.as_str()),
        o::status_rank.eq(PENDING),
        o::held_at.eq(Some(now)),
        o::held_after.eq(after),
        o::noticed_at.eq(None),
        o::content_sid.eq(None),
        o::content_variables.eq(None),
        o::updated_at.eq(now),
    )
}

/// Whether Twilio took the message `sid` of a part and reported it as not delivered.
pub(super) async fn was_refused(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
    sid: &str,
) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(
        events::table
            .filter(events::company_id.eq(company.0))
            .filter(events::outbound_id.eq(id.0))
            .filter(events::message_sid.eq(sid))
            .filter(events::status.eq_any(FAILURES.map(DeliveryStatus::as_str))),
    ))
    .get_result(conn)
    .await?)
}

/// The contacts of a company with held parts that are due at `now`: they have written since, within
/// the window; and those with notices on their way.
///
/// # Errors
/// When the database fails.
pub async fn due_contacts(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    now: DateTime<Utc>,
) -> Result<Vec<ContactId>> {
    let ids: Vec<Uuid> = o::table
        .inner_join(c::table.on(c::id.eq(o::contact_id).and(c::company_id.eq(o::company_id))))
        .filter(o::company_id.eq(company.0))
        .filter(o::status.eq_any(DRIVEN.map(OutboundStatus::as_str)))
        .filter(
            o::content_sid
                .is_not_null()
                .and(o::body.eq(""))
                .or(o::held_at
                    .is_not_null()
                    .and(c::last_inbound_at.gt(now - WINDOW).assume_not_null())
                    .and(
                        o::held_after
                            .is_null()
                            .or(c::last_inbound_at.gt(o::held_after).assume_not_null()),
                    )),
        )
        .select(o::contact_id)
        .distinct()
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(ContactId).collect())
}

/// What is not driven by a message of its own: held parts, released ones, notices.
const DRIVEN: [OutboundStatus; 3] = [
    OutboundStatus::Held,
    OutboundStatus::Pending,
    OutboundStatus::Sending,
];

/// The parts of a contact that are due at `now`, in the order in which they were worded; notices
/// that are on their way among them.
///
/// # Errors
/// When the database fails.
pub async fn due(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
    now: DateTime<Utc>,
) -> Result<Vec<Outbound>> {
    let last: Option<DateTime<Utc>> = c::table
        .filter(c::company_id.eq(company.0))
        .filter(c::id.eq(contact.0))
        .select(c::last_inbound_at)
        .first(conn)
        .await
        .optional()?
        .flatten();
    let parts: Vec<Outbound> = o::table
        .filter(o::company_id.eq(company.0))
        .filter(o::contact_id.eq(contact.0))
        .filter(o::status.eq_any(DRIVEN.map(OutboundStatus::as_str)))
        .filter(
            o::content_sid
                .is_not_null()
                .and(o::body.eq(""))
                .or(o::held_at.is_not_null()),
        )
        .order((o::created_at, o::reply_id, o::part))
        .select(Outbound::as_select())
        .load(conn)
        .await?;
    let released = |part: &Outbound| {
        last.is_some_and(|last| {
            now - last < WINDOW && part.held_after.is_none_or(|after| last > after)
        })
    };
    Ok(parts
        .into_iter()
        .filter(|part| part.is_notice() || released(part))
        .collect())
}

/// Releases a held part: it is pending again. `false` when it is not held.
///
/// # Errors
/// When the database fails.
pub async fn release(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: OutboundId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(o::table)
        .filter(o::company_id.eq(company.0))
        .filter(o::id.eq(id.0))
        .filter(o::status.eq(OutboundStatus::Held.as_str()))
        .set((
            o::status.eq(OutboundStatus::Pending.as_str()),
            o::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Held parts of which no notice was given, the oldest first, at most 500.
///
/// # Errors
/// When the database fails.
pub async fn unnoticed(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Vec<Outbound>> {
    Ok(o::table
        .filter(o::company_id.eq(company.0))
        .filter(o::status.eq(OutboundStatus::Held.as_str()))
        .filter(o::noticed_at.is_null())
        .order((o::created_at, o::reply_id, o::part))
        .limit(500)
        .select(Outbound::as_select())
        .load(conn)
        .await?)
}

/// When the last notice was made for a contact; `None`: none was.
///
/// # Errors
/// When the database fails.
pub async fn last_notice(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
) -> Result<Option<DateTime<Utc>>> {
    Ok(o::table
        .filter(o::company_id.eq(company.0))
        .filter(o::contact_id.eq(contact.0))
        .filter(o::content_sid.is_not_null())
        .filter(o::body.eq(""))
        .select(diesel::dsl::max(o::created_at))
        .first(conn)
        .await?)
}

/// Notes that a contact was told of what is held for them; returns how many parts that are. Within
/// the transaction that makes the notice.
///
/// # Errors
/// When the database fails.
pub async fn mark_noticed(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
    now: DateTime<Utc>,
) -> Result<usize> {
    Ok(diesel::update(o::table)
        .filter(o::company_id.eq(company.0))
        .filter(o::contact_id.eq(contact.0))
        .filter(o::status.eq(OutboundStatus::Held.as_str()))
        .filter(o::noticed_at.is_null())
        .set(o::noticed_at.eq(now))
        .execute(conn)
        .await?)
}
