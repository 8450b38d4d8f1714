//! `twilio-sim serve`.

use std::{io::Write, process::ExitCode};

use anyhow::{Context, ensure};
use clap::Args;
use wharf_domain::{address::Address, clock::SystemClock};
use wharf_runtime::{
    config::{LogConfig, LogFormat},
    lifecycle::Lifecycle,
    telemetry,
};
use wharf_twilio::{form::is_sid, signature::AuthToken};

use crate::{
    SimClient, SimConfig,
    faults::{CallbackPlan, Fault},
    server,
};

/// Settings of a simulator.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    bind: String,
    /// Wharf's webhook for messages, with connection overrides in its fragment if wanted. More
    /// than once: copies of a message take turns.
    #[arg(long = "webhook-url")]
    webhook_urls: Vec<String>,
    /// The URL to sign, when a proxy stands between it and the one to call.
    #[arg(long)]
    signed_url: Option<String>,
    /// The account.
    #[arg(long, env = "TWILIO_ACCOUNT_SID", default_value = SimConfig::TEST_ACCOUNT)]
    account_sid: String,
    /// Its auth token.
    #[arg(long, env = "TWILIO_AUTH_TOKEN", hide_env_values = true)]
    auth_token: String,
    /// Wharf's number.
    #[arg(long, default_value = SimConfig::SANDBOX_NUMBER)]
    number: String,
    /// The wait before each status callback, in milliseconds.
    #[arg(long, default_value_t = 20)]
    status_delay_ms: u64,
    /// Send each status callback twice.
    #[arg(long)]
    status_duplicates: bool,
    /// Send the status callbacks last first.
    #[arg(long)]
    status_reorder: bool,
    /// Leave `delivered` out.
    #[arg(long)]
    status_skip_delivered: bool,
    /// Send `read` at the end.
    #[arg(long)]
    status_read: bool,
    /// A fault of the first sends, in order; e.g. `hang`, `undelivered:63016`.
    #[arg(long = "fault")]
    faults: Vec<Fault>,
    /// What to log.
    #[arg(long, env = "WHARF__LOG__FILTER", default_value = "info")]
    log: String,
}

impl Serve {
    /// The settings, checked.
    pub(super) fn config(&self) -> anyhow::Result<SimConfig> {
        ensure!(
            is_sid(&self.account_sid, &["AC"]),
            "--account-sid must be AC and 32 hexadecimal digits"
        );
        ensure!(
            self.number.starts_with("whatsapp:"),
            "--number must be whatsapp:+ and digits"
        );
        for url in self.webhook_urls.iter().chain(&self.signed_url) {
            url::Url::parse(url).with_context(|| format!("{url:?} is not a URL"))?;
        }
        Ok(SimConfig {
            bind: self.bind.clone(),
            account_sid: self.account_sid.clone(),
            auth_token: AuthToken::new(self.auth_token.clone()).context("--auth-token")?,
            number: Address::parse(&self.number).context("--number")?,
            webhook_urls: self.webhook_urls.clone(),
            signed_url: self.signed_url.clone(),
            callbacks: CallbackPlan {
                duplicate: self.status_duplicates,
                reorder: self.status_reorder,
                skip_delivered: self.status_skip_delivered,
                read: self.status_read,
                delay_ms: self.status_delay_ms,
            },
            clock: SystemClock::shared(),
        })
    }

    /// Runs until it is told to stop; prints its URL as the one line on standard output.
    pub(super) async fn run(self, config: SimConfig) -> anyhow::Result<ExitCode> {
        telemetry::init(&LogConfig {
            filter: self.log,
            format: LogFormat::Json,
        })?;
        let lifecycle = Lifecycle::new();
        lifecycle.watch_signals()?;
        let faults = self.faults;
        let ready = |url: &str| {
            tracing::info!(url, "twilio-sim listens");
            // Standard output closed: the log has it.
            let _ = writeln!(std::io::stdout(), "twilio-sim listens on {url}");
            let url = url.to_owned();
            tokio::spawn(async move {
                if let Err(error) = prepare(&url, faults).await {
                    tracing::error!(error = format!("{error:#}"), "faults were not set");
                }
            });
        };
        tokio::select! {
            done = server::run(config, lifecycle.soft().clone(), ready) => done?,
            () = lifecycle.hard().cancelled() => {}
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn prepare(url: &str, faults: Vec<Fault>) -> anyhow::Result<()> {
    let client = SimClient::new(url)?;
    for fault in faults {
        client.fault(fault, 1).await?;
    }
    Ok(())
}
