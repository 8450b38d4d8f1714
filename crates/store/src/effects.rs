//! What executions changed, so that UNDO can take it back by a change the other way.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;
use wharf_domain::{
    agent::AgentType,
    ids::{CompanyId, ExecutionId, ProfileId},
    intent::IntentType,
};

use crate::{
    Result,
    columns::{Col, OptCol},
    error::StoreError,
    schema::effects as e,
};

/// A change to be noted.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEffect {
    /// The execution that made it; one effect each.
    pub execution_id: ExecutionId,
    /// The tenant.
    pub company_id: CompanyId,
    /// The conversation in which UNDO takes it back.
    pub conversation_key: String,
    /// Who asked for it.
    pub profile_id: Option<ProfileId>,
    /// Who made it, and takes it back.
    pub agent: AgentType,
    /// What was asked.
    pub intent: IntentType,
    /// The rows concerned, as the agent needs them to take the change back.
    pub change: Value,
    /// When.
    pub done_at: DateTime<Utc>,
    /// The last moment at which UNDO takes it back.
    pub undo_until: DateTime<Utc>,
}

/// A change.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = e)]
pub struct Effect {
    /// The execution that made it.
    #[diesel(deserialize_as = Uuid)]
    pub execution_id: ExecutionId,
    /// The tenant.
    #[diesel(deserialize_as = Uuid)]
    pub company_id: CompanyId,
    /// The conversation in which UNDO takes it back.
    pub conversation_key: String,
    /// Who asked for it.
    #[diesel(deserialize_as = OptCol<ProfileId>)]
    pub profile_id: Option<ProfileId>,
    /// Who made it, and takes it back.
    #[diesel(deserialize_as = Col<AgentType>, column_name = agent_type)]
    pub agent: AgentType,
    /// What was asked.
    #[diesel(deserialize_as = Col<IntentType>, column_name = intent_type)]
    pub intent: IntentType,
    /// The rows concerned, as the agent wrote them.
    pub change: Value,
    /// When.
    pub done_at: DateTime<Utc>,
    /// The execution that took it back.
    #[diesel(deserialize_as = OptCol<ExecutionId>)]
    pub undone_by: Option<ExecutionId>,
    /// When it was taken back.
    pub undone_at: Option<DateTime<Utc>>,
    /// The last moment at which UNDO takes it back.
    pub undo_until: DateTime<Utc>,
}

impl Effect {
    /// How many minutes UNDO had, when it is too late for it at `now`; `None`: it is not.
    #[must_use]
    pub fn too_late(&self, now: DateTime<Utc>) -> Option<u32> {
        let minutes = (self.undo_until - self.done_at).num_minutes();
        (now > self.undo_until).then(|| u32::try_from(minutes).unwrap_or_default())
    }
}

/// Notes a change once; `false` when the execution's change was noted before.
///
/// # Errors
/// [`StoreError::Conflict`] when the execution is another company's; or the database fails.
pub async fn record(conn: &mut AsyncPgConnection, new: &NewEffect) -> Result<bool> {
    let rows = diesel::insert_into(e::table)
        .values((
            e::execution_id.eq(new.execution_id.0),
            e::company_id.eq(new.company_id.0),
            e::conversation_key.eq(&new.conversation_key),
            e::profile_id.eq(new.profile_id.map(Uuid::from)),
            e::agent_type.eq(new.agent.as_str()),
            e::intent_type.eq(new.intent.as_str()),
            e::change.eq(&new.change),
            e::done_at.eq(new.done_at),
            e::undo_until.eq(new.undo_until),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    if rows == 0 && get(conn, new.company_id, new.execution_id).await?.is_none() {
        return Err(StoreError::Conflict(
            "the effect belongs to another company",
        ));
    }
    Ok(rows == 1)
}

/// What `execution` changed.
///
/// # Errors
/// When the database fails.
pub async fn get(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    execution: ExecutionId,
) -> Result<Option<Effect>> {
    Ok(e::table
        .filter(e::company_id.eq(company.0))
        .filter(e::execution_id.eq(execution.0))
        .select(Effect::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The conversation's latest change, taken back or not.
///
/// # Errors
/// When the database fails.
pub async fn latest_of(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    conversation_key: &str,
) -> Result<Option<Effect>> {
    Ok(e::table
        .filter(e::company_id.eq(company.0))
        .filter(e::conversation_key.eq(conversation_key))
        .order((e::done_at.desc(), e::execution_id))
        .select(Effect::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Notes that `undone_by` takes the change of `execution` back; `false` when it was taken back
/// before, or `company` has no such change. Of several at once, one gets `true`.
///
/// # Errors
/// When the database fails.
pub async fn mark_undone(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    execution: ExecutionId,
    undone_by: ExecutionId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(e::table)
        .filter(e::company_id.eq(company.0))
        .filter(e::execution_id.eq(execution.0))
        .filter(e::undone_by.is_null())
        .set((e::undone_by.eq(undone_by.0), e::undone_at.eq(now)))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}
