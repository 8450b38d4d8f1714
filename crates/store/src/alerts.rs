//! Alerts: what is not as it should be, raised by a scan, acknowledged and resolved by people.
//!
//! open -> acknowledged -> resolved, each step by compare-and-set, so that of two people at once one
//! does it and the other is told who did. There is one live alert (open or acknowledged) a kind and
//! subject. How a scan raises and ends them is in `alerts/scan.rs`.
//!
//! To add a kind: a variant of [`AlertKind`] with its category, the CHECK of `alerts.kind` in a
//! migration, and the rule that finds it in agent-executor's `alert_generator`.

mod scan;

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{count_star, exists},
    pg::Pg,
    prelude::*,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;
use wharf_domain::ids::{CompanyId, ProfileId};

pub use scan::{Finding, Scan, end, raise, scanned_at, seen};

use crate::{
    Result,
    columns::{Col, OptCol, text_enum},
    schema::{alerts as a, profiles},
};

text_enum! {
    /// What an alert says.
    pub enum AlertKind {
        /// At or below the reorder point.
        LowStock = "low_stock",
        /// Nothing left.
        OutOfStock = "out_of_stock",
        /// More than will be asked for in a long time.
        OverStock = "over_stock",
        /// An order that has not come by its day.
        LateDelivery = "late_delivery",
        /// A supplier that is late too often.
        SupplierTrouble = "supplier_trouble",
        /// A price that rose much.
        PriceJump = "price_jump",
        /// An agent that fails again and again.
        AgentFailing = "agent_failing",
    }
}

impl AlertKind {
    /// The category that people ask for it by.
    #[must_use]
    pub const fn category(self) -> &'static str {
        match self {
            Self::LowStock | Self::OutOfStock | Self::OverStock => "stock",
            Self::LateDelivery => "delivery",
            Self::SupplierTrouble => "supplier",
            Self::PriceJump => "price",
            Self::AgentFailing => "system",
        }
    }
}

text_enum! {
    /// How bad it is, the worst first.
    #[derive(PartialOrd, Ord)]
    pub enum Severity {
        /// Customers go without, now.
        Critical = "critical",
        /// They will, unless somebody acts.
        High = "high",
        /// To be acted on in the ordinary way.
        Medium = "medium",
        /// To be known.
        Low = "low",
    }
}

text_enum! {
    /// How far an alert is.
    pub enum AlertState {
        /// Nobody is on it.
        Open = "open",
        /// Somebody has seen it.
        Acknowledged = "acknowledged",
        /// Done.
        Resolved = "resolved",
    }
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = a)]
pub struct Alert {
    /// The row.
    pub id: Uuid,
    /// Counts within the company.
    pub number: i64,
    /// What it says.
    #[diesel(deserialize_as = Col<AlertKind>)]
    pub kind: AlertKind,
    /// How bad it is.
    #[diesel(deserialize_as = Col<Severity>)]
    pub severity: Severity,
    /// `stock`, `supplier`, …
    pub category: String,
    /// What it is about: a product's code, an order, a supplier.
    pub subject: String,
    /// The figures that raised it, true at `seen_at`.
    pub facts: Value,
    /// How far it is.
    #[diesel(deserialize_as = Col<AlertState>)]
    pub state: AlertState,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// The latest scan that found it true.
    pub seen_at: DateTime<Utc>,
    /// Who acknowledged it.
    #[diesel(deserialize_as = OptCol<ProfileId>)]
    pub acknowledged_by: Option<ProfileId>,
    /// When.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// Who resolved it; `None` in a resolved one: a scan found it true no more.
    #[diesel(deserialize_as = OptCol<ProfileId>)]
    pub resolved_by: Option<ProfileId>,
    /// When.
    pub resolved_at: Option<DateTime<Utc>>,
}

impl Alert {
    /// What people call it, e.g. `A17`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("A{}", self.number)
    }
}

/// The number in what people call an alert: `A17`, `a-17`, `#17`, `17`.
#[must_use]
pub fn number(name: &str) -> Option<i64> {
    let name = name.trim().trim_start_matches('#');
    let name = name.strip_prefix(['A', 'a']).unwrap_or(name);
    let digits = name.trim_start_matches(['-', ' ', '#']);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// Which alerts of those that are live.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// This severity only.
    pub severity: Option<Severity>,
    /// This category only.
    pub category: Option<&'a str>,
}

type Boxed = a::BoxedQuery<'static, Pg>;

fn live_of(company: CompanyId, filter: Filter<'_>) -> Boxed {
    let mut query = a::table
        .filter(a::company_id.eq(company.0))
        .filter(a::state.ne(AlertState::Resolved.as_str()))
        .into_boxed();
    if let Some(severity) = filter.severity {
        query = query.filter(a::severity.eq(severity.as_str()));
    }
    if let Some(category) = filter.category {
        query = query.filter(a::category.eq(category.to_owned()));
    }
    query
}

/// The live alerts that fit, the most severe and then the oldest first, at most `most`.
///
/// # Errors
/// When the database fails.
pub async fn live(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    filter: Filter<'_>,
    most: i64,
) -> Result<Vec<Alert>> {
    listed(conn, company, filter, 0, most).await
}

/// At most `most` of them in the same order, without the first `after`.
///
/// # Errors
/// When the database fails.
pub async fn page(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    filter: Filter<'_>,
    after: u32,
    most: usize,
) -> Result<Vec<Alert>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    listed(conn, company, filter, after.into(), most).await
}

async fn listed(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    filter: Filter<'_>,
    after: i64,
    most: i64,
) -> Result<Vec<Alert>> {
    let rank = diesel::dsl::sql::<diesel::sql_types::Integer>(
        "array_position(ARRAY['critical','high','medium','low'], alerts.severity)",
    );
    Ok(live_of(company, filter)
        .order((rank, a::raised_at, a::number))
        .offset(after)
        .limit(most)
        .select(Alert::as_select())
        .load(conn)
        .await?)
}

/// How many live alerts fit, by severity; one without any is left out.
///
/// # Errors
/// When the database fails.
pub async fn counts(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    filter: Filter<'_>,
) -> Result<Vec<(Severity, i64)>> {
    let mut query = a::table
        .group_by(a::severity)
        .select((a::severity, count_star()))
        .filter(a::company_id.eq(company.0))
        .filter(a::state.ne(AlertState::Resolved.as_str()))
        .into_boxed();
    if let Some(severity) = filter.severity {
        query = query.filter(a::severity.eq(severity.as_str()));
    }
    if let Some(category) = filter.category {
        query = query.filter(a::category.eq(category.to_owned()));
    }
    let rows: Vec<(Col<Severity>, i64)> = query.load(conn).await?;
    Ok(rows
        .into_iter()
        .map(|(severity, count)| (severity.into(), count))
        .collect())
}

/// The alert of that number, live or not.
///
/// # Errors
/// When the database fails.
pub async fn get(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    number: i64,
) -> Result<Option<Alert>> {
    Ok(a::table
        .filter(a::company_id.eq(company.0))
        .filter(a::number.eq(number))
        .select(Alert::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// What people of the company are called, of those among `ids`.
///
/// # Errors
/// When the database fails.
pub async fn names(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    ids: &[ProfileId],
) -> Result<Vec<(ProfileId, String)>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(Uuid, String)> = profiles::table
        .filter(profiles::company_id.eq(company.0))
        .filter(profiles::id.eq_any(ids))
        .select((profiles::id, profiles::display_name))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| (id.into(), name))
        .collect())
}

/// Acknowledges an open alert; `None` when the company has no open one of that number.
///
/// # Errors
/// When the database fails.
pub async fn acknowledge(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    number: i64,
    by: Option<ProfileId>,
    now: DateTime<Utc>,
) -> Result<Option<Alert>> {
    Ok(diesel::update(a::table)
        .filter(a::company_id.eq(company.0))
        .filter(a::number.eq(number))
        .filter(a::state.eq(AlertState::Open.as_str()))
        .set((
            a::state.eq(AlertState::Acknowledged.as_str()),
            a::acknowledged_by.eq(by.map(Uuid::from)),
            a::acknowledged_at.eq(now),
        ))
        .returning(Alert::as_returning())
        .get_result(conn)
        .await
        .optional()?)
}

/// Resolves a live alert; `None` when the company has no live one of that number.
///
/// # Errors
/// When the database fails.
pub async fn resolve(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    number: i64,
    by: Option<ProfileId>,
    now: DateTime<Utc>,
) -> Result<Option<Alert>> {
    Ok(diesel::update(a::table)
        .filter(a::company_id.eq(company.0))
        .filter(a::number.eq(number))
        .filter(a::state.ne(AlertState::Resolved.as_str()))
        .set((
            a::state.eq(AlertState::Resolved.as_str()),
            a::resolved_by.eq(by.map(Uuid::from)),
            a::resolved_at.eq(now),
        ))
        .returning(Alert::as_returning())
        .get_result(conn)
        .await
        .optional()?)
}

/// Takes back an acknowledgement that was made at `made_at`; `None` when the alert is not as it
/// left it.
///
/// # Errors
/// When the database fails.
pub async fn unacknowledge(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    number: i64,
    made_at: DateTime<Utc>,
) -> Result<Option<Alert>> {
    Ok(diesel::update(a::table)
        .filter(a::company_id.eq(company.0))
        .filter(a::number.eq(number))
        .filter(a::state.eq(AlertState::Acknowledged.as_str()))
        .filter(a::acknowledged_at.eq(made_at))
        .set((
            a::state.eq(AlertState::Open.as_str()),
            a::acknowledged_by.eq(None::<Uuid>),
            a::acknowledged_at.eq(None::<DateTime<Utc>>),
        ))
        .returning(Alert::as_returning())
        .get_result(conn)
        .await
        .optional()?)
}

/// Takes back a resolution that was made at `made_at`: the alert is again what it was before.
/// `None` when it is not as that left it, or a scan has raised a new one of its kind and subject.
///
/// # Errors
/// When the database fails.
pub async fn reopen(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    number: i64,
    made_at: DateTime<Utc>,
) -> Result<Option<Alert>> {
    // No scan may raise its like between the look and the change.
    scan::hold(conn, company).await?;
    let Some(alert) = get(conn, company, number).await? else {
        return Ok(None);
    };
    let like_it = a::table
        .filter(a::company_id.eq(company.0))
        .filter(a::kind.eq(alert.kind.as_str()))
        .filter(a::subject.eq(alert.subject))
        .filter(a::state.ne(AlertState::Resolved.as_str()));
    let raised_anew: bool = diesel::select(exists(like_it)).get_result(conn).await?;
    if raised_anew {
        return Ok(None);
    }
    let before = match alert.acknowledged_at {
        Some(_) => AlertState::Acknowledged,
        None => AlertState::Open,
    };
    Ok(diesel::update(a::table)
        .filter(a::company_id.eq(company.0))
        .filter(a::number.eq(number))
        .filter(a::state.eq(AlertState::Resolved.as_str()))
        .filter(a::resolved_at.eq(made_at))
        .set((
            a::state.eq(before.as_str()),
            a::resolved_by.eq(None::<Uuid>),
            a::resolved_at.eq(None::<DateTime<Utc>>),
        ))
        .returning(Alert::as_returning())
        .get_result(conn)
        .await
        .optional()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_are_called_in_many_ways() {
        for name in ["A17", "a17", "#17", "17", " A-17", "#A17", "a 17", "A#17"] {
            assert_eq!(number(name), Some(17), "{name}");
        }
        for name in [
            "",
            "A",
            "#",
            "17b",
            "B17",
            "-",
            "A17A",
            "99999999999999999999",
        ] {
            assert_eq!(number(name), None, "{name}");
        }
    }
}
