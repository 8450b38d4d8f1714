//! Which lessons fit an answer, and the answer's own numbers for them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Figures, Lesson, figures, packs};
use crate::contracts::{
    InventoryCheckResult, ReplyContent,
    answers::{AlertLine, MetricLine, QuantityReason, ReorderResult, SupplierScore},
};

/// The numbers of an answer that was shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Yours {
    /// What they are of: a product's code, a supplier, `the company`.
    pub subject: String,
    /// The unit that quantities count, singular.
    pub unit: String,
    /// The numbers; each lesson's own has those that its text names.
    pub figures: Figures,
    /// The moment that they are true of.
    pub as_of: DateTime<Utc>,
}

/// The lessons that an answer shows figures of, the nearest first.
#[must_use]
pub fn fitting(content: &ReplyContent) -> Vec<Lesson> {
    use Lesson as L;
    match content {
        ReplyContent::InventoryCheckResult(stock) => {
            let low = stock.below_reorder_point() == Some(true);
            let order = [L::ReorderPoint, L::SafetyStock, L::DaysOfCover, L::LeadTime];
            let more = low.then_some(L::TargetLevel);
            order.into_iter().chain(more).collect()
        }
        ReplyContent::StockUpdated(_) => vec![L::ReorderPoint, L::SafetyStock],
        ReplyContent::ReorderResult(order) => match order.quantity_reason {
            QuantityReason::Economic => vec![L::EconomicOrderQuantity, L::ReorderPoint],
            QuantityReason::AskedRounded { .. } => vec![L::PacksAndMinimum, L::LeadTime],
            _ => vec![L::TargetLevel, L::PacksAndMinimum, L::LeadTime],
        },
        ReplyContent::ReorderNotNeeded(_) => vec![L::TargetLevel, L::ReorderPoint],
        ReplyContent::AlertSummary(_) => vec![L::AlertSeverity, L::ReorderPoint, L::OverStock],
        ReplyContent::AlertDetail(detail) => of_alert(&detail.alert),
        ReplyContent::AlertAcknowledged(changed) | ReplyContent::AlertResolved(changed) => {
            of_alert(&changed.alert)
        }
        ReplyContent::MetricsSummary(metrics) => of_metrics(&metrics.metrics),
        ReplyContent::ReportReady(report) => of_metrics(&report.figures),
        ReplyContent::DailyDigest(_) => vec![L::AlertSeverity, L::ReorderPoint, L::OnTime],
        ReplyContent::SupplierInfo(_) => vec![L::LeadTime, L::PacksAndMinimum],
        ReplyContent::SupplierPerformance(_) => {
            vec![L::OnTime, L::Quality, L::FillRate, L::Trend, L::Otif]
        }
        _ => Vec::new(),
    }
}

fn of_alert(alert: &AlertLine) -> Vec<Lesson> {
    use Lesson as L;
    match alert.kind.as_str() {
        "over_stock" => vec![L::OverStock, L::DaysOfCover, L::AlertSeverity],
        "late_delivery" => vec![L::LeadTime, L::OnTime, L::AlertSeverity],
        "supplier_trouble" => vec![L::OnTime, L::Otif, L::AlertSeverity],
        "low_stock" | "out_of_stock" => {
            vec![
                L::AlertSeverity,
                L::ReorderPoint,
                L::DaysOfCover,
                L::SafetyStock,
            ]
        }
        _ => vec![L::AlertSeverity],
    }
}

fn of_metrics(metrics: &[MetricLine]) -> Vec<Lesson> {
    let mut found: Vec<Lesson> = metrics.iter().filter_map(of_metric).collect();
    if metrics.iter().any(|metric| metric.before.is_some()) {
        found.push(Lesson::Trend);
    }
    found
}

fn of_metric(metric: &MetricLine) -> Option<Lesson> {
    Some(match metric.name.as_str() {
        "turnover" => Lesson::Turnover,
        "fill_rate" | "supplier_fill" => Lesson::FillRate,
        "stockout_rate" => Lesson::StockoutRate,
        "days_of_cover" => Lesson::DaysOfCover,
        "otif" => Lesson::Otif,
        "on_time" => Lesson::OnTime,
        _ => return None,
    })
}

/// The answer's own numbers for a lesson; `None` when it does not carry all that the text names.
#[must_use]
pub fn yours(lesson: Lesson, content: &ReplyContent) -> Option<Yours> {
    match content {
        ReplyContent::InventoryCheckResult(stock) => {
            let figures = of_stock(lesson, stock)?;
            Some(of(&stock.sku, &stock.unit, figures, stock.as_of))
        }
        ReplyContent::ReorderResult(order) => {
            let figures = of_order(lesson, order)?;
            Some(of(&order.sku, &order.unit, figures, order.as_of))
        }
        ReplyContent::AlertDetail(detail) => {
            let figures = of_facts(lesson, &detail.alert.facts)?;
            let subject = &detail.alert.subject;
            let unit = detail.alert.facts.get("unit").and_then(Value::as_str);
            Some(of(subject, unit.unwrap_or("unit"), figures, detail.as_of))
        }
        ReplyContent::MetricsSummary(metrics) => {
            let figures = of_metric_lines(lesson, &metrics.metrics)?;
            Some(of("the company", "unit", figures, metrics.as_of))
        }
        ReplyContent::ReportReady(report) => {
            let figures = of_metric_lines(lesson, &report.figures)?;
            Some(of("the company", "unit", figures, report.as_of))
        }
        ReplyContent::SupplierPerformance(performance) => {
            let first = performance.suppliers.first()?;
            let figures = of_score(lesson, first)?;
            Some(of(&first.name, "unit", figures, performance.as_of))
        }
        ReplyContent::SupplierInfo(info) if lesson == Lesson::LeadTime => {
            let first = info.suppliers.first()?;
            let days = f64::from(first.lead_time_days?);
            let figures = figures([("lead_time_days", days)]);
            Some(of(&first.name, "unit", figures, info.as_of))
        }
        _ => None,
    }
}

fn of(subject: &str, unit: &str, figures: Figures, as_of: DateTime<Utc>) -> Yours {
    Yours {
        subject: subject.to_owned(),
        unit: unit.to_owned(),
        figures,
        as_of,
    }
}

fn of_stock(lesson: Lesson, stock: &InventoryCheckResult) -> Option<Figures> {
    let daily = stock.daily_demand.filter(|daily| *daily > 0.0);
    let lead_time = stock.lead_time_days.map(f64::from);
    let safety = stock.safety_stock.map(|units| units as f64);
    let quantity = stock.quantity as f64;
    Some(match lesson {
        // One that the company set follows from nothing that could be shown.
        Lesson::ReorderPoint if stock.reorder_point_computed => figures([
            ("daily_demand", daily?),
            ("lead_time_days", lead_time?),
            ("safety_stock", safety?),
            ("reorder_point", stock.reorder_point? as f64),
        ]),
        Lesson::SafetyStock => figures([
            ("safety_stock", safety?),
            ("daily_demand", daily?),
            ("lasts_days", safety? / daily?),
        ]),
        Lesson::DaysOfCover | Lesson::OverStock => figures([
            ("quantity", quantity),
            ("daily_demand", daily?),
            ("days_of_cover", stock.coverage_days? as f64),
        ]),
        Lesson::LeadTime => figures([
            ("lead_time_days", lead_time?),
            ("daily_demand", daily?),
            ("over_lead_time", daily? * lead_time?),
        ]),
        Lesson::AlertSeverity => figures([
            ("quantity", quantity),
            ("reorder_point", stock.reorder_point? as f64),
            ("lead_time_days", lead_time?),
            ("days_of_cover", stock.coverage_days? as f64),
        ]),
        _ => return None,
    })
}

fn of_order(lesson: Lesson, order: &ReorderResult) -> Option<Figures> {
    let supplier = &order.supplier;
    Some(match (lesson, order.quantity_reason) {
        (Lesson::TargetLevel, QuantityReason::UpToTarget { target }) => figures([
            ("target", target as f64),
            ("in_stock", order.in_stock as f64),
            ("on_order", order.on_order as f64),
            (
                "missing",
                target
                    .saturating_sub(order.in_stock)
                    .saturating_sub(order.on_order) as f64,
            ),
        ]),
        (Lesson::PacksAndMinimum, QuantityReason::AskedRounded { asked }) => {
            let worked = packs(asked, supplier.minimum_quantity, supplier.pack_size);
            // The order may have been for another quantity since: then the rule does not show it.
            (worked["quantity"] == order.quantity as f64).then_some(worked)?
        }
        (Lesson::EconomicOrderQuantity, QuantityReason::Economic) => {
            figures([("quantity", order.quantity as f64)])
        }
        (Lesson::LeadTime, _) => figures([("lead_time_days", f64::from(supplier.lead_time_days?))]),
        _ => return None,
    })
}

fn of_facts(lesson: Lesson, facts: &Map<String, Value>) -> Option<Figures> {
    let fact = |name: &str| facts.get(name)?.as_f64();
    let named = |names: &[&str]| -> Option<Figures> {
        names
            .iter()
            .map(|name| Some(((*name).to_owned(), fact(name)?)))
            .collect()
    };
    match lesson {
        Lesson::AlertSeverity => named(&[
            "quantity",
            "reorder_point",
            "lead_time_days",
            "days_of_cover",
        ]),
        Lesson::DaysOfCover | Lesson::OverStock => {
            named(&["quantity", "daily_demand", "days_of_cover"])
        }
        _ => None,
    }
}

fn of_metric_lines(lesson: Lesson, metrics: &[MetricLine]) -> Option<Figures> {
    let number = |text: &Option<String>| text.as_ref()?.parse::<f64>().ok();
    if lesson == Lesson::Trend {
        return metrics.iter().find_map(|metric| {
            let (now, before) = (number(&metric.value)?, number(&metric.before)?);
            of_metric(metric)?;
            Some(figures([
                ("now", now),
                ("before", before),
                ("change", now - before),
            ]))
        });
    }
    let metric = metrics.iter().find(|metric| {
        // Of the suppliers' fill rate the lesson says nothing of its own.
        of_metric(metric) == Some(lesson) && metric.name != "supplier_fill"
    })?;
    let value = number(&metric.value)?;
    let name = match lesson {
        Lesson::Turnover => "turnover",
        Lesson::DaysOfCover => return None,
        _ => "percent",
    };
    Some(figures([(name, value)]))
}

fn of_score(lesson: Lesson, score: &SupplierScore) -> Option<Figures> {
    let percent = match lesson {
        Lesson::OnTime => score.on_time_percent?,
        Lesson::Quality => score.quality_percent?,
        Lesson::FillRate => score.fill_percent?,
        _ => return None,
    };
    Some(figures([("percent", percent)]))
}
