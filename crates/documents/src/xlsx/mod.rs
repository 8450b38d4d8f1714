//! XLSX: a sheet "Summary" with the figures, the charts (Excel's own, so they can be edited) and
//! the notes, a sheet a table, and a sheet "Chart data" that the charts read. Numbers and dates
//! are real ones with formats, totals are formulas that carry their result. Texts are written as
//! texts, so none can become a formula.

mod chart;
mod formats;
mod summary;
mod table;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, Timelike as _, Utc};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use self::formats::Formats;
use crate::{DocumentError, Report, text};

const SUMMARY: &str = "Summary";
const CHART_DATA: &str = "Chart data";
/// Excel's limit on a cell's text is 32,767 UTF-16 units.
const LONGEST_TEXT: usize = 32_767;
/// Excel's limit on a sheet's name, in UTF-16 units.
const LONGEST_NAME: usize = 31;
/// Excel's limit on a page's header or footer is 255; both parts and their codes share it.
const LONGEST_HEAD: usize = 100;

pub(crate) fn render(report: &Report) -> Result<Vec<u8>, DocumentError> {
    write(report).map_err(|error| DocumentError::Xlsx(error.to_string()))
}

fn write(report: &Report) -> Result<Vec<u8>, XlsxError> {
    let formats = Formats::new();
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(report)?);
    summary::write(workbook.add_worksheet(), report, &formats)?;
    for (table, name) in report.tables.iter().zip(sheet_names(report)) {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name)?;
        table::write(sheet, report, table, &formats)?;
    }
    if !report.charts.is_empty() {
        chart::write_data(workbook.add_worksheet(), report, &formats)?;
    }
    workbook.save_to_buffer()
}

fn properties(report: &Report) -> Result<DocProperties, XlsxError> {
    let short = |text: &str| cut(&text::clean(text), 250);
    Ok(DocProperties::new()
        .set_title(short(&report.title))
        .set_subject(short(&report.period))
        .set_company(short(&report.company))
        .set_author(crate::PRODUCER)
        .set_creation_datetime(&instant(report.generated_at.naive_utc())?))
}

/// Excel has no zones: the caller says which one the civil time is of.
fn instant(at: NaiveDateTime) -> Result<ExcelDateTime, XlsxError> {
    let byte = |value: u32| u8::try_from(value).unwrap_or_default();
    day(at.date())?.and_hms(at.hour() as u16, byte(at.minute()), f64::from(at.second()))
}

/// Fails before 1900 and after 9999.
fn day(date: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let byte = |value: u32| u8::try_from(value).unwrap_or_default();
    let year = u16::try_from(date.year()).unwrap_or_default();
    ExcelDateTime::from_ymd(year, byte(date.month()), byte(date.day()))
}

fn local(report: &Report, at: DateTime<Utc>) -> NaiveDateTime {
    at.with_timezone(&report.zone).naive_local()
}

/// The first UTF-16 units of a text, with "…" where it is cut.
fn cut(text: &str, units: usize) -> String {
    if text.encode_utf16().count() <= units {
        return text.to_owned();
    }
    let mut room = units.saturating_sub(1);
    let mut kept = String::new();
    for character in text.chars() {
        match room.checked_sub(character.len_utf16()) {
            Some(left) => room = left,
            None => break,
        }
        kept.push(character);
    }
    kept.push('…');
    kept
}

/// A name for each table's sheet: without the characters that Excel forbids, in its length, and
/// none twice (case does not count).
fn sheet_names(report: &Report) -> Vec<String> {
    // "History" is Excel's own.
    let mut taken = vec![
        SUMMARY.to_lowercase(),
        CHART_DATA.to_lowercase(),
        "history".to_owned(),
    ];
    let mut names = Vec::new();
    for table in &report.tables {
        let title = text::clean(&table.title).replace(['*', '?', ':', '[', ']', '\\', '/'], " ");
        let title = title.trim_matches(['\'', ' ']);
        let stem = if title.is_empty() { "Table" } else { title };
        let mut name = cut(stem, LONGEST_NAME);
        let mut number = 2;
        while taken.contains(&name.to_lowercase()) {
            let suffix = format!(" {number}");
            name = format!("{}{suffix}", cut(stem, LONGEST_NAME - suffix.len()));
            number += 1;
        }
        taken.push(name.to_lowercase());
        names.push(name);
    }
    names
}

/// A4 across, one page wide, the title above and the page's number below.
fn print_setup(sheet: &mut Worksheet, report: &Report, landscape: bool) {
    const A4: u8 = 9;
    sheet
        .set_paper_size(A4)
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.5, 0.5, 0.8, 0.7, 0.35, 0.35);
    if landscape {
        sheet.set_landscape();
    }
    // "&" begins a code there.
    let head = |text: &str| cut(&text::clean(text), LONGEST_HEAD).replace('&', "&&");
    sheet.set_header(format!(
        "&L{}&R{}",
        head(&report.title),
        head(&report.company)
    ));
    let made = text::instant_with_zone(report.generated_at, report.zone);
    sheet.set_footer(format!("&LMade {made}&RPage &P of &N"));
}
