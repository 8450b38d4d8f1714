//! The few words that a report says by itself.

use bigdecimal::BigDecimal;
use chrono::{Datelike, NaiveDate};
use wharf_documents::Kind;
use wharf_domain::{metric::Metric, money::Money, period::Period};

use super::super::metric::Computed;

/// "21 November 2026", "1–21 November 2026", "28 October – 21 November 2026".
pub(super) fn period(period: Period) -> String {
    let Period { from, to } = period;
    let last = to.format("%-d %B %Y");
    if from == to {
        return last.to_string();
    }
    if (from.year(), from.month()) == (to.year(), to.month()) {
        return format!("{}–{last}", from.day());
    }
    if from.year() == to.year() {
        return format!("{} – {last}", from.format("%-d %B"));
    }
    format!("{} – {last}", from.format("%-d %B %Y"))
}

/// "21 Nov".
pub(super) fn short(day: NaiveDate) -> String {
    day.format("%-d %b").to_string()
}

/// What it was before, and how much it changed: "before: 94.2% (−1.1 points)".
pub(super) fn compared(
    metric: Metric,
    kind: Kind,
    now: Option<&BigDecimal>,
    before: &BigDecimal,
    currency: &str,
) -> String {
    let then = match &kind {
        Kind::Percent { .. } => format!("{}%", tenths(&(before * BigDecimal::from(100)))),
        // The figure above it says the currency.
        Kind::Money(_) => grouped(before, Money::decimals(currency).into()),
        Kind::Number { places, .. } => grouped(before, (*places).into()),
        Kind::Text | Kind::Date | Kind::DateTime => before.to_plain_string(),
    };
    let Some(now) = now else {
        return format!("before: {then}");
    };
    let change = if metric.compared_in_points() {
        let points = (now - before) * BigDecimal::from(100);
        format!("{} points", signed(&points))
    } else if *before > BigDecimal::default() {
        let percent = (now - before) * BigDecimal::from(100) / before;
        format!("{}%", signed(&percent))
    } else {
        return format!("before: {then}");
    };
    format!("before: {then} ({change})")
}

fn tenths(number: &BigDecimal) -> String {
    number.round(1).to_plain_string()
}

fn signed(number: &BigDecimal) -> String {
    let text = tenths(number);
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) => {
            format!("−{digits}")
        }
        Some(digits) => format!("+{digits}"),
        None => format!("+{text}"),
    }
}

fn grouped(number: &BigDecimal, places: i64) -> String {
    let text = number.round(places).to_plain_string();
    let (whole, rest) = text
        .split_once('.')
        .map_or((text.as_str(), ""), |both| both);
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if rest.is_empty() {
        grouped
    } else {
        format!("{grouped}.{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_said_as_short_as_they_can_be() {
        let said = |from: &str, to: &str| {
            period(Period {
                from: from.parse().unwrap(),
                to: to.parse().unwrap(),
            })
        };
        assert_eq!(said("2026-11-21", "2026-11-21"), "21 November 2026");
        assert_eq!(said("2026-11-01", "2026-11-21"), "1–21 November 2026");
        assert_eq!(
            said("2026-10-28", "2026-11-21"),
            "28 October – 21 November 2026"
        );
        assert_eq!(
            said("2025-12-28", "2026-01-02"),
            "28 December 2025 – 2 January 2026"
        );
    }

    #[test]
    fn shares_are_compared_in_points_and_amounts_in_percent() {
        let number = |text: &str| text.parse::<BigDecimal>().unwrap();
        let usd = "USD".parse().unwrap();
        let said = |metric: Metric, now: &str, before: &str| {
            compared(
                metric,
                metric.kind(usd),
                Some(&number(now)),
                &number(before),
                "USD",
            )
        };
        assert_eq!(
            said(Metric::FillRate, "0.93", "0.941"),
            "before: 94.1% (−1.1 points)"
        );
        assert_eq!(
            said(Metric::FillRate, "0.93", "0.93"),
            "before: 93.0% (+0.0 points)"
        );
        assert_eq!(
            said(Metric::Revenue, "1100", "1000"),
            "before: 1,000.00 (+10.0%)"
        );
        assert_eq!(
            said(Metric::UnitsSold, "1100", "12345"),
            "before: 12,345 (−91.1%)"
        );
        assert_eq!(said(Metric::Revenue, "1100", "0"), "before: 0.00");
    }
}
