//! Stock as it was counted: one product at one place a row.

use std::collections::HashMap;

use uuid::Uuid;
use wharf_store::bulk::history::{Counted, Level};

use super::{
    CODE, File, Known, NAME, Seen, Tally,
    cells::{Cells, Given, units, words},
    sheet::{Column, optional, required},
};

pub(super) const COLUMNS: &[Column] = &[
    required("sku", &["product_code", "item_code", "code", "product"]),
    required("location", &["location_name", "warehouse"]),
    required("quantity", &["qty", "stock", "on_hand", "quantity_on_hand"]),
    optional("reorder_point", &["reorder_level"]),
];

#[derive(Debug)]
pub(crate) struct Line {
    row: usize,
    sku: String,
    location: String,
    quantity: i64,
    reorder_point: Given<i64>,
}

pub(super) fn read(cells: &mut Cells<'_>) -> Option<Line> {
    let sku = cells.needed("sku", words(CODE));
    let location = cells.needed("location", words(NAME));
    let quantity = cells.needed("quantity", units);
    let reorder_point = cells.given("reorder_point", units);
    Some(Line {
        row: cells.row.number,
        sku: sku?,
        location: location?,
        quantity: quantity.unwrap_or_default(),
        reorder_point,
    })
}

/// A line whose product and place are known.
pub(super) struct Placed {
    pub(super) product_id: Uuid,
    location_id: Uuid,
    line: Line,
}

/// The lines with their products and places; what is not known, or there twice, is told.
pub(super) fn place(file: &mut File<Line>, known: &Known) -> Vec<Placed> {
    let (mut placed, mut seen) = (Vec::new(), Seen::default());
    for line in file.lines.drain(..) {
        let problems = &mut file.problems;
        let product = known.product(line.row, &line.sku, problems);
        let location = known.location(line.row, &line.location, problems);
        let (Some(product_id), Some(location_id)) = (product, location) else {
            continue;
        };
        let both = format!("{product_id} {location_id}");
        if seen.first(both, line.row, "location", problems) {
            placed.push(Placed {
                product_id,
                location_id,
                line,
            });
        }
    }
    placed
}

/// The levels to be written, held against those that are there.
pub(super) fn plan(placed: Vec<Placed>, all: Vec<Level>) -> (Vec<Counted>, Tally) {
    let old: HashMap<(Uuid, Uuid), Level> = all
        .into_iter()
        .map(|level| ((level.product_id, level.location_id), level))
        .collect();
    let (mut rows, mut tally) = (Vec::new(), Tally::default());
    for Placed {
        product_id,
        location_id,
        line,
    } in placed
    {
        let old = old.get(&(product_id, location_id));
        let level = Level {
            product_id,
            location_id,
            quantity: line.quantity,
            reorder_point: line
                .reorder_point
                .over(old.and_then(|old| old.reorder_point)),
        };
        let before = old.map(|old| old.quantity);
        let counted = tally.settle(old, level);
        rows.extend(counted.map(|level| Counted { before, level }));
    }
    (rows, tally)
}
