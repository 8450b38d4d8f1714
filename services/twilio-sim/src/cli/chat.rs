//! `twilio-sim chat`: a conversation in the terminal.

use std::{io::Write, process::ExitCode, time::Duration};

use anyhow::Context;
use clap::Args;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    sync::mpsc,
};

use super::phone;
use crate::{Inbound, InboundButton, InboundLocation, InboundMedia, InboundTap, Kind, SimClient};

const HELP: &str = "Write and press return. /image URL, /location LAT LONG, /button TEXT, /tap ID and /quit do what they say.";

/// How long one look for news takes.
const POLL: Duration = Duration::from_secs(30);

/// Who talks.
#[derive(Debug, Args)]
pub(super) struct Chat {
    /// The simulator's URL.
    #[arg(long, env = "SIM_URL")]
    sim: String,
    /// The contact who writes: `+15550100001`.
    #[arg(long, allow_hyphen_values = true)]
    from: String,
}

impl Chat {
    /// Reads lines and prints replies until `/quit` or the end of standard input.
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let client = SimClient::new(&self.sim)?;
        let contact = Inbound::text(&self.from, "").contact();
        let known = client.transcript(Some(&contact), 0, Duration::ZERO).await?;
        let after = known.last().map_or(0, |entry| entry.seq);
        say(&format!("{HELP}\n"))?;
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        let mut watcher = tokio::spawn(watch(client.clone(), contact, after));
        // One after the other, as a phone sends them.
        let (outbox, mut waiting) = mpsc::unbounded_channel::<Inbound>();
        let sender = tokio::spawn(async move {
            while let Some(message) = waiting.recv().await {
                if let Err(error) = client.send(&message).await {
                    // The terminal is gone: nobody reads it.
                    let _ = say(&format!("! {error:#}\n"));
                }
            }
        });
        loop {
            tokio::select! {
                line = lines.next_line() => match line?.as_deref().map(str::trim) {
                    None | Some("/quit") => break,
                    Some("") => {}
                    Some(line) => match read(&self.from, line) {
                        Some(message) => outbox.send(message).context("the sender ended")?,
                        None => say(&format!("{HELP}\n"))?,
                    },
                },
                ended = &mut watcher => ended.context("the reader of replies ended")??,
            }
        }
        drop(outbox);
        sender.await.context("the sender ended")?;
        watcher.abort();
        Ok(ExitCode::SUCCESS)
    }
}

/// Prints what comes; what the contact wrote stands on the terminal already, unless it went wrong.
async fn watch(client: SimClient, contact: String, mut after: u64) -> anyhow::Result<()> {
    loop {
        for entry in client.transcript(Some(&contact), after, POLL).await? {
            after = entry.seq;
            if entry.kind != Kind::Inbound || !entry.flags.is_empty() {
                say(&phone::show(&entry))?;
            }
        }
    }
}

fn say(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    write!(out, "{text}")?;
    out.flush()
}

/// A line as a message; `None` for a command that is none.
fn read(from: &str, line: &str) -> Option<Inbound> {
    let mut message = Inbound::text(from, "");
    let Some(command) = line.strip_prefix('/') else {
        line.clone_into(&mut message.body);
        return Some(message);
    };
    match command.split_once(' ')? {
        ("image", url) => message.media.push(InboundMedia {
            url: url.to_owned(),
            content_type: "image/jpeg".to_owned(),
        }),
        ("location", place) => {
            let (latitude, longitude) = place.split_once([' ', ','])?;
            message.location = Some(InboundLocation {
                latitude: latitude.trim().parse().ok()?,
                longitude: longitude.trim().parse().ok()?,
                address: None,
                label: None,
            });
        }
        ("button", text) => {
            text.clone_into(&mut message.body);
            message.button = Some(InboundButton {
                text: text.to_owned(),
                payload: None,
            });
        }
        ("tap", id) => {
            message.tap = Some(InboundTap {
                id: id.trim().to_owned(),
                message_sid: None,
            });
        }
        _ => return None,
    }
    Some(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_messages() {
        assert_eq!(read("+15550100001", "stock 5/6").unwrap().body, "stock 5/6");
        assert_eq!(
            read("+1", "/image https://a").unwrap().media[0].url,
            "https://a"
        );
        assert!(
            (read("+1", "/location 52.5, 13.4")
                .unwrap()
                .location
                .unwrap()
                .longitude
                - 13.4)
                .abs()
                < 1e-9
        );
        assert_eq!(
            read("+1", "/button Yes").unwrap().button.unwrap().text,
            "Yes"
        );
        assert_eq!(read("+1", "/tap yes").unwrap().tap.unwrap().id, "yes");
        assert!(read("+1", "/location here").is_none());
        assert!(read("+1", "/what is this").is_none());
    }
}
