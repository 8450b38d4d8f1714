//! Why a report could not be written. All but the last three are faults of the caller's code.

use crate::Kind;

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// A table without columns.
    #[error("table {table:?} has no columns")]
    NoColumns {
        /// Its title.
        table: String,
    },
    /// A row is longer or shorter than the table's columns.
    #[error("row {row} of table {table:?} has {cells} cells for {columns} columns")]
    RowLength {
        /// The table's title.
        table: String,
        /// Counted from 0.
        row: usize,
        /// Found.
        cells: usize,
        /// Expected.
        columns: usize,
    },
    /// A value that its kind does not take, or the sum of what is no number.
    #[error("{place}: a value that {kind:?} does not take")]
    Mismatch {
        /// Which cell, figure or total.
        place: String,
        /// The kind there.
        kind: Kind,
    },
    /// More digits after the point than [`MAX_PLACES`](crate::MAX_PLACES), or a number with more
    /// than 30 digits before it.
    #[error("{place}: a number with too many digits")]
    Digits {
        /// Which column or figure.
        place: String,
    },
    /// No labels, no series or too many, a series that is not as long as the labels, or a value
    /// that is not finite.
    #[error("chart {chart:?}: {fault}")]
    Chart {
        /// Its title.
        chart: String,
        /// What is wrong.
        fault: &'static str,
    },
    /// More rows than the format can hold.
    #[error("table {table:?} has {rows} rows, the format holds {limit}")]
    TooManyRows {
        /// The table's title.
        table: String,
        /// Found.
        rows: usize,
        /// The most.
        limit: usize,
    },
    /// The CSV writer gave up.
    #[error("CSV: {0}")]
    Csv(String),
    /// The XLSX writer gave up.
    #[error("XLSX: {0}")]
    Xlsx(String),
    /// The PDF writer gave up.
    #[error("PDF: {0}")]
    Pdf(String),
}
