//! How the figures are computed. docs/agents.md has the same formulas with their sources of data.
//!
//! To add one: a variant and its names in `wharf_domain::metric`, its line in each `match` here, a
//! row in docs/agents.md.

use bigdecimal::{BigDecimal, RoundingMode};
use wharf_documents::{Currency, Kind};
use wharf_domain::{
    contracts::answers::{MetricLine, MetricUnit},
    metric::Metric,
};

use super::basis::Basis;

/// What a figure counts.
enum Unit {
    Share,
    Times,
    Days,
    Units,
    Money,
}

/// What this service adds to a figure.
pub(super) trait Computed: Sized {
    /// As documents call it.
    fn label(self) -> &'static str;
    /// How it is computed, in a few words.
    fn formula(self) -> &'static str;
    /// The figure: a share is 0 to 1. `None`: the data do not carry it.
    fn of(self, basis: &Basis) -> Option<BigDecimal>;
    /// The figure beside that of the period before. Of a percentage more places travel than anybody
    /// shows, so that a text, which rounds it, says what the document says, which rounds the ratio.
    fn line(self, now: &Basis, before: &Basis, currency: &str) -> MetricLine;
    /// What documents show it as.
    fn kind(self, currency: Currency) -> Kind;
    /// Whether documents compare it in points rather than in percent.
    fn compared_in_points(self) -> bool;
}

impl Computed for Metric {
    fn label(self) -> &'static str {
        match self {
            Self::Revenue => "Revenue",
            Self::UnitsSold => "Units sold",
            Self::UnitsNotSupplied => "Units not supplied",
            Self::Cogs => "Cost of goods sold",
            Self::GrossProfit => "Gross profit",
            Self::GrossMargin => "Gross margin",
            Self::FillRate => "Fill rate",
            Self::StockoutRate => "Stock-out rate",
            Self::InventoryValue => "Inventory value",
            Self::AverageInventory => "Average inventory value",
            Self::Turnover => "Inventory turnover",
            Self::DaysOfCover => "Days of cover",
            Self::Accuracy => "Inventory accuracy",
            Self::Otif => "Suppliers on time in full",
            Self::OnTime => "Suppliers on time",
            Self::SupplierFill => "Suppliers' fill rate",
            Self::Purchases => "Ordered from suppliers",
        }
    }

    fn formula(self) -> &'static str {
        match self {
            Self::Revenue => "units sold × price",
            Self::UnitsSold => "sum of units sold",
            Self::UnitsNotSupplied => "units asked for − units sold",
            Self::Cogs => "units sold × present cost",
            Self::GrossProfit => "revenue − cost of goods sold",
            Self::GrossMargin => "(revenue − cost of goods sold) ÷ revenue",
            Self::FillRate => "units sold ÷ units asked for",
            Self::StockoutRate => {
                "product-days that ended with no stock ÷ product-days, of products that are asked for"
            }
            Self::InventoryValue => {
                "stock at the end of the period × present cost, of products that have one"
            }
            Self::AverageInventory => {
                "average over the days of stock × present cost, of products that have one"
            }
            Self::Turnover => {
                "cost of goods sold ÷ average inventory value × 365 ÷ days of the period"
            }
            Self::DaysOfCover => "inventory value ÷ cost of goods sold a day",
            Self::Accuracy => "1 − units that counts were off ÷ units on the books before",
            Self::Otif => "orders that came whole by their day ÷ orders due",
            Self::OnTime => "orders of which nothing came after their day ÷ orders due",
            Self::SupplierFill => "units that came ÷ units ordered",
            Self::Purchases => "units × price of the orders placed",
        }
    }

    fn of(self, basis: &Basis) -> Option<BigDecimal> {
        let sales = basis.sales.as_ref();
        match self {
            Self::Revenue => sales.map(|sales| sales.revenue.clone()),
            Self::UnitsSold => sales.map(|sales| sales.sold.into()),
            Self::UnitsNotSupplied => sales.map(|sales| (sales.requested - sales.sold).into()),
            Self::Cogs => sales?.cost.clone(),
            Self::GrossProfit => Some(&sales?.revenue - sales?.cost.as_ref()?),
            Self::GrossMargin => share(Self::GrossProfit.of(basis)?, &sales?.revenue),
            Self::FillRate => share(sales?.sold.into(), &sales?.requested.into()),
            Self::StockoutRate => share(
                basis.availability.empty.into(),
                &basis.availability.days.into(),
            ),
            Self::InventoryValue => basis.closing.clone(),
            Self::AverageInventory => basis.average_stock(),
            Self::Turnover => {
                let days = BigDecimal::from(basis.period.days());
                let turns = share(sales?.cost.clone()?, &basis.average_stock()?)?;
                Some(turns * BigDecimal::from(365) / days)
            }
            Self::DaysOfCover => {
                let daily = sales?.cost.as_ref()? / BigDecimal::from(basis.period.days());
                share(basis.closing.clone()?, &daily)
            }
            Self::Accuracy => {
                let off = share(basis.counts.off.into(), &basis.counts.booked.into())?;
                let none = BigDecimal::default();
                Some((BigDecimal::from(1) - off).max(none))
            }
            Self::Otif => share(basis.orders.on_time.into(), &basis.orders.due.into()),
            Self::OnTime => share(basis.orders.punctual.into(), &basis.orders.due.into()),
            Self::SupplierFill => share(basis.orders.filled.into(), &basis.orders.ordered.into()),
            Self::Purchases => basis.purchases.clone(),
        }
    }

    fn line(self, now: &Basis, before: &Basis, currency: &str) -> MetricLine {
        let (unit, places, factor) = match unit(self) {
            Unit::Share => (MetricUnit::Percent, 4, 100),
            Unit::Times => (MetricUnit::Times, 2, 1),
            Unit::Days => (MetricUnit::Days, 1, 1),
            Unit::Units => (MetricUnit::Units, 0, 1),
            Unit::Money => {
                let places = wharf_domain::money::Money::decimals(currency);
                (MetricUnit::Money(currency.to_owned()), places.into(), 1)
            }
        };
        let text = |basis: &Basis| {
            let figure = self.of(basis)? * BigDecimal::from(factor);
            let rounded = figure.with_scale_round(places, RoundingMode::HalfUp);
            Some(rounded.to_plain_string())
        };
        MetricLine {
            name: self.as_str().to_owned(),
            unit,
            value: text(now),
            before: text(before),
            higher_is_better: higher_is_better(self),
            formula: self.formula().to_owned(),
        }
    }

    fn kind(self, currency: Currency) -> Kind {
        match unit(self) {
            Unit::Share => Kind::Percent { places: 1 },
            Unit::Times => Kind::quantity("× a year", 2),
            Unit::Days => Kind::quantity("days", 1),
            Unit::Units => Kind::quantity("units", 0),
            Unit::Money => Kind::Money(currency),
        }
    }

    fn compared_in_points(self) -> bool {
        matches!(unit(self), Unit::Share)
    }
}

const fn unit(metric: Metric) -> Unit {
    match metric {
        Metric::Revenue
        | Metric::Cogs
        | Metric::GrossProfit
        | Metric::InventoryValue
        | Metric::AverageInventory
        | Metric::Purchases => Unit::Money,
        Metric::UnitsSold | Metric::UnitsNotSupplied => Unit::Units,
        Metric::GrossMargin
        | Metric::FillRate
        | Metric::StockoutRate
        | Metric::Accuracy
        | Metric::Otif
        | Metric::OnTime
        | Metric::SupplierFill => Unit::Share,
        Metric::Turnover => Unit::Times,
        Metric::DaysOfCover => Unit::Days,
    }
}

const fn higher_is_better(metric: Metric) -> Option<bool> {
    match metric {
        Metric::Revenue
        | Metric::UnitsSold
        | Metric::GrossProfit
        | Metric::GrossMargin
        | Metric::FillRate
        | Metric::Turnover
        | Metric::Accuracy
        | Metric::Otif
        | Metric::OnTime
        | Metric::SupplierFill => Some(true),
        Metric::StockoutRate | Metric::UnitsNotSupplied => Some(false),
        Metric::Cogs
        | Metric::InventoryValue
        | Metric::AverageInventory
        | Metric::DaysOfCover
        | Metric::Purchases => None,
    }
}

/// `part` of `whole`; `None` of nothing.
pub(super) fn share(part: BigDecimal, whole: &BigDecimal) -> Option<BigDecimal> {
    (*whole > BigDecimal::default()).then(|| part / whole)
}

#[cfg(test)]
mod tests {
    use wharf_store::metrics::{Availability, CountSums, SalesSums};

    use super::{super::basis::Orders, *};

    fn number(text: &str) -> BigDecimal {
        text.parse().unwrap()
    }

    /// Ten days: 58 of 61 units for 215 that cost 92; stock worth 80 and 146 on the days that it was
    /// looked at, 100 at the end; one of five shelves empty; counts 3 off of 120; of 8 orders 5 came
    /// whole by their day and 6 in time.
    fn basis() -> Basis {
        Basis {
            period: wharf_domain::period::Period::last(10, "2026-03-10".parse().unwrap()),
            sales: Some(SalesSums {
                rows: 4,
                requested: 61,
                sold: 58,
                revenue: number("215"),
                cost: Some(number("92")),
            }),
            stock: (0..5)
                .flat_map(|_| [Some(number("80")), Some(number("146"))])
                .collect(),
            closing: Some(number("100")),
            availability: Availability { days: 5, empty: 1 },
            counts: CountSums {
                counts: 2,
                booked: 120,
                off: 3,
            },
            orders: Orders {
                due: 8,
                on_time: 5,
                punctual: 6,
                ordered: 200,
                filled: 190,
            },
            purchases: Some(number("160")),
        }
    }

    #[test]
    fn figures_worked_out_by_hand() {
        let basis = basis();
        for (metric, expected) in [
            (Metric::Revenue, "215.00"),
            (Metric::UnitsSold, "58"),
            (Metric::UnitsNotSupplied, "3"),
            (Metric::Cogs, "92.00"),
            (Metric::GrossProfit, "123.00"),
            // 123 / 215
            (Metric::GrossMargin, "57.2093"),
            // 58 / 61
            (Metric::FillRate, "95.0820"),
            (Metric::StockoutRate, "20.0000"),
            (Metric::InventoryValue, "100.00"),
            (Metric::AverageInventory, "113.00"),
            // 92 / 113 x 36.5
            (Metric::Turnover, "29.72"),
            // 100 / 9.2
            (Metric::DaysOfCover, "10.9"),
            // 1 - 3 / 120
            (Metric::Accuracy, "97.5000"),
            (Metric::Otif, "62.5000"),
            (Metric::OnTime, "75.0000"),
            (Metric::SupplierFill, "95.0000"),
            (Metric::Purchases, "160.00"),
        ] {
            let line = metric.line(&basis, &Basis::nothing(basis.period), "EUR");
            assert_eq!(line.value.as_deref(), Some(expected), "{metric:?}");
            assert_eq!(line.before, None, "{metric:?}");
        }
    }

    #[test]
    fn what_the_data_do_not_carry_is_not_known() {
        let mut basis = basis();
        if let Some(sales) = &mut basis.sales {
            sales.cost = None;
        }
        for metric in [
            Metric::Cogs,
            Metric::GrossProfit,
            Metric::GrossMargin,
            Metric::Turnover,
            Metric::DaysOfCover,
        ] {
            assert_eq!(metric.of(&basis), None, "{metric:?}");
        }
        // Of one day the value is not known.
        basis.stock[0] = None;
        assert_eq!(Metric::AverageInventory.of(&basis), None);
        // Looked at on fewer than half of the days.
        basis.stock = vec![Some(number("80")); 4];
        assert_eq!(Metric::AverageInventory.of(&basis), None);
    }

    #[test]
    fn counts_that_are_further_off_than_the_books_are_not_below_zero() {
        let mut basis = basis();
        basis.counts.off = 500;
        assert_eq!(Metric::Accuracy.of(&basis), Some(number("0")));
    }
}
