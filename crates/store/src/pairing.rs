//! Invitations: a person (a profile) and a pairing code that makes a number, or BSUID, the person's.
//!
//! A code works once, until it expires or is taken back. It is not kept: its row has a SHA-256 of
//! the company's id and the code. Forty bits of chance do not withstand somebody who has the rows and
//! time; they need not, since codes expire. Against guessing from outside: [`GUESSES`] wrong codes
//! a sender within [`GUESSES_WITHIN`], and after that none of its codes is looked at until that time
//! is over.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use wharf_domain::{
    ids::{CompanyId, ContactId, ProfileId},
    pairing::PairingCode,
    persona::Persona,
};

use crate::{
    Result,
    error::StoreError,
    schema::{contacts, pairing_codes as p, profile_locations, profiles, unknown_senders as u},
};

/// How many wrong codes a sender may write within [`GUESSES_WITHIN`].
pub const GUESSES: i32 = 5;
/// The time in which wrong codes are counted, from the first.
pub const GUESSES_WITHIN: TimeDelta = TimeDelta::hours(1);

/// Who is invited.
#[derive(Debug, Clone)]
pub struct Invitation<'a> {
    /// The tenant.
    pub company: CompanyId,
    /// What the person is called.
    pub name: &'a str,
    /// What the person may do.
    pub role: &'a str,
    /// The places that the person is bound to; none: all.
    pub locations: &'a [Uuid],
    /// How the person likes to be answered.
    pub persona: Option<Persona>,
    /// The language, when not the company's.
    pub locale: Option<&'a str>,
    /// Where reports go.
    pub email: Option<&'a str>,
    /// The code.
    pub code: PairingCode,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationState {
    /// The code can be used.
    Open,
    /// It was used.
    Used,
    /// It was taken back.
    Revoked,
    /// Its time is over.
    Expired,
}

/// An invitation as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// Its id.
    pub id: Uuid,
    /// What the person is called.
    pub name: String,
    /// What the person may do.
    pub role: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when its code works.
    pub expires_at: DateTime<Utc>,
    /// What became of it.
    pub state: InvitationState,
}

/// What the codes of a message did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redeemed {
    /// The contact is this person from now on.
    Paired(ProfileId),
    /// No code is like it.
    Unknown,
    /// Its time is over.
    Expired,
    /// It was used, perhaps a moment ago by somebody else.
    Used,
    /// It was taken back.
    Revoked,
    /// Too many wrong ones: nothing was looked at.
    Limited {
        /// Whether this is the message that went over the limit.
        first: bool,
        /// When codes of this sender are looked at again.
        until: DateTime<Utc>,
    },
}

/// Makes the person and the code. Call it within a transaction.
///
/// # Errors
/// [`StoreError::Conflict`] when a location is another company's; or the database fails.
pub async fn invite(
    conn: &mut AsyncPgConnection,
    invitation: &Invitation<'_>,
    now: DateTime<Utc>,
) -> Result<(Uuid, ProfileId)> {
    let company = invitation.company.0;
    let profile: Uuid = diesel::insert_into(profiles::table)
        .values((
            profiles::company_id.eq(company),
            profiles::display_name.eq(invitation.name),
            profiles::role.eq(invitation.role),
            profiles::persona.eq(invitation.persona.map(Persona::as_str)),
            profiles::locale.eq(invitation.locale),
            profiles::email.eq(invitation.email),
        ))
        .returning(profiles::id)
        .get_result(conn)
        .await?;
    let places: Vec<_> = invitation
        .locations
        .iter()
        .map(|place| {
            (
                profile_locations::company_id.eq(company),
                profile_locations::profile_id.eq(profile),
                profile_locations::location_id.eq(*place),
            )
        })
        .collect();
    diesel::insert_into(profile_locations::table)
        .values(places)
        .execute(conn)
        .await?;
    let id: Uuid = diesel::insert_into(p::table)
        .values((
            p::company_id.eq(company),
            p::profile_id.eq(profile),
            p::code_hash.eq(hash(invitation.company, &invitation.code)),
            p::created_at.eq(now),
            p::expires_at.eq(invitation.expires_at),
        ))
        .returning(p::id)
        .get_result(conn)
        .await?;
    Ok((id, ProfileId(profile)))
}

/// The company's invitations, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    now: DateTime<Utc>,
) -> Result<Vec<Invited>> {
    type Row = (
        Uuid,
        String,
        String,
        DateTime<Utc>,
        DateTime<Utc>,
        Option<DateTime<Utc>>,
        Option<DateTime<Utc>>,
    );
    let rows: Vec<Row> = p::table
        .inner_join(profiles::table)
        .filter(p::company_id.eq(company.0))
        .order((p::created_at.desc(), p::id))
        .select((
            p::id,
            profiles::display_name,
            profiles::role,
            p::created_at,
            p::expires_at,
            p::used_at,
            p::revoked_at,
        ))
        .load(conn)
        .await?;
    let read = |(id, name, role, created_at, expires_at, used, revoked): Row| Invited {
        id,
        name,
        role,
        created_at,
        expires_at,
        state: match (used, revoked) {
            (Some(_), _) => InvitationState::Used,
            (None, Some(_)) => InvitationState::Revoked,
            (None, None) if expires_at <= now => InvitationState::Expired,
            (None, None) => InvitationState::Open,
        },
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Takes a code back; `false` when `company` has no such invitation, or it was used or taken back
/// before.
///
/// # Errors
/// When the database fails.
pub async fn revoke(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(p::table)
        .filter(p::company_id.eq(company.0))
        .filter(p::id.eq(id))
        .filter(p::used_at.is_null())
        .filter(p::revoked_at.is_null())
        .set(p::revoked_at.eq(now))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Tries the codes that a contact without a profile wrote. Of two contacts that write the same code
/// at once one is paired; the other waits for that and finds it used. Call it within the
/// transaction that handles the message, once a message: wrong codes are counted.
///
/// # Errors
/// When the database fails.
pub async fn redeem(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
    codes: &[PairingCode],
    now: DateTime<Utc>,
) -> Result<Redeemed> {
    let (guesses, since) = guesses(conn, company, contact, now).await?;
    if guesses >= GUESSES {
        let until = since + GUESSES_WITHIN;
        return Ok(Redeemed::Limited {
            first: false,
            until,
        });
    }
    let mut worst = Redeemed::Unknown;
    let mut wrong = 0;
    for code in codes {
        match try_code(conn, company, contact, code, now).await? {
            Redeemed::Paired(profile) => return Ok(Redeemed::Paired(profile)),
            Redeemed::Unknown => wrong += 1,
            other => worst = other,
        }
    }
    if wrong > 0 {
        count_guesses(conn, company, contact, guesses + wrong, since, now).await?;
        if guesses + wrong >= GUESSES {
            let until = since + GUESSES_WITHIN;
            return Ok(Redeemed::Limited { first: true, until });
        }
    }
    Ok(worst)
}

async fn try_code(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
    code: &PairingCode,
    now: DateTime<Utc>,
) -> Result<Redeemed> {
    let hash = hash(company, code);
    let mine = p::table
        .filter(p::company_id.eq(company.0))
        .filter(p::code_hash.eq(&hash));
    // The row's lock makes the second of two wait; then it sees that the code is used.
    let profile: Option<Uuid> = diesel::update(mine)
        .filter(p::used_at.is_null())
        .filter(p::revoked_at.is_null())
        .filter(p::expires_at.gt(now))
        .set((p::used_at.eq(now), p::used_by.eq(contact.0)))
        .returning(p::profile_id)
        .get_result(conn)
        .await
        .optional()?;
    if let Some(profile) = profile {
        let rows = diesel::update(contacts::table)
            .filter(contacts::company_id.eq(company.0))
            .filter(contacts::id.eq(contact.0))
            .filter(contacts::profile_id.is_null())
            .set(contacts::profile_id.eq(profile))
            .execute(conn)
            .await?;
        if rows != 1 {
            return Err(StoreError::Conflict("the contact is a person already"));
        }
        return Ok(Redeemed::Paired(ProfileId(profile)));
    }
    let found = mine
        .select((p::used_at, p::revoked_at))
        .first::<(Option<DateTime<Utc>>, Option<DateTime<Utc>>)>(conn)
        .await
        .optional()?;
    Ok(match found {
        None => Redeemed::Unknown,
        Some((Some(_), _)) => Redeemed::Used,
        Some((None, Some(_))) => Redeemed::Revoked,
        Some((None, None)) => Redeemed::Expired,
    })
}

/// The sender's wrong codes of the hour, and since when that hour is counted.
async fn guesses(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
    now: DateTime<Utc>,
) -> Result<(i32, DateTime<Utc>)> {
    let found: Option<(i32, Option<DateTime<Utc>>)> = u::table
        .filter(u::company_id.eq(company.0))
        .filter(u::contact_id.eq(contact.0))
        .select((u::guesses, u::guesses_since))
        .for_update()
        .first(conn)
        .await
        .optional()?;
    Ok(match found {
        Some((guesses, Some(since))) if now < since + GUESSES_WITHIN => (guesses, since),
        _ => (0, now),
    })
}

async fn count_guesses(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
    guesses: i32,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(u::table)
        .values((
            u::company_id.eq(company.0),
            u::contact_id.eq(contact.0),
            u::last_at.eq(now),
            u::guesses.eq(guesses),
            u::guesses_since.eq(since),
        ))
        .on_conflict((u::company_id, u::contact_id))
        .do_update()
        .set((u::guesses.eq(guesses), u::guesses_since.eq(since)))
        .execute(conn)
        .await?;
    Ok(())
}

fn hash(company: CompanyId, code: &PairingCode) -> Vec<u8> {
    Sha256::new()
        .chain_update(company.0.as_bytes())
        .chain_update(code.as_bytes())
        .finalize()
        .to_vec()
}
