//! The typing indicator: `POST /v2/Indicators/Typing.json` of `messaging.twilio.com` (Twilio,
//! "Typing Indicators resource"). It names a message that the contact wrote.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use wharf_domain::address::Address;
use wharf_twilio::form;

use crate::{
    rest::{self, Direction, Problem},
    state::State,
    transcript::Kind,
};

/// Adds the route.
pub(crate) fn routes(app: &mut web::ServiceConfig) {
    app.route("/v2/Indicators/Typing.json", web::post().to(typing));
}

async fn typing(state: web::Data<State>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    if let Some(answer) = rest::check_account(&state, &request, &state.config.account_sid) {
        return answer;
    }
    let pairs = form::parse_pairs(&body).unwrap_or_default();
    let field = |name: &str| {
        let found = pairs.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let sid = field("messageId");
    if !form::is_sid(sid, &["SM", "MM"]) || field("channel") != "whatsapp" {
        let problem = Problem::bad(20001, "messageId and channel=whatsapp are required");
        return problem.answer();
    }
    let from = {
        let inner = state.lock();
        let written = |message: &&rest::StoredMessage| {
            message.sid == sid && message.direction == Direction::Inbound
        };
        inner.messages.iter().find(written).map(|m| m.from.clone())
    };
    let Some(from) = from else {
        return Problem::not_found(request.path()).answer();
    };
    let contact = Address::parse(&from).map_or(from, String::from);
    state.record(&contact, Kind::Typing, |entry| {
        entry.message_sid = Some(sid.to_owned());
    });
    HttpResponse::Created().json(json!({"success": true}))
}
