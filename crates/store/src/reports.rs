//! Reports that were made: what they cover and where their files are. An execution makes at most one
//! of a format, so a repeat meets its own row.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{
    ids::{CompanyId, ExecutionId, ProfileId},
    period::Period,
};

use crate::{Result, StoreError, schema::reports as r};

/// A report that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReport {
    /// The request that made it.
    pub execution_id: ExecutionId,
    /// Who asked for it.
    pub profile_id: Option<ProfileId>,
    /// `inventory`, `sales`, `supplier` or `financial`.
    pub report_type: String,
    /// `pdf`, `xlsx` or `csv`.
    pub format: String,
    /// The days that it covers.
    pub period: Period,
    /// Where the file is in the object storage.
    pub object_key: String,
    /// What it is called.
    pub file_name: String,
    /// Its bytes.
    pub size_bytes: i64,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Notes a report. `false`: this execution has noted one of this format before, which is brought up
/// to date: a run that failed after writing the file made it again.
///
/// # Errors
/// [`StoreError::Conflict`] when the execution is another company's; when the database fails.
pub async fn record(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    new: &NewReport,
) -> Result<bool> {
    let values = (
        r::object_key.eq(&new.object_key),
        r::file_name.eq(&new.file_name),
        r::size_bytes.eq(new.size_bytes),
        r::starts_on.eq(new.period.from),
        r::ends_on.eq(new.period.to),
        r::created_at.eq(new.created_at),
    );
    let inserted = diesel::insert_into(r::table)
        .values((
            r::company_id.eq(company.0),
            r::execution_id.eq(new.execution_id.0),
            r::profile_id.eq(new.profile_id.map(Uuid::from)),
            r::report_type.eq(&new.report_type),
            r::format.eq(&new.format),
            values,
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    if inserted == 1 {
        return Ok(true);
    }
    let updated = diesel::update(r::table)
        .filter(r::company_id.eq(company.0))
        .filter(r::execution_id.eq(new.execution_id.0))
        .filter(r::format.eq(&new.format))
        .set(values)
        .execute(conn)
        .await?;
    if updated == 0 {
        return Err(StoreError::Conflict(
            "the execution belongs to another company",
        ));
    }
    Ok(false)
}

/// How many reports were made since a moment.
///
/// # Errors
/// When the database fails.
pub async fn made_since(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    since: DateTime<Utc>,
) -> Result<i64> {
    Ok(r::table
        .filter(r::company_id.eq(company.0))
        .filter(r::created_at.ge(since))
        .count()
        .get_result(conn)
        .await?)
}
