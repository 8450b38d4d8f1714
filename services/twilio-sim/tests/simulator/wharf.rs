//! A stand-in for Wharf: answers webhooks as told and keeps what it received.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::StatusCode, web};
use tokio::sync::Notify;
use twilio_sim::{Sim, SimConfig};
use wharf_twilio::{
    form,
    signature::{AccountTokens, AuthToken, Body, Verifier},
};

pub(crate) const TOKEN: &str = "test-auth-token";

/// One answer.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: String,
    /// Held until the test ends.
    pub(crate) hang: bool,
}

impl Answer {
    pub(crate) fn twiml(text: &str) -> Self {
        Self {
            status: 200,
            content_type: Some("text/xml"),
            body: wharf_twilio::twiml::message(text),
            hang: false,
        }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            content_type: Some("text/plain"),
            body: String::new(),
            hang: false,
        }
    }
}

/// One request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) path_and_query: String,
    pub(crate) pairs: Vec<(String, String)>,
    pub(crate) verified: Result<(), String>,
    pub(crate) idempotency: String,
}

impl Received {
    pub(crate) fn field(&self, name: &str) -> &str {
        self.pairs
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, value)| value)
    }
}

#[derive(Default)]
struct Inner {
    answers: Mutex<VecDeque<Answer>>,
    received: Mutex<Vec<Received>>,
    news: Notify,
    base: Mutex<String>,
}

/// The stand-in; ends with the test.
#[derive(Clone)]
pub(crate) struct Wharf {
    inner: Arc<Inner>,
    pub(crate) url: String,
}

impl Wharf {
    pub(crate) async fn start() -> Self {
        let inner = Arc::new(Inner::default());
        let data = web::Data::from(Arc::clone(&inner));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .default_service(web::to(receive))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        inner.base.lock().unwrap().clone_from(&url);
        tokio::spawn(server.run());
        Self { inner, url }
    }

    /// What is answered next; after the last one, an empty TwiML.
    pub(crate) fn answer(&self, answers: impl IntoIterator<Item = Answer>) {
        self.inner.answers.lock().unwrap().extend(answers);
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.inner.received.lock().unwrap().clone()
    }

    /// Waits until so many requests have come.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Received> {
        let enough = async {
            loop {
                let news = self.inner.news.notified();
                let received = self.received();
                if received.len() >= count {
                    return received;
                }
                news.await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), enough)
            .await
            .unwrap_or_else(|_| panic!("{count} requests wanted, came: {:#?}", self.received()))
    }

    /// A simulator that writes to this stand-in.
    pub(crate) async fn sim(&self, path: &str) -> Sim {
        let url = format!("{}{path}", self.url);
        let config = SimConfig::for_tests(vec![url], AuthToken::new(TOKEN).unwrap());
        Sim::start(config).await.unwrap()
    }
}

async fn receive(inner: web::Data<Inner>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let header = |name: &str| Some(request.headers().get(name)?.to_str().unwrap().to_owned());
    let pairs = form::parse_pairs(&body).unwrap();
    let path_and_query = request.uri().to_string();
    let tokens = AccountTokens::new(AuthToken::new(TOKEN).unwrap(), None);
    let url = format!("{}{path_and_query}", inner.base.lock().unwrap());
    let verified = Verifier::new(SimConfig::TEST_ACCOUNT, tokens)
        .verify(
            &url,
            &Body::Form(&pairs),
            header("X-Twilio-Signature").as_deref(),
        )
        .map(drop)
        .map_err(|refusal| refusal.as_str().to_owned());
    let idempotency = header("I-Twilio-Idempotency-Token").unwrap_or_default();
    inner.received.lock().unwrap().push(Received {
        path_and_query,
        pairs,
        verified,
        idempotency,
    });
    inner.news.notify_waiters();
    let answer = inner.answers.lock().unwrap().pop_front();
    let Some(answer) = answer else {
        return HttpResponse::Ok()
            .content_type("text/xml")
            .body(wharf_twilio::twiml::empty());
    };
    if answer.hang {
        std::future::pending::<()>().await;
    }
    let mut response = HttpResponse::build(StatusCode::from_u16(answer.status).unwrap());
    if let Some(content_type) = answer.content_type {
        response.content_type(content_type);
    }
    response.body(answer.body)
}
