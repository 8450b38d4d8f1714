//! A range as the labelling guide writes it.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::{DateContext, DateMatch, RangeName};

/// The range's normal value: `today`, `last_week`, `last_7_days`, … or the first and
/// last day, both included, as `2026-03-16..2026-03-18`. A range that is still open
/// ends today; one without a start is written `..2026-03-18`.
#[must_use]
pub fn label(found: &DateMatch, context: &DateContext) -> String {
    if let Some(name) = found.name {
        return match name {
            RangeName::Today => "today".to_owned(),
            RangeName::Yesterday => "yesterday".to_owned(),
            RangeName::ThisWeek => "this_week".to_owned(),
            RangeName::LastWeek => "last_week".to_owned(),
            RangeName::ThisMonth => "this_month".to_owned(),
            RangeName::LastMonth => "last_month".to_owned(),
            RangeName::ThisQuarter => "this_quarter".to_owned(),
            RangeName::LastQuarter => "last_quarter".to_owned(),
            RangeName::ThisYear => "this_year".to_owned(),
            RangeName::LastYear => "last_year".to_owned(),
            RangeName::LastDays(days) => format!("last_{days}_days"),
        };
    }
    let mut label = String::with_capacity(22);
    let start = found.range.start;
    if let Some(start) = start {
        push(&mut label, start);
    }
    label.push_str("..");
    let last = match found.range.end {
        Some(end) => end.pred_opt().unwrap_or(end),
        // An open range that starts ahead of today has no last day to tell.
        None if start.is_some_and(|start| start > context.today) => return label,
        None => context.today,
    };
    push(&mut label, last);
    label
}

fn push(label: &mut String, day: NaiveDate) {
    // Writing to a string cannot fail.
    let _ = write!(label, "{}", day.format("%Y-%m-%d"));
}
