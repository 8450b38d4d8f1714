//! The demo's products and stock, out of `products.csv`.

use std::str::FromStr;

use bigdecimal::{BigDecimal, ToPrimitive};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::CompanyId;

use super::product_id;

use crate::{
    Result,
    error::StoreError,
    schema::{products, stock_levels},
};

const FILE: &str = include_str!("products.csv");
const FIELDS: usize = 14;

/// A product and its stock at each place: quantity and reorder point.
pub(super) struct Line {
    pub(super) sku: String,
    name: String,
    unit: String,
    aliases: Vec<String>,
    lead_time_days: Option<i32>,
    reorder_point: Option<i64>,
    average_daily_demand: Option<BigDecimal>,
    last_reorder_on: Option<NaiveDate>,
    pub(super) stock: [(i64, Option<i64>); 3],
}

/// Every line of the file.
pub(super) fn read() -> Result<Vec<Line>> {
    FILE.lines()
        .enumerate()
        .skip(1)
        .map(|(index, line)| {
            read_line(line).map_err(|problem| {
                StoreError::Invalid(format!("products.csv line {}: {problem}", index + 1))
            })
        })
        .collect()
}

fn read_line(line: &str) -> std::result::Result<Line, String> {
    let fields: Vec<&str> = line.split(';').collect();
    let [
        sku,
        name,
        unit,
        aliases,
        lead_time,
        point,
        demand,
        reordered,
        stock @ ..,
    ] = fields.as_slice()
    else {
        return Err(format!("{} fields instead of {FIELDS}", fields.len()));
    };
    let [q1, p1, q2, p2, q3, p3] = stock else {
        return Err(format!("{} fields instead of {FIELDS}", fields.len()));
    };
    let place = |quantity: &str, point: &str| -> std::result::Result<_, String> {
        let quantity = optional(quantity)?.ok_or("a quantity is missing")?;
        Ok((quantity, optional(point)?))
    };
    Ok(Line {
        sku: (*sku).to_owned(),
        name: (*name).to_owned(),
        unit: (*unit).to_owned(),
        aliases: aliases
            .split('/')
            .filter(|alias| !alias.is_empty())
            .map(str::to_owned)
            .collect(),
        lead_time_days: optional(lead_time)?,
        reorder_point: optional(point)?,
        average_daily_demand: optional(demand)?,
        last_reorder_on: optional(reordered)?,
        stock: [place(q1, p1)?, place(q2, p2)?, place(q3, p3)?],
    })
}

/// A field; `None` when it is empty.
pub(super) fn optional<T: FromStr>(text: &str) -> std::result::Result<Option<T>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| format!("cannot read {text:?}"))
}

impl Line {
    /// Units sold a day at a place: its share of the demand is that of the `total` stock. `None`
    /// when the demand is not known.
    #[expect(clippy::cast_precision_loss, reason = "stock is far below 2^52")]
    pub(super) fn demand_at(&self, place: usize, total: i64) -> Option<f64> {
        let demand = self.average_daily_demand.as_ref()?.to_f64()?;
        let even = 1.0 / self.stock.len() as f64;
        let stock = self.stock.get(place)?.0;
        let share = if total > 0 {
            stock as f64 / total as f64
        } else {
            even
        };
        // An empty place sells too.
        Some(demand * (0.7 * share + 0.3 * even))
    }

    /// Writes the product, and its stock where there is none or with `reset`. Returns how many
    /// rows of stock were written.
    pub(super) async fn write(
        &self,
        conn: &mut AsyncPgConnection,
        company: CompanyId,
        places: &[Uuid],
        now: DateTime<Utc>,
        reset: bool,
    ) -> Result<usize> {
        let id = product_id(&self.sku);
        let values = (
            products::sku.eq(&self.sku),
            products::name.eq(&self.name),
            products::unit.eq(&self.unit),
            products::aliases.eq(&self.aliases),
            products::lead_time_days.eq(self.lead_time_days),
            products::reorder_point.eq(self.reorder_point),
            products::average_daily_demand.eq(&self.average_daily_demand),
        );
        diesel::insert_into(products::table)
            .values((
                products::id.eq(id),
                products::company_id.eq(company.0),
                products::last_reorder_on.eq(self.last_reorder_on),
                values,
            ))
            .on_conflict(products::id)
            .do_update()
            .set(values)
            .execute(conn)
            .await?;
        if reset {
            diesel::update(products::table.find(id))
                .set(products::last_reorder_on.eq(self.last_reorder_on))
                .execute(conn)
                .await?;
            diesel::delete(stock_levels::table)
                .filter(stock_levels::company_id.eq(company.0))
                .filter(stock_levels::product_id.eq(id))
                .execute(conn)
                .await?;
        }
        let rows: Vec<_> = places
            .iter()
            .zip(&self.stock)
            .map(|(place, (quantity, point))| {
                (
                    stock_levels::company_id.eq(company.0),
                    stock_levels::product_id.eq(id),
                    stock_levels::location_id.eq(*place),
                    stock_levels::quantity.eq(*quantity),
                    stock_levels::reorder_point.eq(*point),
                    stock_levels::updated_at.eq(now),
                )
            })
            .collect();
        Ok(diesel::insert_into(stock_levels::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(conn)
            .await?)
    }
}
