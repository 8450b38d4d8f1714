//! The agents' own work, when it is time: alerts are raised and stock is watched though nobody asks.

use anyhow::Context as _;
use chrono::TimeDelta;
use wharf_domain::{
    agent::AgentType,
    contracts::Step,
    entities::Entities,
    ids::{CompanyId, ExecutionId, named},
    intent::IntentType,
};
use wharf_pipeline::HandleError;
use wharf_store::{
    Across, StoreError,
    agent_runs::{self, NewRun, RunState, Trigger},
    agents::{self as rows, AgentKind, AgentState},
    companies::{self, Company},
};

use crate::{
    agents::{self, Request},
    handler::{Engine, failed},
};

/// The agents that work by themselves.
const BY_THEMSELVES: [AgentType; 2] = [AgentType::InventoryMonitor, AgentType::AlertGenerator];

/// Has every agent work that has not for `minutes`; 0: none.
pub(super) async fn run_due(engine: &Engine, minutes: u32) -> anyhow::Result<()> {
    if minutes == 0 {
        return Ok(());
    }
    let companies = engine
        .store
        .across::<_, StoreError, _>(Across::Sweeper, async |conn| companies::all(conn).await)
        .await?;
    for company in companies {
        for kind in BY_THEMSELVES {
            let pause = TimeDelta::minutes(minutes.into());
            run_one(engine, &company, kind, pause)
                .await
                .with_context(|| format!("{kind} of company {}", company.id))?;
        }
    }
    Ok(())
}

/// A failure of the agent is a row of its runs; only one to write that row is an error.
async fn run_one(
    engine: &Engine,
    company: &Company,
    kind: AgentType,
    pause: TimeDelta,
) -> anyhow::Result<()> {
    let now = engine.now();
    let due = engine
        .store
        .in_company::<_, StoreError, _>(company.id, async |conn| {
            let agent = rows::find_or_create(conn, company.id, kind).await?;
            let idle = agent.state == AgentState::Stopped
                || agent.kind == AgentKind::Http
                || agent.closed_until.is_some_and(|until| until > now)
                || agent_runs::ran_by_itself(conn, company.id, agent.id, now - pause).await?;
            Ok((!idle).then_some(agent))
        })
        .await?;
    let Some(agent) = due else { return Ok(()) };
    let request = request(engine, company, kind);
    let note = |state, error| NewRun {
        agent: agent.id,
        execution: None,
        trigger: Trigger::Schedule,
        intent: IntentType::RunAgent,
        state,
        started_at: now,
        ended_at: now,
        error,
    };
    let done = engine
        .store
        .in_company::<_, HandleError, _>(company.id, async |conn| {
            let report = agents::job(kind, conn, &request).await.map_err(failed)?;
            let run = note(RunState::Completed, None);
            agent_runs::record(conn, company.id, &run, engine.circuit).await?;
            Ok(report)
        })
        .await;
    engine.swept("job");
    match done {
        Ok(report) => {
            tracing::info!(agent = %kind, counts = ?report.counts, "agent worked by itself");
            Ok(())
        }
        Err(HandleError::Fail(cause)) => {
            let why = format!("{cause:#}");
            tracing::error!(agent = %kind, error = why, "agent failed by itself");
            let run = note(RunState::Failed, Some(&why));
            record(engine, company.id, &run).await?;
            Ok(())
        }
        // Not the agent's fault, and tried again at the next sweep.
        Err(error) => Err(error.into()),
    }
}

async fn record(engine: &Engine, company: CompanyId, run: &NewRun<'_>) -> Result<(), StoreError> {
    engine
        .store
        .in_company::<_, StoreError, _>(company, async |conn| {
            agent_runs::record(conn, company, run, engine.circuit).await
        })
        .await
        .map(|_| ())
}

fn request(engine: &Engine, company: &Company, kind: AgentType) -> Request {
    let now = engine.now();
    // No row has this id: nobody asked, and nobody is answered.
    let id = named(&format!("job:{}:{kind}:{}", company.id, now.timestamp()));
    Request {
        execution_id: ExecutionId(id),
        company: company.clone(),
        person: None,
        contact_id: None,
        conversation_key: String::new(),
        intent: IntentType::RunAgent,
        step: Step::Ask,
        entities: Entities::default(),
        now,
        limits: engine.limits,
    }
}
