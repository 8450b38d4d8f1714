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
pub mod evaluate;
pub mod features;
pub mod guards;
pub mod hashing;
mod language;
pub mod lexemes;
pub mod lexicon;
pub mod linear;
pub mod model;
pub mod normalise;
pub mod patterns;
pub mod spelling;
mod split;
pub mod table;
pub mod tagger;
pub mod units;
pub mod words;

use std::ops::Range;

use chrono::{DateTime, Utc, Weekday};
use serde::{Deserialize, Serialize};
use wharf_domain::entities::{Entities, EntityName};
use wharf_domain::intent::IntentType;

pub use decide::{Decision, Thresholds, is_complete};
pub use entities::grounding::{Certainty, Grounding};
pub use entities::replies::Reply;
pub use guards::Guard;

use catalogue::{Catalogue, Hit, ItemKind};
use entities::{Found, Reading};
use features::Features;
use lexemes::Lexeme;
use linear::softmax;
use model::Model;
use normalise::Normalised;
use words::Shape;

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

impl Language {
    /// As in a locale: `en`, `es`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }
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
    /// The sender's language, if known: what counts when the words do not tell.
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
    /// What the catalogue makes of its names.
    pub grounding: Vec<Grounding>,
    /// How sure it is which product of the catalogue is meant.
    pub certainty: Certainty,
    /// What it says to the message before, if it is a short reply.
    pub reply: Option<Reply>,
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

/// The language that a message is plainly in, by its own words; `None` for a code, one borrowed
/// word, or a bit of both.
#[must_use]
pub fn plain_language(text: &str) -> Option<Language> {
    let plain = Normalised::new(text);
    language::plain(&lexemes::lexemes(
        plain.text(),
        &lexemes::Vocabulary::default(),
    ))
}

/// [`understand`] with a model of one's own, for training and evaluation.
#[must_use]
pub fn understand_with(model: &Model, text: &str, context: &Context<'_>) -> Understanding {
    let plain = Normalised::new(text);
    let (lexemes, features) = words(model, &plain, context);
    let reading = Reading {
        original: text,
        plain: &plain,
        lexemes: &lexemes,
        features: &features,
    };
    let mut whole = one(model, &reading, 0, context);
    whole.requests = requests(model, &reading, &whole, context);
    whole
}

/// The words of a message and their features. Numbers of the catalogue's names are not among them.
fn words(model: &Model, plain: &Normalised, context: &Context<'_>) -> (Vec<Lexeme>, Features) {
    let text = match context.catalogue {
        Some(catalogue) => catalogue.without_measures(plain.text()),
        None => plain.text().into(),
    };
    let lexemes = lexemes::lexemes(&text, &model.vocabulary);
    let features = features::extract(&text, &lexemes);
    (lexemes, features)
}

fn one(
    model: &Model,
    reading: &Reading<'_>,
    offset: usize,
    context: &Context<'_>,
) -> Understanding {
    let plain = reading.plain.text();
    // A person's words say more than what stands in the profile.
    let language = language::detect(reading.lexemes).or(context.language);
    let mut ranked = rank(model, reading);
    if let Some(intent) = named_command(reading, &ranked, context) {
        let [first, second, third] = ranked;
        ranked = match intent {
            known if known == first.0 => [(known, COMMAND), second, third],
            known if known == second.0 => [(known, COMMAND), first, third],
            new => [(new, COMMAND), first, second],
        };
    }
    let (intent, confidence) = ranked[0];
    let mut found = entities::extract(reading, intent, model, language, context);
    let guards = guards::find(reading, intent, &found);
    if guards.iter().any(|guard| guard.overrules(intent)) {
        found = Found::default();
        ranked.rotate_right(1);
        ranked[0] = (IntentType::Unknown, confidence);
    }
    let (intent, confidence) = ranked[0];
    let complete = decide::is_complete(intent, &found.entities);
    let decision = decide::decide(intent, confidence, complete, &guards, context.thresholds);
    let decision = decide::of_item(decision, intent, found.certainty);
    Understanding {
        text: offset..offset + reading.original.len(),
        language: language.unwrap_or(Language::English),
        intent,
        confidence,
        decision,
        entities: found.entities,
        spans: found
            .spans
            .into_iter()
            .map(|(name, range)| Span {
                name,
                range: offset + range.start..offset + range.end,
            })
            .collect(),
        grounding: found.grounding,
        certainty: found.certainty,
        reply: entities::replies::read(plain, reading.lexemes),
        alternatives: ranked,
        guards,
        requests: Vec::new(),
    }
}

/// The requests of a message that makes several; empty when it makes one.
fn requests(
    model: &Model,
    reading: &Reading<'_>,
    whole: &Understanding,
    context: &Context<'_>,
) -> Vec<Understanding> {
    if whole
        .guards
        .iter()
        .any(|guard| matches!(guard, Guard::Injected | Guard::Quoted))
    {
        return Vec::new();
    }
    let plain = reading.plain.text();
    let places = split::places(plain, reading.lexemes);
    if places.is_empty() {
        return Vec::new();
    }
    // Names are looked up only for the parts that stay.
    let bare = Context {
        catalogue: None,
        ..*context
    };
    let read = |span: Range<usize>| part(model, reading, span, &bare);
    let found = cut(&read, &places, 0..plain.len(), split::MOST);
    let parts: Vec<_> = found
        .iter()
        .filter_map(|(span, _)| part(model, reading, span.clone(), context))
        .collect();
    if parts.len() == found.len() {
        parts
    } else {
        Vec::new()
    }
}

/// Cuts `whole` at the first of `places` that has a sure request before it, and one or more after
/// it. Empty when it makes no two requests.
fn cut(
    read: &impl Fn(Range<usize>) -> Option<Understanding>,
    places: &[Range<usize>],
    whole: Range<usize>,
    most: usize,
) -> Vec<(Range<usize>, Understanding)> {
    if most < 2 {
        return Vec::new();
    }
    for (number, place) in places.iter().enumerate() {
        let span = whole.start..place.start;
        let Some(first) = read(span.clone()) else {
            continue;
        };
        let rest = place.end..whole.end;
        let mut parts = cut(read, &places[number + 1..], rest.clone(), most - 1);
        if parts.is_empty() {
            parts.extend(read(rest.clone()).map(|understood| (rest, understood)));
        }
        if parts
            .first()
            .is_some_and(|(_, next)| distinct(&first, next))
        {
            parts.insert(0, (span, first));
            return parts;
        }
    }
    Vec::new()
}

/// How sure a part of a message must be to count as a request of its own.
const SURE_PART: f32 = 0.9;

/// The part of a message at `span` of its plain text, if it is a sure request by itself.
fn part(
    model: &Model,
    reading: &Reading<'_>,
    span: Range<usize>,
    context: &Context<'_>,
) -> Option<Understanding> {
    let origin = reading.plain.origin(span);
    let text = reading.original.get(origin.clone())?;
    let plain = Normalised::new(text);
    let (lexemes, features) = words(model, &plain, context);
    let part = Reading {
        original: text,
        plain: &plain,
        lexemes: &lexemes,
        features: &features,
    };
    let (intent, confidence) = rank(model, &part)[0];
    if intent == IntentType::Unknown || intent == IntentType::Help || confidence < SURE_PART {
        return None;
    }
    let understood = one(model, &part, origin.start, context);
    (understood.guards.is_empty() || !intent.mutates()).then_some(understood)
}

/// Whether two parts are two requests rather than one said at length.
fn distinct(first: &Understanding, second: &Understanding) -> bool {
    if first.intent != second.intent {
        return !first.entities.is_empty() || !second.entities.is_empty();
    }
    !first.entities.is_empty()
        && !second.entities.is_empty()
        && first.intent.mutates()
        && first.entities.iter().all(|(name, value)| {
            name == EntityName::Operation || second.entities.get(name) != Some(value)
        })
        && second
            .entities
            .iter()
            .map(|(name, _)| name)
            .eq(first.entities.iter().map(|(name, _)| name))
}

/// How sure a command of the table is.
const COMMAND: f32 = 0.99;

/// The three likeliest intents, best first.
fn rank(model: &Model, reading: &Reading<'_>) -> [(IntentType, f32); 3] {
    let mut ranked = [(IntentType::Unknown, 0.0); 3];
    if let Some(intent) = patterns::find(reading.plain.text(), reading.lexemes) {
        ranked[0] = (intent, COMMAND);
        return ranked;
    }
    if !reading.lexemes.iter().any(means_something) {
        ranked[0].1 = COMMAND;
        return ranked;
    }
    let scores = model.intents.scores(reading.features);
    let p = softmax(&scores[..IntentType::ALL.len()], model.temperature);
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

/// The intent of a message that the model doubts, if it is a command about a product that the
/// catalogue has by exactly that name: "stock star thing".
fn named_command(
    reading: &Reading<'_>,
    ranked: &[(IntentType, f32); 3],
    context: &Context<'_>,
) -> Option<IntentType> {
    let (intent, confidence) = ranked[0];
    let catalogue = context.catalogue?;
    if intent != IntentType::Unknown && confidence >= SURE_PART {
        return None;
    }
    let plain = reading.plain.text();
    let is_product = |hit: &Hit| {
        let item = catalogue.items().get(hit.item as usize);
        item.is_some_and(|item| item.kind == ItemKind::Product)
    };
    let hits = catalogue.find_all(plain).into_iter().filter(is_product);
    let names: Vec<Range<usize>> = hits.map(|hit| hit.span).collect();
    patterns::find_named(plain, reading.lexemes, &names).filter(|_| !names.is_empty())
}

/// Whether a token is a word that training knows, or a code.
fn means_something(lexeme: &Lexeme) -> bool {
    match lexeme.token.shape {
        Shape::Word => lexeme.known,
        Shape::Symbol => lexeme.classes != 0,
        Shape::Code => true,
        Shape::Number | Shape::Mark => false,
    }
}

impl Understanding {
    /// Why it was decided so, in words; made only when asked for.
    #[must_use]
    pub fn why(&self) -> Vec<String> {
        let mut why: Vec<String> = self
            .alternatives
            .iter()
            .filter(|(_, p)| *p >= 0.01)
            .map(|(intent, p)| format!("{intent} {p:.2}"))
            .collect();
        why.extend(self.guards.iter().map(|guard| guard.reason().to_owned()));
        why.extend(self.certainty.reason().map(str::to_owned));
        if !self.requests.is_empty() {
            why.push(format!("{} requests", self.requests.len()));
        }
        why
    }
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
