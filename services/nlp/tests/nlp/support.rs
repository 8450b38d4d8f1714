//! An nlp in this process, with queues and a database of its own that hold the demo company.

use std::{net::TcpListener, time::Duration};

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use wharf_broker::{Outgoing, Publisher, Queue, Route, Stage};
use wharf_domain::{
    clock::{Clock, SystemClock},
    contracts::{Contract, Envelope, InboundMessage, ReplyContent, ReplyRequest},
    ids::ExecutionId,
    priority::Priority,
};
use wharf_nlp::Config;
use wharf_runtime::{config, lifecycle::Lifecycle, service::ServiceConfig};
use wharf_store::{
    OwnerStore, StoreError,
    conversations::{self, Conversation},
    demo,
    executions::{self, Execution},
};
use wharf_testkit::{broker::TestBroker, database::TestDatabase, poll};

pub(crate) const DEADLINE: Duration = Duration::from_secs(20);
pub(crate) const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub(crate) const STREAMLINER: &str = "+15550100001";
pub(crate) const NAVIGATOR: &str = "+15550100002";
pub(crate) const STRANGER: &str = "+15550199999";

/// When every message of these tests was received: a Friday.
pub(crate) fn received_at() -> DateTime<Utc> {
    "2026-11-20T15:00:00Z".parse().unwrap()
}

/// The text `body` from `from` to the demo's number, as ingress publishes it.
pub(crate) fn text(number: u32, from: &str, body: &str) -> Envelope<InboundMessage> {
    message(number, from, json!({ "body": body }))
}

/// The same with other fields of the message.
pub(crate) fn message(number: u32, from: &str, fields: Value) -> Envelope<InboundMessage> {
    let sid = format!("SM{number:032x}");
    let mut body = json!({
        "account_sid": ACCOUNT,
        "message_sid": sid,
        "from": from,
        "to": demo::WHATSAPP_ADDRESS,
        "body": "",
        "received_at": received_at(),
    });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    let id = ExecutionId::of_message(ACCOUNT, &sid);
    let body = serde_json::from_value(body).unwrap();
    Envelope::new(id.message("inbound"), id, received_at(), body)
}

fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string()
}

/// A message that ended in a dead queue.
#[derive(Debug)]
pub(crate) struct Dead {
    pub(crate) reason: String,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct TestNlp {
    pub(crate) broker: TestBroker,
    pub(crate) db: TestDatabase,
    pub(crate) store: OwnerStore,
    publisher: Publisher,
    config: Config,
    service: JoinHandle<anyhow::Result<()>>,
    lifecycle: Lifecycle,
    /// Of the test's own publisher, which outlives the service.
    test: Lifecycle,
}

/// A transaction of somebody else, open until it is ended.
pub(crate) struct Held(AsyncPgConnection);

impl Held {
    pub(crate) async fn end(mut self) {
        self.0.batch_execute("ROLLBACK").await.unwrap();
    }
}

impl TestNlp {
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
        ];
        let changes = changes
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        let environment = environment.into_iter().chain(changes);
        let owned = environment.map(|(name, value)| (name.to_owned(), value));
        let config: Config = config::load(Config::DEFAULTS, owned).unwrap();
        let service = tokio::spawn(wharf_nlp::run(config.clone(), lifecycle.clone()));
        Self {
            broker,
            db,
            store,
            publisher,
            config,
            service,
            lifecycle,
            test,
        }
    }

    /// Stops it as SIGTERM does and waits until it has ended well.
    pub(crate) async fn stop(&mut self) {
        self.lifecycle.stop();
        let ended = tokio::time::timeout(DEADLINE, &mut self.service).await;
        ended.unwrap().unwrap().unwrap();
    }

    /// A new process after a stop. On another admin port: the old one closes with its process.
    pub(crate) fn restart(&mut self) {
        self.config.admin.bind = free_port();
        self.lifecycle = Lifecycle::new();
        let run = wharf_nlp::run(self.config.clone(), self.lifecycle.clone());
        self.service = tokio::spawn(run);
    }

    /// Opens a transaction of somebody else that holds a lock.
    pub(crate) async fn hold(&self, sql: &str) -> Held {
        let mut conn = AsyncPgConnection::establish(&self.db.url()).await.unwrap();
        conn.batch_execute(&format!("BEGIN; {sql}")).await.unwrap();
        Held(conn)
    }

    /// Waits until somebody waits for a lock, or nobody does.
    pub(crate) async fn wait_blocked(&self, blocked: bool) {
        let waiting =
            "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let what = format!("a session waits for a lock: {blocked}");
        poll::until(DEADLINE, &what, async || {
            (self.db.rows(waiting).await > 0) == blocked
        })
        .await;
    }

    pub(crate) async fn send(&self, message: &Envelope<InboundMessage>) {
        let route = Route::Inbound {
            conversation_key: message.body.conversation_key(),
        };
        self.publisher
            .publish(&route, &Outgoing::of(message).unwrap())
            .await
            .unwrap();
    }

    /// Sends what is no message of today's contract.
    pub(crate) async fn send_raw(&self, message: &Value) {
        let id = ExecutionId::of_message(ACCOUNT, "raw").message("inbound");
        let bytes = serde_json::to_vec(message).unwrap();
        let outgoing = Outgoing::new(id, InboundMessage::KIND, bytes);
        let route = Route::Inbound {
            conversation_key: "raw".to_owned(),
        };
        self.publisher.publish(&route, &outgoing).await.unwrap();
    }

    pub(crate) async fn wait(&self, queue: Queue, count: u32) {
        let what = format!("{count} messages in {queue}");
        poll::until(DEADLINE, &what, async || {
            self.broker.ready(queue).await == count
        })
        .await;
    }

    /// The messages in a queue, once there are `count`.
    pub(crate) async fn read<T: Contract>(&self, queue: Queue, count: u32) -> Vec<Envelope<T>> {
        self.wait(queue, count).await;
        let admin = self.broker.admin().await;
        let waiting = admin.peek(queue, 1_000).await.unwrap();
        admin.close().await;
        let decode = |message: &wharf_broker::Delivery| Envelope::decode(&message.body).unwrap();
        waiting.messages.iter().map(decode).collect()
    }

    /// The one reply, to `message`.
    pub(crate) async fn reply_to(&self, message: &Envelope<InboundMessage>) -> ReplyContent {
        let mut replies = self
            .read::<ReplyRequest>(Queue::Reply(Priority::Normal), 1)
            .await;
        let reply = replies.remove(0);
        assert_eq!(reply.id, message.execution_id.message("reply"));
        assert_eq!(reply.body.reply_id, reply.id);
        assert_eq!(reply.body.execution_id, message.execution_id);
        assert_eq!(reply.body.conversation_key, message.body.conversation_key());
        assert_eq!(reply.body.received_at, received_at());
        reply.body.content
    }

    pub(crate) async fn dead(&self, count: u32) -> Vec<Dead> {
        let queue = Queue::Dead(Stage::Nlp);
        self.wait(queue, count).await;
        let admin = self.broker.admin().await;
        let waiting = admin.peek(queue, 100).await.unwrap();
        admin.close().await;
        let dead = waiting.messages.iter().map(|message| Dead {
            reason: message.reason().unwrap_or_default().to_owned(),
            body: message.body.to_vec(),
        });
        dead.collect()
    }

    /// The row of a message, if it was handled.
    pub(crate) async fn row(&self, message: &Envelope<InboundMessage>) -> Option<Conversation> {
        let mut conn = self.store.conn().await.unwrap();
        let (company, id) = (demo::company_id(), message.execution_id);
        conversations::by_execution(&mut conn, company, id)
            .await
            .unwrap()
    }

    pub(crate) async fn wait_row(&self, message: &Envelope<InboundMessage>) -> Conversation {
        let what = format!("the row of {}", message.body.message_sid);
        poll::until_some(DEADLINE, &what, async || self.row(message).await).await
    }

    pub(crate) async fn execution(&self, message: &Envelope<InboundMessage>) -> Option<Execution> {
        let mut conn = self.store.conn().await.unwrap();
        executions::get(&mut conn, demo::company_id(), message.execution_id)
            .await
            .unwrap()
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
            r#"wharf_messages_settled_total{{kind="inbound_message",outcome="{outcome}",stage="nlp"}} {count}"#
        ))
        .await;
    }
}

impl Drop for TestNlp {
    fn drop(&mut self) {
        self.lifecycle.stop();
        self.lifecycle.hard().cancel();
        self.test.hard().cancel();
    }
}
