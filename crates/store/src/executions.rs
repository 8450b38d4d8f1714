//! Agents' work, one row an execution. States: pending -> processing -> completed | failed, back
//! to pending on release, cancelled from pending or processing.
//!
//! `attempts` is the fencing token: a worker whose lease ran out and whose work another one began
//! again cannot finish it any more. What happens to a row while a worker has it, and what finds
//! rows that nobody looks after, is in [`upkeep`].

mod upkeep;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;
use wharf_domain::{
    agent::AgentType,
    ids::{AgentId, CompanyId, ContactId, ExecutionId, ProfileId},
    intent::IntentType,
    priority::Priority,
};

use crate::{
    Result,
    columns::{Col, OptCol, text_enum},
    error::StoreError,
    schema::agent_execution_queue as q,
};

pub use upkeep::{
    AWAITED, answer_under_way, await_answer, cancel_of_conversation, due_to_be_told, in_turn,
    latest_of_conversation, lock_conversation, overdue, renew, seize, set_deadlines, told,
    under_way, unfinished, waiting,
};

text_enum! {
    /// How far an execution is.
    pub enum ExecutionStatus {
        /// Not begun, or to be begun again.
        Pending = "pending",
        /// A worker has it.
        Processing = "processing",
        /// Done.
        Completed = "completed",
        /// Given up.
        Failed = "failed",
        /// Withdrawn.
        Cancelled = "cancelled",
    }
}

/// Work to be enqueued.
#[derive(Debug, Clone)]
pub struct NewExecution {
    /// The request's id, from the webhook on.
    pub id: ExecutionId,
    /// The tenant.
    pub company_id: CompanyId,
    /// The agent.
    pub agent_id: Option<AgentId>,
    /// Who gets the result.
    pub contact_id: Option<ContactId>,
    /// The person who asked.
    pub profile_id: Option<ProfileId>,
    /// Orders the work of one conversation.
    pub conversation_key: String,
    /// What was asked.
    pub intent: IntentType,
    /// Who does it.
    pub agent: AgentType,
    /// How urgent it is.
    pub priority: Priority,
    /// What the agent needs to know: entities, the moment of asking, the zone.
    pub context: Value,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
}

/// A row of the queue.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = q)]
pub struct Execution {
    /// The request's id.
    #[diesel(deserialize_as = Uuid)]
    pub id: ExecutionId,
    /// The tenant.
    #[diesel(deserialize_as = Uuid)]
    pub company_id: CompanyId,
    /// The agent.
    #[diesel(deserialize_as = OptCol<AgentId>)]
    pub agent_id: Option<AgentId>,
    /// Who gets the result.
    #[diesel(deserialize_as = OptCol<ContactId>)]
    pub contact_id: Option<ContactId>,
    /// The person who asked.
    #[diesel(deserialize_as = OptCol<ProfileId>)]
    pub profile_id: Option<ProfileId>,
    /// Orders the work of one conversation.
    pub conversation_key: String,
    /// What was asked.
    #[diesel(deserialize_as = Col<IntentType>)]
    pub intent_type: IntentType,
    /// Who does it.
    #[diesel(deserialize_as = Col<AgentType>)]
    pub agent_type: AgentType,
    /// How urgent it is.
    #[diesel(deserialize_as = Col<Priority>)]
    pub priority: Priority,
    /// How far it is.
    #[diesel(deserialize_as = Col<ExecutionStatus>)]
    pub status: ExecutionStatus,
    /// How often it was begun.
    pub attempts: i32,
    /// Who has it; [`AWAITED`] when an external agent is to call back.
    pub lease_owner: Option<String>,
    /// Until when the present worker has it.
    pub lease_until: Option<DateTime<Utc>>,
    /// Past it the user is told that it takes longer; `None`: told, or nothing is done outside.
    pub soft_deadline_at: Option<DateTime<Utc>>,
    /// Past it it fails; `None`: nothing of it was done outside a transaction yet.
    pub hard_deadline_at: Option<DateTime<Utc>>,
    /// What the agent needs to know.
    pub context: Option<Value>,
    /// What the agent found.
    pub result: Option<Value>,
    /// The messages that finishing it decided to publish.
    pub outcome: Option<Value>,
    /// Why the latest attempt failed.
    pub error: Option<String>,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
    /// When it was first begun.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
}

/// What came of trying to begin an execution.
#[derive(Debug, Clone, PartialEq)]
pub enum Begin {
    /// It is yours until the lease ends.
    Started(Execution),
    /// A redelivery: what was decided stands in `outcome`.
    AlreadyFinished(Execution),
    /// Another worker has it.
    LeasedElsewhere {
        /// Until when.
        until: DateTime<Utc>,
        /// Whether it is no worker but an external agent that is to call back.
        awaited: bool,
    },
    /// The company has no such execution.
    Missing,
}

/// Enqueues work once; `false` when it was there already.
///
/// # Errors
/// [`StoreError::Conflict`] when the id belongs to another company; or the database fails.
pub async fn enqueue(conn: &mut AsyncPgConnection, new: &NewExecution) -> Result<bool> {
    let rows = diesel::insert_into(q::table)
        .values((
            q::id.eq(new.id.0),
            q::company_id.eq(new.company_id.0),
            q::agent_id.eq(new.agent_id.map(Uuid::from)),
            q::contact_id.eq(new.contact_id.map(Uuid::from)),
            q::profile_id.eq(new.profile_id.map(Uuid::from)),
            q::conversation_key.eq(&new.conversation_key),
            q::intent_type.eq(new.intent.as_str()),
            q::agent_type.eq(new.agent.as_str()),
            q::priority.eq(i32::from(new.priority.number())),
            q::context.eq(&new.context),
            q::created_at.eq(new.created_at),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    if rows == 0 && get(conn, new.company_id, new.id).await?.is_none() {
        return Err(StoreError::Conflict(
            "the execution belongs to another company",
        ));
    }
    Ok(rows == 1)
}

/// One execution.
///
/// # Errors
/// When the database fails.
pub async fn get(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: ExecutionId,
) -> Result<Option<Execution>> {
    Ok(q::table
        .filter(q::company_id.eq(company.0))
        .filter(q::id.eq(id.0))
        .select(Execution::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The execution whose answer the conversation was shown last.
///
/// # Errors
/// When the database fails.
pub async fn latest_answered(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    conversation_key: &str,
) -> Result<Option<Execution>> {
    Ok(q::table
        .filter(q::company_id.eq(company.0))
        .filter(q::conversation_key.eq(conversation_key))
        .filter(q::status.eq(ExecutionStatus::Completed.as_str()))
        .filter(q::result.is_not_null())
        .order(q::completed_at.desc())
        .select(Execution::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Takes an execution for `owner` until `now + lease`, when it is pending or its lease ran out.
/// Of several at once, one starts.
///
/// # Errors
/// When the database fails.
pub async fn begin(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: ExecutionId,
    owner: &str,
    now: DateTime<Utc>,
    lease: TimeDelta,
) -> Result<Begin> {
    let free = q::status.eq(ExecutionStatus::Pending.as_str()).or(q::status
        .eq(ExecutionStatus::Processing.as_str())
        .and(q::lease_until.le(now).assume_not_null()));
    let started: Option<Execution> = diesel::update(q::table)
        .filter(q::company_id.eq(company.0))
        .filter(q::id.eq(id.0))
        .filter(free)
        .set((
            q::status.eq(ExecutionStatus::Processing.as_str()),
            q::attempts.eq(q::attempts + 1),
            q::lease_owner.eq(owner),
            q::lease_until.eq(now + lease),
            q::started_at.eq(coalesce(q::started_at, Some(now))),
        ))
        .returning(Execution::as_returning())
        .get_result(conn)
        .await
        .optional()?;
    if let Some(row) = started {
        return Ok(Begin::Started(row));
    }
    Ok(match get(conn, company, id).await? {
        None => Begin::Missing,
        Some(Execution {
            status: ExecutionStatus::Processing,
            lease_until: Some(until),
            lease_owner,
            ..
        }) => Begin::LeasedElsewhere {
            until,
            awaited: lease_owner.as_deref() == Some(AWAITED),
        },
        // Released between the two statements: whoever released it arranged for a new attempt.
        Some(Execution {
            status: ExecutionStatus::Pending | ExecutionStatus::Processing,
            ..
        }) => Begin::LeasedElsewhere {
            until: now,
            awaited: false,
        },
        Some(row) => Begin::AlreadyFinished(row),
    })
}

/// Ends a begun execution well. `false` when it is not `execution`'s any more (its lease ran out
/// and another worker began it, or it was cancelled): then roll back.
///
/// # Errors
/// When the database fails.
pub async fn complete(
    conn: &mut AsyncPgConnection,
    execution: &Execution,
    result: &Value,
    outcome: &Value,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(held(execution))
        .set((
            q::status.eq(ExecutionStatus::Completed.as_str()),
            q::completed_at.eq(now),
            q::result.eq(result),
            q::outcome.eq(outcome),
            q::error.eq(None::<String>),
            q::lease_owner.eq(None::<String>),
            q::lease_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Gives a begun execution up for good. `false` as for [`complete`].
///
/// # Errors
/// When the database fails.
pub async fn fail(
    conn: &mut AsyncPgConnection,
    execution: &Execution,
    error: &str,
    outcome: &Value,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(held(execution))
        .set((
            q::status.eq(ExecutionStatus::Failed.as_str()),
            q::completed_at.eq(now),
            q::error.eq(error),
            q::outcome.eq(outcome),
            q::lease_owner.eq(None::<String>),
            q::lease_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Gives a begun execution back to be tried again. `false` as for [`complete`].
///
/// # Errors
/// When the database fails.
pub async fn release(
    conn: &mut AsyncPgConnection,
    execution: &Execution,
    error: Option<&str>,
) -> Result<bool> {
    let rows = diesel::update(held(execution))
        .set((
            q::status.eq(ExecutionStatus::Pending.as_str()),
            q::error.eq(error),
            q::lease_owner.eq(None::<String>),
            q::lease_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Gives an execution up that no worker holds, e.g. when its message has ended dead. `false` when
/// it has ended already or a worker's lease still runs.
///
/// # Errors
/// When the database fails.
pub async fn abandon(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: ExecutionId,
    error: &str,
    outcome: &Value,
    now: DateTime<Utc>,
) -> Result<bool> {
    match begin(conn, company, id, "abandon", now, TimeDelta::zero()).await? {
        Begin::Started(execution) => fail(conn, &execution, error, outcome, now).await,
        _ => Ok(false),
    }
}

/// The row while `execution` holds it.
#[diesel::dsl::auto_type]
fn held<'a>(execution: &'a Execution) -> _ {
    let company: Uuid = execution.company_id.0;
    let id: Uuid = execution.id.0;
    let attempts: i32 = execution.attempts;
    q::table
        .filter(q::company_id.eq(company))
        .filter(q::id.eq(id))
        .filter(q::attempts.eq(attempts))
        .filter(q::status.eq("processing"))
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The first that is not NULL.
    fn coalesce(
        a: diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>,
        b: diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>,
    ) -> diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>;
}
