//! Guesses at why a signature does not match, from the mistakes that people report. They are
//! only ever said, never accepted.

use super::{AccountTokens, Body, TokenUsed};

/// The first known mistake that would explain the signature; `None` when none does (then the
/// token is another one, or the request is not Twilio's).
#[must_use]
pub fn likely_cause(
    tokens: &AccountTokens,
    url: &str,
    body: &Body<'_>,
    signature: &str,
) -> Option<&'static str> {
    let matches = |url: &str, body: &Body<'_>| tokens.verify(url, body, Some(signature)).is_ok();
    for (cause, url) in url_mistakes(url) {
        if matches(&url, body) {
            return Some(cause);
        }
    }
    let Body::Form(params) = body else {
        return None;
    };
    for (cause, params) in form_mistakes(params) {
        if matches(url, &Body::Form(&params)) {
            return Some(cause);
        }
    }
    None
}

/// A line for the operator when the next token had signed.
#[must_use]
pub const fn token_note(used: TokenUsed) -> Option<&'static str> {
    match used {
        TokenUsed::Current => None,
        TokenUsed::Next => Some("signed with the next token: the rotation has taken place"),
    }
}

fn url_mistakes(url: &str) -> Vec<(&'static str, String)> {
    let url = super::variants::without_fragment(url);
    let mut tried = Vec::new();
    if let Some(rest) = url.strip_prefix("http://") {
        tried.push((
            "Twilio signed https, the URL says http: a proxy ends TLS; configure the public URL",
            format!("https://{rest}"),
        ));
    } else if let Some(rest) = url.strip_prefix("https://") {
        tried.push((
            "Twilio signed http, the URL says https: correct the webhook's URL at Twilio",
            format!("http://{rest}"),
        ));
    }
    let (path, query) = url.split_at(url.find('?').unwrap_or(url.len()));
    tried.push(match path.strip_suffix('/') {
        Some(bare) => (
            "Twilio signed the path without its last slash",
            format!("{bare}{query}"),
        ),
        None => (
            "Twilio signed the path with a slash at its end",
            format!("{path}/{query}"),
        ),
    });
    if !query.is_empty() {
        tried.push(("Twilio signed the URL without this query", path.to_owned()));
    }
    let host_end = url.find("://").map_or(0, |at| {
        url[at + 3..]
            .find(['/', '?'])
            .map_or(url.len(), |end| at + 3 + end)
    });
    let (host, rest) = url.split_at(host_end);
    tried.push((
        "Twilio signed the host in lower case",
        format!("{}{rest}", host.to_lowercase()),
    ));
    tried
}

fn form_mistakes(params: &[(String, String)]) -> Vec<(&'static str, Vec<(String, String)>)> {
    let trimmed = |(name, value): &(String, String)| (name.clone(), value.trim().to_owned());
    vec![
        (
            "Twilio signed the values without the blanks around them: they were added on the way",
            params.iter().map(trimmed).collect(),
        ),
        (
            "Twilio signed the URL alone: this is a GET, whose parameters are in the URL only",
            Vec::new(),
        ),
        (
            "Twilio signed the form without its empty fields: they were added on the way",
            params
                .iter()
                .filter(|(_, value)| !value.is_empty())
                .cloned()
                .collect(),
        ),
    ]
}
