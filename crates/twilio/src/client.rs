//! Twilio's REST API for messages: send, fetch, list.
//!
//! Sending has no idempotency key at Twilio's side, so [`SendError`] tells apart what a caller must
//! know before it sends again: surely not sent, refused, or unknown. Nothing here retries.

mod error;
mod message;
mod transport;

#[cfg(test)]
mod tests;

use std::time::Duration;

use chrono::NaiveDate;
use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use wharf_domain::address::Address;

pub use self::{
    error::{ApiError, SendError},
    message::{MAX_BODY_UNITS, Message, NewMessage, Sent},
};
use crate::config::{ConfigError, TwilioConfig};

/// The version that every path carries.
pub const API_VERSION: &str = "2010-04-01";

/// A client of one account. Cheap to clone; connections are shared.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    api_url: String,
    messaging_url: String,
    account_sid: String,
    user: String,
    password: SecretString,
}

/// Which messages to list.
#[derive(Debug, Clone, Default)]
pub struct ListFilter {
    /// Sent to this address.
    pub to: Option<Address>,
    /// Sent from this address.
    pub from: Option<Address>,
    /// Sent on this day (UTC) or later. Twilio filters by day only.
    pub sent_since: Option<NaiveDate>,
    /// Messages of one page, 1 to 1000; 0 leaves it to Twilio (50).
    pub page_size: u16,
    /// Stop after so many messages; 0 for no bound.
    pub limit: usize,
}

#[derive(Deserialize)]
struct Page {
    messages: Vec<Message>,
    #[serde(default)]
    next_page_uri: Option<String>,
}

impl Client {
    /// A client with the settings' credentials and timeout.
    ///
    /// Redirects are not followed (a followed POST could send twice), and a loopback address is
    /// never reached through a proxy of the environment.
    ///
    /// # Errors
    /// [`ConfigError`] when the settings are not valid.
    pub fn new(config: &TwilioConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        let (user, password) = config.credentials()?;
        Ok(Self {
            http: transport::http(&config.api_url, config.timeout())?,
            api_url: config.api_url.trim_end_matches('/').to_owned(),
            messaging_url: config.messaging_url(),
            account_sid: config.account_sid.clone(),
            user,
            password,
        })
    }

    /// Hands a message to Twilio.
    ///
    /// # Errors
    /// [`SendError`]; its [`action`](SendError::action) says what to do.
    pub async fn send(&self, message: &NewMessage) -> Result<Sent, SendError> {
        let form = message.to_form()?;
        let request = self
            .request(Method::POST, &self.messages_path())
            .form(&form);
        let answer = transport::exchange(request).await?;
        let request_id = answer.request_id.clone();
        let message: Message = answer.json()?;
        Sent::of(message, request_id)
    }

    /// Fetches one message as Twilio has it.
    ///
    /// # Errors
    /// [`SendError`], read as for any request: a fetch that fails changes nothing.
    pub async fn fetch(&self, sid: &str) -> Result<Message, SendError> {
        let path = format!(
            "/{API_VERSION}/Accounts/{}/Messages/{sid}.json",
            self.account_sid
        );
        transport::exchange(self.request(Method::GET, &path))
            .await?
            .json()
    }

    /// Lists messages, newest first, over all pages: how an ambiguous send is reconciled.
    ///
    /// # Errors
    /// [`SendError`], read as for any request.
    pub async fn list(&self, filter: &ListFilter) -> Result<Vec<Message>, SendError> {
        let mut query = Vec::new();
        if let Some(to) = &filter.to {
            query.push(("To", to.to_twilio()));
        }
        if let Some(from) = &filter.from {
            query.push(("From", from.to_twilio()));
        }
        if let Some(day) = filter.sent_since {
            // The parameter's name is `DateSent>`; together with `=` it reads `DateSent>=2026-…`.
            query.push(("DateSent>", day.format("%Y-%m-%d").to_string()));
        }
        if filter.page_size > 0 {
            query.push(("PageSize", filter.page_size.to_string()));
        }
        let mut messages = Vec::new();
        let mut request = self
            .request(Method::GET, &self.messages_path())
            .query(&query);
        loop {
            let page: Page = transport::exchange(request).await?.json()?;
            messages.extend(page.messages);
            let full = filter.limit > 0 && messages.len() >= filter.limit;
            match page.next_page_uri {
                // Only a path of the same host: credentials go nowhere else.
                Some(next) if !full && next.starts_with('/') && !next.starts_with("//") => {
                    request = self.request(Method::GET, &next);
                }
                _ => break,
            }
        }
        if filter.limit > 0 {
            messages.truncate(filter.limit);
        }
        Ok(messages)
    }

    /// Shows the person who wrote `message_sid` that somebody writes, until our next message or for
    /// 25 seconds, and marks that message as read (Twilio, "Typing Indicators resource", a beta).
    ///
    /// # Errors
    /// [`SendError`], read as for any request: one that fails changes nothing.
    pub async fn typing(&self, message_sid: &str) -> Result<(), SendError> {
        let form = [("messageId", message_sid), ("channel", "whatsapp")];
        let url = format!("{}/v2/Indicators/Typing.json", self.messaging_url);
        let request = self.authorized(Method::POST, &url).form(&form);
        transport::exchange(request).await.map(drop)
    }

    fn messages_path(&self) -> String {
        format!("/{API_VERSION}/Accounts/{}/Messages.json", self.account_sid)
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.authorized(method, &format!("{}{path}", self.api_url))
    }

    fn authorized(&self, method: Method, url: &str) -> reqwest::RequestBuilder {
        use secrecy::ExposeSecret;
        self.http
            .request(method, url)
            .basic_auth(&self.user, Some(self.password.expose_secret()))
    }
}

/// The longest wait that a `Retry-After` header is believed for.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);
