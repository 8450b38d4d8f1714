//! Suppliers, what they sell and the prices they had.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{prelude::*, query_dsl::methods, upsert::excluded};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::CompanyId;

use super::{CHUNK, all_written};
use crate::{
    Result,
    schema::{supplier_prices as prices, supplier_products as sp, suppliers as s},
};

/// A supplier with all that an import may say of it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = s, treat_none_as_default_value = false)]
pub struct SupplierRow {
    /// The row.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The person to ask for.
    pub contact_name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// As agreed, days from order to delivery.
    pub lead_time_days: Option<i32>,
    /// Terms of payment.
    pub payment_terms: Option<String>,
    /// Whether the company still buys from it.
    pub active: bool,
}

/// What a supplier asks for a product.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sp, treat_none_as_default_value = false)]
pub struct OfferRow {
    /// Who sells it.
    pub supplier_id: Uuid,
    /// What.
    pub product_id: Uuid,
    /// The supplier's code of it.
    pub supplier_sku: Option<String>,
    /// Price a unit.
    pub unit_price: BigDecimal,
    /// Of the price, ISO 4217.
    pub currency: String,
    /// Least quantity, units.
    pub minimum_quantity: Option<i64>,
    /// Units a pack.
    pub pack_size: Option<i64>,
    /// Days from order to delivery; `None`: the supplier's.
    pub lead_time_days: Option<i32>,
    /// Whether the company prefers it for the product.
    pub preferred: bool,
}

/// All suppliers of the company.
///
/// # Errors
/// When the database fails.
pub async fn suppliers(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<Vec<SupplierRow>> {
    Ok(s::table
        .filter(s::company_id.eq(company.0))
        .order(s::name)
        .select(SupplierRow::as_select())
        .load(conn)
        .await?)
}

/// All that suppliers sell to the company.
///
/// # Errors
/// When the database fails.
pub async fn offers(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Vec<OfferRow>> {
    Ok(sp::table
        .filter(sp::company_id.eq(company.0))
        .order((sp::supplier_id, sp::product_id))
        .select(OfferRow::as_select())
        .load(conn)
        .await?)
}

/// Writes suppliers, new ones and those that are there, by id.
///
/// # Errors
/// [`StoreError::Conflict`](crate::StoreError::Conflict) when an id is another company's; when the
/// database fails.
pub async fn write_suppliers(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    rows: &[SupplierRow],
) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let values: Vec<_> = chunk
            .iter()
            .map(|row| (s::company_id.eq(company.0), row))
            .collect();
        let upsert = diesel::insert_into(s::table)
            .values(values)
            .on_conflict(s::id)
            .do_update()
            .set((
                s::name.eq(excluded(s::name)),
                s::contact_name.eq(excluded(s::contact_name)),
                s::email.eq(excluded(s::email)),
                s::phone.eq(excluded(s::phone)),
                s::lead_time_days.eq(excluded(s::lead_time_days)),
                s::payment_terms.eq(excluded(s::payment_terms)),
                s::active.eq(excluded(s::active)),
            ));
        let mine = methods::FilterDsl::filter(upsert, s::company_id.eq(company.0));
        let written = mine.execute(conn).await?;
        all_written(written, chunk.len())?;
    }
    Ok(())
}

/// Writes what suppliers sell, by supplier and product.
///
/// # Errors
/// As of [`write_suppliers`].
pub async fn write_offers(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    rows: &[OfferRow],
    now: DateTime<Utc>,
) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let values: Vec<_> = chunk
            .iter()
            .map(|row| (sp::company_id.eq(company.0), sp::updated_at.eq(now), row))
            .collect();
        let upsert = diesel::insert_into(sp::table)
            .values(values)
            .on_conflict((sp::supplier_id, sp::product_id))
            .do_update()
            .set((
                sp::supplier_sku.eq(excluded(sp::supplier_sku)),
                sp::unit_price.eq(excluded(sp::unit_price)),
                sp::currency.eq(excluded(sp::currency)),
                sp::minimum_quantity.eq(excluded(sp::minimum_quantity)),
                sp::pack_size.eq(excluded(sp::pack_size)),
                sp::lead_time_days.eq(excluded(sp::lead_time_days)),
                sp::preferred.eq(excluded(sp::preferred)),
                sp::updated_at.eq(excluded(sp::updated_at)),
            ));
        let mine = methods::FilterDsl::filter(upsert, sp::company_id.eq(company.0));
        let written = mine.execute(conn).await?;
        all_written(written, chunk.len())?;
    }
    Ok(())
}

/// Notes the prices of these offers as those that are valid from `day` on.
///
/// # Errors
/// As of [`write_suppliers`].
pub async fn write_prices(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    rows: &[OfferRow],
    day: NaiveDate,
) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let values: Vec<_> = chunk
            .iter()
            .map(|row| {
                (
                    prices::company_id.eq(company.0),
                    prices::supplier_id.eq(row.supplier_id),
                    prices::product_id.eq(row.product_id),
                    prices::valid_from.eq(day),
                    prices::unit_price.eq(&row.unit_price),
                    prices::currency.eq(&row.currency),
                )
            })
            .collect();
        let upsert = diesel::insert_into(prices::table)
            .values(values)
            .on_conflict((prices::supplier_id, prices::product_id, prices::valid_from))
            .do_update()
            .set((
                prices::unit_price.eq(excluded(prices::unit_price)),
                prices::currency.eq(excluded(prices::currency)),
            ));
        let mine = methods::FilterDsl::filter(upsert, prices::company_id.eq(company.0));
        let written = mine.execute(conn).await?;
        all_written(written, chunk.len())?;
    }
    Ok(())
}
