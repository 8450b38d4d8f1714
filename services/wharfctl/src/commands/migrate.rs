//! `wharfctl migrate up|down|status`: the only thing that changes the schema in production.

use std::io::Write;

use anyhow::Context;
use clap::Subcommand;
use wharf_store::{DatabaseConfig, migrations};

/// What to do with the schema.
#[derive(Debug, Clone, Subcommand)]
pub enum Migrate {
    /// Apply every migration that is missing
    Up,
    /// Take back the latest migration; its tables and their rows are gone
    Down {
        /// How many to take back
        #[arg(long, default_value_t = 1)]
        steps: usize,
        /// Take back all of them
        #[arg(long, conflicts_with = "steps")]
        all: bool,
    },
    /// List the migrations and whether the database has them
    Status,
}

/// Runs the command and says on `out` what was done, one migration a line. Needs tokio's
/// multi-thread runtime.
///
/// # Errors
/// When the database is away or a migration fails.
pub async fn run(
    command: &Migrate,
    database: &DatabaseConfig,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    match command {
        Migrate::Up => {
            let names = migrations::up(database).await.context("migrate up")?;
            for name in &names {
                writeln!(out, "applied {name}")?;
            }
            if names.is_empty() {
                writeln!(out, "nothing to do: the schema is up to date")?;
            }
        }
        Migrate::Down { steps, all } => {
            let steps = if *all { usize::MAX } else { *steps };
            let names = migrations::down(database, steps)
                .await
                .context("migrate down")?;
            for name in &names {
                writeln!(out, "took back {name}")?;
            }
            if names.is_empty() {
                writeln!(out, "nothing to do: no migration is applied")?;
            }
        }
        Migrate::Status => {
            let list = migrations::status(database)
                .await
                .context("migrate status")?;
            for migration in list {
                let state = if migration.applied {
                    "applied"
                } else {
                    "pending"
                };
                writeln!(out, "{state}  {}", migration.name)?;
            }
        }
    }
    Ok(())
}
