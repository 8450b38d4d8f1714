//! What customers asked for: the days that planning computes with, and sums over a period.
//!
//! The days are the company's, and full ones: they end with yesterday, since today is not over.

use std::collections::HashMap;

use bigdecimal::{BigDecimal, ToPrimitive};
use chrono::{Days, NaiveDate};
use diesel::{
    dsl::{min, sql, sum},
    prelude::*,
    sql_types::{Nullable, Numeric},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{ids::CompanyId, period::Period};

use crate::{Result, schema::sales as s};

/// What was sold of a product in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductSales {
    /// The product.
    pub product_id: Uuid,
    /// Units that customers asked for.
    pub requested: i64,
    /// Units that they got.
    pub quantity: i64,
    /// What these were sold for, in the company's currency.
    pub revenue: BigDecimal,
}

/// Units of the product that were asked for on each of the last `days` days before `today`, the
/// oldest first, a day without a sale as 0; at `places` only, when they are given. Days before the
/// first sale that is on record are left out: the product, or the record, did not exist then.
///
/// # Errors
/// When the database fails.
pub async fn daily(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    product: Uuid,
    places: Option<&[Uuid]>,
    today: NaiveDate,
    days: u32,
) -> Result<Vec<i64>> {
    let Some(window) = window(today, days) else {
        return Ok(Vec::new());
    };
    let mine = || {
        let mut query = s::table
            .filter(s::company_id.eq(company.0))
            .filter(s::product_id.eq(product))
            .into_boxed();
        if let Some(places) = places {
            query = query.filter(s::location_id.eq_any(places.to_vec()));
        }
        query
    };
    let first: Option<NaiveDate> = mine().select(min(s::sold_on)).first(conn).await?;
    let Some(first) = first else {
        return Ok(Vec::new());
    };
    let sold: Vec<(NaiveDate, i64)> = mine()
        .filter(s::sold_on.between(window.from, window.to))
        .select((s::sold_on, s::requested))
        .load(conn)
        .await?;
    Ok(spread(window, first, sold))
}

/// [`daily`] of all products of the company at all its places; a product without any sale on record
/// is missing.
///
/// # Errors
/// When the database fails.
pub async fn daily_of_all(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    today: NaiveDate,
    days: u32,
) -> Result<HashMap<Uuid, Vec<i64>>> {
    let Some(window) = window(today, days) else {
        return Ok(HashMap::new());
    };
    let firsts: Vec<(Uuid, Option<NaiveDate>)> = s::table
        .filter(s::company_id.eq(company.0))
        .group_by(s::product_id)
        .select((s::product_id, min(s::sold_on)))
        .load(conn)
        .await?;
    let sold: Vec<(Uuid, NaiveDate, Option<BigDecimal>)> = s::table
        .filter(s::company_id.eq(company.0))
        .filter(s::sold_on.between(window.from, window.to))
        .group_by((s::product_id, s::sold_on))
        .select((s::product_id, s::sold_on, sum(s::requested)))
        .load(conn)
        .await?;
    let mut of: HashMap<Uuid, Vec<(NaiveDate, i64)>> = HashMap::new();
    for (product, day, units) in sold {
        of.entry(product).or_default().push((day, whole(units)));
    }
    let spread_all = firsts.into_iter().filter_map(|(product, first)| {
        let sold = of.remove(&product).unwrap_or_default();
        Some((product, spread(window, first?, sold)))
    });
    Ok(spread_all.collect())
}

/// What was sold in the period, by product; of one product only, when it is given.
///
/// # Errors
/// When the database fails.
pub async fn sums(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    product: Option<Uuid>,
    period: Period,
) -> Result<Vec<ProductSales>> {
    type Row = (
        Uuid,
        Option<BigDecimal>,
        Option<BigDecimal>,
        Option<BigDecimal>,
    );
    let mut query = s::table
        .group_by(s::product_id)
        .select((
            s::product_id,
            sum(s::requested),
            sum(s::quantity),
            sql::<Nullable<Numeric>>("sum(sales.quantity * sales.unit_price)"),
        ))
        .filter(s::company_id.eq(company.0))
        .filter(s::sold_on.between(period.from, period.to))
        .order(s::product_id)
        .into_boxed();
    if let Some(product) = product {
        query = query.filter(s::product_id.eq(product));
    }
    let rows: Vec<Row> = query.load(conn).await?;
    let sales = rows
        .into_iter()
        .map(|(product_id, requested, quantity, revenue)| ProductSales {
            product_id,
            requested: whole(requested),
            quantity: whole(quantity),
            revenue: revenue.unwrap_or_default(),
        });
    Ok(sales.collect())
}

fn window(today: NaiveDate, days: u32) -> Option<Period> {
    let to = today.pred_opt()?;
    let from = today.checked_sub_days(Days::new(days.into()))?;
    (from <= to).then_some(Period { from, to })
}

/// The days of `window` from `first` on, each with the sum of its sales.
fn spread(window: Period, first: NaiveDate, sold: Vec<(NaiveDate, i64)>) -> Vec<i64> {
    let from = window.from.max(first);
    let days = usize::try_from((window.to - from).num_days() + 1).unwrap_or(0);
    let mut units = vec![0_i64; days];
    for (day, requested) in sold {
        let place = usize::try_from((day - from).num_days()).ok();
        if let Some(units) = place.and_then(|place| units.get_mut(place)) {
            *units = units.saturating_add(requested);
        }
    }
    units
}

fn whole(sum: Option<BigDecimal>) -> i64 {
    sum.and_then(|sum| sum.to_i64()).unwrap_or(0)
}
