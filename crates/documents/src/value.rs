//! What stands in a cell and how it is shown. A [`Value`] is the datum, a [`Kind`] says what it
//! means and how many places it shows; the kind stands once on the column, not in each cell.
//! Here a new kind is added: the compiler then asks for it in each format.

use std::fmt;
use std::str::FromStr;

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, Utc};

/// The text of [`Value::Unknown`] in every format.
pub const NOT_KNOWN: &str = "not known";

/// One datum of a report.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// The data do not carry it: shown as [`NOT_KNOWN`], never as 0 or nothing.
    Unknown,
    /// Words, of users too: control characters are dropped when it is written.
    Text(String),
    /// A count, quantity, amount of money or ratio, exact; shown rounded (half away from zero).
    Number(BigDecimal),
    /// A civil day.
    Date(NaiveDate),
    /// An instant, shown in the report's zone.
    DateTime(DateTime<Utc>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<BigDecimal> for Value {
    fn from(number: BigDecimal) -> Self {
        Self::Number(number)
    }
}

impl From<NaiveDate> for Value {
    fn from(date: NaiveDate) -> Self {
        Self::Date(date)
    }
}

impl From<DateTime<Utc>> for Value {
    fn from(at: DateTime<Utc>) -> Self {
        Self::DateTime(at)
    }
}

/// `None` is [`Value::Unknown`].
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Into::into)
    }
}

/// What a value means and how it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Takes [`Value::Text`].
    Text,
    /// Takes [`Value::Number`].
    Number {
        /// Digits after the point, 0 to [`MAX_PLACES`].
        places: u8,
        /// Of every value of the column ("kg", "days"); a unit that differs by row is a column.
        unit: Option<String>,
    },
    /// Takes [`Value::Number`]: an amount in the currency's main unit.
    Money(Currency),
    /// Takes [`Value::Number`]: a ratio, 0.945 is shown as 94.5%.
    Percent {
        /// Digits after the point of the percentage, 0 to [`MAX_PLACES`].
        places: u8,
    },
    /// Takes [`Value::Date`].
    Date,
    /// Takes [`Value::DateTime`].
    DateTime,
}

/// The most digits after the point that a kind may ask for.
pub const MAX_PLACES: u8 = 6;

impl Kind {
    /// A whole number without unit.
    #[must_use]
    pub const fn integer() -> Self {
        Self::Number {
            places: 0,
            unit: None,
        }
    }

    /// A number without unit.
    #[must_use]
    pub const fn decimal(places: u8) -> Self {
        Self::Number { places, unit: None }
    }

    /// A number with its unit.
    #[must_use]
    pub fn quantity(unit: impl Into<String>, places: u8) -> Self {
        Self::Number {
            places,
            unit: Some(unit.into()),
        }
    }

    /// Whether the values are numbers: aligned right, and they can be summed.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Number { .. } | Self::Money(_) | Self::Percent { .. }
        )
    }

    /// Digits after the point; none for what is no number.
    pub(crate) fn places(&self) -> i64 {
        match self {
            Self::Number { places, .. } | Self::Percent { places } => i64::from(*places),
            Self::Money(currency) => currency.places(),
            Self::Text | Self::Date | Self::DateTime => 0,
        }
    }

    /// The unit as a column's heading carries it.
    pub(crate) fn heading_unit(&self) -> Option<&str> {
        match self {
            Self::Number { unit, .. } => unit.as_deref(),
            Self::Money(currency) => Some(currency.as_str()),
            Self::Percent { .. } => Some("%"),
            Self::Text | Self::Date | Self::DateTime => None,
        }
    }

    /// Whether the value is one that this kind takes.
    pub(crate) const fn takes(&self, value: &Value) -> bool {
        match value {
            Value::Unknown => true,
            Value::Text(_) => matches!(self, Self::Text),
            Value::Number(_) => self.is_number(),
            Value::Date(_) => matches!(self, Self::Date),
            Value::DateTime(_) => matches!(self, Self::DateTime),
        }
    }
}

/// A currency by its ISO 4217 code, three capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

/// The text is not three capital letters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no ISO 4217 currency code")]
pub struct UnknownCurrency(String);

impl Currency {
    /// The code, as it is shown: "$" would not say whose dollar.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Always three ASCII letters, see from_str.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Digits after the point: the minor unit of ISO 4217, list one.
    pub(crate) fn places(self) -> i64 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG"
            | b"RWF" | b"UGX" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(UnknownCurrency(text.to_owned())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
