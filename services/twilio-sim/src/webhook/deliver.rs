//! One webhook over HTTP: attempts, timeouts, retries.

use std::time::Duration;

use actix_web::web::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::time::Instant;
use wharf_twilio::{form, signature};

use super::{
    Delivery,
    overrides::{Ended, Overrides},
};
use crate::transcript::Flag;

/// Twilio reads no more than 64 kB of TwiML; a little more shows that it was more.
const MAX_ANSWER: usize = 80 * 1024;

/// A webhook ready to go.
pub(crate) struct Outgoing {
    pub(crate) url: String,
    pub(crate) pairs: Vec<(String, String)>,
    pub(crate) signature: Option<String>,
    pub(crate) idempotency: String,
}

/// Calls Wharf.
pub(crate) struct Caller {
    /// With Twilio's own connect timeout; another one gets a client of its own.
    client: HttpClient,
}

/// Takes a URL's bytes as they are: a query is signed byte for byte, and so it must travel.
type HttpClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

struct Answer {
    status: u16,
    content_type: Option<String>,
    body: Vec<u8>,
}

impl Caller {
    pub(crate) fn new() -> Self {
        Self {
            client: client(Overrides::default().connect),
        }
    }

    /// Sends a webhook, again as its URL's connection overrides say, and reports the last attempt.
    pub(crate) async fn deliver(&self, outgoing: &Outgoing) -> Delivery {
        let overrides = Overrides::of(&outgoing.url);
        let started = Instant::now();
        let deadline = started + overrides.total;
        let mut delivery = Delivery {
            url: outgoing.url.clone(),
            attempts: 0,
            status: None,
            content_type: None,
            body: String::new(),
            messages: Vec::new(),
            flags: Vec::new(),
            elapsed_ms: 0,
        };
        loop {
            delivery.attempts += 1;
            let limit = overrides
                .read
                .min(deadline.saturating_duration_since(Instant::now()));
            let ended = match self.attempt(outgoing, &overrides, limit).await {
                Ok(answer) => {
                    delivery.status = Some(answer.status);
                    delivery.content_type = answer.content_type;
                    delivery.body = String::from_utf8_lossy(&answer.body).into_owned();
                    delivery.flags.clear();
                    Ended::Status(answer.status)
                }
                Err((ended, reason)) => {
                    let code = if ended == Ended::NotConnected {
                        11205
                    } else {
                        11200
                    };
                    delivery.status = None;
                    delivery.flags = vec![Flag::new(code, reason)];
                    ended
                }
            };
            let again = delivery.attempts <= overrides.retries && overrides.policy.repeats(ended);
            if !again || Instant::now() >= deadline {
                break;
            }
        }
        delivery.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        delivery
    }

    async fn attempt(
        &self,
        outgoing: &Outgoing,
        overrides: &Overrides,
        limit: Duration,
    ) -> Result<Answer, (Ended, String)> {
        let own =
            (overrides.connect != Overrides::default().connect).then(|| client(overrides.connect));
        let client = own.as_ref().unwrap_or(&self.client);
        match tokio::time::timeout(limit, exchange(client, outgoing)).await {
            Err(_) => {
                let reason = format!("no answer within {} ms", limit.as_millis());
                Err((Ended::NoAnswer, reason))
            }
            Ok(answer) => answer,
        }
    }
}

fn client(connect: Duration) -> HttpClient {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_connect_timeout(Some(connect));
    let mut roots = rustls::RootCertStore::empty();
    // Without certificates of the machine plain HTTP still works.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let tls = rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_http1()
        .wrap_connector(http);
    Client::builder(TokioExecutor::new()).build(connector)
}

async fn exchange(client: &HttpClient, outgoing: &Outgoing) -> Result<Answer, (Ended, String)> {
    let lost = |_| {
        (
            Ended::NoAnswer,
            "the connection ended without an answer".to_owned(),
        )
    };
    let mut request = http::Request::post(signature::variants::without_fragment(&outgoing.url))
        .header(
            "Content-Type",
            format!("{}; charset=UTF-8", form::CONTENT_TYPE),
        )
        .header("Accept", "*/*")
        .header("User-Agent", "TwilioProxy/1.1")
        .header("I-Twilio-Idempotency-Token", &outgoing.idempotency);
    if let Some(signature) = &outgoing.signature {
        request = request.header(signature::HEADER, signature);
    }
    let request = request
        .body(Full::from(encode(&outgoing.pairs)))
        .map_err(|error| (Ended::NotConnected, format!("no URL to call: {error}")))?;
    let response = client.request(request).await.map_err(|error| {
        if error.is_connect() {
            (Ended::NotConnected, "no connection".to_owned())
        } else {
            lost(())
        }
    })?;
    let status = response.status().as_u16();
    let header = response.headers().get("Content-Type");
    let content_type = header.and_then(|value| Some(value.to_str().ok()?.to_owned()));
    let mut body = Vec::new();
    let mut frames = response.into_body();
    while let Some(frame) = frames.frame().await {
        let Ok(chunk) = frame.map_err(|_| lost(()))?.into_data() else {
            continue;
        };
        let room = MAX_ANSWER.saturating_sub(body.len());
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if room == 0 {
            break;
        }
    }
    Ok(Answer {
        status,
        content_type,
        body,
    })
}

fn encode(pairs: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}
