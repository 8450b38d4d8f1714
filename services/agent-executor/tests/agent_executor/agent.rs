//! An agent of a company's own, as the tests need it: says what it was told to, one thing a call,
//! and remembers what it was asked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Instant,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, web};
use serde_json::{Value, json};
use tokio::sync::Notify;
use wharf_external::request;

pub(crate) const SECRET: &str = "the secret that both sides share";

/// What it says to one call. Out of things to say, it says 500.
#[derive(Debug, Clone)]
pub(crate) enum Say {
    /// 200 with this body.
    Body(String),
    /// Another status, perhaps with `Retry-After`.
    Status(u16, Option<&'static str>),
    /// Nothing before [`ExampleAgent::go_on`].
    Wait,
}

impl Say {
    pub(crate) fn text(text: &str) -> Self {
        Self::Body(json!({ "text": text }).to_string())
    }
}

/// A call that it got.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) at: Instant,
    pub(crate) idempotency_key: String,
    pub(crate) body: Value,
    raw: Vec<u8>,
    timestamp: i64,
    signature: String,
}

impl Call {
    pub(crate) fn verifies(&self, secret: &str) -> bool {
        request::sign(&secret.into(), self.timestamp, &self.raw) == self.signature
    }
}

#[derive(Default)]
struct State {
    says: Mutex<VecDeque<Say>>,
    calls: Mutex<Vec<Call>>,
    go_on: Notify,
}

pub(crate) struct ExampleAgent {
    pub(crate) url: String,
    state: Arc<State>,
    server: ServerHandle,
}

impl ExampleAgent {
    pub(crate) fn start(says: Vec<Say>) -> Self {
        let state = Arc::new(State {
            says: Mutex::new(says.into()),
            ..State::default()
        });
        let data = web::Data::from(state.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .default_service(web::to(answer))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self {
            url,
            state,
            server: handle,
        }
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.state.calls.lock().unwrap().clone()
    }

    pub(crate) fn will_say(&self, say: Say) {
        self.state.says.lock().unwrap().push_back(say);
    }

    pub(crate) fn go_on(&self) {
        self.state.go_on.notify_one();
    }
}

impl Drop for ExampleAgent {
    fn drop(&mut self) {
        self.state.go_on.notify_waiters();
        // Begins to stop at once; nobody waits for the end.
        drop(self.server.stop(false));
    }
}

async fn answer(request: HttpRequest, body: web::Bytes, state: web::Data<State>) -> HttpResponse {
    let header = |name: &str| {
        let value = request.headers().get(name);
        value.map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    let call = Call {
        at: Instant::now(),
        idempotency_key: header(request::IDEMPOTENCY_KEY),
        body: serde_json::from_slice(&body).unwrap(),
        raw: body.to_vec(),
        timestamp: header(request::TIMESTAMP).parse().unwrap(),
        signature: header(request::SIGNATURE),
    };
    state.calls.lock().unwrap().push(call);
    let say = state.says.lock().unwrap().pop_front();
    match say {
        Some(Say::Body(body)) => HttpResponse::Ok()
            .content_type("application/json")
            .body(body),
        Some(Say::Wait) => {
            state.go_on.notified().await;
            HttpResponse::Ok().json(json!({ "text": "Done waiting." }))
        }
        Some(Say::Status(status, retry_after)) => {
            let status = actix_web::http::StatusCode::from_u16(status).unwrap();
            let mut answer = HttpResponse::build(status);
            if let Some(after) = retry_after {
                answer.insert_header(("Retry-After", after));
            }
            answer.insert_header(("Location", "http://127.0.0.1:1/"));
            answer.finish()
        }
        None => HttpResponse::InternalServerError().finish(),
    }
}
