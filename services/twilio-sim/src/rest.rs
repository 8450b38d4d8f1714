//! The REST API that Wharf calls: `/2010-04-01/Accounts/{sid}/Messages.json`.

mod auth;
mod create;
mod list;
mod message;
mod problem;

use actix_web::{HttpRequest, HttpResponse, web};

pub(crate) use self::{
    message::{Direction, StoredMessage, store_inbound, store_reply},
    problem::Problem,
};
use crate::state::State;

/// Adds the routes.
pub(crate) fn routes(app: &mut web::ServiceConfig) {
    app.service(
        web::scope("/2010-04-01/Accounts/{account}")
            .route("/Messages.json", web::post().to(create::create))
            .route("/Messages.json", web::get().to(list::list))
            .route("/Messages/{sid}.json", web::get().to(fetch)),
    )
    .default_service(web::to(|request: HttpRequest| async move {
        Problem::not_found(request.path()).answer()
    }));
}

async fn fetch(
    state: web::Data<State>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    let (account, sid) = path.into_inner();
    if let Err(problem) = auth::check(&state, &request, &account) {
        return problem.answer();
    }
    let found = state
        .lock()
        .messages
        .iter()
        .find(|message| message.sid == sid)
        .cloned();
    match found {
        Some(message) => answered(&state).json(message.to_json(&state.config.account_sid)),
        None => Problem::not_found(request.path()).answer(),
    }
}

/// The answer to a request that is not the account's, if it is not.
pub(crate) fn check_account(
    state: &State,
    request: &HttpRequest,
    account: &str,
) -> Option<HttpResponse> {
    let problem = auth::check(state, request, account).err()?;
    Some(problem.answer())
}

/// A 200 with Twilio's headers.
fn answered(state: &State) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    headers(state, &mut response);
    response
}

fn headers(state: &State, response: &mut actix_web::HttpResponseBuilder) {
    response
        .insert_header(("Twilio-Request-Id", state.sid("RQ")))
        .insert_header(("Twilio-Concurrent-Requests", "1"))
        .insert_header(("Twilio-Request-Duration", "0.001"))
        .insert_header(("X-API-Domain", "api.twilio.com"));
}
