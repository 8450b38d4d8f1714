//! A CSV text as rows, numbered as a spreadsheet numbers them: the first is 1, an empty row counts,
//! a line break within quotes does not.
//!
//! Our own, since the csv crate (which the tests hold it against) passes over empty lines without
//! counting them and takes a quote that is never closed for a very long cell.

/// Rows of a file at most, the header among them.
pub(crate) const MAX_ROWS: usize = 500_001;
/// Cells of a row at most.
const MAX_CELLS: usize = 500;

/// A row with something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// As the spreadsheet shows it.
    pub(crate) number: usize,
    /// As they stand in the file, without the quotes.
    pub(crate) cells: Vec<String>,
}

/// What is wrong with the text at a row.
pub(crate) type Broken = (usize, String);

/// The rows of `text` that are not empty, and where the text is broken.
pub(crate) fn split(text: &str, delimiter: char) -> (Vec<Row>, Vec<Broken>) {
    let mut splitter = Splitter::default();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if splitter.quoted && characters.peek() == Some(&'"') => {
                characters.next();
                splitter.cell.push('"');
            }
            '"' if splitter.quoted => splitter.quoted = false,
            c if splitter.quoted => splitter.cell.push(c),
            '"' if splitter.cell.is_empty() && !splitter.was_quoted => {
                splitter.quoted = true;
                splitter.was_quoted = true;
            }
            c if c == delimiter => splitter.end_cell(),
            '\n' | '\r' => {
                if c == '\r' && characters.peek() == Some(&'\n') {
                    characters.next();
                }
                if !splitter.end_row() {
                    return splitter.end();
                }
            }
            c => {
                if splitter.was_quoted && !c.is_whitespace() && !splitter.reported {
                    splitter.reported = true;
                    splitter.broken(
                        "there is text behind a closing quote; a quote within quotes is doubled",
                    );
                }
                splitter.cell.push(c);
            }
        }
    }
    if splitter.quoted {
        splitter.broken("a quote is opened and never closed");
    }
    splitter.end_row();
    splitter.end()
}

#[derive(Default)]
struct Splitter {
    rows: Vec<Row>,
    broken: Vec<Broken>,
    /// Rows that ended.
    ended: usize,
    cells: Vec<String>,
    cell: String,
    /// Within quotes.
    quoted: bool,
    /// The cell began with a quote.
    was_quoted: bool,
    /// Something is said of this row already.
    reported: bool,
}

impl Splitter {
    fn broken(&mut self, what: &str) {
        self.broken.push((self.ended + 1, what.to_owned()));
    }

    fn end_cell(&mut self) {
        self.was_quoted = false;
        let cell = std::mem::take(&mut self.cell);
        if self.cells.len() < MAX_CELLS {
            self.cells.push(cell);
        } else if !self.reported {
            self.reported = true;
            self.broken(&format!("there are more than {MAX_CELLS} cells"));
        }
    }

    /// Whether another row may follow.
    fn end_row(&mut self) -> bool {
        self.end_cell();
        let cells = std::mem::take(&mut self.cells);
        self.ended += 1;
        self.reported = false;
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return true;
        }
        if self.rows.len() == MAX_ROWS {
            let most = MAX_ROWS - 1;
            let what = format!("there are more than {most} rows; split the file");
            self.broken.push((self.ended, what));
            return false;
        }
        self.rows.push(Row {
            number: self.ended,
            cells,
        });
        true
    }

    fn end(self) -> (Vec<Row>, Vec<Broken>) {
        (self.rows, self.broken)
    }
}

/// The number of the row in which `text` ends.
pub(crate) fn last_row(text: &str, delimiter: char) -> usize {
    let mut splitter = split(&format!("{text}x"), delimiter).0;
    splitter.pop().map_or(1, |row| row.number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
        let (rows, broken) = split(text, ',');
        assert_eq!(broken, []);
        rows.into_iter()
            .map(|row| (row.number, row.cells))
            .collect()
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_shows_them() {
        let text = "a,b\r\n\r\n\"1\n2\",x\n , \n3,\"4 \"\"quoted\"\"\"\r5,6\" pipe";
        let cells = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        assert_eq!(
            rows(text),
            [
                (1, cells(["a", "b"])),
                (3, cells(["1\n2", "x"])),
                (5, cells(["3", "4 \"quoted\""])),
                (6, cells(["5", "6\" pipe"])),
            ]
        );
        assert_eq!(last_row("a\n\"b\nc\"\nd", ','), 3);
    }

    #[test]
    fn broken_quotes_are_told_with_their_row() {
        let (_, broken) = split("a\n\"b\"c\nd\n\"e\nf\n", ',');
        let told: Vec<(usize, &str)> = broken
            .iter()
            .map(|(row, what)| (*row, what.split(' ').next_back().unwrap_or("")))
            .collect();
        assert_eq!(told, [(2, "doubled"), (4, "closed")]);
    }

    #[test]
    fn a_file_that_is_too_long_is_not_read_to_its_end() {
        let (rows, broken) = split(&"1\n".repeat(MAX_ROWS + 5), ',');
        assert_eq!((rows.len(), broken.len()), (MAX_ROWS, 1));
        assert_eq!(broken[0].0, MAX_ROWS + 1);
        let (rows, broken) = split(&",".repeat(MAX_CELLS * 2), ',');
        assert_eq!((rows.len(), broken.len()), (0, 1));
    }

    proptest! {
        /// What the csv crate writes is read back, with blank lines between counted.
        #[test]
        fn what_a_writer_quoted_comes_back(
            table in prop::collection::vec(
                (prop::collection::vec("[ -~\n\r;\"é]{0,12}", 2), 0..3_usize), 1..12),
            delimiter in prop::sample::select(vec![b',', b';', b'\t']),
        ) {
            let mut text = String::new();
            let mut expected = Vec::new();
            let mut number = 0;
            for (cells, blank) in table {
                text.push_str(&"\n".repeat(blank));
                number += blank + 1;
                let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
                writer.write_record(&cells).unwrap();
                text.push_str(&String::from_utf8(writer.into_inner().unwrap()).unwrap());
                if cells.iter().any(|cell| !cell.trim().is_empty()) {
                    expected.push(Row { number, cells });
                }
            }
            let (rows, broken) = split(&text, char::from(delimiter));
            prop_assert_eq!(rows, expected);
            prop_assert_eq!(broken, Vec::<Broken>::new());
        }

        #[test]
        fn no_text_is_too_much(text in "(?s)[\"\r\n,;x\u{feff}\u{0}é]{0,200}") {
            let (rows, _) = split(&text, ',');
            prop_assert!(rows.windows(2).all(|pair| pair[0].number < pair[1].number));
            prop_assert!(last_row(&text, ',') >= rows.last().map_or(1, |row| row.number));
        }
    }
}
