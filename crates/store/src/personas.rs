//! Which persona answers a person, and how that came.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{
    ids::{CompanyId, ExecutionId, ProfileId},
    persona::{Persona, adaptive::Because},
};

use crate::{
    Result,
    columns::{Col, OptCol, text_enum},
    profiles,
    schema::{persona_changes as c, profiles as p},
};

text_enum! {
    /// Why another persona answers.
    pub enum Why {
        /// The person chose it.
        Chosen = "chosen",
        /// The person left the choice to us.
        Auto = "auto",
        /// The person accepted an offer.
        Offered = "offered",
    }
}

/// A line of the history.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = c)]
pub struct Change {
    /// The tenant.
    #[diesel(deserialize_as = Uuid, column_name = company_id)]
    pub company: CompanyId,
    /// Whose.
    #[diesel(deserialize_as = Uuid, column_name = profile_id)]
    pub profile: ProfileId,
    /// The persona before; `None`: the default texts.
    #[diesel(deserialize_as = OptCol<Persona>)]
    pub before: Option<Persona>,
    /// The persona from then on.
    #[diesel(deserialize_as = OptCol<Persona>)]
    pub persona: Option<Persona>,
    /// Why.
    #[diesel(deserialize_as = Col<Why>)]
    pub why: Why,
    /// The message that asked for it.
    #[diesel(deserialize_as = Uuid, column_name = execution_id)]
    pub execution: ExecutionId,
    /// When.
    pub at: DateTime<Utc>,
    /// Why it was offered; of an accepted offer alone.
    #[diesel(deserialize_as = OptCol<Because>)]
    pub because: Option<Because>,
}

/// Lets the persona answer from now on, and writes it down; `false` when the company has no such
/// profile.
///
/// # Errors
/// When the database fails.
pub async fn switch(conn: &mut AsyncPgConnection, change: &Change) -> Result<bool> {
    if !profiles::set_persona(conn, change.company, change.profile, change.persona).await? {
        return Ok(false);
    }
    diesel::insert_into(c::table)
        .values((
            c::company_id.eq(change.company.0),
            c::profile_id.eq(change.profile.0),
            c::before.eq(change.before.map(Persona::as_str)),
            c::persona.eq(change.persona.map(Persona::as_str)),
            c::why.eq(change.why.as_str()),
            c::execution_id.eq(change.execution.0),
            c::at.eq(change.at),
            c::because.eq(change.because.map(Because::as_str)),
        ))
        .execute(conn)
        .await?;
    Ok(true)
}

/// The person's latest changes, the latest first, at most `most`.
///
/// # Errors
/// When the database fails.
pub async fn history(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    profile: ProfileId,
    most: i64,
) -> Result<Vec<Change>> {
    Ok(c::table
        .filter(c::company_id.eq(company.0))
        .filter(c::profile_id.eq(profile.0))
        .order((c::at.desc(), c::id.desc()))
        .limit(most)
        .select(Change::as_select())
        .load(conn)
        .await?)
}

/// Somebody and the persona that answers them.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = p)]
pub struct Answered {
    /// Who.
    #[diesel(deserialize_as = Uuid, column_name = id)]
    pub profile: ProfileId,
    /// What they are called.
    #[diesel(column_name = display_name)]
    pub name: String,
    /// The persona; `None`: the default texts.
    #[diesel(deserialize_as = OptCol<Persona>)]
    pub persona: Option<Persona>,
}

/// The people of the company, by name.
///
/// # Errors
/// When the database fails.
pub async fn of_company(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Vec<Answered>> {
    Ok(p::table
        .filter(p::company_id.eq(company.0))
        .order((p::display_name, p::id))
        .select(Answered::as_select())
        .load(conn)
        .await?)
}

/// All changes of the company's people, the earliest first.
///
/// # Errors
/// When the database fails.
pub async fn changes(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Vec<Change>> {
    Ok(c::table
        .filter(c::company_id.eq(company.0))
        .order((c::at, c::id))
        .select(Change::as_select())
        .load(conn)
        .await?)
}

/// How many people of all companies each persona answers; `None`: the default texts. For the
/// metric; takes no company: it counts all of them.
///
/// # Errors
/// When the database fails.
pub async fn distribution(conn: &mut AsyncPgConnection) -> Result<Vec<(Option<Persona>, i64)>> {
    #[derive(Queryable)]
    struct Row {
        #[diesel(deserialize_as = OptCol<Persona>)]
        persona: Option<Persona>,
        people: i64,
    }
    let rows: Vec<Row> = p::table
        .group_by(p::persona)
        .select((p::persona, diesel::dsl::count_star()))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.persona, row.people))
        .collect())
}
