//! The inventory report: what there is, what it is worth, what runs low, how long it lasts.

use std::collections::{BTreeMap, HashMap};

use bigdecimal::BigDecimal;
use uuid::Uuid;
use wharf_documents::{ChartKind, Column, Kind, Table, Value};
use wharf_domain::metric::Metric;
use wharf_store::{
    AsyncPgConnection,
    metrics::{self, By, Holding, Key, SalesSums},
};

use super::{Content, Draft, buckets::Grain, category, series, words};
use crate::agents::{
    AgentFailure,
    plan::{Overview, Plan},
    report_generator::{
        basis::stock_on,
        metric::{Computed, share},
    },
};

pub(super) const FIGURES: &[Metric] = &[
    Metric::InventoryValue,
    Metric::DaysOfCover,
    Metric::Turnover,
    Metric::StockoutRate,
    Metric::Accuracy,
    Metric::FillRate,
    Metric::AverageInventory,
    Metric::UnitsSold,
];

/// A product's stock over the places of the report.
struct Line {
    sku: String,
    name: String,
    unit: String,
    category: String,
    cost: Option<BigDecimal>,
    quantity: i64,
    sold: Option<SalesSums>,
    plan: Option<Plan>,
}

impl Line {
    fn value(&self) -> Option<BigDecimal> {
        Some(self.cost.as_ref()? * BigDecimal::from(self.quantity))
    }

    fn state(&self) -> Value {
        if self.quantity == 0 {
            return "out of stock".into();
        }
        match self
            .plan
            .as_ref()
            .and_then(|plan| plan.is_low(self.quantity))
        {
            Some(true) => "low".into(),
            Some(false) => "in stock".into(),
            None => Value::Unknown,
        }
    }
}

pub(super) async fn content(
    conn: &mut AsyncPgConnection,
    draft: &Draft<'_>,
) -> Result<Content, AgentFailure> {
    let (request, period) = (draft.request, draft.days.now);
    let company = request.company_id();
    let on = stock_on(&draft.days, request.company_today());
    let there = metrics::holdings(conn, company, draft.places, on).await?;
    let sold = metrics::sales(conn, company, draft.places, period, By::Product).await?;
    // Reorder points are of all places, and of today.
    let overview = if on.is_none() && draft.places.is_none() {
        Some(Overview::of(conn, request).await?)
    } else {
        None
    };
    let lines = lines(draft, &there, sold, overview.as_ref());
    let mut content = Content::default();
    values_chart(conn, draft, &mut content).await?;
    let by_category = by_category(&lines);
    if by_category.len() > 1 && by_category.iter().any(|(_, (_, value))| value.is_some()) {
        let labels = by_category.iter().map(|(name, _)| name.clone()).collect();
        let mut chart = draft.chart("Inventory value by category", ChartKind::Bar, labels);
        let points = by_category.iter().map(|(_, (_, value))| value.clone());
        chart.series.push(series("Inventory value", points));
        content.charts.push(chart);
    }
    content
        .tables
        .push(products_table(draft, &lines, overview.is_some()));
    content.tables.push(places_table(draft, &there));
    content.notes.push(match on {
        None => "The tables show stock at the time of the report.".to_owned(),
        Some(day) => format!(
            "The tables show stock at the end of {}.",
            words::period(wharf_domain::period::Period::day(day))
        ),
    });
    content.notes.push(
        "Days of cover of a product = units there ÷ units asked for a day in the period. Value is \
         at present cost."
            .to_owned(),
    );
    let without: Vec<_> = lines
        .iter()
        .filter(|line| line.quantity > 0 && line.cost.is_none())
        .map(|line| line.sku.as_str())
        .collect();
    if !without.is_empty() {
        content.notes.push(format!(
            "Every value leaves out what has no cost: {}.",
            without.join(", ")
        ));
    }
    if overview.is_some() {
        content.notes.push(
            "Reorder point: as the company set it, else computed from sales and lead time \
             (average daily demand × lead time + safety stock). A product at or below it is low."
                .to_owned(),
        );
    }
    Ok(content)
}

fn lines(
    draft: &Draft<'_>,
    there: &[Holding],
    sold: Vec<(Key, SalesSums)>,
    overview: Option<&Overview>,
) -> Vec<Line> {
    let mut sold: HashMap<Uuid, SalesSums> = sold
        .into_iter()
        .filter_map(|(key, sums)| match key {
            Key::Id(product) => Some((product, sums)),
            _ => None,
        })
        .collect();
    let plans: HashMap<Uuid, Plan> = overview
        .map(|overview| {
            let plan = |product| overview.plan(product);
            overview.products.iter().map(|p| (p.id, plan(p))).collect()
        })
        .unwrap_or_default();
    let mut lines: BTreeMap<&str, Line> = BTreeMap::new();
    for row in there {
        let line = lines.entry(&row.sku).or_insert_with(|| Line {
            sku: row.sku.clone(),
            name: row.name.clone(),
            unit: row.unit.clone(),
            category: category(row.category.as_deref()),
            cost: row.cost.clone(),
            quantity: 0,
            sold: sold
                .remove(&row.product_id)
                .filter(|_| draft.now.sales.is_some()),
            plan: plans.get(&row.product_id).cloned(),
        });
        line.quantity += row.quantity;
    }
    lines.into_values().collect()
}

/// Adds what is known.
fn add(sum: &mut Option<BigDecimal>, value: Option<BigDecimal>) {
    if let Some(value) = value {
        *sum = Some(sum.take().unwrap_or_default() + value);
    }
}

/// Products and value of each category, the most valuable first.
fn by_category(lines: &[Line]) -> Vec<(String, (i64, Option<BigDecimal>))> {
    let mut sums: BTreeMap<&str, (i64, Option<BigDecimal>)> = BTreeMap::new();
    for line in lines {
        let sum = sums.entry(&line.category).or_insert((0, None));
        sum.0 += 1;
        add(&mut sum.1, line.value());
    }
    let mut sums: Vec<_> = sums
        .into_iter()
        .map(|(name, sum)| (name.to_owned(), sum))
        .collect();
    sums.sort_by(|(_, (_, a)), (_, (_, b))| b.cmp(a));
    sums
}

/// What stock was worth over the period.
async fn values_chart(
    conn: &mut AsyncPgConnection,
    draft: &Draft<'_>,
    content: &mut Content,
) -> Result<(), AgentFailure> {
    let (company, period) = (draft.request.company_id(), draft.days.now);
    let days = metrics::stock_days(conn, company, draft.places, period).await?;
    if days.len() < 2 {
        return Ok(());
    }
    let grain = Grain::of(period, draft.request.week_start());
    // Of each piece its last day.
    let mut ends = BTreeMap::new();
    for day in days {
        ends.insert(grain.start(day.day), day.value);
    }
    let starts = grain.starts(period);
    let labels = starts.iter().map(|start| grain.label(*start, period));
    let title = match grain {
        Grain::Day => "Inventory value at the end of each day".to_owned(),
        other => format!("Inventory value at the end of each {}", other.name()),
    };
    let mut chart = draft.chart(title, ChartKind::Line, labels.collect());
    let points = starts
        .iter()
        .map(|start| ends.get(start).cloned().flatten());
    chart.series.push(series("Inventory value", points));
    content.charts.push(chart);
    Ok(())
}

fn products_table(draft: &Draft<'_>, lines: &[Line], planned: bool) -> Table {
    let money = Kind::Money(draft.currency);
    let days = BigDecimal::from(draft.days.now.days());
    let mut columns = vec![
        Column::new("Code", Kind::Text),
        Column::new("Product", Kind::Text),
        Column::new("Category", Kind::Text),
        Column::new("Unit", Kind::Text),
        Column::new("Quantity", Kind::integer()).sum(),
        Column::new("Value", money).sum(),
        Column::new("Sold", Kind::integer()).total(Metric::UnitsSold.of(draft.now)),
        Column::new("Cover", Kind::quantity("days", 0)),
    ];
    if planned {
        columns.push(Column::new("Reorder point", Kind::integer()));
        columns.push(Column::new("State", Kind::Text));
    }
    let none_sold = draft.now.sales.is_some().then_some(0);
    let rows = lines.iter().map(|line| {
        let sold = line.sold.as_ref();
        let cover = sold.and_then(|sold| {
            let daily = BigDecimal::from(sold.requested) / &days;
            share(line.quantity.into(), &daily)
        });
        let mut cells = vec![
            Value::from(line.sku.clone()),
            line.name.clone().into(),
            line.category.clone().into(),
            line.unit.clone().into(),
            line.quantity.into(),
            line.value().into(),
            sold.map(|sold| sold.sold).or(none_sold).into(),
            cover.into(),
        ];
        if planned {
            let point = line.plan.as_ref().and_then(|plan| plan.reorder_point);
            cells.push(point.into());
            cells.push(line.state());
        }
        cells
    });
    Table {
        title: "Stock by product".to_owned(),
        rows: rows.collect(),
        columns,
    }
}

fn places_table(draft: &Draft<'_>, there: &[Holding]) -> Table {
    let mut places: BTreeMap<&str, (i64, i64, Option<BigDecimal>)> = BTreeMap::new();
    for row in there {
        let place = places.entry(&row.location).or_insert((0, 0, None));
        if row.quantity > 0 {
            place.0 += 1;
            place.1 += row.quantity;
            let value = row.cost.as_ref().map(|cost| cost * row.quantity);
            add(&mut place.2, value);
        }
    }
    let rows = places.into_iter().map(|(name, (products, units, value))| {
        vec![
            Value::from(name),
            products.into(),
            units.into(),
            value.into(),
        ]
    });
    Table {
        title: "Stock by place".to_owned(),
        rows: rows.collect(),
        columns: vec![
            Column::new("Place", Kind::Text),
            Column::new("Products in stock", Kind::integer()),
            Column::new("Units", Kind::integer()).sum(),
            Column::new("Value", Kind::Money(draft.currency)).sum(),
        ],
    }
}
