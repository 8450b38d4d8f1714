//! A typed client of the control API, for tests and the command line.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::Instant;

pub use crate::{callbacks::CallbackRecord, control::OutboundCount};
use crate::{
    control::{Inbound, Transcript, TranscriptQuery, Window},
    faults::{CallbackPlan, Fault, FaultRequest},
    hosted::{FileRequests, Hosted, HostedFile},
    transcript::{Entry, Kind},
    webhook::InboundReport,
};

/// How long one long poll asks for.
const POLL: Duration = Duration::from_secs(10);

/// Speaks to one simulator.
#[derive(Debug, Clone)]
pub struct SimClient {
    http: reqwest::Client,
    url: String,
}

impl SimClient {
    /// A client of the simulator at `url`.
    ///
    /// # Errors
    /// When no HTTP client can be built.
    pub fn new(url: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(90))
            .no_proxy()
            .build()
            .context("an HTTP client")?;
        Ok(Self {
            http,
            url: url.trim_end_matches('/').to_owned(),
        })
    }

    /// Sends a message as a contact; comes back when Wharf has answered (or not) every copy.
    ///
    /// # Errors
    /// When the simulator cannot be reached or refuses the message.
    pub async fn send(&self, message: &Inbound) -> anyhow::Result<InboundReport> {
        self.post("/sim/messages", message)
            .await?
            .json()
            .await
            .context("the simulator's report")
    }

    /// Sends a text.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn say(&self, from: &str, body: &str) -> anyhow::Result<InboundReport> {
        self.send(&Inbound::text(from, body)).await
    }

    /// Taps a button or a list's line of the latest message that has one with this id.
    ///
    /// # Errors
    /// As [`Self::send`]; and when there is none.
    pub async fn tap(&self, from: &str, id: &str) -> anyhow::Result<InboundReport> {
        self.send(&Inbound::tapped(from, id)).await
    }

    /// Makes a Content template as Twilio's Content API does, with the account's credentials; gives
    /// its sid. `types` are Twilio's, e.g. `{"twilio/quick-reply": {…}}`.
    ///
    /// # Errors
    /// When the simulator cannot be reached or refuses it.
    pub async fn make_content(
        &self,
        (account, token): (&str, &str),
        types: serde_json::Value,
    ) -> anyhow::Result<String> {
        #[derive(serde::Deserialize)]
        struct Made {
            sid: String,
        }
        let body = serde_json::json!({"friendly_name": "test", "language": "en", "types": types});
        let request = self.http.post(format!("{}/v1/Content", self.url));
        let request = request.basic_auth(account, Some(token)).json(&body);
        let made: Made = self.exchange(request).await?.json().await?;
        Ok(made.sid)
    }

    /// The lines of a contact (or of all) after a number; waits up to `wait` for the first.
    ///
    /// # Errors
    /// When the simulator cannot be reached.
    pub async fn transcript(
        &self,
        contact: Option<&str>,
        after: u64,
        wait: Duration,
    ) -> anyhow::Result<Vec<Entry>> {
        let query = TranscriptQuery {
            contact: contact.map(str::to_owned),
            after,
            wait_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        };
        let read: Transcript = self.get("/sim/transcript", &query).await?;
        Ok(read.entries)
    }

    /// The first line of a contact after a number that `wanted` accepts.
    ///
    /// # Errors
    /// When none comes within `limit`; the error holds the lines that did.
    pub async fn wait_for(
        &self,
        contact: &str,
        after: u64,
        limit: Duration,
        wanted: impl Fn(&Entry) -> bool,
    ) -> anyhow::Result<Entry> {
        let deadline = Instant::now() + limit;
        let (mut seen, mut last) = (Vec::new(), after);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            for entry in self.transcript(Some(contact), last, left.min(POLL)).await? {
                if wanted(&entry) {
                    return Ok(entry);
                }
                last = entry.seq;
                seen.push(entry);
            }
            ensure!(
                Instant::now() < deadline,
                "nothing wanted within {limit:?}; came: {seen:#?}"
            );
        }
    }

    /// The next message that Wharf sends a contact through the REST API.
    ///
    /// # Errors
    /// As [`Self::wait_for`].
    pub async fn next_reply(
        &self,
        contact: &str,
        after: u64,
        limit: Duration,
    ) -> anyhow::Result<Entry> {
        self.wait_for(contact, after, limit, |entry| entry.kind == Kind::Outbound)
            .await
    }

    /// How many messages Wharf sent, to one contact or to all.
    ///
    /// # Errors
    /// When the simulator cannot be reached.
    pub async fn outbound_count(&self, contact: Option<&str>) -> anyhow::Result<OutboundCount> {
        let query = TranscriptQuery {
            contact: contact.map(str::to_owned),
            ..TranscriptQuery::default()
        };
        self.get("/sim/outbound/count", &query).await
    }

    /// The status callbacks sent so far, of one message or of all.
    ///
    /// # Errors
    /// When the simulator cannot be reached.
    pub async fn callbacks(&self, sid: Option<&str>) -> anyhow::Result<Vec<CallbackRecord>> {
        let query: Vec<_> = sid.map(|sid| ("sid", sid)).into_iter().collect();
        self.get("/sim/callbacks", &query).await
    }

    /// Makes the next `count` sends go wrong.
    ///
    /// # Errors
    /// When the simulator cannot be reached.
    pub async fn fault(&self, fault: Fault, count: u32) -> anyhow::Result<()> {
        self.post("/sim/faults", &FaultRequest { fault, count })
            .await
            .map(drop)
    }

    /// Hosts a file as Twilio does with those of inbound messages; gives its URL.
    ///
    /// # Errors
    /// When the simulator cannot be reached.
    pub async fn host(&self, file: &HostedFile) -> anyhow::Result<String> {
        let answer = self.post("/sim/files", file).await?;
        let hosted: Hosted = answer.json().await.context("the file's path")?;
        Ok(format!("{}{}", self.url, hosted.path))
    }

    /// How the hosted files were asked for.
    ///
    /// # Errors
    /// When the simulator cannot be reached.
    pub async fn file_requests(&self) -> anyhow::Result<FileRequests> {
        self.get("/sim/files", &()).await
    }

    /// Changes how status callbacks are sent.
    ///
    /// # Errors
    /// When the simulator cannot be reached.
    pub async fn plan_callbacks(&self, plan: CallbackPlan) -> anyhow::Result<()> {
        self.post("/sim/callbacks/plan", &plan).await.map(drop)
    }

    /// Sets the hours since a contact's last message; `None`: it never wrote.
    ///
    /// # Errors
    /// When the simulator cannot be reached.
    pub async fn set_window(&self, contact: &str, hours_ago: Option<u32>) -> anyhow::Result<()> {
        let window = Window {
            contact: contact.to_owned(),
            hours_ago,
        };
        self.post("/sim/window", &window).await.map(drop)
    }

    /// Makes the simulator forget everything but its numbering.
    ///
    /// # Errors
    /// When the simulator cannot be reached.
    pub async fn reset(&self) -> anyhow::Result<()> {
        self.post("/sim/reset", &()).await.map(drop)
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &impl Serialize,
    ) -> anyhow::Result<T> {
        let request = self.http.get(format!("{}{path}", self.url)).query(query);
        self.exchange(request)
            .await?
            .json()
            .await
            .with_context(|| format!("the answer of {path}"))
    }

    async fn post(&self, path: &str, body: &impl Serialize) -> anyhow::Result<reqwest::Response> {
        self.exchange(self.http.post(format!("{}{path}", self.url)).json(body))
            .await
    }

    async fn exchange(
        &self,
        request: reqwest::RequestBuilder,
    ) -> anyhow::Result<reqwest::Response> {
        let response = request
            .send()
            .await
            .with_context(|| format!("twilio-sim at {} does not answer", self.url))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let words = response.text().await.unwrap_or_default();
        anyhow::bail!("twilio-sim answered {status}: {words}")
    }
}
