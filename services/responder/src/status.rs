//! What Twilio reports about the messages that we sent.

use wharf_domain::contracts::{DeliveryStatus, Envelope, StatusCallback};
use wharf_pipeline::{HandleError, Handler, Outcome};
use wharf_runtime::metrics::ResponderMetrics;
use wharf_store::{
    Across, Store,
    outbound::{self, Applied, Refusal, StatusUpdate},
};
use wharf_twilio::errors::{self, ErrorClass};

/// Applies status callbacks. The rows only move forward, so order and repeats do not matter.
pub struct StatusHandler {
    pub(crate) store: Store,
    pub(crate) metrics: ResponderMetrics,
}

impl Handler for StatusHandler {
    type Input = StatusCallback;

    fn order_key(&self, _message: &Envelope<StatusCallback>) -> Option<String> {
        None
    }

    async fn handle(&self, message: &Envelope<StatusCallback>) -> Result<Outcome, HandleError> {
        let callback = &message.body;
        let Ok(status) = callback.status.parse::<DeliveryStatus>() else {
            // New statuses appear without notice; one that we do not know moves nothing.
            tracing::warn!(
                status = callback.status,
                "status callback with an unknown status"
            );
            self.count("other", "unknown_status");
            return Ok(Outcome::nothing());
        };
        let update = StatusUpdate {
            message_sid: callback.message_sid.clone(),
            outbound_id: callback.outbound_id,
            status,
            error_code: callback.error_code,
            error_message: callback.error_message.clone(),
            refusal: callback.error_code.and_then(refusal),
            at: callback.received_at,
        };
        let applied: Applied = self
            .store
            .across::<_, HandleError, _>(Across::DeliveryStatus, async |conn| {
                Ok(outbound::apply_status(conn, &update).await?)
            })
            .await?;
        let label = match applied {
            Applied::Advanced => "advanced",
            Applied::Held => {
                self.metrics.held.with_label_values(&["held"]).inc();
                "held"
            }
            Applied::Stale => "stale",
            Applied::Duplicate => "duplicate",
            Applied::SecondCopy => {
                // Twilio has two messages for one part of ours: the user got it twice.
                self.metrics.possible_duplicates.inc();
                tracing::error!(message_sid = update.message_sid, "a part was sent twice");
                "second_copy"
            }
            Applied::UnknownMessage => "unknown_message",
        };
        self.count(status.as_str(), label);
        if status.is_failure() && applied == Applied::Advanced {
            tracing::warn!(
                message_sid = update.message_sid,
                status = status.as_str(),
                error_code = update.error_code,
                "a message did not reach the user"
            );
        }
        Ok(Outcome::nothing())
    }

    async fn give_up(
        &self,
        _message: &Envelope<StatusCallback>,
        _reason: &str,
    ) -> Result<Outcome, HandleError> {
        // There is nobody to tell; the dead queue keeps the callback.
        Ok(Outcome::nothing())
    }

    async fn is_available(&self) -> bool {
        self.store.ping().await.is_ok()
    }
}

/// What Twilio's code means beside that the message did not arrive.
fn refusal(code: i32) -> Option<Refusal> {
    match errors::classify(u32::try_from(code).ok()?) {
        ErrorClass::OptedOut => Some(Refusal::OptedOut),
        // A template that is gone, paused or has other variables; what it says; its parameters.
        ErrorClass::Template | ErrorClass::Content | ErrorClass::BadRequest => {
            Some(Refusal::OfContent)
        }
        _ => None,
    }
}

impl StatusHandler {
    fn count(&self, status: &str, applied: &str) {
        self.metrics
            .status_callbacks
            .with_label_values(&[status, applied])
            .inc();
    }
}
