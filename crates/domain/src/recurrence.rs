//! When something comes again: on a time of day by somebody's wall clock. Pure: a recurrence, a zone
//! and an instant in, the next instant out.
//!
//! To add a cadence: a variant of [`Cadence`], its arm in [`Cadence::falls_on`], its columns in
//! `schedules`, its words in nlp's `dialogue/when` and in responder's `parts/recurrence`.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use serde::{Deserialize, Serialize};

/// The longest way to the next day of a cadence: a month's last day to the next one's, and a day of
/// daylight saving.
const LOOK_AHEAD: u64 = 64;
/// The longest gap that a zone has had: a day and an hour, with room.
const LONGEST_GAP: i64 = 26 * 60;

/// Something that comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurrence {
    /// On which days.
    #[serde(flatten)]
    pub cadence: Cadence,
    /// At what time of the wall clock.
    pub at: NaiveTime,
}

/// On which days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "every")]
pub enum Cadence {
    /// Every day.
    Daily,
    /// On these days of every week.
    Weekly {
        /// At least one.
        days: Weekdays,
    },
    /// On a day of every month.
    Monthly {
        /// Which.
        day: MonthDay,
    },
}

/// Days of the week, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub struct Weekdays(u8);

/// A day of the month, 1 to 31; in shorter months the last one, so that 31 is the last of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct MonthDay(u8);

impl Weekdays {
    /// These days; `None` for none.
    #[must_use]
    pub fn of(days: impl IntoIterator<Item = Weekday>) -> Option<Self> {
        let bits = days
            .into_iter()
            .fold(0, |bits, day| bits | 1 << day.num_days_from_monday());
        (bits != 0).then_some(Self(bits))
    }

    /// One day.
    #[must_use]
    pub fn one(day: Weekday) -> Self {
        Self(1 << day.num_days_from_monday())
    }

    /// The form of the database: bit 0 is Monday, 1 to 127.
    #[must_use]
    pub fn bits(self) -> i16 {
        self.0.into()
    }

    /// Reads the form of the database.
    #[must_use]
    pub fn from_bits(bits: i16) -> Option<Self> {
        let bits = u8::try_from(bits).ok()?;
        (1..=127).contains(&bits).then_some(Self(bits))
    }

    /// Whether it is one of them.
    #[must_use]
    pub fn has(self, day: Weekday) -> bool {
        self.0 & (1 << day.num_days_from_monday()) != 0
    }
}

impl From<Weekdays> for Vec<u8> {
    /// ISO numbers, 1 for Monday.
    fn from(days: Weekdays) -> Self {
        (0..7)
            .filter(|bit| days.0 & (1 << bit) != 0)
            .map(|bit| bit + 1)
            .collect()
    }
}

impl TryFrom<Vec<u8>> for Weekdays {
    type Error = &'static str;

    fn try_from(days: Vec<u8>) -> Result<Self, Self::Error> {
        let known = days.iter().all(|day| (1..=7).contains(day));
        let bits = days
            .iter()
            .fold(0, |bits, day| bits | 1 << (day.max(&1) - 1));
        match known && bits != 0 {
            true => Ok(Self(bits)),
            false => Err("weekdays are 1 to 7, at least one"),
        }
    }
}

impl MonthDay {
    /// The first day of each month.
    pub const FIRST: Self = Self(1);
    /// The last day of each month.
    pub const LAST: Self = Self(31);

    /// That day, 1 to 31.
    #[must_use]
    pub fn new(day: u8) -> Option<Self> {
        (1..=31).contains(&day).then_some(Self(day))
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl From<MonthDay> for u8 {
    fn from(day: MonthDay) -> Self {
        day.0
    }
}

impl TryFrom<u8> for MonthDay {
    type Error = &'static str;

    fn try_from(day: u8) -> Result<Self, Self::Error> {
        Self::new(day).ok_or("days of a month are 1 to 31")
    }
}

impl Cadence {
    /// Whether `day` is one of its days.
    #[must_use]
    pub fn falls_on(self, day: NaiveDate) -> bool {
        match self {
            Self::Daily => true,
            Self::Weekly { days } => days.has(day.weekday()),
            Self::Monthly { day: wanted } => {
                let wanted = u32::from(wanted.0);
                let is_last = day.succ_opt().is_none_or(|next| next.day() == 1);
                day.day() == wanted || (is_last && day.day() < wanted)
            }
        }
    }

    /// The name of the days that a run looks back on, as the entity `date_range` has it: the day
    /// before, the seven days before, the month before.
    #[must_use]
    pub const fn looks_back(self) -> &'static str {
        match self {
            Self::Daily => "yesterday",
            Self::Weekly { .. } => "last_7_days",
            Self::Monthly { .. } => "last_month",
        }
    }
}

impl Recurrence {
    /// The first time after `instant`, by the wall clock of `zone`. A time that daylight saving
    /// leaves out is the first moment after the gap; one that comes twice counts the first time
    /// only. `None` at the end of the calendar.
    #[must_use]
    pub fn next_after<Z: TimeZone>(
        &self,
        instant: DateTime<Utc>,
        zone: &Z,
    ) -> Option<DateTime<Utc>> {
        // The day before: its time may have been moved past midnight by a gap.
        let first = instant.with_timezone(zone).date_naive().pred_opt()?;
        let days = (0..LOOK_AHEAD).map_while(|ahead| first.checked_add_days(Days::new(ahead)));
        days.filter(|day| self.cadence.falls_on(*day))
            .filter_map(|day| self.moment(day, zone))
            .find(|moment| *moment > instant)
    }

    /// The times after `from` and not after `to`, oldest first.
    pub fn between<'a, Z: TimeZone>(
        &'a self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        zone: &'a Z,
    ) -> impl Iterator<Item = DateTime<Utc>> + 'a {
        let next = move |at: &DateTime<Utc>| self.next_after(*at, zone);
        std::iter::successors(self.next_after(from, zone), next).take_while(move |at| *at <= to)
    }

    fn moment<Z: TimeZone>(&self, day: NaiveDate, zone: &Z) -> Option<DateTime<Utc>> {
        (0..LONGEST_GAP).find_map(|minutes| {
            let local = day
                .and_time(self.at)
                .checked_add_signed(TimeDelta::minutes(minutes))?;
            let found = zone.from_local_datetime(&local).earliest()?;
            Some(found.with_timezone(&Utc))
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;

    fn at(time: &str) -> NaiveTime {
        time.parse().unwrap()
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn daily(time: &str) -> Recurrence {
        Recurrence {
            cadence: Cadence::Daily,
            at: at(time),
        }
    }

    fn monthly(day: u8) -> Recurrence {
        Recurrence {
            cadence: Cadence::Monthly {
                day: MonthDay::new(day).unwrap(),
            },
            at: at("08:00:00"),
        }
    }

    #[test]
    fn the_wall_clock_holds_over_daylight_saving() {
        let eight = daily("08:00:00");
        let zone = Tz::America__New_York;
        // 2026-03-08 is the change: eight o'clock is an hour earlier in UTC from then on.
        let next = |from| eight.next_after(utc(from), &zone);
        assert_eq!(
            next("2026-03-07T12:59:59Z"),
            Some(utc("2026-03-07T13:00:00Z"))
        );
        assert_eq!(
            next("2026-03-07T13:00:00Z"),
            Some(utc("2026-03-08T12:00:00Z"))
        );
    }

    #[test]
    fn a_time_that_is_left_out_is_the_first_moment_after_the_gap() {
        let zone = Tz::America__New_York;
        let next = daily("02:30:00").next_after(utc("2026-03-08T05:00:00Z"), &zone);
        assert_eq!(next, Some(utc("2026-03-08T07:00:00Z")));
        let next = daily("02:30:00").next_after(utc("2026-03-08T07:00:00Z"), &zone);
        assert_eq!(next, Some(utc("2026-03-09T06:30:00Z")));
        // A whole day that a zone left out.
        let samoa = Tz::Pacific__Apia;
        let next = daily("08:00:00").next_after(utc("2011-12-29T18:00:00Z"), &samoa);
        assert_eq!(next, Some(utc("2011-12-30T10:00:00Z")));
    }

    #[test]
    fn a_time_that_comes_twice_counts_once() {
        let zone = Tz::Europe__Madrid;
        let half_past_two = daily("02:30:00");
        let first = half_past_two.next_after(utc("2026-10-24T22:00:00Z"), &zone);
        assert_eq!(first, Some(utc("2026-10-25T00:30:00Z")));
        let next = half_past_two.next_after(first.unwrap(), &zone);
        assert_eq!(next, Some(utc("2026-10-26T01:30:00Z")));
    }

    #[test]
    fn shorter_months_have_a_last_day_too() {
        let zone = Tz::UTC;
        let days = |day, from| {
            let from = utc(from);
            let times: Vec<_> = monthly(day)
                .between(from, from + TimeDelta::days(100), &zone)
                .map(|at| at.format("%m-%d").to_string())
                .collect();
            times
        };
        assert_eq!(
            days(31, "2026-01-15T00:00:00Z"),
            ["01-31", "02-28", "03-31"]
        );
        assert_eq!(
            days(30, "2028-01-31T00:00:00Z"),
            ["02-29", "03-30", "04-30"]
        );
        assert_eq!(days(1, "2026-12-01T08:00:00Z"), ["01-01", "02-01", "03-01"]);
    }

    #[test]
    fn days_of_the_week_and_their_stored_forms() {
        let days = Weekdays::of([Weekday::Mon, Weekday::Thu]).unwrap();
        let weekly = Recurrence {
            cadence: Cadence::Weekly { days },
            at: at("08:00:00"),
        };
        let from = utc("2026-11-22T00:00:00Z");
        let times: Vec<_> = weekly
            .between(from, from + TimeDelta::days(8), &Tz::UTC)
            .map(|at| at.weekday())
            .collect();
        assert_eq!(times, [Weekday::Mon, Weekday::Thu]);
        assert_eq!(Weekdays::from_bits(days.bits()), Some(days));
        assert_eq!(Weekdays::from_bits(0), None);
        assert_eq!(Weekdays::from_bits(128), None);
        let text = serde_json::to_string(&weekly).unwrap();
        assert_eq!(text, r#"{"every":"weekly","days":[1,4],"at":"08:00:00"}"#);
        assert_eq!(serde_json::from_str::<Recurrence>(&text).unwrap(), weekly);
        assert!(serde_json::from_str::<Weekdays>("[]").is_err());
        assert!(serde_json::from_str::<Weekdays>("[0]").is_err());
        assert!(serde_json::from_str::<MonthDay>("32").is_err());
    }

    fn cadences() -> impl Strategy<Value = Cadence> {
        prop_oneof![
            Just(Cadence::Daily),
            (1_i16..=127).prop_map(|bits| Cadence::Weekly {
                days: Weekdays::from_bits(bits).unwrap()
            }),
            (1_u8..=31).prop_map(|day| Cadence::Monthly {
                day: MonthDay::new(day).unwrap()
            }),
        ]
    }

    proptest! {
        #[test]
        fn the_next_time_is_later_right_and_the_first(
            cadence in cadences(),
            minute in 0_u32..1_440,
            second in 1_577_836_800_i64..1_893_456_000,
            zone in 0..chrono_tz::TZ_VARIANTS.len(),
        ) {
            let zone = chrono_tz::TZ_VARIANTS[zone];
            let at = NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap();
            let recurrence = Recurrence { cadence, at };
            let from = DateTime::from_timestamp(second, 0).unwrap();
            let next = recurrence.next_after(from, &zone).unwrap();
            prop_assert!(next > from);
            let local = next.with_timezone(&zone);
            let due = local.date_naive().and_time(at);
            if zone.from_local_datetime(&due).earliest().is_some() && local.time() == at {
                prop_assert!(cadence.falls_on(local.date_naive()));
                // Of a time that comes twice, the first.
                prop_assert_eq!(zone.from_local_datetime(&due).earliest().unwrap(), local);
            } else {
                // Only a gap moves it: a minute before is no time of that zone's wall clock.
                let before = local.naive_local() - TimeDelta::minutes(1);
                prop_assert!(zone.from_local_datetime(&before).earliest().is_none());
            }
            // The same from any moment between: what was skipped is found by nobody.
            let between = from + (next - from) / 2;
            prop_assert_eq!(recurrence.next_after(between, &zone), Some(next));
            prop_assert_eq!(recurrence.next_after(next - TimeDelta::seconds(1), &zone), Some(next));
        }
    }
}
