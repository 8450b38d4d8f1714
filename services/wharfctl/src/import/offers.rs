//! What suppliers sell (`--supplier-products`): one a row, known by `supplier` and `sku`.

use std::collections::{HashMap, HashSet};

use bigdecimal::BigDecimal;
use uuid::Uuid;
use wharf_store::{bulk::purchasing::OfferRow, companies::Company};

use super::{
    CODE, File, Known, NAME, Seen, Tally,
    cells::{Cells, Given, amount, currency, days, some_units, words, yes},
    sheet::{Column, optional, required},
};

pub(super) const COLUMNS: &[Column] = &[
    required("supplier", &["supplier_name", "vendor"]),
    required("sku", &["product_code", "item_code", "code", "product"]),
    required("unit_price", &["price", "purchase_price"]),
    optional("currency", &[]),
    optional("supplier_sku", &["supplier_code", "vendor_code"]),
    optional(
        "minimum_quantity",
        &["moq", "minimum", "minimum_order_quantity"],
    ),
    optional("pack_size", &["units_per_pack"]),
    optional("lead_time_days", &["lead_time"]),
    optional("preferred", &["preferred_supplier"]),
];

#[derive(Debug)]
pub(crate) struct Line {
    row: usize,
    supplier: String,
    sku: String,
    unit_price: BigDecimal,
    currency: Given<String>,
    supplier_sku: Given<String>,
    minimum_quantity: Given<i64>,
    pack_size: Given<i64>,
    lead_time_days: Given<i32>,
    preferred: Given<bool>,
}

pub(super) fn read(cells: &mut Cells<'_>) -> Option<Line> {
    let supplier = cells.needed("supplier", words(NAME));
    let sku = cells.needed("sku", words(CODE));
    let unit_price = cells.needed("unit_price", amount);
    let line = Line {
        row: cells.row.number,
        supplier: supplier?,
        sku: sku?,
        unit_price: unit_price.unwrap_or_default(),
        currency: cells.given("currency", currency),
        supplier_sku: cells.given("supplier_sku", words(CODE)),
        minimum_quantity: cells.given("minimum_quantity", some_units),
        pack_size: cells.given("pack_size", some_units),
        lead_time_days: cells.given("lead_time_days", days),
        preferred: cells.given("preferred", yes),
    };
    Some(line)
}

/// What is to be written of a file.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) rows: Vec<OfferRow>,
    /// Those whose price is new.
    pub(super) prices: Vec<OfferRow>,
    pub(super) tally: Tally,
}

type Key = (Uuid, Uuid);

fn key(offer: &OfferRow) -> Key {
    (offer.supplier_id, offer.product_id)
}

/// The rows to be written of a file, held against `all` that the company is offered. Where a row
/// says that its supplier is the preferred one of the product, no other stays so.
pub(super) fn plan(
    file: &mut File<Line>,
    all: Vec<OfferRow>,
    company: &Company,
    known: &Known,
) -> Plan {
    let old: HashMap<Key, OfferRow> = all.into_iter().map(|row| (key(&row), row)).collect();
    let (mut new, mut seen, mut preferred) = (Vec::new(), Seen::default(), Seen::default());
    let mut preferred_now: HashMap<Uuid, Uuid> = HashMap::new();
    for line in file.lines.drain(..) {
        let problems = &mut file.problems;
        let supplier = known.supplier(line.row, &line.supplier, problems);
        let product = known.product(line.row, &line.sku, problems);
        let (Some(supplier_id), Some(product_id)) = (supplier, product) else {
            continue;
        };
        let both = format!("{supplier_id} {product_id}");
        if !seen.first(both, line.row, "sku", problems) {
            continue;
        }
        if line.preferred == Given::Value(true) {
            preferred.first(product_id.to_string(), line.row, "preferred", problems);
            preferred_now.insert(product_id, supplier_id);
        }
        new.push(merge(supplier_id, product_id, line, &old, company));
    }
    let in_file: HashSet<Key> = new.iter().map(key).collect();
    let others = old.values().filter(|row| !in_file.contains(&key(row)));
    let no_longer = others.filter(|row| row.preferred).cloned();
    let mut no_longer: Vec<OfferRow> = no_longer
        .filter(|row| preferred_now.contains_key(&row.product_id))
        .collect();
    no_longer.sort_by_key(key);
    new.extend(no_longer);
    let mut plan = Plan::default();
    for mut row in new {
        if let Some(supplier) = preferred_now.get(&row.product_id) {
            row.preferred = row.supplier_id == *supplier;
        }
        let old = old.get(&key(&row));
        let price = |row: &OfferRow| (row.unit_price.clone(), row.currency.clone());
        if old.map(price) != Some(price(&row)) {
            plan.prices.push(row.clone());
        }
        plan.rows.extend(plan.tally.settle(old, row));
    }
    plan
}

fn merge(
    supplier_id: Uuid,
    product_id: Uuid,
    line: Line,
    all: &HashMap<Key, OfferRow>,
    company: &Company,
) -> OfferRow {
    let old = all.get(&(supplier_id, product_id));
    let was = |of: fn(&OfferRow) -> Option<i64>| old.and_then(of);
    let currency = line.currency.over(old.map(|old| old.currency.clone()));
    let supplier_sku = old.and_then(|old| old.supplier_sku.clone());
    let preferred = line.preferred.over(old.map(|old| old.preferred));
    OfferRow {
        supplier_id,
        product_id,
        supplier_sku: line.supplier_sku.over(supplier_sku),
        unit_price: line.unit_price,
        currency: currency.unwrap_or_else(|| company.currency.clone()),
        minimum_quantity: line.minimum_quantity.over(was(|old| old.minimum_quantity)),
        pack_size: line.pack_size.over(was(|old| old.pack_size)),
        lead_time_days: line
            .lead_time_days
            .over(old.and_then(|old| old.lead_time_days)),
        preferred: preferred.unwrap_or(false),
    }
}
