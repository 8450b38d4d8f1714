//! Suppliers: one a row, known by `name`.

use std::collections::HashMap;

use wharf_store::{bulk::purchasing::SupplierRow, companies::Company};

use super::{
    File, Ids, Known, NAME, Seen, Tally,
    cells::{Cells, Given, days, email, words, yes},
    name,
    sheet::{Column, optional, required},
};

pub(super) const COLUMNS: &[Column] = &[
    required("name", &["supplier", "supplier_name", "vendor"]),
    optional("contact_name", &["contact", "contact_person"]),
    optional("email", &["e_mail", "mail"]),
    optional("phone", &["telephone", "phone_number"]),
    optional("lead_time_days", &["lead_time"]),
    optional("payment_terms", &["terms"]),
    optional("active", &[]),
];

#[derive(Debug)]
pub(crate) struct Line {
    row: usize,
    name: String,
    contact_name: Given<String>,
    email: Given<String>,
    phone: Given<String>,
    lead_time_days: Given<i32>,
    payment_terms: Given<String>,
    active: Given<bool>,
}

pub(super) fn read(cells: &mut Cells<'_>) -> Option<Line> {
    let name = cells.needed("name", words(NAME));
    let line = Line {
        row: cells.row.number,
        name: name?,
        contact_name: cells.given("contact_name", words(NAME)),
        email: cells.given("email", email),
        phone: cells.given("phone", words(NAME)),
        lead_time_days: cells.given("lead_time_days", days),
        payment_terms: cells.given("payment_terms", words(NAME)),
        active: cells.given("active", yes),
    };
    Some(line)
}

/// The rows to be written of a file, held against `all` that the company has.
pub(super) fn plan(
    file: &mut File<Line>,
    all: Vec<SupplierRow>,
    company: &Company,
    known: &mut Known,
) -> (Vec<SupplierRow>, Tally) {
    let mut ids = Ids::new(company.id, "supplier", all.iter().map(|row| row.id));
    let old: HashMap<String, SupplierRow> =
        all.into_iter().map(|row| (name(&row.name), row)).collect();
    let (mut rows, mut tally, mut seen) = (Vec::new(), Tally::default(), Seen::default());
    for line in file.lines.drain(..) {
        let key = name(&line.name);
        if !seen.first(key.clone(), line.row, "name", &mut file.problems) {
            continue;
        }
        let old = old.get(&key);
        let was = |of: fn(&SupplierRow) -> &Option<String>| old.and_then(|old| of(old).clone());
        let active = line.active.over(old.map(|old| old.active));
        let lead_time = old.and_then(|old| old.lead_time_days);
        let row = SupplierRow {
            id: old.map_or_else(|| ids.derive(&key), |old| old.id),
            name: line.name,
            contact_name: line.contact_name.over(was(|old| &old.contact_name)),
            email: line.email.over(was(|old| &old.email)),
            phone: line.phone.over(was(|old| &old.phone)),
            lead_time_days: line.lead_time_days.over(lead_time),
            payment_terms: line.payment_terms.over(was(|old| &old.payment_terms)),
            active: active.unwrap_or(true),
        };
        known.suppliers.entry(key).or_insert(row.id);
        rows.extend(tally.settle(old, row));
    }
    (rows, tally)
}
