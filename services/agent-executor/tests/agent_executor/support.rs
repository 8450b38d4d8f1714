//! An agent-executor in this process, with queues and a database of its own that hold the demo
//! company, and a stand-in for nlp that enqueues work.

use std::{net::TcpListener, sync::LazyLock, time::Duration};

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use tokio::runtime::Runtime;
use wharf_agent_executor::Config;
use wharf_broker::{Outgoing, Publisher, Queue, Route, Stage};
use wharf_domain::{
    agent::AgentType,
    clock::{Clock, SystemClock},
    contracts::{
        AgentAnswer, AgentResult, Envelope, ExecutionContext, ExecutionRequest, ReplyContent,
        ReplyRequest, Step,
    },
    entities::{Entities, EntityName},
    ids::{ContactId, ExecutionId, named},
    intent::IntentType,
    mapping::mapping_of,
    priority::Priority,
};
use wharf_runtime::{config, lifecycle::Lifecycle, service::ServiceConfig};
use wharf_store::{
    OwnerStore, StoreError,
    agents::{self, Endpoint},
    demo,
    executions::{self, Execution, NewExecution},
};
use wharf_testkit::{broker::TestBroker, database::TestDatabase, poll};

pub(crate) const DEADLINE: Duration = Duration::from_secs(60);
const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub(crate) const SENDER: &str = "+15550100002";

pub(crate) struct TestExecutor {
    pub(crate) broker: TestBroker,
    pub(crate) db: TestDatabase,
    pub(crate) store: OwnerStore,
    publisher: Publisher,
    config: Config,
    /// Where the service puts files; kept as long as it runs.
    pub(crate) files: tempfile::TempDir,
    /// What the service runs on, apart from the test: it can be killed with all its connections.
    runtime: Option<Runtime>,
    lifecycle: Lifecycle,
    /// Of the test's own publisher, which outlives the service.
    test: Lifecycle,
}

/// The id of the work that message `number` asked for.
pub(crate) fn id(number: u32) -> ExecutionId {
    ExecutionId::of_message(ACCOUNT, &format!("SM{number:032x}"))
}

fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string()
}

impl TestExecutor {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub(crate) async fn start_with(changes: &[(&str, &str)]) -> Self {
        // Looking into a queue counts as a delivery.
        let broker = TestBroker::create_with(|config| config.delivery_limit = 100).await;
        let db = TestDatabase::create().await;
        let store = db.store().await;
        let now = SystemClock.now();
        store
            .transaction::<_, StoreError, _>(async |conn| demo::load(conn, now, false).await)
            .await
            .unwrap();
        let (lifecycle, test) = (Lifecycle::new(), Lifecycle::new());
        let publisher = Publisher::start(broker.broker(), test.hard());
        let settings = broker.config();
        let files = tempfile::tempdir().unwrap();
        let media = format!("file:{}", files.path().display());
        let environment = [
            ("AMQP_URL", std::env::var("TEST_AMQP_URL").unwrap()),
            ("DATABASE_URL", db.url()),
            ("WHARF__BROKER__NAMESPACE", settings.namespace.clone()),
            ("WHARF__BROKER__NLP_SHARDS", settings.nlp_shards.to_string()),
            (
                "WHARF__BROKER__DELIVERY_LIMIT",
                settings.delivery_limit.to_string(),
            ),
            ("WHARF__DATABASE__POOL_SIZE", "8".to_owned()),
            ("WHARF__WORKER__CONCURRENCY", "8".to_owned()),
            ("WHARF__ADMIN__BIND", free_port()),
            ("WHARF__MEDIA__URL", media),
            // Tests that want the sweeper, or the agents to work by themselves, say so.
            ("WHARF__SWEEP__INTERVAL_S", "600".to_owned()),
            ("WHARF__SWEEP__LOST_AFTER_S", "86400".to_owned()),
            ("WHARF__SWEEP__JOB_MINUTES", "0".to_owned()),
        ];
        let changes = changes
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        let environment = environment.into_iter().chain(changes);
        let owned = environment.map(|(name, value)| (name.to_owned(), value));
        let config: Config = config::load(Config::DEFAULTS, owned).unwrap();
        let runtime = Some(run(&config, &lifecycle));
        Self {
            broker,
            db,
            store,
            publisher,
            config,
            files,
            runtime,
            lifecycle,
            test,
        }
    }

    /// Writes the row of message `number`'s work, as nlp does.
    pub(crate) async fn enqueue(
        &self,
        number: u32,
        intent: IntentType,
        entities: &[(EntityName, &str)],
    ) -> Envelope<ExecutionRequest> {
        self.enqueue_step(number, intent, entities, Step::Ask).await
    }

    /// The same for another step of a request.
    pub(crate) async fn enqueue_step(
        &self,
        number: u32,
        intent: IntentType,
        entities: &[(EntityName, &str)],
        step: Step,
    ) -> Envelope<ExecutionRequest> {
        let request = request(number, intent);
        let entities: Entities = entities
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        let context = ExecutionContext {
            source: "whatsapp".to_owned(),
            entities,
            persona: None,
            received_at: request.created_at,
            step,
            schedule: None,
            offer: None,
        };
        let new = NewExecution {
            id: request.execution_id,
            company_id: demo::company_id(),
            agent_id: None,
            contact_id: Some(contact()),
            profile_id: None,
            conversation_key: request.body.conversation_key.clone(),
            intent,
            agent: request.body.agent,
            priority: request.body.priority,
            context: serde_json::to_value(context).unwrap(),
            created_at: request.created_at,
        };
        let mut conn = self.store.conn().await.unwrap();
        assert!(executions::enqueue(&mut conn, &new).await.unwrap());
        request
    }

    /// A stock question about `product`, its row written.
    pub(crate) async fn question(&self, number: u32, product: &str) -> Envelope<ExecutionRequest> {
        let named = [(EntityName::Product, product)];
        self.enqueue(number, IntentType::CheckInventory, &named)
            .await
    }

    pub(crate) async fn send(&self, request: &Envelope<ExecutionRequest>) {
        let route = Route::Execute(request.body.priority);
        self.publisher
            .publish(&route, &Outgoing::of(request).unwrap())
            .await
            .unwrap();
    }

    /// Answers one stock question with these entities.
    pub(crate) async fn ask(&self, entities: &[(EntityName, &str)]) -> ReplyContent {
        let request = self.enqueue(1, IntentType::CheckInventory, entities).await;
        self.send(&request).await;
        self.replies(1).await.remove(0).body.content
    }

    pub(crate) async fn wait(&self, queue: Queue, count: u32) {
        let what = format!("{count} messages in {queue}");
        poll::until(DEADLINE, &what, async || {
            self.broker.ready(queue).await == count
        })
        .await;
    }

    /// The request of a stock question whose row is there.
    pub(crate) fn request_of_question(&self, number: u32) -> Envelope<ExecutionRequest> {
        request(number, IntentType::CheckInventory)
    }

    /// Has the company's own program at `url` be its inventory_monitor.
    pub(crate) async fn plug(&self, url: &str) {
        let endpoint = Endpoint {
            url: url.to_owned(),
            secret: crate::agent::SECRET.into(),
        };
        let mut conn = self.store.conn().await.unwrap();
        let (company, agent) = (demo::company_id(), AgentType::InventoryMonitor);
        agents::plug(
            &mut conn,
            company,
            agent,
            Some(&endpoint),
            SystemClock.now(),
        )
        .await
        .unwrap();
    }

    /// What ingress publishes when the agent of message `number` calls back.
    pub(crate) async fn call_back(&self, number: u32, answer: AgentAnswer) {
        self.call_back_to(id(number), answer).await;
    }

    /// The same for an execution that no message asked for.
    pub(crate) async fn call_back_to(&self, execution: ExecutionId, answer: AgentAnswer) {
        let result = AgentResult {
            execution_id: execution,
            company_id: demo::company_id(),
            answer,
        };
        let now = SystemClock.now();
        let message = Envelope::new(execution.message("result"), execution, now, result);
        self.publisher
            .publish(&Route::AgentResult, &Outgoing::of(&message).unwrap())
            .await
            .unwrap();
    }

    /// Cancels the conversation's latest work, as nlp does.
    pub(crate) async fn cancel(&self, conversation_key: &str) {
        let now = SystemClock.now();
        let mut conn = self.store.conn().await.unwrap();
        let company = demo::company_id();
        let cancelled =
            executions::cancel_of_conversation(&mut conn, company, conversation_key, now)
                .await
                .unwrap();
        assert!(cancelled.is_some());
    }

    /// What was said ahead of replies, once `count` such messages are there.
    pub(crate) async fn notices(&self, count: usize) -> Vec<Envelope<ReplyRequest>> {
        self.said("soft", count).await
    }

    /// The replies, once there are `count`, without what was said ahead of them. Each is checked to
    /// answer a request of these tests.
    pub(crate) async fn replies(&self, count: u32) -> Vec<Envelope<ReplyRequest>> {
        let replies = self.said("reply", count as usize).await;
        for reply in &replies {
            assert_eq!(reply.body.contact_id, contact());
            assert_eq!(reply.body.company_id, demo::company_id());
        }
        replies
    }

    /// The messages to responder with the ids of this step, once there are `count`.
    async fn said(&self, step: &str, count: usize) -> Vec<Envelope<ReplyRequest>> {
        let queue = Queue::Reply(Priority::Inventory);
        let admin = self.broker.admin().await;
        let mut found = Vec::new();
        let mut looked_at = 0;
        let what = format!("{count} messages of step {step}");
        poll::until(DEADLINE, &what, async || {
            // Looking into the queue counts as a delivery: only when there is something else in it.
            // Its figures lag behind, so what counts is what was found.
            if self.broker.ready(queue).await as usize != looked_at {
                let waiting = admin.peek(queue, 1_000).await.unwrap();
                looked_at = waiting.messages.len();
                let messages = waiting.messages.iter();
                found = messages
                    .map(|message| Envelope::<ReplyRequest>::decode(&message.body).unwrap())
                    .filter(|message| message.id == message.execution_id.message(step))
                    .collect();
            }
            found.len() == count
        })
        .await;
        admin.close().await;
        found
    }

    /// Why the messages in the dead queue are there, once there are `count`.
    pub(crate) async fn dead(&self, count: u32) -> Vec<String> {
        let queue = Queue::Dead(Stage::AgentExecutor);
        self.wait(queue, count).await;
        let admin = self.broker.admin().await;
        let waiting = admin.peek(queue, 100).await.unwrap();
        admin.close().await;
        let reasons = waiting.messages.iter().map(|message| message.reason());
        reasons
            .map(|reason| reason.unwrap_or_default().to_owned())
            .collect()
    }

    pub(crate) async fn row(&self, number: u32) -> Execution {
        let mut conn = self.store.conn().await.unwrap();
        let row = executions::get(&mut conn, demo::company_id(), id(number))
            .await
            .unwrap();
        row.unwrap()
    }

    /// Waits until a line of /metrics is there.
    pub(crate) async fn wait_metric(&self, line: &str) {
        let client = wharf_runtime::http::client(DEADLINE).unwrap();
        let url = format!("http://{}/metrics", self.config.admin.bind);
        poll::until(DEADLINE, line, async || {
            let Ok(answer) = client.get(&url).send().await else {
                return false;
            };
            answer
                .text()
                .await
                .unwrap()
                .lines()
                .any(|found| found == line)
        })
        .await;
    }

    /// Waits until so many messages have been settled with this outcome.
    pub(crate) async fn wait_settled(&self, outcome: &str, count: u32) {
        self.wait_metric(&format!(
            r#"wharf_messages_settled_total{{kind="execution_request",outcome="{outcome}",stage="agent-executor"}} {count}"#
        ))
        .await;
    }

    /// Waits until some session waits for a lock.
    pub(crate) async fn wait_blocked(&self) {
        let waiting =
            "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        poll::until(DEADLINE, "a session waits for a lock", async || {
            self.db.rows(waiting).await > 0
        })
        .await;
    }

    /// A second process on the same queues and rows; ends when dropped.
    pub(crate) fn second(&self) -> Second {
        let mut config = self.config.clone();
        config.admin.bind = free_port();
        let lifecycle = Lifecycle::new();
        let runtime = Some(run(&config, &lifecycle));
        Second { runtime, lifecycle }
    }

    /// Ends it as a killed process ends: nothing is finished, every socket is closed.
    pub(crate) fn kill(&mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }

    /// A new process. On another admin port: the old one closes with its process.
    pub(crate) fn restart(&mut self) {
        self.config.admin.bind = free_port();
        self.lifecycle = Lifecycle::new();
        self.runtime = Some(run(&self.config, &self.lifecycle));
    }
}

/// See [`TestExecutor::second`].
pub(crate) struct Second {
    runtime: Option<Runtime>,
    lifecycle: Lifecycle,
}

impl Drop for Second {
    fn drop(&mut self) {
        self.lifecycle.stop();
        self.lifecycle.hard().cancel();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for TestExecutor {
    fn drop(&mut self) {
        self.lifecycle.stop();
        self.lifecycle.hard().cancel();
        self.test.hard().cancel();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn run(config: &Config, lifecycle: &Lifecycle) -> Runtime {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.spawn(wharf_agent_executor::run(config.clone(), lifecycle.clone()));
    runtime
}

pub(crate) fn contact() -> ContactId {
    ContactId(named(&format!("demo:contact:{SENDER}")))
}

/// The request of message `number`, without its row.
pub(crate) fn request(number: u32, intent: IntentType) -> Envelope<ExecutionRequest> {
    let mapping = mapping_of(intent).unwrap();
    let body = ExecutionRequest {
        execution_id: id(number),
        company_id: demo::company_id(),
        agent: mapping.agent,
        intent,
        priority: Priority::Inventory,
        conversation_key: format!("{ACCOUNT}:{}:{SENDER}", demo::WHATSAPP_ADDRESS),
    };
    // Lately: what is older counts as lost.
    static BEGAN: LazyLock<DateTime<Utc>> =
        LazyLock::new(|| SystemClock.now().trunc_subsecs(0) - TimeDelta::seconds(60));
    let now = *BEGAN + TimeDelta::seconds(number.into());
    Envelope::new(id(number).message("execute"), id(number), now, body)
}
