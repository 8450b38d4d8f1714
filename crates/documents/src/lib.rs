//! Turns a typed [`Report`] into the bytes of a file: [`render`]. No IO, no clock, no company
//! logic; the same report gives the same bytes, so a repeated execution writes the same file.
//!
//! One file a format: [`csv`], `xlsx`, `pdf`. What a report holds is in [`report`], what stands in
//! a cell in [`value`]. `check` refuses a report that does not hold together before a format sees it.

mod check;
mod csv;
mod error;
mod format;
mod pdf;
mod report;
mod text;
mod value;
mod xlsx;

pub use error::DocumentError;
pub use format::{Format, UnknownFormat};
pub use report::{Chart, ChartKind, Column, Figure, Report, Series, Table, Total};
pub use value::{Currency, Kind, MAX_PLACES, NOT_KNOWN, UnknownCurrency, Value};

/// The colours of charts, red, green, blue; told apart in print without colour too.
const PALETTE: [[u8; 3]; 6] = [
    [0x1f, 0x4e, 0x79],
    [0x8f, 0xb0, 0xcc],
    [0x2f, 0x85, 0x7b],
    [0xc9, 0x8f, 0x2e],
    [0xa6, 0x4b, 0x3c],
    [0x6d, 0x5d, 0x8f],
];

/// As the documents' properties name what made them.
const PRODUCER: &str = "Wharf";

/// A finished file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub format: Format,
    /// [`Report::file_stem`], else the title and the day it was made in the report's zone:
    /// "inventory-report-2026-11-22.pdf".
    /// Lower-case ASCII letters, digits, `-` and one `.`, so that it is safe in a header and a path.
    pub file_name: String,
    /// The whole file.
    pub bytes: Vec<u8>,
}

impl Document {
    /// The media type to serve it with.
    #[must_use]
    pub const fn content_type(&self) -> &'static str {
        self.format.content_type()
    }
}

/// Writes the report as a file of this format.
///
/// # Errors
/// A report that does not hold together (a row of another length, a text in a column of numbers)
/// or does not fit the format. None depends on what users typed: any text can be written.
pub fn render(report: &Report, format: Format) -> Result<Document, DocumentError> {
    check::check(report, format)?;
    let bytes = match format {
        Format::Csv => csv::render(report)?,
        Format::Pdf => pdf::render(report)?,
        Format::Xlsx => xlsx::render(report)?,
    };
    Ok(Document {
        format,
        file_name: file_name(report, format),
        bytes,
    })
}

fn file_name(report: &Report, format: Format) -> String {
    let given = report.file_stem.as_deref().map(text::slug);
    if let Some(stem) = given.filter(|stem| !stem.is_empty()) {
        return format!("{stem}.{format}");
    }
    let slug = text::slug(&report.title);
    let stem = if slug.is_empty() { "report" } else { &slug };
    let day = report
        .generated_at
        .with_timezone(&report.zone)
        .format("%Y-%m-%d");
    format!("{stem}-{day}.{format}")
}
