//! Values as text: cleaned words, and numbers and dates in the two ways that they are written, for
//! people (thousands separated, "3 Nov 2026") and for programs (plain, ISO 8601).

use bigdecimal::{BigDecimal, RoundingMode};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Tz;
use unicode_normalization::UnicodeNormalization as _;

use crate::{Kind, NOT_KNOWN, Value};

/// A text of one line that every format can hold: composed (NFC), white space and control
/// characters as single spaces, without the marks that turn the direction of what follows
/// (U+202E shows "gpj.exe" as "exe.jpg") and without code points that XML forbids.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.nfc() {
        match character {
            '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}' => {}
            '\u{fffe}' | '\u{ffff}' => cleaned.push('\u{fffd}'),
            blank if blank == ' ' || blank.is_control() || "\u{2028}\u{2029}".contains(blank) => {
                if !cleaned.is_empty() && !cleaned.ends_with(' ') {
                    cleaned.push(' ');
                }
            }
            other => cleaned.push(other),
        }
    }
    cleaned.truncate(cleaned.trim_end_matches(' ').len());
    cleaned
}

/// The number that the kind shows: a percentage is the ratio times 100; rounded half away from
/// zero, as an invoice rounds.
pub(crate) fn shown_number(kind: &Kind, number: &BigDecimal) -> BigDecimal {
    let scaled = match kind {
        Kind::Percent { .. } => number * BigDecimal::from(100),
        _ => number.clone(),
    };
    let rounded = scaled.with_scale_round(kind.places(), RoundingMode::HalfUp);
    // No "-0.00".
    if rounded == BigDecimal::default() {
        BigDecimal::default().with_scale(kind.places())
    } else {
        rounded
    }
}

/// For programs: a plain number, an ISO date, an instant with its offset.
pub(crate) fn plain(kind: &Kind, value: &Value, zone: Tz) -> String {
    match value {
        Value::Unknown => NOT_KNOWN.to_owned(),
        Value::Text(text) => clean(text),
        Value::Number(number) => shown_number(kind, number).to_plain_string(),
        Value::Date(date) => date.format("%Y-%m-%d").to_string(),
        Value::DateTime(at) => at
            .with_timezone(&zone)
            .to_rfc3339_opts(SecondsFormat::Secs, false),
    }
}

/// For people, without the unit that a column's heading carries: "1,234.50", "94.5%", "3 Nov 2026".
pub(crate) fn cell(kind: &Kind, value: &Value, zone: Tz) -> String {
    match value {
        Value::Unknown => NOT_KNOWN.to_owned(),
        Value::Text(text) => clean(text),
        Value::Number(number) => {
            let digits = grouped(&shown_number(kind, number).to_plain_string());
            if matches!(kind, Kind::Percent { .. }) {
                format!("{digits}%")
            } else {
                digits
            }
        }
        Value::Date(date) => day(*date),
        Value::DateTime(at) => instant(*at, zone),
    }
}

/// For people, standing alone: "EUR 1,234.50", "1,240 kg".
pub(crate) fn figure(kind: &Kind, value: &Value, zone: Tz) -> String {
    let shown = cell(kind, value, zone);
    match (kind, value) {
        (Kind::Money(currency), Value::Number(_)) => format!("{currency}\u{a0}{shown}"),
        (
            Kind::Number {
                unit: Some(unit), ..
            },
            Value::Number(_),
        ) => {
            format!("{shown}\u{a0}{}", clean(unit))
        }
        _ => shown,
    }
}

/// "3 Nov 2026".
pub(crate) fn day(date: NaiveDate) -> String {
    date.format("%-d %b %Y").to_string()
}

/// "3 Nov 2026, 09:14".
pub(crate) fn instant(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone)
        .format("%-d %b %Y, %H:%M")
        .to_string()
}

/// "3 Nov 2026, 09:14 (Europe/Madrid)".
pub(crate) fn instant_with_zone(at: DateTime<Utc>, zone: Tz) -> String {
    format!("{} ({zone})", instant(at, zone))
}

/// Thousands separated by commas, a real minus sign.
pub(crate) fn grouped(plain: &str) -> String {
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => ("\u{2212}", digits),
        None => ("", plain),
    };
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut text = String::from(sign);
    for (index, digit) in whole.char_indices() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text.push_str(rest);
    text
}

/// The letters and digits of a text as the stem of a file's name: "Année 2026" is "annee-2026".
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.nfkd().filter(|character| !is_mark(*character)) {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 80 {
            break;
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

fn is_mark(character: char) -> bool {
    unicode_normalization::char::is_combining_mark(character)
}
