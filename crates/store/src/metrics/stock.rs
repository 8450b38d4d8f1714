//! What was in stock, day by day, from the snapshots, and what is there now.

use bigdecimal::BigDecimal;
use chrono::NaiveDate;
use diesel::{prelude::*, sql_query, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{ids::CompanyId, period::Period};

use crate::Result;

/// Stock at the end of a day.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct StockDay {
    /// The day.
    #[diesel(sql_type = sql_types::Date)]
    pub day: NaiveDate,
    /// What it was worth, at the products' present cost, without products that have none; `None`:
    /// none has.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Numeric>)]
    pub value: Option<BigDecimal>,
}

/// How often something that customers ask for was not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, QueryableByName)]
pub struct Availability {
    /// Days of a product at a place that were looked at.
    #[diesel(sql_type = sql_types::BigInt)]
    pub days: i64,
    /// Those among them that ended with nothing left.
    #[diesel(sql_type = sql_types::BigInt)]
    pub empty: i64,
}

/// A product's stock at a place.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Holding {
    /// The product.
    #[diesel(sql_type = sql_types::Uuid)]
    pub product_id: Uuid,
    /// Its code.
    #[diesel(sql_type = sql_types::Text)]
    pub sku: String,
    /// Its name.
    #[diesel(sql_type = sql_types::Text)]
    pub name: String,
    /// The unit, singular.
    #[diesel(sql_type = sql_types::Text)]
    pub unit: String,
    /// Its category.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub category: Option<String>,
    /// What a unit is worth, in the company's currency.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Numeric>)]
    pub cost: Option<BigDecimal>,
    /// The place.
    #[diesel(sql_type = sql_types::Uuid)]
    pub location_id: Uuid,
    /// Its name.
    #[diesel(sql_type = sql_types::Text)]
    pub location: String,
    /// Units there.
    #[diesel(sql_type = sql_types::BigInt)]
    pub quantity: i64,
    /// The place's own reorder point; not kept for days that are over.
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    pub reorder_point: Option<i64>,
}

/// What stock was worth at the end of each day of the period, the oldest first; days without a
/// snapshot are missing.
///
/// # Errors
/// When the database fails.
pub async fn stock_days(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    places: Option<&[Uuid]>,
    period: Period,
) -> Result<Vec<StockDay>> {
    Ok(sql_query(
        "SELECT x.taken_on AS day,
           sum(x.quantity * p.cost) AS value
         FROM stock_snapshots x JOIN products p ON p.id = x.product_id
         WHERE x.company_id = $1 AND p.company_id = $1 AND x.taken_on BETWEEN $2 AND $3
           AND ($4 IS NULL OR x.location_id = ANY ($4))
         GROUP BY x.taken_on ORDER BY x.taken_on",
    )
    .bind::<sql_types::Uuid, _>(company.0)
    .bind::<sql_types::Date, _>(period.from)
    .bind::<sql_types::Date, _>(period.to)
    .bind::<sql_types::Nullable<sql_types::Array<sql_types::Uuid>>, _>(places)
    .load(conn)
    .await?)
}

/// Snapshots of the period and those among them with nothing left, of what was asked for at its
/// place at least once in the 90 days that end with the period: what nobody asks for is not missed.
///
/// # Errors
/// When the database fails.
pub async fn availability(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    places: Option<&[Uuid]>,
    period: Period,
) -> Result<Availability> {
    Ok(sql_query(
        "WITH asked AS (
           SELECT DISTINCT product_id, location_id FROM sales
           WHERE company_id = $1 AND requested > 0 AND sold_on BETWEEN $3 - 89 AND $3
         )
         SELECT count(*) AS days, count(*) FILTER (WHERE x.quantity = 0) AS empty
         FROM stock_snapshots x JOIN asked USING (product_id, location_id)
         WHERE x.company_id = $1 AND x.taken_on BETWEEN $2 AND $3
           AND ($4 IS NULL OR x.location_id = ANY ($4))",
    )
    .bind::<sql_types::Uuid, _>(company.0)
    .bind::<sql_types::Date, _>(period.from)
    .bind::<sql_types::Date, _>(period.to)
    .bind::<sql_types::Nullable<sql_types::Array<sql_types::Uuid>>, _>(places)
    .get_result(conn)
    .await?)
}

/// What is there now or, with `on`, was at the end of that day, by code and place; empty for a day
/// without a snapshot.
///
/// # Errors
/// When the database fails.
pub async fn holdings(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    places: Option<&[Uuid]>,
    on: Option<NaiveDate>,
) -> Result<Vec<Holding>> {
    let there = match on {
        None => {
            "SELECT product_id, location_id, quantity, reorder_point
             FROM stock_levels WHERE company_id = $1 AND $3 IS NULL"
        }
        Some(_) => {
            "SELECT product_id, location_id, quantity, NULL::bigint AS reorder_point
             FROM stock_snapshots WHERE company_id = $1 AND taken_on = $3"
        }
    };
    let rows = sql_query(format!(
        "SELECT p.id AS product_id, p.sku, p.name, p.unit, p.category, p.cost,
           o.id AS location_id, o.name AS location, l.quantity, l.reorder_point
         FROM ({there}) AS l JOIN products p ON p.id = l.product_id
           JOIN locations o ON o.id = l.location_id
         WHERE p.company_id = $1 AND o.company_id = $1
           AND ($2 IS NULL OR l.location_id = ANY ($2))
         ORDER BY p.sku, o.name"
    ));
    Ok(rows
        .bind::<sql_types::Uuid, _>(company.0)
        .bind::<sql_types::Nullable<sql_types::Array<sql_types::Uuid>>, _>(places)
        .bind::<sql_types::Nullable<sql_types::Date>, _>(on)
        .load(conn)
        .await?)
}
