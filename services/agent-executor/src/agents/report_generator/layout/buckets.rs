//! The points in time of a chart: days of a month, weeks of half a year, months of a year.

use std::collections::BTreeMap;

use chrono::{Days, Months, NaiveDate, Weekday};
use wharf_domain::period::Period;
use wharf_store::metrics::{By, Key, SalesSums};

use super::words;

/// How finely a period is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    Day,
    Week(Weekday),
    Month,
}

impl Grain {
    /// Days up to five weeks, weeks up to half a year, else months.
    pub(super) fn of(period: Period, week_start: Weekday) -> Self {
        match period.days() {
            ..=35 => Self::Day,
            36..=190 => Self::Week(week_start),
            _ => Self::Month,
        }
    }

    /// As [`of`](Self::of), but no finer than a week.
    pub(super) fn coarse(period: Period, week_start: Weekday) -> Self {
        match Self::of(period, week_start) {
            Self::Day => Self::Week(week_start),
            other => other,
        }
    }

    pub(super) const fn by(self) -> By {
        match self {
            Self::Day => By::Day,
            Self::Week(start) => By::Week(start),
            Self::Month => By::Month,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week(_) => "week",
            Self::Month => "month",
        }
    }

    /// The first day of the piece that `day` is in.
    pub(super) fn start(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => day,
            Self::Week(start) => day.week(start).first_day(),
            Self::Month => {
                let back = u64::from(chrono::Datelike::day0(&day));
                day.checked_sub_days(Days::new(back)).unwrap_or(day)
            }
        }
    }

    /// The first days of all pieces of the period; that of the first may be before it.
    pub(super) fn starts(self, period: Period) -> Vec<NaiveDate> {
        let mut starts = Vec::new();
        let mut next = Some(self.start(period.from));
        while let Some(day) = next.filter(|day| *day <= period.to) {
            starts.push(day);
            next = match self {
                Self::Day => day.succ_opt(),
                Self::Week(_) => day.checked_add_days(Days::new(7)),
                Self::Month => day.checked_add_months(Months::new(1)),
            };
        }
        starts
    }

    /// As a chart's axis has it, of the part that is in the period: "3 Nov", "Nov 2026".
    pub(super) fn label(self, start: NaiveDate, period: Period) -> String {
        match self {
            Self::Day | Self::Week(_) => words::short(start.max(period.from)),
            Self::Month => start.format("%b %Y").to_string(),
        }
    }
}

/// The sums of each piece of the period, a piece without sales as nothing.
pub(super) fn filled(
    grain: Grain,
    period: Period,
    rows: Vec<(Key, SalesSums)>,
) -> Vec<(NaiveDate, SalesSums)> {
    let mut known: BTreeMap<NaiveDate, SalesSums> = rows
        .into_iter()
        .filter_map(|(key, sums)| match key {
            Key::Day(day) => Some((day, sums)),
            _ => None,
        })
        .collect();
    let starts = grain.starts(period).into_iter();
    starts
        .map(|start| {
            let sums = known.remove(&start).unwrap_or_else(|| SalesSums {
                rows: 0,
                requested: 0,
                sold: 0,
                revenue: 0.into(),
                cost: Some(0.into()),
            });
            (start, sums)
        })
        .collect()
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
    fn a_period_is_cut_into_pieces_that_can_be_seen() {
        let grain = |from, to| Grain::of(period(from, to), Weekday::Mon);
        assert_eq!(grain("2026-11-01", "2026-11-30"), Grain::Day);
        assert_eq!(grain("2026-07-01", "2026-09-30"), Grain::Week(Weekday::Mon));
        assert_eq!(grain("2026-01-01", "2026-11-21"), Grain::Month);
    }

    #[test]
    fn pieces_begin_with_the_one_that_the_period_begins_in() {
        let november = period("2026-11-04", "2026-11-16");
        let weeks = Grain::Week(Weekday::Mon).starts(november);
        let days: Vec<_> = weeks.iter().map(ToString::to_string).collect();
        assert_eq!(days, ["2026-11-02", "2026-11-09", "2026-11-16"]);
        assert_eq!(Grain::Week(Weekday::Mon).label(weeks[0], november), "4 Nov");
        let months = Grain::Month.starts(period("2025-11-22", "2026-01-01"));
        let days: Vec<_> = months.iter().map(ToString::to_string).collect();
        assert_eq!(days, ["2025-11-01", "2025-12-01", "2026-01-01"]);
    }
}
