//! Days in a row, and what a `date_range` entity means on a given day.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// Days in a row, the last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The last day, not before `from`.
    pub to: NaiveDate,
}

impl Period {
    /// One day.
    #[must_use]
    pub const fn day(day: NaiveDate) -> Self {
        Self { from: day, to: day }
    }

    /// The `days` days (at least one) that end with `to`.
    #[must_use]
    pub fn last(days: u64, to: NaiveDate) -> Self {
        let back = Days::new(days.saturating_sub(1));
        Self {
            from: to.checked_sub_days(back).unwrap_or(to),
            to,
        }
    }

    /// How many days, at least 1.
    #[must_use]
    pub fn days(self) -> i64 {
        (self.to - self.from).num_days() + 1
    }

    /// As many days, just before.
    #[must_use]
    pub fn before(self) -> Self {
        let to = self.from.pred_opt().unwrap_or(self.from);
        Self::last(self.days().unsigned_abs(), to)
    }

    /// What the entity `date_range` means on the day `today`: a name as
    /// `shared/nlu/labels.md` has them (`last_week`, `last_30_days`), or `start..end` in ISO dates.
    /// Ranges that are not over, such as `this_month`, end today. `None` when it is neither, or the
    /// end is before the start.
    #[must_use]
    pub fn read(range: &str, today: NaiveDate, week_start: Weekday) -> Option<Self> {
        if let Some((from, to)) = range.split_once("..") {
            let period = Self {
                from: from.parse().ok()?,
                to: to.parse().ok()?,
            };
            return (period.from <= period.to).then_some(period);
        }
        let until_today = |from| Some(Self { from, to: today });
        let before = |this: NaiveDate, from: Option<NaiveDate>| {
            Some(Self {
                from: from?,
                to: this.pred_opt()?,
            })
        };
        match range {
            "today" => Some(Self::day(today)),
            "yesterday" => Some(Self::day(today.pred_opt()?)),
            "this_week" => until_today(week(today, week_start)),
            "last_week" => {
                let this = week(today, week_start);
                before(this, this.checked_sub_days(Days::new(7)))
            }
            "this_month" => until_today(month(today)?),
            "last_month" => {
                let this = month(today)?;
                before(this, this.checked_sub_months(Months::new(1)))
            }
            "this_quarter" => until_today(quarter(today)?),
            "last_quarter" => {
                let this = quarter(today)?;
                before(this, this.checked_sub_months(Months::new(3)))
            }
            "this_year" => until_today(today.with_ordinal(1)?),
            "last_year" => {
                let this = today.with_ordinal(1)?;
                before(this, this.checked_sub_months(Months::new(12)))
            }
            _ => {
                let days = range.strip_prefix("last_")?.strip_suffix("_days")?;
                let days: u64 = days.parse().ok().filter(|days| *days > 0)?;
                Some(Self::last(days, today))
            }
        }
    }
}

fn week(day: NaiveDate, start: Weekday) -> NaiveDate {
    day.week(start).first_day()
}

fn month(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)
}

fn quarter(day: NaiveDate) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(range: &str) -> String {
        // A Wednesday, as in labels.md.
        let today = NaiveDate::from_ymd_opt(2026, 3, 18).unwrap();
        Period::read(range, today, Weekday::Mon).map_or_else(
            || "none".to_owned(),
            |period| format!("{}..{}", period.from, period.to),
        )
    }

    #[test]
    fn every_name_of_the_labels_is_read() {
        for (range, days) in [
            ("today", "2026-03-18..2026-03-18"),
            ("yesterday", "2026-03-17..2026-03-17"),
            ("this_week", "2026-03-16..2026-03-18"),
            ("last_week", "2026-03-09..2026-03-15"),
            ("this_month", "2026-03-01..2026-03-18"),
            ("last_month", "2026-02-01..2026-02-28"),
            ("this_quarter", "2026-01-01..2026-03-18"),
            ("last_quarter", "2025-10-01..2025-12-31"),
            ("this_year", "2026-01-01..2026-03-18"),
            ("last_year", "2025-01-01..2025-12-31"),
            ("last_7_days", "2026-03-12..2026-03-18"),
            ("2026-01-01..2026-01-31", "2026-01-01..2026-01-31"),
            ("2026-01-31..2026-01-01", "none"),
            ("last_0_days", "none"),
            ("some day", "none"),
        ] {
            assert_eq!(read(range), days, "{range}");
        }
    }

    #[test]
    fn the_period_before_is_as_long() {
        let march = Period {
            from: NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(),
            to: NaiveDate::from_ymd_opt(2026, 3, 31).unwrap(),
        };
        assert_eq!(march.days(), 31);
        assert_eq!(march.before().days(), 31);
        assert_eq!(march.before().to.to_string(), "2026-02-28");
    }
}
