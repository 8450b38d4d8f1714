//! A message that names one alert and no more: "A12", "show alert A12", "alerta A12". Our lists offer
//! it ("reply with an alert ID for details"), so it holds without a list too, and only shows. As with
//! `format`, `understand` knows nothing of it: alone, a code says too little to learn from.

use wharf_domain::{
    entities::{Entities, EntityName},
    intent::IntentType,
};

use crate::understand::{
    Certainty, Context, Decision, Understanding, catalogue::ItemKind, normalise::Normalised,
};

/// Words for what an alert is called.
const ALERT: &[&str] = &["alert", "alerta"];
/// Words that may stand beside it.
const BESIDE: &[&str] = &[
    "show",
    "me",
    "view",
    "see",
    "open",
    "details",
    "detail",
    "of",
    "about",
    "for",
    "what",
    "is",
    "what's",
    "whats",
    "the",
    "id",
    "please",
    "pls",
    "ver",
    "muestra",
    "muestrame",
    "mostrar",
    "detalle",
    "detalles",
    "de",
    "la",
    "sobre",
    "que",
    "es",
    "por",
    "favor",
];

/// The alert that `text` names and nothing else, as "A12".
#[must_use]
pub fn named(text: &str) -> Option<String> {
    let plain = Normalised::new(text);
    let (mut code, mut called) = (None, false);
    for word in plain.text().split_whitespace() {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        if ALERT.contains(&word) {
            called = true;
        } else if let Some(number) = number(word)
            && code.is_none()
        {
            code = Some((number, word.starts_with('a')));
        } else if !word.is_empty() && !BESIDE.contains(&word) {
            return None;
        }
    }
    let (number, lettered) = code?;
    // A number alone is a line of a list, or an answer.
    (called || lettered).then(|| format!("A{number}"))
}

fn number(word: &str) -> Option<u32> {
    let digits = word.strip_prefix('a').unwrap_or(word);
    let only =
        !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| only)
}

/// Makes a message that only names an alert the request to see it, unless a product has that code.
pub fn note(understanding: &mut Understanding, text: &str, context: &Context<'_>) {
    let Some(alert) = named(text) else {
        return;
    };
    let product = |catalogue: &crate::understand::catalogue::Catalogue| {
        let found = catalogue.resolve(Some(ItemKind::Product), &alert);
        found.accepted().is_some()
    };
    if context.catalogue.is_some_and(product) {
        return;
    }
    understanding.intent = IntentType::ViewAlerts;
    understanding.confidence = 1.0;
    understanding.decision = Decision::Accept;
    understanding.certainty = Certainty::Sure;
    understanding.alternatives = [
        (IntentType::ViewAlerts, 1.0),
        (IntentType::Unknown, 0.0),
        (IntentType::Unknown, 0.0),
    ];
    understanding.entities = Entities::from_iter([(EntityName::AlertId, alert)]);
    understanding.spans.clear();
    understanding.grounding.clear();
    understanding.guards.clear();
    understanding.requests.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_and_no_more() {
        for text in [
            "A12",
            "a12?",
            "alert 12",
            "Alert A12",
            "show me alert #12",
            "details of A12 please",
            "alerta A12",
            "ver la alerta a12",
        ] {
            assert_eq!(named(text).as_deref(), Some("A12"), "{text}");
        }
        for text in [
            "12",
            "#12",
            "alert",
            "alerts",
            "ack A12",
            "A12 A13",
            "stock A12",
            "A12B",
            "a",
            "abc12",
            "close alert 12",
            "",
        ] {
            assert_eq!(named(text), None, "{text}");
        }
    }
}
