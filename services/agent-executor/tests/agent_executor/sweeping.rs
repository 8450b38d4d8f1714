//! What no message drives: lost requests, dead workers, agents by themselves; and the order of
//! changes between two processes.

use wharf_broker::Queue;
use wharf_domain::{entities::EntityName, intent::IntentType, priority::Priority};
use wharf_store::executions::ExecutionStatus;
use wharf_testkit::poll;

use crate::support::{DEADLINE, TestExecutor, id};

const OFTEN: (&str, &str) = ("WHARF__SWEEP__INTERVAL_S", "1");

#[tokio::test]
async fn a_request_whose_message_got_lost_is_published_again() {
    let changes = [OFTEN, ("WHARF__SWEEP__LOST_AFTER_S", "120")];
    let executor = TestExecutor::start_with(&changes).await;
    // Enqueued long ago, never sent.
    executor.question(1, "blue widget").await;
    let long_ago = "UPDATE agent_execution_queue SET created_at = now() - interval '3 minutes'";
    executor.db.run_sql(long_ago).await;
    let replies = executor.replies(1).await;
    assert_eq!(replies[0].execution_id, id(1));
    assert_eq!(executor.row(1).await.status, ExecutionStatus::Completed);
    executor
        .wait_metric(r#"wharf_swept_total{what="lost"} 1"#)
        .await;
    let background = Queue::Execute(Priority::Background);
    executor.wait(background, 0).await;
}

#[tokio::test]
async fn what_a_dead_worker_left_past_its_deadlines_is_told_and_failed() {
    let executor = TestExecutor::start_with(&[OFTEN]).await;
    executor.question(1, "blue widget").await;
    executor
        .db
        .run_sql(
            "UPDATE agent_execution_queue SET status = 'processing', attempts = 1,
               lease_owner = 'dead', lease_until = now() + interval '1 hour', started_at = now(),
               soft_deadline_at = now(), hard_deadline_at = now() + interval '3 seconds'",
        )
        .await;
    executor.notices(1).await;
    executor.replies(1).await;
    poll::until(DEADLINE, "failed", async || {
        executor.row(1).await.status == ExecutionStatus::Failed
    })
    .await;
    // Said once, however often it is looked at.
    executor
        .wait_metric(r#"wharf_swept_total{what="overdue"} 1"#)
        .await;
    assert_eq!(executor.notices(1).await.len(), 1);
    let runs = "agent_runs WHERE state = 'failed'";
    assert_eq!(executor.db.rows(runs).await, 1);
}

#[tokio::test]
async fn agents_work_by_themselves_when_it_is_time_and_not_when_they_are_stopped() {
    let changes = [OFTEN, ("WHARF__SWEEP__JOB_MINUTES", "60")];
    let executor = TestExecutor::start_with(&changes).await;
    let ran = "agent_runs WHERE trigger = 'schedule' AND state = 'completed'";
    poll::until(DEADLINE, "both agents ran", async || {
        executor.db.rows(ran).await == 2
    })
    .await;
    // An hour ago is long enough; but one is stopped now.
    executor
        .db
        .run_sql(
            "UPDATE agents SET state = 'stopped' WHERE agent_type = 'alert_generator';
             UPDATE agent_runs SET ended_at = now() - interval '61 minutes'",
        )
        .await;
    poll::until(DEADLINE, "one agent ran again", async || {
        executor.db.rows(ran).await == 3
    })
    .await;
    executor
        .wait_metric(r#"wharf_swept_total{what="job"} 3"#)
        .await;
}

#[tokio::test]
async fn changes_of_a_conversation_take_their_turns_across_processes() {
    let executor = TestExecutor::start().await;
    let other = executor.second();
    let named = [(EntityName::Agent, "report_generator")];
    let mut requests = Vec::new();
    for number in 1..=10 {
        let intent = if number % 2 == 1 {
            IntentType::StopAgent
        } else {
            IntentType::RunAgent
        };
        requests.push(executor.enqueue(number, intent, &named).await);
    }
    // The latest first: each has to wait for all that were asked for before it.
    for request in requests.iter().rev() {
        executor.send(request).await;
    }
    executor.replies(10).await;
    drop(other);
    let mut ended = Vec::new();
    for number in 1..=10 {
        let row = executor.row(number).await;
        assert_eq!(row.status, ExecutionStatus::Completed, "{number}");
        // Each found what the one before had left.
        assert!(
            row.result
                .unwrap()
                .to_string()
                .contains(r#""changed":true"#),
            "{number}"
        );
        ended.push(row.completed_at);
    }
    assert!(ended.is_sorted());
}
