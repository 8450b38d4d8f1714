//! How well suppliers did: counted from orders, deliveries and their lines, never kept.
//!
//! An order counts on one day: the day that it was due or, when all of it came earlier, the day that
//! the last of it came. One that is due and has not come whole counts from the day after it was
//! due; one that was closed short counts as it is. Drafts and cancelled orders never count, nor do
//! received ones of which no delivery is recorded. Days are the company's.

use bigdecimal::{BigDecimal, ToPrimitive};
use chrono::NaiveDate;
use chrono_tz::Tz;
use diesel::{prelude::*, sql_query, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{ids::CompanyId, period::Period};

use crate::Result;

/// What a supplier's orders of a period come to. The shares are 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// The supplier.
    pub supplier_id: Uuid,
    /// Its name.
    pub name: String,
    /// Orders that count in the period.
    pub orders: i64,
    /// Orders among them that have a day they were expected.
    pub due: i64,
    /// Orders among those of which every unit had come by that day.
    pub on_time: i64,
    /// Orders among those that are done and of which nothing came after that day, whole or not.
    pub punctual: i64,
    /// Units ordered.
    pub ordered: i64,
    /// Units of them that came; more than was ordered is not counted.
    pub filled: i64,
    /// Units that came.
    pub delivered: i64,
    /// Units of them that were not good.
    pub rejected: i64,
    /// Days from order to the last delivery, on average over the orders that are done.
    pub lead_time_days: Option<f64>,
}

impl Tally {
    /// Share of the orders with a day that came whole by it.
    #[must_use]
    pub fn on_time_share(&self) -> Option<f64> {
        share(self.on_time, self.due)
    }

    /// Share of the delivered units that were good.
    #[must_use]
    pub fn quality_share(&self) -> Option<f64> {
        share(self.delivered - self.rejected, self.delivered)
    }

    /// Share of the ordered units that came.
    #[must_use]
    pub fn fill_share(&self) -> Option<f64> {
        share(self.filled, self.ordered)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of units are far below 2^52"
)]
fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = sql_types::Uuid)]
    supplier_id: Uuid,
    #[diesel(sql_type = sql_types::Text)]
    name: String,
    #[diesel(sql_type = sql_types::BigInt)]
    orders: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    due: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    on_time: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    punctual: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    ordered: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    filled: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    delivered: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    rejected: i64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Numeric>)]
    lead_time_days: Option<BigDecimal>,
}

/// The figures of every supplier that the company buys from or that has orders in the period, by
/// name; `today` is the company's day.
///
/// # Errors
/// When the database fails.
pub async fn tally(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    period: Period,
    today: NaiveDate,
    time_zone: Tz,
) -> Result<Vec<Tally>> {
    let rows: Vec<Row> = sql_query(QUERY)
        .bind::<sql_types::Uuid, _>(company.0)
        .bind::<sql_types::Date, _>(period.from)
        .bind::<sql_types::Date, _>(period.to)
        .bind::<sql_types::Date, _>(today)
        .bind::<sql_types::Text, _>(time_zone.name())
        .load(conn)
        .await?;
    let tally = |row: Row| Tally {
        supplier_id: row.supplier_id,
        name: row.name,
        orders: row.orders,
        due: row.due,
        on_time: row.on_time,
        punctual: row.punctual,
        ordered: row.ordered,
        filled: row.filled,
        delivered: row.delivered,
        rejected: row.rejected,
        lead_time_days: row.lead_time_days.and_then(|days| days.to_f64()),
    };
    Ok(rows.into_iter().map(tally).collect())
}

/// $1 company, $2 first day, $3 last day, $4 today, $5 time zone. An order whose day was before the
/// period cannot count in it, which keeps the scan short.
const QUERY: &str = "
WITH ordered AS (
  SELECT o.id, o.supplier_id, o.state, o.expected_on,
    (o.confirmed_at AT TIME ZONE $5)::date AS ordered_on, l.product_id, sum(l.quantity) AS units
  FROM purchase_orders o JOIN purchase_order_lines l ON l.order_id = o.id
  WHERE o.company_id = $1 AND l.company_id = $1 AND o.state IN ('confirmed', 'received')
    AND (o.expected_on IS NULL OR o.expected_on >= $2)
  GROUP BY o.id, l.product_id
), came AS (
  SELECT o.id, dl.product_id, sum(dl.quantity) AS units, sum(dl.rejected) AS rejected,
    coalesce(sum(dl.quantity) FILTER (
      WHERE (d.delivered_at AT TIME ZONE $5)::date <= o.expected_on), 0) AS in_time,
    max((d.delivered_at AT TIME ZONE $5)::date) AS last_on
  FROM purchase_orders o JOIN deliveries d ON d.order_id = o.id
    JOIN delivery_lines dl ON dl.delivery_id = d.id
  WHERE o.company_id = $1 AND d.company_id = $1 AND o.state IN ('confirmed', 'received')
    AND (o.expected_on IS NULL OR o.expected_on >= $2)
  GROUP BY o.id, dl.product_id
), whole_orders AS (
  SELECT w.id, w.supplier_id, w.state, w.expected_on, w.ordered_on, sum(w.units) AS ordered,
    sum(least(coalesce(c.units, 0), w.units)) AS filled,
    sum(coalesce(c.units, 0)) AS delivered, sum(coalesce(c.rejected, 0)) AS rejected,
    bool_and(coalesce(c.units, 0) >= w.units) AS whole,
    bool_and(coalesce(c.in_time, 0) >= w.units) AS in_time, max(c.last_on) AS last_on
  FROM ordered w LEFT JOIN came c ON c.id = w.id AND c.product_id = w.product_id
  GROUP BY w.id, w.supplier_id, w.state, w.expected_on, w.ordered_on
), counted AS (
  SELECT *, (whole OR state = 'received') AS done,
    CASE WHEN state = 'received' AND last_on IS NULL THEN NULL
         WHEN whole OR state = 'received' THEN least(last_on, expected_on)
         WHEN expected_on < $4 THEN expected_on END AS counted_on
  FROM whole_orders
)
SELECT s.id AS supplier_id, s.name, count(c.id) AS orders, count(c.expected_on) AS due,
  count(*) FILTER (WHERE c.in_time AND c.expected_on IS NOT NULL) AS on_time,
  count(*) FILTER (WHERE c.done AND c.last_on <= c.expected_on) AS punctual,
  coalesce(sum(c.ordered), 0)::bigint AS ordered, coalesce(sum(c.filled), 0)::bigint AS filled,
  coalesce(sum(c.delivered), 0)::bigint AS delivered,
  coalesce(sum(c.rejected), 0)::bigint AS rejected,
  avg(c.last_on - c.ordered_on) FILTER (WHERE c.done) AS lead_time_days
FROM suppliers s LEFT JOIN counted c ON c.supplier_id = s.id AND c.counted_on BETWEEN $2 AND $3
WHERE s.company_id = $1
GROUP BY s.id, s.name, s.active
HAVING s.active OR count(c.id) > 0
ORDER BY s.name, s.id";
