//! What has not come: open orders, units on order, products in drafts.

use std::collections::{BTreeMap, BTreeSet};

use bigdecimal::BigDecimal;
use chrono::NaiveDate;
use diesel::{prelude::*, sql_query, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{ids::CompanyId, money::Money};

use super::{OrderState, name};
use crate::{
    Result,
    schema::{purchase_order_lines as l, purchase_orders as o},
};

/// An order that has not come, for a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Who it is ordered from.
    pub supplier_id: Uuid,
    /// What people call it.
    pub order: String,
    /// The day that it should come.
    pub expected_on: Option<NaiveDate>,
    /// Its price.
    pub total: Money,
    /// How many orders of the supplier are open.
    pub orders: i64,
}

/// The open orders of these suppliers: the `most` of each that are expected first, with how many
/// there are.
///
/// # Errors
/// When the database fails.
pub async fn open(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    suppliers: &[Uuid],
    most: i64,
) -> Result<Vec<Open>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = sql_types::Uuid)]
        supplier_id: Uuid,
        #[diesel(sql_type = sql_types::BigInt)]
        number: i64,
        #[diesel(sql_type = sql_types::Text)]
        currency: String,
        #[diesel(sql_type = sql_types::Nullable<sql_types::Date>)]
        expected_on: Option<NaiveDate>,
        #[diesel(sql_type = sql_types::Numeric)]
        total: BigDecimal,
        #[diesel(sql_type = sql_types::BigInt)]
        orders: i64,
    }
    let rows: Vec<Row> = sql_query(
        "SELECT * FROM (
           SELECT o.supplier_id, o.number, o.currency, o.expected_on,
             (SELECT coalesce(sum(l.quantity * l.unit_price), 0) FROM purchase_order_lines l
                WHERE l.company_id = $1 AND l.order_id = o.id) AS total,
             count(*) OVER (PARTITION BY o.supplier_id) AS orders,
             row_number() OVER (PARTITION BY o.supplier_id
               ORDER BY o.expected_on NULLS LAST, o.number) AS place
           FROM purchase_orders o
           WHERE o.company_id = $1 AND o.supplier_id = ANY ($2) AND o.state = 'confirmed'
         ) AS open WHERE place <= $3 ORDER BY supplier_id, place",
    )
    .bind::<sql_types::Uuid, _>(company.0)
    .bind::<sql_types::Array<sql_types::Uuid>, _>(suppliers)
    .bind::<sql_types::BigInt, _>(most)
    .load(conn)
    .await?;
    let line = |row: Row| Open {
        supplier_id: row.supplier_id,
        order: name(row.number),
        expected_on: row.expected_on,
        total: Money::new(row.total, row.currency).rounded(),
        orders: row.orders,
    };
    Ok(rows.into_iter().map(line).collect())
}

/// Units of these products on open orders that have not come; a product without any is left out.
/// What came and was rejected has come.
///
/// # Errors
/// When the database fails.
pub async fn on_order(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    products: &[Uuid],
) -> Result<BTreeMap<Uuid, i64>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = sql_types::Uuid)]
        product_id: Uuid,
        #[diesel(sql_type = sql_types::BigInt)]
        units: i64,
    }
    let rows: Vec<Row> = sql_query(
        "SELECT product_id, sum(greatest(ordered - came, 0))::bigint AS units FROM (
           SELECT l.order_id, l.product_id, sum(l.quantity) AS ordered,
             (SELECT coalesce(sum(dl.quantity), 0) FROM deliveries d
                JOIN delivery_lines dl ON dl.delivery_id = d.id
                WHERE d.company_id = $1 AND d.order_id = l.order_id
                  AND dl.product_id = l.product_id) AS came
           FROM purchase_order_lines l JOIN purchase_orders o ON o.id = l.order_id
           WHERE l.company_id = $1 AND l.product_id = ANY ($2) AND o.state = 'confirmed'
           GROUP BY l.order_id, l.product_id
         ) AS lines GROUP BY product_id HAVING sum(greatest(ordered - came, 0)) > 0",
    )
    .bind::<sql_types::Uuid, _>(company.0)
    .bind::<sql_types::Array<sql_types::Uuid>, _>(products)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.product_id, row.units))
        .collect())
}

/// The products that stand in a draft.
///
/// # Errors
/// When the database fails.
pub async fn drafted(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<BTreeSet<Uuid>> {
    let rows: Vec<Uuid> = l::table
        .inner_join(o::table)
        .filter(l::company_id.eq(company.0))
        .filter(o::state.eq(OrderState::Draft.as_str()))
        .select(l::product_id)
        .distinct()
        .load(conn)
        .await?;
    Ok(rows.into_iter().collect())
}
