//! The period that a message asks about.

use std::borrow::Cow;
use std::ops::Range;

use wharf_domain::intent::IntentType;

use super::super::dates::{self, DateContext};
use super::super::normalise::Normalised;
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
    let text = without_lateness(reading.original, intent);
    let best = dates::find(&text, &dates)
        .into_iter()
        .filter(|found| found.range.start.is_none_or(|start| start <= dates.today))
        .filter(|found| !is_no_period(&text[found.span.clone()]))
        .rev()
        .max_by_key(|found| (!found.weak, found.span.len()))?;
    Some((dates::label(&best, &dates), best.span))
}

/// Words that read as a period and in these requests are none: "roundup of the day" is the daily
/// summary whichever day it is.
fn is_no_period(written: &str) -> bool {
    const NONE: [&str; 17] = [
        "eod",
        "cob",
        "the day",
        "day",
        "of the day",
        "from the day",
        "the end of the day",
        "end of the day",
        "end of day",
        "this morning",
        "now",
        "right now",
        "ahora",
        "el dia",
        "del dia",
        "la jornada",
        "cierre del dia",
    ];
    let plain = Normalised::new(written);
    NONE.contains(&plain.text().trim())
}

/// "Were they late in February" asks about all of February, not its last days.
fn without_lateness(text: &str, intent: IntentType) -> Cow<'_, str> {
    if intent == IntentType::SupplierPerformance && text.contains("late ") {
        Cow::Owned(text.replace("late ", ".... "))
    } else {
        Cow::Borrowed(text)
    }
}
