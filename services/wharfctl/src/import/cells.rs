//! Cells as values: numbers, amounts, days, words. A cell that cannot be read is told with its row
//! and column, and what was expected; the others of the row are read all the same.
//!
//! To add a kind of value: a function like [`day`].

use std::{ops::RangeInclusive, str::FromStr};

use bigdecimal::{BigDecimal, Zero};
use chrono::NaiveDate;
use clap::ValueEnum;

use super::{
    problems::Problems,
    sheet::{Sheet, show},
    split::Row,
};

/// The most units that a cell may state.
pub(crate) const MOST_UNITS: i64 = 1_000_000_000;
/// The most money that a cell may state, in the currency's main unit.
const MOST_MONEY: i64 = 1_000_000_000_000;
/// Digits of a number at most, on either side of the decimal sign.
const MOST_DIGITS: usize = 18;

/// How a company's files write things down.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Notation {
    /// What stands between cells; `None`: found out for each file.
    pub(crate) delimiter: Option<char>,
    /// What stands before decimals.
    pub(crate) decimal: Decimal,
    /// The order of day, month and year.
    pub(crate) dates: Dates,
}

/// What stands before decimals. Nothing stands between thousands: with it, 1.234 has two meanings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Decimal {
    /// 14.90
    #[default]
    Point,
    /// 14,90
    Comma,
}

/// The order of day, month and year. 2026-11-02 is understood with each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Dates {
    /// 2026-11-02
    #[default]
    Ymd,
    /// 02.11.2026, 2/11/2026
    Dmy,
    /// 11/02/2026
    Mdy,
}

/// What a file says of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given<T> {
    /// Nothing: it has no such column. What is there stays.
    NoColumn,
    /// That it is not known.
    Empty,
    /// This.
    Value(T),
}

impl<T> Given<T> {
    /// The value as it is when `old` was there.
    pub(crate) fn over(self, old: Option<T>) -> Option<T> {
        match self {
            Self::NoColumn => old,
            Self::Empty => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The value, when there is one.
    pub(crate) fn value(self) -> Option<T> {
        self.over(None)
    }
}

/// The cells of a row, and where to say what is wrong with them.
pub(crate) struct Cells<'a> {
    pub(crate) sheet: &'a Sheet,
    pub(crate) row: &'a Row,
    pub(crate) notation: Notation,
    pub(crate) problems: &'a mut Problems,
}

impl Cells<'_> {
    /// The value of a cell that may be empty. One that cannot be read counts as empty: nothing is
    /// loaded then.
    pub(crate) fn given<T>(
        &mut self,
        column: &str,
        read: impl FnOnce(&str, Notation) -> Result<T, String>,
    ) -> Given<T> {
        match self.sheet.cell(self.row, column) {
            None => Given::NoColumn,
            Some("") => Given::Empty,
            Some(text) => match read(text, self.notation) {
                Ok(value) => Given::Value(value),
                Err(what) => {
                    self.wrong(column, what);
                    Given::Empty
                }
            },
        }
    }

    /// The value of a cell that may not be empty.
    pub(crate) fn needed<T>(
        &mut self,
        column: &str,
        read: impl FnOnce(&str, Notation) -> Result<T, String>,
    ) -> Option<T> {
        if self.sheet.cell(self.row, column).is_none_or(str::is_empty) {
            self.wrong(column, "the cell is empty; every row needs it");
            return None;
        }
        self.given(column, read).value()
    }

    /// Says that something is wrong with a cell.
    pub(crate) fn wrong(&mut self, column: &str, what: impl std::fmt::Display) {
        self.problems.add(self.row.number, column, what);
    }
}

/// Words on one line, at most `most` characters.
pub(crate) fn words(most: usize) -> impl Fn(&str, Notation) -> Result<String, String> {
    move |text, _| {
        if text.chars().any(char::is_control) {
            return Err(format!(
                "{} has a line break or a control character in it",
                show(text)
            ));
        }
        let length = text.chars().count();
        if length > most {
            return Err(format!(
                "{} has {length} characters, at most {most} are kept",
                show(text)
            ));
        }
        Ok(text.to_owned())
    }
}

/// Several words, with `|` between them; each once.
pub(crate) fn list(text: &str, notation: Notation) -> Result<Vec<String>, String> {
    let mut all: Vec<String> = Vec::new();
    for part in text
        .split('|')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let part = words(200)(part, notation)?;
        if !all.contains(&part) {
            all.push(part);
        }
    }
    Ok(all)
}

/// A whole number.
pub(crate) fn whole(range: RangeInclusive<i64>) -> impl Fn(&str, Notation) -> Result<i64, String> {
    move |text, notation| {
        let number = number(text, notation, "12")?;
        let (least, most) = (range.start(), range.end());
        let whole = number.normalized().to_plain_string().parse::<i64>().ok();
        match whole {
            None => Err(format!("{} is no whole number", show(text))),
            Some(whole) if range.contains(&whole) => Ok(whole),
            Some(_) => Err(format!(
                "{} is out of range, {least} to {most} is expected",
                show(text)
            )),
        }
    }
}

/// Days, e.g. of a lead time.
pub(crate) fn days(text: &str, notation: Notation) -> Result<i32, String> {
    let days = whole(0..=3_650)(text, notation)?;
    i32::try_from(days).map_err(|error| error.to_string())
}

/// Units.
pub(crate) fn units(text: &str, notation: Notation) -> Result<i64, String> {
    whole(0..=MOST_UNITS)(text, notation)
}

/// Units, at least one.
pub(crate) fn some_units(text: &str, notation: Notation) -> Result<i64, String> {
    whole(1..=MOST_UNITS)(text, notation)
}

/// An amount of money, or another number that has decimals; not below 0.
pub(crate) fn amount(text: &str, notation: Notation) -> Result<BigDecimal, String> {
    let example = match notation.decimal {
        Decimal::Point => "14.90",
        Decimal::Comma => "14,90",
    };
    let amount = number(text, notation, example)?;
    if amount < BigDecimal::zero() || amount > MOST_MONEY {
        return Err(format!(
            "{} is out of range, 0 to {MOST_MONEY} is expected",
            show(text)
        ));
    }
    Ok(amount)
}

/// Digits, with a sign before and decimals behind where there are any, and nothing else.
fn number(text: &str, notation: Notation, example: &str) -> Result<BigDecimal, String> {
    let mark = match notation.decimal {
        Decimal::Point => '.',
        Decimal::Comma => ',',
    };
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once(mark).unwrap_or((unsigned, "0"));
    let digits = |part: &str| {
        (1..=MOST_DIGITS).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    if digits(whole) && digits(fraction) {
        let plain = text.replace(mark, ".");
        return BigDecimal::from_str(&plain).map_err(|error| error.to_string());
    }
    let hint = if unsigned.contains(',') && mark == '.' {
        "; for a decimal comma say --decimal comma"
    } else {
        ""
    };
    Err(format!(
        "{} is no number as {example} is: digits, nothing between thousands{hint}",
        show(text)
    ))
}

/// A day.
pub(crate) fn day(text: &str, notation: Notation) -> Result<NaiveDate, String> {
    let example = match notation.dates {
        Dates::Ymd => "2026-11-30",
        Dates::Dmy => "30.11.2026",
        Dates::Mdy => "11/30/2026",
    };
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let read = || {
        let [a, b, c] = parts.as_slice() else {
            return None;
        };
        let (year, month, day) = match notation.dates {
            _ if a.len() == 4 => (a, b, c),
            Dates::Ymd => return None,
            Dates::Dmy => (c, b, a),
            Dates::Mdy => (c, a, b),
        };
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || !parts.iter().all(|part| digits(part)) {
            return None;
        }
        NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    };
    read().ok_or_else(|| {
        let hint = match notation.dates {
            Dates::Ymd => "; for other orders say --dates dmy or --dates mdy",
            Dates::Dmy | Dates::Mdy => "",
        };
        format!("{} is no day as {example} is{hint}", show(text))
    })
}

/// Yes or no.
pub(crate) fn yes(text: &str, _: Notation) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "x" => Ok(true),
        "no" | "n" | "false" | "0" => Ok(false),
        _ => Err(format!("{} is neither yes nor no", show(text))),
    }
}

/// A currency.
pub(crate) fn currency(text: &str, _: Notation) -> Result<String, String> {
    let code = text.to_uppercase();
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(code);
    }
    Err(format!("{} is no ISO 4217 code as EUR is", show(text)))
}

/// An e-mail address, as far as one can see.
pub(crate) fn email(text: &str, notation: Notation) -> Result<String, String> {
    let text = words(254)(text, notation)?;
    let parts: Vec<&str> = text.split('@').collect();
    if parts.len() == 2 && parts.iter().all(|part| !part.is_empty()) && !text.contains(' ') {
        return Ok(text);
    }
    Err(format!(
        "{} is no e-mail address as orders@example.com is",
        show(&text)
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POINT: Notation = Notation {
        delimiter: None,
        decimal: Decimal::Point,
        dates: Dates::Ymd,
    };
    const COMMA: Notation = Notation {
        delimiter: None,
        decimal: Decimal::Comma,
        dates: Dates::Dmy,
    };
    const AMERICAN: Notation = Notation {
        delimiter: None,
        decimal: Decimal::Point,
        dates: Dates::Mdy,
    };

    #[test]
    fn a_number_has_one_meaning() {
        let text = |text, notation| amount(text, notation).map(|read| read.to_plain_string());
        assert_eq!(text("14.90", POINT).as_deref(), Ok("14.90"));
        assert_eq!(text("14,90", COMMA).as_deref(), Ok("14.90"));
        assert_eq!(text("0", COMMA).as_deref(), Ok("0"));
        for wrong in [
            "1,234", "1,234.50", "1 234", "1e9", "+1", ".5", "5.", "", "∞", "$5", "--1",
        ] {
            assert!(amount(wrong, POINT).is_err(), "{wrong}");
        }
        assert!(amount("1.234", COMMA).is_err());
        assert!(amount("-0.01", POINT).unwrap_err().contains("0 to"));
        assert_eq!(
            amount("14,90", POINT).unwrap_err(),
            "\"14,90\" is no number as 14.90 is: digits, nothing between thousands; for a decimal \
             comma say --decimal comma"
        );
    }

    #[test]
    fn units_are_whole() {
        assert_eq!(units("12.00", POINT), Ok(12));
        assert_eq!(units("-0", POINT), Ok(0));
        assert!(units("12.5", POINT).unwrap_err().contains("whole"));
        assert!(units("-5", POINT).unwrap_err().contains("0 to"));
        assert!(units("999999999999999999", POINT).is_err());
        assert!(some_units("0", POINT).is_err());
    }

    #[test]
    fn days_in_the_order_that_was_said() {
        let date = |y, m, d| Ok(NaiveDate::from_ymd_opt(y, m, d).unwrap());
        assert_eq!(day("2026-11-02", AMERICAN), date(2026, 11, 2));
        assert_eq!(day("2026/1/2", POINT), date(2026, 1, 2));
        assert_eq!(day("2.11.2026", COMMA), date(2026, 11, 2));
        assert_eq!(day("11/02/2026", AMERICAN), date(2026, 11, 2));
        for wrong in [
            "11/02/2026",
            "2026-13-01",
            "2026-02-30",
            "02-11-26",
            "2026-1",
            "+026-1-1",
        ] {
            assert!(day(wrong, POINT).is_err(), "{wrong}");
        }
        assert!(day("02.11.26", COMMA).is_err());
    }

    #[test]
    fn words_and_codes() {
        assert_eq!(
            list("a | b||a", POINT),
            Ok(vec!["a".to_owned(), "b".to_owned()])
        );
        assert!(words(3)("abcd", POINT).is_err());
        assert!(words(9)("a\nb", POINT).is_err());
        assert_eq!(currency("eur", POINT).as_deref(), Ok("EUR"));
        assert!(currency("€", POINT).is_err() && currency("ß12", POINT).is_err());
        assert_eq!(yes("TRUE", POINT), Ok(true));
        assert!(yes("maybe", POINT).is_err());
        assert!(email("a@b", POINT).is_ok() && email("a b@c", POINT).is_err());
    }

    proptest! {
        #[test]
        fn no_cell_is_too_much(text in "\\PC{0,30}") {
            for notation in [POINT, COMMA, AMERICAN] {
                let _ = (day(&text, notation), amount(&text, notation), units(&text, notation));
                let _ = (currency(&text, notation), email(&text, notation), yes(&text, notation));
            }
        }

        #[test]
        fn numbers_come_back(units in 0..=MOST_UNITS, cents in 0..1_000_000_000_i64) {
            prop_assert_eq!(super::units(&units.to_string(), POINT), Ok(units));
            let cents = BigDecimal::new(cents.into(), 2);
            prop_assert_eq!(amount(&cents.to_plain_string().replace('.', ","), COMMA), Ok(cents));
        }
    }
}
