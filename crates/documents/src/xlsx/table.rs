//! A sheet a table: headings frozen and filtered, totals below as formulas.

use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use super::formats::{self, Formats, Place};
use super::{LONGEST_TEXT, cut, print_setup};
use crate::{Column, Kind, Report, Table, Total, Value, text};

/// Of a column, in characters.
const NARROWEST: usize = 9;
const WIDEST: usize = 55;
/// The rows by which widths are measured.
const MEASURED_ROWS: usize = 2_000;

pub(super) fn write(
    sheet: &mut Worksheet,
    report: &Report,
    table: &Table,
    formats: &Formats,
) -> Result<(), XlsxError> {
    print_setup(sheet, report, table.columns.len() > 5);
    sheet
        .set_repeat_rows(0, 0)?
        .set_freeze_panes(1, 0)?
        .set_row_height(0, 32)?;
    for (column, definition) in columns(table) {
        let format = formats.heading(&definition.kind);
        sheet.write_string_with_format(0, column, heading(definition), &format)?;
        let width = width(report, table, usize::from(column), definition);
        sheet.set_column_width(column, width as f64)?;
    }
    for (row, cells) in (1..).zip(&table.rows) {
        for ((column, definition), value) in columns(table).zip(cells) {
            let place = (row, column);
            formats::put(sheet, report, place, (&definition.kind, value), Place::Cell)?;
        }
    }
    // The check bounds the rows below 2^20, and Excel has 2^14 columns.
    let last_row = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
    let last_column = u16::try_from(table.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    if last_row == 0 {
        sheet.write_string_with_format(1, 0, "No rows.", &formats.muted)?;
        return Ok(());
    }
    sheet.autofilter(0, 0, last_row, last_column)?;
    totals(sheet, report, table, last_row)?;
    // Apart, so that a filter or a sort does not take them for a row.
    for (row, note) in (last_row + 3..).zip(table.total_notes()) {
        let note = cut(&text::clean(&note), LONGEST_TEXT);
        sheet.write_string_with_format(row, 0, note, &formats.muted)?;
    }
    Ok(())
}

fn columns(table: &Table) -> impl Iterator<Item = (u16, &Column)> {
    (0..).zip(&table.columns)
}

/// With the unit, unless the cells carry it: money and percentages do.
fn heading(column: &Column) -> String {
    let heading = match column.kind {
        Kind::Money(_) | Kind::Percent { .. } => column.title.clone(),
        _ => column.heading(),
    };
    cut(&text::clean(&heading), LONGEST_TEXT)
}

fn width(report: &Report, table: &Table, index: usize, column: &Column) -> usize {
    let cells = table
        .rows
        .iter()
        .take(MEASURED_ROWS)
        .filter_map(|row| row.get(index));
    let total = table.total(index);
    let widest = cells
        .chain(total.as_ref())
        .map(|value| {
            text::figure(&column.kind, value, report.zone)
                .chars()
                .take(WIDEST)
                .count()
        })
        .max();
    // A heading wraps, and its filter's button takes room.
    let title = text::clean(&column.title);
    let word = title
        .split(' ')
        .map(|word| word.chars().take(20).count() + 3)
        .max();
    (widest.unwrap_or(0).max(word.unwrap_or(0)) + 2).clamp(NARROWEST, WIDEST)
}

fn totals(
    sheet: &mut Worksheet,
    report: &Report,
    table: &Table,
    last_row: u32,
) -> Result<(), XlsxError> {
    if !table.has_totals() {
        return Ok(());
    }
    let row = last_row + 1;
    for (column, definition) in columns(table) {
        let kind = &definition.kind;
        match (&definition.total, table.total(usize::from(column))) {
            (Total::Sum, Some(Value::Number(sum))) => {
                let letters = rust_xlsxwriter::column_number_to_name(column);
                let formula = format!("=SUM({letters}2:{letters}{})", last_row + 1);
                let formula = Formula::new(formula).set_result(formats::float(&sum).to_string());
                let format = formats::of_kind(kind, Place::Total);
                sheet.write_formula_with_format(row, column, formula, &format)?;
            }
            (_, Some(value)) => {
                formats::put(sheet, report, (row, column), (kind, &value), Place::Total)?;
            }
            (_, None) => {
                let label = if column == 0 { "Total" } else { "" };
                let format = formats::of_kind(&Kind::Text, Place::Total);
                if label.is_empty() {
                    sheet.write_blank(row, column, &format)?;
                } else {
                    sheet.write_string_with_format(row, column, label, &format)?;
                }
            }
        }
    }
    Ok(())
}
