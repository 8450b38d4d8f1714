//! A company's own data out of CSV files: `wharfctl import`. What the files may look like stands in
//! `docs/import.md`, which goes with the `COLUMNS` here.
//!
//! Bytes become rows (`split.rs`), rows a table with known columns (`sheet.rs`), cells values
//! (`cells.rs`), and a kind of file its lines (`products.rs` and its neighbours), which are then
//! held against what the company has. `load.rs` does so for all files in one transaction, and
//! writes only when nothing is wrong anywhere.
//!
//! To add a column: its line in `COLUMNS`, in `Line`, in `read` and `plan` of its kind, and in
//! `docs/import.md`. To add a kind of file: a file like `suppliers.rs` and its part in `load.rs`.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use anyhow::Context as _;
use uuid::Uuid;
use wharf_domain::ids::{CompanyId, named};

pub(crate) mod cells;
pub(crate) mod load;
mod locations;
mod offers;
pub(crate) mod problems;
mod products;
mod sales;
pub(crate) mod sheet;
mod split;
mod stock;
mod suppliers;

use self::{
    cells::{Cells, Notation},
    problems::Problems,
    sheet::{Column, MAX_BYTES, Sheet, show},
};

/// Characters of a code at most.
const CODE: usize = 64;
/// Characters of a name at most.
const NAME: usize = 200;

/// A file as it was read.
#[derive(Debug)]
pub(crate) struct File<L> {
    pub(crate) lines: Vec<L>,
    pub(crate) problems: Problems,
    /// Titles of columns that nothing is known of.
    pub(crate) unused: Vec<String>,
}

/// The files of an import.
pub(crate) struct Paths<'a> {
    pub(crate) locations: Option<&'a Path>,
    pub(crate) products: Option<&'a Path>,
    pub(crate) suppliers: Option<&'a Path>,
    pub(crate) offers: Option<&'a Path>,
    pub(crate) stock: Option<&'a Path>,
    pub(crate) sales: Option<&'a Path>,
}

/// Reads the files.
///
/// # Errors
/// When one cannot be opened or is too long. What is wrong inside is in its problems.
pub(crate) fn open(paths: &Paths<'_>, notation: Notation) -> anyhow::Result<load::Files> {
    macro_rules! file {
        ($file:ident, $kind:ident) => {
            paths
                .$file
                .map(|path| File::open(path, $kind::COLUMNS, notation, $kind::read))
                .transpose()?
        };
    }
    Ok(load::Files {
        locations: file!(locations, locations),
        products: file!(products, products),
        suppliers: file!(suppliers, suppliers),
        offers: file!(offers, offers),
        stock: file!(stock, stock),
        sales: file!(sales, sales),
    })
}

impl<L> File<L> {
    /// Reads the file at `path`, a line from each row.
    ///
    /// # Errors
    /// When the file cannot be opened or is too long. What is wrong inside is in its problems.
    fn open(
        path: &Path,
        columns: &[Column],
        notation: Notation,
        read: impl FnMut(&mut Cells<'_>) -> Option<L>,
    ) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let length = std::fs::metadata(path).with_context(|| name.clone())?.len();
        anyhow::ensure!(
            length <= MAX_BYTES,
            "{name} has {length} bytes; at most {MAX_BYTES} are read: split the file"
        );
        let bytes = std::fs::read(path).with_context(|| name.clone())?;
        Ok(Self::read(name, &bytes, columns, notation, read))
    }

    fn read(
        name: String,
        bytes: &[u8],
        columns: &[Column],
        notation: Notation,
        mut read: impl FnMut(&mut Cells<'_>) -> Option<L>,
    ) -> Self {
        let mut problems = Problems::new(name);
        let Some(sheet) = Sheet::read(bytes, columns, notation, &mut problems) else {
            return Self {
                lines: Vec::new(),
                problems,
                unused: Vec::new(),
            };
        };
        let mut lines = Vec::with_capacity(sheet.rows.len());
        for row in &sheet.rows {
            sheet.check_width(row, &mut problems);
            let mut cells = Cells {
                sheet: &sheet,
                row,
                notation,
                problems: &mut problems,
            };
            lines.extend(read(&mut cells));
        }
        Self {
            lines,
            problems,
            unused: sheet.unused,
        }
    }
}

/// What came of the rows of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) new: usize,
    pub(crate) changed: usize,
    pub(crate) same: usize,
}

impl Tally {
    /// Counts a row; gives it back when it has to be written.
    fn settle<T: PartialEq>(&mut self, old: Option<&T>, row: T) -> Option<T> {
        match old {
            None => self.new += 1,
            Some(old) if *old == row => {
                self.same += 1;
                return None;
            }
            Some(_) => self.changed += 1,
        }
        Some(row)
    }
}

/// Keys of a file with the row that each was first in.
#[derive(Default)]
struct Seen(HashMap<String, usize>);

impl Seen {
    /// Whether the key is new; else says where it stood.
    fn first(&mut self, key: String, row: usize, column: &str, problems: &mut Problems) -> bool {
        if let Some(before) = self.0.get(&key) {
            problems.add(
                row,
                column,
                format_args!("the same is in row {before} already"),
            );
            return false;
        }
        self.0.insert(key, row);
        true
    }
}

/// Ids of new rows, derived from what the row is known by.
struct Ids {
    prefix: String,
    taken: HashSet<Uuid>,
}

impl Ids {
    fn new(company: CompanyId, kind: &str, taken: impl Iterator<Item = Uuid>) -> Self {
        Self {
            prefix: format!("import:{company}:{kind}"),
            taken: taken.collect(),
        }
    }

    /// An id that no row has: the one that `key` stands for may be that of a row with another key
    /// by now.
    fn derive(&mut self, key: &str) -> Uuid {
        let mut id = named(&format!("{}:{key}", self.prefix));
        while !self.taken.insert(id) {
            id = named(&format!("{}:{id}", self.prefix));
        }
        id
    }
}

/// What rows may refer to, those of the other files among them: by [`code`] or [`name`].
#[derive(Default)]
pub(crate) struct Known {
    products: HashMap<String, Uuid>,
    locations: HashMap<String, Uuid>,
    suppliers: HashMap<String, Uuid>,
}

/// A product's code as it is compared, as the database compares it.
fn code(sku: &str) -> String {
    sku.to_uppercase()
}

/// A name as it is compared, as the database compares it.
fn name(name: &str) -> String {
    name.to_lowercase()
}

impl Known {
    fn product(&self, row: usize, sku: &str, problems: &mut Problems) -> Option<Uuid> {
        let found = self.products.get(&code(sku)).copied();
        if found.is_none() {
            let what = "is no product of the company, nor of the products given";
            problems.add(row, "sku", format_args!("{} {what}", show(sku)));
        }
        found
    }

    fn location(&self, row: usize, place: &str, problems: &mut Problems) -> Option<Uuid> {
        let found = self.locations.get(&name(place)).copied();
        if found.is_none() {
            let what = "is no location of the company, nor of the locations given";
            problems.add(row, "location", format_args!("{} {what}", show(place)));
        }
        found
    }

    fn supplier(&self, row: usize, supplier: &str, problems: &mut Problems) -> Option<Uuid> {
        let found = self.suppliers.get(&name(supplier)).copied();
        if found.is_none() {
            let what = "is no supplier of the company, nor of the suppliers given";
            problems.add(row, "supplier", format_args!("{} {what}", show(supplier)));
        }
        found
    }
}

/// Says so when a file's money is not in the company's currency.
fn check_currency(row: usize, stated: Option<&str>, currency: &str, problems: &mut Problems) {
    if let Some(stated) = stated.filter(|stated| *stated != currency) {
        let what = format_args!("{stated} is not the company's currency, {currency} is expected");
        problems.add(row, "currency", what);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Bytes as each kind of file.
    fn read_as_each(bytes: &[u8]) {
        macro_rules! read {
            ($($kind:ident),+) => { $( {
                let mut header: Vec<String> =
                    $kind::COLUMNS.iter().map(|column| column.name.to_owned()).collect();
                header.push("more".to_owned());
                let mut text = header.join(",").into_bytes();
                text.push(b'\n');
                text.extend(bytes);
                let name = "f.csv".to_owned();
                File::read(name, &text, $kind::COLUMNS, Notation::default(), $kind::read);
            } )+ };
        }
        read!(locations, products, suppliers, offers, stock, sales);
    }

    proptest! {
        #[test]
        fn no_file_is_too_much(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            text in "(?s)([-a1-9.,;|@\"\n ]|\\PC){0,300}",
        ) {
            read_as_each(&bytes);
            read_as_each(text.as_bytes());
        }

        /// Each wrong cell is told with the row that a spreadsheet shows, and none else is.
        #[test]
        fn the_rows_told_are_those_that_are_wrong(
            rows in prop::collection::vec((0..3_usize, any::<bool>(), 0..3_u8), 1..40),
        ) {
            let mut text = "sku,name,price\n".to_owned();
            let (mut number, mut wrong) = (1, Vec::new());
            for (blank, two_lines, kind) in rows {
                text.push_str(&"\n".repeat(blank));
                number += blank + 1;
                let name = if two_lines { "\"1\n5\"" } else { "15" };
                let (sku, price) = match kind {
                    0 => ("", "1"),
                    1 => ("A", "1,5"),
                    _ => ("A", "1.5"),
                };
                text.push_str(&format!("{sku},{name},\"{price}\"\n"));
                if kind < 2 {
                    wrong.push((number, if kind == 0 { "sku" } else { "price" }));
                }
                if two_lines {
                    wrong.push((number, "name"));
                }
            }
            let read = |text: &str| File::read(
                "f.csv".to_owned(), text.as_bytes(), products::COLUMNS, Notation::default(),
                products::read,
            );
            let told = read(&text).problems.lines();
            let mut told: Vec<String> = told
                .iter()
                .map(|line| line.splitn(4, ':').take(3).collect::<Vec<_>>().join(":"))
                .collect();
            told.sort();
            let mut expected: Vec<String> = wrong
                .iter()
                .map(|(row, column)| format!("f.csv:{row}: {column}"))
                .collect();
            expected.sort();
            prop_assert_eq!(told, expected);
        }
    }
}
