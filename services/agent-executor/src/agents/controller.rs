//! Starts, stops and reports on the other agents. Itself it cannot be stopped: it is what starts
//! the others again.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use wharf_domain::{
    agent::AgentType,
    contracts::{
        ReplyContent, Step,
        answers::{AgentLine, AgentStatusList, AgentSwitched, JobReport, Undone, WhyNotUndone},
    },
    entities::EntityName,
    ids::{AgentId, ExecutionId, ProfileId},
    intent::IntentType,
};
use wharf_store::{
    AsyncPgConnection, StoreError, agent_runs,
    agents::{self as rows, AgentKind, AgentState},
    audit::AuditAction,
    executions, profiles,
};

use super::{Agent, AgentFailure, Request, Work, ask, changes, not_mine};

/// What `agent` says when all are meant.
const ALL: &str = "all";
/// What "today" is in the figures of runs.
const DAY: TimeDelta = TimeDelta::hours(24);

/// See the module.
#[derive(Debug)]
pub(super) struct Controller;

/// What starting or stopping changed, as UNDO needs it.
#[derive(Debug, Serialize, Deserialize)]
struct Change {
    /// The state that it gave them.
    to: String,
    agents: Vec<Before>,
}

/// An agent as it was.
#[derive(Debug, Serialize, Deserialize)]
struct Before {
    agent: AgentType,
    running: bool,
    stopped_by: Option<ProfileId>,
    stopped_at: Option<DateTime<Utc>>,
}

impl Agent for Controller {
    async fn run(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<Work, AgentFailure> {
        match request.intent {
            IntentType::AgentStatus => status(conn, request).await.map(Work::done),
            IntentType::RunAgent => switch(conn, request, AgentState::Active).await,
            IntentType::StopAgent => switch(conn, request, AgentState::Stopped).await,
            _ => Ok(Work::done(not_mine(request))),
        }
    }

    async fn undo(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
        of: ExecutionId,
    ) -> Result<ReplyContent, AgentFailure> {
        undo(conn, request, of).await
    }

    async fn job(
        &self,
        _conn: &mut AsyncPgConnection,
        _request: &Request,
    ) -> Result<JobReport, AgentFailure> {
        Ok(JobReport {
            agent: AgentType::Controller.as_str().to_owned(),
            counts: Vec::new(),
        })
    }
}

/// The agents that the request means; all that can be switched when it names none.
fn meant(request: &Request) -> Result<Vec<AgentType>, AgentFailure> {
    match request.entities.get(EntityName::Agent) {
        None | Some(ALL) => Ok(AgentType::ALL
            .iter()
            .copied()
            .filter(|agent| *agent != AgentType::Controller)
            .collect()),
        Some(name) => match name.parse() {
            Ok(agent) => Ok(vec![agent]),
            Err(error) => Err(AgentFailure::Refused(format!("{error}"))),
        },
    }
}

async fn switch(
    conn: &mut AsyncPgConnection,
    request: &Request,
    to: AgentState,
) -> Result<Work, AgentFailure> {
    let meant = meant(request)?;
    let running = to == AgentState::Active;
    let names = meant.iter().map(|agent| agent.as_str().to_owned());
    let mut switched = AgentSwitched {
        agents: names.collect(),
        running,
        changed: false,
        jobs: Vec::new(),
        asked: Vec::new(),
        undo_until: None,
        as_of: request.now,
    };
    if meant == [AgentType::Controller] {
        // It always runs, and has no work of its own.
        switched.running = true;
        return Ok(Work::done(ReplyContent::AgentStarted(switched)));
    }
    if meant.len() > request.limits.confirm_agents as usize && request.step == Step::Ask {
        let question = ask::confirm_plainly(conn, request).await?;
        return Ok(Work::done(question));
    }
    let before = set(conn, request, &meant, to).await?;
    let mut own = Vec::new();
    if running {
        for agent in meant {
            let row = rows::find_or_create(conn, request.company_id(), agent).await?;
            match row.kind {
                AgentKind::Builtin => {
                    // Boxed, since an agent's job is one of the futures that this one is part of.
                    let job = Box::pin(super::job(agent, conn, request)).await?;
                    switched.jobs.push(job);
                }
                AgentKind::Http => own.push(agent),
            }
        }
        switched.asked = own.iter().map(|agent| agent.as_str().to_owned()).collect();
    }
    if before.is_empty() {
        if running {
            let detail = json!({ "to": to.as_str(), "worked": &switched.agents });
            changes::audit(conn, request, AuditAction::Done, detail).await?;
        }
    } else {
        switched.changed = true;
        switched.undo_until = Some(request.undo_until());
        let change = Change {
            to: to.as_str().to_owned(),
            agents: before,
        };
        changes::note(conn, request, &change).await?;
    }
    let content = Box::new(match to {
        AgentState::Active => ReplyContent::AgentStarted(switched),
        AgentState::Stopped => ReplyContent::AgentStopped(switched),
    });
    Ok(match own.is_empty() {
        true => Work::Done(content),
        false => Work::Handed(content, own),
    })
}

/// What an agent of ours did that was still the company's own when it was started.
pub(super) fn worked(agent: AgentType, request: &Request, job: JobReport) -> ReplyContent {
    ReplyContent::AgentStarted(AgentSwitched {
        agents: vec![agent.as_str().to_owned()],
        running: true,
        changed: false,
        jobs: vec![job],
        asked: Vec::new(),
        undo_until: None,
        as_of: request.now,
    })
}

/// Switches those that are not so yet, and says how they were.
async fn set(
    conn: &mut AsyncPgConnection,
    request: &Request,
    agents: &[AgentType],
    to: AgentState,
) -> Result<Vec<Before>, StoreError> {
    let company = request.company_id();
    let by = request.person.as_ref().map(|person| person.id);
    let mut before = Vec::new();
    for agent in agents {
        let row = rows::find_or_create(conn, company, *agent).await?;
        let same = row.state == to;
        // A running agent is started all the same: that opens a circuit that failures have closed.
        if !same || (to == AgentState::Active && row.failures > 0) {
            rows::set_state(conn, company, row.id, to, by, request.now).await?;
        }
        if !same {
            before.push(Before {
                agent: *agent,
                running: row.state == AgentState::Active,
                stopped_by: row.stopped_by,
                stopped_at: row.stopped_at,
            });
        }
    }
    Ok(before)
}

async fn undo(
    conn: &mut AsyncPgConnection,
    request: &Request,
    of: ExecutionId,
) -> Result<ReplyContent, AgentFailure> {
    let change: Change = match changes::to_undo(conn, request, of).await? {
        Ok(change) => change,
        Err(instead) => return Ok(instead),
    };
    let company = request.company_id();
    let mut agents = Vec::new();
    for before in &change.agents {
        let row = rows::find_or_create(conn, company, before.agent).await?;
        // Somebody has switched it since: that stands.
        if row.state.as_str() != change.to {
            return changes::overtaken(conn, request, of).await;
        }
        agents.push(row.id);
    }
    if !changes::undone(conn, request, of).await? {
        return Ok(ReplyContent::NotUndone(WhyNotUndone::Already));
    }
    for (before, agent) in change.agents.iter().zip(agents) {
        let (to, at) = match before.running {
            true => (AgentState::Active, request.now),
            false => (
                AgentState::Stopped,
                before.stopped_at.unwrap_or(request.now),
            ),
        };
        rows::set_state(conn, company, agent, to, before.stopped_by, at).await?;
    }
    let names: Vec<_> = change
        .agents
        .iter()
        .map(|before| before.agent.as_str())
        .collect();
    Ok(ReplyContent::Undone(Undone {
        intent: request.intent,
        subject: names.join(", "),
        change: None,
        as_of: request.now,
    }))
}

async fn status(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<ReplyContent, AgentFailure> {
    let company = request.company_id();
    let counts = agent_runs::counts(conn, company, request.now - DAY).await?;
    let counts: HashMap<AgentId, _> = counts
        .into_iter()
        .map(|count| (count.agent, (count.runs, count.failures)))
        .collect();
    let waiting: HashMap<AgentType, i64> = executions::waiting(conn, company)
        .await?
        .into_iter()
        .collect();
    let mut agents = Vec::new();
    for agent in meant(request)? {
        let row = rows::find_or_create(conn, company, agent).await?;
        let (runs, failures) = counts.get(&row.id).copied().unwrap_or_default();
        let stopped_by = match row.stopped_by {
            Some(by) => profiles::name(conn, company, by).await?,
            None => None,
        };
        agents.push(AgentLine {
            agent: agent.as_str().to_owned(),
            running: row.state == AgentState::Active,
            stopped_by,
            stopped_at: row.stopped_at,
            closed_until: row.closed_until.filter(|until| *until > request.now),
            last_run_at: row.last_run_at,
            last_run_failed: row.last_error.is_some(),
            runs_today: count(runs),
            failures_today: count(failures),
            waiting: count(waiting.get(&agent).copied().unwrap_or_default()),
        });
    }
    Ok(ReplyContent::AgentStatus(AgentStatusList {
        agents,
        as_of: request.now,
    }))
}

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
