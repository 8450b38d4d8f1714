//! Sales: one a row, known by `reference`, and without one by all that the row says.

use std::collections::HashMap;

use bigdecimal::BigDecimal;
use chrono::NaiveDate;
use wharf_domain::ids::named;
use wharf_store::{bulk::history::SaleRow, companies::Company};

use super::{
    CODE, File, Known, NAME, Seen, Tally,
    cells::{Cells, amount, currency, day, units, words},
    check_currency,
    sheet::{Column, optional, required},
};

pub(super) const COLUMNS: &[Column] = &[
    required("date", &["sold_on", "day", "sale_date", "order_date"]),
    required("sku", &["product_code", "item_code", "code", "product"]),
    required("location", &["location_name", "warehouse"]),
    required("quantity", &["qty", "quantity_sold"]),
    required("unit_price", &["price"]),
    optional("requested", &["quantity_requested", "quantity_ordered"]),
    optional("currency", &[]),
    optional("reference", &["sale_id", "line_id"]),
];

/// What the references of rows without one begin with.
const DERIVED: &str = "row:";
/// Nothing was sold before.
const FIRST_YEAR: i32 = 1970;

#[derive(Debug)]
pub(crate) struct Line {
    row: usize,
    date: NaiveDate,
    sku: String,
    location: String,
    quantity: i64,
    requested: i64,
    unit_price: BigDecimal,
    currency: Option<String>,
    reference: Option<String>,
}

pub(super) fn read(cells: &mut Cells<'_>) -> Option<Line> {
    let date = cells.needed("date", day);
    let sku = cells.needed("sku", words(CODE));
    let location = cells.needed("location", words(NAME));
    let quantity = cells.needed("quantity", units).unwrap_or_default();
    let requested = cells.given("requested", units).value().unwrap_or(quantity);
    if requested < quantity {
        cells.wrong(
            "requested",
            format_args!("{requested} is less than the quantity, {quantity} or more is expected"),
        );
    }
    let unit_price = cells.needed("unit_price", amount).unwrap_or_default();
    let currency = cells.given("currency", currency).value();
    let reference = cells.given("reference", words(NAME)).value();
    if reference
        .as_ref()
        .is_some_and(|text| text.starts_with(DERIVED))
    {
        cells.wrong("reference", "no reference may begin with \"row:\"");
    }
    Some(Line {
        row: cells.row.number,
        date: date?,
        sku: sku?,
        location: location?,
        quantity,
        requested,
        unit_price,
        currency,
        reference,
    })
}

/// The rows as they shall be; what cannot be is told.
pub(super) fn rows(
    file: &mut File<Line>,
    company: &Company,
    today: NaiveDate,
    known: &Known,
) -> Vec<SaleRow> {
    let (mut rows, mut seen) = (Vec::new(), Seen::default());
    let mut alike: HashMap<String, usize> = HashMap::new();
    for line in file.lines.drain(..) {
        let problems = &mut file.problems;
        let product = known.product(line.row, &line.sku, problems);
        let location = known.location(line.row, &line.location, problems);
        let stated = line.currency.as_deref();
        check_currency(line.row, stated, &company.currency, problems);
        let first = NaiveDate::from_yo_opt(FIRST_YEAR, 1).unwrap_or_default();
        if line.date > today || line.date < first {
            let what = format_args!("{} is not between {first} and today, {today}", line.date);
            problems.add(line.row, "date", what);
        }
        let (Some(product_id), Some(location_id)) = (product, location) else {
            continue;
        };
        let mut row = SaleRow {
            reference: String::new(),
            product_id,
            location_id,
            sold_on: line.date,
            requested: line.requested,
            quantity: line.quantity,
            unit_price: line.unit_price,
        };
        row.reference = match line.reference {
            Some(reference) => {
                if !seen.first(reference.clone(), line.row, "reference", problems) {
                    continue;
                }
                reference
            }
            None => derive(&row, &mut alike),
        };
        rows.push(row);
    }
    rows
}

/// The reference of a row that has none: the same for the same row of the same file. Of rows that
/// say the same, the first, second and so on have one each.
fn derive(row: &SaleRow, alike: &mut HashMap<String, usize>) -> String {
    let price = row.unit_price.normalized().to_plain_string();
    let said = format!(
        "{} {} {} {} {} {price}",
        row.sold_on, row.product_id, row.location_id, row.requested, row.quantity
    );
    let count = alike.entry(said.clone()).or_default();
    *count += 1;
    format!("{DERIVED}{}", named(&format!("sale:{said} {count}")))
}

/// The rows to be written, held against those that are there.
pub(super) fn plan(rows: Vec<SaleRow>, all: Vec<SaleRow>) -> (Vec<SaleRow>, Tally) {
    let old: HashMap<String, SaleRow> = all
        .into_iter()
        .map(|row| (row.reference.clone(), row))
        .collect();
    let mut tally = Tally::default();
    let rows = rows.into_iter();
    let changed = rows.filter_map(|row| {
        let old = old.get(&row.reference);
        tally.settle(old, row)
    });
    let changed = changed.collect();
    (changed, tally)
}
