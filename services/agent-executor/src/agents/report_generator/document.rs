//! `generate_report`: a report as a file.
//!
//! The first transaction reads everything and hands the document out to be made; what the answer
//! says travels with it, so that it says what the file does. The second notes the report.

use serde::{Deserialize, Serialize};
use wharf_documents::{Format, UnknownFormat};
use wharf_domain::{
    contracts::{
        ReplyContent,
        answers::{MetricLine, ReportReady},
    },
    entities::EntityName,
    period::Period,
};
use wharf_store::{
    AsyncPgConnection,
    reports::{self, NewReport},
};

use super::{
    asked,
    basis::{Basis, Days},
    layout::{self, ReportType},
    metric::Computed,
    this_month,
};
use crate::agents::{AgentFailure, DocumentJob, Made, Outside, Request, Work, lookup};

/// Figures that the answer has.
const TOLD: usize = 5;

/// What the answer says of the document.
#[derive(Debug, Serialize, Deserialize)]
struct Carried {
    report_type: String,
    format: String,
    period: Period,
    figures: Vec<MetricLine>,
}

pub(super) async fn run(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<Work, AgentFailure> {
    let wanted = request.entities.get(EntityName::ReportType);
    let kind = wanted
        .and_then(ReportType::named)
        .ok_or_else(|| AgentFailure::Refused(format!("{wanted:?} is no kind of report")))?;
    let scope = match lookup::scope(conn, request).await? {
        Ok(scope) => scope,
        Err(instead) => return Ok(Work::done(*instead)),
    };
    let places = scope.places();
    let places = places.as_deref();
    let asked = asked(request).unwrap_or_else(|| this_month(request));
    let days = Days::of(conn, request, asked).await?;
    let (now, before) = Basis::both(conn, request, &days, places).await?;
    let report = layout::report(conn, request, kind, days, (&now, &before), places).await?;
    let format = match request.entities.get(EntityName::Format) {
        None => Format::Pdf,
        Some(name) => name
            .parse()
            .map_err(|error: UnknownFormat| AgentFailure::Refused(error.to_string()))?,
    };
    let currency = &request.company.currency;
    let figures = kind.figures().iter().take(TOLD);
    let carried = Carried {
        report_type: kind.as_str().to_owned(),
        format: format.to_string(),
        period: days.now,
        figures: figures
            .map(|metric| metric.line(&now, &before, currency))
            .collect(),
    };
    let carried = serde_json::to_value(carried)
        .map_err(|error| AgentFailure::Refused(format!("what goes with the report: {error}")))?;
    Ok(Work::Outside(Outside::Document(Box::new(DocumentJob {
        report,
        format,
        carried,
    }))))
}

pub(super) async fn finish(
    conn: &mut AsyncPgConnection,
    request: &Request,
    made: Made,
) -> Result<ReplyContent, AgentFailure> {
    let Made::Document { file, carried } = made;
    let carried: Carried = serde_json::from_value(carried)
        .map_err(|error| AgentFailure::Refused(format!("what went with the report: {error}")))?;
    let report = NewReport {
        execution_id: request.execution_id,
        profile_id: request.person.as_ref().map(|person| person.id),
        report_type: carried.report_type.clone(),
        format: carried.format.clone(),
        period: carried.period,
        object_key: file.key.clone(),
        file_name: file.file_name.clone(),
        size_bytes: i64::try_from(file.size).unwrap_or(i64::MAX),
        created_at: request.now,
    };
    reports::record(conn, request.company_id(), &report).await?;
    Ok(ReplyContent::ReportReady(ReportReady {
        report_type: carried.report_type,
        period: carried.period,
        attachment: file,
        format: carried.format,
        figures: carried.figures,
        as_of: request.now,
    }))
}
