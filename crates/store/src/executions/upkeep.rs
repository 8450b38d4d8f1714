//! A row while a worker has it: lease, deadlines, cancelling, its turn in the conversation; and the
//! queries by which a sweeper finds rows that nobody looks after.

use chrono::{DateTime, Utc};
use diesel::{dsl::count_star, prelude::*, sql_types::Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{
    agent::AgentType,
    ids::{CompanyId, ExecutionId, ProfileId},
    intent::IntentType,
};

use super::{Execution, ExecutionStatus, held};
use crate::{Result, columns::Col, schema::agent_execution_queue as q};

/// The owner of the lease of an execution whose external agent is to call back.
pub const AWAITED: &str = "external agent";

const PENDING: &str = ExecutionStatus::Pending.as_str();
const PROCESSING: &str = ExecutionStatus::Processing.as_str();

/// Sets the deadlines of an execution that goes on outside its transaction, unless an earlier try
/// set them.
///
/// # Errors
/// When the database fails.
pub async fn set_deadlines(
    conn: &mut AsyncPgConnection,
    execution: &mut Execution,
    soft: DateTime<Utc>,
    hard: DateTime<Utc>,
) -> Result<()> {
    if execution.hard_deadline_at.is_some() {
        return Ok(());
    }
    diesel::update(held(execution))
        .set((q::soft_deadline_at.eq(soft), q::hard_deadline_at.eq(hard)))
        .execute(conn)
        .await?;
    execution.soft_deadline_at = Some(soft);
    execution.hard_deadline_at = Some(hard);
    Ok(())
}

/// Prolongs the lease of a begun execution to `until`. `false` when it is not `execution`'s any
/// more: it was cancelled, or another worker began it.
///
/// # Errors
/// When the database fails.
pub async fn renew(
    conn: &mut AsyncPgConnection,
    execution: &Execution,
    until: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(held(execution))
        .set(q::lease_until.eq(until))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Leaves a begun execution to an external agent that will call back, at the latest at `until`.
/// `false` as for [`renew`].
///
/// # Errors
/// When the database fails.
pub async fn await_answer(
    conn: &mut AsyncPgConnection,
    execution: &Execution,
    until: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(held(execution))
        .set((q::lease_owner.eq(AWAITED), q::lease_until.eq(until)))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Notes that the user was told that it takes longer: nobody tells it again.
///
/// # Errors
/// When the database fails.
pub async fn told(conn: &mut AsyncPgConnection, company: CompanyId, id: ExecutionId) -> Result<()> {
    diesel::update(q::table)
        .filter(q::company_id.eq(company.0))
        .filter(q::id.eq(id.0))
        .set(q::soft_deadline_at.eq(None::<DateTime<Utc>>))
        .execute(conn)
        .await?;
    Ok(())
}

/// Cancels the latest execution of the conversation that has not ended, and says which it was;
/// `None`: there is none. Waits for a transaction that is at work on it. The worker that has it
/// notices when it renews its lease or completes; nothing is answered for it.
///
/// # Errors
/// When the database fails.
pub async fn cancel_of_conversation(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    conversation_key: &str,
    now: DateTime<Utc>,
) -> Result<Option<Execution>> {
    let latest: Option<Uuid> = q::table
        .filter(q::company_id.eq(company.0))
        .filter(q::conversation_key.eq(conversation_key))
        .filter(q::status.eq_any([PENDING, PROCESSING]))
        .order((q::created_at.desc(), q::id.desc()))
        .select(q::id)
        .first(conn)
        .await
        .optional()?;
    let Some(latest) = latest else {
        return Ok(None);
    };
    Ok(diesel::update(q::table)
        .filter(q::company_id.eq(company.0))
        .filter(q::id.eq(latest))
        .filter(q::status.eq_any([PENDING, PROCESSING]))
        .set((
            q::status.eq(ExecutionStatus::Cancelled.as_str()),
            q::completed_at.eq(now),
            q::lease_owner.eq(None::<String>),
            q::lease_until.eq(None::<DateTime<Utc>>),
        ))
        .returning(Execution::as_returning())
        .get_result(conn)
        .await
        .optional()?)
}

/// Executions that have not ended, of the conversation or asked for by `profile` elsewhere, the
/// oldest first, at most `most`.
///
/// # Errors
/// When the database fails.
pub async fn under_way(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    conversation_key: &str,
    profile: Option<ProfileId>,
    most: i64,
) -> Result<Vec<Execution>> {
    // NULL equals nothing.
    let own = q::profile_id.eq(profile.map(|profile| profile.0));
    Ok(q::table
        .filter(q::company_id.eq(company.0))
        .filter(
            q::conversation_key
                .eq(conversation_key)
                .or(own.assume_not_null()),
        )
        .filter(q::status.eq_any([PENDING, PROCESSING]))
        .order((q::created_at, q::id))
        .limit(most)
        .select(Execution::as_select())
        .load(conn)
        .await?)
}

/// The latest executions of the conversation that were enqueued since `since` and not cancelled,
/// the latest first, at most ten.
///
/// # Errors
/// When the database fails.
pub async fn latest_of_conversation(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    conversation_key: &str,
    since: DateTime<Utc>,
) -> Result<Vec<Execution>> {
    Ok(q::table
        .filter(q::company_id.eq(company.0))
        .filter(q::conversation_key.eq(conversation_key))
        .filter(q::created_at.ge(since))
        .filter(q::status.ne(ExecutionStatus::Cancelled.as_str()))
        .order((q::created_at.desc(), q::id.desc()))
        .limit(10)
        .select(Execution::as_select())
        .load(conn)
        .await?)
}

/// Waits until no other transaction changes something for this conversation; until the present
/// transaction ends.
///
/// # Errors
/// [`StoreError::Contended`](crate::StoreError::Contended) when that takes longer than
/// `lock_timeout_ms`; or the database fails.
pub async fn lock_conversation(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    conversation_key: &str,
) -> Result<()> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind::<Text, _>(format!("{company}:{conversation_key}"))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether no earlier execution of the conversation that changes something still waits or is at
/// work. An agent's own run, which may take long, changes nothing that an order matters for.
///
/// # Errors
/// When the database fails.
pub async fn in_turn(conn: &mut AsyncPgConnection, execution: &Execution) -> Result<bool> {
    let mutating: Vec<_> = IntentType::ALL
        .iter()
        .filter(|intent| intent.mutates())
        .map(|intent| intent.as_str())
        .collect();
    let first: Option<Uuid> = q::table
        .filter(q::company_id.eq(execution.company_id.0))
        .filter(q::conversation_key.eq(&execution.conversation_key))
        .filter(q::status.eq_any([PENDING, PROCESSING]))
        .filter(q::intent_type.eq_any(mutating))
        .filter(
            q::intent_type
                .ne(IntentType::RunAgent.as_str())
                .or(q::agent_type.eq(AgentType::Controller.as_str())),
        )
        .order((q::created_at, q::id))
        .select(q::id)
        .first(conn)
        .await
        .optional()?;
    Ok(first.is_none_or(|first| first == execution.id.0))
}

/// Whether a yes or a no to what `asked` asked waits or is at work.
///
/// # Errors
/// When the database fails.
pub async fn answer_under_way(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    asked: ExecutionId,
) -> Result<bool> {
    let to_it = diesel::dsl::sql::<diesel::sql_types::Bool>("context->'step'->>'asked' = ")
        .bind::<Text, _>(asked.to_string());
    Ok(diesel::select(diesel::dsl::exists(
        q::table
            .filter(q::company_id.eq(company.0))
            .filter(q::status.eq_any([PENDING, PROCESSING]))
            .filter(to_it),
    ))
    .get_result(conn)
    .await?)
}

/// How many executions wait for each agent of `company`.
///
/// # Errors
/// When the database fails.
pub async fn waiting(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<Vec<(AgentType, i64)>> {
    #[derive(Queryable)]
    struct Row {
        #[diesel(deserialize_as = Col<AgentType>)]
        agent: AgentType,
        count: i64,
    }
    let rows: Vec<Row> = q::table
        .filter(q::company_id.eq(company.0))
        .filter(q::status.eq(PENDING))
        .group_by(q::agent_type)
        .select((q::agent_type, count_star()))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.agent, row.count)).collect())
}

/// Executions of all companies that were enqueued before `before` and have neither ended nor a
/// worker at `now`, the most urgent first: for the sweeper that publishes their requests again.
/// Takes no company: it serves all of them,
/// within [`Across::Sweeper`](crate::Across::Sweeper).
///
/// # Errors
/// When the database fails.
pub async fn unfinished(
    conn: &mut AsyncPgConnection,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Execution>> {
    let idle = q::status.eq(PENDING).or(q::status
        .eq(PROCESSING)
        .and(q::lease_until.le(now).assume_not_null()));
    Ok(q::table
        .filter(q::created_at.lt(before))
        .filter(idle)
        .order((q::priority.desc(), q::created_at, q::id))
        .limit(limit)
        .select(Execution::as_select())
        .load(conn)
        .await?)
}

/// Executions of all companies whose hard deadline is over at `now` and that have not ended.
/// Without those that `sweeper` itself has. Takes no company: it serves all of them,
/// within [`Across::Sweeper`](crate::Across::Sweeper).
///
/// # Errors
/// When the database fails.
pub async fn overdue(
    conn: &mut AsyncPgConnection,
    sweeper: &str,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Execution>> {
    let free = q::lease_owner
        .is_distinct_from(sweeper)
        .or(q::lease_until.le(now).assume_not_null());
    Ok(q::table
        .filter(q::status.eq_any([PENDING, PROCESSING]))
        .filter(q::hard_deadline_at.le(now).assume_not_null())
        .filter(free)
        .order(q::hard_deadline_at)
        .limit(limit)
        .select(Execution::as_select())
        .load(conn)
        .await?)
}

/// Executions of all companies whose soft deadline is over at `now` and whose user was not told.
/// Takes no company: it serves all of them,
/// within [`Across::Sweeper`](crate::Across::Sweeper).
///
/// # Errors
/// When the database fails.
pub async fn due_to_be_told(
    conn: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Execution>> {
    Ok(q::table
        .filter(q::status.eq_any([PENDING, PROCESSING]))
        .filter(q::soft_deadline_at.le(now).assume_not_null())
        .order(q::soft_deadline_at)
        .limit(limit)
        .select(Execution::as_select())
        .load(conn)
        .await?)
}

/// Takes an execution from whoever has it, past its hard deadline: whoever had it cannot finish it
/// any more. `None`: it has ended.
///
/// # Errors
/// When the database fails.
pub async fn seize(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: ExecutionId,
    sweeper: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<Execution>> {
    Ok(diesel::update(q::table)
        .filter(q::company_id.eq(company.0))
        .filter(q::id.eq(id.0))
        .filter(q::status.eq_any([PENDING, PROCESSING]))
        .filter(q::hard_deadline_at.le(now).assume_not_null())
        .set((
            q::status.eq(PROCESSING),
            q::attempts.eq(q::attempts + 1),
            q::lease_owner.eq(sweeper),
            q::lease_until.eq(until),
        ))
        .returning(Execution::as_returning())
        .get_result(conn)
        .await
        .optional()?)
}
