//! `twilio-sim send`: one message, and what comes back.

use std::{io::Write, process::ExitCode, time::Duration};

use clap::Args;
use tokio::time::Instant;

use super::phone;
use crate::{Inbound, Kind, SimClient};

/// After a first reply: how long further parts may take to follow.
const SETTLE: Duration = Duration::from_millis(400);

/// A message to write.
#[derive(Debug, Args)]
pub(super) struct Send {
    /// The simulator's URL.
    #[arg(long, env = "SIM_URL")]
    sim: String,
    /// The contact who writes: `+15550100001`.
    #[arg(long, allow_hyphen_values = true)]
    from: String,
    /// How long to wait for the reply, in seconds.
    #[arg(long, default_value_t = 20.0)]
    wait: f64,
    /// The sid, when it shall be this one.
    #[arg(long)]
    message_sid: Option<String>,
    /// Do not wait for a reply.
    #[arg(long)]
    no_wait: bool,
    /// The text.
    text: String,
}

impl Send {
    /// Sends and prints; 1 when Wharf refused the message or no reply came.
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let client = SimClient::new(&self.sim)?;
        let mut message = Inbound::text(&self.from, &self.text);
        message.message_sid = self.message_sid;
        let contact = message.contact();
        let report = client.send(&message).await?;
        let refused = report
            .deliveries
            .iter()
            .all(|d| d.status.is_none_or(|status| status >= 400));
        let mut deadline =
            Instant::now() + Duration::try_from_secs_f64(self.wait).unwrap_or_default();
        let mut replied = self.no_wait;
        if refused || self.no_wait {
            deadline = Instant::now();
        }
        let mut after = report.seq - 1;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let entries = client.transcript(Some(&contact), after, left).await?;
            let mut out = std::io::stdout();
            for entry in entries {
                after = entry.seq;
                write!(out, "{}", phone::show(&entry))?;
                if entry.kind == Kind::Outbound {
                    replied = true;
                    deadline = Instant::now() + SETTLE;
                }
            }
            out.flush()?;
            if Instant::now() >= deadline {
                break;
            }
        }
        if !replied && !refused {
            writeln!(std::io::stderr(), "no reply within {} s", self.wait)?;
        }
        Ok(if replied && !refused {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
