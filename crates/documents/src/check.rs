//! What must hold before any format is written, so that the writers need not ask again.

use bigdecimal::BigDecimal;

use crate::{Chart, DocumentError, Format, Kind, MAX_PLACES, Report, Table, Total, Value};

/// The most series of a chart: as many as there are colours.
pub(crate) const MAX_SERIES: usize = 6;
/// Digits before the point that still fit a cell.
const MAX_DIGITS: i64 = 30;

/// The most rows of a table. XLSX: 1,048,576 lines a sheet (Excel's specification), less title,
/// headings and total. PDF: 10,000, some 250 pages; nobody reads more on paper.
const fn row_limit(format: Format) -> usize {
    match format {
        Format::Csv => usize::MAX,
        Format::Xlsx => 1_048_000,
        Format::Pdf => 10_000,
    }
}

pub(crate) fn check(report: &Report, format: Format) -> Result<(), DocumentError> {
    for figure in &report.summary {
        check_value(&figure.kind, &figure.value, || {
            format!("figure {:?}", figure.label)
        })?;
    }
    report.charts.iter().try_for_each(check_chart)?;
    report
        .tables
        .iter()
        .try_for_each(|table| check_table(table, format))
}

fn check_value(
    kind: &Kind,
    value: &Value,
    place: impl Fn() -> String,
) -> Result<(), DocumentError> {
    if !kind.takes(value) {
        return Err(DocumentError::Mismatch {
            place: place(),
            kind: kind.clone(),
        });
    }
    let too_long = matches!(value, Value::Number(number) if !fits(number));
    if too_long || kind.places() > i64::from(MAX_PLACES) {
        return Err(DocumentError::Digits { place: place() });
    }
    Ok(())
}

/// Both ends: a tiny exponent would print as many zeros as it says.
fn fits(number: &BigDecimal) -> bool {
    let digits = i64::try_from(number.digits()).unwrap_or(i64::MAX);
    let scale = number.fractional_digit_count();
    digits.saturating_sub(scale) <= MAX_DIGITS && digits <= 200 && scale <= 200
}

fn check_chart(chart: &Chart) -> Result<(), DocumentError> {
    let values = || {
        chart
            .series
            .iter()
            .flat_map(|series| series.values.iter().flatten())
    };
    let fault = if chart.labels.is_empty() {
        "no labels"
    } else if chart.series.is_empty() {
        "no series"
    } else if chart.series.len() > MAX_SERIES {
        "more series than colours"
    } else if chart
        .series
        .iter()
        .any(|series| series.values.len() != chart.labels.len())
    {
        "a series that is not as long as the labels"
    } else if !values().all(|value| value.is_finite() && value.abs() < 1e15) {
        "a value that is not finite, or above 10^15"
    } else {
        return Ok(());
    };
    Err(DocumentError::Chart {
        chart: chart.title.clone(),
        fault,
    })
}

fn check_table(table: &Table, format: Format) -> Result<(), DocumentError> {
    let name = || table.title.clone();
    if table.columns.is_empty() {
        return Err(DocumentError::NoColumns { table: name() });
    }
    let (rows, limit) = (table.rows.len(), row_limit(format));
    if rows > limit {
        return Err(DocumentError::TooManyRows {
            table: name(),
            rows,
            limit,
        });
    }
    for (index, column) in table.columns.iter().enumerate() {
        let place = || format!("total of {:?} in table {:?}", column.title, table.title);
        match &column.total {
            Total::Sum if !column.kind.is_number() => {
                return Err(DocumentError::Mismatch {
                    place: place(),
                    kind: column.kind.clone(),
                });
            }
            Total::None | Total::Sum => check_value(&column.kind, &Value::Unknown, place)?,
            Total::Given(value) => check_value(&column.kind, value, place)?,
        }
        for (row, cells) in table.rows.iter().enumerate() {
            let Some(cell) = cells.get(index) else {
                continue;
            };
            check_value(&column.kind, cell, || {
                format!(
                    "row {row}, column {:?} of table {:?}",
                    column.title, table.title
                )
            })?;
        }
    }
    let columns = table.columns.len();
    match table
        .rows
        .iter()
        .enumerate()
        .find(|(_, cells)| cells.len() != columns)
    {
        Some((row, cells)) => Err(DocumentError::RowLength {
            table: name(),
            row,
            cells: cells.len(),
            columns,
        }),
        None => Ok(()),
    }
}
