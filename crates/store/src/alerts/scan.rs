//! Looking for alerts: what was found is raised once, what was found before is brought up to date,
//! and what is true no more is resolved.
//!
//! An alert that a person resolved while it was still true is not raised again for as long as it
//! stays true and gets no worse: the person knows.

use chrono::{DateTime, Utc};
use diesel::{prelude::*, upsert::excluded};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Map, Value};
use uuid::Uuid;
use wharf_domain::ids::CompanyId;

use super::{AlertKind, AlertState, Severity};
use crate::{
    Result,
    columns::Col,
    schema::{alert_scans as s, alerts as a},
};

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What.
    pub kind: AlertKind,
    /// How bad.
    pub severity: Severity,
    /// What it is about: a product's code, an order, a supplier. One live alert a kind and subject.
    pub subject: String,
    /// The figures that say so.
    pub facts: Map<String, Value>,
    /// The product concerned.
    pub product_id: Option<Uuid>,
    /// The supplier concerned.
    pub supplier_id: Option<Uuid>,
    /// The order concerned.
    pub order_id: Option<Uuid>,
}

/// A scan of one company under way. Others of the company wait until its transaction ends.
#[derive(Debug)]
pub struct Scan {
    company: CompanyId,
    now: DateTime<Utc>,
    earlier: Option<DateTime<Utc>>,
}

/// When the company's alerts were last looked for.
///
/// # Errors
/// When the database fails.
pub async fn scanned_at(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<Option<DateTime<Utc>>> {
    let found: Option<Option<DateTime<Utc>>> = s::table
        .find(company.0)
        .select(s::scanned_at)
        .first(conn)
        .await
        .optional()?;
    Ok(found.flatten())
}

/// Keeps others from raising alerts of the company until the transaction ends; the time of its
/// latest scan.
pub(super) async fn hold(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<Option<DateTime<Utc>>> {
    Ok(diesel::insert_into(s::table)
        .values(s::company_id.eq(company.0))
        .on_conflict(s::company_id)
        .do_update()
        .set(s::company_id.eq(excluded(s::company_id)))
        .returning(s::scanned_at)
        .get_result(conn)
        .await?)
}

/// Raises an alert outside a scan, or brings the live one of its kind and subject up to date;
/// whether it is new. No scan ends it: who raised it does.
///
/// # Errors
/// When the database fails.
pub async fn raise(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    finding: &Finding,
    now: DateTime<Utc>,
) -> Result<bool> {
    hold(conn, company).await?;
    save(conn, company, finding, now).await
}

/// Brings the live alert of a finding up to date, when there is one: somebody may have resolved it,
/// and knows.
///
/// # Errors
/// When the database fails.
pub async fn seen(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    finding: &Finding,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(a::table)
        .filter(a::company_id.eq(company.0))
        .filter(a::kind.eq(finding.kind.as_str()))
        .filter(a::subject.eq(&finding.subject))
        .filter(a::state.ne(AlertState::Resolved.as_str()))
        .set((
            a::severity.eq(finding.severity.as_str()),
            a::facts.eq(Value::Object(finding.facts.clone())),
            a::seen_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Resolves, by nobody, the live alert of that kind and subject; `false`: there is none.
///
/// # Errors
/// When the database fails.
pub async fn end(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    kind: AlertKind,
    subject: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(a::table)
        .filter(a::company_id.eq(company.0))
        .filter(a::kind.eq(kind.as_str()))
        .filter(a::subject.eq(subject))
        .filter(a::state.ne(AlertState::Resolved.as_str()))
        .set((
            a::state.eq(AlertState::Resolved.as_str()),
            a::resolved_by.eq(None::<Uuid>),
            a::resolved_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

impl Scan {
    /// Begins; waits for another scan of the company to end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(
        conn: &mut AsyncPgConnection,
        company: CompanyId,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let earlier = hold(conn, company).await?;
        Ok(Self {
            company,
            now,
            earlier,
        })
    }

    /// Raises or updates the alert of a finding; whether it is new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn found(&self, conn: &mut AsyncPgConnection, finding: &Finding) -> Result<bool> {
        if self.known_to_somebody(conn, finding).await? {
            return Ok(false);
        }
        save(conn, self.company, finding, self.now).await
    }

    /// Whether a person resolved it, and it has been true ever since and is no worse.
    async fn known_to_somebody(
        &self,
        conn: &mut AsyncPgConnection,
        finding: &Finding,
    ) -> Result<bool> {
        let Some(earlier) = self.earlier else {
            return Ok(false);
        };
        let latest: Option<(Uuid, Col<Severity>)> = a::table
            .filter(a::company_id.eq(self.company.0))
            .filter(a::kind.eq(finding.kind.as_str()))
            .filter(a::subject.eq(&finding.subject))
            .filter(a::state.eq(AlertState::Resolved.as_str()))
            .filter(a::resolved_by.is_not_null())
            .filter(a::seen_at.ge(earlier))
            .order(a::number.desc())
            .select((a::id, a::severity))
            .first(conn)
            .await
            .optional()?;
        let Some((id, severity)) = latest else {
            return Ok(false);
        };
        // Severities order from the worst on.
        if finding.severity < Severity::from(severity) {
            return Ok(false);
        }
        diesel::update(a::table)
            .filter(a::company_id.eq(self.company.0))
            .filter(a::id.eq(id))
            .set(a::seen_at.eq(self.now))
            .execute(conn)
            .await?;
        Ok(true)
    }

    /// Ends: of the `kinds` that were looked for, what was not found is resolved, by nobody. Returns
    /// how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end(self, conn: &mut AsyncPgConnection, kinds: &[AlertKind]) -> Result<usize> {
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let resolved = diesel::update(a::table)
            .filter(a::company_id.eq(self.company.0))
            .filter(a::state.ne(AlertState::Resolved.as_str()))
            .filter(a::kind.eq_any(kinds))
            .filter(a::seen_at.lt(self.now))
            .set((
                a::state.eq(AlertState::Resolved.as_str()),
                a::resolved_by.eq(None::<Uuid>),
                a::resolved_at.eq(self.now),
            ))
            .execute(conn)
            .await?;
        diesel::update(s::table)
            .filter(s::company_id.eq(self.company.0))
            .set(s::scanned_at.eq(self.now))
            .execute(conn)
            .await?;
        Ok(resolved)
    }
}

/// Under [`hold`], so that the number is free and nobody raises its like.
async fn save(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    finding: &Finding,
    now: DateTime<Utc>,
) -> Result<bool> {
    if seen(conn, company, finding, now).await? {
        return Ok(false);
    }
    let last: Option<i64> = a::table
        .filter(a::company_id.eq(company.0))
        .select(diesel::dsl::max(a::number))
        .first(conn)
        .await?;
    diesel::insert_into(a::table)
        .values((
            a::company_id.eq(company.0),
            a::number.eq(last.unwrap_or(0) + 1),
            a::kind.eq(finding.kind.as_str()),
            a::severity.eq(finding.severity.as_str()),
            a::category.eq(finding.kind.category()),
            a::subject.eq(&finding.subject),
            a::facts.eq(Value::Object(finding.facts.clone())),
            a::product_id.eq(finding.product_id),
            a::supplier_id.eq(finding.supplier_id),
            a::order_id.eq(finding.order_id),
            a::raised_at.eq(now),
            a::seen_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(true)
}
