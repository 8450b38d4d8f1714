//! `view_metrics`: the main figures, or those that are asked for, beside the period before.

use wharf_domain::{
    contracts::{ReplyContent, answers::MetricsSummary},
    entities::EntityName,
    metric::{self, MAIN},
};
use wharf_store::AsyncPgConnection;

use super::{
    asked,
    basis::{Basis, Days},
    metric::Computed,
    this_month,
};
use crate::agents::{AgentFailure, Request, lookup};

pub(super) async fn run(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<ReplyContent, AgentFailure> {
    let scope = match lookup::scope(conn, request).await? {
        Ok(scope) => scope,
        Err(instead) => return Ok(*instead),
    };
    let places = scope.places();
    let asked = asked(request).unwrap_or_else(|| this_month(request));
    let days = Days::of(conn, request, asked).await?;
    let (now, before) = Basis::both(conn, request, &days, places.as_deref()).await?;
    let words = request.entities.get(EntityName::Metric);
    let meant = words.map_or_else(|| Some(MAIN.to_vec()), metric::meant);
    let not_known = words.filter(|_| meant.is_none()).map(str::to_owned);
    let currency = &request.company.currency;
    let lines = meant.unwrap_or_else(|| MAIN.to_vec());
    Ok(ReplyContent::MetricsSummary(MetricsSummary {
        period: days.now,
        before: days.before,
        metrics: lines
            .into_iter()
            .map(|metric| metric.line(&now, &before, currency))
            .collect(),
        not_known,
        as_of: request.now,
    }))
}
