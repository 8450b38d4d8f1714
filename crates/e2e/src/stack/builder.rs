//! Starting a stack.

use std::{path::PathBuf, time::Duration};

use secrecy::ExposeSecret;
use twilio_sim::{Sim, SimConfig, faults::CallbackPlan};
use wharf_broker::BrokerConfig;
use wharf_domain::clock::{Clock as _, SystemClock};
use wharf_store::{DatabaseConfig, Store, StoreError, demo, migrations};
use wharf_testkit::{broker::TestBroker, database::TestDatabase};
use wharf_twilio::signature::AuthToken;

use super::{Member, Service, Stack, WEBHOOK_PATH, WORKERS};
use crate::{
    ports,
    queues::Queues,
    rows::Rows,
    servers::{Kind, OwnServer},
};

/// Twilio's token in every test; no secret.
pub const TOKEN: &str = "wharf-test-token";

/// Signs links in every test; no secret.
const MEDIA_KEY: &str = "wharf-test-key-of-at-least-32-characters";

/// Signs the addresses that companies' own agents call back at, in every test; no secret.
const CALLBACK_KEY: &str = "wharf-test-key-of-callbacks-32-characters";

/// What a stack is made of.
#[derive(Debug)]
pub struct StackBuilder {
    binary: PathBuf,
    ingresses: usize,
    environment: Vec<(String, String)>,
    callbacks: CallbackPlan,
    own_broker: bool,
    own_database: bool,
    history: bool,
}

/// The two servers of a stack, and where its services find them.
struct Servers {
    broker_config: BrokerConfig,
    database_url: String,
    own_broker: Option<OwnServer>,
    own_database: Option<OwnServer>,
    test_broker: Option<TestBroker>,
    test_database: Option<TestDatabase>,
}

impl StackBuilder {
    pub(super) fn new(binary: &str) -> Self {
        Self {
            binary: PathBuf::from(binary),
            ingresses: 1,
            environment: Vec::new(),
            callbacks: CallbackPlan::default(),
            own_broker: false,
            own_database: false,
            history: false,
        }
    }

    /// So many webhook edges, all under the public URL of the first.
    #[must_use]
    pub fn ingresses(mut self, count: usize) -> Self {
        self.ingresses = count;
        self
    }

    /// Sets a variable of every service.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// For tests of many messages: lifts the limit of what a sender may send, and offers nobody who
    /// writes as often as that another persona, so that each message has one reply.
    #[must_use]
    pub fn unlimited(self) -> Self {
        self.set("WHARF__RATE_LIMIT__MESSAGES", "1000000")
            .set("WHARF__ADAPTIVE__OFFERS", "false")
    }

    /// How Twilio reports what became of replies.
    #[must_use]
    pub fn callbacks(mut self, plan: CallbackPlan) -> Self {
        self.callbacks = plan;
        self
    }

    /// A RabbitMQ that the test may stop.
    #[must_use]
    pub fn own_broker(mut self) -> Self {
        self.own_broker = true;
        self
    }

    /// A PostgreSQL that the test may stop.
    #[must_use]
    pub fn own_database(mut self) -> Self {
        self.own_database = true;
        self
    }

    /// Gives the demo company its year of sales and deliveries, which takes some seconds.
    #[must_use]
    pub fn history(mut self) -> Self {
        self.history = true;
        self
    }

    /// Starts everything, loads the demo company and waits until every service is ready.
    ///
    /// # Panics
    /// When anything does not start: a test that cannot run has failed.
    pub async fn start(self) -> Stack {
        wharf_runtime::service::install_crypto_provider();
        let servers = self.servers().await;
        load_demo(&servers.database_url, self.history).await;
        let ingress_ports: Vec<u16> = (0..self.ingresses).map(|_| ports::free()).collect();
        let url_of = |port: &u16| format!("http://127.0.0.1:{port}");
        let webhooks: Vec<String> = ingress_ports
            .iter()
            .map(|port| url_of(port) + WEBHOOK_PATH)
            .collect();
        let public_url = ingress_ports.first().map(url_of).unwrap_or_default();
        let sim = self.sim(&public_url, webhooks).await;
        let broker = match servers.broker_config.validate() {
            Ok(broker) => broker,
            Err(error) => panic!("{error}"),
        };
        let folder = || match tempfile::tempdir() {
            Ok(folder) => folder,
            Err(error) => panic!("a folder: {error}"),
        };
        let (logs, files) = (folder(), folder());
        let members = self.members(
            &servers,
            &public_url,
            &ingress_ports,
            sim.url(),
            &format!("file:{}", files.path().display()),
        );
        let mut stack = Stack {
            binary: self.binary,
            http: http_client(),
            members,
            ingress_ports,
            sim,
            queues: Queues::new(broker),
            rows: Rows::new(&servers.database_url),
            finished: false,
            logs,
            _files: files,
            own_broker: servers.own_broker,
            own_database: servers.own_database,
            _broker: servers.test_broker,
            _database: servers.test_database,
        };
        let services: Vec<Service> = stack.members.iter().map(|member| member.service).collect();
        for service in &services {
            stack.launch(*service);
        }
        for service in services {
            stack.ready(service).await;
        }
        stack
    }

    async fn servers(&self) -> Servers {
        let (own_broker, test_broker, broker_config) = if self.own_broker {
            let server = OwnServer::start_new(Kind::Broker).await;
            let mut config = BrokerConfig::new(server.url());
            config.nlp_shards = 2;
            config.heartbeat_s = 2;
            config.publish_timeout_ms = 1_500;
            (Some(server), None, config)
        } else {
            let broker = TestBroker::create().await;
            let config = broker.config().clone();
            (None, Some(broker), config)
        };
        let (own_database, test_database, database_url) = if self.own_database {
            let server = OwnServer::start_new(Kind::Database).await;
            let url = server.url().to_owned();
            if let Err(error) = migrations::up(&DatabaseConfig::new(url.clone())).await {
                panic!("migrations: {error}");
            }
            (Some(server), None, url)
        } else {
            let database = TestDatabase::create().await;
            let url = database.url();
            (None, Some(database), url)
        };
        Servers {
            broker_config,
            database_url,
            own_broker,
            own_database,
            test_broker,
            test_database,
        }
    }

    async fn sim(&self, public_url: &str, webhooks: Vec<String>) -> Sim {
        let token = match AuthToken::new(TOKEN) {
            Ok(token) => token,
            Err(error) => panic!("the token of tests: {error}"),
        };
        let mut config = SimConfig::for_tests(webhooks, token);
        config.callbacks = self.callbacks;
        // Every ingress stands behind the same public URL, as behind a load balancer.
        config.signed_url = Some(format!("{public_url}{WEBHOOK_PATH}"));
        match Sim::start(config).await {
            Ok(sim) => sim,
            Err(error) => panic!("twilio-sim: {error:#}"),
        }
    }

    fn members(
        &self,
        servers: &Servers,
        public_url: &str,
        ingress_ports: &[u16],
        sim_url: &str,
        files: &str,
    ) -> Vec<Member> {
        let broker = &servers.broker_config;
        let shared = [
            ("AMQP_URL", broker.url.expose_secret().to_owned()),
            ("WHARF__BROKER__NAMESPACE", broker.namespace.clone()),
            ("WHARF__BROKER__NLP_SHARDS", broker.nlp_shards.to_string()),
            ("WHARF__BROKER__HEARTBEAT_S", broker.heartbeat_s.to_string()),
            (
                "WHARF__BROKER__PUBLISH_TIMEOUT_MS",
                broker.publish_timeout_ms.to_string(),
            ),
        ];
        let twilio = [
            ("TWILIO_ACCOUNT_SID", SimConfig::TEST_ACCOUNT.to_owned()),
            ("TWILIO_AUTH_TOKEN", TOKEN.to_owned()),
        ];
        let storage = ("WHARF__MEDIA__URL", files.to_owned());
        let key = ("WHARF__MEDIA__SIGNING_KEY", MEDIA_KEY.to_owned());
        let callbacks = ("WHARF__CALLBACKS__SIGNING_KEY", CALLBACK_KEY.to_owned());
        let database = ("DATABASE_URL", servers.database_url.clone());
        let ingresses = (0..self.ingresses).map(Service::Ingress);
        ingresses
            .chain(WORKERS)
            .map(|service| {
                let admin = ports::free();
                let mut set = vec![("WHARF__ADMIN__BIND", format!("127.0.0.1:{admin}"))];
                set.extend(shared.clone());
                match service {
                    Service::Ingress(number) => {
                        set.extend(twilio.clone());
                        set.push((
                            "WHARF__HTTP__BIND",
                            format!("127.0.0.1:{}", ingress_ports[number]),
                        ));
                        set.push(("WHARF__PUBLIC_URL", public_url.to_owned()));
                        set.extend([storage.clone(), key.clone(), callbacks.clone()]);
                    }
                    Service::Responder => {
                        set.extend(twilio.clone());
                        set.push(database.clone());
                        set.push(("WHARF__TWILIO__API_URL", sim_url.to_owned()));
                        set.extend([storage.clone(), key.clone()]);
                        set.push(("WHARF__MEDIA__PUBLIC_URL", public_url.to_owned()));
                        set.push((
                            "WHARF__TWILIO__STATUS_CALLBACK_URL",
                            format!("{public_url}{WEBHOOK_PATH}/status"),
                        ));
                    }
                    Service::Nlp => set.push(database.clone()),
                    Service::AgentExecutor => {
                        set.extend([database.clone(), storage.clone(), callbacks.clone()]);
                        set.push(("WHARF__CALLBACKS__PUBLIC_URL", public_url.to_owned()));
                    }
                }
                let own = set
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value));
                Member {
                    service,
                    environment: own.chain(self.environment.iter().cloned()).collect(),
                    admin,
                    process: None,
                }
            })
            .collect()
    }
}

async fn load_demo(url: &str, history: bool) {
    let load = async {
        let store = Store::connect(&DatabaseConfig::new(url.to_owned()))?;
        let (now, company) = (SystemClock.now(), demo::company_id());
        store
            .in_company::<_, StoreError, _>(company, async |conn| demo::load(conn, now, true).await)
            .await?;
        if history {
            store
                .in_company::<_, StoreError, _>(company, async |conn| {
                    demo::load_history(conn, now, true).await
                })
                .await?;
        }
        store.close();
        Ok::<(), StoreError>(())
    };
    if let Err(error) = load.await {
        panic!("the demo company: {error}");
    }
}

fn http_client() -> reqwest::Client {
    // Everything is near: what the environment says about proxies is not meant for it.
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build();
    match client {
        Ok(client) => client,
        Err(error) => panic!("an HTTP client: {error}"),
    }
}
