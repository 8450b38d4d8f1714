//! Texts that override the shipped ones at run time.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{ids::CompanyId, persona::Persona};

use crate::{
    Result,
    columns::{OptCol, text_enum},
    schema::whatsapp_templates as t,
};

text_enum! {
    /// Whether a text is in use.
    pub enum TemplateState {
        /// Being written.
        Draft = "draft",
        /// In use; one at most for each company, name, persona and locale.
        Active = "active",
        /// No longer in use.
        Retired = "retired",
    }
}

text_enum! {
    /// What WhatsApp says of a Content template: its states as Twilio names them.
    pub enum Approval {
        /// Not handed in.
        Unsubmitted = "unsubmitted",
        /// Handed in.
        Received = "received",
        /// WhatsApp looks at it.
        Pending = "pending",
        /// It may be sent.
        Approved = "approved",
        /// It may not.
        Rejected = "rejected",
        /// Not for now: users complained.
        Paused = "paused",
        /// Not any more.
        Disabled = "disabled",
    }
}

/// A text in use.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = t)]
pub struct Template {
    /// The row.
    pub id: Uuid,
    /// The company it is for; `None`: every company that has none of its own.
    pub company_id: Option<Uuid>,
    /// The template's name: `ReplyContent::template`.
    pub template_name: String,
    /// The persona it is for; `None`: the default text.
    #[diesel(deserialize_as = OptCol<Persona>)]
    pub persona: Option<Persona>,
    /// Its language.
    pub locale: String,
    /// Counts up from 1.
    pub version: i32,
    /// Twilio's Content template.
    pub template_sid: Option<String>,
    /// The text.
    pub template_body: Option<String>,
}

/// A Twilio Content template that may be sent.
#[derive(Debug, Clone, PartialEq, Queryable)]
pub struct ContentTemplate {
    /// What it tells of: `ReplyContent::template`, or `notice` for anything.
    pub template_name: String,
    /// The persona it is for; `None`: all.
    #[diesel(deserialize_as = OptCol<Persona>)]
    pub persona: Option<Persona>,
    /// Its language.
    pub locale: String,
    /// `HX…`.
    pub template_sid: String,
    /// Minijinja texts by number.
    pub variables: Option<serde_json::Value>,
}

/// The Content templates in use for `company` that WhatsApp has approved: its own, and where it has
/// none, those for every company.
///
/// # Errors
/// When the database fails.
pub async fn approved(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<Vec<ContentTemplate>> {
    Ok(t::table
        .filter(t::state.eq(TemplateState::Active.as_str()))
        .filter(t::approval.eq(Approval::Approved.as_str()))
        .filter(t::template_sid.is_not_null())
        .filter(
            t::company_id
                .eq(company.0)
                .assume_not_null()
                .or(t::company_id.is_null()),
        )
        .distinct_on((t::template_name, t::persona, t::locale))
        .order((
            t::template_name,
            t::persona,
            t::locale,
            t::company_id.asc().nulls_last(),
        ))
        .select((
            t::template_name,
            t::persona,
            t::locale,
            t::template_sid.assume_not_null(),
            t::variables,
        ))
        .load(conn)
        .await?)
}

/// A text to be saved.
#[derive(Debug, Clone)]
pub struct NewTemplate<'a> {
    /// The template's name.
    pub name: &'a str,
    /// The persona it is for.
    pub persona: Option<Persona>,
    /// Its language.
    pub locale: &'a str,
    /// The text.
    pub body: &'a str,
    /// Twilio's Content template.
    pub template_sid: Option<&'a str>,
}

/// The texts in use for `company`: its own and, where it has none, those for every company.
///
/// # Errors
/// When the database fails.
pub async fn active(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Vec<Template>> {
    Ok(t::table
        .filter(t::state.eq(TemplateState::Active.as_str()))
        .filter(
            t::company_id
                .eq(company.0)
                .assume_not_null()
                .or(t::company_id.is_null()),
        )
        .distinct_on((t::template_name, t::persona, t::locale))
        .order((
            t::template_name,
            t::persona,
            t::locale,
            t::company_id.asc().nulls_last(),
        ))
        .select(Template::as_select())
        .load(conn)
        .await?)
}

/// Saves the next version of a text of `company`'s own and puts it to use; returns its version.
/// Call it within a transaction.
///
/// # Errors
/// When the database fails; of two that save the same text at once, one does.
pub async fn save(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    new: &NewTemplate<'_>,
) -> Result<i32> {
    let persona = new.persona.map(Persona::as_str);
    let latest: Option<i32> = t::table
        .filter(t::company_id.eq(company.0))
        .filter(t::template_name.eq(new.name))
        .filter(t::persona.is_not_distinct_from(persona))
        .filter(t::locale.eq(new.locale))
        .select(diesel::dsl::max(t::version))
        .first(conn)
        .await?;
    let version = latest.unwrap_or(0) + 1;
    diesel::update(t::table)
        .filter(t::company_id.eq(company.0))
        .filter(t::template_name.eq(new.name))
        .filter(t::persona.is_not_distinct_from(persona))
        .filter(t::locale.eq(new.locale))
        .filter(t::state.eq(TemplateState::Active.as_str()))
        .set(t::state.eq(TemplateState::Retired.as_str()))
        .execute(conn)
        .await?;
    diesel::insert_into(t::table)
        .values((
            t::company_id.eq(company.0),
            t::template_name.eq(new.name),
            t::persona.eq(persona),
            t::locale.eq(new.locale),
            t::version.eq(version),
            t::state.eq(TemplateState::Active.as_str()),
            t::template_body.eq(new.body),
            t::template_sid.eq(new.template_sid),
        ))
        .execute(conn)
        .await?;
    Ok(version)
}
