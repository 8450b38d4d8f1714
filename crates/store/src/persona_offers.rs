//! Offers of another persona: how people write, what was offered to them and what they said.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{
    dialogue::{DialogueState, Offered},
    ids::{CompanyId, ExecutionId, ProfileId},
    persona::{
        Persona,
        adaptive::{Answered, Because, Past, Signals, Suggestion},
    },
};

use crate::{
    Result,
    columns::{Col, OptCol},
    dialogues,
    schema::{persona_offers as o, persona_signals as s, profiles as p},
};

/// Nobody is offered something twice within this time, whoever would offer it: executions that
/// end at once know nothing of each other.
const APART: TimeDelta = TimeDelta::days(1);

/// An offer that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOffer {
    /// The tenant.
    pub company: CompanyId,
    /// To whom.
    pub profile: ProfileId,
    /// In which conversation.
    pub conversation_key: String,
    /// The request after whose answer it is made.
    pub execution: ExecutionId,
    /// What answers now; `None`: the default texts.
    pub before: Option<Persona>,
    /// What is offered, and why.
    pub suggestion: Suggestion,
    /// When.
    pub at: DateTime<Utc>,
    /// Until when a yes counts.
    pub expires_at: DateTime<Utc>,
}

#[derive(Queryable)]
struct SignalsRow {
    messages: f64,
    short: f64,
    long: f64,
    details: f64,
    lessons: f64,
    off_hours: f64,
    last_at: DateTime<Utc>,
}

/// The persona that answers a person.
#[derive(Queryable)]
struct Answering {
    #[diesel(deserialize_as = OptCol<Persona>)]
    persona: Option<Persona>,
}

/// How the person writes, as far as it was noted. Holds the row until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn signals(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    profile: ProfileId,
) -> Result<Option<Signals>> {
    let row: Option<SignalsRow> = s::table
        .filter(s::company_id.eq(company.0))
        .filter(s::profile_id.eq(profile.0))
        .select((
            s::messages,
            s::short,
            s::long,
            s::details,
            s::lessons,
            s::off_hours,
            s::last_at,
        ))
        .for_update()
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(|row| Signals {
        messages: row.messages,
        short: row.short,
        long: row.long,
        details: row.details,
        lessons: row.lessons,
        off_hours: row.off_hours,
        last_at: Some(row.last_at),
    }))
}

/// Keeps what [`signals`] gave, with one message more of `at`.
///
/// # Errors
/// When the database fails, or the company has no such profile.
pub async fn keep_signals(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    profile: ProfileId,
    signals: &Signals,
    at: DateTime<Utc>,
) -> Result<()> {
    let values = (
        s::messages.eq(signals.messages),
        s::short.eq(signals.short),
        s::long.eq(signals.long),
        s::details.eq(signals.details),
        s::lessons.eq(signals.lessons),
        s::off_hours.eq(signals.off_hours),
        s::last_at.eq(signals.last_at.unwrap_or(at)),
    );
    diesel::insert_into(s::table)
        .values((
            s::company_id.eq(company.0),
            s::profile_id.eq(profile.0),
            values,
        ))
        .on_conflict((s::company_id, s::profile_id))
        .do_update()
        .set(values)
        .execute(conn)
        .await?;
    Ok(())
}

/// What was offered to the person since then, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn history(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    profile: ProfileId,
    since: DateTime<Utc>,
) -> Result<Vec<Past>> {
    #[derive(Queryable)]
    struct Row {
        #[diesel(deserialize_as = Col<Persona>)]
        persona: Persona,
        offered_at: DateTime<Utc>,
        accepted: Option<bool>,
    }
    let rows: Vec<Row> = o::table
        .filter(o::company_id.eq(company.0))
        .filter(o::profile_id.eq(profile.0))
        .filter(o::offered_at.ge(since))
        .order((o::offered_at.desc(), o::id.desc()))
        .select((o::persona, o::offered_at, o::accepted))
        .load(conn)
        .await?;
    let past = rows.into_iter().map(|row| Past {
        persona: row.persona,
        at: row.offered_at,
        answered: match row.accepted {
            Some(true) => Answered::Yes,
            Some(false) => Answered::No,
            None => Answered::Nothing,
        },
    });
    Ok(past.collect())
}

/// An offer that was made.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = o)]
pub struct Made {
    /// To whom.
    #[diesel(deserialize_as = Uuid, column_name = profile_id)]
    pub profile: ProfileId,
    /// What answered then; `None`: the default texts.
    #[diesel(deserialize_as = OptCol<Persona>)]
    pub before: Option<Persona>,
    /// What was offered.
    #[diesel(deserialize_as = Col<Persona>)]
    pub persona: Persona,
    /// Why.
    #[diesel(deserialize_as = Col<Because>)]
    pub because: Because,
    /// The share of the messages that are so, 0 to 100.
    pub percent: i16,
    /// When.
    #[diesel(column_name = offered_at)]
    pub at: DateTime<Utc>,
    /// Whether it was taken; `None`: no answer.
    pub accepted: Option<bool>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
}

/// All offers to the company's people, the earliest first.
///
/// # Errors
/// When the database fails.
pub async fn of_company(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Vec<Made>> {
    Ok(o::table
        .filter(o::company_id.eq(company.0))
        .order((o::offered_at, o::id))
        .select(Made::as_select())
        .load(conn)
        .await?)
}

/// Makes the offer: writes it down, and lets the conversation wait for the answer. `false`, and
/// nothing is done, when the conversation waits for something else, when another persona answers by
/// now, or when something was offered within the last day.
///
/// # Errors
/// When the database fails.
pub async fn make(conn: &mut AsyncPgConnection, offer: &NewOffer) -> Result<bool> {
    let (company, key) = (offer.company, &offer.conversation_key);
    let waits = dialogues::get(conn, company, key, offer.at).await?;
    if waits.is_some_and(|found| !found.expired) {
        return Ok(false);
    }
    // Holds the person's row: of two offers at once the second sees the first.
    let row: Option<Answering> = p::table
        .filter(p::company_id.eq(company.0))
        .filter(p::id.eq(offer.profile.0))
        .select((p::persona,))
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    if row.is_none_or(|row| row.persona != offer.before) {
        return Ok(false);
    }
    let lately = history(conn, company, offer.profile, offer.at - APART).await?;
    if !lately.is_empty() {
        return Ok(false);
    }
    let Suggestion {
        persona,
        because,
        percent,
    } = offer.suggestion;
    diesel::insert_into(o::table)
        .values((
            o::company_id.eq(company.0),
            o::profile_id.eq(offer.profile.0),
            o::before.eq(offer.before.map(Persona::as_str)),
            o::persona.eq(persona.as_str()),
            o::because.eq(because.as_str()),
            o::percent.eq(i16::from(percent)),
            o::execution_id.eq(offer.execution.0),
            o::offered_at.eq(offer.at),
        ))
        .execute(conn)
        .await?;
    let state = DialogueState::Offering(Offered::Persona {
        persona,
        because,
        asked: offer.execution,
    });
    dialogues::ask(conn, company, key, &state, offer.at, offer.expires_at).await?;
    Ok(true)
}

/// Writes down what the person says to the offer of `asked`; `false` when there is none without an
/// answer.
///
/// # Errors
/// When the database fails.
pub async fn answer(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    profile: ProfileId,
    asked: ExecutionId,
    accepted: bool,
    at: DateTime<Utc>,
) -> Result<bool> {
    let open = o::table
        .filter(o::company_id.eq(company.0))
        .filter(o::profile_id.eq(profile.0))
        .filter(o::execution_id.eq(asked.0))
        .filter(o::accepted.is_null());
    let rows = diesel::update(open)
        .set((o::accepted.eq(accepted), o::answered_at.eq(at)))
        .execute(conn)
        .await?;
    Ok(rows > 0)
}
