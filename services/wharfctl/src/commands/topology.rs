//! `wharfctl topology`: declares the broker's exchanges and queues, and shows them with what waits.
//!
//! Services declare the same when they connect; an operator does it before the first start, or where
//! the services' own user may not configure anything.

use std::io::Write;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use wharf_broker::{Admin, Broker, QueueDepth};

/// The arguments of `wharfctl topology`.
#[derive(Debug, Clone, Args)]
pub struct TopologyArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: TopologyCommand,
}

/// What can be done with the topology.
#[derive(Debug, Clone, Subcommand)]
pub enum TopologyCommand {
    /// Declare all exchanges, queues and bindings; changes nothing where they exist.
    Declare,
    /// Show all queues: messages ready, consumers, or that one is missing.
    Show {
        /// As one JSON array instead of a table.
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command and writes what it found to `out`.
///
/// # Errors
/// When the broker cannot be reached or refuses; the message says what and why.
pub async fn run(
    args: &TopologyArgs,
    broker: &Broker,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let admin = Admin::connect(broker).await?;
    let done = with(&args.command, broker, &admin, out).await;
    admin.close().await;
    done
}

async fn with(
    command: &TopologyCommand,
    broker: &Broker,
    admin: &Admin,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    match command {
        TopologyCommand::Declare => {
            admin.declare().await?;
            let topology = broker.topology();
            writeln!(
                out,
                "declared {} exchanges and {} queues of {} on {}",
                topology.exchanges().len(),
                topology.declared_queues().len(),
                topology.namespace(),
                broker.endpoint(),
            )?;
        }
        TopologyCommand::Show { json } => {
            let depths = admin.depths().await?;
            if *json {
                serde_json::to_writer(&mut *out, &depths).context("queues as JSON")?;
                writeln!(out)?;
            } else {
                out.write_all(table(&depths).as_bytes())?;
            }
        }
    }
    Ok(())
}

fn table(depths: &[QueueDepth]) -> String {
    let width = depths
        .iter()
        .map(|d| d.queue.len())
        .max()
        .unwrap_or(0)
        .max("QUEUE".len());
    let line = |queue: &str, ready: &str, consumers: &str| {
        format!("{queue:<width$}  {ready:>8}  {consumers:>9}\n")
    };
    let rows = depths.iter().map(|depth| match depth.ready {
        Some(ready) => line(
            &depth.queue,
            &ready.to_string(),
            &depth.consumers.to_string(),
        ),
        None => line(&depth.queue, "missing", "-"),
    });
    std::iter::once(line("QUEUE", "READY", "CONSUMERS"))
        .chain(rows)
        .collect()
}

#[cfg(test)]
mod tests {
    use wharf_broker::Queue;
    use wharf_testkit::broker::TestBroker;

    use super::*;

    async fn output(command: TopologyCommand, broker: &Broker) -> String {
        let mut out = Vec::new();
        run(&TopologyArgs { command }, broker, &mut out)
            .await
            .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_missing_queue_is_called_missing() {
        let depth = |queue: &str, ready, consumers| QueueDepth {
            queue: queue.to_owned(),
            ready,
            consumers,
        };
        let depths = [
            depth("wharf.nlp.s0", Some(1_234), 2),
            depth("wharf.nlp.s1", None, 0),
        ];
        let expected = "\
QUEUE            READY  CONSUMERS
wharf.nlp.s0      1234          2
wharf.nlp.s1   missing          -
";
        assert_eq!(table(&depths), expected);
    }

    #[tokio::test]
    async fn declares_and_shows_on_a_real_server() {
        let test = TestBroker::create().await;
        let admin = test.admin().await;
        admin.delete_namespace().await.unwrap();
        let name = test.broker().topology().queue_name(Queue::Status);
        let before = output(TopologyCommand::Show { json: false }, test.broker()).await;
        let missing = before
            .lines()
            .filter(|line| line.contains("missing"))
            .count();
        assert_eq!(missing, before.lines().count() - 1, "{before}");
        let said = output(TopologyCommand::Declare, test.broker()).await;
        assert!(said.starts_with("declared 5 exchanges"), "{said}");
        let after = output(TopologyCommand::Show { json: true }, test.broker()).await;
        let after: Vec<serde_json::Value> = serde_json::from_str(&after).unwrap();
        let status = serde_json::json!({"queue": name, "ready": 0, "consumers": 0});
        assert!(after.contains(&status), "{after:?}");
        admin.close().await;
    }
}
