//! What a message names, as the labelling guide writes it.
//!
//! Names (products, suppliers, places, figures) and the quantity come from the tagger, choices
//! among fixed values from small models, dates from `dates`, numbers from `numbers`. With a
//! catalogue its exact names correct the tagger's borders.

pub mod grounding;
pub mod numbers;
mod periods;
pub mod replies;
mod values;

use std::ops::Range;

use wharf_domain::entities::{Entities, EntityName};
use wharf_domain::intent::IntentType;

use super::features::Features;
use super::lexemes::Lexeme;
use super::model::{Choice, Model};
use super::normalise::Normalised;
use super::tagger;
use super::units::{Unit, units};
use super::{Context, Language};
use grounding::{Certainty, Grounding};
use numbers::Number;

pub use periods::carries as carries_period;

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The values.
    pub entities: Entities,
    /// Where they stand in the original text.
    pub spans: Vec<(EntityName, Range<usize>)>,
    /// The stated quantity, if it cannot be meant (negative, zero where nothing can be zero,
    /// a fraction, or beyond any shelf).
    pub odd_quantity: bool,
    /// What the catalogue makes of the names.
    pub grounding: Vec<Grounding>,
    /// How sure it is which product is meant.
    pub certainty: Certainty,
}

/// The message as the parts before have read it.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// As written.
    pub original: &'a str,
    /// In plain form.
    pub plain: &'a Normalised,
    /// Its words.
    pub lexemes: &'a [Lexeme],
    /// Its features.
    pub features: &'a Features,
}

/// A quantity that no order or count reaches.
pub const ABSURD_QUANTITY: f64 = 100_000.0;

/// The entities of a message of `intent`.
#[must_use]
pub fn extract(
    reading: &Reading<'_>,
    intent: IntentType,
    model: &Model,
    language: Option<Language>,
    context: &Context<'_>,
) -> Found {
    let mut found = Found::default();
    names(reading, intent, model, &mut found);
    if let Some(catalogue) = context.catalogue {
        found.grounding = grounding::ground(catalogue, reading, intent, &mut found);
    }
    for choice in Choice::of(intent) {
        let scores = model.choices[*choice as usize].scores(reading.features);
        let classes = choice.values().len() + 1;
        let best = (0..classes)
            .reduce(|top, class| {
                if scores[class] > scores[top] {
                    class
                } else {
                    top
                }
            })
            .unwrap_or(0);
        if let Some(value) = best
            .checked_sub(1)
            .and_then(|index| choice.values().get(index))
        {
            found.entities.set(choice.entity(), *value);
        }
    }
    if let Some((value, span)) = periods::find(reading, intent, language, context) {
        found.entities.set(EntityName::DateRange, value);
        found.spans.push((EntityName::DateRange, span));
    }
    found.spans.sort_by_key(|(_, span)| span.start);
    found
}

fn names(reading: &Reading<'_>, intent: IntentType, model: &Model, found: &mut Found) {
    if tagger::possible(intent).is_empty() {
        return;
    }
    let plain = reading.plain.text();
    let numbers = numbers::find(plain, reading.lexemes);
    let units = units(reading.original, reading.plain, reading.lexemes, &numbers);
    let labels = model.tagger.tag(plain, &units, intent);
    for (name, range) in spans(&labels) {
        if found.entities.has(name) {
            continue;
        }
        take(reading, name, &units[range], &numbers, found);
    }
}

/// The runs of labels that belong together.
fn spans(labels: &[usize]) -> Vec<(EntityName, Range<usize>)> {
    let mut spans: Vec<(EntityName, Range<usize>)> = Vec::new();
    for (at, &label) in labels.iter().enumerate() {
        let Some(kind) = label.checked_sub(1) else {
            continue;
        };
        match spans.last_mut() {
            Some((_, span)) if kind % 2 == 1 && span.end == at => span.end = at + 1,
            _ => spans.push((tagger::TAGGED[kind / 2], at..at + 1)),
        }
    }
    spans
}

fn take(
    reading: &Reading<'_>,
    name: EntityName,
    units: &[Unit],
    numbers: &[Number],
    found: &mut Found,
) {
    let (Some(first), Some(last)) = (units.first(), units.last()) else {
        return;
    };
    let span = reading.plain.origin(first.start..last.end);
    let written = &reading.original[span.clone()];
    let value = match name {
        EntityName::Quantity => {
            let Some(number) = units
                .iter()
                .find_map(|unit| unit.number)
                .and_then(|index| numbers.get(index))
            else {
                return;
            };
            found.odd_quantity |=
                number.negative || number.value > ABSURD_QUANTITY || number.value.fract() != 0.0;
            // "5% off" is a price, not a quantity.
            found.odd_quantity |= reading.original[span.end..].trim_start().starts_with('%');
            match number.whole() {
                Some(value) if number.negative => format!("-{value}"),
                Some(value) => value,
                None => return,
            }
        }
        EntityName::AlertId => number_in_words(units, numbers).unwrap_or(values::code(written)),
        EntityName::Sku => values::code(written),
        _ => values::phrase(written),
    };
    if value.is_empty() {
        return;
    }
    found.entities.set(name, value);
    found.spans.push((name, span));
}

/// The value of a lone number that is written in words: "alert number fifty three".
fn number_in_words(units: &[Unit], numbers: &[Number]) -> Option<String> {
    let [unit] = units else { return None };
    let number = numbers.get(unit.number?)?;
    (!number.digits).then(|| number.whole())?
}
