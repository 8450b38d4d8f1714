//! The sales report: what was sold, when, where.

use std::collections::HashMap;

use uuid::Uuid;
use wharf_documents::{ChartKind, Column, Kind, Table, Value};
use wharf_domain::metric::Metric;
use wharf_store::{
    AsyncPgConnection, locations,
    metrics::{self, By, Key, SalesSums},
    products::{self, Product},
};

use super::{
    Content, Draft,
    buckets::{Grain, filled},
    category, series, words,
};
use crate::agents::{
    AgentFailure,
    report_generator::metric::{Computed, share},
};

pub(super) const FIGURES: &[Metric] = &[
    Metric::Revenue,
    Metric::UnitsSold,
    Metric::GrossMargin,
    Metric::FillRate,
    Metric::StockoutRate,
    Metric::GrossProfit,
    Metric::Cogs,
    Metric::UnitsNotSupplied,
];

pub(super) async fn content(
    conn: &mut AsyncPgConnection,
    draft: &Draft<'_>,
) -> Result<Content, AgentFailure> {
    let (company, period) = (draft.request.company_id(), draft.days.now);
    let read = async |conn: &mut AsyncPgConnection, period, by| {
        metrics::sales(conn, company, draft.places, period, by).await
    };
    let mut content = Content::default();
    let grain = Grain::of(period, draft.request.week_start());
    if draft.now.sales.is_some() {
        let now = filled(grain, period, read(conn, period, grain.by()).await?);
        let labels = now.iter().map(|(start, _)| grain.label(*start, period));
        let title = format!("Revenue by {}", grain.name());
        let mut chart = draft.chart(title, ChartKind::Line, labels.collect());
        let revenue = |sums: &SalesSums| Some(sums.revenue.clone());
        let points = now.iter().map(|(_, sums)| revenue(sums));
        chart.series.push(series(words::period(period), points));
        // Days can be held against days where weekdays fall together.
        if draft.before.sales.is_some() && grain == Grain::Day && period.days() % 7 == 0 {
            let before = draft.days.before;
            let then = filled(grain, before, read(conn, before, grain.by()).await?);
            let points = then.iter().map(|(_, sums)| revenue(sums));
            chart.series.push(series(words::period(before), points));
        }
        content.charts.push(chart);
        let by_category = ranked(read(conn, period, By::Category).await?);
        if by_category.len() > 1 {
            let label = |key: &Key| match key {
                Key::Name(name) => category(name.as_deref()),
                _ => String::new(),
            };
            let labels = by_category.iter().map(|(key, _)| label(key)).collect();
            let mut chart = draft.chart("Revenue by category", ChartKind::Bar, labels);
            let points = by_category.iter().map(|(_, sums)| revenue(sums));
            chart.series.push(series("Revenue", points));
            content.charts.push(chart);
        }
    }
    let by_product = ranked(read(conn, period, By::Product).await?);
    let catalogue = products::catalogue(conn, company).await?;
    content
        .tables
        .push(products_table(draft, by_product, catalogue));
    let by_place = ranked(read(conn, period, By::Place).await?);
    let names = locations::list(conn, company).await?;
    let names: HashMap<Uuid, String> = names.into_iter().map(|p| (p.id, p.name)).collect();
    content.tables.push(places_table(draft, by_place, &names));
    content.notes.push(
        "Gross margin and profit are at the products' present cost. Units of different products \
         are added up as they are counted."
            .to_owned(),
    );
    Ok(content)
}

/// The highest revenue first.
fn ranked(mut rows: Vec<(Key, SalesSums)>) -> Vec<(Key, SalesSums)> {
    rows.sort_by(|(a_key, a), (b_key, b)| b.revenue.cmp(&a.revenue).then_with(|| a_key.cmp(b_key)));
    rows
}

/// Columns of sums, and the totals that are no sums.
pub(super) fn sums_columns(draft: &Draft<'_>) -> Vec<Column> {
    let money = Kind::Money(draft.currency);
    let percent = Kind::Percent { places: 1 };
    vec![
        Column::new("Asked for", Kind::integer()).sum(),
        Column::new("Sold", Kind::integer()).sum(),
        Column::new("Fill rate", percent.clone()).total(Metric::FillRate.of(draft.now)),
        Column::new("Revenue", money.clone()).sum(),
        Column::new("Gross profit", money).total(Metric::GrossProfit.of(draft.now)),
        Column::new("Margin", percent).total(Metric::GrossMargin.of(draft.now)),
    ]
}

pub(super) fn sums_cells(sums: &SalesSums) -> Vec<Value> {
    let profit = sums.cost.as_ref().map(|cost| &sums.revenue - cost);
    let margin = profit
        .clone()
        .and_then(|profit| share(profit, &sums.revenue));
    vec![
        sums.requested.into(),
        sums.sold.into(),
        share(sums.sold.into(), &sums.requested.into()).into(),
        sums.revenue.clone().into(),
        profit.into(),
        margin.into(),
    ]
}

fn products_table(
    draft: &Draft<'_>,
    rows: Vec<(Key, SalesSums)>,
    catalogue: Vec<Product>,
) -> Table {
    let catalogue: HashMap<Uuid, Product> = catalogue.into_iter().map(|p| (p.id, p)).collect();
    let mut columns = vec![
        Column::new("Code", Kind::Text),
        Column::new("Product", Kind::Text),
        Column::new("Unit", Kind::Text),
    ];
    columns.extend(sums_columns(draft));
    let rows = rows.into_iter().filter_map(|(key, sums)| {
        let Key::Id(id) = key else { return None };
        let product = catalogue.get(&id)?;
        let mut cells: Vec<Value> = vec![
            product.sku.clone().into(),
            product.name.clone().into(),
            product.unit.clone().into(),
        ];
        cells.extend(sums_cells(&sums));
        Some(cells)
    });
    Table {
        title: "Sales by product".to_owned(),
        rows: rows.collect(),
        columns,
    }
}

fn places_table(
    draft: &Draft<'_>,
    rows: Vec<(Key, SalesSums)>,
    names: &HashMap<Uuid, String>,
) -> Table {
    let mut columns = vec![Column::new("Place", Kind::Text)];
    columns.extend(sums_columns(draft));
    let rows = rows.into_iter().filter_map(|(key, sums)| {
        let Key::Id(id) = key else { return None };
        let mut cells: Vec<Value> = vec![names.get(&id)?.clone().into()];
        cells.extend(sums_cells(&sums));
        Some(cells)
    });
    Table {
        title: "Sales by place".to_owned(),
        rows: rows.collect(),
        columns,
    }
}
