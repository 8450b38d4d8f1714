//! A responder in this process, with queues and a database of its own that hold the demo company,
//! and a Twilio that keeps what it is sent.

use std::{
    net::TcpListener,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use twilio_sim::{Entry, Kind, Sim, SimClient, SimConfig};
use wharf_broker::{Outgoing, Publisher, Queue, Route, Stage};
use wharf_domain::{
    clock::{Clock, SystemClock},
    contracts::{
        Envelope, InventoryCheckResult, ProductName, ReplyContent, ReplyRequest, ReplyTo,
        StatusCallback,
    },
    ids::{ContactId, ExecutionId, MessageId, OutboundId, named},
    priority::Priority,
};
use wharf_responder::Config;
use wharf_runtime::{config, lifecycle::Lifecycle, service::ServiceConfig};
use wharf_store::{
    OwnerStore, StoreError, demo,
    outbound::{self, Outbound},
};
use wharf_testkit::{broker::TestBroker, database::TestDatabase, poll};
use wharf_twilio::signature::AuthToken;

pub(crate) const DEADLINE: Duration = Duration::from_secs(20);
pub(crate) const TOKEN: &str = "test-auth-token";
/// Whom these tests answer: the demo's person without a persona.
pub(crate) const READER: &str = "+15550100006";

pub(crate) struct TestResponder {
    pub(crate) broker: TestBroker,
    pub(crate) db: TestDatabase,
    pub(crate) store: OwnerStore,
    pub(crate) sim: Sim,
    pub(crate) callbacks: CallbackSink,
    publisher: Publisher,
    environment: Vec<(String, String)>,
    services: Vec<(String, Lifecycle)>,
    /// Of the test's own publisher, which outlives the service.
    test: Lifecycle,
}

fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string()
}

impl TestResponder {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub(crate) async fn start_with(changes: &[(&str, &str)]) -> Self {
        let mut this = Self::prepare(changes).await;
        this.run();
        this
    }

    /// Everything but the responder itself.
    pub(crate) async fn prepare(changes: &[(&str, &str)]) -> Self {
        // Looking into a queue counts as a delivery.
        let broker = TestBroker::create_with(|config| config.delivery_limit = 100).await;
        let db = TestDatabase::create().await;
        let store = db.store().await;
        let now = SystemClock.now();
        store
            .transaction::<_, StoreError, _>(async |conn| demo::load(conn, now, false).await)
            .await
            .unwrap();
        // Everybody has just written.
        db.run_sql("UPDATE contacts SET last_inbound_at = now()")
            .await;
        let token = AuthToken::new(TOKEN).unwrap();
        let sim = Sim::start(SimConfig::for_tests(Vec::new(), token))
            .await
            .unwrap();
        for person in demo::PEOPLE {
            sim.client()
                .set_window(person.phone, Some(0))
                .await
                .unwrap();
        }
        let callbacks = CallbackSink::start().await;
        let test = Lifecycle::new();
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
            ("WHARF__DELIVERY__HELD_INTERVAL_MS", "100".to_owned()),
            ("WHARF__DATABASE__POOL_SIZE", "8".to_owned()),
            ("WHARF__WORKER__CONCURRENCY", "8".to_owned()),
            ("TWILIO_ACCOUNT_SID", SimConfig::TEST_ACCOUNT.to_owned()),
            ("TWILIO_AUTH_TOKEN", TOKEN.to_owned()),
            ("WHARF__TWILIO__API_URL", sim.url().to_owned()),
            ("WHARF__TWILIO__TIMEOUT_MS", "2000".to_owned()),
            ("WHARF__TWILIO__STATUS_CALLBACK_URL", callbacks.url.clone()),
        ];
        let changes = changes
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        let environment = environment.into_iter().chain(changes);
        let environment = environment
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let services = Vec::new();
        Self {
            broker,
            db,
            store,
            sim,
            callbacks,
            publisher,
            environment,
            services,
            test,
        }
    }

    /// Starts a responder, beside those that run.
    pub(crate) fn run(&mut self) {
        self.run_with(&[]);
    }

    /// The same with other settings than the others have.
    pub(crate) fn run_with(&mut self, changes: &[(&str, &str)]) {
        let admin = free_port();
        let own = ("WHARF__ADMIN__BIND".to_owned(), admin.clone());
        let environment = self.environment.iter().cloned().chain([own]);
        let changes = changes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let environment = environment.chain(changes);
        let config: Config = config::load(Config::DEFAULTS, environment).unwrap();
        let lifecycle = Lifecycle::new();
        tokio::spawn(wharf_responder::run(config, lifecycle.clone()));
        self.services.push((admin, lifecycle));
    }

    pub(crate) async fn send(&self, reply: &Envelope<ReplyRequest>) {
        let route = Route::Reply(reply.body.priority);
        self.publisher
            .publish(&route, &Outgoing::of(reply).unwrap())
            .await
            .unwrap();
    }

    pub(crate) async fn report(&self, callback: &Envelope<StatusCallback>) {
        self.publisher
            .publish(&Route::Status, &Outgoing::of(callback).unwrap())
            .await
            .unwrap();
    }

    /// The parts of a reply as they stand.
    pub(crate) async fn rows(&self, reply: &Envelope<ReplyRequest>) -> Vec<Outbound> {
        let mut conn = self.store.conn().await.unwrap();
        outbound::of_reply(&mut conn, demo::company_id(), reply.id)
            .await
            .unwrap()
    }

    pub(crate) async fn row(&self, reply: &Envelope<ReplyRequest>) -> Outbound {
        let mut rows = self.rows(reply).await;
        assert_eq!(rows.len(), 1);
        rows.remove(0)
    }

    /// What Wharf sent to `phone`, in order.
    pub(crate) async fn sent(&self, phone: &str) -> Vec<Entry> {
        let lines = self
            .sim
            .client()
            .transcript(Some(phone), 0, Duration::ZERO)
            .await
            .unwrap();
        lines
            .into_iter()
            .filter(|entry| entry.kind == Kind::Outbound)
            .collect()
    }

    pub(crate) fn client(&self) -> &SimClient {
        self.sim.client()
    }

    /// Why the messages in the dead queue are there, once there are `count`.
    pub(crate) async fn dead(&self, count: u32) -> Vec<String> {
        let queue = Queue::Dead(Stage::Responder);
        let what = format!("{count} messages in {queue}");
        poll::until(DEADLINE, &what, async || {
            self.broker.ready(queue).await == count
        })
        .await;
        let admin = self.broker.admin().await;
        let waiting = admin.peek(queue, 100).await.unwrap();
        admin.close().await;
        let reasons = waiting.messages.iter().map(|message| message.reason());
        reasons
            .map(|reason| reason.unwrap_or_default().to_owned())
            .collect()
    }

    pub(crate) async fn assert_nothing_dead(&self) {
        assert_eq!(self.broker.ready(Queue::Dead(Stage::Responder)).await, 0);
    }

    /// A metric's value, all responders together; 0 before it first counts.
    pub(crate) async fn metric(&self, name: &str) -> u64 {
        let client = wharf_runtime::http::client(DEADLINE).unwrap();
        let mut sum = 0;
        for (admin, _) in &self.services {
            let Ok(answer) = client.get(format!("http://{admin}/metrics")).send().await else {
                continue;
            };
            let text = answer.text().await.unwrap();
            let value = text
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            sum += value.map_or(0, |value| value.parse::<u64>().unwrap());
        }
        sum
    }

    pub(crate) async fn wait_metric(&self, name: &str, value: u64) {
        let what = format!("{name} {value}");
        poll::until(DEADLINE, &what, async || self.metric(name).await == value).await;
    }

    /// Waits until so many messages of a kind have been settled with this outcome.
    pub(crate) async fn wait_settled(&self, kind: &str, outcome: &str, count: u64) {
        let name = format!(
            r#"wharf_messages_settled_total{{kind="{kind}",outcome="{outcome}",stage="responder"}}"#
        );
        self.wait_metric(&name, count).await;
    }
}

impl Drop for TestResponder {
    fn drop(&mut self) {
        for (_, lifecycle) in &self.services {
            lifecycle.stop();
            lifecycle.hard().cancel();
        }
        self.test.hard().cancel();
    }
}

pub(crate) fn contact_of(phone: &str) -> ContactId {
    ContactId(named(&format!("demo:contact:{phone}")))
}

pub(crate) fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
}

/// A reply to message `number` of `phone`.
pub(crate) fn reply(number: u32, phone: &str, content: ReplyContent) -> Envelope<ReplyRequest> {
    reply_to(number, contact_of(phone), content)
}

pub(crate) fn reply_to(
    number: u32,
    contact_id: ContactId,
    content: ReplyContent,
) -> Envelope<ReplyRequest> {
    let id = ExecutionId::of_message(SimConfig::TEST_ACCOUNT, &format!("SM{number:032x}"));
    let to = ReplyTo {
        company_id: demo::company_id(),
        contact_id,
        conversation_key: format!("conversation of {contact_id}"),
        priority: Priority::Normal,
        received_at: at(0),
    };
    ReplyRequest::to_execution(id, to, content, at(0))
}

/// The id of one part of a reply.
pub(crate) fn part(reply: &Envelope<ReplyRequest>, number: u16) -> OutboundId {
    ExecutionId::outbound(reply.id, number)
}

/// An answer that needs two parts: a name as long as one and more.
pub(crate) fn long_content() -> ReplyContent {
    let candidates = (1..=9).map(|number| ProductName {
        sku: format!("LONG-{number}"),
        name: format!("{} {number}", "very long name ".repeat(15)),
    });
    ReplyContent::WhichProduct {
        asked: "name".to_owned(),
        candidates: candidates.collect(),
    }
}

pub(crate) fn stock(quantity: i64) -> ReplyContent {
    ReplyContent::InventoryCheckResult(InventoryCheckResult {
        sku: "WID-1001".to_owned(),
        name: "Blue widget".to_owned(),
        unit: "unit".to_owned(),
        quantity,
        location: "Main Warehouse".to_owned(),
        reorder_point: Some(120),
        lead_time_days: Some(7),
        last_reorder: None,
        coverage_days: None,
        last_updated: None,
        entities: Vec::new(),
        locations: Vec::new(),
        reorder_point_computed: false,
        daily_demand: None,
        safety_stock: None,
        on_order: 0,
        suggested_order: None,
        as_of: at(0),
        query_time_ms: 3,
    })
}

/// What Twilio reports about a message, as ingress publishes it.
pub(crate) fn callback(
    sid: &str,
    status: &str,
    outbound: Option<OutboundId>,
) -> Envelope<StatusCallback> {
    let body = StatusCallback {
        account_sid: SimConfig::TEST_ACCOUNT.to_owned(),
        message_sid: sid.to_owned(),
        status: status.to_owned(),
        outbound_id: outbound,
        error_code: None,
        error_message: None,
        extra: Vec::new(),
        received_at: at(60),
    };
    let id = MessageId::of_status(SimConfig::TEST_ACCOUNT, sid, status);
    let execution = ExecutionId::of_message(SimConfig::TEST_ACCOUNT, sid);
    Envelope::new(id, execution, at(60), body)
}

/// Where Twilio's status callbacks go in place of ingress: keeps their targets.
pub(crate) struct CallbackSink {
    url: String,
    targets: Arc<Mutex<Vec<String>>>,
}

impl CallbackSink {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/status?from=test", listener.local_addr().unwrap());
        let targets = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&targets);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let kept = Arc::clone(&kept);
                tokio::spawn(async move {
                    let mut head = vec![0; 16 * 1024];
                    let Ok(count @ 1..) = stream.read(&mut head).await else {
                        return;
                    };
                    let head = String::from_utf8_lossy(&head[..count]).into_owned();
                    let target = head
                        .split_whitespace()
                        .nth(1)
                        .unwrap_or_default()
                        .to_owned();
                    kept.lock().unwrap().push(target);
                    let answer = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        Self { url, targets }
    }

    /// Waits until `count` came, and gives their targets.
    pub(crate) async fn wait(&self, count: usize) -> Vec<String> {
        let what = format!("{count} status callbacks");
        poll::until_some(DEADLINE, &what, async || {
            let found = self.targets.lock().unwrap().clone();
            (found.len() >= count).then_some(found)
        })
        .await
    }
}
