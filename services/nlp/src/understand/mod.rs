//! Understands what people write: [`understand`] is a pure function of the text and its
//! [`Context`], without network, clock or randomness.
//!
//! The way of a message: `normalise` (plain form) -> `words`, `lexemes` (tokens, what is known of
//! them) -> `features` -> the model (`linear`, trained by `crate::training`) -> `entities` (names,
//! numbers, dates, choices) -> `guards` and `decide` (whether to act, ask or say no).
//!
//! To teach it new wording, add messages to `services/nlp/data` and run `wharfctl train`; new
//! texting words go to `texting.txt`, word classes to `lexicon.txt`.

pub mod catalogue;
pub mod dates;
mod decide;
pub mod entities;
pub mod features;
mod guards;
pub mod hashing;
pub mod lexemes;
pub mod lexicon;
pub mod linear;
pub mod model;
pub mod normalise;
pub mod spelling;
mod split;
pub mod tagger;
pub mod units;
pub mod words;

use std::ops::Range;

use chrono::{DateTime, Utc, Weekday};
use serde::{Deserialize, Serialize};
use wharf_domain::entities::{Entities, EntityName};
use wharf_domain::intent::IntentType;

pub use decide::{Decision, Thresholds};
pub use guards::Guard;

use catalogue::Catalogue;
use entities::Reading;
use features::Features;
use linear::softmax;
use model::Model;
use normalise::Normalised;

/// The languages that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English, wherever spoken.
    #[serde(rename = "en")]
    English,
    /// Spanish, wherever spoken.
    #[serde(rename = "es")]
    Spanish,
}

impl From<Language> for dates::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::English => Self::English,
            Language::Spanish => Self::Spanish,
        }
    }
}

/// What was said before, as far as understanding needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DialogueState {
    /// The entity that the last reply asked for.
    pub asked: Option<EntityName>,
    /// The intent that is waiting for that entity or for a confirmation.
    pub pending: Option<IntentType>,
    /// How many numbered lines the last reply showed.
    pub list_length: usize,
}

/// What a message is read against.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The company's names, if it has a catalogue.
    pub catalogue: Option<&'a Catalogue>,
    /// What was said before.
    pub dialogue: &'a DialogueState,
    /// The instant the message was received.
    pub now: DateTime<Utc>,
    /// The sender's zone.
    pub time_zone: chrono_tz::Tz,
    /// The day on which the company's weeks start.
    pub week_start: Weekday,
    /// The sender's language, if known.
    pub language: Option<Language>,
    /// When to act, ask or say no.
    pub thresholds: &'a Thresholds,
}

/// Where one value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Whose value.
    pub name: EntityName,
    /// Bytes of the message.
    pub range: Range<usize>,
}

/// What a message, or one of its requests, wants.
#[derive(Debug, Clone)]
pub struct Understanding {
    /// The part of the message it was read from.
    pub text: Range<usize>,
    /// The language it seems to be in.
    pub language: Language,
    /// What the sender wants.
    pub intent: IntentType,
    /// The probability that `intent` is right, 0 to 1.
    pub confidence: f32,
    /// What to do with it.
    pub decision: Decision,
    /// What it names.
    pub entities: Entities,
    /// Where that stands in the whole message.
    pub spans: Vec<Span>,
    /// The likeliest intents, `intent` among them, best first.
    pub alternatives: [(IntentType, f32); 3],
    /// What kept it from being acted upon.
    pub guards: Vec<Guard>,
    /// The requests of a message that makes several, each understood by itself; else empty.
    pub requests: Vec<Understanding>,
}

/// Reads one message. Never fails and never panics; linear in the text's length.
#[must_use]
pub fn understand(text: &str, context: &Context<'_>) -> Understanding {
    understand_with(Model::shipped(), text, context)
}

/// [`understand`] with a model of one's own, for training and evaluation.
#[must_use]
pub fn understand_with(model: &Model, text: &str, context: &Context<'_>) -> Understanding {
    let plain = Normalised::new(text);
    let lexemes = lexemes::lexemes(plain.text(), &model.vocabulary);
    let features = features::extract(plain.text(), &lexemes);
    let reading = Reading {
        original: text,
        plain: &plain,
        lexemes: &lexemes,
        features: &features,
    };
    let whole = one(model, &reading, context);
    whole
}

fn one(model: &Model, reading: &Reading<'_>, context: &Context<'_>) -> Understanding {
    let ranked = rank(model, reading.features);
    let (intent, confidence) = ranked[0];
    let found = entities::extract(reading, intent, model, context);
    let guards = guards::find(reading, intent, &found);
    let decision = decide::decide(&ranked, &found, &guards, context);
    Understanding {
        text: 0..reading.original.len(),
        language: language_of(reading, context),
        intent,
        confidence,
        decision,
        entities: found.entities,
        spans: found
            .spans
            .into_iter()
            .map(|(name, range)| Span { name, range })
            .collect(),
        alternatives: ranked,
        guards,
        requests: Vec::new(),
    }
}

/// The three likeliest intents.
fn rank(model: &Model, features: &Features) -> [(IntentType, f32); 3] {
    let scores = model.intents.scores(features);
    let p = softmax(&scores[..IntentType::ALL.len()], model.temperature);
    let mut ranked = [(IntentType::Unknown, 0.0); 3];
    for (intent, p) in IntentType::ALL.iter().zip(p) {
        let mut next = (*intent, p);
        for place in &mut ranked {
            if next.1 > place.1 {
                std::mem::swap(place, &mut next);
            }
        }
    }
    ranked
}

fn language_of(_reading: &Reading<'_>, context: &Context<'_>) -> Language {
    context.language.unwrap_or(Language::English)
}
