//! The run loop against a real broker: what becomes of a message, whatever its handler does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use anyhow::anyhow;
use prometheus::Registry;
use wharf_broker::{Outgoing, Publisher, Queue, Route, Stage};
use wharf_domain::{
    agent::AgentType,
    contracts::{Contract, Envelope, ExecutionRequest, ReplyContent, ReplyRequest, ReplyTo},
    ids::{CompanyId, ContactId, ExecutionId, named},
    intent::IntentType,
    priority::Priority,
};
use wharf_pipeline::{HandleError, Handler, Outcome, Publication, Worker, WorkerConfig};
use wharf_runtime::{
    lifecycle::Lifecycle,
    metrics::{ConnectionMetrics, PipelineMetrics},
};
use wharf_testkit::{broker::TestBroker, poll};

const DEADLINE: Duration = Duration::from_secs(30);

/// Does what the test says, and counts.
#[derive(Clone, Default)]
struct Script(Arc<ScriptState>);

#[derive(Default)]
struct ScriptState {
    handled: AtomicU32,
    given_up: AtomicU32,
    fail_first: AtomicU32,
    away: AtomicBool,
    panics: bool,
    fails: bool,
    ordered: bool,
}

impl Handler for Script {
    type Input = ExecutionRequest;

    fn order_key(&self, message: &Envelope<ExecutionRequest>) -> Option<String> {
        self.0
            .ordered
            .then(|| message.body.conversation_key.clone())
    }

    async fn handle(&self, message: &Envelope<ExecutionRequest>) -> Result<Outcome, HandleError> {
        self.0.handled.fetch_add(1, Ordering::SeqCst);
        assert!(!self.0.panics, "as the test wants it");
        if self.0.away.load(Ordering::SeqCst) {
            return Err(HandleError::Unavailable(anyhow!("away")));
        }
        if self.0.fails {
            return Err(HandleError::Fail(anyhow!("never")));
        }
        let left = self.0.fail_first.load(Ordering::SeqCst);
        if left > 0 {
            self.0.fail_first.store(left - 1, Ordering::SeqCst);
            return Err(HandleError::Retry(anyhow!("not yet")));
        }
        Ok(reply(message))
    }

    async fn give_up(
        &self,
        message: &Envelope<ExecutionRequest>,
        _reason: &str,
    ) -> Result<Outcome, HandleError> {
        self.0.given_up.fetch_add(1, Ordering::SeqCst);
        Ok(reply(message))
    }

    async fn is_available(&self) -> bool {
        !self.0.away.load(Ordering::SeqCst)
    }
}

fn reply(message: &Envelope<ExecutionRequest>) -> Outcome {
    let to = ReplyTo {
        company_id: message.body.company_id,
        contact_id: ContactId(named("contact")),
        conversation_key: message.body.conversation_key.clone(),
        priority: Priority::Normal,
        received_at: message.created_at,
    };
    let content = ReplyContent::UnknownCommand;
    let reply = ReplyRequest::to_execution(message.execution_id, to, content, message.created_at);
    Outcome::publish(vec![Publication::Reply(Box::new(reply))])
}

fn request(number: u32) -> Envelope<ExecutionRequest> {
    let id = ExecutionId::of_message("AC1", &format!("SM{number}"));
    let body = ExecutionRequest {
        execution_id: id,
        company_id: CompanyId(named("company")),
        agent: AgentType::InventoryMonitor,
        intent: IntentType::CheckInventory,
        priority: Priority::Inventory,
        conversation_key: "anna".to_owned(),
    };
    let now = "2026-03-18T09:00:00Z".parse().unwrap();
    Envelope::new(id.message("execute"), id, now, body)
}

struct Bench {
    broker: TestBroker,
    publisher: Publisher,
    lifecycle: Lifecycle,
    worker: tokio::task::JoinHandle<()>,
}

impl Bench {
    async fn start(script: &Script) -> Self {
        let broker = TestBroker::create().await;
        let lifecycle = Lifecycle::new();
        let publisher = Publisher::start(broker.broker(), lifecycle.hard());
        let worker = Worker {
            handler: script.clone(),
            queues: vec![
                Queue::Execute(Priority::Inventory),
                Queue::Poison(Stage::AgentExecutor),
            ],
            config: WorkerConfig {
                concurrency: 4,
                max_attempts: 3,
            },
            publisher: publisher.clone(),
            metrics: PipelineMetrics::register(&Registry::new()).unwrap(),
            connections: ConnectionMetrics::register(&Registry::new()).unwrap(),
        };
        let (running, target) = (lifecycle.clone(), broker.broker().clone());
        let worker = tokio::spawn(async move { worker.run(&target, &running).await });
        Self {
            broker,
            publisher,
            lifecycle,
            worker,
        }
    }

    async fn send(&self, message: &Outgoing) {
        let route = Route::Execute(Priority::Inventory);
        self.publisher.publish(&route, message).await.unwrap();
    }

    async fn wait(&self, queue: Queue, count: u32) {
        let what = format!("{count} in {queue}");
        poll::until(DEADLINE, &what, async || {
            self.broker.ready(queue).await == count
        })
        .await;
    }

    /// Stops the worker softly and says what is left in its queue.
    async fn stop(self) -> u32 {
        self.lifecycle.stop();
        tokio::time::timeout(DEADLINE, self.worker)
            .await
            .unwrap()
            .unwrap();
        self.broker.ready(Queue::Execute(Priority::Inventory)).await
    }
}

fn scripted(state: ScriptState) -> Script {
    Script(Arc::new(state))
}

#[tokio::test]
async fn a_handled_message_leads_to_its_reply_and_is_gone() {
    let script = Script::default();
    let bench = Bench::start(&script).await;
    for number in 0..20 {
        bench.send(&Outgoing::of(&request(number)).unwrap()).await;
    }
    bench.wait(Queue::Reply(Priority::Normal), 20).await;
    assert_eq!(bench.stop().await, 0);
    assert_eq!(script.0.handled.load(Ordering::SeqCst), 20);
}

#[tokio::test]
async fn a_failing_message_is_tried_again_and_then_succeeds() {
    for ordered in [false, true] {
        let state = ScriptState {
            fail_first: AtomicU32::new(1),
            ordered,
            ..Default::default()
        };
        let script = scripted(state);
        let bench = Bench::start(&script).await;
        bench.send(&Outgoing::of(&request(1)).unwrap()).await;
        bench.wait(Queue::Reply(Priority::Normal), 1).await;
        assert_eq!(bench.stop().await, 0);
        assert_eq!(script.0.handled.load(Ordering::SeqCst), 2);
        assert_eq!(script.0.given_up.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn what_fails_for_good_is_buried_and_the_user_told() {
    for panics in [false, true] {
        let script = scripted(ScriptState {
            fails: !panics,
            panics,
            ..Default::default()
        });
        let bench = Bench::start(&script).await;
        bench.send(&Outgoing::of(&request(1)).unwrap()).await;
        bench.wait(Queue::Dead(Stage::AgentExecutor), 1).await;
        bench.wait(Queue::Reply(Priority::Normal), 1).await;
        assert_eq!(bench.stop().await, 0);
        assert_eq!(script.0.given_up.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn an_unreadable_message_is_buried_at_once() {
    let script = Script::default();
    let bench = Bench::start(&script).await;
    let id = request(1).id;
    bench
        .send(&Outgoing::new(
            id,
            ExecutionRequest::KIND,
            b"\xffnonsense".as_slice(),
        ))
        .await;
    bench.wait(Queue::Dead(Stage::AgentExecutor), 1).await;
    assert_eq!(bench.stop().await, 0);
    assert_eq!(script.0.handled.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn while_a_dependency_is_away_messages_wait_and_none_is_given_up() {
    let script = scripted(ScriptState {
        away: AtomicBool::new(true),
        ..Default::default()
    });
    let bench = Bench::start(&script).await;
    for number in 0..10 {
        bench.send(&Outgoing::of(&request(number)).unwrap()).await;
    }
    poll::until(DEADLINE, "the first try", async || {
        script.0.handled.load(Ordering::SeqCst) > 0
    })
    .await;
    bench.wait(Queue::Execute(Priority::Inventory), 10).await;
    script.0.away.store(false, Ordering::SeqCst);
    bench.wait(Queue::Reply(Priority::Normal), 10).await;
    assert_eq!(bench.stop().await, 0);
    assert_eq!(script.0.given_up.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_stop_while_a_dependency_is_away_leaves_the_messages_in_the_queue() {
    let script = scripted(ScriptState {
        away: AtomicBool::new(true),
        ..Default::default()
    });
    let bench = Bench::start(&script).await;
    bench.send(&Outgoing::of(&request(1)).unwrap()).await;
    poll::until(DEADLINE, "the first try", async || {
        script.0.handled.load(Ordering::SeqCst) > 0
    })
    .await;
    let broker = bench.broker.admin().await;
    bench.lifecycle.stop();
    tokio::time::timeout(DEADLINE, bench.worker)
        .await
        .unwrap()
        .unwrap();
    bench.publisher.close().await;
    let queue = Queue::Execute(Priority::Inventory);
    poll::until(DEADLINE, "the message is back", async || {
        bench.broker.ready(queue).await == 1
    })
    .await;
    broker.close().await;
}
