//! The reports, one file each: what stands in the document. Every layout reads its own rows and is
//! given the figures that the reply has too.
//!
//! To add one: a variant of [`ReportType`] (and the CHECK of `reports.report_type` in a migration), a
//! file here with its figures, charts and tables.

mod buckets;
mod financial;
mod inventory;
mod sales;
mod supplier;
mod words;

use bigdecimal::{BigDecimal, ToPrimitive};
use uuid::Uuid;
use wharf_documents::{Chart, ChartKind, Currency, Figure, Report, Series, Table};
use wharf_domain::metric::Metric;
use wharf_store::{AsyncPgConnection, locations};

use super::{
    basis::{Basis, Days},
    metric::Computed,
};
use crate::agents::{AgentFailure, Request};

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportType {
    Inventory,
    Sales,
    Supplier,
    Financial,
}

impl ReportType {
    const ALL: [Self; 4] = [
        Self::Inventory,
        Self::Sales,
        Self::Supplier,
        Self::Financial,
    ];

    /// As the entity `report_type` has it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Inventory => "inventory",
            Self::Sales => "sales",
            Self::Supplier => "supplier",
            Self::Financial => "financial",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Inventory => "Inventory report",
            Self::Sales => "Sales report",
            Self::Supplier => "Supplier report",
            Self::Financial => "Financial report",
        }
    }

    /// The figures that the document opens with; the reply has the first five.
    pub(super) const fn figures(self) -> &'static [Metric] {
        match self {
            Self::Inventory => inventory::FIGURES,
            Self::Sales => sales::FIGURES,
            Self::Supplier => supplier::FIGURES,
            Self::Financial => financial::FIGURES,
        }
    }
}

/// What a layout works with.
struct Draft<'a> {
    request: &'a Request,
    days: Days,
    now: &'a Basis,
    before: &'a Basis,
    places: Option<&'a [Uuid]>,
    currency: Currency,
}

/// What a layout adds.
#[derive(Default)]
struct Content {
    charts: Vec<Chart>,
    tables: Vec<Table>,
    notes: Vec<String>,
}

/// The document of a report.
pub(super) async fn report(
    conn: &mut AsyncPgConnection,
    request: &Request,
    kind: ReportType,
    days: Days,
    (now, before): (&Basis, &Basis),
    places: Option<&[Uuid]>,
) -> Result<Report, AgentFailure> {
    let company = &request.company;
    let currency = company
        .currency
        .parse()
        .map_err(|error| AgentFailure::Refused(format!("the company's currency: {error}")))?;
    let draft = Draft {
        request,
        days,
        now,
        before,
        places,
        currency,
    };
    let content = match kind {
        ReportType::Inventory => inventory::content(conn, &draft).await?,
        ReportType::Sales => sales::content(conn, &draft).await?,
        ReportType::Supplier => supplier::content(conn, &draft).await?,
        ReportType::Financial => financial::content(conn, &draft).await?,
    };
    let figures = kind.figures();
    Ok(Report {
        title: kind.title().to_owned(),
        file_stem: Some(file_stem(&company.name, kind, &days)),
        subtitle: subtitle(conn, request, places).await?,
        company: company.name.clone(),
        period: words::period(days.now),
        as_of: request.now,
        generated_at: request.now,
        zone: request.time_zone(),
        summary: figures.iter().map(|metric| draft.figure(*metric)).collect(),
        charts: content.charts,
        tables: content.tables,
        notes: draft.notes(figures, content.notes),
    })
}

/// "alder-reed-supply-sales-2026-11-01-to-2026-11-21"; documents bring it into plain letters.
fn file_stem(company: &str, kind: ReportType, days: &Days) -> String {
    let company: String = company.chars().take(32).collect();
    let (from, to) = (days.now.from, days.now.to);
    let kind = kind.as_str();
    if from == to {
        format!("{company} {kind} {from}")
    } else {
        format!("{company} {kind} {from} to {to}")
    }
}

/// The places, for a person who may not see all.
async fn subtitle(
    conn: &mut AsyncPgConnection,
    request: &Request,
    places: Option<&[Uuid]>,
) -> Result<Option<String>, AgentFailure> {
    let Some(places) = places else {
        return Ok(Some("All locations".to_owned()));
    };
    let all = locations::list(conn, request.company_id()).await?;
    let names: Vec<String> = all
        .into_iter()
        .filter(|place| places.contains(&place.id))
        .map(|place| place.name)
        .collect();
    Ok(Some(names.join(", ")))
}

impl Draft<'_> {
    fn figure(&self, metric: Metric) -> Figure {
        let (now, before) = (metric.of(self.now), metric.of(self.before));
        let note = match (&now, &before) {
            (_, None) => "period before: not known".to_owned(),
            (now, Some(before)) => words::compared(
                metric,
                metric.kind(self.currency),
                now.as_ref(),
                before,
                &self.request.company.currency,
            ),
        };
        Figure::new(metric.label(), metric.kind(self.currency), now).note(note)
    }

    /// How the figures are worked out, and what the reader has to know of the days.
    fn notes(&self, figures: &[Metric], more: Vec<String>) -> Vec<String> {
        let mut notes = Vec::new();
        let Days {
            asked, now, before, ..
        } = self.days;
        if asked != now {
            notes.push(format!(
                "Asked for: {}. Sales are on record for {}, so all figures are of these days.",
                words::period(asked),
                words::period(now)
            ));
        }
        let zone = self.request.company.time_zone;
        notes.push(format!(
            "Compared with {}, as many days just before. Days are those of the zone {zone}.",
            words::period(before)
        ));
        let formulas: Vec<_> = figures
            .iter()
            .map(|metric| format!("{} = {}", metric.label(), metric.formula()))
            .collect();
        notes.push(format!("{}.", formulas.join(". ")));
        notes.extend(more);
        notes.push("A figure that the data do not carry is shown as not known.".to_owned());
        notes
    }

    fn chart(&self, title: impl Into<String>, kind: ChartKind, labels: Vec<String>) -> Chart {
        Chart {
            title: title.into(),
            unit: self.currency.as_str().to_owned(),
            kind,
            labels,
            series: Vec::new(),
        }
    }
}

fn series(name: impl Into<String>, values: impl Iterator<Item = Option<BigDecimal>>) -> Series {
    Series {
        name: name.into(),
        values: values
            .map(|value| value.and_then(|value| value.to_f64()))
            .collect(),
    }
}

/// A category as documents call it.
fn category(name: Option<&str>) -> String {
    let Some(name) = name else {
        return "No category".to_owned();
    };
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
