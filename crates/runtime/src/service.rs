//! The way from `main` to a running service and back to an exit code, the same for all.

use std::{future::Future, process::ExitCode, time::Duration};

use serde::de::DeserializeOwned;

use crate::{
    config::{self, LogConfig, Validate},
    lifecycle::Lifecycle,
    telemetry,
};

/// Exit code for a configuration that cannot be used (EX_USAGE of sysexits.h).
pub const EX_USAGE: u8 = 64;

/// A service's configuration as [`main`] needs it.
pub trait ServiceConfig: DeserializeOwned + Validate {
    /// The commented defaults, compiled in.
    const DEFAULTS: &'static str;

    /// What to log.
    fn log(&self) -> &LogConfig;
}

/// Loads and checks the configuration, starts logging, runs the service until it ends or is told
/// to, and gives the process's exit code: 0 after a drain, 64 for a wrong configuration (one line
/// on standard error, before any port opens), 1 for everything else.
pub fn main<C, F, Fut>(name: &'static str, run: F) -> ExitCode
where
    C: ServiceConfig,
    F: FnOnce(C, Lifecycle) -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    let config: C = match config::load(C::DEFAULTS, std::env::vars()) {
        Ok(config) => config,
        Err(error) => return refuse(name, &error),
    };
    if let Err(error) = telemetry::init(config.log()) {
        return refuse(name, &error);
    }
    install_crypto_provider();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return refuse(name, &error),
    };
    let code = runtime.block_on(supervise(name, config, run));
    runtime.shutdown_timeout(Duration::from_secs(1));
    code
}

/// Makes aws-lc-rs the process's one TLS provider. A second call changes nothing.
pub fn install_crypto_provider() {
    // An error only says that one is installed already, which is what we want.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

fn refuse(name: &str, error: &dyn std::fmt::Display) -> ExitCode {
    use std::io::Write as _;
    // Standard error closed: there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "{name}: {error}");
    ExitCode::from(EX_USAGE)
}

async fn supervise<C, F, Fut>(name: &'static str, config: C, run: F) -> ExitCode
where
    F: FnOnce(C, Lifecycle) -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    let lifecycle = Lifecycle::new();
    if let Err(error) = lifecycle.watch_signals() {
        return refuse(name, &error);
    }
    tracing::info!(
        service = name,
        version = env!("CARGO_PKG_VERSION"),
        "starting"
    );
    let outcome = tokio::select! {
        outcome = run(config, lifecycle.clone()) => outcome,
        () = lifecycle.hard().cancelled() => Err(anyhow::anyhow!("ended before it was done")),
    };
    match outcome {
        Ok(()) => {
            tracing::info!(service = name, "stopped");
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(service = name, error = format!("{error:#}"), "ended");
            ExitCode::FAILURE
        }
    }
}
