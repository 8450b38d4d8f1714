//! An ingress on a free port, and a client that signs like Twilio.

use std::{net::TcpListener, time::Duration};

use wharf_broker::Queue;
use wharf_ingress::Config;
use wharf_runtime::{config, lifecycle::Lifecycle, service::ServiceConfig};
use wharf_testkit::{broker::TestBroker, chaos_proxy::ChaosProxy, poll};
use wharf_twilio::signature::{self, AuthToken};

pub(crate) const ACCOUNT: &str = "AC00000000000000000000000000000001";
const TOKEN: &str = "test-auth-token";
const PUBLIC_URL: &str = "https://wharf.example";
const PATH: &str = "/api/webhooks/whatsapp";
const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) type Pairs = Vec<(String, String)>;

pub(crate) fn form(pairs: &[(&str, &str)]) -> Pairs {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

pub(crate) fn message_form(prefix: &str, number: u32, body: &str) -> Pairs {
    form(&[
        ("AccountSid", ACCOUNT),
        ("MessageSid", &format!("{prefix}{number:032x}")),
        ("From", "whatsapp:+15550100001"),
        ("To", "whatsapp:+14155238886"),
        ("Body", body),
        ("NumMedia", "0"),
    ])
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

pub(crate) struct TestIngress {
    broker: TestBroker,
    proxy: ChaosProxy,
    url: String,
    client: reqwest::Client,
    lifecycle: Lifecycle,
}

impl TestIngress {
    pub(crate) async fn start(changes: &[(&str, &str)]) -> Self {
        let broker = TestBroker::create().await;
        let proxy = ChaosProxy::start(broker.address()).await;
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let url = format!("http://127.0.0.1:{port}");
        let through = broker.config_through(&proxy);
        let amqp = secrecy::ExposeSecret::expose_secret(&through.url).to_owned();
        let bind = format!("127.0.0.1:{port}");
        let environment = [
            ("AMQP_URL", amqp.as_str()),
            ("WHARF__BROKER__NAMESPACE", &through.namespace),
            ("WHARF__BROKER__NLP_SHARDS", &through.nlp_shards.to_string()),
            (
                "WHARF__BROKER__DELIVERY_LIMIT",
                &through.delivery_limit.to_string(),
            ),
            ("TWILIO_ACCOUNT_SID", ACCOUNT),
            ("TWILIO_AUTH_TOKEN", TOKEN),
            ("WHARF__PUBLIC_URL", PUBLIC_URL),
            ("WHARF__HTTP__BIND", &bind),
            ("WHARF__HTTP__METRICS", "true"),
            ("WHARF__HTTP__WORKERS", "1"),
            ("WHARF__ADMIN__BIND", "127.0.0.1:0"),
        ];
        let environment = environment.iter().chain(changes);
        let owned = environment.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let config: Config = config::load(Config::DEFAULTS, owned).unwrap();
        let lifecycle = Lifecycle::new();
        tokio::spawn(wharf_ingress::run(config, lifecycle.clone()));
        let client = wharf_runtime::http::client(DEADLINE).unwrap();
        let this = Self {
            broker,
            proxy,
            url,
            client,
            lifecycle,
        };
        this.wait_ready().await;
        this
    }

    async fn wait_ready(&self) {
        poll::until(DEADLINE, "ingress ready", async || {
            self.get("/readyz").await == 200
        })
        .await;
    }

    pub(crate) async fn get(&self, path: &str) -> u16 {
        let answer = self.client.get(format!("{}{path}", self.url)).send().await;
        answer.map_or(0, |answer| answer.status().as_u16())
    }

    pub(crate) fn url_of(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Any request without a body.
    pub(crate) async fn request(&self, method: reqwest::Method, path: &str) -> reqwest::Response {
        let request = self.client.request(method, format!("{}{path}", self.url));
        request.send().await.unwrap()
    }

    pub(crate) async fn metrics(&self) -> String {
        let request = self.client.get(format!("{}/metrics", self.url));
        request.send().await.unwrap().text().await.unwrap()
    }

    pub(crate) fn sign(&self, pairs: &Pairs) -> String {
        self.sign_for(PATH, pairs)
    }

    pub(crate) fn sign_for(&self, target: &str, pairs: &Pairs) -> String {
        signature::compute(
            &AuthToken::new(TOKEN).unwrap(),
            &format!("{PUBLIC_URL}{target}"),
            pairs,
        )
    }

    pub(crate) async fn post(&self, pairs: &Pairs) -> Answer {
        self.post_with(pairs, &[]).await
    }

    pub(crate) async fn post_with(&self, pairs: &Pairs, headers: &[(&str, &str)]) -> Answer {
        self.send(pairs, Some(&self.sign(pairs)), headers).await
    }

    pub(crate) async fn post_to(&self, target: &str, pairs: &Pairs) -> Answer {
        self.send_to(target, pairs, Some(&self.sign_for(target, pairs)), &[])
            .await
    }

    pub(crate) async fn send(
        &self,
        pairs: &Pairs,
        signature: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Answer {
        self.send_to(PATH, pairs, signature, headers).await
    }

    pub(crate) async fn send_to(
        &self,
        target: &str,
        pairs: &Pairs,
        signature: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self
            .client
            .post(format!("{}{target}", self.url))
            .form(pairs);
        if let Some(signature) = signature {
            request = request.header(signature::HEADER, signature);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let content_type = answer.headers().get("content-type");
        Answer {
            status: answer.status().as_u16(),
            content_type: content_type
                .map_or("", |value| value.to_str().unwrap())
                .to_owned(),
            body: answer.text().await.unwrap(),
        }
    }

    /// Posts JSON, and reads the answer as JSON.
    pub(crate) async fn post_json(&self, target: &str, body: &str) -> (u16, serde_json::Value) {
        let request = self
            .client
            .post(format!("{}{target}", self.url))
            .header("content-type", "application/json")
            .body(body.to_owned());
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap())
    }

    /// The bodies of a queue's messages.
    pub(crate) async fn peek(&self, queue: Queue) -> Vec<Vec<u8>> {
        let admin = self.broker.admin().await;
        let waiting = admin.peek(queue, 100).await.unwrap();
        admin.close().await;
        let messages = waiting.messages.into_iter();
        messages.map(|message| message.body.to_vec()).collect()
    }

    /// Messages in all nlp queues. RabbitMQ's figures of quorum queues lag a little behind.
    async fn queued(&self) -> u32 {
        let mut sum = 0;
        for shard in 0..self.broker.broker().topology().nlp_shards() {
            sum += self.depth(Queue::Nlp(shard)).await;
        }
        sum
    }

    pub(crate) async fn wait_queued(&self, count: u32) {
        let what = format!("{count} messages queued");
        poll::until(DEADLINE, &what, async || self.queued().await == count).await;
    }

    pub(crate) async fn wait_depth(&self, queue: Queue, count: u32) {
        let what = format!("{count} messages in {queue}");
        poll::until(DEADLINE, &what, async || self.depth(queue).await == count).await;
    }

    /// Sends one good message after all and sees that it is the only one.
    pub(crate) async fn assert_nothing_queued(&self) {
        assert_eq!(
            self.post(&message_form("MM", 999, "stock ABC123"))
                .await
                .status,
            200
        );
        self.wait_queued(1).await;
    }

    pub(crate) async fn depth(&self, queue: Queue) -> u32 {
        self.broker.ready(queue).await
    }

    pub(crate) async fn cut_broker(&self) {
        self.proxy.refuse();
        self.proxy.cut().await;
        poll::until(DEADLINE, "not ready", async || {
            self.get("/readyz").await == 503
        })
        .await;
    }

    pub(crate) async fn mend_broker(&self) {
        self.proxy.accept();
        self.wait_ready().await;
    }
}

impl Drop for TestIngress {
    fn drop(&mut self) {
        self.lifecycle.stop();
        self.lifecycle.hard().cancel();
    }
}
