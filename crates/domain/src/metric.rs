//! The figures that can be asked for, and what people call them in English and Spanish.
//!
//! To add a name: its words in `metric/names.rs`. To add a figure: a variant here, its names, and how it is computed in agent-executor's
//! `report_generator/metric.rs`.

mod names;

use crate::wire_name::wire_enum;
use names::{IDLE, NAMES};

wire_enum! {
    /// A figure of a period. The name is the one that it travels by; texts' labels follow from it.
    pub enum Metric("metric") {
        /// Units sold × price.
        Revenue = "revenue",
        /// How many units were sold.
        UnitsSold = "units_sold",
        /// How many were asked for and not there.
        UnitsNotSupplied = "units_not_supplied",
        /// What the sold goods had cost.
        Cogs = "cost_of_goods_sold",
        /// Revenue without what the goods had cost.
        GrossProfit = "gross_profit",
        /// Its share of revenue.
        GrossMargin = "gross_margin",
        /// The share of what was asked for that was sold.
        FillRate = "fill_rate",
        /// The share of product-days that ended with no stock.
        StockoutRate = "stockout_rate",
        /// Stock at the end of the period at cost.
        InventoryValue = "inventory_value",
        /// Stock at cost, on average over the days.
        AverageInventory = "average_inventory_value",
        /// How many times a year the stock is sold.
        Turnover = "turnover",
        /// How many days the stock lasts.
        DaysOfCover = "days_of_cover",
        /// How near the books were to what was counted.
        Accuracy = "accuracy",
        /// Orders that came whole by their day.
        Otif = "otif",
        /// Orders that came by their day.
        OnTime = "on_time",
        /// The share of what was ordered that came.
        SupplierFill = "supplier_fill",
        /// What was ordered from suppliers, at its price.
        Purchases = "purchases",
    }
}

/// The ones that are told when none is asked for.
pub const MAIN: &[Metric] = &[
    Metric::Revenue,
    Metric::UnitsSold,
    Metric::GrossMargin,
    Metric::FillRate,
    Metric::StockoutRate,
    Metric::Turnover,
    Metric::DaysOfCover,
    Metric::Accuracy,
    Metric::Otif,
];

/// The figures that the words mean: all main ones for words that name none ("all kpis"), several for
/// "fill rate and otif". `None` when a part of them is no figure of ours.
#[must_use]
pub fn meant(words: &str) -> Option<Vec<Metric>> {
    let words = plain(words);
    if let Some(metric) = one(&words) {
        return Some(vec![metric]);
    }
    if without_idle(&words).is_empty() {
        return Some(MAIN.to_vec());
    }
    let parts: Vec<String> = words
        .replace(" and ", ",")
        .replace(" plus ", ",")
        .replace(" y ", ",")
        .split(',')
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect();
    if parts.len() < 2 {
        return None;
    }
    let mut found = Vec::new();
    for part in &parts {
        let metric = one(part)?;
        if !found.contains(&metric) {
            found.push(metric);
        }
    }
    Some(found)
}

fn one(words: &str) -> Option<Metric> {
    let named = |words: &str| {
        let found = NAMES.iter().find(|(_, names)| names.contains(&words));
        found.map(|(metric, _)| *metric)
    };
    named(words).or_else(|| named(&without_idle(words)))
}

fn without_idle(words: &str) -> String {
    let words: Vec<_> = words
        .split(' ')
        .filter(|word| !IDLE.contains(word))
        .collect();
    words.join(" ")
}

/// Lower case, words parted by one space, commas kept.
fn plain(words: &str) -> String {
    let mut plain = String::new();
    for character in words
        .to_lowercase()
        .replace(['&', '+', ';', '/'], " , ")
        .chars()
    {
        match character {
            ',' => plain.push_str(" , "),
            '\'' | '’' => {}
            other if other.is_alphanumeric() => plain.push(unaccented(other)),
            _ => plain.push(' '),
        }
    }
    let words: Vec<_> = plain.split_whitespace().collect();
    words
        .join(" ")
        .replace(" ,", ",")
        .trim_matches([',', ' '])
        .to_owned()
}

fn unaccented(letter: char) -> char {
    match letter {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' | 'ü' => 'u',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_go_by_many_names() {
        for (words, metric) in [
            ("turnover", Metric::Turnover),
            ("inventory turns", Metric::Turnover),
            ("stock turnover rate", Metric::Turnover),
            ("sales turnover", Metric::Revenue),
            ("Sales", Metric::Revenue),
            ("total revenue", Metric::Revenue),
            ("fill rate", Metric::FillRate),
            ("our service-level", Metric::FillRate),
            ("stock-out rate", Metric::StockoutRate),
            ("stockouts", Metric::StockoutRate),
            ("days of cover", Metric::DaysOfCover),
            ("days on hand", Metric::DaysOfCover),
            ("inventory accuracy", Metric::Accuracy),
            ("on-time in full", Metric::Otif),
            ("on-time rate", Metric::OnTime),
            ("OTIF", Metric::Otif),
            ("gross margin", Metric::GrossMargin),
            ("cost of goods sold", Metric::Cogs),
            ("suppliers' fill rate", Metric::SupplierFill),
            ("los ingresos", Metric::Revenue),
            ("Ventas totales", Metric::Revenue),
            ("la rotación del inventario", Metric::Turnover),
            ("tasa de surtido", Metric::FillRate),
            ("días de cobertura", Metric::DaysOfCover),
            ("a tiempo y completo", Metric::Otif),
            ("costo de lo vendido", Metric::Cogs),
        ] {
            assert_eq!(meant(words), Some(vec![metric]), "{words}");
        }
    }

    #[test]
    fn several_at_once_all_and_none() {
        let two = Some(vec![Metric::FillRate, Metric::Otif]);
        for words in [
            "fill rate and otif",
            "fill rate, otif",
            "fill rate & otif rate",
            "tasa de surtido y otif",
        ] {
            assert_eq!(meant(words), two, "{words}");
        }
        for words in ["all kpis", "key figures", "metrics", "the numbers"] {
            assert_eq!(meant(words), Some(MAIN.to_vec()), "{words}");
        }
        for words in ["happiness", "fill rate and happiness", ""] {
            let none = meant(words).filter(|_| !words.is_empty());
            assert_eq!(none, None, "{words}");
        }
    }

    #[test]
    fn every_name_is_found_and_means_one_figure() {
        for (metric, names) in NAMES {
            for name in *names {
                assert_eq!(meant(name), Some(vec![*metric]), "{name}");
            }
        }
    }
}
