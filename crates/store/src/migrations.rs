//! The migrations of `migrations/`, embedded. `wharfctl migrate` runs them; in production nothing
//! else does.
//!
//! diesel's harness blocks: call these on tokio's multi-thread runtime only, and never under
//! `select!` or `join!`.

use std::collections::HashSet;

use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{Result, config::DatabaseConfig, error::StoreError, pool};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// Two operators at once: the second waits here, then finds nothing left to do.
const LOCK: &str = "SELECT pg_advisory_lock(hashtext('wharf migrations'))";

/// One migration and whether the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Its folder's name.
    pub name: String,
    /// Whether it has been applied.
    pub applied: bool,
}

/// Applies what is missing, each migration in a transaction of its own, and returns the names.
///
/// # Errors
/// When the database is away or a migration fails; those before it stay applied.
pub async fn up(config: &DatabaseConfig) -> Result<Vec<String>> {
    let mut harness = harness(config).await?;
    let pending = pending(&mut harness)?;
    harness
        .run_pending_migrations(MIGRATIONS)
        .map_err(|error| failed(error.as_ref()))?;
    Ok(pending)
}

/// Takes back the latest `steps` migrations and returns their names, the latest first. The tables
/// and rows that they made are gone.
///
/// # Errors
/// When the database is away or a migration cannot be taken back.
pub async fn down(config: &DatabaseConfig, steps: usize) -> Result<Vec<String>> {
    let mut harness = harness(config).await?;
    let mut names: Vec<String> = state(&mut harness)?
        .into_iter()
        .filter(|migration| migration.applied)
        .map(|migration| migration.name)
        .collect();
    names.reverse();
    names.truncate(steps);
    for _ in &names {
        harness
            .revert_last_migration(MIGRATIONS)
            .map_err(|error| failed(error.as_ref()))?;
    }
    Ok(names)
}

/// Every migration that this build knows, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn status(config: &DatabaseConfig) -> Result<Vec<MigrationStatus>> {
    state(&mut harness(config).await?)
}

type Harness = AsyncMigrationHarness<AsyncPgConnection>;

async fn harness(config: &DatabaseConfig) -> Result<Harness> {
    let mut conn = pool::single(config).await?;
    // A long index build or a wait for the other operator is no error here.
    for sql in ["SET statement_timeout = 0", "SET lock_timeout = 0", LOCK] {
        diesel::sql_query(sql).execute(&mut conn).await?;
    }
    Ok(AsyncMigrationHarness::new(conn))
}

fn state(harness: &mut Harness) -> Result<Vec<MigrationStatus>> {
    let applied: HashSet<String> = harness
        .applied_migrations()
        .map_err(|error| failed(error.as_ref()))?
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut known: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS
        .migrations()
        .map_err(|error| failed(error.as_ref()))?;
    known.sort_by_key(|migration| migration.name().version().as_owned());
    Ok(known
        .iter()
        .map(|migration| MigrationStatus {
            name: migration.name().to_string(),
            applied: applied.contains(&migration.name().version().to_string()),
        })
        .collect())
}

fn pending(harness: &mut Harness) -> Result<Vec<String>> {
    Ok(state(harness)?
        .into_iter()
        .filter(|migration| !migration.applied)
        .map(|migration| migration.name)
        .collect())
}

fn failed(error: &(dyn std::error::Error + Send + Sync + 'static)) -> StoreError {
    StoreError::Invalid(format!("migration: {error}"))
}
