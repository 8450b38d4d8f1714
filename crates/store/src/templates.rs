//! Texts that override the shipped ones at run time.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{ids::CompanyId, persona::Persona};

use crate::{
    Result,
    columns::{Col, OptCol, text_enum},
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
    /// What WhatsApp says of Twilio's Content template.
    #[diesel(deserialize_as = Col<Approval>)]
    pub approval: Approval,
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

/// The rows in use for `company`: of each name, persona and locale its own, else that for every
/// company. What a further filter leaves out gives way to the latter too.
#[diesel::dsl::auto_type(no_type_alias)]
fn in_use(company: Uuid) -> _ {
    let active: &'static str = TemplateState::Active.as_str();
    t::table
        .filter(t::state.eq(active))
        .filter(
            t::company_id
                .eq(company)
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
    Ok(in_use(company.0)
        .filter(t::approval.eq(Approval::Approved.as_str()))
        .filter(t::template_sid.is_not_null())
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
    Ok(in_use(company.0)
        .select(Template::as_select())
        .load(conn)
        .await?)
}

/// A Content template to be saved.
#[derive(Debug, Clone)]
pub struct NewContent<'a> {
    /// What it tells of: `ReplyContent::template`, or `notice` for anything.
    pub name: &'a str,
    /// The persona it is for; `None`: all.
    pub persona: Option<Persona>,
    /// Its language.
    pub locale: &'a str,
    /// `HX…`.
    pub template_sid: &'a str,
    /// Minijinja texts by number.
    pub variables: Option<&'a serde_json::Value>,
    /// What WhatsApp says of it.
    pub approval: Approval,
}

/// Saves the next version of a text of `company`'s own and puts it to use; returns its version. The
/// Content template of the version before stays, unless another is given. Call it within a
/// transaction.
///
/// # Errors
/// When the database fails; of two that save the same text at once, one does.
pub async fn save(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    new: &NewTemplate<'_>,
) -> Result<i32> {
    let mut next = retire(conn, company, new.name, new.persona, new.locale).await?;
    next.body = Some(new.body.to_owned());
    if let Some(sid) = new.template_sid {
        next.sid = Some(sid.to_owned());
    }
    insert(conn, company, new.name, new.persona, new.locale, &next).await
}

/// Saves the next version of a Content template of `company`'s own and puts it to use; returns its
/// version. The text of the version before stays. Call it within a transaction.
///
/// # Errors
/// As for [`save`].
pub async fn save_content(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    new: &NewContent<'_>,
) -> Result<i32> {
    let mut next = retire(conn, company, new.name, new.persona, new.locale).await?;
    next.sid = Some(new.template_sid.to_owned());
    next.variables = new.variables.cloned();
    new.approval.as_str().clone_into(&mut next.approval);
    insert(conn, company, new.name, new.persona, new.locale, &next).await
}

/// Takes the version in use of `company`'s own out of use: the shipped text, or that for every
/// company, is used again. `false`: there was none.
///
/// # Errors
/// When the database fails.
pub async fn drop_version(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    name: &str,
    persona: Option<Persona>,
    locale: &str,
) -> Result<bool> {
    let rows = diesel::update(t::table)
        .filter(t::company_id.eq(company.0))
        .filter(t::template_name.eq(name))
        .filter(t::persona.is_not_distinct_from(persona.map(Persona::as_str)))
        .filter(t::locale.eq(locale))
        .filter(t::state.eq(TemplateState::Active.as_str()))
        .set(t::state.eq(TemplateState::Retired.as_str()))
        .execute(conn)
        .await?;
    Ok(rows > 0)
}

/// What a version has of the one before it.
#[derive(Queryable)]
struct Version {
    version: i32,
    state: String,
    body: Option<String>,
    sid: Option<String>,
    variables: Option<serde_json::Value>,
    approval: String,
}

/// Retires the version in use and gives what the next one begins with.
async fn retire(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    name: &str,
    persona: Option<Persona>,
    locale: &str,
) -> Result<Version> {
    let latest: Option<Version> = t::table
        .filter(t::company_id.eq(company.0))
        .filter(t::template_name.eq(name))
        .filter(t::persona.is_not_distinct_from(persona.map(Persona::as_str)))
        .filter(t::locale.eq(locale))
        .order(t::version.desc())
        .select((
            t::version,
            t::state,
            t::template_body,
            t::template_sid,
            t::variables,
            t::approval,
        ))
        .first(conn)
        .await
        .optional()?;
    drop_version(conn, company, name, persona, locale).await?;
    let version = latest.as_ref().map_or(0, |latest| latest.version) + 1;
    let latest = latest.filter(|latest| latest.state == TemplateState::Active.as_str());
    Ok(latest.map_or(
        Version {
            version,
            state: String::new(),
            body: None,
            sid: None,
            variables: None,
            approval: Approval::Unsubmitted.as_str().to_owned(),
        },
        |latest| Version { version, ..latest },
    ))
}

async fn insert(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    name: &str,
    persona: Option<Persona>,
    locale: &str,
    next: &Version,
) -> Result<i32> {
    diesel::insert_into(t::table)
        .values((
            t::company_id.eq(company.0),
            t::template_name.eq(name),
            t::persona.eq(persona.map(Persona::as_str)),
            t::locale.eq(locale),
            t::version.eq(next.version),
            t::state.eq(TemplateState::Active.as_str()),
            t::template_body.eq(&next.body),
            t::template_sid.eq(&next.sid),
            t::variables.eq(&next.variables),
            t::approval.eq(&next.approval),
        ))
        .execute(conn)
        .await?;
    Ok(next.version)
}
