//! Requests that come again by themselves. A row says when next; agent-executor's sweeper runs what
//! is due and moves it on in one transaction, so that there is one execution a due time.

use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use diesel::{dsl::max, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;
use wharf_domain::{
    entities::Entities,
    ids::{CompanyId, ContactId, ProfileId, ScheduleId},
    intent::IntentType,
    recurrence::{Cadence, MonthDay, Recurrence, Weekdays},
};

use crate::{
    Result,
    columns::{Col, OptCol, text_enum},
    error::StoreError,
    schema::schedules as s,
};

text_enum! {
    /// Whether it comes.
    pub enum ScheduleState {
        /// It does.
        Active = "active",
        /// It rests.
        Paused = "paused",
        /// It is gone; the row stays for its number.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// Why it rests.
    pub enum PausedBy {
        /// The person said so.
        Person = "person",
        /// The person's role does not allow it any more.
        Role = "role",
    }
}

/// A request that is to come again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSchedule {
    /// The tenant.
    pub company_id: CompanyId,
    /// Who asks.
    pub profile_id: ProfileId,
    /// Who gets it.
    pub contact_id: ContactId,
    /// In which conversation.
    pub conversation_key: String,
    /// What is asked for.
    pub intent: IntentType,
    /// With what.
    pub entities: Entities,
    /// When.
    pub recurrence: Recurrence,
    /// Whose clock.
    pub time_zone: Tz,
    /// The first time.
    pub next_run_at: DateTime<Utc>,
    /// Now.
    pub created_at: DateTime<Utc>,
}

/// A request that comes again, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Its id.
    pub id: ScheduleId,
    /// What the person calls it.
    pub number: u32,
    /// What is asked for, by whom, when.
    pub what: NewSchedule,
    /// Whether it comes; `next_run_at` counts while it is active.
    pub state: ScheduleState,
    /// Why it rests.
    pub paused_by: Option<PausedBy>,
    /// The due time of the latest run.
    pub last_run_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = s)]
struct Row {
    id: Uuid,
    company_id: Uuid,
    profile_id: Uuid,
    contact_id: Uuid,
    conversation_key: String,
    #[diesel(deserialize_as = Col<IntentType>)]
    intent_type: IntentType,
    entities: Value,
    cadence: String,
    month_day: Option<i16>,
    at_time: NaiveTime,
    #[diesel(deserialize_as = Col<Tz>)]
    time_zone: Tz,
    #[diesel(deserialize_as = Col<ScheduleState>)]
    state: ScheduleState,
    next_run_at: DateTime<Utc>,
    last_run_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    number: i32,
    weekdays: Option<i16>,
    #[diesel(deserialize_as = OptCol<PausedBy>)]
    paused_by: Option<PausedBy>,
}

impl TryFrom<Row> for Schedule {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self> {
        let month_day = row.month_day.and_then(|day| u8::try_from(day).ok());
        let cadence = match row.cadence.as_str() {
            "daily" => Some(Cadence::Daily),
            "weekly" => row
                .weekdays
                .and_then(Weekdays::from_bits)
                .map(|days| Cadence::Weekly { days }),
            "monthly" => month_day
                .and_then(MonthDay::new)
                .map(|day| Cadence::Monthly { day }),
            _ => None,
        };
        let cadence =
            cadence.ok_or_else(|| StoreError::Invalid(format!("cadence {}", row.cadence)))?;
        let entities = serde_json::from_value(row.entities)
            .map_err(|error| StoreError::Invalid(error.to_string()))?;
        Ok(Self {
            id: row.id.into(),
            number: row.number.unsigned_abs(),
            what: NewSchedule {
                company_id: row.company_id.into(),
                profile_id: row.profile_id.into(),
                contact_id: row.contact_id.into(),
                conversation_key: row.conversation_key,
                intent: row.intent_type,
                entities,
                recurrence: Recurrence {
                    cadence,
                    at: row.at_time,
                },
                time_zone: row.time_zone,
                next_run_at: row.next_run_at,
                created_at: row.created_at,
            },
            state: row.state,
            paused_by: row.paused_by,
            last_run_at: row.last_run_at,
        })
    }
}

/// Makes one, with the person's next number.
///
/// # Errors
/// When the database fails, or the person or contact is not the company's.
pub async fn create(conn: &mut AsyncPgConnection, new: &NewSchedule) -> Result<Schedule> {
    let latest: Option<i32> = s::table
        .filter(s::company_id.eq(new.company_id.0))
        .filter(s::profile_id.eq(new.profile_id.0))
        .select(max(s::number))
        .first(conn)
        .await?;
    let entities = serde_json::to_value(&new.entities)
        .map_err(|error| StoreError::Invalid(error.to_string()))?;
    let (cadence, weekdays, month_day) = match new.recurrence.cadence {
        Cadence::Daily => ("daily", None, None),
        Cadence::Weekly { days } => ("weekly", Some(days.bits()), None),
        Cadence::Monthly { day } => ("monthly", None, Some(i16::from(day.number()))),
    };
    let row: Row = diesel::insert_into(s::table)
        .values((
            s::company_id.eq(new.company_id.0),
            s::profile_id.eq(new.profile_id.0),
            s::contact_id.eq(new.contact_id.0),
            s::conversation_key.eq(&new.conversation_key),
            s::intent_type.eq(new.intent.as_str()),
            s::entities.eq(entities),
            s::cadence.eq(cadence),
            s::weekdays.eq(weekdays),
            s::month_day.eq(month_day),
            s::at_time.eq(new.recurrence.at),
            s::time_zone.eq(new.time_zone.name()),
            s::next_run_at.eq(new.next_run_at),
            s::created_at.eq(new.created_at),
            s::number.eq(latest.unwrap_or(0) + 1),
        ))
        .returning(Row::as_returning())
        .get_result(conn)
        .await?;
    row.try_into()
}

/// A person's, by number, without those that are gone. Holds them until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn of_person(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    profile: ProfileId,
) -> Result<Vec<Schedule>> {
    let rows: Vec<Row> = s::table
        .filter(s::company_id.eq(company.0))
        .filter(s::profile_id.eq(profile.0))
        .filter(s::state.ne(ScheduleState::Cancelled.as_str()))
        .order(s::number)
        .select(Row::as_select())
        .for_update()
        .load(conn)
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Those of `company` that are due at `now`, the longest due first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn due(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<ScheduleId>> {
    let ids: Vec<Uuid> = s::table
        .filter(s::company_id.eq(company.0))
        .filter(s::state.eq(ScheduleState::Active.as_str()))
        .filter(s::next_run_at.le(now))
        .order(s::next_run_at)
        .limit(limit)
        .select(s::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// Holds one that is due until the transaction ends; `None` when it is not, or somebody else has it.
///
/// # Errors
/// When the database fails.
pub async fn take_due(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: ScheduleId,
    now: DateTime<Utc>,
) -> Result<Option<Schedule>> {
    let row: Option<Row> = s::table
        .filter(s::company_id.eq(company.0))
        .filter(s::id.eq(id.0))
        .filter(s::state.eq(ScheduleState::Active.as_str()))
        .filter(s::next_run_at.le(now))
        .select(Row::as_select())
        .for_update()
        .skip_locked()
        .first(conn)
        .await
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Moves one on after the run of `due`. `false` when the company has no such active one.
///
/// # Errors
/// When the database fails.
pub async fn ran(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: ScheduleId,
    due: DateTime<Utc>,
    next: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(s::table)
        .filter(s::company_id.eq(company.0))
        .filter(s::id.eq(id.0))
        .filter(s::state.eq(ScheduleState::Active.as_str()))
        .set((s::last_run_at.eq(due), s::next_run_at.eq(next)))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Lets one rest.
///
/// # Errors
/// When the database fails.
pub async fn pause(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: ScheduleId,
    by: PausedBy,
) -> Result<bool> {
    change(conn, company, id, ScheduleState::Paused, Some(by), None).await
}

/// Lets one come again, at `next` first.
///
/// # Errors
/// When the database fails.
pub async fn resume(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: ScheduleId,
    next: DateTime<Utc>,
) -> Result<bool> {
    change(conn, company, id, ScheduleState::Active, None, Some(next)).await
}

/// Ends one for good.
///
/// # Errors
/// When the database fails.
pub async fn cancel(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: ScheduleId,
) -> Result<bool> {
    change(conn, company, id, ScheduleState::Cancelled, None, None).await
}

#[derive(AsChangeset)]
#[diesel(table_name = s)]
struct Changed {
    state: &'static str,
    #[diesel(treat_none_as_null = true)]
    paused_by: Option<&'static str>,
    next_run_at: Option<DateTime<Utc>>,
}

async fn change(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: ScheduleId,
    state: ScheduleState,
    paused_by: Option<PausedBy>,
    next_run_at: Option<DateTime<Utc>>,
) -> Result<bool> {
    let changed = Changed {
        state: state.as_str(),
        paused_by: paused_by.map(PausedBy::as_str),
        next_run_at,
    };
    let rows = diesel::update(s::table)
        .filter(s::company_id.eq(company.0))
        .filter(s::id.eq(id.0))
        .filter(s::state.ne(ScheduleState::Cancelled.as_str()))
        .set(changed)
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// The latest one that was made in a conversation since `since`, unless it is gone: what UNDO may
/// mean.
///
/// # Errors
/// When the database fails.
pub async fn made_since(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    conversation_key: &str,
    since: DateTime<Utc>,
) -> Result<Option<Schedule>> {
    let row: Option<Row> = s::table
        .filter(s::company_id.eq(company.0))
        .filter(s::conversation_key.eq(conversation_key))
        .filter(s::created_at.ge(since))
        .filter(s::state.ne(ScheduleState::Cancelled.as_str()))
        .order(s::created_at.desc())
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(TryInto::try_into).transpose()
}
