//! The financial report: revenue, cost, profit and margin over time and by category, what stock was
//! worth, what was ordered.

use wharf_documents::{ChartKind, Column, Kind, Table, Value};
use wharf_domain::metric::Metric;
use wharf_store::{
    AsyncPgConnection,
    metrics::{self, By, Key, SalesSums},
};

use super::{
    Content, Draft,
    buckets::{Grain, filled},
    category, series,
};
use crate::agents::{
    AgentFailure,
    report_generator::metric::{Computed, share},
};

pub(super) const FIGURES: &[Metric] = &[
    Metric::Revenue,
    Metric::GrossProfit,
    Metric::GrossMargin,
    Metric::InventoryValue,
    Metric::Purchases,
    Metric::Cogs,
    Metric::AverageInventory,
    Metric::Turnover,
];

pub(super) async fn content(
    conn: &mut AsyncPgConnection,
    draft: &Draft<'_>,
) -> Result<Content, AgentFailure> {
    let (company, period) = (draft.request.company_id(), draft.days.now);
    let mut content = Content::default();
    let grain = Grain::coarse(period, draft.request.week_start());
    if draft.now.sales.is_some() {
        let rows = metrics::sales(conn, company, draft.places, period, grain.by()).await?;
        let rows = filled(grain, period, rows);
        let labels: Vec<String> = rows
            .iter()
            .map(|(start, _)| grain.label(*start, period))
            .collect();
        let title = format!("Revenue and gross profit by {}", grain.name());
        let mut chart = draft.chart(title, ChartKind::Bar, labels.clone());
        let points = rows.iter().map(|(_, sums)| Some(sums.revenue.clone()));
        chart.series.push(series("Revenue", points));
        let points = rows.iter().map(|(_, sums)| profit(sums));
        chart.series.push(series("Gross profit", points));
        content.charts.push(chart);
        if rows.len() > 1 {
            let title = format!("Gross margin by {}", grain.name());
            let mut chart = draft.chart(title, ChartKind::Line, labels);
            "%".clone_into(&mut chart.unit);
            let percent = rows.iter().map(|(_, sums)| Some(margin(sums)? * 100));
            chart.series.push(series("Gross margin", percent));
            content.charts.push(chart);
        }
        let rows = rows.into_iter().map(|(start, sums)| {
            let first = start.max(period.from);
            (Value::from(first), sums)
        });
        let first = Column::new(format!("{} from", title_case(grain.name())), Kind::Date);
        let title = format!("Profit by {}", grain.name());
        content.tables.push(table(draft, title, first, rows));
    }
    let mut rows = metrics::sales(conn, company, draft.places, period, By::Category).await?;
    rows.sort_by(|(_, a), (_, b)| b.revenue.cmp(&a.revenue));
    let rows = rows.into_iter().filter_map(|(key, sums)| {
        let Key::Name(name) = key else { return None };
        Some((Value::from(category(name.as_deref())), sums))
    });
    let first = Column::new("Category", Kind::Text);
    let title = "Profit by category".to_owned();
    content.tables.push(table(draft, title, first, rows));
    content.notes.push(
        "Cost of goods sold and the value of stock are at the products' present cost, not at what \
         was paid at the time: Wharf keeps one cost a product. No overheads, taxes or freight."
            .to_owned(),
    );
    Ok(content)
}

fn profit(sums: &SalesSums) -> Option<bigdecimal::BigDecimal> {
    Some(&sums.revenue - sums.cost.as_ref()?)
}

fn margin(sums: &SalesSums) -> Option<bigdecimal::BigDecimal> {
    share(profit(sums)?, &sums.revenue)
}

fn title_case(word: &str) -> String {
    category(Some(word))
}

fn table(
    draft: &Draft<'_>,
    title: String,
    first: Column,
    rows: impl Iterator<Item = (Value, SalesSums)>,
) -> Table {
    let money = Kind::Money(draft.currency);
    let share_of_all = |revenue: &bigdecimal::BigDecimal| {
        let all = Metric::Revenue.of(draft.now)?;
        share(revenue.clone(), &all)
    };
    let columns = vec![
        first,
        Column::new("Revenue", money.clone()).sum(),
        Column::new("Of all", Kind::Percent { places: 1 }),
        Column::new("Cost of goods sold", money.clone()).sum(),
        Column::new("Gross profit", money).sum(),
        Column::new("Gross margin", Kind::Percent { places: 1 })
            .total(Metric::GrossMargin.of(draft.now)),
    ];
    let rows = rows.map(|(first, sums)| {
        vec![
            first,
            sums.revenue.clone().into(),
            share_of_all(&sums.revenue).into(),
            sums.cost.clone().into(),
            profit(&sums).into(),
            margin(&sums).into(),
        ]
    });
    Table {
        title,
        rows: rows.collect(),
        columns,
    }
}
