//! The first sheet: title, figures, charts, notes.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::formats::{self, Formats, Place};
use super::{LONGEST_TEXT, SUMMARY, chart, cut, print_setup};
use crate::{Report, text};

/// Of the columns for labels, values and notes, in characters.
const WIDTHS: [f64; 3] = [30.0, 24.0, 52.0];
/// Pixels of a row at Excel's default height.
const ROW: u32 = 20;
const LINE: f64 = 15.0;

pub(super) fn write(
    sheet: &mut Worksheet,
    report: &Report,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.set_name(SUMMARY)?.set_screen_gridlines(false);
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    print_setup(sheet, report, false);
    let mut row = head(sheet, report, formats)?;
    row = figures(sheet, report, formats, row)?;
    for index in 0..report.charts.len() {
        chart::insert(sheet, report, index, row)?;
        row += chart::HEIGHT.div_ceil(ROW) + 1;
    }
    notes(sheet, report, formats, row)
}

fn head(sheet: &mut Worksheet, report: &Report, formats: &Formats) -> Result<u32, XlsxError> {
    let words = |text: &str| cut(&text::clean(text), LONGEST_TEXT);
    sheet.write_string_with_format(0, 0, words(&report.company), &formats.company)?;
    sheet.set_row_height(1, 26)?;
    sheet.write_string_with_format(1, 0, words(&report.title), &formats.title)?;
    let mut period = report.period.clone();
    if let Some(subtitle) = &report.subtitle {
        period = format!("{period}  ·  {subtitle}");
    }
    sheet.write_string_with_format(2, 0, words(&period), &formats.plain)?;
    let as_of = text::instant(report.as_of, report.zone);
    let made = text::instant(report.generated_at, report.zone);
    let times = format!(
        "Figures as of {as_of}, made {made}. Times are of {}.",
        report.zone
    );
    sheet.write_string_with_format(3, 0, times, &formats.muted)?;
    Ok(5)
}

fn figures(
    sheet: &mut Worksheet,
    report: &Report,
    formats: &Formats,
    mut row: u32,
) -> Result<u32, XlsxError> {
    if report.summary.is_empty() {
        return Ok(row);
    }
    for (column, heading) in (0..).zip(["Figure", "Value", "Note"]) {
        sheet.write_string_with_format(row, column, heading, &formats.label())?;
    }
    for figure in &report.summary {
        row += 1;
        let label = cut(&text::clean(&figure.label), LONGEST_TEXT);
        sheet.write_string_with_format(row, 0, label, &formats.plain)?;
        let value = (&figure.kind, &figure.value);
        formats::put(sheet, report, (row, 1), value, Place::Figure)?;
        if let Some(note) = &figure.note {
            let note = cut(&text::clean(note), LONGEST_TEXT);
            sheet.write_string_with_format(row, 2, note, &formats.muted)?;
        }
    }
    Ok(row + 2)
}

fn notes(
    sheet: &mut Worksheet,
    report: &Report,
    formats: &Formats,
    mut row: u32,
) -> Result<(), XlsxError> {
    if report.notes.is_empty() {
        return Ok(());
    }
    sheet.write_string_with_format(row, 0, "Notes", &formats.section)?;
    for note in &report.notes {
        row += 1;
        let note = cut(&text::clean(note), LONGEST_TEXT);
        // A merged cell does not grow by itself; 100 characters fit a line of the three columns.
        let lines = note.chars().count().div_ceil(100).max(1);
        sheet.merge_range(row, 0, row, 2, &note, &formats.note)?;
        sheet.set_row_height(row, (lines as f64 * LINE).min(409.0))?;
    }
    Ok(())
}
