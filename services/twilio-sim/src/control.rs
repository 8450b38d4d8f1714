//! `/sim/…`: what tests and the command line tell the simulator, and ask it.

mod inbound;

use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};
use wharf_domain::address::Address;

pub use self::inbound::{
    Inbound, InboundButton, InboundList, InboundLocation, InboundMedia, InboundQuoted, InboundTap,
};
use crate::{
    faults::{CallbackPlan, FaultRequest},
    state::State,
    transcript::{Entry, Kind},
    webhook,
};

/// The longest long poll.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// Adds the routes.
pub(crate) fn routes(app: &mut web::ServiceConfig) {
    app.service(
        web::scope("/sim")
            .route("/messages", web::post().to(messages))
            .route("/transcript", web::get().to(transcript))
            .route("/outbound/count", web::get().to(count))
            .route("/callbacks", web::get().to(callbacks))
            .route("/callbacks/plan", web::post().to(plan))
            .route("/faults", web::post().to(faults))
            .route("/window", web::post().to(window))
            .route("/reset", web::post().to(reset)),
    );
}

/// `GET /sim/transcript`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct TranscriptQuery {
    /// Whose; all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) contact: Option<String>,
    /// Only lines after this number.
    #[serde(default)]
    pub(crate) after: u64,
    /// Wait so long for a first line.
    #[serde(default)]
    pub(crate) wait_ms: u64,
}

/// The answer to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Transcript {
    pub(crate) entries: Vec<Entry>,
}

/// `GET /sim/outbound/count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboundCount {
    /// Messages sent through the REST API.
    pub rest: usize,
    /// Messages that answers to webhooks became.
    pub twiml: usize,
}

/// `POST /sim/window`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Window {
    pub(crate) contact: String,
    /// Hours since the contact's last message; null: it never wrote.
    pub(crate) hours_ago: Option<u32>,
}

#[derive(Deserialize)]
struct CallbackQuery {
    #[serde(default)]
    sid: Option<String>,
}

async fn messages(state: web::Data<State>, message: web::Json<Inbound>) -> HttpResponse {
    let mut message = message.into_inner();
    let shown = match message.tap {
        Some(_) => state.entries(Some(&message.contact()), 0),
        None => Vec::new(),
    };
    let resolved = message.resolve(&shown);
    if let Err(problem) = resolved.and_then(|()| message.check(&state.config)) {
        return HttpResponse::BadRequest().json(serde_json::json!({"error": problem}));
    }
    // On the simulator's own runtime: a caller that leaves does not end a delivery.
    let owned = state.clone().into_inner();
    let sent = state
        .runtime
        .spawn(async move { webhook::inbound(&owned, message).await });
    match sent.await {
        Ok(report) => HttpResponse::Ok().json(report),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

async fn transcript(state: web::Data<State>, query: web::Query<TranscriptQuery>) -> HttpResponse {
    let contact = query.contact.as_deref().map(bare);
    let deadline = Instant::now() + Duration::from_millis(query.wait_ms).min(MAX_WAIT);
    // Subscribed before looking, so that nothing falls in between.
    let mut news = state.watch();
    loop {
        news.borrow_and_update();
        let entries = state.entries(contact.as_deref(), query.after);
        let waiting = entries.is_empty() && !state.shutdown.is_cancelled();
        if !waiting || timeout_at(deadline, news.changed()).await.is_err() {
            return HttpResponse::Ok().json(Transcript { entries });
        }
    }
}

async fn count(state: web::Data<State>, query: web::Query<TranscriptQuery>) -> HttpResponse {
    let contact = query.contact.as_deref().map(bare);
    let entries = state.entries(contact.as_deref(), 0);
    let of = |kind| entries.iter().filter(|entry| entry.kind == kind).count();
    HttpResponse::Ok().json(OutboundCount {
        rest: of(Kind::Outbound),
        twiml: of(Kind::TwimlReply),
    })
}

async fn callbacks(state: web::Data<State>, query: web::Query<CallbackQuery>) -> HttpResponse {
    let wanted = query.sid.as_deref();
    let inner = state.lock();
    let found: Vec<_> = inner
        .callbacks
        .iter()
        .filter(|record| wanted.is_none_or(|sid| record.message_sid == sid))
        .cloned()
        .collect();
    drop(inner);
    HttpResponse::Ok().json(found)
}

async fn plan(state: web::Data<State>, plan: web::Json<CallbackPlan>) -> HttpResponse {
    state.lock().plan = plan.into_inner();
    HttpResponse::NoContent().finish()
}

async fn faults(state: web::Data<State>, fault: web::Json<FaultRequest>) -> HttpResponse {
    state.lock().faults.add(&fault);
    HttpResponse::NoContent().finish()
}

async fn window(state: web::Data<State>, window: web::Json<Window>) -> HttpResponse {
    state.set_window(&bare(&window.contact), window.hours_ago);
    HttpResponse::NoContent().finish()
}

async fn reset(state: web::Data<State>) -> HttpResponse {
    state.reset();
    HttpResponse::NoContent().finish()
}

/// A contact without `whatsapp:`, as transcripts know it.
fn bare(contact: &str) -> String {
    Address::parse(contact).map_or_else(|_| contact.to_owned(), String::from)
}
