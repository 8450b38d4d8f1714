//! What is wrong with a file, each with its row.

use std::fmt;

/// Lines printed of all files together; the rest is counted.
pub(crate) const PRINTED: usize = 100;
/// Problems of one file that are kept; the rest is counted.
const KEPT: usize = 1_000;

/// What is wrong with one file.
#[derive(Debug)]
pub(crate) struct Problems {
    file: String,
    kept: Vec<(usize, String)>,
    count: usize,
}

impl Problems {
    /// Nothing yet, of the file of this name.
    pub(crate) fn new(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            kept: Vec::new(),
            count: 0,
        }
    }

    /// The file's name, as it was given.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// How many there are.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// Something is wrong with a cell.
    pub(crate) fn add(&mut self, row: usize, column: &str, what: impl fmt::Display) {
        self.at_row(row, format_args!("{column}: {what}"));
    }

    /// Something is wrong with a row.
    pub(crate) fn at_row(&mut self, row: usize, what: impl fmt::Display) {
        self.count += 1;
        if self.kept.len() < KEPT {
            self.kept.push((row, what.to_string()));
        }
    }

    /// `file:row: column: what is wrong, what is expected`, by row.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut sorted: Vec<&(usize, String)> = self.kept.iter().collect();
        sorted.sort_by_key(|(row, _)| *row);
        let line = |(row, what): &(usize, String)| format!("{}:{row}: {what}", self.file);
        sorted.into_iter().map(line).collect()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines()
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}
