//! `wharfctl dead-letters`: what nobody will handle again by itself, and what to do with it.
//!
//! A replayed message goes back to the queue that it failed in, with its attempts forgotten and its
//! id kept: a stage that has settled it already recognises it and does nothing twice. First the copy
//! is published and confirmed, then the dead one is acknowledged; a crash between the two leaves
//! both.

use std::{collections::BTreeSet, io::Write};

use anyhow::{Context as _, bail};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use wharf_broker::{Admin, Broker, Delivery, Outgoing, Publisher, Queue, RetryDelay, Route, Stage};

/// Messages of one queue that are looked through.
const MOST: usize = 10_000;

/// The arguments of `wharfctl dead-letters`.
#[derive(Debug, Clone, Args)]
pub struct DeadLettersArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: DeadLettersCommand,
}

/// What can be done with dead messages.
#[derive(Debug, Clone, Subcommand)]
pub enum DeadLettersCommand {
    /// List them, the oldest of each stage first; without what people wrote
    List {
        /// Which.
        #[command(flatten)]
        of: Of,
        /// As one JSON array instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Show one whole, with what people wrote
    Show {
        /// Its id, as `list` shows it
        id: String,
    },
    /// Send them back to the queues that they failed in
    Replay(Which),
    /// Throw them away
    Drop(Which),
}

/// Which dead messages.
#[derive(Debug, Clone, Default, Args)]
pub struct Of {
    /// Only those of this stage
    #[arg(long)]
    pub stage: Option<StageName>,
    /// Only those whose reason has these words
    #[arg(long)]
    pub reason: Option<String>,
}

/// Which dead messages something is done to.
#[derive(Debug, Clone, Default, Args)]
pub struct Which {
    /// Their ids, as `list` shows them
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub ids: Vec<String>,
    /// All of them, or all that --stage and --reason name
    #[arg(long)]
    pub all: bool,
    /// Which.
    #[command(flatten)]
    pub of: Of,
}

/// A stage as the command line has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StageName {
    /// Understands messages.
    Nlp,
    /// Runs agents.
    AgentExecutor,
    /// Sends replies.
    Responder,
}

impl From<StageName> for Stage {
    fn from(name: StageName) -> Self {
        match name {
            StageName::Nlp => Self::Nlp,
            StageName::AgentExecutor => Self::AgentExecutor,
            StageName::Responder => Self::Responder,
        }
    }
}

/// A dead message in a list.
#[derive(Debug, Serialize)]
struct Letter {
    stage: &'static str,
    id: String,
    kind: String,
    /// From the envelope; `None` when that cannot be read.
    execution_id: Option<String>,
    created_at: Option<DateTime<Utc>>,
    /// The queue that it failed in, as [`Queue::key`] names it.
    queue: Option<String>,
    reason: String,
}

impl Letter {
    fn of(message: &Delivery) -> Self {
        let envelope: Option<Value> = serde_json::from_slice(&message.body).ok();
        let execution = envelope.and_then(|read| Some(read["execution_id"].as_str()?.to_owned()));
        Self {
            stage: message.queue.stage().name(),
            id: id(message).to_owned(),
            kind: message.kind.clone().unwrap_or_default(),
            execution_id: execution,
            created_at: message.created_at,
            queue: message.origin().map(Queue::key),
            reason: message.reason().unwrap_or("not known").to_owned(),
        }
    }

    fn line(&self) -> [String; 6] {
        let at = self.created_at;
        [
            self.stage.to_owned(),
            self.id.clone(),
            self.kind.clone(),
            at.map_or("-".to_owned(), |at| {
                at.to_rfc3339_opts(SecondsFormat::Secs, true)
            }),
            self.queue.clone().unwrap_or("-".to_owned()),
            self.reason.clone(),
        ]
    }
}

/// What was published without an id can be had by `--all` only.
fn id(message: &Delivery) -> &str {
    message.message_id.as_deref().unwrap_or("-")
}

impl Of {
    fn queues(&self) -> Vec<Queue> {
        match self.stage {
            Some(stage) => vec![Queue::Dead(stage.into())],
            None => Stage::ALL.map(Queue::Dead).to_vec(),
        }
    }

    fn has(&self, message: &Delivery) -> bool {
        let Some(words) = &self.reason else {
            return true;
        };
        let reason = message.reason().unwrap_or_default().to_lowercase();
        reason.contains(&words.to_lowercase())
    }
}

impl Which {
    fn has(&self, message: &Delivery) -> bool {
        let named = self.all || self.ids.iter().any(|wanted| wanted == id(message));
        named && self.of.has(message)
    }
}

/// Runs the command and writes what it found or did to `out`.
///
/// # Errors
/// When the broker cannot be reached or refuses, when an id is not there, or when a message cannot
/// be sent back: it stays where it is.
pub async fn run(
    args: &DeadLettersArgs,
    broker: &Broker,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let admin = Admin::connect(broker).await?;
    let done = match &args.command {
        DeadLettersCommand::List { of, json } => list(of, *json, &admin, out).await,
        DeadLettersCommand::Show { id } => show(id, &admin, out).await,
        DeadLettersCommand::Replay(which) => {
            let stop = CancellationToken::new();
            let publisher = Publisher::start(broker, &stop);
            let done = settle(which, Some(&publisher), &admin, out).await;
            publisher.close().await;
            stop.cancel();
            done
        }
        DeadLettersCommand::Drop(which) => settle(which, None, &admin, out).await,
    };
    admin.close().await;
    done
}

async fn list(
    of: &Of,
    json: bool,
    admin: &Admin,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let mut letters = Vec::new();
    let mut more = 0;
    for queue in of.queues() {
        let waiting = admin.peek(queue, MOST).await?;
        more += waiting.more;
        letters.extend(
            waiting
                .messages
                .iter()
                .filter(|m| of.has(m))
                .map(Letter::of),
        );
    }
    if json {
        serde_json::to_writer_pretty(&mut *out, &letters).context("dead messages as JSON")?;
        writeln!(out)?;
    } else {
        out.write_all(table(&letters).as_bytes())?;
        if more > 0 {
            writeln!(out, "and {more} more that were not looked through")?;
        }
    }
    Ok(())
}

async fn show(wanted: &str, admin: &Admin, out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    for queue in Of::default().queues() {
        let waiting = admin.peek(queue, MOST).await?;
        let Some(message) = waiting.messages.iter().find(|m| id(m) == wanted) else {
            continue;
        };
        let letter = Letter::of(message);
        let body = match serde_json::from_slice::<Value>(&message.body) {
            Ok(envelope) => envelope,
            Err(_) => Value::String(String::from_utf8_lossy(&message.body).into_owned()),
        };
        let shown = serde_json::json!({"letter": letter, "message": body});
        serde_json::to_writer_pretty(&mut *out, &shown).context("message as JSON")?;
        writeln!(out)?;
        return Ok(());
    }
    bail!("no dead message has the id {wanted}");
}

/// Sends what is meant back with `publisher`, or throws it away without one.
async fn settle(
    which: &Which,
    publisher: Option<&Publisher>,
    admin: &Admin,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let mut missing: BTreeSet<&str> = which.ids.iter().map(String::as_str).collect();
    let mut settled = 0;
    for queue in which.of.queues() {
        let mut held = admin.hold(queue, MOST).await?;
        let mut done = Ok(());
        for message in std::mem::take(&mut held.messages) {
            if !which.has(&message) {
                continue;
            }
            missing.remove(id(&message));
            done = settle_one(message, publisher, out).await;
            if done.is_err() {
                break;
            }
            settled += 1;
        }
        held.put_back().await;
        done?;
    }
    let verb = if publisher.is_some() {
        "sent back"
    } else {
        "dropped"
    };
    writeln!(out, "{settled} {verb}")?;
    if let Some(id) = missing.first() {
        bail!("no dead message has the id {id}");
    }
    Ok(())
}

async fn settle_one(
    message: Delivery,
    publisher: Option<&Publisher>,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let id = id(&message).to_owned();
    if let Some(publisher) = publisher {
        let Some(queue) = message.origin() else {
            bail!("{id}: it is not known which queue it failed in; it stays");
        };
        let route = Route::Retry {
            delay: RetryDelay::OneSecond,
            queue,
        };
        let copy = Outgoing::replay(&message);
        let sent = publisher.publish(&route, &copy).await;
        sent.with_context(|| format!("{id} not sent back; it stays"))?;
        writeln!(out, "{id} -> {queue}")?;
    } else {
        writeln!(out, "{id}")?;
    }
    if !message.ack().await {
        bail!("{id}: the connection broke; the dead message may be there still");
    }
    Ok(())
}

fn table(letters: &[Letter]) -> String {
    let head = ["STAGE", "ID", "KIND", "CREATED", "QUEUE", "REASON"].map(str::to_owned);
    let lines: Vec<[String; 6]> = std::iter::once(head)
        .chain(letters.iter().map(Letter::line))
        .collect();
    let width = |column: usize| lines.iter().map(|line| line[column].len()).max();
    let widths: Vec<usize> = (0..5).map(|column| width(column).unwrap_or(0)).collect();
    let written = lines.iter().map(|line| {
        let mut text = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            text.push_str(&format!("{cell:<width$}  "));
        }
        format!("{text}{}\n", line[5])
    });
    written.collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use wharf_domain::{
        contracts::Envelope,
        ids::{ExecutionId, MessageId},
        priority::Priority,
    };
    use wharf_testkit::{broker::TestBroker, poll};

    use super::*;

    const DEADLINE: Duration = Duration::from_secs(20);
    const WORK: Queue = Queue::Execute(Priority::Alerts);
    const STATUS: Queue = Queue::Status;

    /// A broker with two dead messages of agent-executor, one of which cannot be read, and one of responder.
    async fn broker() -> TestBroker {
        let test = TestBroker::create().await;
        let stop = CancellationToken::new();
        let publisher = Publisher::start(test.broker(), &stop);
        for (number, queue, reason) in [
            (1, WORK, "four attempts failed"),
            (2, WORK, "malformed message"),
            (3, STATUS, "eight attempts failed"),
        ] {
            let execution = ExecutionId::of_message("AC1", &format!("SM{number}"));
            let envelope = Envelope {
                kind: "execution_request".to_owned(),
                version: 1,
                id: message(number),
                execution_id: execution,
                attempt: 4,
                created_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
                body: serde_json::json!({"text": "stock WID-1001"}),
            };
            let body = match number {
                2 => b"{".to_vec(),
                _ => serde_json::to_vec(&envelope).unwrap(),
            };
            let mut alive = Outgoing::new(envelope.id, "execution_request", body);
            alive.created_at = Some(envelope.created_at);
            let retry = Route::Retry {
                delay: RetryDelay::OneSecond,
                queue,
            };
            publisher.publish(&retry, &alive).await.unwrap();
            bury(&test, &publisher, queue, reason).await;
        }
        publisher.close().await;
        stop.cancel();
        test
    }

    fn message(number: u8) -> MessageId {
        ExecutionId::of_message("AC1", &format!("SM{number}")).message("test")
    }

    /// What a worker does with the queue's message when it gives it up.
    async fn bury(test: &TestBroker, publisher: &Publisher, queue: Queue, reason: &str) {
        let admin = test.admin().await;
        poll::until(DEADLINE, "the message's first wait", async || {
            test.ready(queue).await == 1
        })
        .await;
        let mut held = admin.hold(queue, 1).await.unwrap();
        let delivery = held.messages.remove(0);
        let dead = Outgoing::dead(&delivery, reason);
        let route = Route::Dead(queue.stage());
        publisher.publish(&route, &dead).await.unwrap();
        assert!(delivery.ack().await);
        held.put_back().await;
        admin.close().await;
    }

    async fn said(command: DeadLettersCommand, test: &TestBroker) -> Result<String, String> {
        let mut out = Vec::new();
        let args = DeadLettersArgs { command };
        match run(&args, test.broker(), &mut out).await {
            Ok(()) => Ok(String::from_utf8(out).unwrap()),
            Err(error) => Err(format!("{error:#}")),
        }
    }

    fn all(stage: Option<StageName>, reason: Option<&str>) -> Which {
        let reason = reason.map(str::to_owned);
        Which {
            ids: Vec::new(),
            all: true,
            of: Of { stage, reason },
        }
    }

    fn list(stage: Option<StageName>, json: bool) -> DeadLettersCommand {
        let of = Of {
            stage,
            reason: None,
        };
        DeadLettersCommand::List { of, json }
    }

    #[tokio::test]
    async fn dead_messages_are_listed_shown_sent_back_and_dropped() {
        let test = broker().await;
        let table = said(list(None, false), &test).await.unwrap();
        insta::assert_snapshot!(table);
        let json = said(list(Some(StageName::Responder), true), &test).await;
        let json: Value = serde_json::from_str(&json.unwrap()).unwrap();
        assert_eq!(json.as_array().unwrap().len(), 1);
        assert!(!table.contains("WID-1001") && !json.to_string().contains("WID-1001"));

        let first = message(1).to_string();
        let shown = said(DeadLettersCommand::Show { id: first.clone() }, &test).await;
        assert!(shown.unwrap().contains("stock WID-1001"));
        let nobody = "no dead message has the id x".to_owned();
        let show = DeadLettersCommand::Show { id: "x".to_owned() };
        assert_eq!(said(show, &test).await, Err(nobody.clone()));

        let ids = vec![first.clone(), "x".to_owned()];
        let which = Which {
            ids,
            ..Which::default()
        };
        assert_eq!(
            said(DeadLettersCommand::Replay(which), &test).await,
            Err(nobody)
        );
        poll::until(DEADLINE, "the message's return", async || {
            test.ready(WORK).await == 1
        })
        .await;
        let admin = test.admin().await;
        let back = admin.peek(WORK, 1).await.unwrap().messages.remove(0);
        admin.close().await;
        let envelope: Envelope<Value> = serde_json::from_slice(&back.body).unwrap();
        assert_eq!((envelope.attempt, envelope.id), (0, message(1)));
        assert_eq!(
            (back.message_id, back.kind.as_deref()),
            (Some(first), Some("execution_request"))
        );
        assert_eq!(test.ready(Queue::Dead(Stage::AgentExecutor)).await, 1);

        let which = all(None, Some("MALFORMED"));
        let dropped = said(DeadLettersCommand::Drop(which), &test).await.unwrap();
        assert_eq!(dropped, format!("{}\n1 dropped\n", message(2)));
        let which = all(Some(StageName::Responder), None);
        let replayed = said(DeadLettersCommand::Replay(which), &test)
            .await
            .unwrap();
        assert_eq!(
            replayed,
            format!("{} -> responder.status\n1 sent back\n", message(3))
        );
        let empty = said(list(None, true), &test).await.unwrap();
        assert_eq!(empty.trim(), "[]");
    }
}
