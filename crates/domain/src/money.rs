//! An amount with its currency: no amount of money travels without one.

use bigdecimal::{BigDecimal, RoundingMode};
use serde::{Deserialize, Serialize};

/// An exact amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// The amount, in the currency's main unit; text on the wire, so that nothing rounds it.
    pub amount: BigDecimal,
    /// ISO 4217, e.g. `EUR`.
    pub currency: String,
}

/// Currencies whose smallest unit is the main unit (ISO 4217).
const WHOLE: &[&str] = &[
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF", "XPF",
];
/// Currencies with three decimals (ISO 4217).
const THOUSANDTHS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

impl Money {
    /// `amount` in `currency`.
    #[must_use]
    pub fn new(amount: BigDecimal, currency: impl Into<String>) -> Self {
        Self {
            amount,
            currency: currency.into(),
        }
    }

    /// Decimals of the currency: 2 for most, 0 or 3 for some (ISO 4217).
    #[must_use]
    pub fn decimals(currency: &str) -> u8 {
        if WHOLE.contains(&currency) {
            0
        } else if THOUSANDTHS.contains(&currency) {
            3
        } else {
            2
        }
    }

    /// Rounded to the currency's decimals, half to even (as ledgers do).
    #[must_use]
    pub fn rounded(&self) -> Self {
        let decimals = i64::from(Self::decimals(&self.currency));
        Self::new(
            self.amount
                .with_scale_round(decimals, RoundingMode::HalfEven),
            self.currency.clone(),
        )
    }

    /// `quantity` times as much.
    #[must_use]
    pub fn times(&self, quantity: i64) -> Self {
        Self::new(
            &self.amount * BigDecimal::from(quantity),
            self.currency.clone(),
        )
    }
}

/// `USD 1,234.50`: the ISO code first, thousands grouped, the currency's decimals.
impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rounded = self.rounded();
        let text = rounded.amount.to_plain_string();
        let (sign, digits) = text
            .strip_prefix('-')
            .map_or(("", text.as_str()), |rest| ("-", rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        write!(f, "{} {sign}", self.currency)?;
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        if fraction.is_empty() {
            return Ok(());
        }
        write!(f, ".{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(amount: &str, currency: &str) -> String {
        Money::new(amount.parse().unwrap(), currency).to_string()
    }

    #[test]
    fn amounts_are_grouped_and_have_their_currencys_decimals() {
        assert_eq!(text("1234567.5", "USD"), "USD 1,234,567.50");
        assert_eq!(text("-1234", "EUR"), "EUR -1,234.00");
        assert_eq!(text("999", "JPY"), "JPY 999");
        assert_eq!(text("0.0015", "KWD"), "KWD 0.002");
        assert_eq!(text("0", "EUR"), "EUR 0.00");
    }

    #[test]
    fn halves_go_to_the_even_neighbour() {
        assert_eq!(text("0.125", "USD"), "USD 0.12");
        assert_eq!(text("0.135", "USD"), "USD 0.14");
    }
}
