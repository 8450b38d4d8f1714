//! The period that a message asks about.

use std::ops::Range;

use wharf_domain::intent::IntentType;

use super::super::dates::{self, DateContext};
use super::super::{Context, Language};
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
    language: Option<Language>,
    context: &Context<'_>,
) -> Option<(String, Range<usize>)> {
    if !carries(intent) {
        return None;
    }
    // English is read day first unless the sender's language is set to English.
    let dates = DateContext::new(
        context.now.with_timezone(&context.time_zone).date_naive(),
        context.week_start,
        language
            .filter(|language| *language == Language::Spanish || context.language.is_some())
            .map(Into::into),
    );
    let found = dates::find(reading.original, &dates);
    let best = found
        .into_iter()
        .rev()
        .max_by_key(|found| (!found.weak, found.span.len()))?;
    Some((dates::label(&best, &dates), best.span))
}
