//! Reads a company's names from a CSV file for `wharfctl parse` and `evaluate`.

use std::path::Path;

use anyhow::Context as _;
use wharf_nlp::understand::catalogue::{Catalogue, CatalogueItem, ItemKind};

/// The catalogue in `file`: the first line names the columns sku, name, aliases and perhaps kind.
///
/// # Errors
/// When the file cannot be read, has no column `name`, or names an unknown kind.
pub(super) fn read(file: &Path) -> anyhow::Result<Catalogue> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let items = items(&text).with_context(|| format!("in {}", file.display()))?;
    Ok(Catalogue::build(items))
}

fn items(text: &str) -> anyhow::Result<Vec<CatalogueItem>> {
    let mut rows = rows(text).into_iter();
    let header = rows.next().context("the file is empty")?;
    let column = |name: &str| {
        header.iter().position(|title| {
            title
                .trim()
                .trim_start_matches('\u{feff}')
                .eq_ignore_ascii_case(name)
        })
    };
    let name = column("name").context("there is no column `name`")?;
    let (sku, aliases, kind) = (column("sku"), column("aliases"), column("kind"));
    rows.filter(|row| row.iter().any(|field| !field.trim().is_empty()))
        .map(|row| {
            let field = |at: Option<usize>| {
                at.and_then(|at| row.get(at))
                    .map_or("", |field| field.trim())
            };
            let sku = Some(field(sku)).filter(|sku| !sku.is_empty());
            Ok(CatalogueItem {
                kind: match field(kind) {
                    "" if sku.is_none() => ItemKind::Supplier,
                    "" | "product" => ItemKind::Product,
                    "supplier" => ItemKind::Supplier,
                    "location" => ItemKind::Location,
                    other => anyhow::bail!("`{other}` is no kind"),
                },
                sku: sku.map(str::to_owned),
                name: field(Some(name)).to_owned(),
                aliases: field(aliases)
                    .split([';', '|'])
                    .map(str::trim)
                    .filter(|alias| !alias.is_empty())
                    .map(str::to_owned)
                    .collect(),
            })
        })
        .collect()
}

/// The rows of a CSV text; fields may be quoted, quotes inside are doubled.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut row = vec![String::new()];
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let field = row.last_mut();
        match (c, quoted) {
            ('"', true) if characters.peek() == Some(&'"') => {
                characters.next();
                field.map(|field| field.push('"')).unwrap_or_default();
            }
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(String::new()),
            ('\n', false) => rows.push(std::mem::replace(&mut row, vec![String::new()])),
            ('\r', false) => {}
            (other, _) => field.map(|field| field.push(other)).unwrap_or_default(),
        }
    }
    if row.iter().any(|field| !field.is_empty()) {
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_products_and_suppliers() {
        let items = items(
            "sku,name,aliases\r\nWID-1,\"Gloves, \"\"blue\"\"\",\"a;b | c\"\n,Carter & Sons,\n\n",
        )
        .unwrap();
        assert_eq!(items[0].name, "Gloves, \"blue\"");
        assert_eq!(items[0].aliases, ["a", "b", "c"]);
        assert_eq!(items[1].kind, ItemKind::Supplier);
        assert_eq!(items.len(), 2);
    }
}
