//! The operator's command line: what a person needs to set up a Wharf and to find out why
//! something in it does what it does.
//!
//! To add a command: a file in [`commands`] with its arguments and a `run`, a variant of
//! [`Command`] and its line in [`dispatch`].

pub mod commands;
mod import;
mod settings;

use std::{io::Write, process::ExitCode};

use clap::{Parser, Subcommand};
use wharf_domain::clock::SystemClock;
use wharf_runtime::service::{EX_USAGE, install_crypto_provider};

use crate::{
    commands::{
        agents, dates, dead_letters, demo, evaluate, healthcheck, import::Import, invite, media,
        migrate, parse, personas, signature, templates, topology, train,
    },
    settings::Settings,
};

/// Sets up and examines a Wharf installation.
///
/// Databases and brokers come from DATABASE_URL and AMQP_URL (or WHARF__DATABASE__URL,
/// WHARF__BROKER__URL and their neighbours, as for the services), files from WHARF__MEDIA__URL.
#[derive(Debug, Parser)]
#[command(name = "wharfctl", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Bring the database's schema up or down, or show where it stands
    #[command(subcommand)]
    Migrate(migrate::Migrate),
    /// Declare or show RabbitMQ's exchanges and queues
    Topology(topology::TopologyArgs),
    /// List, show, send back or throw away what nobody will handle again by itself
    DeadLetters(dead_letters::DeadLettersArgs),
    /// Load the demo company
    Demo(demo::Demo),
    /// Load a company's products, stock, suppliers and sales from CSV files (docs/import.md)
    Import(Import),
    /// Show a company's agents, and plug in its own
    Agents(agents::AgentsArgs),
    /// Invite a person: a pairing code that makes a number the person's
    Invite(invite::InviteArgs),
    /// Show which persona answers each person of a company, why, and what was offered
    Personas(personas::PersonasArgs),
    /// Take files back that replies lead to
    #[command(subcommand)]
    Media(media::Media),
    /// Check, import, export and show the texts of replies
    Templates(templates::TemplatesArgs),
    /// Compute or check the signature of a webhook, and say why it is refused
    Signature(signature::Signature),
    /// Show how messages are understood
    Parse(parse::Parse),
    /// Read the date range of a text
    Dates(dates::Dates),
    /// Measure understanding on labelled messages
    Evaluate(evaluate::Evaluate),
    /// Make the model of understanding out of the labelled messages
    Train(train::Train),
    /// Ask a service's health address; exit code 0 when it answers 200
    Healthcheck(healthcheck::Healthcheck),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    install_crypto_provider();
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            // Standard error closed: there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "wharfctl: {error:#}");
            match error.downcast_ref::<wharf_runtime::config::ConfigError>() {
                Some(_) => ExitCode::from(EX_USAGE),
                None => ExitCode::FAILURE,
            }
        }
    }
}

/// Commands that speak to servers get a runtime; the others need none.
fn run(command: Command) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(dispatch(command))
}

async fn dispatch(command: Command) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout();
    match command {
        Command::Migrate(args) => {
            migrate::run(&args, &Settings::load()?.database()?, &mut out).await?
        }
        Command::Topology(args) => {
            topology::run(&args, &Settings::load()?.broker()?, &mut out).await?
        }
        Command::DeadLetters(args) => {
            dead_letters::run(&args, &Settings::load()?.broker()?, &mut out).await?;
        }
        Command::Demo(args) => {
            demo::run(
                &args,
                &Settings::load()?.database()?,
                &SystemClock,
                &mut out,
            )
            .await?;
        }
        Command::Import(args) => {
            let database = Settings::load()?.database()?;
            let mut err = std::io::stderr();
            return commands::import::run(&args, &database, &SystemClock, &mut out, &mut err).await;
        }
        Command::Agents(args) => {
            agents::run(&args, &Settings::load()?.database()?, &mut out).await?;
        }
        Command::Invite(args) => {
            let database = Settings::load()?.database()?;
            invite::run(&args, &database, &SystemClock, unforeseeable, &mut out).await?;
        }
        Command::Personas(args) => {
            personas::run(&args, &Settings::load()?.database()?, &mut out).await?;
        }
        Command::Media(args) => media::run(&args, &Settings::load()?.media()?, &mut out).await?,
        Command::Templates(args) => return templates::run(&args, &mut out).await,
        Command::Signature(args) => {
            return signature::run(&args, &mut std::io::stdin(), &mut out);
        }
        Command::Parse(args) => {
            let mut input = std::io::stdin().lock();
            return parse::run(&args, &SystemClock, &mut input, &mut out);
        }
        Command::Dates(args) => {
            let mut input = std::io::stdin().lock();
            return dates::run(&args, &SystemClock, &mut input, &mut out);
        }
        Command::Evaluate(args) => return evaluate::run(&args, &SystemClock, &mut out),
        Command::Train(args) => return train::run(&args, &mut out),
        Command::Healthcheck(args) => return healthcheck::run(&args).await,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// A number from the operating system's source: a UUID's six fixed bits lie in different places of
/// its halves, so that none of them shows in their sum.
#[expect(
    clippy::disallowed_methods,
    reason = "no id is made of it: a pairing code must be what nobody can derive"
)]
fn unforeseeable() -> u64 {
    let (high, low) = uuid::Uuid::new_v4().as_u64_pair();
    high ^ low.rotate_left(32)
}
