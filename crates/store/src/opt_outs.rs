//! Who said STOP, and whether a person may be written to first.

use chrono::{DateTime, Utc};
use diesel::{dsl::exists, prelude::*, select};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use wharf_domain::ids::{CompanyId, ContactId};

use crate::{
    Result,
    columns::text_enum,
    schema::{contacts, opt_outs as o},
};

text_enum! {
    /// How we know of it.
    pub enum OptSource {
        /// STOP or START in a message.
        Word = "word",
        /// Twilio recognised it (`OptOutType`).
        Twilio = "twilio",
        /// Twilio refused to send (error 21610).
        Refused = "refused",
    }
}

/// Notes that a contact opted out, or in again; `false` when it stood so before.
///
/// # Errors
/// When the database fails.
pub async fn set(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
    out: bool,
    source: OptSource,
    at: DateTime<Utc>,
) -> Result<bool> {
    if out != may_be_answered(conn, company, contact).await? {
        return Ok(false);
    }
    let change = (
        o::opted_out.eq(out),
        o::changed_at.eq(at),
        o::source.eq(source.as_str()),
    );
    diesel::insert_into(o::table)
        .values((
            o::company_id.eq(company.0),
            o::contact_id.eq(contact.0),
            change,
        ))
        .on_conflict((o::company_id, o::contact_id))
        .do_update()
        .set(change)
        .execute(conn)
        .await?;
    Ok(true)
}

/// Notes that Twilio refused what was sent at `sent` because its recipient has opted out (error
/// 21610, at once or by a callback); `false` when that was known, or when the contact has opted in
/// again after it was sent: the refusal is then older than the START.
///
/// # Errors
/// When the database fails.
pub async fn refused(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
    sent: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let back = o::table
        .filter(o::company_id.eq(company.0))
        .filter(o::contact_id.eq(contact.0))
        .filter(o::opted_out.eq(false))
        .filter(o::changed_at.gt(sent.unwrap_or(at)));
    if select(exists(back)).get_result(conn).await? {
        return Ok(false);
    }
    set(conn, company, contact, true, OptSource::Refused, at).await
}

/// Whether a contact has not opted out. Answers go to those who have, too: whoever asks wants to
/// hear. It is for what answers nothing they asked, as the text for unknown senders.
///
/// # Errors
/// When the database fails.
pub async fn may_be_answered(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
) -> Result<bool> {
    let out = o::table
        .filter(o::company_id.eq(company.0))
        .filter(o::contact_id.eq(contact.0))
        .filter(o::opted_out);
    let out: bool = select(exists(out)).get_result(conn).await?;
    Ok(!out)
}

/// Whether a contact may be written to first (a schedule, an alert, something shared): it belongs
/// to a person of the company and has not opted out. The one place that says so; responder asks
/// before it sends what is `proactive`.
///
/// # Errors
/// When the database fails.
pub async fn may_be_written_to(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
) -> Result<bool> {
    let known = contacts::table
        .filter(contacts::company_id.eq(company.0))
        .filter(contacts::id.eq(contact.0))
        .filter(contacts::profile_id.is_not_null());
    let known: bool = select(exists(known)).get_result(conn).await?;
    Ok(known && may_be_answered(conn, company, contact).await?)
}
