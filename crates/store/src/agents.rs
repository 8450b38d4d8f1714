//! Agents as companies have them: one row a company and kind.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{
    agent::AgentType,
    ids::{AgentId, CompanyId},
};

use crate::{
    Result,
    columns::{Col, text_enum},
    schema::agents,
};

text_enum! {
    /// Whether an agent takes work.
    pub enum AgentState {
        /// It does.
        Active = "active",
        /// Somebody stopped it.
        Stopped = "stopped",
    }
}

/// A company's agent.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = agents)]
pub struct Agent {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: AgentId,
    /// The tenant.
    #[diesel(deserialize_as = Uuid)]
    pub company_id: CompanyId,
    /// What it does.
    #[diesel(deserialize_as = Col<AgentType>)]
    pub agent_type: AgentType,
    /// Whether it takes work.
    #[diesel(deserialize_as = Col<AgentState>)]
    pub state: AgentState,
    /// When it last ran.
    pub last_run_at: Option<DateTime<Utc>>,
    /// Why its last run failed; none when it went well.
    pub last_error: Option<String>,
}

/// The company's agent of that kind, made when it is not there. Two at once make one.
///
/// # Errors
/// When the database fails.
pub async fn find_or_create(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    agent: AgentType,
) -> Result<Agent> {
    diesel::insert_into(agents::table)
        .values((
            agents::company_id.eq(company.0),
            agents::agent_type.eq(agent.as_str()),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(agents::table
        .filter(agents::company_id.eq(company.0))
        .filter(agents::agent_type.eq(agent.as_str()))
        .select(Agent::as_select())
        .first(conn)
        .await?)
}

/// The company's agents, by kind.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Vec<Agent>> {
    Ok(agents::table
        .filter(agents::company_id.eq(company.0))
        .order(agents::agent_type)
        .select(Agent::as_select())
        .load(conn)
        .await?)
}

/// Notes a run that ended at `now`, with why it failed if it did; `false` when `company` has no
/// such agent.
///
/// # Errors
/// When the database fails.
pub async fn record_run(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    agent: AgentId,
    now: DateTime<Utc>,
    error: Option<&str>,
) -> Result<bool> {
    let rows = diesel::update(agents::table)
        .filter(agents::company_id.eq(company.0))
        .filter(agents::id.eq(agent.0))
        .set((agents::last_run_at.eq(now), agents::last_error.eq(error)))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Stops or starts an agent; `false` when `company` has no such agent.
///
/// # Errors
/// When the database fails.
pub async fn set_state(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    agent: AgentId,
    state: AgentState,
) -> Result<bool> {
    let rows = diesel::update(agents::table)
        .filter(agents::company_id.eq(company.0))
        .filter(agents::id.eq(agent.0))
        .set(agents::state.eq(state.as_str()))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}
