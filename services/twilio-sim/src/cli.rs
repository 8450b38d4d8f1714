//! `twilio-sim serve | send | chat`.

mod chat;
mod phone;
mod send;
mod serve;

use std::{io::Write, process::ExitCode};

use clap::{Parser, Subcommand};

/// Stand-in for Twilio: REST API, signed webhooks, status callbacks, faults.
#[derive(Debug, Parser)]
#[command(name = "twilio-sim", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the simulator until SIGTERM.
    Serve(serve::Serve),
    /// Writes one message as a contact and prints what comes back.
    Send(send::Send),
    /// A conversation in the terminal.
    Chat(chat::Chat),
}

/// The program: 0 when it did what was asked, 1 when not, 64 for a wrong setting.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error, 1),
    };
    wharf_runtime::service::install_crypto_provider();
    let done = runtime.block_on(async {
        match cli.command {
            Command::Serve(args) => match args.config() {
                Ok(config) => args.run(config).await,
                Err(error) => return complain(&format_args!("{error:#}"), 64),
            },
            Command::Send(args) => args.run().await,
            Command::Chat(args) => args.run().await,
        }
        .unwrap_or_else(|error| complain(&format_args!("{error:#}"), 1))
    });
    // Standard input is read by a thread that cannot be woken.
    runtime.shutdown_background();
    done
}

fn complain(error: &dyn std::fmt::Display, code: u8) -> ExitCode {
    // Standard error closed: there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "twilio-sim: {error}");
    ExitCode::from(code)
}
