//! Status callbacks: what became of the messages that we sent.

use actix_web::{HttpRequest, HttpResponse, web};
use wharf_broker::{Outgoing, Route};
use wharf_domain::{
    contracts::Envelope,
    ids::{ExecutionId, MessageId},
};
use wharf_twilio::form;

use crate::{Ingress, response, webhook::Rejection};

const KIND: &str = "status";

/// `POST /api/webhooks/whatsapp/status`.
pub(super) async fn receive(
    request: HttpRequest,
    payload: web::Payload,
    ingress: web::Data<Ingress>,
) -> HttpResponse {
    let taken = ingress.timed(KIND, take(&ingress, &request, payload)).await;
    match taken {
        Ok(()) => {
            ingress.count(KIND, "accepted");
            response::accepted(&request, None, None)
        }
        Err(rejection) => ingress.reject(KIND, &rejection),
    }
}

async fn take(
    ingress: &Ingress,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<(), Rejection> {
    let verified = ingress.verified(request, payload).await?;
    let callback = form::status(verified.pairs, &verified.query, ingress.clock.now())?;
    let (account, sid) = (&callback.account_sid, &callback.message_sid);
    let id = MessageId::of_status(account, sid, &callback.status);
    // Callbacks belong to a message of ours, not to a request: the logs join them by this id.
    let execution = ExecutionId::of_message(account, sid);
    let envelope = Envelope::new(id, execution, callback.received_at, callback);
    let outgoing = Outgoing::of(&envelope).map_err(|_| Rejection::Unavailable)?;
    match ingress.publisher.publish(&Route::Status, &outgoing).await {
        Ok(()) => {
            tracing::debug!(callback = ?envelope.body, "status queued");
            Ok(())
        }
        Err(error) => {
            tracing::error!(%error, callback = ?envelope.body, "status not queued");
            Err(Rejection::Unavailable)
        }
    }
}
