//! What the demo company buys, from whom and for how much, out of `purchasing.csv` and
//! `suppliers.csv` (written like `products.csv`).

use std::str::FromStr;

use bigdecimal::BigDecimal;
use chrono::{DateTime, Days, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::{CompanyId, named};

use super::{CURRENCY, catalogue::optional, product_id};
use crate::{
    Result,
    error::StoreError,
    schema::{products, supplier_prices, supplier_products, suppliers},
};

const PURCHASING: &str = include_str!("purchasing.csv");
const SUPPLIERS: &str = include_str!("suppliers.csv");

/// A supplier, and how it behaves in the demo's history.
pub(super) struct Supplier {
    pub(super) name: &'static str,
    contact: &'static str,
    email: &'static str,
    phone: &'static str,
    pub(super) lead_time_days: i32,
    terms: &'static str,
    /// Orders of 100 that come on time.
    pub(super) on_time: f64,
    /// Orders of 100 that come whole.
    pub(super) full: f64,
    /// Units of 1,000 that are good.
    pub(super) good: f64,
}

/// What one supplier asks for a product.
pub(super) struct Offer {
    pub(super) supplier: &'static str,
    pub(super) unit_price: BigDecimal,
    pub(super) minimum: Option<i64>,
}

/// How a product is bought and sold.
pub(super) struct Terms {
    pub(super) sku: &'static str,
    category: &'static str,
    pub(super) pack_size: i64,
    pub(super) price: BigDecimal,
    cost: Option<BigDecimal>,
    /// The preferred supplier first.
    pub(super) offers: Vec<Offer>,
}

impl Terms {
    /// The category, which the seasons go by.
    pub(super) fn category(&self) -> &'static str {
        self.category
    }
}

/// A supplier's id.
pub(super) fn supplier_id(name: &str) -> Uuid {
    named(&format!("demo:supplier:{name}"))
}

/// Every supplier.
pub(super) fn read_suppliers() -> Result<Vec<Supplier>> {
    lines(SUPPLIERS, "suppliers.csv", |fields| {
        let [
            name,
            contact,
            email,
            phone,
            lead,
            terms,
            on_time,
            full,
            good,
        ] = fields
        else {
            return Err(format!("{} fields instead of 9", fields.len()));
        };
        Ok(Supplier {
            name,
            contact,
            email,
            phone,
            lead_time_days: required(lead)?,
            terms,
            on_time: required::<f64>(on_time)? / 100.0,
            full: required::<f64>(full)? / 100.0,
            good: required::<f64>(good)? / 1_000.0,
        })
    })
}

/// Every product's terms.
pub(super) fn read_terms() -> Result<Vec<Terms>> {
    lines(PURCHASING, "purchasing.csv", |fields| {
        let [sku, category, pack, price, cost, offers @ ..] = fields else {
            return Err(format!("{} fields instead of 11", fields.len()));
        };
        let offers = offers
            .chunks_exact(3)
            .filter(|offer| !offer[0].is_empty())
            .map(|offer| {
                Ok(Offer {
                    supplier: offer[0],
                    unit_price: required(offer[1])?,
                    minimum: optional(offer[2])?,
                })
            })
            .collect::<std::result::Result<_, String>>()?;
        Ok(Terms {
            sku,
            category,
            pack_size: required(pack)?,
            price: required(price)?,
            cost: optional(cost)?,
            offers,
        })
    })
}

fn lines<T>(
    file: &'static str,
    name: &str,
    read: impl Fn(&[&'static str]) -> std::result::Result<T, String>,
) -> Result<Vec<T>> {
    file.lines()
        .enumerate()
        .skip(1)
        .map(|(index, line)| {
            let fields: Vec<&str> = line.split(';').collect();
            read(&fields).map_err(|problem| {
                StoreError::Invalid(format!("{name} line {}: {problem}", index + 1))
            })
        })
        .collect()
}

fn required<T: FromStr>(text: &str) -> std::result::Result<T, String> {
    optional(text)?.ok_or_else(|| "a field is empty".to_owned())
}

/// Writes suppliers, what they offer, the prices of the past year and the products' terms.
pub(super) async fn write(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    now: DateTime<Utc>,
) -> Result<()> {
    for supplier in read_suppliers()? {
        let values = (
            suppliers::name.eq(supplier.name),
            suppliers::contact_name.eq(supplier.contact),
            suppliers::email.eq(supplier.email),
            suppliers::phone.eq(supplier.phone),
            suppliers::lead_time_days.eq(supplier.lead_time_days),
            suppliers::payment_terms.eq(supplier.terms),
        );
        diesel::insert_into(suppliers::table)
            .values((
                suppliers::id.eq(supplier_id(supplier.name)),
                suppliers::company_id.eq(company.0),
                values,
            ))
            .on_conflict(suppliers::id)
            .do_update()
            .set(values)
            .execute(conn)
            .await?;
    }
    let all = read_terms()?;
    for terms in &all {
        diesel::update(products::table.find(product_id(terms.sku)))
            .set((
                products::category.eq(terms.category),
                products::pack_size.eq(terms.pack_size),
                products::price.eq(&terms.price),
                products::cost.eq(&terms.cost),
            ))
            .execute(conn)
            .await?;
    }
    write_offers(conn, company, &all, now).await
}

async fn write_offers(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    all: &[Terms],
    now: DateTime<Utc>,
) -> Result<()> {
    let offers = || {
        all.iter().flat_map(|terms| {
            (0..)
                .zip(&terms.offers)
                .map(move |(place, offer)| (terms, place, offer))
        })
    };
    let rows: Vec<_> = offers()
        .map(|(terms, place, offer)| {
            (
                supplier_products::company_id.eq(company.0),
                supplier_products::supplier_id.eq(supplier_id(offer.supplier)),
                supplier_products::product_id.eq(product_id(terms.sku)),
                supplier_products::unit_price.eq(&offer.unit_price),
                supplier_products::currency.eq(CURRENCY),
                supplier_products::minimum_quantity.eq(offer.minimum),
                supplier_products::pack_size.eq(terms.pack_size),
                supplier_products::preferred.eq(place == 0),
                supplier_products::updated_at.eq(now),
            )
        })
        .collect();
    diesel::insert_into(supplier_products::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    let rows: Vec<_> = offers()
        .flat_map(|(terms, _, offer)| {
            let prices = prices(terms.sku, offer, now.date_naive()).into_iter();
            prices.map(move |(from, price)| {
                (
                    supplier_prices::company_id.eq(company.0),
                    supplier_prices::supplier_id.eq(supplier_id(offer.supplier)),
                    supplier_prices::product_id.eq(product_id(terms.sku)),
                    supplier_prices::valid_from.eq(from),
                    supplier_prices::unit_price.eq(price),
                    supplier_prices::currency.eq(CURRENCY),
                )
            })
        })
        .collect();
    diesel::insert_into(supplier_prices::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// Products whose preferred supplier raised the price lately: days ago, and the price before in
/// percent of today's.
const JUMPS: [(&str, u64, i64); 2] = [("BOX-M", 9, 86), ("LED-10", 20, 84)];

/// The prices of the past year with the days they began on: three percent less until half a year
/// ago, then today's, unless it jumped lately.
fn prices(sku: &str, offer: &Offer, today: NaiveDate) -> Vec<(NaiveDate, BigDecimal)> {
    let days_ago = |days| today.checked_sub_days(Days::new(days)).unwrap_or(today);
    let percent = |percent: i64| (&offer.unit_price * BigDecimal::new(percent.into(), 2)).round(4);
    let jump = JUMPS.iter().find(|(jumped, _, _)| *jumped == sku);
    match jump {
        Some((_, ago, before)) => vec![
            (days_ago(400), percent(*before)),
            (days_ago(*ago), offer.unit_price.clone()),
        ],
        None => vec![
            (days_ago(400), percent(97)),
            (days_ago(180), offer.unit_price.clone()),
        ],
    }
}

/// The price that `offer` had on `day`.
pub(super) fn price_on(sku: &str, offer: &Offer, day: NaiveDate, today: NaiveDate) -> BigDecimal {
    let prices = prices(sku, offer, today);
    let then = prices.iter().rev().find(|(from, _)| *from <= day);
    then.or_else(|| prices.as_slice().first())
        .map_or_else(|| offer.unit_price.clone(), |(_, price)| price.clone())
}
