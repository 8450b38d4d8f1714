//! Content templates: made as at Twilio (`POST /v1/Content`), sent by `ContentSid`, tapped by a
//! contact (`tap` of `POST /sim/messages`).
//!
//! `twilio/text`, `twilio/quick-reply` and `twilio/list-picker` are known; to add a type: its body
//! and taps in [`Content::render`]. A `ContentSid` that nobody made is taken as one that Twilio
//! knows, and shows as `[template HX…]`.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{rest, state::State};

/// Twilio's limits, in characters: "twilio/quick-reply", "twilio/list-picker".
const MAX_BODY: usize = 1_024;
const MAX_BUTTONS: usize = 10;
const MAX_BUTTON: usize = 20;
const MAX_LINES: usize = 10;
const MAX_TITLE: usize = 24;
const MAX_DESCRIPTION: usize = 72;
const MAX_ID: usize = 200;

/// Something that a contact can tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tap {
    /// What it stands for: a button's payload, a line's id.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// What a line of a list shows below its title; a button has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it is a line of a list.
    pub line: bool,
}

/// `POST /v1/Content`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct NewContent {
    #[serde(default)]
    friendly_name: String,
    language: String,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    types: Map<String, Value>,
}

/// A template that somebody made.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(crate) sid: String,
    made: NewContent,
}

/// A template as a contact sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) body: String,
    pub(crate) taps: Vec<Tap>,
    /// It goes to nobody who has not written within 24 hours.
    pub(crate) session_only: bool,
    /// Twilio's code, when WhatsApp will not take it.
    pub(crate) late: Option<u32>,
}

/// Adds the routes.
pub(crate) fn routes(app: &mut web::ServiceConfig) {
    app.route("/v1/Content", web::post().to(create))
        .route("/v1/Content/{sid}", web::get().to(fetch));
}

async fn create(
    state: web::Data<State>,
    request: HttpRequest,
    made: web::Json<NewContent>,
) -> HttpResponse {
    if let Some(answer) = rest::check_account(&state, &request, &state.config.account_sid) {
        return answer;
    }
    let content = Content {
        sid: state.sid("HX"),
        made: made.into_inner(),
    };
    let answer = content.to_json(&state.config.account_sid);
    state.lock().contents.push(content);
    HttpResponse::Created().json(answer)
}

async fn fetch(
    state: web::Data<State>,
    request: HttpRequest,
    sid: web::Path<String>,
) -> HttpResponse {
    if let Some(answer) = rest::check_account(&state, &request, &state.config.account_sid) {
        return answer;
    }
    let found = find(&state, &sid);
    found.map_or_else(
        || HttpResponse::NotFound().json(json!({"code": 20404, "status": 404})),
        |content| HttpResponse::Ok().json(content.to_json(&state.config.account_sid)),
    )
}

/// The template of a sid, when somebody made it.
pub(crate) fn find(state: &State, sid: &str) -> Option<Content> {
    let inner = state.lock();
    inner
        .contents
        .iter()
        .find(|known| known.sid == sid)
        .cloned()
}

/// `ContentVariables` as Twilio takes them: texts, none empty, without new lines, tabs or more than
/// four blanks in a row (error 21656).
pub(crate) fn variables(text: &str) -> Option<BTreeMap<String, String>> {
    let read: BTreeMap<String, String> = serde_json::from_str(text).ok()?;
    let good = |value: &String| {
        !value.is_empty() && !value.contains(['\n', '\r', '\t']) && !value.contains("     ")
    };
    read.values().all(good).then_some(read)
}

impl Content {
    fn to_json(&self, account: &str) -> Value {
        let url = format!("https://content.twilio.com/v1/Content/{}", self.sid);
        json!({
            "sid": self.sid,
            "account_sid": account,
            "friendly_name": self.made.friendly_name,
            "language": self.made.language,
            "variables": self.made.variables,
            "types": self.made.types,
            "links": {
                "approval_create": format!("{url}/ApprovalRequests/whatsapp"),
                "approval_fetch": format!("{url}/ApprovalRequests"),
            },
            "url": url,
        })
    }

    /// The template with these variables; `None`: one has no value (error 21656).
    pub(crate) fn render(&self, given: &BTreeMap<String, String>) -> Option<Rendered> {
        let kinds = ["twilio/list-picker", "twilio/quick-reply", "twilio/text"];
        let (kind, data) = kinds
            .iter()
            .find_map(|kind| Some((*kind, self.made.types.get(*kind)?)))?;
        let text = |from: &Value, name: &str| self.fill(from.get(name)?.as_str()?, given);
        let each = |name: &str| {
            data.get(name)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
        };
        let mut rendered = Rendered {
            body: text(data, "body")?,
            ..Rendered::default()
        };
        let mut fits = rendered.body.chars().count() <= MAX_BODY;
        match kind {
            "twilio/quick-reply" => {
                for action in each("actions") {
                    rendered.taps.push(Tap {
                        id: text(action, "id")?,
                        title: text(action, "title")?,
                        description: None,
                        line: false,
                    });
                }
                fits &= (1..=MAX_BUTTONS).contains(&rendered.taps.len());
            }
            "twilio/list-picker" => {
                rendered.session_only = true;
                fits &= text(data, "button")?.chars().count() <= MAX_BUTTON;
                for item in each("items") {
                    rendered.taps.push(Tap {
                        id: text(item, "id")?,
                        title: text(item, "item")?,
                        description: Some(text(item, "description")?),
                        line: true,
                    });
                }
                fits &= (1..=MAX_LINES).contains(&rendered.taps.len());
            }
            _ => {}
        }
        fits &= rendered.taps.iter().all(Tap::fits);
        // "Channel specific error": what is too long is reported afterwards.
        rendered.late = (!fits).then_some(63013);
        Some(rendered)
    }

    /// `{{1}}` by the given value, else by the sample that the template was made with.
    fn fill(&self, text: &str, given: &BTreeMap<String, String>) -> Option<String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}")?;
            let value = given.get(name.trim());
            let value = value.or_else(|| self.made.variables.get(name.trim()))?;
            filled.push_str(before);
            filled.push_str(value);
            rest = after;
        }
        Some(filled + rest)
    }
}

impl Tap {
    fn fits(&self) -> bool {
        let limit = if self.line { MAX_TITLE } else { MAX_BUTTON };
        let fits = |text: &str, limit| (1..=limit).contains(&text.chars().count());
        fits(&self.title, limit)
            && fits(&self.id, MAX_ID)
            && self
                .description
                .as_deref()
                .is_none_or(|text| fits(text, MAX_DESCRIPTION))
    }
}
