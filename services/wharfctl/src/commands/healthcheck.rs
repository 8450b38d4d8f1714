//! `wharfctl healthcheck URL`: for container images, which have no curl.

use std::{process::ExitCode, time::Duration};

use clap::Args;

/// What to ask.
#[derive(Debug, Clone, Args)]
pub struct Healthcheck {
    /// A service's health address, e.g. `http://127.0.0.1:9080/readyz`
    pub url: String,
    /// Seconds to wait for the answer
    #[arg(long, default_value_t = 3)]
    pub timeout: u64,
}

/// Asks once. Exit code 0 for 200, 1 for everything else.
///
/// # Errors
/// When the address cannot be asked.
pub async fn run(args: &Healthcheck) -> anyhow::Result<ExitCode> {
    let client = wharf_runtime::http::client(Duration::from_secs(args.timeout))?;
    let status = client.get(&args.url).send().await?.status();
    if status == reqwest::StatusCode::OK {
        return Ok(ExitCode::SUCCESS);
    }
    anyhow::bail!("{} answered {status}", args.url);
}
