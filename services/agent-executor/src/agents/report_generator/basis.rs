//! What the figures of a period are computed from, and which days these are.

use bigdecimal::BigDecimal;
use chrono::NaiveDate;
use uuid::Uuid;
use wharf_domain::period::Period;
use wharf_store::{
    AsyncPgConnection,
    metrics::{self, Availability, By, CountSums, SalesSums},
    supplier_scores::{self, Tally},
};

use crate::agents::{AgentFailure, Request};

/// The days that figures are of, and those that they are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    /// As asked for.
    pub(super) asked: Period,
    /// Those of `asked` that sales are on record for; all of it, when none is.
    pub(super) now: Period,
    /// As many, just before.
    pub(super) before: Period,
    record: Option<Period>,
}

impl Days {
    /// `asked` without the days before the first and after the last sale on record: what is not
    /// over, or was before the records began, would look like a loss.
    pub(super) fn new(asked: Period, record: Option<Period>) -> Self {
        let now = record
            .map(|record| Period {
                from: asked.from.max(record.from),
                to: asked.to.min(record.to),
            })
            .filter(|both| both.from <= both.to)
            .unwrap_or(asked);
        Self {
            asked,
            now,
            before: now.before(),
            record,
        }
    }

    pub(super) async fn of(
        conn: &mut AsyncPgConnection,
        request: &Request,
        asked: Period,
    ) -> Result<Self, AgentFailure> {
        let record = metrics::sales_record(conn, request.company_id()).await?;
        Ok(Self::new(asked, record))
    }

    /// Whether the records do not begin within the period or after it, as far as sales tell.
    fn began(&self, period: Period) -> bool {
        self.record.is_none_or(|record| record.from <= period.from)
    }

    /// Whether sales are on record for every day of the period.
    pub(super) fn recorded(&self, period: Period) -> bool {
        self.record
            .is_some_and(|record| record.from <= period.from && period.to <= record.to)
    }
}

/// All suppliers' orders that were due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Orders {
    pub(super) due: i64,
    pub(super) on_time: i64,
    pub(super) punctual: i64,
    pub(super) ordered: i64,
    pub(super) filled: i64,
}

impl Orders {
    pub(super) fn of(tallies: &[Tally]) -> Self {
        tallies.iter().fold(Self::default(), |sum, tally| Self {
            due: sum.due + tally.due,
            on_time: sum.on_time + tally.on_time,
            punctual: sum.punctual + tally.punctual,
            ordered: sum.ordered + tally.ordered,
            filled: sum.filled + tally.filled,
        })
    }
}

/// What figures are computed from.
#[derive(Debug, Clone)]
pub(super) struct Basis {
    /// The days.
    pub(super) period: Period,
    /// `None`: sales are not on record for all of the days.
    pub(super) sales: Option<SalesSums>,
    /// What stock was worth at the end of each day that it was looked at.
    pub(super) stock: Vec<Option<BigDecimal>>,
    /// What stock was worth at the end of the last of the days; now, when today is among those that
    /// were asked for.
    pub(super) closing: Option<BigDecimal>,
    pub(super) availability: Availability,
    pub(super) counts: CountSums,
    pub(super) orders: Orders,
    /// The orders' price, when all are in the company's currency and it keeps suppliers.
    pub(super) purchases: Option<BigDecimal>,
}

impl Basis {
    /// What nothing is known of.
    #[cfg(test)]
    pub(super) fn nothing(period: Period) -> Self {
        Self {
            period,
            sales: None,
            stock: Vec::new(),
            closing: None,
            availability: Availability::default(),
            counts: CountSums::default(),
            orders: Orders::default(),
            purchases: None,
        }
    }

    /// Reads it: of the days, and of the days before.
    pub(super) async fn both(
        conn: &mut AsyncPgConnection,
        request: &Request,
        days: &Days,
        places: Option<&[Uuid]>,
    ) -> Result<(Self, Self), AgentFailure> {
        let mut now = Self::read(conn, request, days, days.now, places).await?;
        if days.asked.to >= request.company_today() {
            now.closing = value_now(conn, request, places).await?;
        }
        let before = Self::read(conn, request, days, days.before, places).await?;
        Ok((now, before))
    }

    async fn read(
        conn: &mut AsyncPgConnection,
        request: &Request,
        days: &Days,
        period: Period,
        places: Option<&[Uuid]>,
    ) -> Result<Self, AgentFailure> {
        let (company, zone) = (request.company_id(), request.company.time_zone);
        let today = request.company_today();
        let sums = metrics::sales(conn, company, places, period, By::All).await?;
        let sums = sums.into_iter().next().map(|(_, sums)| sums);
        let stock = metrics::stock_days(conn, company, places, period).await?;
        let closing = stock.last().filter(|day| day.day == period.to);
        let tallies = supplier_scores::tally(conn, company, period, today, zone).await?;
        let spent = metrics::spent(conn, company, period, zone).await?;
        let ours = spent
            .iter()
            .all(|spent| spent.currency == request.company.currency);
        Ok(Self {
            period,
            sales: sums.filter(|_| days.recorded(period)),
            closing: closing.and_then(|day| day.value.clone()),
            stock: stock.into_iter().map(|day| day.value).collect(),
            availability: metrics::availability(conn, company, places, period).await?,
            counts: metrics::counts(conn, company, places, period, zone).await?,
            orders: Orders::of(&tallies),
            // Orders before the first sale on record may not be on record either.
            purchases: (ours && !tallies.is_empty() && days.began(period))
                .then(|| spent.iter().map(|spent| &spent.total).sum()),
        })
    }

    /// What stock was worth on average; `None` when it was looked at on fewer than half of the days.
    pub(super) fn average_stock(&self) -> Option<BigDecimal> {
        let count = i64::try_from(self.stock.len()).ok()?;
        if count == 0 || count * 2 < self.period.days() {
            return None;
        }
        let sum: Option<BigDecimal> = self.stock.iter().cloned().sum();
        Some(sum? / BigDecimal::from(count))
    }
}

async fn value_now(
    conn: &mut AsyncPgConnection,
    request: &Request,
    places: Option<&[Uuid]>,
) -> Result<Option<BigDecimal>, AgentFailure> {
    let there = metrics::holdings(conn, request.company_id(), places, None).await?;
    let priced = there
        .iter()
        .filter_map(|row| Some(row.cost.as_ref()? * BigDecimal::from(row.quantity)));
    Ok(priced.reduce(|sum, value| sum + value))
}

/// The day on which the table of stock of a report is true: `None` now, when today was asked for.
pub(super) fn stock_on(days: &Days, today: NaiveDate) -> Option<NaiveDate> {
    (days.asked.to < today).then_some(days.now.to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str) -> Period {
        Period {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        }
    }

    #[test]
    fn days_that_are_not_on_record_are_left_out() {
        let record = period("2025-11-22", "2026-11-21");
        let days = |from, to| Days::new(period(from, to), Some(record));
        let month = days("2026-11-01", "2026-11-22");
        assert_eq!(month.now, period("2026-11-01", "2026-11-21"));
        assert_eq!(month.before, period("2026-10-11", "2026-10-31"));
        assert!(month.recorded(month.now) && month.recorded(month.before));
        // The records begin in the period: there is nothing to compare it with.
        let year = days("2025-01-01", "2025-12-31");
        assert_eq!(year.now, period("2025-11-22", "2025-12-31"));
        assert!(year.recorded(year.now) && !year.recorded(year.before));
        // Before and after everything on record.
        for (from, to) in [("2024-01-01", "2024-12-31"), ("2026-11-22", "2026-11-22")] {
            let none = days(from, to);
            assert_eq!(none.now, period(from, to));
            assert!(!none.recorded(none.now));
        }
        let none = Days::new(period("2026-11-01", "2026-11-22"), None);
        assert!(!none.recorded(none.now));
    }
}
