//! Stock as it was counted, and what was sold.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{Array, BigInt, Date, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::CompanyId;

use super::{CHUNK, all_written};
use crate::{
    Result,
    error::StoreError,
    movements::MovementKind,
    schema::{sales, stock_levels as l},
};

/// The stock of a product at a place.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = l)]
pub struct Level {
    /// What.
    pub product_id: Uuid,
    /// Where.
    pub location_id: Uuid,
    /// Units.
    pub quantity: i64,
    /// The place's own reorder point.
    pub reorder_point: Option<i64>,
}

/// A level as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The units before, as [`lock_levels`] gave them; `None`: nothing was recorded.
    pub before: Option<i64>,
    /// What is true now.
    pub level: Level,
}

/// A sale.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = sales)]
pub struct SaleRow {
    /// What it is known by.
    #[diesel(select_expression = sales::reference.assume_not_null())]
    pub reference: String,
    /// What.
    pub product_id: Uuid,
    /// Where.
    pub location_id: Uuid,
    /// The company's day.
    pub sold_on: NaiveDate,
    /// Units that customers asked for.
    pub requested: i64,
    /// Units that they got.
    pub quantity: i64,
    /// In the company's currency.
    pub unit_price: BigDecimal,
}

/// The stock of these products wherever it is recorded, held until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock_levels(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    products: &[Uuid],
) -> Result<Vec<Level>> {
    Ok(l::table
        .filter(l::company_id.eq(company.0))
        .filter(l::product_id.eq_any(products))
        .order((l::product_id, l::location_id))
        .select(Level::as_select())
        .for_update()
        .load(conn)
        .await?)
}

/// Writes levels, and a movement for each whose quantity is another than before. Returns how many
/// movements.
///
/// # Errors
/// [`StoreError::Contended`] when stock is no longer what `before` says;
/// [`StoreError::Database`] when it was recorded meanwhile, or a product or place is not the
/// company's, or the database fails.
pub async fn write_levels(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    rows: &[Counted],
    reason: &str,
    now: DateTime<Utc>,
) -> Result<usize> {
    let (old, new): (Vec<&Counted>, Vec<&Counted>) =
        rows.iter().partition(|row| row.before.is_some());
    for chunk in new.chunks(CHUNK) {
        let columns = Columns::of(chunk);
        sql_query(
            "INSERT INTO stock_levels (company_id, updated_at, product_id, location_id, quantity, \
             reorder_point) SELECT $1, $2, * FROM unnest($3, $4, $5, $6)",
        )
        .bind::<SqlUuid, _>(company.0)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<SqlUuid>, _>(columns.products)
        .bind::<Array<SqlUuid>, _>(columns.places)
        .bind::<Array<BigInt>, _>(columns.after)
        .bind::<Array<Nullable<BigInt>>, _>(columns.points)
        .execute(conn)
        .await?;
    }
    for chunk in old.chunks(CHUNK) {
        let columns = Columns::of(chunk);
        // A level of which only the reorder point changes was not counted now.
        let changed = sql_query(
            "UPDATE stock_levels l SET quantity = n.after, reorder_point = n.point, \
               updated_at = CASE WHEN n.after = l.quantity THEN l.updated_at ELSE $2 END \
             FROM unnest($3, $4, $5, $6, $7) AS n (product, place, after, point, before) \
             WHERE l.company_id = $1 AND l.product_id = n.product AND l.location_id = n.place \
               AND l.quantity = n.before",
        )
        .bind::<SqlUuid, _>(company.0)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<SqlUuid>, _>(columns.products)
        .bind::<Array<SqlUuid>, _>(columns.places)
        .bind::<Array<BigInt>, _>(columns.after)
        .bind::<Array<Nullable<BigInt>>, _>(columns.points)
        .bind::<Array<BigInt>, _>(columns.before)
        .execute(conn)
        .await?;
        if changed != chunk.len() {
            return Err(StoreError::Contended(
                "the stock changed meanwhile".to_owned(),
            ));
        }
    }
    let moved = |row: &&Counted| row.before != Some(row.level.quantity);
    let moved: Vec<&Counted> = rows.iter().filter(moved).collect();
    for chunk in moved.chunks(CHUNK) {
        let columns = Columns::of(chunk);
        sql_query(
            "INSERT INTO stock_movements (company_id, kind, reason, moved_at, product_id, \
             location_id, quantity_before, quantity_after) \
             SELECT $1, $2, $3, $4, * FROM unnest($5, $6, $7, $8)",
        )
        .bind::<SqlUuid, _>(company.0)
        .bind::<Text, _>(MovementKind::Import.as_str())
        .bind::<Text, _>(reason)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<SqlUuid>, _>(columns.products)
        .bind::<Array<SqlUuid>, _>(columns.places)
        .bind::<Array<BigInt>, _>(columns.before)
        .bind::<Array<BigInt>, _>(columns.after)
        .execute(conn)
        .await?;
    }
    Ok(moved.len())
}

/// Rows as the columns of `unnest`.
struct Columns {
    products: Vec<Uuid>,
    places: Vec<Uuid>,
    before: Vec<i64>,
    after: Vec<i64>,
    points: Vec<Option<i64>>,
}

impl Columns {
    fn of(rows: &[&Counted]) -> Self {
        Self {
            products: rows.iter().map(|row| row.level.product_id).collect(),
            places: rows.iter().map(|row| row.level.location_id).collect(),
            before: rows.iter().map(|row| row.before.unwrap_or(0)).collect(),
            after: rows.iter().map(|row| row.level.quantity).collect(),
            points: rows.iter().map(|row| row.level.reorder_point).collect(),
        }
    }
}

/// The company's sales of these references.
///
/// # Errors
/// When the database fails.
pub async fn sales(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    references: &[&str],
) -> Result<Vec<SaleRow>> {
    let mut found = Vec::new();
    for chunk in references.chunks(CHUNK) {
        let rows: Vec<SaleRow> = sales::table
            .filter(sales::company_id.eq(company.0))
            .filter(sales::reference.eq_any(chunk))
            .select(SaleRow::as_select())
            .load(conn)
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Writes sales, new ones and those that are there, by reference.
///
/// # Errors
/// [`StoreError::Database`] when a product or place is not the company's, or the database fails.
pub async fn write_sales(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    rows: &[SaleRow],
) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let prices: Vec<BigDecimal> = chunk.iter().map(|row| row.unit_price.clone()).collect();
        let references: Vec<&str> = chunk.iter().map(|row| row.reference.as_str()).collect();
        let column = |of: fn(&SaleRow) -> i64| chunk.iter().map(of).collect::<Vec<i64>>();
        let id = |of: fn(&SaleRow) -> Uuid| chunk.iter().map(of).collect::<Vec<Uuid>>();
        let days: Vec<NaiveDate> = chunk.iter().map(|row| row.sold_on).collect();
        let written = sql_query(
            "INSERT INTO sales (company_id, reference, product_id, location_id, sold_on, \
             requested, quantity, unit_price) \
             SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (company_id, reference) WHERE reference IS NOT NULL DO UPDATE SET \
               product_id = excluded.product_id, location_id = excluded.location_id, \
               sold_on = excluded.sold_on, requested = excluded.requested, \
               quantity = excluded.quantity, unit_price = excluded.unit_price",
        )
        .bind::<SqlUuid, _>(company.0)
        .bind::<Array<Text>, _>(references)
        .bind::<Array<SqlUuid>, _>(id(|row| row.product_id))
        .bind::<Array<SqlUuid>, _>(id(|row| row.location_id))
        .bind::<Array<Date>, _>(days)
        .bind::<Array<BigInt>, _>(column(|row| row.requested))
        .bind::<Array<BigInt>, _>(column(|row| row.quantity))
        .bind::<Array<Numeric>, _>(prices)
        .execute(conn)
        .await?;
        all_written(written, chunk.len())?;
    }
    Ok(())
}
