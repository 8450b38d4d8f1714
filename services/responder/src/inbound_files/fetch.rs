//! One file from Twilio: credentials to the REST API's own address alone, redirects followed by
//! hand, only to hosts that are allowed.

use std::{net::IpAddr, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{Response, StatusCode, Url, header};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use url::Host;
use wharf_twilio::config::TwilioConfig;

use super::{InboundFilesConfig, kinds};

/// How many redirects are followed; Twilio's own are two.
const REDIRECTS: usize = 4;

/// Why a file was not fetched. Never holds a URL: Twilio's name accounts, signed ones are keys.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum NotFetched {
    /// It is not what we keep; asking again is of no use.
    #[error("{0}")]
    Refused(String),
    /// It may work later.
    #[error("{0}")]
    Later(String),
}

/// A file on its way: its first bytes have been looked at.
#[derive(Debug)]
pub(super) struct Incoming {
    /// What its bytes show.
    pub(super) content_type: String,
    head: Option<Bytes>,
    rest: Response,
}

impl Incoming {
    /// The next piece; `None`: that was all.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, NotFetched> {
        if let Some(head) = self.head.take() {
            return Ok(Some(head));
        }
        self.rest.chunk().await.map_err(|error| interrupted(&error))
    }
}

/// Fetches files.
pub(super) struct Fetcher {
    http: reqwest::Client,
    api: Url,
    user: String,
    password: SecretString,
    hosts: Vec<String>,
    types: Vec<String>,
    max_bytes: u64,
}

impl Fetcher {
    pub(super) fn new(twilio: &TwilioConfig, config: &InboundFilesConfig) -> anyhow::Result<Self> {
        let (user, password) = twilio.credentials()?;
        let http = reqwest::Client::builder()
            .connect_timeout(config.timeout().min(Duration::from_secs(5)))
            .timeout(config.timeout())
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("wharf/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            http,
            api: Url::parse(&twilio.api_url)?,
            user,
            password,
            hosts: config.hosts(),
            types: config.types(),
            max_bytes: config.max_bytes,
        })
    }

    /// Asks for the file at `url`, declared to be `declared`, and reads its first bytes.
    pub(super) async fn fetch(&self, url: &str, declared: &str) -> Result<Incoming, NotFetched> {
        let declared = kinds::essence(declared);
        if !kinds::is_kept(&declared, &self.types) {
            return Err(refused(format!("{declared} is not a type that is kept")));
        }
        let mut url = Url::parse(url).map_err(|_| refused("its URL cannot be read"))?;
        for _ in 0..=REDIRECTS {
            let response = self.ask(&url).await?;
            if !response.status().is_redirection() {
                return self.look(answered(response)?, &declared).await;
            }
            let to = response.headers().get(header::LOCATION);
            let to = to.and_then(|to| to.to_str().ok());
            url = to
                .and_then(|to| url.join(to).ok())
                .ok_or_else(|| refused("a redirect to nowhere"))?;
        }
        Err(refused("too many redirects"))
    }

    async fn ask(&self, url: &Url) -> Result<Response, NotFetched> {
        self.check(url)?;
        let mut request = self.http.get(url.clone());
        // Nobody but the REST API sees who we are.
        if url.origin() == self.api.origin() {
            request = request.basic_auth(&self.user, Some(self.password.expose_secret()));
        }
        request.send().await.map_err(|error| interrupted(&error))
    }

    /// Allowed hosts by https; http to this machine only, for the simulator.
    fn check(&self, url: &Url) -> Result<(), NotFetched> {
        let encrypted = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
        if !encrypted || !url.username().is_empty() || url.password().is_some() {
            return Err(refused("its address is not https"));
        }
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let allowed = |allowed: &String| match allowed.strip_prefix('.') {
            Some(_) => host.ends_with(allowed.as_str()),
            None => host == *allowed,
        };
        if url.origin() == self.api.origin() || self.hosts.iter().any(allowed) {
            return Ok(());
        }
        Err(refused(format!("{host} is not an allowed host")))
    }

    async fn look(&self, mut response: Response, declared: &str) -> Result<Incoming, NotFetched> {
        if response
            .content_length()
            .is_some_and(|size| size > self.max_bytes)
        {
            return Err(self.too_large());
        }
        let mut head = BytesMut::new();
        while head.len() < kinds::HEAD {
            match response
                .chunk()
                .await
                .map_err(|error| interrupted(&error))?
            {
                Some(piece) => head.extend_from_slice(&piece),
                None => break,
            }
        }
        let content_type = kinds::checked(declared, &head)
            .ok_or_else(|| refused(format!("its bytes are not {declared}")))?;
        Ok(Incoming {
            content_type,
            head: Some(head.freeze()),
            rest: response,
        })
    }

    pub(super) fn too_large(&self) -> NotFetched {
        refused(format!("it has more than {} bytes", self.max_bytes))
    }
}

fn refused(why: impl Into<String>) -> NotFetched {
    NotFetched::Refused(why.into())
}

/// Twilio may not have a file yet, and a wrong token may be set right.
fn answered(response: Response) -> Result<Response, NotFetched> {
    match response.status() {
        StatusCode::OK => Ok(response),
        status => Err(NotFetched::Later(format!("HTTP {status}"))),
    }
}

fn interrupted(error: &reqwest::Error) -> NotFetched {
    let why = if error.is_timeout() {
        "it took too long"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the transfer broke off"
    };
    NotFetched::Later(why.to_owned())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fetcher(api: &str, hosts: &[&str]) -> Fetcher {
        wharf_runtime::service::install_crypto_provider();
        Fetcher {
            http: reqwest::Client::builder().build().unwrap(),
            api: Url::parse(api).unwrap(),
            user: "AC1".to_owned(),
            password: "secret".into(),
            hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            types: Vec::new(),
            max_bytes: 10,
        }
    }

    #[test]
    fn only_allowed_hosts_by_https() {
        let fetcher = fetcher(
            "https://api.twilio.com",
            &[".twiliocdn.com", "files.example"],
        );
        let check = |url: &str| fetcher.check(&Url::parse(url).unwrap()).is_ok();
        for url in [
            "https://api.twilio.com/2010-04-01/x",
            "https://mms.twiliocdn.com/x",
            "https://MMS.TwilioCDN.com/x",
            "https://files.example/x",
        ] {
            assert!(check(url), "{url}");
        }
        for url in [
            "http://api.twilio.com/x",
            "https://api.twilio.com:8443/x",
            "https://user@files.example/x",
            "https://twiliocdn.com.evil.example/x",
            "https://eviltwiliocdn.com/x",
            "https://a.files.example/x",
            "https://169.254.169.254/latest",
            "http://127.0.0.1:9/x",
            "ftp://files.example/x",
            "file:///etc/passwd",
        ] {
            assert!(!check(url), "{url}");
        }
    }

    #[test]
    fn this_machine_may_be_the_rest_api() {
        let fetcher = fetcher("http://127.0.0.1:4010", &[]);
        let check = |url: &str| fetcher.check(&Url::parse(url).unwrap()).is_ok();
        assert!(check("http://127.0.0.1:4010/x"));
        assert!(!check("http://127.0.0.1:4011/x"));
        assert!(!check("http://localhost:4010/x"));
    }
}
