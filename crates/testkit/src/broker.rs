//! A namespace of its own on a real RabbitMQ, for one test.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime},
};

use wharf_broker::{Admin, Broker, BrokerConfig, Queue};

use crate::chaos_proxy::ChaosProxy;

/// Where the tests' RabbitMQ is.
const URL: &str = "TEST_AMQP_URL";

/// A namespace that is deleted when this is dropped. Two nlp shards, fixed jitter.
pub struct TestBroker {
    config: BrokerConfig,
    broker: Broker,
    url: url::Url,
}

impl TestBroker {
    /// A new, empty namespace with everything declared.
    ///
    /// # Panics
    /// When `TEST_AMQP_URL` is not set or there is no RabbitMQ: a missing server is a failure.
    pub async fn create() -> Self {
        Self::create_with(|_| ()).await
    }

    /// The same with other settings.
    ///
    /// # Panics
    /// As [`create`](Self::create), and when the settings are wrong.
    pub async fn create_with(change: impl FnOnce(&mut BrokerConfig)) -> Self {
        let text = match std::env::var(URL) {
            Ok(text) => text,
            Err(_) => panic!("{URL} is not set: tests need a RabbitMQ, `make test` starts one"),
        };
        let url = match url::Url::parse(&text) {
            Ok(url) => url,
            Err(error) => panic!("{URL} is not a URL: {error}"),
        };
        let mut config = BrokerConfig::new(text);
        config.namespace = unique_name();
        config.nlp_shards = 2;
        config.publish_timeout_ms = 10_000;
        config.jitter_seed = Some(1);
        change(&mut config);
        let broker = checked(&config);
        let this = Self {
            config,
            broker,
            url,
        };
        let admin = this.admin().await;
        if let Err(error) = admin.declare().await {
            panic!("topology of the test not declared: {error}");
        }
        admin.close().await;
        this
    }

    /// The settings, for a service under test.
    #[must_use]
    pub fn config(&self) -> &BrokerConfig {
        &self.config
    }

    /// The checked settings.
    #[must_use]
    pub fn broker(&self) -> &Broker {
        &self.broker
    }

    /// The server's address, for a [`ChaosProxy`].
    ///
    /// # Panics
    /// When the host has no address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        let host = self.url.host_str().unwrap_or("localhost");
        let port = self.url.port().unwrap_or(5672);
        match (host, port).to_socket_addrs().map(|mut found| found.next()) {
            Ok(Some(address)) => address,
            _ => panic!("{host} of {URL} has no address"),
        }
    }

    /// The settings with the proxy in place of the server.
    ///
    /// # Panics
    /// When the URL of the tests has no place for another host.
    #[must_use]
    pub fn config_through(&self, proxy: &ChaosProxy) -> BrokerConfig {
        let mut url = self.url.clone();
        let changed = url
            .set_host(Some(&proxy.address().ip().to_string()))
            .is_ok()
            && url.set_port(Some(proxy.address().port())).is_ok();
        assert!(changed, "{URL} cannot be led through a proxy");
        BrokerConfig {
            url: url.as_str().into(),
            ..self.config.clone()
        }
    }

    /// The checked settings with the proxy in place of the server.
    #[must_use]
    pub fn through(&self, proxy: &ChaosProxy) -> Broker {
        checked(&self.config_through(proxy))
    }

    /// A connection for looking at queues.
    ///
    /// # Panics
    /// When the server cannot be reached.
    pub async fn admin(&self) -> Admin {
        match Admin::connect(&self.broker).await {
            Ok(admin) => admin,
            Err(error) => panic!("{error}"),
        }
    }

    /// How many messages are ready in a queue.
    ///
    /// # Panics
    /// When the queue is not there.
    pub async fn ready(&self, queue: Queue) -> u32 {
        let admin = self.admin().await;
        let depth = admin.depth(queue).await;
        admin.close().await;
        match depth.map(|depth| depth.ready) {
            Ok(Some(ready)) => ready,
            other => panic!("no depth of {queue}: {other:?}"),
        }
    }
}

impl Drop for TestBroker {
    /// Deletes the namespace. On a thread of its own: a test's runtime cannot wait inside a drop.
    fn drop(&mut self) {
        let broker = self.broker.clone();
        let cleaner = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                tokio::time::timeout(Duration::from_secs(20), clear_away(&broker)).await?
            })
        });
        // Only tidiness is lost: namespaces never meet.
        if !matches!(cleaner.join(), Ok(Ok(()))) {
            tracing::warn!(
                namespace = self.config.namespace,
                "namespace of a test left behind"
            );
        }
    }
}

async fn clear_away(broker: &Broker) -> anyhow::Result<()> {
    let admin = Admin::connect(broker).await?;
    admin.delete_namespace().await?;
    admin.close().await;
    Ok(())
}

fn checked(config: &BrokerConfig) -> Broker {
    match config.validate() {
        Ok(broker) => broker,
        Err(error) => panic!("settings of the test: {error}"),
    }
}

/// A name that no other test has, in this run or another.
fn unique_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("t-{:x}-{:x}-{number}", since.as_nanos(), std::process::id())
}
