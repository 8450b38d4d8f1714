//! Executions that fail, are interrupted, or were ended by somebody else.

use chrono::TimeDelta;
use wharf_broker::{Queue, Stage};
use wharf_domain::{
    clock::{Clock, SystemClock},
    contracts::{AgentErrorKind, ReplyContent},
    intent::IntentType,
    priority::Priority,
};
use wharf_store::{
    StoreError, demo,
    executions::{self, ExecutionStatus},
};

use crate::support::{TestExecutor, id, request};

#[tokio::test]
async fn a_request_without_a_row_is_dead_and_nobody_is_told() {
    let executor = TestExecutor::start().await;
    executor.send(&request(1, IntentType::CheckInventory)).await;
    assert_eq!(executor.dead(1).await, ["there is no such execution"]);
    assert_eq!(
        executor
            .broker
            .ready(Queue::Reply(Priority::Inventory))
            .await,
        0
    );
}

#[tokio::test]
async fn what_fails_for_good_is_told_and_the_row_says_why() {
    let executor = TestExecutor::start().await;
    // check_inventory without anything to check: nlp asks before it comes to this.
    let request = executor.enqueue(1, IntentType::CheckInventory, &[]).await;
    executor.send(&request).await;
    let content = executor.replies(1).await.remove(0).body.content;
    assert_eq!(
        content,
        ReplyContent::AgentError {
            kind: AgentErrorKind::Default
        }
    );
    let reason = "check_inventory reached its agent without a product";
    assert_eq!(executor.dead(1).await, [reason]);
    let row = executor.row(1).await;
    assert_eq!((row.status, row.attempts), (ExecutionStatus::Failed, 1));
    assert_eq!(row.error.as_deref(), Some(reason));
    assert!(row.completed_at.is_some());
    // A repeat says the same again and stays failed.
    executor.send(&request).await;
    let replies = executor.replies(2).await;
    assert_eq!(replies[0], replies[1]);
    assert_eq!(executor.row(1).await.attempts, 1);
}

#[tokio::test]
async fn a_context_that_cannot_be_read_fails_and_is_told() {
    let executor = TestExecutor::start().await;
    let request = executor.question(1, "blue widget").await;
    executor
        .db
        .run_sql("UPDATE agent_execution_queue SET context = '{}'")
        .await;
    executor.send(&request).await;
    let content = executor.replies(1).await.remove(0).body.content;
    assert_eq!(
        content,
        ReplyContent::AgentError {
            kind: AgentErrorKind::Default
        }
    );
    assert!(executor.dead(1).await[0].starts_with("the execution's context: missing field"));
    assert_eq!(executor.row(1).await.status, ExecutionStatus::Failed);
}

#[tokio::test]
async fn a_broken_table_fails_the_execution_and_tells_the_user() {
    let executor = TestExecutor::start().await;
    let request = executor.question(1, "blue widget").await;
    executor
        .db
        .run_sql("ALTER TABLE stock_levels RENAME TO stock_away")
        .await;
    executor.send(&request).await;
    let content = executor.replies(1).await.remove(0).body.content;
    assert_eq!(
        content,
        ReplyContent::AgentError {
            kind: AgentErrorKind::Default
        }
    );
    assert!(executor.dead(1).await[0].starts_with("database error"));
    assert_eq!(executor.row(1).await.status, ExecutionStatus::Failed);
}

#[tokio::test]
async fn a_cancelled_execution_is_neither_executed_nor_answered() {
    let executor = TestExecutor::start().await;
    let request = executor.question(1, "blue widget").await;
    let cancelled = "UPDATE agent_execution_queue SET status = 'cancelled', completed_at = now()";
    executor.db.run_sql(cancelled).await;
    executor.send(&request).await;
    executor.wait_settled("done", 1).await;
    assert_eq!(executor.row(1).await.status, ExecutionStatus::Cancelled);
    assert_eq!(executor.row(1).await.attempts, 0);
    assert_eq!(
        executor
            .broker
            .ready(Queue::Reply(Priority::Inventory))
            .await,
        0
    );
}

#[tokio::test]
async fn what_another_worker_holds_is_tried_again_when_its_lease_is_over() {
    let executor = TestExecutor::start().await;
    let request = executor.question(1, "blue widget").await;
    let (now, lease) = (SystemClock.now(), TimeDelta::minutes(5));
    let mut conn = executor.store.conn().await.unwrap();
    let company = demo::company_id();
    executions::begin(&mut conn, company, id(1), "other", now, lease)
        .await
        .unwrap();
    drop(conn);
    executor.send(&request).await;
    executor.wait_settled("retried", 1).await;
    assert_eq!(executor.row(1).await.attempts, 1);
    executor
        .db
        .run_sql("UPDATE agent_execution_queue SET lease_until = now()")
        .await;
    executor.replies(1).await;
    let row = executor.row(1).await;
    // The worker that died counts as an attempt.
    assert_eq!((row.status, row.attempts), (ExecutionStatus::Completed, 2));
}

#[tokio::test]
async fn a_worker_killed_within_its_transaction_leaves_exactly_one_completion() {
    let mut executor = TestExecutor::start().await;
    let request = executor.question(1, "blue widget").await;
    // Whoever holds the stock rows stops the agent in the middle of its transaction.
    let holder = executor.db.store().await;
    let (taken, release) = (tokio::sync::Notify::new(), tokio::sync::Notify::new());
    let hold = holder.transaction::<(), StoreError, _>(async |conn| {
        lock_products(conn).await;
        taken.notify_one();
        release.notified().await;
        Ok(())
    });
    let test = async {
        taken.notified().await;
        executor.send(&request).await;
        executor.wait_blocked().await;
        executor.kill();
        // What the dead worker began is not to be seen.
        let row = executor.row(1).await;
        assert_eq!((row.status, row.attempts), (ExecutionStatus::Pending, 0));
        assert_eq!(
            executor
                .broker
                .ready(Queue::Reply(Priority::Inventory))
                .await,
            0
        );
        executor.restart();
        release.notify_one();
        executor.replies(1).await
    };
    let (held, replies) = tokio::join!(hold, test);
    held.unwrap();
    assert_eq!(replies[0].execution_id, id(1));
    let row = executor.row(1).await;
    assert_eq!((row.status, row.attempts), (ExecutionStatus::Completed, 1));
    executor
        .wait_metric(r#"wharf_executions_total{agent="inventory_monitor",outcome="completed"} 1"#)
        .await;
    assert_eq!(
        executor
            .broker
            .ready(Queue::Dead(Stage::AgentExecutor))
            .await,
        0
    );
}

async fn lock_products(conn: &mut wharf_store::AsyncPgConnection) {
    use diesel_async::SimpleAsyncConnection;

    conn.batch_execute("LOCK TABLE stock_levels IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
}

#[tokio::test]
async fn while_the_database_is_away_requests_wait() {
    let changes = [("WHARF__DATABASE__CONNECT_TIMEOUT_MS", "500")];
    let executor = TestExecutor::start_with(&changes).await;
    let mut requests = Vec::new();
    for number in 1..=5 {
        requests.push(executor.question(number, "blue widget").await);
    }
    executor.db.interrupt().await;
    for request in &requests {
        executor.send(request).await;
    }
    executor
        .wait_metric(r#"wharf_stalls_total{stage="agent-executor"} 1"#)
        .await;
    executor.wait(Queue::Execute(Priority::Inventory), 5).await;
    executor.db.resume().await;
    executor.replies(5).await;
    for number in 1..=5 {
        let row = executor.row(number).await;
        assert_eq!((row.status, row.attempts), (ExecutionStatus::Completed, 1));
    }
}
