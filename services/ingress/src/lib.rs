//! The webhook edge: checks that a request is Twilio's, makes it a typed message, and answers 200
//! only when RabbitMQ has it safe; and the files that signed links lead to. No database, no calls to
//! Twilio, no understanding of texts.
//!
//! - [`routes`]: one file a webhook, and one for files. To add one: a file there, a line in [`routes::configure`].
//! - [`rate_limit`] and [`recent`]: what ingress remembers, both bounded and of this process only.
//! - [`webhook`]: what all webhooks share, from raw bytes to verified pairs.

pub mod config;
pub mod rate_limit;
pub mod recent;
pub mod response;
pub mod routes;
pub mod webhook;

use actix_web::{App, HttpServer, dev::Server, web};
use anyhow::{Context, anyhow};
use chrono::TimeDelta;
use prometheus::Registry;
use wharf_broker::{LinkState, Publisher};
use wharf_domain::clock::{SharedClock, SystemClock};
use wharf_external::Callbacks;
use wharf_runtime::{
    admin::{self, AdminState},
    lifecycle::Lifecycle,
    metrics::{ConnectionMetrics, IngressMetrics},
    readiness::Readiness,
};
use wharf_twilio::signature::Verifier;

pub use crate::config::Config;
use crate::{rate_limit::RateLimiter, recent::RecentMessages, routes::media::Downloads};

/// Confirmed messages that are remembered, to answer Twilio's retries without queueing again.
const REMEMBERED_MESSAGES: usize = 100_000;

/// What the routes need.
pub struct Ingress {
    pub(crate) public_url: String,
    pub(crate) acknowledgement: config::AcknowledgementConfig,
    pub(crate) verifier: Verifier,
    pub(crate) callbacks: Option<Callbacks>,
    pub(crate) publisher: Publisher,
    pub(crate) limiter: RateLimiter,
    pub(crate) recent: RecentMessages,
    /// `None` without a signing key: then no link leads anywhere.
    pub(crate) downloads: Option<Downloads>,
    pub(crate) clock: SharedClock,
    pub(crate) metrics: IngressMetrics,
}

/// Serves until the lifecycle's soft stop, then finishes the requests under way.
///
/// # Errors
/// When a port cannot be opened or the configuration cannot be used.
pub async fn run(config: Config, lifecycle: Lifecycle) -> anyhow::Result<()> {
    let registry = Registry::new();
    let broker = config.broker.validate()?;
    let publisher = Publisher::start(&broker, lifecycle.hard());
    let connections = ConnectionMetrics::register(&registry)?;
    connections.follow("publish", publisher.link(), |link| {
        *link == LinkState::Connected
    });
    let readiness = Readiness::default();
    let probe = publisher.clone();
    readiness.add("broker", move || {
        let ready = probe.is_ready();
        async move {
            if ready {
                Ok(())
            } else {
                Err("not connected".to_owned())
            }
        }
    });
    let admin_state = AdminState {
        readiness: readiness.clone(),
        registry: registry.clone(),
    };
    admin::serve(&config.admin, admin_state.clone())?;

    let ingress = build(&config, publisher.clone(), &registry)?;
    let server = serve(&config, ingress, admin_state, &lifecycle)?;
    readiness.drain_with(&lifecycle);
    server.await?;
    publisher.close().await;
    Ok(())
}

/// Opens the webhook port.
fn serve(
    config: &Config,
    ingress: Ingress,
    admin_state: AdminState,
    lifecycle: &Lifecycle,
) -> anyhow::Result<Server> {
    let ingress = web::Data::new(ingress);
    let metrics_here = config.http.metrics;
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(ingress.clone())
            .configure(|app| admin::health_routes(&admin_state, app))
            .configure(|app| {
                if metrics_here {
                    admin::metrics_route(&admin_state, app);
                }
            })
            .configure(routes::configure)
    })
    .shutdown_signal(lifecycle.soft().clone().cancelled_owned())
    .shutdown_timeout(wharf_runtime::lifecycle::GRACE.as_secs());
    if config.http.workers > 0 {
        server = server.workers(config.http.workers);
    }
    let server = server
        .bind(&config.http.bind)
        .with_context(|| format!("opening the webhook port {}", config.http.bind))?;
    let address = *server
        .addrs()
        .first()
        .context("the webhook port has no address")?;
    tracing::info!(%address, public_url = config.public_url, "taking webhooks");
    Ok(server.run())
}

fn build(config: &Config, publisher: Publisher, registry: &Registry) -> anyhow::Result<Ingress> {
    let clock = SystemClock::shared();
    let limits = &config.rate_limit;
    let window = TimeDelta::try_seconds(limits.window_s).context("rate_limit.window_s")?;
    let senders = limits
        .senders
        .try_into()
        .map_err(|_| anyhow!("rate_limit.senders is 0"))?;
    let remembered = REMEMBERED_MESSAGES
        .try_into()
        .context("a constant above zero")?;
    let downloads = match config.media.links()? {
        Some(links) => {
            let store = config
                .media
                .open()
                .context("opening the storage of files")?;
            Some(Downloads::new(store, links, &config.downloads))
        }
        None => None,
    };
    Ok(Ingress {
        public_url: config.public_url.trim_end_matches('/').to_owned(),
        acknowledgement: config.acknowledgement.clone(),
        verifier: config.twilio.verifier()?,
        callbacks: config.callbacks.open()?,
        publisher,
        limiter: RateLimiter::new(limits.messages, window, senders, clock.clone()),
        recent: RecentMessages::new(remembered),
        downloads,
        clock,
        metrics: IngressMetrics::register(registry)?,
    })
}
