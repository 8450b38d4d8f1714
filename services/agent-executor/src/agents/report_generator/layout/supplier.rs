//! The supplier report: how well each delivered, what was ordered, what has not come.

use std::collections::HashMap;

use bigdecimal::{BigDecimal, FromPrimitive};
use uuid::Uuid;
use wharf_documents::{Chart, ChartKind, Column, Kind, Series, Table, Value};
use wharf_domain::{metric::Metric, money::Money};
use wharf_store::{
    AsyncPgConnection,
    metrics::{self, Spent},
    purchase_orders::{self, Open},
    supplier_scores::{self, Tally},
};

use super::{Content, Draft};
use crate::agents::{AgentFailure, report_generator::metric::Computed};

pub(super) const FIGURES: &[Metric] = &[
    Metric::Otif,
    Metric::OnTime,
    Metric::SupplierFill,
    Metric::Purchases,
];

/// Open orders of one supplier that are listed.
const OPEN: i64 = 200;

pub(super) async fn content(
    conn: &mut AsyncPgConnection,
    draft: &Draft<'_>,
) -> Result<Content, AgentFailure> {
    let request = draft.request;
    let (company, zone) = (request.company_id(), request.company.time_zone);
    let (period, today) = (draft.days.now, request.company_today());
    let mut tallies = supplier_scores::tally(conn, company, period, today, zone).await?;
    let then = supplier_scores::tally(conn, company, draft.days.before, today, zone).await?;
    tallies.sort_by(|a, b| {
        let share = |tally: &Tally| tally.on_time_share().unwrap_or(-1.0);
        share(b)
            .total_cmp(&share(a))
            .then_with(|| a.name.cmp(&b.name))
    });
    let spent = metrics::spent(conn, company, period, zone).await?;
    let ids: Vec<Uuid> = tallies.iter().map(|tally| tally.supplier_id).collect();
    let open = purchase_orders::open(conn, company, &ids, OPEN).await?;
    let mut content = Content::default();
    if tallies.iter().any(|tally| tally.due > 0) {
        content.charts.push(chart(&tallies, &then));
    }
    content.tables.push(scores(draft, &tallies, &spent, &open));
    content.tables.push(waited_for(draft, &tallies, open));
    content.notes.push(
        "An order counts on the day it was due or, when all of it came earlier, the day that the \
         last of it came. Orders that are due and have not come whole count as not on time. \
         Quality is the share of delivered units that were good. Suppliers are judged by all \
         locations together."
            .to_owned(),
    );
    Ok(content)
}

fn chart(tallies: &[Tally], then: &[Tally]) -> Chart {
    let before: HashMap<Uuid, &Tally> = then.iter().map(|t| (t.supplier_id, t)).collect();
    let shown: Vec<&Tally> = tallies.iter().filter(|tally| tally.due > 0).collect();
    let percent = |tally: &Tally| tally.on_time_share().map(|share| share * 100.0);
    let series = |name: &str, values: Vec<Option<f64>>| Series {
        name: name.to_owned(),
        values,
    };
    Chart {
        title: "Orders on time in full, by supplier".to_owned(),
        unit: "%".to_owned(),
        kind: ChartKind::Bar,
        labels: shown.iter().map(|tally| tally.name.clone()).collect(),
        series: vec![
            series(
                "This period",
                shown.iter().map(|tally| percent(tally)).collect(),
            ),
            series(
                "Period before",
                shown
                    .iter()
                    .map(|tally| percent(before.get(&tally.supplier_id)?))
                    .collect(),
            ),
        ],
    }
}

fn scores(draft: &Draft<'_>, tallies: &[Tally], spent: &[Spent], open: &[Open]) -> Table {
    let percent = Kind::Percent { places: 1 };
    let ours = draft.request.company.currency.as_str();
    let decimal = |share: Option<f64>| share.and_then(BigDecimal::from_f64);
    let rows = tallies.iter().map(|tally| {
        let of_it = || {
            spent
                .iter()
                .filter(|spent| spent.supplier_id == tally.supplier_id)
        };
        let in_ours: BigDecimal = of_it()
            .filter(|spent| spent.currency == ours)
            .map(|spent| &spent.total)
            .sum();
        let known = of_it().all(|spent| spent.currency == ours);
        let waiting = open
            .iter()
            .find(|open| open.supplier_id == tally.supplier_id)
            .map_or(0, |open| open.orders);
        vec![
            Value::from(tally.name.clone()),
            tally.due.into(),
            decimal(tally.on_time_share()).into(),
            decimal(tally.fill_share()).into(),
            decimal(tally.quality_share()).into(),
            decimal(tally.lead_time_days).into(),
            known.then_some(in_ours).into(),
            waiting.into(),
        ]
    });
    Table {
        title: "Suppliers".to_owned(),
        rows: rows.collect(),
        columns: vec![
            Column::new("Supplier", Kind::Text),
            Column::new("Orders due", Kind::integer()).sum(),
            Column::new("On time in full", percent.clone()).total(Metric::Otif.of(draft.now)),
            Column::new("Fill rate", percent.clone()).total(Metric::SupplierFill.of(draft.now)),
            Column::new("Quality", percent).total(quality(tallies)),
            Column::new("Lead time", Kind::quantity("days", 1)),
            Column::new("Ordered", Kind::Money(draft.currency)).sum(),
            Column::new("Open orders", Kind::integer()).sum(),
        ],
    }
}

fn quality(tallies: &[Tally]) -> Option<BigDecimal> {
    let delivered: i64 = tallies.iter().map(|tally| tally.delivered).sum();
    let rejected: i64 = tallies.iter().map(|tally| tally.rejected).sum();
    (delivered > 0).then(|| BigDecimal::from(delivered - rejected) / BigDecimal::from(delivered))
}

/// What has not come, the earliest expected first.
fn waited_for(draft: &Draft<'_>, tallies: &[Tally], mut open: Vec<Open>) -> Table {
    let names: HashMap<Uuid, &str> = tallies
        .iter()
        .map(|tally| (tally.supplier_id, tally.name.as_str()))
        .collect();
    let today = draft.request.company_today();
    open.sort_by(|a, b| {
        let expected = |open: &Open| (open.expected_on.is_none(), open.expected_on);
        expected(a)
            .cmp(&expected(b))
            .then_with(|| a.order.cmp(&b.order))
    });
    let rows = open.into_iter().map(|open| {
        let Money { amount, currency } = open.total;
        let late = open.expected_on.map(|day| (today - day).num_days().max(0));
        vec![
            Value::from(open.order),
            names.get(&open.supplier_id).copied().into(),
            open.expected_on.into(),
            late.into(),
            currency.into(),
            amount.into(),
        ]
    });
    Table {
        title: "Open orders now".to_owned(),
        rows: rows.collect(),
        columns: vec![
            Column::new("Order", Kind::Text),
            Column::new("Supplier", Kind::Text),
            Column::new("Expected", Kind::Date),
            Column::new("Late", Kind::quantity("days", 0)),
            Column::new("Currency", Kind::Text),
            Column::new("Total", Kind::decimal(2)),
        ],
    }
}
