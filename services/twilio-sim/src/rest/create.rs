//! `POST Messages.json`: checks in Twilio's order, faults, and the life of the message after it.

use std::{collections::BTreeMap, time::Duration};

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use futures_util::stream;
use wharf_domain::address::Address;
use wharf_twilio::{client::MAX_BODY_UNITS, form};

use super::{
    Problem, auth, headers,
    message::{Direction, StoredMessage},
};
use crate::{
    callbacks,
    content::{self, Rendered},
    faults::Fault,
    state::State,
    transcript::Kind,
};

/// How long a connection that gets no answer is kept.
const HANG: Duration = Duration::from_secs(120);

pub(super) async fn create(
    state: web::Data<State>,
    request: HttpRequest,
    account: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    if let Err(problem) = auth::check(&state, &request, &account) {
        return problem.answer();
    }
    let params = match Params::read(&request, &body) {
        Ok(params) => params,
        Err(problem) => return problem.answer(),
    };
    if let Err(problem) = params.check(&state) {
        return problem.answer();
    }
    let fault = state.lock().faults.next();
    match fault {
        None => created(&state, &accept(&state, &params, None)),
        Some(Fault::Undelivered { code }) => created(&state, &accept(&state, &params, Some(code))),
        Some(Fault::RateLimited { retry_after }) => {
            let mut problem = Problem::new(429, 20429, "Too Many Requests");
            problem.retry_after = retry_after;
            problem.answer()
        }
        Some(Fault::Refused { status, code }) => {
            Problem::new(status, code, "Refused by a fault of the simulator").answer()
        }
        Some(Fault::ErrorBeforeAccepting) => server_error(),
        Some(Fault::ErrorAfterAccepting) => {
            accept(&state, &params, None);
            server_error()
        }
        Some(Fault::Hang) => hang(&state).await,
        Some(Fault::HangAfterAccepting) => {
            accept(&state, &params, None);
            hang(&state).await
        }
        Some(Fault::DropAfterAccepting) => {
            accept(&state, &params, None);
            broken()
        }
    }
}

fn server_error() -> HttpResponse {
    Problem::new(500, 20500, "An internal server error has occurred").answer()
}

/// Keeps silent until the caller has given up.
async fn hang(state: &State) -> HttpResponse {
    tokio::select! {
        () = tokio::time::sleep(HANG) => {}
        () = state.shutdown.cancelled() => {}
    }
    broken()
}

/// An answer that ends before it has come: the connection is closed.
fn broken() -> HttpResponse {
    let nothing = stream::once(async {
        Err::<web::Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionAborted))
    });
    HttpResponse::Created().no_chunking(1).streaming(nothing)
}

fn created(state: &State, message: &StoredMessage) -> HttpResponse {
    let mut response = HttpResponse::Created();
    headers(state, &mut response);
    response.json(message.to_json(&state.config.account_sid))
}

/// Stores the message, shows it in the transcript and starts its callbacks.
fn accept(state: &web::Data<State>, params: &Params, fails: Option<u32>) -> StoredMessage {
    let media = params.all("MediaUrl");
    let sid = state.sid(if media.is_empty() { "SM" } else { "MM" });
    let own = |name| params.get(name).map(str::to_owned);
    let to = own("To").unwrap_or_default();
    let from = own("From").unwrap_or_else(|| state.config.number.to_twilio());
    let template = own("ContentSid");
    let rendered = params.rendered(state).ok().flatten();
    let body = own("Body").unwrap_or_else(|| match (&template, &rendered) {
        (_, Some(rendered)) => rendered.body.clone(),
        (Some(sid), None) => format!("[template {sid}]"),
        (None, None) => String::new(),
    });
    let rendered = rendered.unwrap_or_default();
    let now = state.now();
    let mut message = StoredMessage::new(sid, from, to, body, Direction::OutboundApi, now);
    message.media = media;
    message.messaging_service_sid = own("MessagingServiceSid");
    message.status_callback = own("StatusCallback");
    let contact = Address::parse(&message.to).map_or_else(|_| message.to.clone(), String::from);
    let late = fails.or(rendered.late).or_else(|| {
        let in_session = template.is_none() || rendered.session_only;
        (in_session && !state.window_open(&contact)).then_some(63016)
    });
    state.lock().messages.push(message.clone());
    state.record(&contact, Kind::Outbound, |entry| {
        entry.text.clone_from(&message.body);
        entry.media.clone_from(&message.media);
        entry.taps.clone_from(&rendered.taps);
        entry.message_sid = Some(message.sid.clone());
    });
    callbacks::start(state.clone().into_inner(), message.sid.clone(), late);
    message
}

/// The form's fields.
struct Params(Vec<(String, String)>);

impl Params {
    /// Only a form is read: anything else is a request without parameters.
    fn read(request: &HttpRequest, body: &[u8]) -> Result<Self, Problem> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let is_form = content_type
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with(form::CONTENT_TYPE));
        if !is_form {
            return Ok(Self(Vec::new()));
        }
        form::parse_pairs(body)
            .map(Self)
            .map_err(|error| Problem::bad(20001, error.to_string()))
    }

    /// A field that is not empty.
    fn get(&self, name: &str) -> Option<&str> {
        let found = self
            .0
            .iter()
            .find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    fn all(&self, name: &str) -> Vec<String> {
        let given = self
            .0
            .iter()
            .filter(|(known, value)| known == name && !value.is_empty());
        given.map(|(_, value)| value.clone()).collect()
    }

    /// Twilio's checks at once; what it only finds out later is a callback.
    fn check(&self, state: &State) -> Result<(), Problem> {
        let to = self
            .get("To")
            .ok_or_else(|| Problem::bad(21604, "A 'To' phone number is required."))?;
        let service = self.get("MessagingServiceSid");
        let from = self.get("From");
        if from.is_none() && service.is_none() {
            return Err(Problem::bad(21603, "A 'From' phone number is required."));
        }
        let whatsapp = |text: &str| text.starts_with("whatsapp:");
        if Address::parse(to).is_err() {
            return Err(Problem::bad(
                21211,
                format!("Invalid 'To' Phone Number: {to}"),
            ));
        }
        if let Some(from) = from {
            self.check_pair(state, from, to, whatsapp(from), whatsapp(to))?;
        }
        self.check_content(state)?;
        if let Some(url) = self.get("StatusCallback") {
            let parsed = url::Url::parse(url).ok().filter(|url| url.has_host());
            parsed.ok_or_else(|| {
                Problem::bad(
                    21609,
                    format!("The 'StatusCallback' URL {url} is not a valid URL."),
                )
            })?;
        }
        if let Some(seconds) = self.get("ValidityPeriod") {
            let valid = seconds
                .parse::<u32>()
                .is_ok_and(|seconds| (1..=36_000).contains(&seconds));
            if !valid {
                return Err(Problem::bad(
                    20001,
                    "ValidityPeriod must be between 1 and 36000",
                ));
            }
        }
        Ok(())
    }

    fn check_pair(
        &self,
        state: &State,
        from: &str,
        to: &str,
        from_whatsapp: bool,
        to_whatsapp: bool,
    ) -> Result<(), Problem> {
        if from_whatsapp != to_whatsapp {
            return Err(Problem::bad(
                21910,
                "Invalid From and To pair. From and To should be of the same channel",
            ));
        }
        if from == to {
            return Err(Problem::bad(
                63031,
                "Channel message cannot have same From and To",
            ));
        }
        if from == state.config.number.to_twilio() {
            Ok(())
        } else if from_whatsapp {
            Err(Problem::bad(
                63007,
                "Twilio could not find a Channel with the specified From address",
            ))
        } else {
            Err(Problem::bad(
                21606,
                format!(
                    "The 'From' phone number provided ({from}) is not a valid message-capable Twilio phone number for this destination"
                ),
            ))
        }
    }

    fn check_content(&self, state: &State) -> Result<(), Problem> {
        let media = self.all("MediaUrl");
        let (body, template) = (self.get("Body"), self.get("ContentSid"));
        if body.is_none() && media.is_empty() && template.is_none() {
            return Err(Problem::bad(
                21619,
                "A text message body or media urls must be specified.",
            ));
        }
        if body.is_some_and(|body| body.encode_utf16().count() > MAX_BODY_UNITS) {
            return Err(Problem::bad(
                21617,
                "The concatenated message body exceeds the 1600 character limit",
            ));
        }
        if media.len() > 10 {
            return Err(Problem::bad(
                21623,
                "Number of media files exceeds allowed limit.",
            ));
        }
        let fetchable = |url: &String| {
            let url = url::Url::parse(url).ok();
            url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        };
        if !media.iter().all(fetchable) {
            return Err(Problem::bad(21620, "Invalid media URL(s)"));
        }
        if template.is_some_and(|sid| !form::is_sid(sid, &["HX"])) {
            return Err(Problem::bad(21655, "The ContentSid is Invalid"));
        }
        self.rendered(state).map(drop)
    }

    /// The template that it names, with its variables; `None`: it names none, or one that nobody
    /// made here.
    fn rendered(&self, state: &State) -> Result<Option<Rendered>, Problem> {
        let wrong = || Problem::bad(21656, "The ContentVariables Parameter is invalid.");
        let given = match self.get("ContentVariables") {
            Some(text) => content::variables(text).ok_or_else(wrong)?,
            None => BTreeMap::new(),
        };
        let known = self
            .get("ContentSid")
            .and_then(|sid| content::find(state, sid));
        known
            .map(|known| known.render(&given).ok_or_else(wrong))
            .transpose()
    }
}
