//! A file as a table: its bytes made text, the delimiter found out, the header matched with the
//! columns that are known.

use super::{
    cells::Notation,
    problems::Problems,
    split::{self, Row},
};

/// Bytes of a file at most.
pub(crate) const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The delimiters that are looked for.
pub(crate) const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// A column that a file may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// What it is called in messages and in docs/import.md.
    pub(crate) name: &'static str,
    /// What it may be called too, written as [`key`] writes it.
    pub(crate) others: &'static [&'static str],
    /// Whether a file must have it.
    pub(crate) required: bool,
}

/// A column that must be there.
pub(crate) const fn required(name: &'static str, others: &'static [&'static str]) -> Column {
    Column {
        name,
        others,
        required: true,
    }
}

/// A column that may be there.
pub(crate) const fn optional(name: &'static str, others: &'static [&'static str]) -> Column {
    Column {
        name,
        others,
        required: false,
    }
}

/// A table.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// Below the header.
    pub(crate) rows: Vec<Row>,
    /// Titles of columns that nothing is known of.
    pub(crate) unused: Vec<String>,
    /// Where each known column stands.
    at: Vec<(&'static str, usize)>,
    /// Cells of the header.
    width: usize,
}

impl Sheet {
    /// The table in `bytes`. `None` when nothing can be said of its rows; why is in `problems`.
    pub(crate) fn read(
        bytes: &[u8],
        columns: &[Column],
        notation: Notation,
        problems: &mut Problems,
    ) -> Option<Self> {
        let text = decode(bytes, columns, notation, problems)?;
        let delimiter = notation.delimiter.unwrap_or_else(|| detect(text, columns));
        let (rows, broken) = split::split(text, delimiter);
        for (row, what) in broken {
            problems.at_row(row, what);
        }
        let mut rows = rows.into_iter();
        let Some(header) = rows.next() else {
            problems.at_row(
                1,
                "the file is empty; a row with the titles of the columns is expected",
            );
            return None;
        };
        let (at, unused) = match_header(&header, columns, problems);
        let missing: Vec<&Column> = columns
            .iter()
            .filter(|column| column.required && !at.iter().any(|(name, _)| *name == column.name))
            .collect();
        for column in &missing {
            let titles: Vec<String> = header.cells.iter().map(|cell| show(cell)).collect();
            problems.add(
                header.number,
                column.name,
                format!(
                    "there is no such column; the file has {}",
                    titles.join(", ")
                ),
            );
        }
        if !missing.is_empty() {
            return None;
        }
        let width = header.cells.len();
        Some(Self {
            rows: rows.collect(),
            unused,
            at,
            width,
        })
    }

    /// The cell of a known column without blanks around it; `None`: the file has no such column.
    pub(crate) fn cell<'a>(&self, row: &'a Row, column: &str) -> Option<&'a str> {
        let (_, at) = self.at.iter().find(|(name, _)| *name == column)?;
        Some(row.cells.get(*at).map_or("", |cell| cell.trim()))
    }

    /// Says what is wrong with the row as a whole, before its cells are read.
    pub(crate) fn check_width(&self, row: &Row, problems: &mut Problems) {
        let filled = |cell: &String| !cell.trim().is_empty();
        let cells = row.cells.iter().rposition(filled).map_or(0, |at| at + 1);
        if cells > self.width || row.cells.len() < self.width {
            let count = row.cells.len().max(cells);
            problems.at_row(
                row.number,
                format!(
                    "the row has {count} cells, the header {}; is a cell with the delimiter in it \
                     not quoted?",
                    self.width
                ),
            );
        }
    }
}

/// A title as it is compared: small letters, `_` for what stands between words.
pub(crate) fn key(title: &str) -> String {
    let words = title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_").to_lowercase()
}

/// A cell as it is shown in a message: quoted, with nothing in it that moves a cursor, not long.
pub(crate) fn show(cell: &str) -> String {
    const MOST: usize = 40;
    if cell.chars().count() > MOST {
        let start: String = cell.chars().take(MOST).collect();
        return format!("{:?}", format!("{start}…"));
    }
    format!("{cell:?}")
}

fn decode<'a>(
    bytes: &'a [u8],
    columns: &[Column],
    notation: Notation,
    problems: &mut Problems,
) -> Option<&'a str> {
    let save = "save it as CSV UTF-8";
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        problems.at_row(
            1,
            format!("this is a workbook (xlsx, ods or xls), not CSV; {save}"),
        );
        return None;
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        problems.at_row(1, format!("this is UTF-16, not UTF-8; {save}"));
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let (good, bad) = bytes.split_at(error.valid_up_to());
            let good = std::str::from_utf8(good).unwrap_or_default();
            let delimiter = notation.delimiter.unwrap_or_else(|| detect(good, columns));
            let byte = bad.first().copied().unwrap_or_default();
            problems.at_row(
                split::last_row(good, delimiter),
                format!("byte 0x{byte:02X} is not UTF-8; {save}"),
            );
            None
        }
    }
}

/// The delimiter with which most titles of the first row are known.
fn detect(text: &str, columns: &[Column]) -> char {
    let known = |delimiter: &char| {
        let header = text.trim_start().lines().next().unwrap_or_default();
        let (rows, _) = split::split(header, *delimiter);
        let cells = rows.into_iter().next().map(|row| row.cells);
        let cells = cells.unwrap_or_default();
        let named = |cell: &&String| columns.iter().any(|column| is(column, cell));
        cells.iter().filter(named).count()
    };
    // The first of equals: max_by_key would take the last.
    let mut best = (',', known(&','));
    for delimiter in &DELIMITERS {
        let count = known(delimiter);
        if count > best.1 {
            best = (*delimiter, count);
        }
    }
    best.0
}

fn is(column: &Column, title: &str) -> bool {
    let key = key(title);
    key == column.name || column.others.contains(&key.as_str())
}

type Matched = (Vec<(&'static str, usize)>, Vec<String>);

/// Where each column stands: under its own name, else the first of its other names.
fn match_header(header: &Row, columns: &[Column], problems: &mut Problems) -> Matched {
    let titles: Vec<String> = header.cells.iter().map(|title| key(title)).collect();
    let mut at: Vec<(&'static str, usize)> = Vec::new();
    for column in columns {
        let own = |title: &String| title == column.name;
        let other = |title: &String| column.others.contains(&title.as_str());
        let place = titles.iter().position(own);
        if let Some(place) = place.or_else(|| titles.iter().position(other)) {
            at.push((column.name, place));
        }
        if titles.iter().filter(|title| own(title)).count() > 1 {
            problems.add(header.number, column.name, "the column is there twice");
        }
    }
    let unused = header.cells.iter().enumerate().filter(|(place, title)| {
        !title.trim().is_empty() && !at.iter().any(|(_, used)| used == place)
    });
    let unused = unused.map(|(_, title)| title.trim().to_owned()).collect();
    (at, unused)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: &[Column] = &[
        required("sku", &["product_code"]),
        required("name", &[]),
        optional("lead_time_days", &["lead_time"]),
    ];

    fn read(bytes: &[u8]) -> (Option<Sheet>, String) {
        let mut problems = Problems::new("f.csv");
        let sheet = Sheet::read(bytes, COLUMNS, Notation::default(), &mut problems);
        (sheet, problems.to_string())
    }

    #[test]
    fn titles_in_any_order_and_case_and_any_delimiter() {
        for text in [
            "\u{feff}Name;Product Code;colour;LEAD-TIME (days)\nGlove, blue;G1;red; 7 \n",
            "name\tSKU\tcolour\tLead time\r\nGlove, blue\tG1\tred\t7",
            "\"name\",sku,colour,lead_time\n\"Glove, blue\",G1,red,7\n",
        ] {
            let (sheet, problems) = read(text.as_bytes());
            let sheet = sheet.unwrap();
            assert_eq!((problems.as_str(), sheet.rows.len()), ("", 1), "{text}");
            let cell = |column| sheet.cell(&sheet.rows[0], column);
            assert_eq!(cell("sku"), Some("G1"));
            assert_eq!(cell("name"), Some("Glove, blue"));
            assert_eq!(cell("lead_time_days"), Some("7"));
            assert_eq!(cell("weight"), None);
            assert_eq!(sheet.unused, ["colour"]);
        }
    }

    #[test]
    fn a_columns_own_name_goes_before_its_others() {
        let (sheet, problems) = read(b"product code,name,sku\nold,a,new\n");
        let sheet = sheet.unwrap();
        assert_eq!(sheet.cell(&sheet.rows[0], "sku"), Some("new"));
        assert_eq!(
            (sheet.unused, problems.as_str()),
            (vec!["product code".to_owned()], "")
        );
    }

    #[test]
    fn what_is_no_table_is_told() {
        for (bytes, told) in [
            (&b""[..], "f.csv:1: the file is empty"),
            (b"PK\x03\x04...", "f.csv:1: this is a workbook"),
            (b"\xff\xfes\0k\0", "f.csv:1: this is UTF-16"),
            (
                b"sku;name\n1;\"a\nb\"\n2;caf\xe9\n",
                "f.csv:3: byte 0xE9 is not UTF-8; save it as CSV UTF-8\n",
            ),
            (
                b"\n\nsku,nom\n",
                "f.csv:3: name: there is no such column; the file has \"sku\", \"nom\"\n",
            ),
            (
                b"sku,name,SKU\n",
                "f.csv:1: sku: the column is there twice\n",
            ),
        ] {
            let (_, problems) = read(bytes);
            assert!(problems.starts_with(told), "{problems}");
        }
    }

    #[test]
    fn a_row_with_cells_too_many_or_too_few_is_told() {
        let (sheet, _) = read(b"sku,name,\n1,a,\n2,b,,,,\n3,c,d,e\n4\n");
        let sheet = sheet.unwrap();
        let mut problems = Problems::new("f.csv");
        for row in &sheet.rows {
            sheet.check_width(row, &mut problems);
        }
        let told = problems.to_string();
        let rows: Vec<&str> = told.lines().map(|line| &line[..7]).collect();
        assert_eq!(rows, ["f.csv:4", "f.csv:5"], "{told}");
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_much(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            read(&bytes);
            let mut with_header = b"sku,name\n".to_vec();
            with_header.extend(bytes);
            read(&with_header);
        }
    }
}
