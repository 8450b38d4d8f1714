//! HTTP Basic: the account's sid and its auth token.

use actix_web::{HttpRequest, http::header};
use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret;

use super::Problem;
use crate::state::State;

/// Refuses a request that is not the account's, or whose path names another account.
pub(super) fn check(state: &State, request: &HttpRequest, account: &str) -> Result<(), Problem> {
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Basic "))
        .and_then(|text| String::from_utf8(STANDARD.decode(text).ok()?).ok());
    let config = &state.config;
    let expected = format!(
        "{}:{}",
        config.account_sid,
        config.auth_token.secret().expose_secret()
    );
    if given.as_deref() != Some(expected.as_str()) {
        return Err(Problem::new(401, 20003, "Authenticate"));
    }
    if account != config.account_sid {
        return Err(Problem::not_found(request.path()));
    }
    Ok(())
}
