//! What external agents call back with, at the address that agent-executor gave them.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Serialize;
use wharf_broker::{Outgoing, Route};
use wharf_domain::contracts::{AgentAnswer, AgentResult, Envelope};
use wharf_external::CallbackRefusal;

use crate::{Ingress, response};

const KIND: &str = "agent_result";
/// The largest body, in bytes.
pub(crate) const MAX_BYTES: usize = 65_536;

/// Why a call is not taken.
enum Refusal {
    Expired,
    NotOurs,
    TooLarge,
    Unreadable,
    Malformed(String),
    Unavailable,
}

#[derive(Serialize)]
struct Accepted {
    success: bool,
    message: &'static str,
}

/// `POST /api/agents/results/{execution_id}`.
pub(super) async fn receive(
    request: HttpRequest,
    payload: web::Payload,
    ingress: web::Data<Ingress>,
) -> HttpResponse {
    let taken = ingress.timed(KIND, take(&ingress, &request, payload)).await;
    let outcome = taken
        .as_ref()
        .map_or_else(Refusal::outcome, |()| "accepted");
    ingress.count(KIND, outcome);
    match taken {
        Ok(()) => HttpResponse::Accepted().json(Accepted {
            success: true,
            message: "Result queued",
        }),
        Err(refusal) => {
            tracing::warn!(kind = KIND, outcome, "result refused");
            refusal.response()
        }
    }
}

async fn take(
    ingress: &Ingress,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<(), Refusal> {
    let now = ingress.clock.now();
    let callbacks = ingress.callbacks.as_ref().ok_or(Refusal::NotOurs)?;
    let execution = request.match_info().get("execution_id").unwrap_or_default();
    // Before the body is read: a stranger costs us nothing.
    let (company_id, execution_id) = callbacks
        .verify(execution, request.query_string(), now)
        .map_err(|refusal| match refusal {
            CallbackRefusal::NotOurs => Refusal::NotOurs,
            CallbackRefusal::Expired => Refusal::Expired,
        })?;
    let body = match payload.to_bytes_limited(MAX_BYTES).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return Err(Refusal::Unreadable),
        Err(_) => return Err(Refusal::TooLarge),
    };
    let answer: AgentAnswer =
        serde_json::from_slice(&body).map_err(|error| Refusal::Malformed(error.to_string()))?;
    // Refused at once rather than later: who wrote the agent sees why. An agent that says that it
    // failed has given an answer.
    if !matches!(answer, AgentAnswer::Error(_)) {
        let checked = answer.clone().checked("agent");
        checked.map_err(|refused| Refusal::Malformed(refused.to_string()))?;
    }
    let result = AgentResult {
        execution_id,
        company_id,
        answer,
    };
    let id = execution_id.message("result");
    let message = Envelope::new(id, execution_id, now, result);
    let outgoing = Outgoing::of(&message).map_err(|_| Refusal::Unavailable)?;
    let published = ingress.publisher.publish(&Route::AgentResult, &outgoing);
    published.await.map_err(|error| {
        tracing::error!(%error, %execution_id, "result not queued");
        Refusal::Unavailable
    })?;
    tracing::info!(%execution_id, "result queued");
    Ok(())
}

impl Refusal {
    /// The value of the `outcome` label.
    const fn outcome(&self) -> &'static str {
        match self {
            Self::Expired | Self::NotOurs => "refused",
            Self::TooLarge => "too_large",
            Self::Unreadable | Self::Malformed(_) => "malformed",
            Self::Unavailable => "unavailable",
        }
    }

    fn response(self) -> HttpResponse {
        let (status, words) = match self {
            Self::NotOurs => (StatusCode::UNAUTHORIZED, "Invalid signature".to_owned()),
            Self::Expired => (StatusCode::GONE, "The address has expired".to_owned()),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("The body is larger than {MAX_BYTES} bytes"),
            ),
            Self::Unreadable => (
                StatusCode::BAD_REQUEST,
                "The body did not arrive".to_owned(),
            ),
            Self::Malformed(why) => (StatusCode::BAD_REQUEST, format!("Not an answer: {why}")),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The result could not be queued, please try again".to_owned(),
            ),
        };
        response::refused(status, words)
    }
}
