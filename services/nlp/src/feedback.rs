//! "That's not what I meant": feedback on our last answer, the only labels from real use.
//!
//! Only a message that is nothing else counts, and the next stage of the dialogue (a confirmation
//! that waits for a thumb) comes before it.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use wharf_domain::{clock::SharedClock, contracts::InboundMessage, persona::Persona};
use wharf_runtime::{lifecycle::Lifecycle, metrics::NlpMetrics};
use wharf_store::{Across, Store, StoreError, feedback, personas};

/// How far back the metrics look.
const WINDOW: TimeDelta = TimeDelta::days(30);
/// How often they look.
const EVERY: std::time::Duration = std::time::Duration::from_secs(60);

const RIGHT: &[&str] = &[
    "👍",
    "👌",
    "correct",
    "that's right",
    "thats right",
    "eso es",
    "correcto",
];
const WRONG: &[&str] = &[
    "👎",
    "wrong",
    "that's wrong",
    "thats wrong",
    "incorrect",
    "not what i asked",
    "not what i meant",
    "that's not what i asked",
    "that's not what i meant",
    "thats not what i asked",
    "thats not what i meant",
    "you misunderstood",
    "you misunderstood me",
    "incorrecto",
    "no era eso",
    "eso no es lo que pedí",
    "eso no es lo que pregunté",
];

/// Whether a message says that we had understood (`true`) or had not.
#[must_use]
pub fn read(message: &InboundMessage) -> Option<bool> {
    let text = message
        .body
        .trim()
        .trim_end_matches(['.', '!', ','])
        .replace('’', "'");
    // A thumb may have any of five skin tones.
    let text: String = text
        .chars()
        .filter(|c| !('\u{1F3FB}'..='\u{1F3FF}').contains(c))
        .collect();
    let text = text.to_lowercase();
    match text.as_str() {
        text if RIGHT.contains(&text) => Some(true),
        text if WRONG.contains(&text) => Some(false),
        _ => None,
    }
}

/// Keeps the metrics of spec section 10.1 that come from rows, until the soft stop.
pub(crate) async fn keep_metrics(
    store: Store,
    clock: SharedClock,
    metrics: NlpMetrics,
    lifecycle: Lifecycle,
) {
    loop {
        if let Err(error) = refresh(&store, &clock, &metrics).await {
            tracing::warn!(%error, "the metrics from rows were not refreshed");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = lifecycle.soft().cancelled() => return,
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of messages are far below 2^52"
)]
async fn refresh(
    store: &Store,
    clock: &SharedClock,
    metrics: &NlpMetrics,
) -> Result<(), StoreError> {
    let since = clock.now() - WINDOW;
    let (labels, distribution) = store
        .across::<_, StoreError, _>(Across::Labels, async |conn| {
            let labels = feedback::labels(conn, since).await?;
            Ok((labels, personas::distribution(conn).await?))
        })
        .await?;
    metrics
        .intent_feedback
        .with_label_values(&["right"])
        .set(labels.right);
    metrics
        .intent_feedback
        .with_label_values(&["wrong"])
        .set(labels.wrong);
    let judged = labels.right + labels.wrong;
    if judged > 0 {
        let accuracy = labels.right as f64 / judged as f64;
        metrics
            .intent_recognition_accuracy
            .with_label_values(&["users"])
            .set(accuracy);
    }
    let mut people: BTreeMap<Option<Persona>, i64> = [(None, 0)].into();
    people.extend(Persona::ALL.iter().map(|persona| (Some(*persona), 0)));
    people.extend(distribution);
    for (persona, people) in people {
        metrics
            .persona_distribution
            .with_label_values(&[persona.map_or("default", Persona::as_str)])
            .set(people);
    }
    if labels.messages > 0 {
        metrics
            .unknown_intent_rate
            .set(labels.unknown as f64 / labels.messages as f64);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &str) -> Option<bool> {
        let message = serde_json::json!({
            "account_sid": "AC1", "message_sid": "SM1", "from": "+15550100001", "to": "+14155238886",
            "body": body, "received_at": "2026-03-18T09:00:00Z",
        });
        read(&serde_json::from_value(message).unwrap())
    }

    #[test]
    fn only_a_message_that_is_nothing_else_counts() {
        assert_eq!(said("👎"), Some(false));
        assert_eq!(said(" 👍🏽 "), Some(true));
        assert_eq!(said("That’s not what I meant!"), Some(false));
        assert_eq!(said("wrong delivery at dock 3"), None);
        assert_eq!(said("no"), None);
        assert_eq!(said(""), None);
    }
}
