//! What agents did: one row a run, and what counts for the circuit that closes after failures.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{
    ids::{AgentId, CompanyId, ExecutionId},
    intent::IntentType,
};

use crate::{
    Result,
    agents::{
        Agent,
        health::{self, Cause},
    },
    columns::text_enum,
    schema::{agent_runs, agents},
};

text_enum! {
    /// How a run ended.
    pub enum RunState {
        /// Well.
        Completed = "completed",
        /// Without a result.
        Failed = "failed",
        /// Withdrawn by the user.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What made an agent run.
    pub enum Trigger {
        /// Somebody asked.
        User = "user",
        /// It was time.
        Schedule = "schedule",
        /// What was lost is made up for.
        Recovery = "recovery",
    }
}

/// A run that has ended.
#[derive(Debug, Clone, Copy)]
pub struct NewRun<'a> {
    /// The agent.
    pub agent: AgentId,
    /// The execution that it worked on; a repeat of it is noted once.
    pub execution: Option<ExecutionId>,
    /// Why it ran.
    pub trigger: Trigger,
    /// What it was asked.
    pub intent: IntentType,
    /// How it ended.
    pub state: RunState,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
    /// Why it failed.
    pub error: Option<&'a str>,
}

/// When an agent gets no more work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circuit {
    /// Failures in a row, at least 1.
    pub failures: i32,
    /// For how long.
    pub closed: TimeDelta,
}

/// What noting a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// It was noted before, or `company` has no such agent.
    Before,
    /// It counts.
    Counted,
    /// It counts, and its agent gets no work until then.
    Failing(DateTime<Utc>),
    /// It counts, and its agent, which got no work before, gets it again.
    Recovered,
}

/// Notes a run, and what it means for its agent: a success opens the circuit, one failure more may
/// close it. What that is to be known of is written in the same transaction: see `health`.
///
/// # Errors
/// When the database fails.
pub async fn record(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    run: &NewRun<'_>,
    circuit: Circuit,
) -> Result<Noted> {
    let ours = agents::table
        .filter(agents::company_id.eq(company.0))
        .filter(agents::id.eq(run.agent.0));
    let agent: Option<Agent> = ours
        .select(Agent::as_select())
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    let Some(agent) = agent else {
        return Ok(Noted::Before);
    };
    let rows = diesel::insert_into(agent_runs::table)
        .values((
            agent_runs::company_id.eq(company.0),
            agent_runs::agent_id.eq(run.agent.0),
            agent_runs::execution_id.eq(run.execution.map(Uuid::from)),
            agent_runs::trigger.eq(run.trigger.as_str()),
            agent_runs::intent_type.eq(run.intent.as_str()),
            agent_runs::state.eq(run.state.as_str()),
            agent_runs::started_at.eq(run.started_at),
            agent_runs::ended_at.eq(run.ended_at),
            agent_runs::error.eq(run.error),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    if rows == 0 {
        return Ok(Noted::Before);
    }
    let (failures, closed_until) = match run.state {
        RunState::Cancelled => return Ok(Noted::Counted),
        RunState::Completed => (0, None),
        RunState::Failed if agent.failures + 1 >= circuit.failures => {
            (agent.failures + 1, Some(run.ended_at + circuit.closed))
        }
        RunState::Failed => (agent.failures + 1, agent.closed_until),
    };
    diesel::update(ours)
        .set((
            agents::last_run_at.eq(run.ended_at),
            agents::last_error.eq(run.error),
            agents::failures.eq(failures),
            agents::closed_until.eq(closed_until),
        ))
        .execute(conn)
        .await?;
    match (run.state, closed_until) {
        (RunState::Failed, Some(until)) if failures >= circuit.failures => {
            health::failing(conn, &agent, run, failures, until).await?;
            Ok(Noted::Failing(until))
        }
        (RunState::Completed, _) if agent.closed_until.is_some() => {
            let cause = Cause {
                profile: None,
                execution: run.execution,
                intent: run.intent,
                at: run.ended_at,
            };
            health::recovered(conn, &agent, cause).await?;
            Ok(Noted::Recovered)
        }
        _ => Ok(Noted::Counted),
    }
}

/// Runs of an agent since a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunCount {
    /// The agent.
    pub agent: AgentId,
    /// All runs that ended since then.
    pub runs: i64,
    /// Those that failed.
    pub failures: i64,
}

/// How often the company's agents ran since `since`; without those that did not.
///
/// # Errors
/// When the database fails.
pub async fn counts(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    since: DateTime<Utc>,
) -> Result<Vec<RunCount>> {
    let rows: Vec<(Uuid, String, i64)> = agent_runs::table
        .filter(agent_runs::company_id.eq(company.0))
        .filter(agent_runs::ended_at.ge(since))
        .group_by((agent_runs::agent_id, agent_runs::state))
        .select((
            agent_runs::agent_id,
            agent_runs::state,
            diesel::dsl::count_star(),
        ))
        .load(conn)
        .await?;
    let mut counts: Vec<RunCount> = Vec::new();
    for (agent, state, runs) in rows {
        let agent = AgentId(agent);
        let failed = if state == RunState::Failed.as_str() {
            runs
        } else {
            0
        };
        match counts.iter_mut().find(|count| count.agent == agent) {
            Some(count) => {
                count.runs += runs;
                count.failures += failed;
            }
            None => counts.push(RunCount {
                agent,
                runs,
                failures: failed,
            }),
        }
    }
    Ok(counts)
}

/// Whether the agent ran by itself since `since`.
///
/// # Errors
/// When the database fails.
pub async fn ran_by_itself(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    agent: AgentId,
    since: DateTime<Utc>,
) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(
        agent_runs::table
            .filter(agent_runs::company_id.eq(company.0))
            .filter(agent_runs::agent_id.eq(agent.0))
            .filter(agent_runs::trigger.eq(Trigger::Schedule.as_str()))
            .filter(agent_runs::ended_at.gt(since)),
    ))
    .get_result(conn)
    .await?)
}
