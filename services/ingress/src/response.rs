//! What a webhook is answered: TwiML for Twilio, the spec's `WebhookResponse` for whoever asks for
//! JSON (Twilio never does; JSON would be its error 12300).

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use serde::Serialize;
use wharf_domain::ids::ExecutionId;
use wharf_twilio::twiml;

/// Told once in a rate limit's window.
pub const SLOW_DOWN: &str =
    "You're sending messages faster than I can take them. Please wait a minute and try again.";

/// Spec section 2.1.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct WebhookResponse {
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_id: Option<ExecutionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// The message is queued; `text` goes to its sender.
pub(crate) fn accepted(
    request: &HttpRequest,
    id: Option<ExecutionId>,
    text: Option<&str>,
) -> HttpResponse {
    if !wants_json(request) {
        return twiml(text);
    }
    HttpResponse::Ok().json(WebhookResponse {
        success: true,
        execution_id: id,
        message: Some("Processing request"),
        error: None,
    })
}

/// The message was not queued because its sender sends too many. Always 200: to Twilio a 429 would
/// be a failure to report, and to the user silence.
pub(crate) fn limited(request: &HttpRequest, text: Option<&str>) -> HttpResponse {
    if !wants_json(request) {
        return twiml(text);
    }
    let error = Some("Rate limit exceeded".to_owned());
    HttpResponse::Ok().json(WebhookResponse {
        error,
        ..WebhookResponse::default()
    })
}

/// The request is refused, with the spec's JSON error.
pub(crate) fn refused(status: StatusCode, error: impl Into<String>) -> HttpResponse {
    let error = Some(error.into());
    HttpResponse::build(status).json(WebhookResponse {
        error,
        ..WebhookResponse::default()
    })
}

fn twiml(text: Option<&str>) -> HttpResponse {
    let body = text.map_or_else(|| twiml::empty().to_owned(), twiml::message);
    HttpResponse::Ok()
        .content_type(twiml::CONTENT_TYPE)
        .body(body)
}

/// Whether the client names JSON. `*/*`, which Twilio sends, does not.
fn wants_json(request: &HttpRequest) -> bool {
    request
        .headers()
        .get_all(header::ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|range| {
            range
                .trim()
                .to_ascii_lowercase()
                .starts_with("application/json")
        })
}
