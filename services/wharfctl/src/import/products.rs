//! Products: one a row, known by `sku`.

use std::collections::HashMap;

use bigdecimal::BigDecimal;
use chrono::NaiveDate;
use uuid::Uuid;
use wharf_store::{bulk::catalogue::ProductRow, companies::Company};

use super::{
    CODE, File, Ids, Known, NAME, Seen, Tally,
    cells::{Cells, Given, amount, currency, day, days, list, some_units, units, words},
    check_currency, code,
    sheet::{Column, optional, required},
};

pub(super) const COLUMNS: &[Column] = &[
    required("sku", &["product_code", "item_code", "code"]),
    required("name", &["product_name", "product", "description"]),
    optional("unit", &["unit_of_measure", "uom"]),
    optional("aliases", &["alias", "other_names"]),
    optional("category", &["product_category"]),
    optional("pack_size", &["units_per_pack"]),
    optional("price", &["sales_price", "selling_price"]),
    optional("cost", &["unit_cost", "cost_price"]),
    optional("currency", &[]),
    optional("lead_time_days", &["lead_time"]),
    optional("reorder_point", &["reorder_level"]),
    optional("average_daily_demand", &["daily_demand"]),
    optional("last_reorder_on", &["last_reorder"]),
];

#[derive(Debug)]
pub(crate) struct Line {
    row: usize,
    sku: String,
    name: String,
    unit: Given<String>,
    aliases: Given<Vec<String>>,
    category: Given<String>,
    pack_size: Given<i64>,
    price: Given<BigDecimal>,
    cost: Given<BigDecimal>,
    currency: Option<String>,
    lead_time_days: Given<i32>,
    reorder_point: Given<i64>,
    average_daily_demand: Given<BigDecimal>,
    last_reorder_on: Given<NaiveDate>,
}

pub(super) fn read(cells: &mut Cells<'_>) -> Option<Line> {
    let sku = cells.needed("sku", words(CODE));
    let name = cells.needed("name", words(NAME));
    let line = Line {
        row: cells.row.number,
        sku: sku?,
        // A product without a name is told; rows of other files may still refer to it.
        name: name.unwrap_or_default(),
        unit: cells.given("unit", words(CODE)),
        aliases: cells.given("aliases", list),
        category: cells.given("category", words(NAME)),
        pack_size: cells.given("pack_size", some_units),
        price: cells.given("price", amount),
        cost: cells.given("cost", amount),
        currency: cells.given("currency", currency).value(),
        lead_time_days: cells.given("lead_time_days", days),
        reorder_point: cells.given("reorder_point", units),
        average_daily_demand: cells.given("average_daily_demand", amount),
        last_reorder_on: cells.given("last_reorder_on", day),
    };
    Some(line)
}

/// The rows to be written of a file, held against `all` that the company has.
pub(super) fn plan(
    file: &mut File<Line>,
    all: Vec<ProductRow>,
    company: &Company,
    known: &mut Known,
) -> (Vec<ProductRow>, Tally) {
    let mut ids = Ids::new(company.id, "product", all.iter().map(|row| row.id));
    let old: HashMap<String, ProductRow> =
        all.into_iter().map(|row| (code(&row.sku), row)).collect();
    let (mut rows, mut tally, mut seen) = (Vec::new(), Tally::default(), Seen::default());
    for line in file.lines.drain(..) {
        let key = code(&line.sku);
        check_currency(
            line.row,
            line.currency.as_deref(),
            &company.currency,
            &mut file.problems,
        );
        if !seen.first(key.clone(), line.row, "sku", &mut file.problems) {
            continue;
        }
        let old = old.get(&key);
        let id = old.map_or_else(|| ids.derive(&key), |old| old.id);
        let row = merge(id, line, old);
        known.products.entry(key).or_insert(row.id);
        rows.extend(tally.settle(old, row));
    }
    (rows, tally)
}

fn merge(id: Uuid, line: Line, old: Option<&ProductRow>) -> ProductRow {
    let was = |of: fn(&ProductRow) -> Option<BigDecimal>| old.and_then(of);
    let unit = line.unit.over(old.map(|old| old.unit.clone()));
    let aliases = line.aliases.over(old.map(|old| old.aliases.clone()));
    ProductRow {
        id,
        sku: line.sku,
        name: line.name,
        unit: unit.unwrap_or_else(|| "unit".to_owned()),
        aliases: aliases.unwrap_or_default(),
        category: line.category.over(old.and_then(|old| old.category.clone())),
        pack_size: line.pack_size.over(old.and_then(|old| old.pack_size)),
        price: line.price.over(was(|old| old.price.clone())),
        cost: line.cost.over(was(|old| old.cost.clone())),
        lead_time_days: line
            .lead_time_days
            .over(old.and_then(|old| old.lead_time_days)),
        reorder_point: line
            .reorder_point
            .over(old.and_then(|old| old.reorder_point)),
        average_daily_demand: line
            .average_daily_demand
            .over(was(|old| old.average_daily_demand.clone())),
        last_reorder_on: line
            .last_reorder_on
            .over(old.and_then(|old| old.last_reorder_on)),
    }
}
