//! What people call the figures.
//!
//! To add a name: its words in [`NAMES`], lower case, without the words of [`IDLE`].

use super::metric::{MAIN, Metric};

/// Each figure's names. "Turnover" alone is that of stock, as the spec has it beside revenue.
const NAMES: &[(Metric, &[&str])] = &[
    (
        Metric::Revenue,
        &[
            "revenue",
            "revenues",
            "sales",
            "sales revenue",
            "sales value",
            "sales turnover",
            "turnover in money",
            "income",
            "takings",
            "money made",
        ],
    ),
    (
        Metric::UnitsSold,
        &[
            "units sold",
            "units",
            "sold units",
            "sales volume",
            "volume",
            "quantity sold",
            "items sold",
            "unit sales",
            "sales units",
        ],
    ),
    (
        Metric::UnitsNotSupplied,
        &[
            "units not supplied",
            "lost sales",
            "missed sales",
            "unmet demand",
            "lost units",
        ],
    ),
    (
        Metric::Cogs,
        &["cogs", "cost goods sold", "cost sales", "costs"],
    ),
    (
        Metric::GrossProfit,
        &["gross profit", "profit", "profits", "contribution"],
    ),
    (
        Metric::GrossMargin,
        &[
            "gross margin",
            "margin",
            "margins",
            "profit margin",
            "gross profit margin",
            "profitability",
        ],
    ),
    (
        Metric::FillRate,
        &[
            "fill",
            "fill rate",
            "fillrate",
            "service level",
            "service",
            "order fill",
            "fulfilment",
            "fulfillment",
            "availability",
        ],
    ),
    (
        Metric::StockoutRate,
        &[
            "stock out",
            "stock outs",
            "stockout",
            "stockouts",
            "out stock",
            "oos",
            "empty shelves",
        ],
    ),
    (
        Metric::InventoryValue,
        &[
            "inventory value",
            "stock value",
            "value stock",
            "value inventory",
            "inventory",
            "stock worth",
            "inventory worth",
        ],
    ),
    (
        Metric::AverageInventory,
        &[
            "average inventory value",
            "average inventory",
            "average stock value",
        ],
    ),
    (
        Metric::Turnover,
        &[
            "turnover",
            "turnovers",
            "inventory turnover",
            "stock turnover",
            "turns",
            "inventory turns",
            "stock turns",
            "stock turn",
            "stock rotation",
        ],
    ),
    (
        Metric::DaysOfCover,
        &[
            "days cover",
            "day cover",
            "cover",
            "coverage",
            "stock cover",
            "stock coverage",
            "days on hand",
            "days supply",
            "days inventory",
            "days stock",
            "days sales inventory",
            "doh",
            "dio",
            "dsi",
        ],
    ),
    (
        Metric::Accuracy,
        &[
            "accuracy",
            "inventory accuracy",
            "stock accuracy",
            "count accuracy",
            "inventory record accuracy",
        ],
    ),
    (
        Metric::Otif,
        &[
            "otif",
            "on time in full",
            "on time and in full",
            "on time full",
            "delivery performance",
            "perfect orders",
        ],
    ),
    (
        Metric::OnTime,
        &[
            "on time",
            "on time delivery",
            "on time deliveries",
            "otd",
            "punctuality",
            "supplier punctuality",
            "suppliers on time",
            "deliveries on time",
            "delivery on time",
        ],
    ),
    (
        Metric::SupplierFill,
        &["supplier fill", "suppliers fill", "supplier fill rate"],
    ),
    (
        Metric::Purchases,
        &[
            "purchases",
            "purchase",
            "purchasing",
            "spend",
            "spending",
            "purchase spend",
            "ordered from suppliers",
        ],
    ),
];

/// Words that say nothing about which figure is meant.
const IDLE: &[&str] = &[
    "a",
    "all",
    "company",
    "current",
    "figure",
    "figures",
    "key",
    "kpi",
    "kpis",
    "main",
    "metric",
    "metrics",
    "my",
    "number",
    "numbers",
    "of",
    "our",
    "overall",
    "percent",
    "percentage",
    "performance",
    "rate",
    "rates",
    "ratio",
    "the",
    "total",
];

/// The figures that the words mean: all main ones for words that name none ("all kpis"), several for
/// "fill rate and otif". `None` when a part of them is no figure of ours.
pub(super) fn meant(words: &str) -> Option<Vec<Metric>> {
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
            other if other.is_alphanumeric() => plain.push(other),
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
