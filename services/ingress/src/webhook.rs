//! What all webhooks share: from the raw request to pairs that Twilio has signed.
//!
//! The raw body is read once, the signature is checked over it, and only then is a message read
//! from it. The signed URL is the configured public one plus the request's raw path and query:
//! behind a proxy the request's own host and scheme are not what Twilio signed.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use wharf_twilio::{
    form::{self, FormError},
    signature::{self, Body, Refusal},
};

use crate::{Ingress, response};

/// A webhook that is Twilio's.
pub(crate) struct Verified {
    /// The form's pairs, in order.
    pub(crate) pairs: Vec<(String, String)>,
    /// The raw query of the URL.
    pub(crate) query: String,
}

/// Why a webhook is not taken.
#[derive(Debug)]
pub(crate) enum Rejection {
    TooLarge,
    Unreadable,
    Signature(Refusal),
    Malformed(String),
    Unavailable,
}

impl From<FormError> for Rejection {
    fn from(error: FormError) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl Rejection {
    /// The value of the `outcome` label.
    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Unreadable | Self::Malformed(_) => "malformed",
            Self::Signature(_) => "refused",
            Self::Unavailable => "unavailable",
        }
    }

    pub(crate) fn response(&self) -> HttpResponse {
        match self {
            Self::TooLarge => response::refused(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("The body is larger than {} bytes", form::MAX_BYTES),
            ),
            Self::Unreadable => {
                response::refused(StatusCode::BAD_REQUEST, "The body could not be read")
            }
            // Why is for the log: whoever forges requests need not learn from the answer.
            Self::Signature(_) => response::refused(StatusCode::UNAUTHORIZED, "Invalid signature"),
            Self::Malformed(reason) => response::refused(StatusCode::BAD_REQUEST, reason),
            Self::Unavailable => response::refused(
                StatusCode::SERVICE_UNAVAILABLE,
                "The message could not be queued, please try again",
            ),
        }
    }
}

impl Ingress {
    /// Reads and verifies a request.
    pub(crate) async fn verified(
        &self,
        request: &HttpRequest,
        payload: web::Payload,
    ) -> Result<Verified, Rejection> {
        let body = match payload.to_bytes_limited(form::MAX_BYTES).await {
            Ok(Ok(body)) => body,
            Ok(Err(_)) => return Err(Rejection::Unreadable),
            Err(_) => return Err(Rejection::TooLarge),
        };
        let header = request
            .headers()
            .get(signature::HEADER)
            .map(|value| value.to_str());
        // A header that is no text is no signature: refused as an empty one.
        let header = header.map(|text| text.unwrap_or_default());
        let target = request
            .uri()
            .path_and_query()
            .map_or("/", |target| target.as_str());
        let url = format!("{}{target}", self.public_url);
        let is_form = is_form(request);
        let pairs = if is_form {
            form::parse_pairs(&body)?
        } else {
            Vec::new()
        };
        let signed = if is_form {
            Body::Form(&pairs)
        } else {
            Body::Raw(&body)
        };
        self.verifier
            .verify(&url, &signed, header)
            .map_err(Rejection::Signature)?;
        if !is_form {
            let reason = format!("The content type must be {}", form::CONTENT_TYPE);
            return Err(Rejection::Malformed(reason));
        }
        Ok(Verified {
            pairs,
            query: request.query_string().to_owned(),
        })
    }

    /// Takes the time of what is done with a webhook.
    pub(crate) async fn timed<T>(&self, kind: &'static str, work: impl Future<Output = T>) -> T {
        let seconds = self.metrics.webhook_seconds.with_label_values(&[kind]);
        let timer = seconds.start_timer();
        let done = work.await;
        timer.observe_duration();
        done
    }

    /// Counts how a webhook ended.
    pub(crate) fn count(&self, kind: &'static str, outcome: &'static str) {
        let labels = [kind, outcome];
        self.metrics.webhooks.with_label_values(&labels).inc();
    }

    /// Counts, logs and answers a rejection.
    pub(crate) fn reject(&self, kind: &'static str, rejection: &Rejection) -> HttpResponse {
        self.count(kind, rejection.outcome());
        match rejection {
            Rejection::Signature(refusal) => {
                self.metrics
                    .signature_refusals
                    .with_label_values(&[refusal.as_str()])
                    .inc();
                tracing::warn!(
                    kind,
                    reason = refusal.as_str(),
                    "webhook refused: {refusal}"
                );
            }
            Rejection::Malformed(reason) => tracing::warn!(kind, reason, "webhook malformed"),
            Rejection::Unavailable => tracing::error!(kind, "webhook not queued"),
            Rejection::TooLarge | Rejection::Unreadable => {
                tracing::warn!(kind, outcome = rejection.outcome(), "webhook not read");
            }
        }
        rejection.response()
    }
}

fn is_form(request: &HttpRequest) -> bool {
    let value = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok());
    let essence = value
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(form::CONTENT_TYPE)
}
