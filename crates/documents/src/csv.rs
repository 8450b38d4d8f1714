//! CSV (RFC 4180): the first table, or the summary's figures of a report that has no table.
//!
//! UTF-8 with a byte order mark: without one Excel reads the file in the code page of its machine
//! and breaks every "é" and "€"; the CSV readers of programs skip it. Lines end in CRLF. Numbers
//! are plain, dates ISO 8601, units in the headings. No totals, charts or notes.

use csv::{QuoteStyle, Terminator, WriterBuilder};

use crate::{Column, DocumentError, Kind, Report, Value, text};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

pub(crate) fn render(report: &Report) -> Result<Vec<u8>, DocumentError> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .quote_style(QuoteStyle::Necessary)
        .from_writer(BYTE_ORDER_MARK.to_vec());
    for record in records(report) {
        writer
            .write_record(&record)
            .map_err(|error| DocumentError::Csv(error.to_string()))?;
    }
    writer
        .into_inner()
        .map_err(|error| DocumentError::Csv(error.to_string()))
}

fn records(report: &Report) -> Vec<Vec<String>> {
    let mut records = Vec::new();
    let Some(table) = report.tables.first() else {
        records.push(
            ["Figure", "Value", "Unit", "Note"]
                .map(str::to_owned)
                .to_vec(),
        );
        records.extend(report.summary.iter().map(|figure| {
            vec![
                guarded(&text::clean(&figure.label)),
                field(report, &figure.kind, &figure.value),
                guarded(&text::clean(figure.kind.heading_unit().unwrap_or_default())),
                guarded(&text::clean(figure.note.as_deref().unwrap_or_default())),
            ]
        }));
        return records;
    };
    let heading = |column: &Column| guarded(&text::clean(&column.heading()));
    records.push(table.columns.iter().map(heading).collect());
    records.extend(table.rows.iter().map(|row| {
        let cells = row.iter().zip(&table.columns);
        cells
            .map(|(value, column)| field(report, &column.kind, value))
            .collect()
    }));
    records
}

fn field(report: &Report, kind: &Kind, value: &Value) -> String {
    let plain = text::plain(kind, value, report.zone);
    if matches!(value, Value::Text(_)) {
        guarded(&plain)
    } else {
        plain
    }
}

/// A text that a spreadsheet would take for a formula gets a quote before it
/// (OWASP, "CSV Injection"): such a formula can call programs or send the sheet away. The wide
/// forms count too; tabs and line ends are gone already. Numbers are not touched: -5 stays -5.
fn guarded(text: &str) -> String {
    let formula = text
        .trim_start()
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
