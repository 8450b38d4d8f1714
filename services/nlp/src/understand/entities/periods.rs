//! The period that a message asks about.

use std::ops::Range;

use wharf_domain::intent::IntentType;

use super::super::Context;
use super::super::dates::{self, DateContext};
use super::Reading;

/// Whether a message of `intent` may state a period.
#[must_use]
pub const fn carries(intent: IntentType) -> bool {
    matches!(
        intent,
        IntentType::GenerateReport
            | IntentType::ViewMetrics
            | IntentType::DailyDigest
            | IntentType::SupplierPerformance
    )
}

/// The longest sure period of the text and where it stands.
pub(super) fn find(
    reading: &Reading<'_>,
    intent: IntentType,
    context: &Context<'_>,
) -> Option<(String, Range<usize>)> {
    if !carries(intent) {
        return None;
    }
    let dates = DateContext {
        today: context.now.with_timezone(&context.time_zone).date_naive(),
        week_start: context.week_start,
        language: context.language.map(Into::into),
    };
    let found = dates::find(reading.original, &dates);
    let best = found
        .into_iter()
        .rev()
        .max_by_key(|found| (!found.weak, found.span.len()))?;
    Some((dates::label(&best, &dates), best.span))
}
