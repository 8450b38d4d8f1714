//! What a company stocks.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::CompanyId;

use crate::{Result, columns::OptCol, product_match, schema::products};

/// A product. A figure that is `None` is not known.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = products)]
pub struct Product {
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
    /// Days from order to delivery.
    pub lead_time_days: Option<i32>,
    /// Over all places: at or below it, order.
    pub reorder_point: Option<i64>,
    /// Units a day, over all places.
    #[diesel(deserialize_as = OptCol<f64>)]
    pub average_daily_demand: Option<f64>,
    /// The day of the last order.
    pub last_reorder_on: Option<NaiveDate>,
}

/// What words of a message may mean.
#[derive(Debug, Clone, PartialEq)]
pub enum ProductMatch {
    /// This one.
    One(Product),
    /// One of these; ask.
    Several(Vec<Product>),
    /// None of ours.
    None {
        /// Names that look alike, best first, at most three.
        nearest: Vec<String>,
    },
}

/// The company's products, by SKU.
///
/// # Errors
/// When the database fails.
pub async fn catalogue(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Vec<Product>> {
    Ok(products::table
        .filter(products::company_id.eq(company.0))
        .order(products::sku)
        .select(Product::as_select())
        .load(conn)
        .await?)
}

/// The product `id`.
///
/// # Errors
/// When the database fails.
pub async fn get(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    id: Uuid,
) -> Result<Option<Product>> {
    Ok(products::table
        .filter(products::company_id.eq(company.0))
        .filter(products::id.eq(id))
        .select(Product::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Finds the product that `sku_or_words` names: by its code, then its name, then another name
/// that people use, then as the words that only it contains. See `product_match.rs`.
///
/// # Errors
/// When the database fails.
pub async fn find_product(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    sku_or_words: &str,
) -> Result<ProductMatch> {
    // The code as written is the common case and has an index.
    let by_sku: Option<Product> = products::table
        .filter(products::company_id.eq(company.0))
        .filter(upper(products::sku).eq(sku_or_words.trim().to_uppercase()))
        .select(Product::as_select())
        .first(conn)
        .await
        .optional()?;
    if let Some(product) = by_sku {
        return Ok(ProductMatch::One(product));
    }
    Ok(product_match::find(
        &catalogue(conn, company).await?,
        sku_or_words,
    ))
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// In capitals.
    fn upper(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}
