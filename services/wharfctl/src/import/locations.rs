//! Places that hold stock: one a row, known by `name`.

use std::collections::HashMap;

use uuid::Uuid;
use wharf_store::{
    bulk::catalogue::{EntityRow, LocationRow},
    companies::Company,
};

use super::{
    File, Ids, Known, NAME, Seen, Tally,
    cells::{Cells, words},
    name,
    sheet::{Column, optional, required},
};

pub(super) const COLUMNS: &[Column] = &[
    required("name", &["location", "location_name", "warehouse"]),
    optional("legal_entity", &["entity", "owner"]),
];

#[derive(Debug)]
pub(crate) struct Line {
    row: usize,
    name: String,
    legal_entity: Option<String>,
}

pub(super) fn read(cells: &mut Cells<'_>) -> Option<Line> {
    let name = cells.needed("name", words(NAME));
    let legal_entity = cells.given("legal_entity", words(NAME)).value();
    Some(Line {
        row: cells.row.number,
        name: name?,
        legal_entity,
    })
}

/// What is to be written of a file.
pub(super) struct Plan {
    pub(super) entities: Vec<EntityRow>,
    pub(super) rows: Vec<LocationRow>,
    pub(super) tally: Tally,
}

/// The rows to be written of a file, held against what the company has. A new place belongs to the
/// legal entity of the company's name when the file names none; an old one keeps its own.
pub(super) fn plan(
    file: &mut File<Line>,
    entities: Vec<EntityRow>,
    all: Vec<LocationRow>,
    company: &Company,
    known: &mut Known,
) -> Plan {
    let mut new_entities: Vec<EntityRow> = Vec::new();
    let mut entity_ids = Ids::new(company.id, "entity", entities.iter().map(|row| row.id));
    let mut ids = Ids::new(company.id, "location", all.iter().map(|row| row.id));
    let mut by_name: HashMap<String, Uuid> = entities
        .into_iter()
        .map(|row| (name(&row.name), row.id))
        .collect();
    let mut entity = |title: String| {
        let key = name(&title);
        if let Some(id) = by_name.get(&key) {
            return *id;
        }
        let id = entity_ids.derive(&key);
        by_name.insert(key, id);
        new_entities.push(EntityRow { id, name: title });
        id
    };
    let old: HashMap<String, LocationRow> =
        all.into_iter().map(|row| (name(&row.name), row)).collect();
    let (mut rows, mut tally, mut seen) = (Vec::new(), Tally::default(), Seen::default());
    for line in file.lines.drain(..) {
        let key = name(&line.name);
        if !seen.first(key.clone(), line.row, "name", &mut file.problems) {
            continue;
        }
        let old = old.get(&key);
        let legal_entity_id = match (line.legal_entity, old) {
            (Some(title), _) => entity(title),
            (None, Some(old)) => old.legal_entity_id,
            (None, None) => entity(company.name.clone()),
        };
        let row = LocationRow {
            id: old.map_or_else(|| ids.derive(&key), |old| old.id),
            legal_entity_id,
            name: line.name,
        };
        known.locations.entry(key).or_insert(row.id);
        rows.extend(tally.settle(old, row));
    }
    Plan {
        entities: new_entities,
        rows,
        tally,
    }
}
