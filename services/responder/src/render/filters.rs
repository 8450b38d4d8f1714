//! How texts show figures. To add a filter: a function here and its line in [`add`].
//!
//! Filters that depend on the reader (times) take the zone out of the context's `reader`, which
//! [`Renderer::render`](super::Renderer::render) puts there.

pub(super) mod spanish;

use std::cmp::Ordering;

use bigdecimal::{BigDecimal, RoundingMode};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use minijinja::{Environment, Error, ErrorKind, State, Value, value::ViaDeserialize};
use wharf_domain::{
    contracts::answers::{MetricLine, MetricUnit},
    money::Money,
    period::Period,
};

/// Adds every filter.
pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_filter("arrow", arrow);
    environment.add_filter("change", change);
    environment.add_filter("clock", clock);
    environment.add_filter("counted", counted);
    environment.add_filter("dot", dot);
    environment.add_filter("fact", fact);
    environment.add_filter("kilometres", kilometres);
    environment.add_filter("label", label);
    environment.add_filter("metric", metric);
    environment.add_filter("money", money);
    environment.add_filter("number", number);
    environment.add_filter("percent", percent);
    environment.add_filter("period", period);
    environment.add_filter("plain", plain);
    environment.add_filter("size", size);
    environment.add_filter("time", time);
    environment.add_filter("units", units);
    environment.add_filter("words", words);
    environment.add_test("worsened", worsened);
}

/// What a filter shows is our own text: no marker of it is a user's.
fn ours(text: String) -> Value {
    Value::from_safe_string(text)
}

/// Units that do not change in the plural.
const UNCOUNTED: &[&str] = &["kg", "g", "l", "ml", "m", "cm"];

/// `1200 | counted("box")` is "1,200 boxes".
pub(super) fn counted(quantity: i64, unit: String) -> String {
    with_noun(grouped(quantity), quantity, &unit)
}

/// `1200 | units("box")` is "1200 boxes": as the texts of the specification have it.
fn units(quantity: i64, unit: String) -> String {
    with_noun(quantity.to_string(), quantity, &unit)
}

fn with_noun(shown: String, quantity: i64, unit: &str) -> String {
    if quantity == 1 || UNCOUNTED.contains(&unit) {
        return format!("{shown} {unit}");
    }
    let sibilant = ["s", "x", "ch", "sh"].iter().any(|end| unit.ends_with(end));
    format!("{shown} {unit}{}", if sibilant { "es" } else { "s" })
}

/// `1200 | number` is "1,200".
fn number(number: i64) -> String {
    grouped(number)
}

/// `check_inventory | words` is "check inventory".
pub(super) fn words(name: String) -> String {
    name.replace('_', " ")
}

/// `400 m`, `4.2 km`, `370 km`: as exact as a straight line deserves.
fn kilometres(km: f64) -> String {
    if km < 1.0 {
        return format!("{:.0} m", (km * 10.0).round() * 100.0);
    }
    if km < 10.0 {
        return format!("{km:.1} km");
    }
    format!("{km:.0} km")
}

/// `fill_rate | label` is "Fill rate"; abbreviations are capitals.
fn label(name: String) -> String {
    if name == "otif" {
        return "On time in full".to_owned();
    }
    capitalised(&words(name))
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// An amount with its currency, as in "USD 1,234.50".
fn money(amount: ViaDeserialize<Money>) -> Value {
    ours(amount.0.to_string())
}

/// An amount for machines: `1234.50 USD`.
fn plain(amount: ViaDeserialize<Money>) -> Value {
    let rounded = amount.0.rounded();
    ours(format!(
        "{} {}",
        rounded.amount.to_plain_string(),
        rounded.currency
    ))
}

/// `94.27 | percent` is "94.3 %"; what is not known says so.
fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| NOT_KNOWN.to_owned(), |share| format!("{share:.1} %"))
}

const NOT_KNOWN: &str = "not known";

/// The mark of a severity.
fn dot(severity: String) -> &'static str {
    match severity.as_str() {
        "critical" => "🔴",
        "high" => "🟠",
        "medium" => "🟡",
        _ => "🟢",
    }
}

/// The mark of a trend.
fn arrow(trend: String) -> &'static str {
    match trend.as_str() {
        "up" => "↗️",
        "down" => "↘️",
        "steady" => "→",
        _ => "",
    }
}

/// Days: "2026-03-01 to 2026-03-18", or the one day.
fn period(days: ViaDeserialize<Period>) -> Value {
    from_to(days.0, "%Y-%m-%d", "to")
}

/// The days of a period in a format, with `to` between them; or the one day.
fn from_to(days: Period, format: &str, to: &str) -> Value {
    let (from, last) = (days.from.format(format), days.to.format(format));
    ours(match days.from == days.to {
        true => from.to_string(),
        false => format!("{from} {to} {last}"),
    })
}

/// Bytes for people: "48 KB".
fn size(bytes: u64) -> Value {
    ours(wharf_domain::size::human_size(bytes))
}

/// A figure with its unit, as in "94.3 %".
fn metric(line: ViaDeserialize<MetricLine>) -> Value {
    let MetricLine { unit, value, .. } = line.0;
    ours(value.map_or_else(|| NOT_KNOWN.to_owned(), |value| with_unit(&value, &unit)))
}

fn with_unit(value: &str, unit: &MetricUnit) -> String {
    let rounded = |decimals: i64| {
        // As documents round: from the decimals, half away from zero.
        value.parse::<BigDecimal>().map_or_else(
            |_| value.to_owned(),
            |number| {
                let text = number
                    .with_scale_round(decimals, RoundingMode::HalfUp)
                    .to_plain_string();
                let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
                let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
                if rest.is_empty() {
                    whole
                } else {
                    format!("{whole}.{rest}")
                }
            },
        )
    };
    match unit {
        MetricUnit::Percent => format!("{} %", rounded(1)),
        MetricUnit::Times => format!("{} times a year", rounded(2)),
        MetricUnit::Days => format!("{} days", rounded(1)),
        MetricUnit::Units => format!("{} units", rounded(0)),
        MetricUnit::Count => rounded(0),
        MetricUnit::Money(currency) => value.parse().map_or_else(
            |_| value.to_owned(),
            |amount| Money::new(amount, currency.clone()).to_string(),
        ),
    }
}

/// How a figure stands against the period before: " ↗️ (before: 91.0 %)", or nothing when either is
/// not known.
fn change(line: ViaDeserialize<MetricLine>) -> Value {
    let line = line.0;
    moved(&line, "before", |before| with_unit(before, &line.unit))
}

/// The same with the word for "before", and its figure as `figure` writes it.
fn moved(line: &MetricLine, word: &str, figure: impl FnOnce(&str) -> String) -> Value {
    let Some(before) = line.value.as_ref().and(line.before.as_ref()) else {
        return ours(String::new());
    };
    let mark = match movement(line) {
        Some(Ordering::Greater) => " ↗️",
        Some(Ordering::Less) => " ↘️",
        Some(Ordering::Equal) | None => "",
    };
    ours(format!("{mark} ({word}: {})", figure(before)))
}

/// Whether a figure is known to be worse than in the period before.
fn worsened(line: ViaDeserialize<MetricLine>) -> bool {
    let bad = |higher_is_better| match higher_is_better {
        true => Ordering::Less,
        false => Ordering::Greater,
    };
    let line = line.0;
    movement(&line).is_some_and(|moved| line.higher_is_better.map(bad) == Some(moved))
}

/// Which way a figure went; it did not move when the reader would see the same figure twice.
fn movement(line: &MetricLine) -> Option<Ordering> {
    let (value, before) = (line.value.as_deref()?, line.before.as_deref()?);
    if with_unit(value, &line.unit) == with_unit(before, &line.unit) {
        return Some(Ordering::Equal);
    }
    let (now, then): (f64, f64) = (value.parse().ok()?, before.parse().ok()?);
    now.partial_cmp(&then)
}

/// A figure of an alert: whole numbers grouped, others to one decimal, the rest as it is.
fn fact(value: Value) -> Value {
    fact_in(value, |figure| figure)
}

/// The same with the figure as `written` has it.
fn fact_in(value: Value, written: impl FnOnce(String) -> String) -> Value {
    if let Ok(number) = i64::try_from(value.clone()) {
        return ours(written(grouped(number)));
    }
    match f64::try_from(value.clone()) {
        Ok(number) => ours(written(format!("{number:.1}"))),
        Err(_) => value,
    }
}

/// A time as the reader tells it: "2026-03-18 05:00", ISO 8601 in UTC for machines.
fn time(state: &State<'_, '_>, at: String) -> Result<Value, Error> {
    told(state, &at, "%Y-%m-%d %H:%M")
}

/// A time of the reader's day: "05:00"; with the day when that is another than the figures'.
fn clock(state: &State<'_, '_>, at: String) -> Result<Value, Error> {
    told(state, &at, "%H:%M")
}

fn told(state: &State<'_, '_>, at: &str, format: &str) -> Result<Value, Error> {
    let at: DateTime<Utc> = at
        .parse()
        .map_err(|_| Error::new(ErrorKind::InvalidOperation, format!("{at:?} is no time")))?;
    let reader = state
        .lookup("reader")
        .ok_or_else(|| Error::new(ErrorKind::UndefinedError, "a time without a reader"))?;
    if reader.get_attr("machine")?.is_true() {
        return Ok(ours(at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)));
    }
    let zone = reader.get_attr("time_zone")?;
    let zone: Tz = zone
        .as_str()
        .and_then(|zone| zone.parse().ok())
        .unwrap_or(Tz::UTC);
    Ok(ours(at.with_timezone(&zone).format(format).to_string()))
}

fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        out.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_have_their_unit_in_the_right_number() {
        assert_eq!(counted(1, "unit".into()), "1 unit");
        assert_eq!(counted(0, "unit".into()), "0 units");
        assert_eq!(counted(3, "box".into()), "3 boxes");
        assert_eq!(counted(2_000, "kg".into()), "2,000 kg");
    }

    #[test]
    fn thousands_are_grouped() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (-1_000, "-1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn figures_carry_their_unit() {
        assert_eq!(with_unit("94.27", &MetricUnit::Percent), "94.3 %");
        // No float lies exactly between: as one, this is a little less.
        assert_eq!(with_unit("99.85", &MetricUnit::Percent), "99.9 %");
        assert_eq!(with_unit("5.4465", &MetricUnit::Percent), "5.4 %");
        assert_eq!(with_unit("3.456", &MetricUnit::Times), "3.46 times a year");
        assert_eq!(with_unit("12345", &MetricUnit::Units), "12,345 units");
        let money = MetricUnit::Money("EUR".to_owned());
        assert_eq!(with_unit("1234.5", &money), "EUR 1,234.50");
    }

    #[test]
    fn a_figure_moves_when_the_reader_can_see_it() {
        let line = |value: Option<&str>, before: Option<&str>, higher_is_better| MetricLine {
            name: "fill_rate".to_owned(),
            unit: MetricUnit::Percent,
            value: value.map(str::to_owned),
            before: before.map(str::to_owned),
            higher_is_better,
            formula: String::new(),
        };
        for (value, before, higher_is_better, moved, worse) in [
            (Some("99.41"), Some("99.44"), Some(true), "equal", false),
            (Some("99.3"), Some("99.4"), Some(true), "less", true),
            (Some("99.3"), Some("99.4"), Some(false), "less", false),
            (Some("9.4"), Some("9.3"), Some(false), "greater", true),
            (Some("9.4"), Some("9.3"), None, "greater", false),
            (Some("9.4"), None, Some(false), "unknown", false),
            (None, Some("9.4"), Some(true), "unknown", false),
        ] {
            let line = line(value, before, higher_is_better);
            let shown = movement(&line).map_or("unknown".to_owned(), |moved| {
                format!("{moved:?}").to_lowercase()
            });
            assert_eq!(shown, moved, "{line:?}");
            assert_eq!(worsened(ViaDeserialize(line.clone())), worse, "{line:?}");
        }
    }
}
