//! Products, places and the legal entities that own them.

use bigdecimal::BigDecimal;
use chrono::NaiveDate;
use diesel::{prelude::*, query_dsl::methods, upsert::excluded};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::CompanyId;

use super::{CHUNK, all_written};
use crate::{
    Result,
    schema::{legal_entities as e, locations as l, products as p},
};

/// A product with all that an import may say of it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = p, treat_none_as_default_value = false)]
pub struct ProductRow {
    /// The row.
    pub id: Uuid,
    /// Its code.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// What quantities count, singular.
    pub unit: String,
    /// Other names that people use for it.
    pub aliases: Vec<String>,
    /// Its kind.
    pub category: Option<String>,
    /// Units a pack.
    pub pack_size: Option<i64>,
    /// What one unit is sold for, in the company's currency.
    pub price: Option<BigDecimal>,
    /// What one unit in stock is worth, in the company's currency.
    pub cost: Option<BigDecimal>,
    /// Days from order to delivery.
    pub lead_time_days: Option<i32>,
    /// Over all places: at or below it, order.
    pub reorder_point: Option<i64>,
    /// Units a day, over all places.
    pub average_daily_demand: Option<BigDecimal>,
    /// The day of the last order.
    pub last_reorder_on: Option<NaiveDate>,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = l)]
pub struct LocationRow {
    /// The row.
    pub id: Uuid,
    /// Who owns what is there.
    pub legal_entity_id: Uuid,
    /// Its name.
    pub name: String,
}

/// A legal entity.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = e)]
pub struct EntityRow {
    /// The row.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// All products of the company.
///
/// # Errors
/// When the database fails.
pub async fn products(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Vec<ProductRow>> {
    Ok(p::table
        .filter(p::company_id.eq(company.0))
        .order(p::sku)
        .select(ProductRow::as_select())
        .load(conn)
        .await?)
}

/// All places of the company.
///
/// # Errors
/// When the database fails.
pub async fn locations(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<Vec<LocationRow>> {
    Ok(l::table
        .filter(l::company_id.eq(company.0))
        .order(l::name)
        .select(LocationRow::as_select())
        .load(conn)
        .await?)
}

/// All legal entities of the company.
///
/// # Errors
/// When the database fails.
pub async fn entities(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Vec<EntityRow>> {
    Ok(e::table
        .filter(e::company_id.eq(company.0))
        .order(e::name)
        .select(EntityRow::as_select())
        .load(conn)
        .await?)
}

/// Writes products, new ones and those that are there, by id.
///
/// # Errors
/// [`StoreError::Conflict`](crate::StoreError::Conflict) when an id is another company's; when the
/// database fails.
pub async fn write_products(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    rows: &[ProductRow],
) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let values: Vec<_> = chunk
            .iter()
            .map(|row| (p::company_id.eq(company.0), row))
            .collect();
        let upsert = diesel::insert_into(p::table)
            .values(values)
            .on_conflict(p::id)
            .do_update()
            .set((
                p::sku.eq(excluded(p::sku)),
                p::name.eq(excluded(p::name)),
                p::unit.eq(excluded(p::unit)),
                p::aliases.eq(excluded(p::aliases)),
                p::category.eq(excluded(p::category)),
                p::pack_size.eq(excluded(p::pack_size)),
                p::price.eq(excluded(p::price)),
                p::cost.eq(excluded(p::cost)),
                p::lead_time_days.eq(excluded(p::lead_time_days)),
                p::reorder_point.eq(excluded(p::reorder_point)),
                p::average_daily_demand.eq(excluded(p::average_daily_demand)),
                p::last_reorder_on.eq(excluded(p::last_reorder_on)),
            ));
        let mine = methods::FilterDsl::filter(upsert, p::company_id.eq(company.0));
        let written = mine.execute(conn).await?;
        all_written(written, chunk.len())?;
    }
    Ok(())
}

/// Writes places, new ones and those that are there, by id.
///
/// # Errors
/// As of [`write_products`].
pub async fn write_locations(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    rows: &[LocationRow],
) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let values: Vec<_> = chunk
            .iter()
            .map(|row| (l::company_id.eq(company.0), row))
            .collect();
        let upsert = diesel::insert_into(l::table)
            .values(values)
            .on_conflict(l::id)
            .do_update()
            .set((
                l::legal_entity_id.eq(excluded(l::legal_entity_id)),
                l::name.eq(excluded(l::name)),
            ));
        let mine = methods::FilterDsl::filter(upsert, l::company_id.eq(company.0));
        let written = mine.execute(conn).await?;
        all_written(written, chunk.len())?;
    }
    Ok(())
}

/// Adds legal entities.
///
/// # Errors
/// When the database fails.
pub async fn add_entities(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    rows: &[EntityRow],
) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let values: Vec<_> = chunk
            .iter()
            .map(|row| (e::company_id.eq(company.0), row))
            .collect();
        diesel::insert_into(e::table)
            .values(values)
            .execute(conn)
            .await?;
    }
    Ok(())
}
