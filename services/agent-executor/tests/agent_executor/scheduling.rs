//! Requests that come again by themselves: one execution a due time, whoever sweeps.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use wharf_broker::Queue;
use wharf_domain::{
    clock::{Clock, SystemClock},
    contracts::{
        Envelope, ReplyContent, ReplyRequest,
        answers::{ScheduleChange, Scheduled},
    },
    entities::{Entities, EntityName},
    ids::{ProfileId, named},
    intent::IntentType,
    priority::Priority,
    recurrence::{Cadence, Recurrence},
};
use wharf_pipeline::Publication;
use wharf_store::{
    demo,
    executions::{self, ExecutionStatus},
    schedules::{self, NewSchedule, Schedule, ScheduleState},
};
use wharf_testkit::poll;

use crate::support::{DEADLINE, TestExecutor, contact};

const OFTEN: (&str, &str) = ("WHARF__SWEEP__INTERVAL_S", "1");

fn profile() -> ProfileId {
    named("demo:profile:+15550100002").into()
}

/// A daily look at stock that was due `ago` for the first time.
async fn daily(executor: &TestExecutor, ago: TimeDelta) -> Schedule {
    let due = SystemClock.now() - ago;
    let due = DateTime::from_timestamp(due.timestamp() / 60 * 60, 0).unwrap();
    let new = NewSchedule {
        company_id: demo::company_id(),
        profile_id: profile(),
        contact_id: contact(),
        conversation_key: "AC1:+14155238886:+15550100002".to_owned(),
        intent: IntentType::CheckInventory,
        entities: Entities::from_iter([(EntityName::Product, "blue widget".to_owned())]),
        recurrence: Recurrence {
            cadence: Cadence::Daily,
            at: due.time(),
        },
        time_zone: chrono_tz::UTC,
        next_run_at: due,
        created_at: due,
    };
    let mut conn = executor.store.conn().await.unwrap();
    schedules::create(&mut conn, &new).await.unwrap()
}

async fn answered(executor: &TestExecutor, schedule: &Schedule, due: DateTime<Utc>) -> Scheduled {
    let (company, id) = (demo::company_id(), schedule.id.run(due));
    let row = poll::until_some(DEADLINE, "the run has ended", async || {
        let mut conn = executor.store.conn().await.unwrap();
        let row = executions::get(&mut conn, company, id).await.unwrap()?;
        (row.status == ExecutionStatus::Completed).then_some(row)
    })
    .await;
    assert_eq!(row.priority, Priority::Background);
    assert_eq!(row.profile_id, Some(profile()));
    let Publication::Reply(reply) = serde_json::from_value(row.result.unwrap()).unwrap() else {
        panic!("no reply");
    };
    assert_eq!(reply.body.contact_id, contact());
    match reply.body.content {
        ReplyContent::Scheduled(scheduled) => scheduled,
        other => panic!("{other:?}"),
    }
}

async fn now_is(executor: &TestExecutor, schedule: &Schedule) -> Schedule {
    let mut conn = executor.store.conn().await.unwrap();
    let all = schedules::of_person(&mut conn, demo::company_id(), profile()).await;
    let mut all = all.unwrap().into_iter();
    all.find(|one| one.id == schedule.id).unwrap()
}

#[tokio::test]
async fn what_is_due_runs_once_whoever_sweeps() {
    let mut executor = TestExecutor::start_with(&[OFTEN]).await;
    let other = executor.second();
    let schedule = daily(&executor, TimeDelta::minutes(2)).await;
    let due = schedule.what.next_run_at;
    let run = answered(&executor, &schedule, due).await;
    assert_eq!((run.number, run.due, run.missed), (1, due, 0));
    assert_eq!(run.content.template(), "inventory_check_result");
    drop(other);
    // A process that dies and comes back finds it done.
    executor.kill();
    executor.restart();
    let late = daily(&executor, TimeDelta::minutes(1)).await;
    answered(&executor, &late, late.what.next_run_at).await;
    assert_eq!(executor.db.rows("agent_execution_queue").await, 2);
    let moved = now_is(&executor, &schedule).await;
    assert_eq!(moved.last_run_at, Some(due));
    assert_eq!(moved.what.next_run_at, due + TimeDelta::days(1));
}

#[tokio::test]
async fn missed_times_are_one_run_that_says_so() {
    let executor = TestExecutor::start_with(&[OFTEN]).await;
    let ago = TimeDelta::days(3) + TimeDelta::minutes(2);
    let schedule = daily(&executor, ago).await;
    let due = schedule.what.next_run_at + TimeDelta::days(3);
    let run = answered(&executor, &schedule, due).await;
    assert_eq!((run.due, run.missed), (due, 3));
    assert_eq!(executor.db.rows("agent_execution_queue").await, 1);
    executor
        .wait_metric(r#"wharf_swept_total{what="schedule"} 1"#)
        .await;
}

#[tokio::test]
async fn who_lost_the_role_is_told_and_the_schedule_rests() {
    let executor = TestExecutor::start_with(&[OFTEN]).await;
    executor
        .db
        .run_sql(&format!(
            "INSERT INTO role_permissions (company_id, role, intent_type, allowed)
               SELECT company_id, role, 'check_inventory', false FROM profiles WHERE id = '{}'",
            profile()
        ))
        .await;
    let schedule = daily(&executor, TimeDelta::minutes(2)).await;
    poll::until(DEADLINE, "it rests", async || {
        now_is(&executor, &schedule).await.state == ScheduleState::Paused
    })
    .await;
    assert_eq!(executor.db.rows("agent_execution_queue").await, 0);
    let queue = Queue::Reply(Priority::Background);
    executor.wait(queue, 1).await;
    let admin = executor.broker.admin().await;
    let waiting = admin.peek(queue, 10).await.unwrap();
    admin.close().await;
    let reply: Envelope<ReplyRequest> = Envelope::decode(&waiting.messages[0].body).unwrap();
    let ReplyContent::ScheduleSaved(saved) = reply.body.content else {
        panic!("{reply:?}");
    };
    assert_eq!(saved.change, ScheduleChange::Denied);
    let denied = "audit_log WHERE action = 'denied'";
    assert_eq!(executor.db.rows(denied).await, 1);
    assert_eq!(json!(saved.schedule.number), json!(1));
}
