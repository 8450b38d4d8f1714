//! Looks for everything that the rules name, in one transaction: all figures are of one moment, and
//! a repeat at once changes nothing more.

use std::collections::{BTreeMap, HashMap};

use chrono::Days;
use wharf_domain::{contracts::answers::JobReport, period::Period};
use wharf_store::{
    AsyncPgConnection,
    alerts::{self, Filter, Finding, Scan},
    replenishment::{self, Late},
    supplier_scores,
};

use super::rules;
use crate::agents::{AgentFailure, Request, plan::Overview};

pub(super) async fn scan(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<JobReport, AgentFailure> {
    let company = request.company_id();
    let scan = Scan::begin(conn, company, request.now).await?;
    let findings = findings(conn, request).await?;
    let mut raised = 0;
    for finding in &findings {
        raised += i64::from(scan.found(conn, finding).await?);
    }
    let resolved = scan.end(conn, rules::KINDS).await?;
    let live = alerts::counts(conn, company, Filter::default()).await?;
    let counts = [
        ("alerts_raised", raised),
        (
            "alerts_resolved",
            i64::try_from(resolved).unwrap_or(i64::MAX),
        ),
        (
            "alerts_live",
            live.into_iter().map(|(_, count)| count).sum(),
        ),
    ];
    Ok(JobReport {
        agent: "alert_generator".to_owned(),
        counts: counts
            .into_iter()
            .map(|(name, count)| (name.to_owned(), count))
            .collect(),
    })
}

async fn findings(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<Vec<Finding>, AgentFailure> {
    let (company, today) = (request.company_id(), request.company_today());
    let limits = &request.limits;
    let overview = Overview::of(conn, request).await?;
    let stock = overview.products.iter().filter_map(|product| {
        let quantity = overview.in_stock(product.id)?;
        let on_order = overview.on_order(product.id);
        rules::stock(product, quantity, on_order, &overview.plan(product), limits)
    });
    let mut findings: Vec<Finding> = stock.collect();
    let short: HashMap<_, _> = findings
        .iter()
        .filter_map(|finding| Some((finding.product_id?, finding.kind)))
        .collect();

    let mut orders: BTreeMap<i64, Vec<Late>> = BTreeMap::new();
    for line in replenishment::late(conn, company, today).await? {
        orders.entry(line.number).or_default().push(line);
    }
    findings.extend(
        orders
            .values()
            .filter_map(|order| rules::late(order, today, |product| short.get(&product).copied())),
    );

    let period = Period::last(rules::SUPPLIER_DAYS, today);
    let zone = request.company.time_zone;
    let tallies = supplier_scores::tally(conn, company, period, today, zone).await?;
    let trouble = tallies
        .iter()
        .filter_map(|tally| rules::supplier(tally, limits));
    findings.extend(trouble);

    let since = today.checked_sub_days(Days::new(rules::PRICE_NEWS_DAYS));
    let rises = replenishment::dearer(conn, company, since.unwrap_or(today), today).await?;
    findings.extend(rises.iter().filter_map(|rise| rules::price(rise, limits)));
    Ok(findings)
}
