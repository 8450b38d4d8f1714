//! What orders and prices say to those who watch stock: when it was last ordered, how long it took
//! to come, what is late, and what became dearer. Orders themselves are in `purchase_orders.rs`.

use bigdecimal::BigDecimal;
use chrono::NaiveDate;
use chrono_tz::Tz;
use diesel::{prelude::*, sql_query, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::CompanyId;

use crate::Result;

/// How long one order of a product took.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Delivered {
    /// The product.
    #[diesel(sql_type = sql_types::Uuid)]
    pub product_id: Uuid,
    /// Who delivered it.
    #[diesel(sql_type = sql_types::Uuid)]
    pub supplier_id: Uuid,
    /// Days from placing the order to the last of the product that came.
    #[diesel(sql_type = sql_types::BigInt)]
    pub days: i64,
}

/// A product of an order that has not come by its day.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Late {
    /// The order.
    #[diesel(sql_type = sql_types::Uuid)]
    pub order_id: Uuid,
    /// Its number; people say PO-1001.
    #[diesel(sql_type = sql_types::BigInt)]
    pub number: i64,
    /// Who is late.
    #[diesel(sql_type = sql_types::Uuid)]
    pub supplier_id: Uuid,
    /// Its name.
    #[diesel(sql_type = sql_types::Text)]
    pub supplier: String,
    /// The day that it should have come.
    #[diesel(sql_type = sql_types::Date)]
    pub expected_on: NaiveDate,
    /// The product.
    #[diesel(sql_type = sql_types::Uuid)]
    pub product_id: Uuid,
    /// Units of it that have not come, at least 1.
    #[diesel(sql_type = sql_types::BigInt)]
    pub units: i64,
}

/// A price that rose.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Dearer {
    /// Who sells it.
    #[diesel(sql_type = sql_types::Uuid)]
    pub supplier_id: Uuid,
    /// Its name.
    #[diesel(sql_type = sql_types::Text)]
    pub supplier: String,
    /// The product.
    #[diesel(sql_type = sql_types::Uuid)]
    pub product_id: Uuid,
    /// Its code.
    #[diesel(sql_type = sql_types::Text)]
    pub sku: String,
    /// Its name.
    #[diesel(sql_type = sql_types::Text)]
    pub name: String,
    /// Of both prices, ISO 4217.
    #[diesel(sql_type = sql_types::Text)]
    pub currency: String,
    /// Price a unit before, above 0.
    #[diesel(sql_type = sql_types::Numeric)]
    pub before: BigDecimal,
    /// Price a unit now.
    #[diesel(sql_type = sql_types::Numeric)]
    pub now: BigDecimal,
    /// The day since which it is so.
    #[diesel(sql_type = sql_types::Date)]
    pub since: NaiveDate,
}

/// The company's day on which the product was last ordered, as far as orders tell.
///
/// # Errors
/// When the database fails.
pub async fn last_ordered(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    product: Uuid,
    time_zone: Tz,
) -> Result<Option<NaiveDate>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = sql_types::Nullable<sql_types::Date>)]
        day: Option<NaiveDate>,
    }
    let row: Row = sql_query(
        "SELECT max((o.confirmed_at AT TIME ZONE $3)::date) AS day
         FROM purchase_order_lines l JOIN purchase_orders o ON o.id = l.order_id
         WHERE l.company_id = $1 AND l.product_id = $2 AND o.company_id = $1
           AND o.state IN ('confirmed', 'received')",
    )
    .bind::<sql_types::Uuid, _>(company.0)
    .bind::<sql_types::Uuid, _>(product)
    .bind::<sql_types::Text, _>(time_zone.name())
    .get_result(conn)
    .await?;
    Ok(row.day)
}

/// How long orders took that were placed since `since` and have come; of one product only, when it
/// is given.
///
/// # Errors
/// When the database fails.
pub async fn delivered(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    product: Option<Uuid>,
    since: NaiveDate,
    time_zone: Tz,
) -> Result<Vec<Delivered>> {
    Ok(sql_query(
        "SELECT dl.product_id, o.supplier_id,
           greatest(max((d.delivered_at AT TIME ZONE $4)::date)
             - min((o.confirmed_at AT TIME ZONE $4)::date), 0)::bigint AS days
         FROM purchase_orders o
           JOIN deliveries d ON d.order_id = o.id
           JOIN delivery_lines dl ON dl.delivery_id = d.id
         WHERE o.company_id = $1 AND d.company_id = $1 AND dl.company_id = $1
           AND o.state = 'received' AND (o.confirmed_at AT TIME ZONE $4)::date >= $3
           AND ($2 IS NULL OR dl.product_id = $2)
         GROUP BY o.id, o.supplier_id, dl.product_id
         ORDER BY dl.product_id, o.supplier_id, days",
    )
    .bind::<sql_types::Uuid, _>(company.0)
    .bind::<sql_types::Nullable<sql_types::Uuid>, _>(product)
    .bind::<sql_types::Date, _>(since)
    .bind::<sql_types::Text, _>(time_zone.name())
    .load(conn)
    .await?)
}

/// What has not come of orders that were expected before `today`, by order.
///
/// # Errors
/// When the database fails.
pub async fn late(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    today: NaiveDate,
) -> Result<Vec<Late>> {
    Ok(sql_query(
        "SELECT * FROM (
           SELECT o.id AS order_id, o.number, o.supplier_id, s.name AS supplier, o.expected_on,
             l.product_id,
             (sum(l.quantity) - (SELECT coalesce(sum(dl.quantity), 0) FROM deliveries d
                JOIN delivery_lines dl ON dl.delivery_id = d.id
                WHERE d.company_id = $1 AND d.order_id = o.id
                  AND dl.product_id = l.product_id))::bigint AS units
           FROM purchase_orders o
             JOIN suppliers s ON s.id = o.supplier_id
             JOIN purchase_order_lines l ON l.order_id = o.id
           WHERE o.company_id = $1 AND l.company_id = $1 AND o.state = 'confirmed'
             AND o.expected_on < $2
           GROUP BY o.id, s.name, l.product_id
         ) AS late WHERE units > 0 ORDER BY number, product_id",
    )
    .bind::<sql_types::Uuid, _>(company.0)
    .bind::<sql_types::Date, _>(today)
    .load(conn)
    .await?)
}

/// Prices that rose on one of the days from `since` to `today`, against the price before in the same
/// currency, of suppliers that the company buys from.
///
/// # Errors
/// When the database fails.
pub async fn dearer(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    since: NaiveDate,
    today: NaiveDate,
) -> Result<Vec<Dearer>> {
    Ok(sql_query(
        "SELECT v.supplier_id, s.name AS supplier, v.product_id, p.sku, p.name, v.currency,
           v.before, v.unit_price AS now, v.valid_from AS since
         FROM (
           SELECT supplier_id, product_id, currency, unit_price, valid_from,
             lag(unit_price) OVER prices AS before, lag(currency) OVER prices AS before_in,
             lead(valid_from) OVER prices AS until
           FROM supplier_prices WHERE company_id = $1 AND valid_from <= $3
           WINDOW prices AS (PARTITION BY supplier_id, product_id ORDER BY valid_from)
         ) AS v
           JOIN suppliers s ON s.id = v.supplier_id
           JOIN products p ON p.id = v.product_id
         WHERE s.company_id = $1 AND p.company_id = $1 AND s.active AND v.until IS NULL
           AND v.valid_from >= $2 AND v.currency = v.before_in
           AND v.before > 0 AND v.unit_price > v.before
         ORDER BY p.sku, s.name",
    )
    .bind::<sql_types::Uuid, _>(company.0)
    .bind::<sql_types::Date, _>(since)
    .bind::<sql_types::Date, _>(today)
    .load(conn)
    .await?)
}
