//! Contacts without a profile who wrote: how often, and when they were last told that we do not
//! know them.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use wharf_domain::ids::{CompanyId, ContactId};

use crate::{Result, schema::unknown_senders as u};

/// How often an unknown sender is told at most.
pub const TOLD_EVERY: TimeDelta = TimeDelta::hours(24);

/// Counts a message of an unknown sender.
///
/// # Errors
/// When the database fails.
pub async fn wrote(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(u::table)
        .values((
            u::company_id.eq(company.0),
            u::contact_id.eq(contact.0),
            u::messages.eq(1),
            u::last_at.eq(now),
        ))
        .on_conflict((u::company_id, u::contact_id))
        .do_update()
        .set((u::messages.eq(u::messages + 1), u::last_at.eq(now)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether the sender is to be told now that we do not know it: once in [`TOLD_EVERY`]. A yes is
/// noted.
///
/// # Errors
/// When the database fails.
pub async fn to_be_told(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let before = now - TOLD_EVERY;
    let rows = diesel::update(u::table)
        .filter(u::company_id.eq(company.0))
        .filter(u::contact_id.eq(contact.0))
        .filter(u::told_at.is_null().or(u::told_at.le(before)))
        .set(u::told_at.eq(now))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}
