//! The typing indicator: while an agent works on what a person just wrote, their phone shows that
//! somebody writes (Twilio, "Typing Indicators resource"). Off unless `[typing]` says otherwise:
//! Twilio calls it a beta, and it marks the message as read.
//!
//! Nothing depends on it. It is shown once a message, for what is not answered at the first look
//! after it came; a failure is counted and that is all.

use std::{collections::VecDeque, time::Duration};

use chrono::TimeDelta;
use serde::Deserialize;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use wharf_domain::clock::SharedClock;
use wharf_runtime::{
    config::{ConfigError, Validate},
    metrics::ResponderMetrics,
};
use wharf_store::{Across, Store, StoreError, companies, conversations};
use wharf_twilio::client::Client;

/// WhatsApp shows it for 25 seconds: what was written longer ago is not worth one any more.
const SHOWN_FOR: TimeDelta = TimeDelta::seconds(25);

/// How many messages are remembered as shown. A forgotten one would be shown twice, which changes
/// nothing.
const REMEMBERED: usize = 10_000;

/// The `[typing]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypingConfig {
    /// Whether it is shown.
    pub enabled: bool,
    /// Milliseconds between two looks for messages that an agent works on, 100 to 10,000.
    pub poll_ms: u32,
}

impl Validate for TypingConfig {
    fn validate(&self) -> Result<(), ConfigError> {
        if (100..=10_000).contains(&self.poll_ms) {
            Ok(())
        } else {
            Err(ConfigError("typing.poll_ms must be 100-10000".to_owned()))
        }
    }
}

/// Shows it.
pub(crate) struct Typist {
    pub(crate) store: Store,
    pub(crate) client: Client,
    /// Between two looks.
    pub(crate) every: Duration,
    pub(crate) clock: SharedClock,
    pub(crate) metrics: ResponderMetrics,
    /// The messages for which it was shown, the latest last.
    pub(crate) shown: VecDeque<String>,
}

impl Typist {
    /// Works until the process stops.
    pub(crate) async fn run(mut self, stop: &CancellationToken) {
        let mut tick = interval(self.every);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let work = async {
            loop {
                tick.tick().await;
                if let Err(error) = self.look().await {
                    tracing::warn!(%error, "messages under way were not looked for");
                }
            }
        };
        tokio::select! {
            () = work => {}
            () = stop.cancelled() => {}
        }
    }

    async fn look(&mut self) -> Result<(), StoreError> {
        let since = self.clock.now() - SHOWN_FOR;
        let companies = self
            .store
            .across::<_, StoreError, _>(Across::Keeper, async |conn| companies::all(conn).await)
            .await?;
        for company in companies {
            let waiting = self
                .store
                .in_company::<_, StoreError, _>(company.id, async |conn| {
                    conversations::worked_on(conn, company.id, since).await
                })
                .await?;
            for sid in waiting {
                if !self.shown.contains(&sid) {
                    self.show(sid).await;
                }
            }
        }
        Ok(())
    }

    async fn show(&mut self, message_sid: String) {
        let outcome = match self.client.typing(&message_sid).await {
            Ok(()) => "shown",
            Err(error) => {
                tracing::debug!(message_sid, %error, "no typing indicator");
                "failed"
            }
        };
        self.metrics.typing.with_label_values(&[outcome]).inc();
        if self.shown.len() >= REMEMBERED {
            self.shown.pop_front();
        }
        self.shown.push_back(message_sid);
    }
}
