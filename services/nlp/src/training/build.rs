//! Makes a model from labelled messages. The same messages and seed give the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use wharf_domain::entities::EntityName;
use wharf_domain::intent::IntentType;

use super::super::understand::entities::numbers::{self, Number};
use super::super::understand::features;
use super::super::understand::lexemes::{Vocabulary, lexemes};
use super::super::understand::linear::{Linear, softmax};
use super::super::understand::model::{Choice, Model};
use super::super::understand::normalise::Normalised;
use super::super::understand::tagger;
use super::super::understand::units::{Unit, units};
use super::super::understand::words::{self, Shape};
use super::align;
use super::augment::{self, Names};
use super::corpus::Message;
use super::logistic::{self, Example, Settings};
use super::perceptron::{self, Sequence};
use super::random::Random;

/// How to build.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Variants made of each message.
    pub variants: usize,
    /// Messages of no intent, of which there are many, get a variant in every so manyth pass.
    pub unknown_every: usize,
    /// How much a message of no intent counts.
    pub unknown_weight: f32,
    /// A word belongs to the vocabulary when it stands in so many messages.
    pub rarest: usize,
    /// A feature is learnt when it stands in so many messages: intents and choices, names.
    pub rarest_features: [usize; 2],
    /// Table sizes: intents, choices, names.
    pub bits: [u32; 3],
    /// Passes: intents and choices, names.
    pub epochs: [usize; 2],
    /// Step size.
    pub rate: f32,
    /// Label smoothing.
    pub smoothing: f32,
    /// Seed of everything.
    pub seed: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            variants: 4,
            unknown_every: 3,
            unknown_weight: 1.0,
            rarest: 3,
            rarest_features: [3, 3],
            bits: [17, 13, 17],
            epochs: [5, 6],
            rate: 0.03,
            smoothing: 0.02,
            seed: 20_260_318,
        }
    }
}

/// A model of `messages`.
#[must_use]
pub fn build(messages: &[Message], plan: Plan) -> Model {
    let words = vocabulary(messages, plan.rarest);
    let known = Vocabulary::new(words.iter().map(String::as_str));
    let prepared = prepare(messages, &known, plan);
    let temperature = temperature(&prepared, messages.len(), plan);
    let intents = logistic::linear(
        &prepared.iter().map(|p| &p.intent).collect::<Vec<_>>(),
        intent_settings(plan),
    );
    let choices = Choice::ALL
        .iter()
        .map(|choice| choice_model(&prepared, *choice, plan))
        .collect();
    let sequences: Vec<_> = prepared.iter().map(|p| &p.sequence).collect();
    let tagger = perceptron::train(
        &sequences,
        perceptron::Settings {
            bits: plan.bits[2],
            rarest: plan.rarest_features[1],
            epochs: plan.epochs[1],
            seed: plan.seed,
        },
    );
    Model::new(words, intents, choices, tagger, temperature)
}

struct Prepared {
    /// Which message it is or is a variant of.
    origin: usize,
    intent: Example,
    choices: Vec<(Choice, usize)>,
    sequence: Sequence,
}

fn prepare(messages: &[Message], known: &Vocabulary, plan: Plan) -> Vec<Prepared> {
    let names = Names::of(messages).with_shipped();
    let mut random = Random::new(plan.seed);
    let mut prepared: Vec<_> = messages
        .iter()
        .enumerate()
        .map(|(origin, m)| prepare_one(m, origin, known, plan))
        .collect();
    for pass in 0..plan.variants {
        for (origin, message) in messages.iter().enumerate() {
            if message.intent == IntentType::Unknown && pass % plan.unknown_every != 0 {
                continue;
            }
            let variant = augment::variant(message, &names, 30, &mut random);
            prepared.push(prepare_one(&variant, origin, known, plan));
        }
    }
    prepared
}

fn prepare_one(message: &Message, origin: usize, known: &Vocabulary, plan: Plan) -> Prepared {
    let plain = Normalised::new(&message.text);
    let lexemes = lexemes(plain.text(), known);
    let numbers = numbers::find(plain.text(), &lexemes);
    let units = units(&message.text, &plain, &lexemes, &numbers);
    let places: Vec<_> = units.iter().map(|unit| plain.origin(unit.span())).collect();
    let mut spans = align::spans(message);
    spans.retain(|(name, _)| *name != EntityName::Quantity);
    for name in [EntityName::AlertId, EntityName::Quantity] {
        if spans.iter().any(|(known, _)| *known == name) {
            continue;
        }
        if let Some(at) = number_of(message, name, &units, &numbers) {
            let place = &places[at];
            if !spans
                .iter()
                .any(|(_, span)| span.start < place.end && place.start < span.end)
            {
                spans.push((name, place.clone()));
            }
        }
    }
    let possible = tagger::possible(message.intent);
    spans.retain(|(name, _)| possible.contains(name));
    let mut hashes = Vec::new();
    let features = if possible.is_empty() {
        Vec::new()
    } else {
        (0..units.len())
            .map(|at| {
                hashes.clear();
                tagger::features(plain.text(), &units, at, message.intent, &mut hashes);
                hashes.clone()
            })
            .collect()
    };
    Prepared {
        origin,
        intent: Example {
            message: origin,
            features: features::extract(plain.text(), &lexemes),
            class: message.intent as usize,
            weight: if message.intent == IntentType::Unknown {
                plan.unknown_weight
            } else {
                1.0
            },
        },
        choices: Choice::of(message.intent)
            .iter()
            .map(|choice| (*choice, class_of(message, *choice)))
            .collect(),
        sequence: Sequence {
            message: origin,
            labels: perceptron::labels(&places[..features.len()], &spans),
            features,
            intent: message.intent,
        },
    }
}

/// The unit that states the labelled number called `name`, in digits or words; the last one when
/// several do.
fn number_of(
    message: &Message,
    name: EntityName,
    units: &[Unit],
    numbers: &[Number],
) -> Option<usize> {
    let wanted = message.entities.get(name)?;
    units.iter().rposition(|unit| {
        unit.number
            .and_then(|number| numbers[number].whole())
            .is_some_and(|value| value == wanted)
    })
}

fn class_of(message: &Message, choice: Choice) -> usize {
    message
        .entities
        .get(choice.entity())
        .and_then(|value| choice.values().iter().position(|known| *known == value))
        .map_or(0, |index| index + 1)
}

fn intent_settings(plan: Plan) -> Settings {
    Settings {
        classes: IntentType::ALL.len(),
        bits: plan.bits[0],
        rarest: plan.rarest_features[0],
        epochs: plan.epochs[0],
        rate: plan.rate,
        decay: 1e-6,
        smoothing: plan.smoothing,
        seed: plan.seed,
    }
}

fn choice_model(prepared: &[Prepared], choice: Choice, plan: Plan) -> Linear {
    let examples: Vec<Example> = prepared
        .iter()
        .filter_map(|p| {
            let (_, class) = p.choices.iter().find(|(known, _)| *known == choice)?;
            Some(Example {
                class: *class,
                ..p.intent.clone()
            })
        })
        .collect();
    let settings = Settings {
        classes: choice.values().len() + 1,
        bits: plan.bits[1],
        ..intent_settings(plan)
    };
    logistic::linear(&examples.iter().collect::<Vec<_>>(), settings)
}

/// The temperature that makes half the messages as likely as the other half's model says; from
/// both halves.
fn temperature(prepared: &[Prepared], originals: usize, plan: Plan) -> f32 {
    let mut held: Vec<(Vec<f32>, usize)> = Vec::new();
    for half in 0..2 {
        let inside = |p: &Prepared| p.origin % 2 == half;
        let examples: Vec<_> = prepared
            .iter()
            .filter(|p| inside(p))
            .map(|p| &p.intent)
            .collect();
        let model = logistic::linear(&examples, intent_settings(plan));
        for p in &prepared[..originals] {
            if !inside(p) {
                let scores = model.scores(&p.intent.features);
                held.push((scores[..IntentType::ALL.len()].to_vec(), p.intent.class));
            }
        }
    }
    let loss = |temperature: f32| -> f64 {
        held.iter()
            .map(|(scores, class)| f64::from((1.0 - softmax(scores, temperature)[*class]).powi(2)))
            .sum()
    };
    #[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
    let candidates = (4..=40_usize).map(|step| step as f32 * 0.05);
    candidates
        .min_by(|a, b| loss(*a).total_cmp(&loss(*b)))
        .unwrap_or(1.0)
}

/// The words outside of names that stand in at least `rarest` messages, the most frequent first.
fn vocabulary(messages: &[Message], rarest: usize) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for message in messages {
        let plain = Normalised::new(&message.text);
        let names: Vec<_> = align::spans(message)
            .into_iter()
            .filter(|(name, _)| *name != EntityName::Metric)
            .map(|(_, span)| span)
            .collect();
        let words: BTreeSet<&str> = words::tokens(plain.text())
            .into_iter()
            .filter(|token| token.shape == Shape::Word)
            .filter(|token| {
                let place = plain.origin(token.span());
                !names
                    .iter()
                    .any(|name| name.start < place.end && place.start < name.end)
            })
            .map(|token| token.text(plain.text()))
            .collect();
        for word in words {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    let mut words: Vec<_> = counts
        .into_iter()
        .filter(|(_, count)| *count >= rarest)
        .collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words.into_iter().map(|(word, _)| word).collect()
}
