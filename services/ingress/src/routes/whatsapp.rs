//! Inbound WhatsApp messages.

use actix_web::{HttpRequest, HttpResponse, web};
use wharf_broker::{Outgoing, Route};
use wharf_domain::{
    contracts::{Envelope, InboundMessage},
    ids::ExecutionId,
    opt_out::OptChange,
};
use wharf_twilio::form;

use crate::{
    Ingress,
    config::AcknowledgementPolicy,
    rate_limit::Admission,
    recent::Seen,
    response::{self, SLOW_DOWN},
    webhook::Rejection,
};

const KIND: &str = "message";

/// How a webhook ended, when it was not rejected.
enum Taken {
    Queued { id: ExecutionId, acknowledge: bool },
    Limited { tell: bool },
}

/// `POST /api/webhooks/whatsapp`.
pub(super) async fn receive(
    request: HttpRequest,
    payload: web::Payload,
    ingress: web::Data<Ingress>,
) -> HttpResponse {
    let taken = ingress.timed(KIND, take(&ingress, &request, payload)).await;
    match taken {
        Ok(Taken::Queued { id, acknowledge }) => {
            ingress.count(KIND, "accepted");
            let text = acknowledge.then_some(ingress.acknowledgement.text.as_str());
            response::accepted(&request, Some(id), text)
        }
        Ok(Taken::Limited { tell }) => {
            ingress.count(KIND, "limited");
            ingress.metrics.rate_limited.inc();
            response::limited(&request, tell.then_some(SLOW_DOWN))
        }
        Err(rejection) => ingress.reject(KIND, &rejection),
    }
}

async fn take(
    ingress: &Ingress,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<Taken, Rejection> {
    let verified = ingress.verified(request, payload).await?;
    let now = ingress.clock.now();
    let message = form::inbound(verified.pairs, now)?;
    let id = ExecutionId::of_message(&message.account_sid, &message.message_sid);
    let seen = ingress.recent.note(id);
    match seen {
        // 200 was earned already; say nothing twice.
        Seen::Confirmed => {
            return Ok(Taken::Queued {
                id,
                acknowledge: false,
            });
        }
        Seen::UnderWay => {}
        Seen::First => {
            let admission = ingress.limiter.admit(message.identity());
            let senders = i64::try_from(ingress.limiter.senders()).unwrap_or(i64::MAX);
            ingress.metrics.rate_limit_senders.set(senders);
            if admission != Admission::Admitted {
                // A retry of it later, when the sender may send again, is a first one.
                ingress.recent.forget(id);
                tracing::warn!(sender = ?message.identity(), "sender over the rate limit");
                return Ok(Taken::Limited {
                    tell: admission == Admission::LimitedFirst,
                });
            }
        }
    }
    let acknowledge = seen == Seen::First
        && wants_acknowledgement(&message)
        && ingress.acknowledgement.policy == AcknowledgementPolicy::Always;
    publish(ingress, id, message)
        .await
        .inspect_err(|_| ingress.recent.forget(id))?;
    ingress.recent.confirm(id);
    Ok(Taken::Queued { id, acknowledge })
}

/// Whether "received" is a sensible thing to say. Where Twilio's Advanced Opt-Out has answered, a
/// second answer would break the opt-out; a STOP of our own reading gets its one confirmation; an
/// emoji on a message asks for nothing.
fn wants_acknowledgement(message: &InboundMessage) -> bool {
    message.opt_out.is_none()
        && OptChange::read(message).is_none()
        && message.message_type.as_deref() != Some("reaction")
}

async fn publish(
    ingress: &Ingress,
    id: ExecutionId,
    message: InboundMessage,
) -> Result<(), Rejection> {
    let route = Route::Inbound {
        conversation_key: message.conversation_key(),
    };
    let (sid, sender) = (message.message_sid.clone(), message.identity().masked());
    let envelope = Envelope::new(id.message("inbound"), id, message.received_at, message);
    let unavailable = |error: &dyn std::fmt::Display| {
        tracing::error!(execution_id = %id, %error, "message not queued");
        Rejection::Unavailable
    };
    let outgoing = Outgoing::of(&envelope).map_err(|error| unavailable(&error))?;
    ingress
        .publisher
        .publish(&route, &outgoing)
        .await
        .map_err(|error| unavailable(&error))?;
    tracing::info!(execution_id = %id, message_sid = sid, sender, "message queued");
    Ok(())
}
