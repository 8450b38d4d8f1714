//! The admin port of every service: /healthz, /readyz, /metrics. Not for the public internet.

use std::net::SocketAddr;

use actix_web::{App, HttpResponse, HttpServer, http::header, web};
use anyhow::Context;
use prometheus::{Encoder, Registry, TextEncoder};

use crate::{config::AdminConfig, readiness::Readiness};

/// What the admin routes show.
#[derive(Clone, Debug)]
pub struct AdminState {
    /// For /readyz.
    pub readiness: Readiness,
    /// For /metrics.
    pub registry: Registry,
}

/// Adds /healthz and /readyz to an actix app: safe on a public port.
pub fn health_routes(state: &AdminState, app: &mut web::ServiceConfig) {
    app.app_data(web::Data::new(state.clone()))
        .route("/healthz", web::get().to(healthz))
        .route("/readyz", web::get().to(readyz));
}

/// Adds /metrics to an actix app.
pub fn metrics_route(state: &AdminState, app: &mut web::ServiceConfig) {
    app.app_data(web::Data::new(state.clone()))
        .route("/metrics", web::get().to(metrics));
}

/// Opens the admin port and serves it until the process ends, so that a drain can be watched.
/// Returns the bound address.
///
/// # Errors
/// When the port cannot be opened.
pub fn serve(config: &AdminConfig, state: AdminState) -> anyhow::Result<SocketAddr> {
    let server = HttpServer::new(move || {
        App::new()
            .configure(|app| health_routes(&state, app))
            .configure(|app| metrics_route(&state, app))
    })
    .workers(1)
    .disable_signals()
    .bind(&config.bind)
    .with_context(|| format!("opening the admin port {}", config.bind))?;
    let address = *server
        .addrs()
        .first()
        .context("the admin port has no address")?;
    tokio::spawn(server.run());
    tracing::info!(%address, "admin port open");
    Ok(address)
}

/// The process lives.
async fn healthz() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}

async fn readyz(state: web::Data<AdminState>) -> HttpResponse {
    let report = state.readiness.report().await;
    if report.ready {
        HttpResponse::Ok().json(report)
    } else {
        HttpResponse::ServiceUnavailable().json(report)
    }
}

async fn metrics(state: web::Data<AdminState>) -> HttpResponse {
    let encoder = TextEncoder::new();
    let mut text = Vec::new();
    match encoder.encode(&state.registry.gather(), &mut text) {
        Ok(()) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, encoder.format_type().to_owned()))
            .body(text),
        Err(error) => {
            tracing::error!(%error, "metrics could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}
