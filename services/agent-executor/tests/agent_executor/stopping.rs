//! The controller: agents are started, stopped and reported on; a stopped one refuses work.

use wharf_domain::{
    contracts::{
        ReplyContent, Step,
        answers::{AgentUnavailable, WhyNotUndone, WhyUnavailable},
    },
    entities::EntityName,
    intent::IntentType,
};
use wharf_store::executions::ExecutionStatus;

use crate::support::{TestExecutor, id};

async fn say(
    executor: &TestExecutor,
    number: u32,
    intent: IntentType,
    agent: &str,
) -> ReplyContent {
    let named = [(EntityName::Agent, agent)];
    let request = executor.enqueue(number, intent, &named).await;
    executor.send(&request).await;
    answer(executor, number).await
}

/// The same after a yes.
async fn confirmed(
    executor: &TestExecutor,
    number: u32,
    intent: IntentType,
    agent: &str,
) -> ReplyContent {
    let named = [(EntityName::Agent, agent)];
    let yes = Step::Confirmed { asked: None };
    let request = executor.enqueue_step(number, intent, &named, yes).await;
    executor.send(&request).await;
    answer(executor, number).await
}

async fn answer(executor: &TestExecutor, number: u32) -> ReplyContent {
    let replies = executor.replies(number).await;
    let reply = replies.into_iter().find(|r| r.execution_id == id(number));
    reply.unwrap().body.content
}

#[tokio::test]
async fn a_stopped_agent_refuses_work_until_it_is_started() {
    let executor = TestExecutor::start().await;
    let monitor = "inventory_monitor";
    let stopped = say(&executor, 1, IntentType::StopAgent, monitor).await;
    let ReplyContent::AgentStopped(stopped) = stopped else {
        panic!("{stopped:?}")
    };
    assert_eq!(stopped.agents, [monitor]);
    assert!(!stopped.running && stopped.changed && stopped.undo_until.is_some());

    executor
        .send(&executor.question(2, "blue widget").await)
        .await;
    let refused = answer(&executor, 2).await;
    let ReplyContent::AgentUnavailable(AgentUnavailable { agent, why }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(agent, monitor);
    assert!(
        matches!(why, WhyUnavailable::Stopped { at: Some(_), .. }),
        "{why:?}"
    );
    assert_eq!(executor.row(2).await.status, ExecutionStatus::Completed);

    let status = say(&executor, 3, IntentType::AgentStatus, "all").await;
    let ReplyContent::AgentStatus(list) = status else {
        panic!("{status:?}")
    };
    assert_eq!(list.agents.len(), 5);
    let line = list
        .agents
        .iter()
        .find(|line| line.agent == monitor)
        .unwrap();
    assert!(!line.running && line.stopped_at.is_some());
    assert_eq!(
        (line.runs_today, line.waiting),
        (0, 0),
        "a refusal is no run"
    );

    // Stopping it again changes nothing.
    let again = say(&executor, 4, IntentType::StopAgent, monitor).await;
    let ReplyContent::AgentStopped(again) = again else {
        panic!("{again:?}")
    };
    assert!(!again.changed && again.undo_until.is_none());

    let started = say(&executor, 5, IntentType::RunAgent, monitor).await;
    let ReplyContent::AgentStarted(started) = started else {
        panic!("{started:?}")
    };
    assert!(started.running && started.changed);
    assert_eq!(started.jobs.len(), 1);
    assert_eq!(started.jobs[0].agent, monitor);
    executor
        .send(&executor.question(6, "blue widget").await)
        .await;
    let answered = answer(&executor, 6).await;
    assert!(
        matches!(answered, ReplyContent::InventoryCheckResult(_)),
        "{answered:?}"
    );
}

#[tokio::test]
async fn all_are_stopped_but_the_controller_and_undo_brings_back_those_that_ran() {
    let executor = TestExecutor::start().await;
    say(&executor, 1, IntentType::StopAgent, "report_generator").await;
    let stopped = confirmed(&executor, 2, IntentType::StopAgent, "all").await;
    let ReplyContent::AgentStopped(stopped) = stopped else {
        panic!("{stopped:?}")
    };
    assert_eq!(stopped.agents.len(), 5);
    let controller = say(&executor, 3, IntentType::StopAgent, "controller").await;
    let ReplyContent::AgentStarted(controller) = controller else {
        panic!("{controller:?}")
    };
    assert!(controller.running && !controller.changed);

    let undo = async |number, of| {
        let request = executor
            .enqueue_step(
                number,
                IntentType::StopAgent,
                &[],
                Step::Undo { of: id(of) },
            )
            .await;
        executor.send(&request).await;
        answer(&executor, number).await
    };
    let undone = undo(4, 2).await;
    let ReplyContent::Undone(undone) = undone else {
        panic!("{undone:?}")
    };
    assert!(
        !undone.subject.contains("report_generator"),
        "{}",
        undone.subject
    );
    let active = "agents WHERE state = 'active' AND agent_type <> 'controller'";
    assert_eq!(executor.db.rows(active).await, 4);
    let again = undo(5, 2).await;
    assert_eq!(again, ReplyContent::NotUndone(WhyNotUndone::Already));
    let nothing = undo(6, 3).await;
    assert_eq!(nothing, ReplyContent::NotUndone(WhyNotUndone::Nothing));
    say(&executor, 7, IntentType::RunAgent, "report_generator").await;
    let overtaken = undo(8, 1).await;
    assert_eq!(overtaken, ReplyContent::NotUndone(WhyNotUndone::Overtaken));
}

#[tokio::test]
async fn three_failures_close_the_circuit_and_one_success_opens_it() {
    let executor = TestExecutor::start().await;
    // check_inventory without anything to check fails.
    for number in 1..=3 {
        let request = executor
            .enqueue(number, IntentType::CheckInventory, &[])
            .await;
        executor.send(&request).await;
        answer(&executor, number).await;
    }
    executor
        .send(&executor.question(4, "blue widget").await)
        .await;
    let refused = answer(&executor, 4).await;
    let ReplyContent::AgentUnavailable(AgentUnavailable { why, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert!(matches!(why, WhyUnavailable::Failing { .. }), "{why:?}");
    let failed = "agent_runs WHERE state = 'failed'";
    assert_eq!(executor.db.rows(failed).await, 3);
    // When its time is over, one request is let through.
    executor
        .db
        .run_sql("UPDATE agents SET closed_until = now() WHERE closed_until IS NOT NULL")
        .await;
    executor
        .send(&executor.question(5, "blue widget").await)
        .await;
    let answered = answer(&executor, 5).await;
    assert!(
        matches!(answered, ReplyContent::InventoryCheckResult(_)),
        "{answered:?}"
    );
    let open =
        "agents WHERE failures = 0 AND closed_until IS NULL AND agent_type = 'inventory_monitor'";
    assert_eq!(executor.db.rows(open).await, 1);
}

#[tokio::test]
async fn more_than_one_at_once_is_asked_about() {
    let executor = TestExecutor::start().await;
    for (number, intent) in [(1, IntentType::StopAgent), (2, IntentType::RunAgent)] {
        let asked = say(&executor, number, intent, "all").await;
        let ReplyContent::Confirm(question) = asked else {
            panic!("{asked:?}")
        };
        assert_eq!(question.intent, intent);
    }
    assert_eq!(executor.db.rows("agents WHERE state = 'stopped'").await, 0);
    assert_eq!(executor.db.rows("effects").await, 0);
    let started = confirmed(&executor, 3, IntentType::RunAgent, "all").await;
    let ReplyContent::AgentStarted(started) = started else {
        panic!("{started:?}")
    };
    // They ran already, and have worked now: that is on record, though there is nothing to undo.
    assert_eq!((started.jobs.len(), started.undo_until), (5, None));
    let line = "audit_log WHERE action = 'done' AND intent_type = 'run_agent'";
    assert_eq!(executor.db.rows(line).await, 1);
}
