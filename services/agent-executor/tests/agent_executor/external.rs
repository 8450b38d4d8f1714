//! A company's own agents: called, signed for, tried again, refused, and calling back.

use std::time::Duration;

use serde_json::json;
use wharf_broker::Queue;
use wharf_domain::{
    agent::AgentType,
    contracts::{AgentAnswer, AgentErrorKind, ReplyContent},
    entities::EntityName,
    intent::IntentType,
    priority::Priority,
};
use wharf_store::{
    demo,
    executions::{self, ExecutionStatus},
};
use wharf_testkit::poll;

use crate::{
    agent::{ExampleAgent, SECRET, Say},
    support::{DEADLINE, TestExecutor, id, request},
};

/// What lets the tests' agent be called: it is on the loopback and has no certificate.
const ALLOWED: [(&str, &str); 2] = [
    ("WHARF__EXTERNAL__ALLOW_HTTP", "true"),
    ("WHARF__EXTERNAL__ALLOW_PRIVATE_ADDRESSES", "true"),
];
const CALLBACKS: [(&str, &str); 2] = [
    ("WHARF__CALLBACKS__PUBLIC_URL", "https://wharf.example"),
    (
        "WHARF__CALLBACKS__SIGNING_KEY",
        "0123456789abcdef0123456789abcdef",
    ),
];

async fn start(changes: &[(&str, &str)], says: Vec<Say>) -> (TestExecutor, ExampleAgent) {
    let changes: Vec<_> = ALLOWED.iter().chain(changes).copied().collect();
    let executor = TestExecutor::start_with(&changes).await;
    let agent = ExampleAgent::start(says);
    executor.plug(&agent.url).await;
    (executor, agent)
}

fn says(text: &str) -> ReplyContent {
    ReplyContent::AgentSays {
        agent: "inventory_monitor".to_owned(),
        text: text.to_owned(),
    }
}

fn failed() -> ReplyContent {
    ReplyContent::AgentError {
        kind: AgentErrorKind::Default,
    }
}

fn longer() -> ReplyContent {
    ReplyContent::AgentError {
        kind: AgentErrorKind::Timeout,
    }
}

#[tokio::test]
async fn an_agent_of_the_companys_own_is_called_and_its_answer_told() {
    let (executor, agent) = start(&[], vec![Say::text("Forty.")]).await;
    let request = executor.question(1, "blue widget").await;
    executor.send(&request).await;
    let reply = executor.replies(1).await.remove(0);
    assert_eq!(reply.body.content, says("Forty."));
    let row = executor.row(1).await;
    assert_eq!((row.status, row.attempts), (ExecutionStatus::Completed, 1));

    let call = agent.calls().remove(0);
    assert!(call.verifies(SECRET), "{call:?}");
    assert!(!call.verifies("another secret"));
    assert_eq!(call.idempotency_key, request.execution_id.to_string());
    let mut body = call.body;
    assert!(body["now"].take().is_string());
    let expected = json!({
        "execution_id": request.execution_id,
        "company_id": request.body.company_id,
        "agent": "inventory_monitor",
        "intent": "check_inventory",
        "entities": {"product": "blue widget"},
        "step": {"kind": "ask"},
        "person": null,
        "now": null,
        "callback_url": null,
    });
    assert_eq!(body, expected);

    // A repeat is answered from the row.
    executor.send(&request).await;
    executor.replies(2).await;
    assert_eq!(agent.calls().len(), 1);
    let runs = "agent_runs WHERE state = 'completed' AND trigger = 'user'";
    assert_eq!(executor.db.rows(runs).await, 1);
}

#[tokio::test]
async fn what_may_pass_is_tried_again_with_the_same_key_and_what_may_not_is_told() {
    let busy = || Say::Status(503, Some("1"));
    let (executor, agent) = start(&[], vec![busy(), busy(), Say::text("At last.")]).await;
    executor
        .send(&executor.question(1, "blue widget").await)
        .await;
    let reply = executor.replies(1).await.remove(0);
    assert_eq!(reply.body.content, says("At last."));
    let calls = agent.calls();
    assert_eq!(calls.len(), 3);
    assert!(calls.iter().all(|call| call.verifies(SECRET)));
    assert!(
        calls
            .iter()
            .all(|call| call.idempotency_key == calls[0].idempotency_key)
    );
    let waited = calls[2].at - calls[0].at;
    assert!(waited >= Duration::from_secs(2), "Retry-After: {waited:?}");

    let hopeless = [
        (Say::Status(500, None), "HTTP 500"),
        (Say::Status(404, None), "HTTP 404"),
        (Say::Status(302, None), "HTTP 302"),
        (Say::Body("nonsense".to_owned()), "cannot be read"),
        (Say::Body(" ".repeat(70_000)), "more than 65536"),
        (Say::Body(json!({"text": ""}).to_string()), "1 to 3000"),
        (
            Say::Body(json!({"content": {"template": "unknown_command"}}).to_string()),
            "with unknown_command",
        ),
    ];
    for (number, (say, words)) in (2..).zip(hopeless) {
        // Failures must not close the circuit here.
        executor
            .db
            .run_sql("UPDATE agents SET failures = 0, closed_until = NULL")
            .await;
        agent.will_say(say);
        executor
            .send(&executor.question(number, "blue widget").await)
            .await;
        let replies = executor.replies(number).await;
        let reply = replies.iter().find(|r| r.execution_id == id(number));
        assert_eq!(reply.unwrap().body.content, failed(), "{words}");
        let row = executor.row(number).await;
        assert_eq!(row.status, ExecutionStatus::Failed);
        let error = row.error.unwrap();
        assert!(error.contains(words), "{error}");
    }
    assert_eq!(agent.calls().len(), 10, "each was tried once");
}

#[tokio::test]
async fn an_address_inside_is_not_called_unless_that_is_allowed() {
    let executor = TestExecutor::start_with(&ALLOWED[..1]).await;
    let agent = ExampleAgent::start(vec![Say::text("Never.")]);
    let port = agent.url.rsplit(':').next().unwrap().to_owned();
    let refused = [
        (agent.url.clone(), "not public"),
        // By a name that resolves to it.
        (format!("http://localhost:{port}"), "not public"),
        (format!("ftp://localhost:{port}"), "not allowed"),
    ];
    for (number, (url, words)) in (1..).zip(refused) {
        executor.plug(&url).await;
        executor
            .send(&executor.question(number, "blue widget").await)
            .await;
        executor.replies(number).await;
        let error = executor.row(number).await.error.unwrap();
        assert!(error.contains(words), "{error}");
    }
    assert_eq!(agent.calls().len(), 0);
}

#[tokio::test]
async fn who_takes_long_is_waited_for_and_the_user_told_once() {
    let changes = [("WHARF__EXECUTION__SOFT_DEADLINE_S", "1")];
    let (executor, agent) = start(&changes, vec![Say::Wait]).await;
    executor
        .send(&executor.question(1, "blue widget").await)
        .await;
    let told = executor.notices(1).await.remove(0);
    assert_eq!(told.body.content, longer());
    assert_eq!(told.id, id(1).message("soft"));
    let row = executor.row(1).await;
    assert_eq!(
        (row.status, row.soft_deadline_at),
        (ExecutionStatus::Processing, None)
    );
    assert!(row.lease_until.is_some() && row.hard_deadline_at.is_some());
    agent.go_on();
    let replies = executor.replies(1).await;
    assert_eq!(replies[0].body.content, says("Done waiting."));
    assert_eq!(executor.notices(1).await.len(), 1);
}

#[tokio::test]
async fn past_the_hard_deadline_it_has_failed() {
    let changes = [
        ("WHARF__EXECUTION__SOFT_DEADLINE_S", "1"),
        ("WHARF__EXECUTION__HARD_DEADLINE_S", "3"),
    ];
    let (executor, _agent) = start(&changes, vec![Say::Wait]).await;
    executor
        .send(&executor.question(1, "blue widget").await)
        .await;
    let replies = executor.replies(1).await;
    assert_eq!(replies[0].body.content, failed());
    executor.notices(1).await;
    let row = executor.row(1).await;
    assert_eq!(row.status, ExecutionStatus::Failed);
    assert!(row.error.unwrap().contains("hard deadline"));
}

#[tokio::test]
async fn a_cancelled_call_is_dropped_and_nothing_said() {
    let (executor, agent) = start(&[], vec![Say::Wait]).await;
    let request = executor.question(1, "blue widget").await;
    executor.send(&request).await;
    poll::until(DEADLINE, "the agent is called", async || {
        agent.calls().len() == 1
    })
    .await;
    executor.cancel(&request.body.conversation_key).await;
    executor.wait_settled("done", 1).await;
    agent.go_on();
    assert_eq!(executor.row(1).await.status, ExecutionStatus::Cancelled);
    let replies = Queue::Reply(Priority::Inventory);
    assert_eq!(executor.broker.ready(replies).await, 0);
    assert_eq!(executor.db.rows("agent_runs").await, 1);
    let cancelled = "agent_runs WHERE state = 'cancelled'";
    assert_eq!(executor.db.rows(cancelled).await, 1);
}

#[tokio::test]
async fn an_agent_that_calls_back_ends_the_execution_once() {
    let (executor, agent) = start(&CALLBACKS, vec![Say::Status(202, None)]).await;
    executor
        .send(&executor.question(1, "blue widget").await)
        .await;
    assert_eq!(executor.notices(1).await[0].body.content, longer());
    executor.wait_settled("done", 1).await;
    let row = executor.row(1).await;
    assert_eq!(row.status, ExecutionStatus::Processing);
    assert_eq!(row.lease_owner.as_deref(), Some(executions::AWAITED));
    let url = agent.calls()[0].body["callback_url"].clone();
    let start = format!("https://wharf.example/api/agents/results/{}?", id(1));
    assert!(url.as_str().unwrap().starts_with(&start), "{url}");

    // A redelivery of the request meanwhile is nobody's business.
    executor.send(&executor.request_of_question(1)).await;
    executor.wait_settled("done", 2).await;
    assert_eq!(agent.calls().len(), 1);

    let answer = AgentAnswer::Text("Counted: 40.".to_owned());
    for _ in 0..3 {
        executor.call_back(1, answer.clone()).await;
    }
    let other = AgentAnswer::Text("Something else.".to_owned());
    executor.call_back(1, other).await;
    let replies = executor.replies(4).await;
    assert!(
        replies
            .iter()
            .all(|reply| reply.id == replies[0].id && reply.body.content == says("Counted: 40."))
    );
    let row = executor.row(1).await;
    assert_eq!((row.status, row.attempts), (ExecutionStatus::Completed, 1));
    assert_eq!(executor.db.rows("agent_runs").await, 1);
}

#[tokio::test]
async fn an_agent_that_calls_back_that_it_failed_has_failed() {
    let (executor, _agent) = start(&CALLBACKS, vec![Say::Status(202, None)]).await;
    executor
        .send(&executor.question(1, "blue widget").await)
        .await;
    executor.notices(1).await;
    let answer = AgentAnswer::Error("the scales are broken".to_owned());
    executor.call_back(1, answer).await;
    assert_eq!(executor.replies(1).await[0].body.content, failed());
    let error = executor.row(1).await.error.unwrap();
    assert!(error.contains("the scales are broken"), "{error}");
}

#[tokio::test]
async fn who_never_calls_back_has_failed_at_the_hard_deadline() {
    let changes = [
        CALLBACKS[0],
        CALLBACKS[1],
        ("WHARF__EXECUTION__SOFT_DEADLINE_S", "1"),
        ("WHARF__EXECUTION__HARD_DEADLINE_S", "2"),
        ("WHARF__SWEEP__INTERVAL_S", "1"),
    ];
    let (executor, _agent) = start(&changes, vec![Say::Status(202, None)]).await;
    executor
        .send(&executor.question(1, "blue widget").await)
        .await;
    assert_eq!(executor.replies(1).await[0].body.content, failed());
    poll::until(DEADLINE, "failed", async || {
        executor.row(1).await.status == ExecutionStatus::Failed
    })
    .await;
    // Too late.
    let answer = AgentAnswer::Text("Here I am.".to_owned());
    executor.call_back(1, answer).await;
    let replies = executor.replies(2).await;
    assert_eq!(replies[0].id, replies[1].id);
    assert_eq!(replies[1].body.content, failed());
}

#[tokio::test]
async fn a_worker_killed_while_its_agent_works_begins_again_with_the_same_key() {
    let (mut executor, agent) = start(&[], vec![Say::Wait, Say::text("Twice.")]).await;
    executor
        .send(&executor.question(1, "blue widget").await)
        .await;
    poll::until(DEADLINE, "the agent is called", async || {
        agent.calls().len() == 1
    })
    .await;
    executor.kill();
    let expired = "UPDATE agent_execution_queue SET lease_until = now()";
    executor.db.run_sql(expired).await;
    executor.restart();
    let replies = executor.replies(1).await;
    assert_eq!(replies[0].body.content, says("Twice."));
    let calls = agent.calls();
    assert_eq!(calls[0].idempotency_key, calls[1].idempotency_key);
    let row = executor.row(1).await;
    assert_eq!((row.status, row.attempts), (ExecutionStatus::Completed, 2));
}

/// Starts inventory_monitor, as the controller is asked to, and gives what it says.
async fn run_monitor(executor: &TestExecutor, number: u32, replies: u32) -> Vec<ReplyContent> {
    let named = [(EntityName::Agent, "inventory_monitor")];
    let request = executor.enqueue(number, IntentType::RunAgent, &named).await;
    executor.send(&request).await;
    let all = executor.replies(replies).await;
    all.into_iter().map(|reply| reply.body.content).collect()
}

#[tokio::test]
async fn who_is_started_is_called_and_answers_by_itself() {
    let (executor, agent) = start(&[], vec![Say::text("Counted 12 items.")]).await;
    let said = run_monitor(&executor, 1, 2).await;
    let ReplyContent::AgentStarted(started) = &said[0] else {
        panic!("{said:?}")
    };
    assert_eq!(started.asked, ["inventory_monitor"]);
    assert_eq!(started.jobs, []);
    assert_eq!(said[1], says("Counted 12 items."));

    let call = agent.calls().remove(0);
    assert!(call.verifies(SECRET));
    let run = id(1).run_of(AgentType::InventoryMonitor);
    assert_eq!(call.idempotency_key, run.to_string());
    assert_eq!(call.body["intent"], "run_agent");
    assert_eq!(call.body["agent"], "inventory_monitor");
    assert_eq!(call.body["entities"], json!({"agent": "inventory_monitor"}));
    assert_eq!(call.body["step"], json!({"kind": "ask"}));

    // The controller's request again: nothing is called again.
    let again = request(1, IntentType::RunAgent);
    executor.send(&again).await;
    assert_eq!(executor.replies(4).await.len(), 4);
    assert_eq!(agent.calls().len(), 1);
    let runs = "agent_runs r JOIN agents a ON a.id = r.agent_id
                WHERE a.agent_type = 'inventory_monitor' AND r.state = 'completed'";
    assert_eq!(executor.db.rows(runs).await, 1);
}

#[tokio::test]
async fn who_is_started_may_call_back_and_nothing_waits_for_it() {
    let (executor, agent) = start(&CALLBACKS, vec![Say::Status(202, None)]).await;
    run_monitor(&executor, 1, 1).await;
    let run = id(1).run_of(AgentType::InventoryMonitor);
    executor.notices(1).await;
    let awaited = format!("agent_execution_queue WHERE id = '{run}' AND lease_owner IS NOT NULL");
    poll::until(DEADLINE, "it is left to the agent", async || {
        executor.db.rows(&awaited).await == 1
    })
    .await;
    let url = agent.calls()[0].body["callback_url"].clone();
    assert!(url.as_str().unwrap().contains(&run.to_string()), "{url}");
    // A later change of the conversation is made meanwhile.
    let named = [(EntityName::Agent, "report_generator")];
    let stop = executor.enqueue(2, IntentType::StopAgent, &named).await;
    executor.send(&stop).await;
    let stopped = executor.replies(2).await.remove(1).body.content;
    assert!(
        matches!(stopped, ReplyContent::AgentStopped(_)),
        "{stopped:?}"
    );

    let answer = AgentAnswer::Text("Counted: 40.".to_owned());
    executor.call_back_to(run, answer).await;
    let last = executor.replies(3).await.remove(2);
    assert_eq!(
        (last.execution_id, last.body.content),
        (run, says("Counted: 40."))
    );
}

#[tokio::test]
async fn who_fails_when_started_fails_by_itself_and_an_alert_says_so_once() {
    let one = [("WHARF__EXTERNAL__MAX_ATTEMPTS", "1")];
    let (executor, agent) = start(&one, Vec::new()).await;
    // It has nothing to say: 500. Each start forgets the failures, so questions follow the first.
    run_monitor(&executor, 1, 2).await;
    for number in 2..=4 {
        executor
            .send(&executor.question(number, "blue widget").await)
            .await;
        executor.replies(number + 1).await;
    }
    let failing = "alerts WHERE kind = 'agent_failing' AND subject = 'inventory_monitor'";
    assert_eq!(executor.db.rows(failing).await, 1);
    let controller = "agents WHERE agent_type = 'controller' AND failures > 0";
    assert_eq!(executor.db.rows(controller).await, 0);
    let noted = "audit_log WHERE action = 'agent_failing'";
    assert_eq!(executor.db.rows(noted).await, 1);
    assert_eq!(agent.calls().len(), 3, "the fourth request is refused");

    // Started again it is called, and well: the alert ends by itself.
    agent.will_say(Say::text("Here I am."));
    let said = run_monitor(&executor, 5, 7).await;
    assert_eq!(said[6], says("Here I am."));
    let over = format!("{failing} AND state = 'resolved' AND resolved_by IS NULL");
    assert_eq!(executor.db.rows(&over).await, 1);
    assert_eq!(executor.db.rows(failing).await, 1);
    let noted = "audit_log WHERE action = 'agent_recovered'";
    assert_eq!(executor.db.rows(noted).await, 1);
}

#[tokio::test]
async fn an_agent_is_told_the_persons_places_and_not_asked_about_others() {
    let (executor, agent) = start(&[], vec![Say::text("Forty.")]).await;
    let company = demo::company_id();
    for (number, place) in [(1, "toronto"), (2, "rotterdam")] {
        let entities = [(EntityName::Sku, "WID-1001"), (EntityName::Location, place)];
        let request = executor
            .enqueue(number, IntentType::CheckInventory, &entities)
            .await;
        executor
            .db
            .run_sql(&format!(
                "UPDATE agent_execution_queue SET profile_id = p.id FROM profiles p
                   WHERE p.company_id = '{company}' AND p.display_name = 'Nadia Petrov';
                 INSERT INTO profile_locations (company_id, profile_id, location_id)
                   SELECT p.company_id, p.id, l.id FROM profiles p, locations l
                   WHERE p.display_name = 'Nadia Petrov' AND l.name = 'Toronto'
                     AND p.company_id = l.company_id
                   ON CONFLICT DO NOTHING"
            ))
            .await;
        executor.send(&request).await;
        executor.replies(number).await;
    }
    let calls = agent.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].body["person"]["locations"], json!(["Toronto"]));
    let refused = ReplyContent::AgentError {
        kind: AgentErrorKind::Permission,
    };
    assert_eq!(executor.replies(2).await[1].body.content, refused);
    let denied = "audit_log WHERE action = 'denied'";
    assert_eq!(executor.db.rows(denied).await, 1);
}
