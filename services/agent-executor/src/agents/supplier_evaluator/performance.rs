//! How well suppliers did: scores, ranks, and where they go.
//!
//! To weigh something else: a part in [`score`] with its weight here and in docs/agents.md; the
//! weights add up to 1.

use std::collections::HashMap;

use uuid::Uuid;
use wharf_domain::{
    contracts::{
        ReplyContent,
        answers::{JobReport, SupplierPerformance, SupplierScore, Trend},
    },
    entities::EntityName,
    period::Period,
};
use wharf_store::{
    AsyncPgConnection,
    supplier_scores::{self, Tally},
};

use super::named;
use crate::agents::{AgentFailure, Request, lookup};

const ON_TIME: f64 = 0.50;
const QUALITY: f64 = 0.30;
const FILL: f64 = 0.20;
/// Points that a score may move and still count as steady.
const STEADY: f64 = 2.0;
/// Days that are looked at when no period is named.
const DAYS: u64 = 90;

/// Ranks the suppliers over the period that the request names, or shows those that it names.
pub(super) async fn compare(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<ReplyContent, AgentFailure> {
    let named = match named(conn, request).await? {
        Ok(named) => named,
        Err(instead) => return Ok(*instead),
    };
    let period = request
        .entities
        .get(EntityName::DateRange)
        .and_then(|range| request.period(range))
        .unwrap_or_else(|| Period::last(DAYS, request.company_today()));
    let mut ranking = Ranking::of(conn, request, period).await?;
    if let Some(named) = named {
        ranking.tallies.retain(|(tally, _)| {
            let mut ids = named.iter().map(|supplier| supplier.id);
            ids.any(|id| id == tally.supplier_id)
        });
    }
    let compared = u32::try_from(ranking.tallies.len()).unwrap_or(u32::MAX);
    let after = request.after();
    let before = usize::try_from(after).unwrap_or(usize::MAX);
    let scores = ranking.tallies.into_iter().skip(before);
    let scores = scores.take(lookup::CHOICES);
    Ok(ReplyContent::SupplierPerformance(SupplierPerformance {
        period,
        before: period.before(),
        after,
        compared,
        suppliers: scores.map(|(_, score)| score).collect(),
        ranked: ranking.ranked,
        as_of: request.now,
    }))
}

/// Evaluates all suppliers over the default period.
pub(super) async fn evaluate_all(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<JobReport, AgentFailure> {
    let period = Period::last(DAYS, request.company_today());
    let ranking = Ranking::of(conn, request, period).await?;
    let least = f64::from(request.limits.supplier_on_time_percent);
    let below = ranking
        .tallies
        .iter()
        .filter(|(_, score)| score.on_time_percent.is_some_and(|percent| percent < least));
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let counts = [
        ("suppliers_evaluated", count(ranking.tallies.len())),
        ("suppliers_ranked", i64::from(ranking.ranked)),
        ("suppliers_often_late", count(below.count())),
    ];
    Ok(JobReport {
        agent: "supplier_evaluator".to_owned(),
        counts: counts
            .map(|(name, count)| (name.to_owned(), count))
            .to_vec(),
    })
}

/// All suppliers, those with a rank first.
struct Ranking {
    tallies: Vec<(Tally, SupplierScore)>,
    ranked: u32,
}

impl Ranking {
    async fn of(
        conn: &mut AsyncPgConnection,
        request: &Request,
        period: Period,
    ) -> Result<Self, AgentFailure> {
        let company = request.company_id();
        let (today, zone) = (request.company_today(), request.company.time_zone);
        let now = supplier_scores::tally(conn, company, period, today, zone).await?;
        let before = supplier_scores::tally(conn, company, period.before(), today, zone).await?;
        Ok(Self::new(now, &before))
    }

    fn new(now: Vec<Tally>, before: &[Tally]) -> Self {
        let before: HashMap<Uuid, f64> = before
            .iter()
            .filter_map(|tally| Some((tally.supplier_id, score(tally)?)))
            .collect();
        let mut tallies: Vec<(Tally, SupplierScore)> = now
            .into_iter()
            .map(|tally| {
                let then = before.get(&tally.supplier_id).copied();
                let score = told(&tally, then);
                (tally, score)
            })
            .collect();
        // Unranked ones last, those that have orders before those that have none.
        tallies.sort_by(|(_, a), (_, b)| {
            let figure = |figure: Option<f64>| figure.unwrap_or(-1.0);
            figure(b.score)
                .total_cmp(&figure(a.score))
                .then_with(|| figure(b.on_time_percent).total_cmp(&figure(a.on_time_percent)))
                .then_with(|| b.orders.cmp(&a.orders))
                .then_with(|| a.name.cmp(&b.name))
        });
        let mut ranked = 0;
        for (_, score) in &mut tallies {
            if score.score.is_some() {
                ranked += 1;
                score.rank = Some(ranked);
            }
        }
        Self { tallies, ranked }
    }
}

/// 0 to 100 with one decimal; `None` when a part is not known.
fn score(tally: &Tally) -> Option<f64> {
    let parts = ON_TIME * tally.on_time_share()?
        + QUALITY * tally.quality_share()?
        + FILL * tally.fill_share()?;
    Some(percent(parts))
}

fn told(tally: &Tally, before: Option<f64>) -> SupplierScore {
    let score = score(tally);
    SupplierScore {
        rank: None,
        name: tally.name.clone(),
        orders: u32::try_from(tally.orders).unwrap_or(u32::MAX),
        on_time_percent: tally.on_time_share().map(percent),
        quality_percent: tally.quality_share().map(percent),
        fill_percent: tally.fill_share().map(percent),
        lead_time_days: tally.lead_time_days.map(tenths),
        trend: trend(score, before),
        score,
    }
}

fn trend(now: Option<f64>, before: Option<f64>) -> Trend {
    match now.zip(before).map(|(now, before)| tenths(now - before)) {
        None => Trend::Unknown,
        Some(moved) if moved > STEADY => Trend::Up,
        Some(moved) if moved < -STEADY => Trend::Down,
        Some(_) => Trend::Steady,
    }
}

fn percent(share: f64) -> f64 {
    tenths(share * 100.0)
}

fn tenths(figure: f64) -> f64 {
    (figure * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use wharf_domain::ids::named;

    use super::*;

    fn tally(name: &str, due: i64, on_time: i64, delivered: i64, rejected: i64) -> Tally {
        Tally {
            supplier_id: named(name),
            name: name.to_owned(),
            orders: due,
            due,
            on_time,
            punctual: on_time,
            ordered: due * 10,
            filled: delivered,
            delivered,
            rejected,
            lead_time_days: None,
        }
    }

    #[test]
    fn the_weights_add_up() {
        assert!((ON_TIME + QUALITY + FILL - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_score_worked_out_by_hand() {
        // 3 of 4 in time, 2 of 38 bad, 38 of 40 came:
        // .5 x 75 + .3 x 94.7368 + .2 x 95 = 84.921
        assert_eq!(score(&tally("a", 4, 3, 38, 2)), Some(84.9));
        assert_eq!(score(&tally("a", 4, 4, 40, 0)), Some(100.0));
        // Nothing came: of what quality it would have been is not known.
        assert_eq!(score(&tally("a", 4, 0, 0, 0)), None);
        assert_eq!(score(&tally("a", 0, 0, 0, 0)), None);
    }

    #[test]
    fn ranks_by_score_and_unknown_ones_have_none() {
        let now = vec![
            tally("new", 0, 0, 0, 0),
            tally("worse", 4, 2, 40, 0),
            tally("silent", 3, 0, 0, 0),
            tally("good", 4, 4, 40, 0),
        ];
        let ranking = Ranking::new(now, &[]);
        let order: Vec<_> = ranking
            .tallies
            .iter()
            .map(|(_, score)| (score.name.as_str(), score.rank))
            .collect();
        let expected = [
            ("good", Some(1)),
            ("worse", Some(2)),
            ("silent", None),
            ("new", None),
        ];
        assert_eq!(order, expected);
        assert_eq!(ranking.ranked, 2);
        assert_eq!(ranking.tallies[2].1.on_time_percent, Some(0.0));
        assert_eq!(ranking.tallies[3].1.on_time_percent, None);
    }

    #[test]
    fn a_trend_needs_more_than_two_points() {
        for (now, before, expected) in [
            (Some(80.0), Some(78.0), Trend::Steady),
            (Some(80.1), Some(78.0), Trend::Up),
            (Some(78.0), Some(80.0), Trend::Steady),
            (Some(77.9), Some(80.0), Trend::Down),
            (Some(80.0), None, Trend::Unknown),
            (None, Some(80.0), Trend::Unknown),
        ] {
            assert_eq!(trend(now, before), expected, "{now:?} after {before:?}");
        }
    }
}
