//! Many rows at once, for `wharfctl import`: what a company has, whole, and the same rows written
//! back where they differ, in a few statements of [`CHUNK`] rows.
//!
//! Who calls compares: the rows that come in here are those that are new or changed. To add a
//! table: its row, `all` (or what is wanted of it) and `write` in a file here.

use diesel::{sql_query, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use wharf_domain::ids::CompanyId;

use crate::{Result, error::StoreError};

pub mod catalogue;
pub mod history;
pub mod purchasing;

/// Rows of one statement; 14 columns of so many are far below PostgreSQL's 65,535 parameters.
const CHUNK: usize = 2_000;

/// Lets one caller a company go on at a time, until its transaction ends; the others wait.
///
/// # Errors
/// [`StoreError::Contended`] when it takes longer than the lock timeout, or the database fails.
pub async fn one_at_a_time(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<()> {
    sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind::<sql_types::Text, _>(format!("wharf:import:{company}"))
        .execute(conn)
        .await?;
    Ok(())
}

/// Every row of a statement was written, unless one of them is another company's.
fn all_written(written: usize, rows: usize) -> Result<()> {
    if written == rows {
        return Ok(());
    }
    Err(StoreError::Conflict("a row belongs to another company"))
}
