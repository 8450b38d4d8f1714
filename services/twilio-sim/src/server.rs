//! Starting and stopping one simulator.

use std::sync::Arc;

use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, web};
use anyhow::Context;
use tokio_util::sync::CancellationToken;

use crate::{
    SimClient, config::SimConfig, content, control, hosted, rest, state::State, typing,
    webhook::Caller,
};

/// The largest request body.
const MAX_BODY: usize = 1024 * 1024;

/// A running simulator. It ends when this is dropped.
pub struct Sim {
    url: String,
    client: SimClient,
    server: ServerHandle,
    shutdown: CancellationToken,
}

impl Sim {
    /// Starts a simulator on the current tokio runtime.
    ///
    /// # Errors
    /// When the port cannot be opened.
    pub async fn start(config: SimConfig) -> anyhow::Result<Self> {
        wharf_runtime::service::install_crypto_provider();
        let shutdown = CancellationToken::new();
        let bind = config.bind.clone();
        let state = Arc::new(State::new(config, Caller::new(), shutdown.clone()));
        let data = web::Data::from(state);
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .app_data(web::PayloadConfig::new(MAX_BODY))
                .app_data(web::JsonConfig::default().limit(MAX_BODY))
                .route("/healthz", web::get().to(healthy))
                .route("/readyz", web::get().to(healthy))
                // Before the others: its path is longer than theirs.
                .configure(hosted::routes)
                .configure(content::routes)
                .configure(typing::routes)
                .configure(control::routes)
                .configure(rest::routes)
        })
        .workers(2)
        .disable_signals()
        .shutdown_timeout(2)
        .bind(&bind)
        .with_context(|| format!("opening {bind}"))?;
        let address = *server
            .addrs()
            .first()
            .context("the server has no address")?;
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        let url = format!("http://{address}");
        let client = SimClient::new(&url)?;
        Ok(Self {
            url,
            client,
            server: handle,
            shutdown,
        })
    }

    /// `http://address:port`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A client of its control API.
    #[must_use]
    pub const fn client(&self) -> &SimClient {
        &self.client
    }

    /// Ends long polls, hanging answers and callbacks, and closes the port.
    pub async fn stop(self) {
        self.shutdown.cancel();
        self.server.stop(true).await;
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.shutdown.cancel();
        // The command is sent at once; nobody waits for the answer.
        drop(self.server.stop(false));
    }
}

/// Runs a simulator until it is told to stop; `ready` hears its URL.
///
/// # Errors
/// When the port cannot be opened.
pub async fn run(
    config: SimConfig,
    shutdown: CancellationToken,
    ready: impl FnOnce(&str),
) -> anyhow::Result<()> {
    let sim = Sim::start(config).await?;
    ready(sim.url());
    shutdown.cancelled().await;
    sim.stop().await;
    Ok(())
}

async fn healthy() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}
