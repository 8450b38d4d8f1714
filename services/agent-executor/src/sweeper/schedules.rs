//! Requests that come again by themselves (SCHEDULE), when they are due.
//!
//! One transaction a run: the row is held, the execution of its due time is written under the id
//! that follows from both, and the row moves on. So there is one execution a due time, whoever
//! sweeps and however often. What happens after the commit needs no luck: an execution that was not
//! published is found by `publish_lost`.
//!
//! Times that passed while nobody swept are one run, that of the latest; its answer says how many
//! it stands for.

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use wharf_broker::{Outgoing, Route};
use wharf_domain::{
    contracts::{
        Envelope, ExecutionContext, ReplyContent, ReplyRequest, ReplyTo, ScheduledRun, Step,
        answers::{ScheduleChange, ScheduleLine, ScheduleSaved},
    },
    entities::EntityName,
    ids::{CompanyId, ScheduleId},
    mapping::mapping_of,
    priority::Priority,
};
use wharf_pipeline::HandleError;
use wharf_store::{
    Across, AsyncPgConnection, StoreError, agents,
    audit::{self, AuditAction, Entry},
    companies,
    executions::{self, Execution, NewExecution},
    permissions, profiles,
    schedules::{self, PausedBy, Schedule},
};

use super::request_of;
use crate::handler::Engine;

/// Schedules of one company that a sweep runs; the next runs the rest.
const AT_ONCE: i64 = 200;
/// Missed times that are counted; a daily request reaches it after ten years.
const MOST_MISSED: usize = 3_650;

/// What a due schedule comes to.
enum Ran {
    /// Work.
    Work(Box<Execution>),
    /// The person may not ask for it any more.
    Paused(Box<Envelope<ReplyRequest>>),
    /// Somebody else has it, or it has nothing to do.
    Nothing,
}

/// Runs what is due in every company.
pub(super) async fn run_due(engine: &Engine) -> anyhow::Result<()> {
    let companies = engine
        .store
        .across::<_, StoreError, _>(Across::Sweeper, async |conn| companies::all(conn).await)
        .await?;
    for company in companies {
        let due = engine
            .store
            .in_company::<_, StoreError, _>(company.id, async |conn| {
                schedules::due(conn, company.id, engine.now(), AT_ONCE).await
            })
            .await?;
        for id in due {
            run_one(engine, company.id, id)
                .await
                .with_context(|| format!("schedule {id} of company {}", company.id))?;
        }
    }
    Ok(())
}

async fn run_one(engine: &Engine, company: CompanyId, id: ScheduleId) -> anyhow::Result<()> {
    let ran = engine
        .store
        .in_company::<_, HandleError, _>(company, async |conn| {
            take(engine, conn, company, id).await
        })
        .await?;
    match ran {
        Ran::Nothing => return Ok(()),
        Ran::Work(execution) => {
            let request = request_of(&execution);
            engine
                .publisher
                .publish(
                    &Route::Execute(execution.priority),
                    &Outgoing::of(&request)?,
                )
                .await
                .context("publishing a scheduled request")?;
            tracing::info!(schedule_id = %id, execution_id = %execution.id, "schedule ran");
        }
        Ran::Paused(notice) => {
            engine
                .publisher
                .publish(
                    &Route::Reply(notice.body.priority),
                    &Outgoing::of(&*notice)?,
                )
                .await
                .context("telling that a schedule is paused")?;
            tracing::info!(schedule_id = %id, "schedule paused: its person may not ask for it");
        }
    }
    engine.swept("schedule");
    Ok(())
}

async fn take(
    engine: &Engine,
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: ScheduleId,
) -> Result<Ran, HandleError> {
    let now = engine.now();
    let Some(schedule) = schedules::take_due(conn, company, id, now).await? else {
        return Ok(Ran::Nothing);
    };
    let what = &schedule.what;
    let first = what.next_run_at;
    let times = what.recurrence.between(first, now, &what.time_zone);
    let later: Vec<DateTime<Utc>> = times.take(MOST_MISSED).collect();
    let due = later.last().copied().unwrap_or(first);
    let missed = u32::try_from(later.len()).unwrap_or(u32::MAX);
    let next = what.recurrence.next_after(now, &what.time_zone);
    // The end of the calendar: it never comes again.
    let next = next.unwrap_or(now + TimeDelta::days(36_500));
    schedules::ran(conn, company, id, due, next).await?;
    let place = what.entities.get(EntityName::Location);
    let permission =
        permissions::check_at(conn, company, what.profile_id, what.intent, place).await?;
    if !permission.is_allowed() {
        let notice = deny(engine, conn, &schedule, due).await?;
        return Ok(Ran::Paused(Box::new(notice)));
    }
    let run = ScheduledRun {
        number: schedule.number,
        due,
        missed,
    };
    enqueue(engine, conn, &schedule, run).await
}

async fn enqueue(
    engine: &Engine,
    conn: &mut AsyncPgConnection,
    schedule: &Schedule,
    run: ScheduledRun,
) -> Result<Ran, HandleError> {
    let what = &schedule.what;
    let company = what.company_id;
    let Some(mapping) = mapping_of(what.intent) else {
        return Ok(Ran::Nothing);
    };
    let agent = agents::find_or_create(conn, company, mapping.agent).await?;
    let profile = profiles::get(conn, company, what.profile_id).await?;
    let context = ExecutionContext {
        source: "schedule".to_owned(),
        entities: what.entities.clone(),
        persona: profile.and_then(|profile| profile.persona),
        received_at: engine.now(),
        step: Step::Ask,
        schedule: Some(run),
        offer: None,
    };
    let new = NewExecution {
        id: schedule.id.run(run.due),
        company_id: company,
        agent_id: Some(agent.id),
        contact_id: Some(what.contact_id),
        profile_id: Some(what.profile_id),
        conversation_key: what.conversation_key.clone(),
        intent: what.intent,
        agent: mapping.agent,
        priority: Priority::Background,
        context: serde_json::to_value(context).map_err(|e| HandleError::Fail(e.into()))?,
        created_at: engine.now(),
    };
    if !executions::enqueue(conn, &new).await? {
        return Ok(Ran::Nothing);
    }
    let row = executions::get(conn, company, new.id).await?;
    Ok(row.map_or(Ran::Nothing, |row| Ran::Work(Box::new(row))))
}

/// Lets a schedule rest whose person may not ask for it any more; what the person is told.
async fn deny(
    engine: &Engine,
    conn: &mut AsyncPgConnection,
    schedule: &Schedule,
    due: DateTime<Utc>,
) -> Result<Envelope<ReplyRequest>, HandleError> {
    let (what, now) = (&schedule.what, engine.now());
    let execution = schedule.id.run(due);
    schedules::pause(conn, what.company_id, schedule.id, PausedBy::Role).await?;
    let entry = Entry {
        company: what.company_id,
        at: now,
        profile: Some(what.profile_id),
        execution: Some(execution),
        intent: what.intent,
        action: AuditAction::Denied,
        detail: json!({"schedule": schedule.number}),
    };
    audit::record(conn, &entry).await?;
    let content = ReplyContent::ScheduleSaved(ScheduleSaved {
        schedule: ScheduleLine {
            number: schedule.number,
            intent: what.intent,
            entities: what.entities.clone(),
            recurrence: what.recurrence,
            time_zone: what.time_zone.name().to_owned(),
            next: None,
        },
        change: ScheduleChange::Denied,
    });
    let to = ReplyTo {
        company_id: what.company_id,
        contact_id: what.contact_id,
        conversation_key: what.conversation_key.clone(),
        priority: Priority::Background,
        received_at: now,
    };
    Ok(ReplyRequest::to_unasked_execution(
        execution, to, content, now,
    ))
}
