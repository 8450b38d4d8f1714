//! Looks after what no message drives: executions past their deadlines, requests that got lost,
//! drafts that nobody answered, requests that come again by themselves, and the agents' own work when
//! it is time. One process at a time does it, whoever has the lock.
//!
//! Nothing holds what is published here but rows. So a message is published, with an id that
//! follows from the execution, before the row says so: a crash in between repeats it, and who gets
//! it twice recognises it.
//!
//! To add a kind of work: a function here, and its line in [`Sweeper::sweep`].

mod drafts;
mod jobs;
mod schedules;

use std::{collections::HashMap, time::Duration};

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use wharf_broker::{Outgoing, Route};
use wharf_domain::{
    contracts::{Envelope, ExecutionRequest},
    ids::ExecutionId,
    priority::Priority,
};
use wharf_runtime::config::{ConfigError, Validate};
use wharf_store::{
    Across, NamedLock, StoreError,
    executions::{self, Execution},
};

use crate::handler::Engine;

/// The lock's name, and the owner of what the sweeper has.
const NAME: &str = "agent-executor sweeper";
/// Rows of one kind that a sweep takes; the next takes the rest.
const AT_ONCE: i64 = 200;
/// How long the sweeper itself may take to end an execution.
const LEASE: TimeDelta = TimeDelta::minutes(1);

/// The `[sweep]` section.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepConfig {
    /// Seconds between two sweeps, 1 to 600.
    pub interval_s: u32,
    /// Seconds after which a request that nobody works on counts as lost, 30 to 86,400.
    pub lost_after_s: u32,
    /// Minutes between two runs of an agent by itself, up to 1,440; 0: it runs only when asked.
    pub job_minutes: u32,
}

impl Validate for SweepConfig {
    fn validate(&self) -> Result<(), ConfigError> {
        let ranges = [
            ("interval_s", self.interval_s, 1, 600),
            ("lost_after_s", self.lost_after_s, 30, 86_400),
            ("job_minutes", self.job_minutes, 0, 1_440),
        ];
        for (name, value, low, high) in ranges {
            if !(low..=high).contains(&value) {
                return Err(ConfigError(format!("sweep.{name} must be {low}-{high}")));
            }
        }
        Ok(())
    }
}

/// See the module.
pub(crate) struct Sweeper {
    engine: Engine,
    config: SweepConfig,
    lock: Option<NamedLock>,
    /// What was published again: when next, and how often it was.
    republished: HashMap<ExecutionId, (DateTime<Utc>, i32)>,
}

impl Sweeper {
    pub(crate) fn new(engine: Engine, config: SweepConfig) -> Self {
        Self {
            engine,
            config,
            lock: None,
            republished: HashMap::new(),
        }
    }

    /// Sweeps until the process stops.
    pub(crate) async fn run(mut self, stop: &CancellationToken) {
        let mut tick = interval(Duration::from_secs(self.config.interval_s.into()));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                () = stop.cancelled() => return,
            }
            if let Err(error) = self.sweep().await {
                tracing::warn!(error = format!("{error:#}"), "sweep broken off");
            }
        }
    }

    async fn sweep(&mut self) -> anyhow::Result<()> {
        if !self.has_lock().await? {
            return Ok(());
        }
        self.end_overdue().await?;
        self.tell_late().await?;
        self.publish_lost().await?;
        drafts::cancel_unanswered(&self.engine).await?;
        schedules::run_due(&self.engine).await?;
        jobs::run_due(&self.engine, self.config.job_minutes).await
    }

    /// Whether this process is the one that sweeps. The lock lives as long as its connection.
    async fn has_lock(&mut self) -> anyhow::Result<bool> {
        if let Some(lock) = &mut self.lock {
            match lock.check().await {
                Ok(()) => return Ok(true),
                Err(error) => tracing::warn!(%error, "the sweeper's lock is lost"),
            }
            self.lock = None;
        }
        self.lock = self.engine.store.try_lock(NAME).await?;
        Ok(self.lock.is_some())
    }

    /// Fails what is past its hard deadline. Taken first, so that nobody completes it meanwhile.
    async fn end_overdue(&self) -> anyhow::Result<()> {
        let engine = &self.engine;
        let now = engine.now();
        let overdue = engine
            .store
            .across::<_, StoreError, _>(Across::Sweeper, async |conn| {
                executions::overdue(conn, NAME, now, AT_ONCE).await
            })
            .await?;
        for execution in overdue {
            let (company, id) = (execution.company_id, execution.id);
            let until = now + LEASE;
            let seized = engine
                .store
                .in_company::<_, StoreError, _>(company, async |conn| {
                    executions::seize(conn, company, id, NAME, now, until).await
                })
                .await?;
            let Some(execution) = seized else { continue };
            let outcome = engine.sorry_for(&execution);
            for publication in &outcome.publish {
                let message = publication.outgoing()?;
                engine
                    .publisher
                    .publish(&publication.route(), &message)
                    .await
                    .context("telling that it failed")?;
            }
            let reason = "the hard deadline is over";
            let ended = engine.store.in_company(company, async |conn| {
                engine.failed(conn, &execution, &outcome, reason).await
            });
            match ended.await {
                Ok(()) => tracing::warn!(execution_id = %id, reason, "execution failed"),
                Err(error) => tracing::warn!(execution_id = %id, %error, "not ended"),
            }
            engine.swept("overdue");
        }
        Ok(())
    }

    /// Tells those whose worker died before it could.
    async fn tell_late(&self) -> anyhow::Result<()> {
        let engine = &self.engine;
        let now = engine.now();
        let late = engine
            .store
            .across::<_, StoreError, _>(Across::Sweeper, async |conn| {
                executions::due_to_be_told(conn, now, AT_ONCE).await
            })
            .await?;
        for execution in late {
            engine.tell_longer(&execution).await?;
            engine.swept("told");
        }
        Ok(())
    }

    /// Publishes the requests again that nobody works on, each after growing pauses: most of them
    /// only wait in a long queue.
    async fn publish_lost(&mut self) -> anyhow::Result<()> {
        let engine = &self.engine;
        let now = engine.now();
        let pause = TimeDelta::seconds(self.config.lost_after_s.into());
        let lost = engine
            .store
            .across::<_, StoreError, _>(Across::Sweeper, async |conn| {
                executions::unfinished(conn, now - pause, now, AT_ONCE).await
            })
            .await?;
        self.republished
            .retain(|id, _| lost.iter().any(|execution| execution.id == *id));
        for execution in lost {
            let (next, times) = self
                .republished
                .get(&execution.id)
                .copied()
                .unwrap_or((now, 0));
            if next > now {
                continue;
            }
            let request = request_of(&execution);
            engine
                .publisher
                .publish(
                    &Route::Execute(Priority::Background),
                    &Outgoing::of(&request)?,
                )
                .await
                .context("publishing a lost request again")?;
            tracing::warn!(execution_id = %execution.id, "request published again");
            engine.swept("lost");
            let next = now + pause * 2_i32.pow(times.min(6).unsigned_abs());
            self.republished.insert(execution.id, (next, times + 1));
        }
        Ok(())
    }
}

/// The request of an execution, with the id that nlp gave it.
fn request_of(execution: &Execution) -> Envelope<ExecutionRequest> {
    let body = ExecutionRequest {
        execution_id: execution.id,
        company_id: execution.company_id,
        agent: execution.agent_type,
        intent: execution.intent_type,
        priority: execution.priority,
        conversation_key: execution.conversation_key.clone(),
    };
    let id = execution.id.message("execute");
    Envelope::new(id, execution.id, execution.created_at, body)
}
