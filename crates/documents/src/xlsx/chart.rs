//! Excel's own charts, and the sheet that they read. Titles and names come from cells too: written
//! into the chart, a text beginning with "=" would be taken for a reference.

use rust_xlsxwriter::{
    Chart as ExcelChart, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartMarker,
    ChartSolidFill, Color, Worksheet, XlsxError,
};

use super::formats::{Formats, Place, colour};
use super::{CHART_DATA, LONGEST_TEXT, cut, print_setup};
use crate::{Chart, ChartKind, Kind, MAX_PLACES, Report, text};

/// Pixels.
pub(super) const HEIGHT: u32 = 300;
const WIDTH: u32 = 760;
const GRID: Color = Color::RGB(0xe3_e7_eb);
const INK: Color = Color::RGB(0x4a_54_5e);

/// The row of a chart's title on the data sheet; below it unit and names, then the values.
fn top(report: &Report, index: usize) -> u32 {
    let rows = |chart: &Chart| u32::try_from(chart.labels.len()).unwrap_or(u32::MAX / 64) + 4;
    report.charts.iter().take(index).map(rows).sum()
}

pub(super) fn write_data(
    sheet: &mut Worksheet,
    report: &Report,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.set_name(CHART_DATA)?.set_column_width(0, 28)?;
    print_setup(sheet, report, false);
    let words = |text: &str| cut(&text::clean(text), LONGEST_TEXT);
    for (index, chart) in report.charts.iter().enumerate() {
        let top = top(report, index);
        let gaps = chart
            .series
            .iter()
            .any(|series| series.values.contains(&None));
        sheet.write_string_with_format(top, 0, words(&chart.title), &formats.section)?;
        if gaps {
            let note = "An empty cell is a value that is not known.";
            sheet.write_string_with_format(top, 3, note, &formats.muted)?;
        }
        let heading = formats.label();
        sheet.write_string_with_format(top + 1, 0, words(&chart.unit), &heading)?;
        for (row, label) in (top + 2..).zip(&chart.labels) {
            sheet.write_string(row, 0, words(label))?;
        }
        let heading = formats.heading(&Kind::integer());
        for (column, series) in (1..).zip(&chart.series) {
            sheet.set_column_width(column, 16)?;
            sheet.write_string_with_format(top + 1, column, words(&series.name), &heading)?;
            let kind = Kind::Number {
                places: places(&series.values),
                unit: None,
            };
            let format = super::formats::of_kind(&kind, Place::Cell);
            for (row, value) in (top + 2..).zip(&series.values) {
                if let Some(value) = value {
                    sheet.write_number_with_format(row, column, *value, &format)?;
                }
            }
        }
    }
    Ok(())
}

/// The digits after the point that the values need, the same for all of them.
fn places(values: &[Option<f64>]) -> u8 {
    let fits = |places: u8| {
        let scale = 10_f64.powi(i32::from(places));
        let rest = |value: &f64| (value * scale - (value * scale).round()).abs();
        values.iter().flatten().all(|value| rest(value) < 1e-6)
    };
    (0..MAX_PLACES)
        .find(|places| fits(*places))
        .unwrap_or(MAX_PLACES)
}

pub(super) fn insert(
    sheet: &mut Worksheet,
    report: &Report,
    index: usize,
    row: u32,
) -> Result<(), XlsxError> {
    let Some(chart) = report.charts.get(index) else {
        return Ok(());
    };
    let top = top(report, index);
    let mut drawn = match chart.kind {
        ChartKind::Line => ExcelChart::new_line(),
        ChartKind::Bar => ExcelChart::new_column(),
    };
    drawn.set_width(WIDTH).set_height(HEIGHT);
    let mut title = ChartFont::new();
    title.set_size(12).set_bold().set_color(INK);
    drawn
        .title()
        .set_name((CHART_DATA, top, 0))
        .set_font(&title);
    let last = top + 1 + u32::try_from(chart.labels.len()).unwrap_or(0);
    for (place, column) in (0..chart.series.len()).zip(1..) {
        let series = drawn.add_series();
        series
            .set_name((CHART_DATA, top + 1, column))
            .set_categories((CHART_DATA, top + 2, 0, last, 0))
            .set_values((CHART_DATA, top + 2, column, last, column));
        match chart.kind {
            ChartKind::Line => {
                let mut line = ChartLine::new();
                line.set_color(colour(place)).set_width(2.25);
                series.set_format(ChartFormat::new().set_line(&line));
                series.set_marker(ChartMarker::new().set_none());
            }
            ChartKind::Bar => {
                let mut fill = ChartSolidFill::new();
                fill.set_color(colour(place));
                series
                    .set_format(ChartFormat::new().set_solid_fill(&fill))
                    .set_gap(70)
                    .set_overlap(0);
            }
        }
    }
    axes(&mut drawn, chart, top);
    sheet.insert_chart(row, 0, &drawn)?;
    Ok(())
}

fn axes(drawn: &mut ExcelChart, chart: &Chart, top: u32) {
    let mut font = ChartFont::new();
    font.set_size(9).set_color(INK);
    let mut grid = ChartLine::new();
    grid.set_color(GRID).set_width(0.75);
    let whole = chart
        .series
        .iter()
        .flat_map(|series| series.values.iter().flatten());
    let whole = whole.into_iter().all(|value| value.fract() == 0.0);
    drawn.x_axis().set_font(&font);
    let axis = drawn
        .y_axis()
        .set_font(&font)
        .set_major_gridlines_line(&grid);
    axis.set_num_format(if whole { "#,##0" } else { "#,##0.##" });
    if !text::clean(&chart.unit).is_empty() {
        axis.set_name((CHART_DATA, top + 1, 0)).set_name_font(&font);
    }
    if chart.series.len() > 1 {
        drawn
            .legend()
            .set_position(ChartLegendPosition::Bottom)
            .set_font(&font);
    } else {
        drawn.legend().set_hidden();
    }
}
