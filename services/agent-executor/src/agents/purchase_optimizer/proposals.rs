//! The agent's own work: drafts of everything that has run down to its reorder point and is not on
//! its way. Drafts only: nobody is told, nothing is bought.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;
use wharf_domain::contracts::answers::JobReport;
use wharf_store::{
    AsyncPgConnection,
    audit::AuditAction,
    purchase_orders::{self, NewLine, NewOrder},
};

use super::{
    candidates,
    needs::{Needs, Size},
    on_time,
    orders::day_after,
};
use crate::agents::{AgentFailure, Request, changes, plan::Overview};

/// Lines of one order at most; what is left over comes with the next run.
const LINES: usize = 1_000;

#[derive(Default)]
struct Counts {
    low: i64,
    covered: i64,
    drafted: i64,
    without_supplier: i64,
    without_quantity: i64,
}

/// A line with what its order's day depends on.
struct Proposed {
    line: NewLine,
    lead_time_days: Option<i32>,
}

/// Draws the drafts up, one for each supplier and currency. A product that a draft or an open order
/// has already is left alone, so that a second run adds nothing.
pub(super) async fn draw_up(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<JobReport, AgentFailure> {
    let company = request.company_id();
    purchase_orders::hold(conn, company).await?;
    let overview = Overview::of(conn, request).await?;
    let drafted = purchase_orders::drafted(conn, company).await?;
    let on_time = on_time(conn, request).await?;
    let mut counts = Counts::default();
    let mut orders: BTreeMap<(Uuid, String), Vec<Proposed>> = BTreeMap::new();
    for product in &overview.products {
        let Some(needs) = Needs::among(&overview, product) else {
            continue;
        };
        let Some(point) = needs.plan.reorder_point else {
            continue;
        };
        if needs.in_stock > point {
            continue;
        }
        counts.low += 1;
        if needs.on_order > 0 || drafted.contains(&product.id) {
            counts.covered += 1;
            continue;
        }
        let offers = overview.offers(product.id).to_vec();
        let ranked = candidates(request, &needs, offers, &on_time, None);
        let Some(offer) = ranked.first().map(|candidate| &candidate.offer) else {
            counts.without_supplier += 1;
            continue;
        };
        let ours = &request.company.currency;
        let Size::Units { quantity, .. } = needs.size(&request.limits, ours, offer, None) else {
            counts.without_quantity += 1;
            continue;
        };
        let price = &offer.unit_price;
        let lines = orders
            .entry((offer.supplier_id, price.currency.clone()))
            .or_default();
        if lines.len() < LINES {
            counts.drafted += 1;
            lines.push(Proposed {
                line: NewLine {
                    product_id: product.id,
                    quantity,
                    unit_price: price.amount.clone(),
                },
                lead_time_days: offer.lead_time_days,
            });
        }
    }
    let drafts = orders.len();
    for ((supplier_id, currency), lines) in orders {
        let days = lines.iter().map(|line| line.lead_time_days);
        let longest = days
            .collect::<Option<Vec<i32>>>()
            .and_then(|days| days.into_iter().max());
        let order = NewOrder {
            company_id: company,
            supplier_id,
            location_id: None,
            currency,
            created_by: request.person.as_ref().map(|person| person.id),
            execution_id: request.execution_id,
            created_at: request.now,
            expected_on: day_after(request, longest),
            lines: lines.into_iter().map(|proposed| proposed.line).collect(),
        };
        let order = purchase_orders::draft(conn, &order).await?;
        let detail = json!({ "number": order.name() });
        changes::audit(conn, request, AuditAction::Drafted, detail).await?;
    }
    Ok(report(&counts, drafts))
}

fn report(counts: &Counts, drafts: usize) -> JobReport {
    let counts = [
        ("products_low", counts.low),
        ("on_order_or_drafted", counts.covered),
        ("products_drafted", counts.drafted),
        ("drafts_made", i64::try_from(drafts).unwrap_or(i64::MAX)),
        ("without_supplier", counts.without_supplier),
        ("without_quantity", counts.without_quantity),
    ];
    JobReport {
        agent: "purchase_optimizer".to_owned(),
        counts: counts
            .map(|(name, count)| (name.to_owned(), count))
            .to_vec(),
    }
}
