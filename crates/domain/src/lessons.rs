//! Lessons on the figures that answers show (`LEARN`): which there are, which fits an answer, and
//! the numbers to work them with. The words are responder's (`templates/parts/lesson_<name>`).
//!
//! To add a lesson: a variant of [`Lesson`] with its names in [`Lesson::names`], its example in
//! [`example`], where it can carry the user's own numbers an arm in [`mod@own`], and its text.

pub mod own;

use std::collections::BTreeMap;

use crate::{
    planning::{self, Demand, LeadTime},
    wire_name::wire_enum,
};

pub use own::{Yours, fitting};

wire_enum! {
    /// What a lesson is on, in the order in which they are numbered from 1.
    pub enum Lesson ("lesson") {
        /// When to order.
        ReorderPoint = "reorder_point",
        /// What is kept for surprises.
        SafetyStock = "safety_stock",
        /// How long stock lasts.
        DaysOfCover = "days_of_cover",
        /// Days from order to delivery.
        LeadTime = "lead_time",
        /// Up to where to order.
        TargetLevel = "target_level",
        /// How much at once costs least.
        EconomicOrderQuantity = "economic_order_quantity",
        /// What a supplier's rules make of a quantity.
        PacksAndMinimum = "packs_and_minimum",
        /// How often stock is sold in a year.
        Turnover = "turnover",
        /// How much of what was asked for could be supplied.
        FillRate = "fill_rate",
        /// How often there was nothing.
        StockoutRate = "stockout_rate",
        /// Orders that were not late.
        OnTime = "on_time",
        /// Orders that came whole and were not late.
        Otif = "otif",
        /// Units that were good.
        Quality = "quality",
        /// Whether a figure gets better.
        Trend = "trend",
        /// What makes an alert critical.
        AlertSeverity = "alert_severity",
        /// Stock that lasts too long.
        OverStock = "over_stock",
    }
}

/// Named numbers, such as `daily_demand`.
pub type Figures = BTreeMap<String, f64>;

impl Lesson {
    /// Its number, from 1.
    #[must_use]
    pub fn number(self) -> u32 {
        let place = Self::ALL.iter().position(|lesson| *lesson == self);
        place.map_or(0, |place| u32::try_from(place + 1).unwrap_or(0))
    }

    /// The lesson of that number, from 1.
    #[must_use]
    pub fn numbered(number: usize) -> Option<Self> {
        Self::ALL.get(number.checked_sub(1)?).copied()
    }

    /// What people call it, lower case without accents; English, then Spanish.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::ReorderPoint => &[
                "reorder point",
                "reorder points",
                "reorder level",
                "rop",
                "punto de pedido",
                "punto de reorden",
                "punto de reposicion",
            ],
            Self::SafetyStock => &[
                "safety stock",
                "buffer stock",
                "buffer",
                "safety",
                "stock de seguridad",
                "inventario de seguridad",
            ],
            Self::DaysOfCover => &[
                "days of cover",
                "cover",
                "coverage",
                "days of stock",
                "days of supply",
                "dias de cobertura",
                "cobertura",
                "dias de inventario",
            ],
            Self::LeadTime => &[
                "lead time",
                "lead times",
                "delivery time",
                "plazo de entrega",
                "tiempo de entrega",
                "plazo",
            ],
            Self::TargetLevel => &[
                "target level",
                "target",
                "order up to level",
                "order-up-to level",
                "max level",
                "nivel objetivo",
                "objetivo",
            ],
            Self::EconomicOrderQuantity => &[
                "economic order quantity",
                "eoq",
                "order quantity",
                "economic quantity",
                "cantidad economica",
                "cantidad economica de pedido",
                "lote economico",
            ],
            Self::PacksAndMinimum => &[
                "packs and minimum",
                "moq",
                "minimum order",
                "minimum order quantity",
                "packs",
                "pack size",
                "minimum",
                "pedido minimo",
                "cantidad minima",
                "minimo",
                "paquetes",
            ],
            Self::Turnover => &[
                "turnover",
                "stock turnover",
                "inventory turnover",
                "stock turns",
                "rotacion",
                "rotacion de inventario",
                "rotacion de stock",
            ],
            Self::FillRate => &[
                "fill rate",
                "service rate",
                "tasa de servicio",
                "tasa de cumplimiento",
            ],
            Self::StockoutRate => &[
                "stockout rate",
                "stock-out rate",
                "stock out rate",
                "stockouts",
                "stock-outs",
                "tasa de rotura",
                "rotura de stock",
                "roturas de stock",
                "faltantes",
            ],
            Self::OnTime => &[
                "on time",
                "on-time",
                "on time rate",
                "on-time rate",
                "punctuality",
                "puntualidad",
                "a tiempo",
            ],
            Self::Otif => &[
                "otif",
                "on time in full",
                "on-time in full",
                "a tiempo y completo",
                "a tiempo y completos",
            ],
            Self::Quality => &[
                "quality",
                "quality rate",
                "defects",
                "defect rate",
                "calidad",
                "defectos",
            ],
            Self::Trend => &["trend", "trends", "tendencia", "tendencias"],
            Self::AlertSeverity => &[
                "alert severity",
                "severity",
                "severities",
                "alerts",
                "alert",
                "gravedad",
                "severidad",
                "alertas",
                "alerta",
            ],
            Self::OverStock => &[
                "over-stock",
                "overstock",
                "over stock",
                "excess stock",
                "exceso de stock",
                "exceso de inventario",
                "sobrestock",
            ],
        }
    }

    /// The lesson of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|lesson| lesson.names().contains(&name))
    }
}

/// What the examples are about: a product of which 14.2 are sold a day, give or take 4.8.
const EXAMPLE: Demand = Demand {
    mean_per_day: 14.2,
    deviation_per_day: Some(4.8),
    days: 56,
};
const EXAMPLE_LEAD_TIME: LeadTime = LeadTime {
    days: 7.0,
    deviation: None,
};
const SERVICE_LEVEL: f64 = 0.95;
const REVIEW_DAYS: u32 = 28;

/// Numbers to work a lesson with, by the functions that the agents use.
#[must_use]
pub fn example(lesson: Lesson) -> Figures {
    let (demand, lead_time) = (&EXAMPLE, EXAMPLE_LEAD_TIME);
    let factor = planning::safety_factor(SERVICE_LEVEL).unwrap_or_default();
    let safety = planning::safety_stock(demand, lead_time, SERVICE_LEVEL).unwrap_or_default();
    let point = planning::reorder_point(demand, lead_time, SERVICE_LEVEL).unwrap_or_default();
    let target = planning::target_level(point, demand, REVIEW_DAYS).unwrap_or_default();
    let (daily, days) = (demand.mean_per_day, lead_time.days);
    let safety = planning::up(safety);
    match lesson {
        Lesson::ReorderPoint => figures([
            ("daily_demand", daily),
            ("lead_time_days", days),
            ("safety_stock", safety as f64),
            ("reorder_point", point as f64),
        ]),
        Lesson::SafetyStock => figures([
            ("safety_factor", factor),
            ("service_percent", SERVICE_LEVEL * 100.0),
            ("deviation", demand.deviation_per_day.unwrap_or_default()),
            ("lead_time_days", days),
            ("safety_stock", safety as f64),
        ]),
        Lesson::DaysOfCover => figures([
            ("quantity", 300.0),
            ("daily_demand", daily),
            (
                "days_of_cover",
                planning::days_of_cover(300, demand).unwrap_or_default() as f64,
            ),
        ]),
        Lesson::LeadTime => figures([
            ("lead_time_days", days),
            ("daily_demand", daily),
            ("over_lead_time", demand.over(days)),
        ]),
        Lesson::TargetLevel => {
            let missing = target - 90;
            figures([
                ("reorder_point", point as f64),
                ("daily_demand", daily),
                ("review_days", f64::from(REVIEW_DAYS)),
                ("target", target as f64),
                ("in_stock", 90.0),
                ("on_order", 0.0),
                ("missing", missing as f64),
            ])
        }
        Lesson::EconomicOrderQuantity => {
            let yearly = 5_000.0;
            let quantity = planning::economic_order_quantity(yearly, 40.0, 2.5);
            figures([
                ("yearly_demand", yearly),
                ("order_cost", 40.0),
                ("holding_cost", 2.5),
                ("quantity", quantity.unwrap_or_default() as f64),
            ])
        }
        Lesson::PacksAndMinimum => packs(110, Some(100), Some(24)),
        Lesson::Turnover => figures([
            ("cost", 120_000.0),
            ("stock", 30_000.0),
            ("turnover", 120_000.0 / 30_000.0),
        ]),
        Lesson::FillRate => share(470.0, 500.0),
        Lesson::StockoutRate => share(36.0, 1_200.0),
        Lesson::OnTime => share(18.0, 20.0),
        Lesson::Otif => share(16.0, 20.0),
        Lesson::Quality => share(985.0, 1_000.0),
        Lesson::Trend => figures([("now", 84.0), ("before", 79.0), ("change", 84.0 - 79.0)]),
        Lesson::AlertSeverity => figures([
            ("quantity", 40.0),
            ("reorder_point", point as f64),
            ("lead_time_days", days),
            (
                "days_of_cover",
                planning::days_of_cover(40, demand).unwrap_or_default() as f64,
            ),
        ]),
        Lesson::OverStock => figures([
            ("quantity", 3_000.0),
            ("daily_demand", daily),
            (
                "days_of_cover",
                planning::days_of_cover(3_000, demand).unwrap_or_default() as f64,
            ),
        ]),
    }
}

/// The numbers of [`Lesson::PacksAndMinimum`]; no rule counts as one unit.
fn packs(wanted: i64, minimum: Option<i64>, pack: Option<i64>) -> Figures {
    figures([
        ("wanted", wanted as f64),
        ("minimum", minimum.unwrap_or(1) as f64),
        ("pack", pack.unwrap_or(1) as f64),
        (
            "quantity",
            planning::order_quantity(wanted, minimum, pack) as f64,
        ),
    ])
}

fn share(part: f64, whole: f64) -> Figures {
    figures([
        ("part", part),
        ("whole", whole),
        ("percent", part / whole * 100.0),
    ])
}

fn figures<const N: usize>(pairs: [(&str, f64); N]) -> Figures {
    let owned = pairs.map(|(name, value)| (name.to_owned(), value));
    Figures::from_iter(owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_of_one_lesson_each_and_in_plain_form() {
        let mut seen = BTreeMap::new();
        for lesson in Lesson::ALL {
            assert_eq!(Lesson::numbered(lesson.number() as usize), Some(*lesson));
            assert_eq!(
                Lesson::named(&lesson.as_str().replace('_', " ")),
                Some(*lesson)
            );
            for name in lesson.names() {
                assert_eq!(seen.insert(name, lesson), None, "{name}");
                assert!(name.is_ascii() && *name == name.to_lowercase(), "{name}");
            }
        }
        assert_eq!(Lesson::numbered(0), None);
        assert_eq!(Lesson::numbered(Lesson::ALL.len() + 1), None);
    }

    /// The texts put these numbers into their formulas: each must come out.
    #[test]
    fn examples_come_out_by_the_formulas_of_the_texts() {
        let of = |lesson| {
            let figures = example(lesson);
            move |name: &str| figures[name]
        };
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1.0, "{a} {b}");
        let f = of(Lesson::ReorderPoint);
        near(
            f("reorder_point"),
            f("daily_demand") * f("lead_time_days") + f("safety_stock"),
        );
        let f = of(Lesson::SafetyStock);
        near(
            f("safety_stock"),
            f("safety_factor") * f("deviation") * f("lead_time_days").sqrt(),
        );
        let f = of(Lesson::DaysOfCover);
        near(f("days_of_cover"), f("quantity") / f("daily_demand"));
        let f = of(Lesson::TargetLevel);
        near(
            f("target"),
            f("reorder_point") + f("daily_demand") * f("review_days"),
        );
        near(f("missing"), f("target") - f("in_stock") - f("on_order"));
        let f = of(Lesson::EconomicOrderQuantity);
        near(
            f("quantity"),
            (2.0 * f("yearly_demand") * f("order_cost") / f("holding_cost")).sqrt(),
        );
        let f = of(Lesson::PacksAndMinimum);
        near(f("quantity") % f("pack"), 0.0);
        assert!(f("quantity") >= f("wanted").max(f("minimum")));
        let f = of(Lesson::OverStock);
        near(f("days_of_cover"), f("quantity") / f("daily_demand"));
    }

    #[test]
    fn the_examples() {
        let all: Vec<_> = Lesson::ALL
            .iter()
            .map(|lesson| {
                let figures = example(*lesson);
                let figures: Vec<_> = figures
                    .iter()
                    .map(|(name, value)| format!("{name}={value:.2}"))
                    .collect();
                format!("{}. {lesson}: {}", lesson.number(), figures.join(" "))
            })
            .collect();
        insta::assert_snapshot!(all.join("\n"));
    }
}
