//! Reads a company's names from a CSV file for `wharfctl parse` and `evaluate`.

use std::path::Path;

use anyhow::Context as _;
use wharf_nlp::understand::catalogue::{Catalogue, CatalogueItem, ItemKind};

use crate::import::{
    cells::Notation,
    problems::Problems,
    sheet::{Column, Sheet, optional, required},
};

const COLUMNS: &[Column] = &[
    required("name", &[]),
    optional("sku", &[]),
    optional("aliases", &[]),
    optional("kind", &[]),
];

/// The catalogue in `file`: the first line names the columns sku, name, aliases and perhaps kind.
///
/// # Errors
/// When the file cannot be read, has no column `name`, or names an unknown kind.
pub(super) fn read(file: &Path) -> anyhow::Result<Catalogue> {
    let name = file.display().to_string();
    let bytes = std::fs::read(file).with_context(|| format!("reading {name}"))?;
    Ok(Catalogue::build(items(&name, &bytes)?))
}

fn items(name: &str, bytes: &[u8]) -> anyhow::Result<Vec<CatalogueItem>> {
    let mut problems = Problems::new(name);
    let sheet = Sheet::read(bytes, COLUMNS, Notation::default(), &mut problems);
    let mut items = Vec::new();
    for row in sheet.iter().flat_map(|sheet| &sheet.rows) {
        let field = |column| {
            let cell = sheet.as_ref().and_then(|sheet| sheet.cell(row, column));
            cell.unwrap_or_default()
        };
        let sku = Some(field("sku")).filter(|sku| !sku.is_empty());
        let kind = match field("kind") {
            "" if sku.is_none() => ItemKind::Supplier,
            "" | "product" => ItemKind::Product,
            "supplier" => ItemKind::Supplier,
            "location" => ItemKind::Location,
            other => {
                problems.add(row.number, "kind", format_args!("`{other}` is no kind"));
                continue;
            }
        };
        items.push(CatalogueItem {
            kind,
            sku: sku.map(str::to_owned),
            name: field("name").to_owned(),
            aliases: field("aliases")
                .split([';', '|'])
                .map(str::trim)
                .filter(|alias| !alias.is_empty())
                .map(str::to_owned)
                .collect(),
        });
    }
    match problems.lines().into_iter().next() {
        Some(problem) => anyhow::bail!(problem),
        None => Ok(items),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_products_and_suppliers() {
        let text =
            "sku,name,aliases\r\nWID-1,\"Gloves, \"\"blue\"\"\",\"a;b | c\"\n,Carter & Sons,\n\n";
        let items = items("names.csv", text.as_bytes()).unwrap();
        assert_eq!(items[0].name, "Gloves, \"blue\"");
        assert_eq!(items[0].aliases, ["a", "b", "c"]);
        assert_eq!(items[1].kind, ItemKind::Supplier);
        assert_eq!(items.len(), 2);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_row() {
        let told = |text: &str| items("n.csv", text.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            told("name,kind\na,\nb,thing\n"),
            "n.csv:3: kind: `thing` is no kind"
        );
        assert!(told("sku\n").starts_with("n.csv:1: name: there is no such column"));
    }
}
