//! `daily_digest`: the day in short.

use chrono::Days as Span;
use uuid::Uuid;
use wharf_domain::{
    contracts::{
        ReplyContent,
        answers::{DailyDigest, TopLine},
    },
    money::Money,
    period::Period,
};
use wharf_store::{
    AsyncPgConnection,
    alerts::{self, Filter, Severity},
    metrics::{self, By, Key, SalesSums},
    products,
};

use super::{asked, basis::Days};
use crate::agents::{AgentFailure, Request, alert_generator, lookup, plan::Overview};

/// Products and alerts that are listed.
const LISTED: usize = 3;

pub(super) async fn run(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<ReplyContent, AgentFailure> {
    let scope = match lookup::scope(conn, request).await? {
        Ok(scope) => scope,
        Err(instead) => return Ok(*instead),
    };
    let places = scope.places();
    let places = places.as_deref();
    let company = request.company_id();
    let record = metrics::sales_record(conn, company).await?;
    let days = Days::new(
        asked(request).unwrap_or_else(|| latest(request, record)),
        record,
    );
    let period = days.now;
    let sales = sums(conn, request, &days, period, places).await?;
    let week_before = a_week_before(period);
    let before = sums(conn, request, &days, week_before, places).await?;
    let money = |sums: &SalesSums| {
        Money::new(sums.revenue.clone(), request.company.currency.clone()).rounded()
    };
    let (low, out) = low_and_out(conn, request, places).await?;
    alert_generator::looked(conn, request).await?;
    let counts = alerts::counts(conn, company, Filter::default()).await?;
    let critical = counts
        .iter()
        .find(|(severity, _)| *severity == Severity::Critical);
    let most = i64::try_from(LISTED).unwrap_or(i64::MAX);
    let worst = alerts::live(conn, company, Filter::default(), most).await?;
    let next = period.to.succ_opt().unwrap_or(period.to);
    let (late, expected) = metrics::awaited(conn, company, request.company_today(), next).await?;
    Ok(ReplyContent::DailyDigest(DailyDigest {
        period,
        revenue: sales.as_ref().map(money),
        revenue_before: before.as_ref().map(money),
        units_sold: sales.as_ref().map(|sums| sums.sold),
        top: top(conn, request, period, places).await?,
        low,
        out,
        alerts: counts.iter().map(|(_, count)| number(*count)).sum(),
        critical: critical.map_or(0, |(_, count)| number(*count)),
        worst: worst.iter().map(alert_generator::line).collect(),
        late_orders: number(late),
        expected_tomorrow: number(expected),
        as_of: request.now,
    }))
}

/// Today when sales of today are on record, else yesterday when its are: many companies load their
/// sales at night. Else today, of which nothing is known.
fn latest(request: &Request, record: Option<Period>) -> Period {
    let today = request.company_today();
    let last = record
        .map(|record| record.to)
        .filter(|last| *last <= today && Some(*last) >= today.pred_opt());
    Period::day(last.unwrap_or(today))
}

/// As many days, a week before: weekdays differ more than weeks do. Of more than a week, those
/// before.
fn a_week_before(period: Period) -> Period {
    if period.days() > 7 {
        return period.before();
    }
    let back = |day: chrono::NaiveDate| day.checked_sub_days(Span::new(7)).unwrap_or(day);
    Period {
        from: back(period.from),
        to: back(period.to),
    }
}

async fn sums(
    conn: &mut AsyncPgConnection,
    request: &Request,
    days: &Days,
    period: Period,
    places: Option<&[Uuid]>,
) -> Result<Option<SalesSums>, AgentFailure> {
    let sums = metrics::sales(conn, request.company_id(), places, period, By::All).await?;
    let sums = sums.into_iter().next().map(|(_, sums)| sums);
    Ok(sums.filter(|_| days.recorded(period)))
}

/// What sold most.
async fn top(
    conn: &mut AsyncPgConnection,
    request: &Request,
    period: Period,
    places: Option<&[Uuid]>,
) -> Result<Vec<TopLine>, AgentFailure> {
    let company = request.company_id();
    let mut sold = metrics::sales(conn, company, places, period, By::Product).await?;
    sold.retain(|(_, sums)| sums.sold > 0);
    sold.sort_by(|(a_key, a), (b_key, b)| {
        let order = |sums: &SalesSums| (sums.sold, sums.revenue.clone());
        order(b).cmp(&order(a)).then_with(|| a_key.cmp(b_key))
    });
    let catalogue = products::catalogue(conn, company).await?;
    let lines = sold.into_iter().filter_map(|(key, sums)| {
        let Key::Id(id) = key else { return None };
        let product = catalogue.iter().find(|product| product.id == id)?;
        Some(TopLine {
            sku: product.sku.clone(),
            name: product.name.clone(),
            unit: product.unit.clone(),
            quantity: sums.sold,
        })
    });
    Ok(lines.take(LISTED).collect())
}

/// Products at or below their reorder point with something left, and with nothing left. At some
/// places only, by the reorder points that the places have of their own.
async fn low_and_out(
    conn: &mut AsyncPgConnection,
    request: &Request,
    places: Option<&[Uuid]>,
) -> Result<(u32, u32), AgentFailure> {
    let (mut low, mut out) = (0, 0);
    let mut count = |quantity: i64, is_low: bool| {
        if quantity <= 0 {
            out += 1;
        }
        if is_low {
            low += 1;
        }
    };
    if places.is_none() {
        let overview = Overview::of(conn, request).await?;
        for product in &overview.products {
            let Some(quantity) = overview.in_stock(product.id) else {
                continue;
            };
            let is_low = overview.plan(product).is_low(quantity);
            count(quantity, is_low == Some(true));
        }
        return Ok((low, out));
    }
    let there = metrics::holdings(conn, request.company_id(), places, None).await?;
    for rows in there.chunk_by(|a, b| a.product_id == b.product_id) {
        let quantity = rows.iter().map(|row| row.quantity).sum();
        let is_low = rows
            .iter()
            .any(|row| row.reorder_point.is_some_and(|point| row.quantity <= point));
        count(quantity, is_low);
    }
    Ok((low, out))
}

fn number(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_compared_with_the_same_day_a_week_before() {
        let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
        let monday = Period::day(day("2026-11-16"));
        assert_eq!(a_week_before(monday), Period::day(day("2026-11-09")));
        let fortnight = Period {
            from: day("2026-11-03"),
            to: day("2026-11-16"),
        };
        assert_eq!(a_week_before(fortnight), fortnight.before());
    }
}
