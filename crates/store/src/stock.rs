//! How much of a product is where.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::CompanyId;

use crate::{
    Result, locations,
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

/// The stock of a product, by place, or at one place only (see [`locations::find`]). Empty when
/// nothing is recorded, or the place is not the company's.
///
/// # Errors
/// When the database fails.
pub async fn stock_of(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    product: Uuid,
    location: Option<&str>,
) -> Result<Vec<StockByLocation>> {
    let only = match location {
        None => None,
        Some(words) => match locations::find(conn, company, words).await? {
            None => return Ok(Vec::new()),
            Some(place) => Some(place.id),
        },
    };
    let mut query = s::table
        .inner_join(l::table.inner_join(legal_entities::table))
        .filter(s::company_id.eq(company.0))
        .filter(s::product_id.eq(product))
        .into_boxed();
    if let Some(place) = only {
        query = query.filter(s::location_id.eq(place));
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
