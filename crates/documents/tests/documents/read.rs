//! Reading files back.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use wharf_documents::{Format, Report, render};

/// The texts of each page, a line a piece of text, in the order in which they were drawn.
pub(crate) fn pdf_pages(report: &Report) -> Vec<String> {
    let bytes = render(report, Format::Pdf).unwrap().bytes;
    let document = lopdf::Document::load_mem(&bytes).unwrap();
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    pages
        .into_iter()
        .map(|page| document.extract_text(&[page]).unwrap())
        .collect()
}

/// The names of the sheets with their rows.
pub(crate) fn xlsx_sheets(report: &Report) -> Vec<(String, Vec<Vec<Data>>)> {
    let bytes = render(report, Format::Xlsx).unwrap().bytes;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheets = workbook.worksheets();
    let rows = |range: calamine::Range<Data>| range.rows().map(<[Data]>::to_vec).collect();
    sheets
        .into_iter()
        .map(|(name, range)| (name, rows(range)))
        .collect()
}

/// The records below the heading.
pub(crate) fn csv_records(report: &Report) -> Vec<Vec<String>> {
    let bytes = render(report, Format::Csv).unwrap().bytes;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let record = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    reader
        .records()
        .map(|found| record(found.unwrap()))
        .collect()
}
