//! All of Wharf for one test.

mod builder;
mod lifecycle;

use std::{path::PathBuf, time::Duration};

use tempfile::TempDir;
use twilio_sim::{Entry, InboundReport, Sim, SimClient};
use wharf_testkit::{broker::TestBroker, database::TestDatabase, poll};

pub use self::builder::{StackBuilder, TOKEN};
use crate::{metrics, process::Process, queues::Queues, rows::Rows, servers::OwnServer};

/// How long an answer may take on a busy machine before a test calls it missing.
pub const ANSWER: Duration = Duration::from_secs(60);

/// The path of the webhook.
pub const WEBHOOK_PATH: &str = "/api/webhooks/whatsapp";

/// A service of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// One of the webhook edges, from 0.
    Ingress(usize),
    /// See services/nlp.
    Nlp,
    /// See services/agent-executor.
    AgentExecutor,
    /// See services/responder.
    Responder,
}

/// The services that work on queues, in the order of a message's way.
pub const WORKERS: [Service; 3] = [Service::Nlp, Service::AgentExecutor, Service::Responder];

impl Service {
    /// The word that `wharf-service` knows it by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ingress(_) => "ingress",
            Self::Nlp => "nlp",
            Self::AgentExecutor => "agent-executor",
            Self::Responder => "responder",
        }
    }
}

/// What a contact wrote and what came back.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The webhook's fate.
    pub report: InboundReport,
    /// The first message that Wharf sent through the REST API after it.
    pub reply: Entry,
}

struct Member {
    service: Service,
    environment: Vec<(String, String)>,
    admin: u16,
    /// `None` while it is stopped.
    process: Option<Process>,
}

/// The running whole. End a test with [`Stack::finish`]; a dropped stack kills its processes and
/// prints their logs when the test has failed.
pub struct Stack {
    binary: PathBuf,
    http: reqwest::Client,
    members: Vec<Member>,
    ingress_ports: Vec<u16>,
    sim: Sim,
    queues: Queues,
    rows: Rows,
    finished: bool,
    // What follows is cleared away when it drops, after everything above has ended.
    logs: TempDir,
    _files: TempDir,
    own_broker: Option<OwnServer>,
    own_database: Option<OwnServer>,
    _broker: Option<TestBroker>,
    _database: Option<TestDatabase>,
}

impl Stack {
    /// Begins a stack whose services are run by `binary`, which is
    /// `env!("CARGO_BIN_EXE_wharf-service")` in an integration test.
    #[must_use]
    pub fn builder(binary: &str) -> StackBuilder {
        StackBuilder::new(binary)
    }

    /// The contacts' phones, and Twilio.
    #[must_use]
    pub fn sim(&self) -> &SimClient {
        self.sim.client()
    }

    /// The database.
    #[must_use]
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The broker.
    #[must_use]
    pub fn queues(&self) -> &Queues {
        &self.queues
    }

    /// The broker of this test alone.
    ///
    /// # Panics
    /// When the stack was not built with one.
    #[must_use]
    pub fn own_broker(&self) -> &OwnServer {
        match &self.own_broker {
            Some(server) => server,
            None => panic!("build the stack with own_broker()"),
        }
    }

    /// The database server of this test alone.
    ///
    /// # Panics
    /// When the stack was not built with one.
    #[must_use]
    pub fn own_database(&self) -> &OwnServer {
        match &self.own_database {
            Some(server) => server,
            None => panic!("build the stack with own_database()"),
        }
    }

    /// A client for requests of a test's own.
    #[must_use]
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// `http://127.0.0.1:port` of an ingress.
    ///
    /// # Panics
    /// When there is no such ingress.
    #[must_use]
    pub fn ingress_url(&self, number: usize) -> String {
        match self.ingress_ports.get(number) {
            Some(port) => format!("http://127.0.0.1:{port}"),
            None => panic!("there is no ingress {number}"),
        }
    }

    /// The webhook's address at an ingress.
    #[must_use]
    pub fn webhook_url(&self, number: usize) -> String {
        self.ingress_url(number) + WEBHOOK_PATH
    }

    /// Writes as a contact and waits for the reply.
    ///
    /// # Panics
    /// When none comes.
    pub async fn ask(&self, contact: &str, text: &str) -> Exchange {
        let report = self.say(contact, text).await;
        let reply = self.reply_after(contact, report.seq).await;
        Exchange { report, reply }
    }

    /// Writes as a contact; returns when ingress has answered.
    ///
    /// # Panics
    /// When the simulator does not answer.
    pub async fn say(&self, contact: &str, text: &str) -> InboundReport {
        match self.sim().say(contact, text).await {
            Ok(report) => report,
            Err(error) => panic!("{error:#}"),
        }
    }

    /// The first text that Wharf sends a contact after a line of the transcript. Files are messages
    /// of their own without a text, and passed over.
    ///
    /// # Panics
    /// When none comes.
    pub async fn reply_after(&self, contact: &str, after: u64) -> Entry {
        let mut after = after;
        loop {
            match self.sim().next_reply(contact, after, ANSWER).await {
                Ok(entry) if entry.text.is_empty() => after = entry.seq,
                Ok(entry) => return entry,
                Err(error) => panic!("{error:#}"),
            }
        }
    }

    /// Messages that Twilio took from Wharf's REST calls so far.
    ///
    /// # Panics
    /// When the simulator does not answer.
    pub async fn replies(&self) -> usize {
        match self.sim().outbound_count(None).await {
            Ok(count) => count.rest,
            Err(error) => panic!("{error:#}"),
        }
    }

    /// Waits until Twilio has taken so many messages.
    ///
    /// # Panics
    /// When it has not within `deadline`.
    pub async fn replies_reach(&self, count: usize, deadline: Duration) {
        let mut seen = 0;
        let waited = tokio::time::timeout(
            deadline,
            poll::until(Duration::MAX, "replies", async || {
                seen = self.replies().await;
                seen >= count
            }),
        );
        assert!(waited.await.is_ok(), "{seen} of {count} replies came");
    }

    /// The sum of a service's samples of a metric with these labels.
    ///
    /// # Panics
    /// When /metrics does not answer.
    pub async fn metric(&self, service: Service, name: &str, labels: &[(&str, &str)]) -> f64 {
        let url = format!("http://127.0.0.1:{}/metrics", self.member(service).admin);
        let read = async { self.http.get(url).send().await?.text().await };
        match read.await {
            Ok(text) => metrics::sum(&text, name, labels),
            Err(error) => panic!("metrics of {service:?}: {error}"),
        }
    }

    fn index(&self, service: Service) -> usize {
        let found = self
            .members
            .iter()
            .position(|member| member.service == service);
        match found {
            Some(number) => number,
            None => panic!("the stack has no {service:?}"),
        }
    }

    fn member(&self, service: Service) -> &Member {
        &self.members[self.index(service)]
    }

    fn member_mut(&mut self, service: Service) -> &mut Member {
        let number = self.index(service);
        &mut self.members[number]
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let failed = std::thread::panicking();
        for member in &mut self.members {
            if let Some(process) = member.process.take()
                && failed
            {
                eprintln!("--- {:?}\n{}", member.service, process.tail());
            }
        }
        assert!(
            self.finished || failed,
            "the test did not end with finish()"
        );
    }
}
