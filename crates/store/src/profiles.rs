//! People with a role in a company.

use chrono_tz::Tz;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{
    ids::{CompanyId, ProfileId},
    persona::Persona,
};

use crate::{
    Result,
    columns::{Col, OptCol},
    schema::{companies, profiles},
};

/// What handling a message needs to know of the person who wrote it. Zone and locale are the
/// company's where the person has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileSummary {
    /// The profile.
    pub id: ProfileId,
    /// How the person likes to be answered; `None`: the default texts.
    pub persona: Option<Persona>,
    /// What the person may do.
    pub role: String,
    /// Where reports go.
    pub email: Option<String>,
    /// The zone that "today" is meant in.
    pub time_zone: Tz,
    /// The language, e.g. `en`.
    pub locale: String,
    /// Whether the language is the person's own; else it is the company's.
    pub own_locale: bool,
}

/// A profile's columns with the company's defaults beside them.
#[derive(Queryable)]
struct Row {
    #[diesel(deserialize_as = Uuid)]
    id: ProfileId,
    #[diesel(deserialize_as = OptCol<Persona>)]
    persona: Option<Persona>,
    role: String,
    email: Option<String>,
    #[diesel(deserialize_as = OptCol<Tz>)]
    time_zone: Option<Tz>,
    locale: Option<String>,
    #[diesel(deserialize_as = Col<Tz>)]
    company_time_zone: Tz,
    company_locale: String,
}

/// The profile `id` of `company`.
///
/// # Errors
/// When the database fails.
pub async fn get(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: ProfileId,
) -> Result<Option<ProfileSummary>> {
    let row: Option<Row> = profiles::table
        .inner_join(companies::table)
        .filter(profiles::company_id.eq(company.0))
        .filter(profiles::id.eq(id.0))
        .select((
            profiles::id,
            profiles::persona,
            profiles::role,
            profiles::email,
            profiles::time_zone,
            profiles::locale,
            companies::time_zone,
            companies::locale,
        ))
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(|row| ProfileSummary {
        id: row.id,
        persona: row.persona,
        role: row.role,
        email: row.email,
        time_zone: row.time_zone.unwrap_or(row.company_time_zone),
        own_locale: row.locale.is_some(),
        locale: row.locale.unwrap_or(row.company_locale),
    }))
}

/// Sets or clears the persona; `false` when `company` has no such profile.
///
/// # Errors
/// When the database fails.
pub async fn set_persona(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: ProfileId,
    persona: Option<Persona>,
) -> Result<bool> {
    let rows = diesel::update(profiles::table)
        .filter(profiles::company_id.eq(company.0))
        .filter(profiles::id.eq(id.0))
        .set(profiles::persona.eq(persona.map(Persona::as_str)))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// What a person is called; `None` when `company` has no such profile.
///
/// # Errors
/// When the database fails.
pub async fn name(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: ProfileId,
) -> Result<Option<String>> {
    Ok(profiles::table
        .filter(profiles::company_id.eq(company.0))
        .filter(profiles::id.eq(id.0))
        .select(profiles::display_name)
        .first(conn)
        .await
        .optional()?)
}
