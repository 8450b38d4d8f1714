//! How cells look, and how a value of each kind is written into one.

use bigdecimal::{BigDecimal, ToPrimitive as _};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use super::{LONGEST_TEXT, cut, day, instant, local};
use crate::{Kind, NOT_KNOWN, PALETTE, Report, Value, text};

const MUTED: Color = Color::RGB(0x6b_75_80);
const RULE: Color = Color::RGB(0xd9_de_e3);
const HEADING_GROUND: Color = Color::RGB(0xee_f2_f6);

/// The looks that do not depend on a kind.
pub(super) struct Formats {
    pub(super) title: Format,
    pub(super) company: Format,
    pub(super) plain: Format,
    pub(super) muted: Format,
    pub(super) section: Format,
    pub(super) note: Format,
    heading: Format,
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Alone, so it carries its unit.
    Figure,
    /// In a column, whose heading carries the unit.
    Cell,
    /// In a table's last line.
    Total,
}

impl Formats {
    pub(super) fn new() -> Self {
        let accent = colour(0);
        let top = Format::new().set_align(FormatAlign::Top);
        Self {
            title: Format::new().set_bold().set_font_size(18),
            company: Format::new().set_bold().set_font_color(accent),
            plain: top.clone().set_align(FormatAlign::Left),
            muted: top.clone().set_font_color(MUTED),
            section: Format::new().set_bold().set_font_size(12),
            note: top.set_font_color(MUTED).set_text_wrap(),
            heading: Format::new()
                .set_bold()
                .set_background_color(HEADING_GROUND)
                .set_border_bottom(FormatBorder::Thin)
                .set_border_bottom_color(RULE)
                .set_align(FormatAlign::VerticalCenter)
                .set_text_wrap(),
        }
    }

    /// Of a column of this kind.
    pub(super) fn heading(&self, kind: &Kind) -> Format {
        let align = if kind.is_number() {
            FormatAlign::Right
        } else {
            FormatAlign::Left
        };
        let heading = self.heading.clone().set_align(align);
        if kind.is_number() {
            heading
        } else {
            heading.set_indent(1)
        }
    }

    /// A heading of what is no column of a table.
    pub(super) fn label(&self) -> Format {
        self.heading.clone().set_align(FormatAlign::Left)
    }
}

/// A colour of the charts.
pub(super) fn colour(index: usize) -> Color {
    let [red, green, blue] = PALETTE[index % PALETTE.len()];
    Color::RGB(u32::from_be_bytes([0, red, green, blue]))
}

/// The format of values of this kind.
pub(super) fn of_kind(kind: &Kind, place: Place) -> Format {
    let align = if place != Place::Figure && kind.is_number() {
        FormatAlign::Right
    } else {
        FormatAlign::Left
    };
    let mut format = Format::new().set_align(align).set_align(FormatAlign::Top);
    if let Some(code) = code(kind, place) {
        format = format.set_num_format(code);
    }
    if place != Place::Figure && !kind.is_number() {
        // Apart from the number that may stand beside it.
        format = format.set_indent(1);
    }
    if place == Place::Cell {
        return format;
    }
    format = format.set_bold();
    if place == Place::Total {
        format = format.set_border_top(FormatBorder::Thin);
    }
    format
}

/// Excel's number format; none for texts.
fn code(kind: &Kind, place: Place) -> Option<String> {
    let places = usize::try_from(kind.places()).unwrap_or_default();
    let point = if places > 0 { "." } else { "" };
    let zeros = "0".repeat(places);
    Some(match kind {
        Kind::Text => return None,
        Kind::Number { unit, .. } => {
            let unit = unit
                .as_deref()
                .filter(|_| place == Place::Figure)
                .map(quoted);
            format!("#,##0{point}{zeros}{}", unit.unwrap_or_default())
        }
        Kind::Money(currency) => {
            let number = format!("[${currency}] #,##0{point}{zeros}");
            format!("{number};-{number}")
        }
        Kind::Percent { .. } => format!("0{point}{zeros}%"),
        Kind::Date => "d mmm yyyy".to_owned(),
        Kind::DateTime => "d mmm yyyy hh:mm".to_owned(),
    })
}

/// A unit as a literal within a number format.
fn quoted(unit: &str) -> String {
    let unit = cut(&text::clean(unit).replace(['"', '\\'], ""), 40);
    format!("\" {unit}\"")
}

/// The binary number nearest to the exact one; the check bounds its digits.
pub(super) fn float(number: &BigDecimal) -> f64 {
    number.to_f64().unwrap_or_default()
}

/// Writes a value with the format of its kind. What Excel cannot hold as a date (before 1900) is
/// written as a text.
pub(super) fn put(
    sheet: &mut Worksheet,
    report: &Report,
    (row, column): (u32, u16),
    (kind, value): (&Kind, &Value),
    place: Place,
) -> Result<(), XlsxError> {
    let format = of_kind(kind, place);
    match value {
        Value::Unknown => {
            let format = format.set_font_color(MUTED);
            sheet.write_string_with_format(row, column, NOT_KNOWN, &format)?;
        }
        Value::Number(number) => {
            sheet.write_number_with_format(row, column, float(number), &format)?;
        }
        Value::Text(words) => {
            let words = cut(&text::clean(words), LONGEST_TEXT);
            sheet.write_string_with_format(row, column, words, &format)?;
        }
        Value::Date(date) => match day(*date) {
            Ok(date) => {
                sheet.write_datetime_with_format(row, column, date, &format)?;
            }
            Err(_) => {
                let shown = text::plain(kind, value, report.zone);
                sheet.write_string_with_format(row, column, shown, &format)?;
            }
        },
        Value::DateTime(at) => match instant(local(report, *at)) {
            Ok(at) => {
                sheet.write_datetime_with_format(row, column, at, &format)?;
            }
            Err(_) => {
                let shown = text::plain(kind, value, report.zone);
                sheet.write_string_with_format(row, column, shown, &format)?;
            }
        },
    }
    Ok(())
}
