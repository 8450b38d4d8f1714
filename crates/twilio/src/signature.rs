//! `X-Twilio-Signature`: computing and verifying it (Twilio, "Webhooks security").
//!
//! `Base64(HMAC-SHA1(auth token, URL ++ name ++ value ++ name ++ value …))`, names in byte order.
//! The URL is signed as the text that Twilio was configured with, so nothing here ever takes it
//! through a URL type: those lower-case hosts, drop ports and re-encode queries.
//!
//! - [`canonical`]: the bytes that are signed.
//! - [`variants`]: the forms of one URL that Twilio may have signed. A new quirk goes there.
//! - [`refusal`]: why a webhook is refused, in words for an operator.
//! - [`diagnose`]: guesses at what went wrong, for `wharfctl signature`.

pub mod canonical;
pub mod diagnose;
pub mod refusal;
pub mod variants;

#[cfg(test)]
mod property;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod verifier_tests;

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use thiserror::Error;

pub use self::{canonical::Body, refusal::Refusal, variants::UrlVariant};

/// The header that carries the signature.
pub const HEADER: &str = "X-Twilio-Signature";

/// An account's auth token. Holds at least one character: an empty key would sign for anybody.
#[derive(Debug, Clone)]
pub struct AuthToken(SecretString);

/// A text that cannot be an auth token. Does not show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenError {
    /// Nothing, or blanks only.
    #[error("the auth token is empty")]
    Empty,
    /// Blanks or control characters, which no token has: a line end from a file, for instance.
    #[error("the auth token has blanks or control characters in it")]
    Blanks,
}

impl AuthToken {
    /// Takes a token.
    ///
    /// # Errors
    /// [`TokenError`] when it is empty or holds blanks.
    pub fn new(token: impl Into<SecretString>) -> Result<Self, TokenError> {
        let token = token.into();
        let text = token.expose_secret();
        if text.trim().is_empty() {
            return Err(TokenError::Empty);
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(TokenError::Blanks);
        }
        Ok(Self(token))
    }

    /// The token itself, for an `Authorization` header.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.0
    }

    fn mac(&self, url: &str, body: &Body<'_>) -> Hmac<Sha1> {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(self.0.expose_secret().as_bytes())
            .expect("HMAC takes a key of any length");
        mac.update(canonical::signed_text(url, body).as_bytes());
        mac
    }
}

/// The signature of a form sent to `url`, as Twilio would write it. `params` are decoded values;
/// a fragment of `url` is left out, everything else of it is taken as it stands.
#[must_use]
pub fn compute(token: &AuthToken, url: &str, params: &[(String, String)]) -> String {
    sign(token, url, &Body::Form(params))
}

/// The signature of any body. The URL of a body that is not a form must already carry
/// `bodySHA256` (see [`canonical::body_hash`]).
#[must_use]
pub fn sign(token: &AuthToken, url: &str, body: &Body<'_>) -> String {
    let url = variants::without_fragment(url);
    STANDARD.encode(token.mac(url, body).finalize().into_bytes())
}

/// The token, or the two during a rotation, that sign for one account.
#[derive(Debug, Clone)]
pub struct AccountTokens {
    current: AuthToken,
    next: Option<AuthToken>,
}

impl AccountTokens {
    /// The token in use and, while it is being replaced, the one that takes over: Twilio switches
    /// at once, so both are valid during the window.
    #[must_use]
    pub const fn new(current: AuthToken, next: Option<AuthToken>) -> Self {
        Self { current, next }
    }

    /// Checks one signature against these tokens, whatever account the body names.
    ///
    /// # Errors
    /// [`Refusal`]: why the request is not Twilio's.
    pub fn verify(
        &self,
        url: &str,
        body: &Body<'_>,
        signature: Option<&str>,
    ) -> Result<Match, Refusal> {
        let signature = match signature {
            None => return Err(Refusal::MissingSignature),
            Some("") => return Err(Refusal::EmptySignature),
            Some(text) => STANDARD
                .decode(text)
                .ok()
                .filter(|bytes| bytes.len() == 20)
                .ok_or(Refusal::MalformedSignature)?,
        };
        let url = variants::without_fragment(url);
        canonical::check_body_hash(url, body)?;
        let tokens = [
            (Some(&self.current), TokenUsed::Current),
            (self.next.as_ref(), TokenUsed::Next),
        ];
        let tokens = || {
            tokens
                .iter()
                .filter_map(|(token, used)| Some(((*token)?, *used)))
        };
        for (variant, text) in variants::of(url) {
            for (token, token_used) in tokens() {
                // Constant time in the signature's bytes.
                if token.mac(&text, body).verify_slice(&signature).is_ok() {
                    return Ok(Match {
                        variant,
                        token: token_used,
                    });
                }
            }
        }
        Err(Refusal::Mismatch)
    }
}

/// Which of an account's tokens had signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenUsed {
    /// The one in use.
    Current,
    /// The one that takes over: the rotation has happened, and the configuration may follow.
    Next,
}

/// How a signature matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// The form of the URL that had been signed.
    pub variant: UrlVariant,
    /// The token that had signed.
    pub token: TokenUsed,
}

/// A request that is Twilio's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The account whose token had signed it.
    pub account_sid: String,
    /// How it matched.
    pub matched: Match,
}

/// Verifies webhooks of an account and its subaccounts, each signed with its own token.
#[derive(Debug, Clone)]
pub struct Verifier {
    main: String,
    accounts: BTreeMap<String, AccountTokens>,
}

impl Verifier {
    /// A verifier for one account; [`Self::with_subaccount`] adds more.
    #[must_use]
    pub fn new(account_sid: impl Into<String>, tokens: AccountTokens) -> Self {
        let main = account_sid.into();
        Self {
            accounts: BTreeMap::from([(main.clone(), tokens)]),
            main,
        }
    }

    /// Adds a subaccount. Naming the main account again replaces its tokens.
    #[must_use]
    pub fn with_subaccount(mut self, sid: impl Into<String>, tokens: AccountTokens) -> Self {
        self.accounts.insert(sid.into(), tokens);
        self
    }

    /// Checks a request: `url` is the public URL that Twilio was given (base, raw path and query),
    /// `signature` the header if there was one.
    ///
    /// The form's `AccountSid` chooses the token before anything is proven, which is safe: a
    /// signature only passes with the token of the account that the request claims to be from. A
    /// request that names no account (a body that is not a form) is the main account's.
    ///
    /// # Errors
    /// [`Refusal`]: why the request is not Twilio's.
    pub fn verify(
        &self,
        url: &str,
        body: &Body<'_>,
        signature: Option<&str>,
    ) -> Result<Verified, Refusal> {
        let account_sid = self.account_of(body)?;
        let tokens = self
            .accounts
            .get(account_sid)
            .ok_or(Refusal::UnknownAccount)?;
        let matched = tokens.verify(url, body, signature)?;
        Ok(Verified {
            account_sid: account_sid.to_owned(),
            matched,
        })
    }

    fn account_of<'a>(&'a self, body: &'a Body<'_>) -> Result<&'a str, Refusal> {
        let Body::Form(params) = body else {
            return Ok(&self.main);
        };
        let mut named = params
            .iter()
            .filter(|(name, _)| name == "AccountSid")
            .map(|(_, value)| value);
        let Some(first) = named.next() else {
            return Ok(&self.main);
        };
        if named.any(|other| other != first) {
            return Err(Refusal::AmbiguousAccount);
        }
        Ok(first)
    }
}
