//! How much of a product is where. What changes it is in `movements.rs`.

use std::collections::HashMap;

use bigdecimal::{BigDecimal, ToPrimitive};
use chrono::{DateTime, Utc};
use diesel::{dsl::sum, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::CompanyId;

use crate::{
    Result,
    schema::{legal_entities, locations as l, stock_levels as s},
};

/// A product's stock at one place.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct StockByLocation {
    /// The place.
    pub location_id: Uuid,
    /// Its name.
    pub location: String,
    /// The legal entity that owns it.
    pub legal_entity: String,
    /// In the product's unit.
    pub quantity: i64,
    /// The place's own reorder point; `None`: not kept.
    pub reorder_point: Option<i64>,
    /// The last movement or count.
    pub updated_at: DateTime<Utc>,
}

/// The stock of a product by place, by name; at `places` only, when they are given. Empty when
/// nothing is recorded, or the places are not the company's.
///
/// # Errors
/// When the database fails.
pub async fn stock_of(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    product: Uuid,
    places: Option<&[Uuid]>,
) -> Result<Vec<StockByLocation>> {
    let mut query = s::table
        .inner_join(l::table.inner_join(legal_entities::table))
        .filter(s::company_id.eq(company.0))
        .filter(s::product_id.eq(product))
        .into_boxed();
    if let Some(places) = places {
        query = query.filter(s::location_id.eq_any(places.to_vec()));
    }
    Ok(query
        .order(l::name)
        .select((
            l::id,
            l::name,
            legal_entities::name,
            s::quantity,
            s::reorder_point,
            s::updated_at,
        ))
        .load(conn)
        .await?)
}

/// Units of each of the company's products over all places; a product that nothing is recorded of
/// is missing.
///
/// # Errors
/// When the database fails.
pub async fn totals(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<HashMap<Uuid, i64>> {
    let rows: Vec<(Uuid, Option<BigDecimal>)> = s::table
        .filter(s::company_id.eq(company.0))
        .group_by(s::product_id)
        .select((s::product_id, sum(s::quantity)))
        .load(conn)
        .await?;
    let units = |sum: Option<BigDecimal>| sum.and_then(|sum| sum.to_i64()).unwrap_or(0);
    Ok(rows
        .into_iter()
        .map(|(product, sum)| (product, units(sum)))
        .collect())
}
