//! Measures understanding on labelled messages: intents, entities, wrong actions, calibration and
//! time. `wharfctl evaluate` prints what [`Evaluation`] says and fails below [`Targets`].

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use wharf_domain::entities::EntityName;
use wharf_domain::intent::IntentType;

use super::super::training::corpus::Message;
use super::model::Model;
use super::{Context, Decision, understand_with};

/// How often something was found, wrongly found, missed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Right.
    pub hits: usize,
    /// Found where it is not, or with another value.
    pub wrong: usize,
    /// Not found, or found with another value.
    pub missed: usize,
}

impl Counts {
    /// Share of what was found that is right, 0 to 1; 1 when nothing was found.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.hits, self.hits + self.wrong)
    }

    /// Share of what there is that was found, 0 to 1; 1 when there is nothing.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.hits, self.hits + self.missed)
    }

    /// The harmonic mean of both.
    #[must_use]
    pub fn f1(&self) -> f64 {
        share(2 * self.hits, 2 * self.hits + self.wrong + self.missed)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of messages")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

/// What was measured.
#[derive(Debug, Clone, Default)]
pub struct Evaluation {
    /// How many messages.
    pub messages: usize,
    /// How many got the right intent.
    pub right: usize,
    /// By right intent.
    pub intents: BTreeMap<IntentType, Counts>,
    /// By entity.
    pub entities: BTreeMap<EntityName, Counts>,
    /// (right, given) and how often.
    pub confusions: BTreeMap<(IntentType, IntentType), usize>,
    /// Messages that should change nothing.
    pub harmless: usize,
    /// Of those, taken for a change and carried out without asking.
    pub changes_made: usize,
    /// Of those, taken for a change and offered for confirmation.
    pub changes_offered: usize,
    /// Messages that want nothing that the assistant does.
    pub unknowns: usize,
    /// Of those, carried out or offered as a command.
    pub unknowns_taken: usize,
    /// How often each decision was made for a right and for a wrong intent.
    pub decisions: BTreeMap<(&'static str, bool), usize>,
    /// Mean distance of confidence and accuracy over ten bins, 0 to 1.
    pub calibration_error: f64,
    /// Times of single messages, sorted.
    pub times: Vec<Duration>,
    /// What was misread: message, right and given intent, entities that differ.
    pub misread: Vec<Misread>,
}

/// One message that was misread.
#[derive(Debug, Clone)]
pub struct Misread {
    /// Its text.
    pub text: String,
    /// The label.
    pub right: IntentType,
    /// What it was taken for.
    pub given: IntentType,
    /// How surely.
    pub confidence: f32,
    /// `-name=value` missed, `+name=value` wrongly found.
    pub entities: Vec<String>,
}

/// What must be reached; shares from 0 to 1.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Targets {
    /// Least share of right intents.
    pub accuracy: f64,
    /// Least recall of each intent.
    pub each_intent: f64,
    /// Least micro F1 of entities.
    pub entity_f1: f64,
    /// Most wrong changes, carried out or offered.
    pub wrong_changes_offered: f64,
    /// Most wrong changes carried out at once.
    pub wrong_changes_made: f64,
    /// Most unknown messages taken for a command.
    pub unknowns_taken: f64,
    /// Most calibration error.
    pub calibration_error: f64,
}

impl Default for Targets {
    fn default() -> Self {
        Self {
            accuracy: 0.0,
            each_intent: 0.0,
            entity_f1: 0.0,
            wrong_changes_offered: 1.0,
            wrong_changes_made: 1.0,
            unknowns_taken: 1.0,
            calibration_error: 1.0,
        }
    }
}

const BINS: usize = 10;

#[derive(Debug, Default, Clone, Copy)]
struct Bin {
    confidence: f64,
    right: usize,
}

/// Reads every message in `context` and compares with its labels.
#[must_use]
pub fn evaluate(model: &Model, messages: &[Message], context: &Context<'_>) -> Evaluation {
    let mut evaluation = Evaluation::default();
    let mut bins = [Bin::default(); BINS];
    for message in messages {
        add(&mut evaluation, &mut bins, model, message, context);
    }
    evaluation.times.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "counts of messages")]
    let off: f64 = bins
        .iter()
        .map(|bin| (bin.confidence - bin.right as f64).abs())
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "counts of messages")]
    let messages = evaluation.messages.max(1) as f64;
    evaluation.calibration_error = off / messages;
    evaluation
}

fn add(
    evaluation: &mut Evaluation,
    bins: &mut [Bin; BINS],
    model: &Model,
    message: &Message,
    context: &Context<'_>,
) {
    let began = Instant::now();
    let understood = understand_with(model, &message.text, context);
    evaluation.times.push(began.elapsed());
    let (right, given) = (message.intent, understood.intent);
    evaluation.messages += 1;
    let counts = &mut evaluation.intents;
    if right == given {
        evaluation.right += 1;
        counts.entry(right).or_default().hits += 1;
    } else {
        counts.entry(right).or_default().missed += 1;
        counts.entry(given).or_default().wrong += 1;
        *evaluation.confusions.entry((right, given)).or_default() += 1;
    }
    *evaluation
        .decisions
        .entry((understood.decision.as_str(), right == given))
        .or_default() += 1;
    let taken = matches!(understood.decision, Decision::Accept | Decision::Confirm);
    if !right.mutates() {
        evaluation.harmless += 1;
        if given.mutates() {
            evaluation.changes_made += usize::from(understood.decision == Decision::Accept);
            evaluation.changes_offered += usize::from(understood.decision == Decision::Confirm);
        }
    }
    if right == IntentType::Unknown {
        evaluation.unknowns += 1;
        evaluation.unknowns_taken += usize::from(given != IntentType::Unknown && taken);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a confidence lies between 0 and 1"
    )]
    let bin = &mut bins[((understood.confidence * BINS as f32) as usize).min(BINS - 1)];
    bin.confidence += f64::from(understood.confidence);
    bin.right += usize::from(right == given);
    let differences = compare(evaluation, message, &understood.entities);
    if right != given || !differences.is_empty() {
        evaluation.misread.push(Misread {
            text: message.text.clone(),
            right,
            given,
            confidence: understood.confidence,
            entities: differences,
        });
    }
}

fn compare(
    evaluation: &mut Evaluation,
    message: &Message,
    found: &wharf_domain::entities::Entities,
) -> Vec<String> {
    let mut differences = Vec::new();
    for (name, value) in found.iter() {
        let counts = evaluation.entities.entry(name).or_default();
        if message.entities.get(name) == Some(value) {
            counts.hits += 1;
        } else {
            counts.wrong += 1;
            differences.push(format!("+{name}={value}"));
        }
    }
    for (name, value) in message.entities.iter() {
        if found.get(name) != Some(value) {
            evaluation.entities.entry(name).or_default().missed += 1;
            differences.push(format!("-{name}={value}"));
        }
    }
    differences
}

impl Evaluation {
    /// Share of right intents.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        share(self.right, self.messages)
    }

    /// All entities together.
    #[must_use]
    pub fn entity_total(&self) -> Counts {
        self.entities
            .values()
            .fold(Counts::default(), |sum, one| Counts {
                hits: sum.hits + one.hits,
                wrong: sum.wrong + one.wrong,
                missed: sum.missed + one.missed,
            })
    }

    /// The time below which `percent` of the messages stay.
    #[must_use]
    pub fn time(&self, percent: usize) -> Duration {
        let at = (self.times.len() * percent / 100).min(self.times.len().saturating_sub(1));
        self.times.get(at).copied().unwrap_or_default()
    }

    /// The targets that are missed, in words.
    #[must_use]
    pub fn missed(&self, targets: &Targets) -> Vec<String> {
        let mut missed = Vec::new();
        let mut at_least = |what: &str, value: f64, least: f64| {
            if value < least {
                missed.push(format!("{what}: {value:.3}, at least {least:.3}"));
            }
        };
        at_least("intent accuracy", self.accuracy(), targets.accuracy);
        at_least("entity F1", self.entity_total().f1(), targets.entity_f1);
        for (intent, counts) in &self.intents {
            at_least(intent.as_str(), counts.recall(), targets.each_intent);
        }
        let mut at_most = |what: &str, value: f64, most: f64| {
            if value > most {
                missed.push(format!("{what}: {value:.4}, at most {most:.4}"));
            }
        };
        let offered = self.changes_made + self.changes_offered;
        at_most(
            "wrong changes made or offered",
            share_of(offered, self.harmless),
            targets.wrong_changes_offered,
        );
        at_most(
            "wrong changes made",
            share_of(self.changes_made, self.harmless),
            targets.wrong_changes_made,
        );
        at_most(
            "unknown messages taken for a command",
            share_of(self.unknowns_taken, self.unknowns),
            targets.unknowns_taken,
        );
        at_most(
            "calibration error",
            self.calibration_error,
            targets.calibration_error,
        );
        missed
    }
}

fn share_of(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { share(part, whole) }
}

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entities = self.entity_total();
        writeln!(f, "messages                        {}", self.messages)?;
        writeln!(
            f,
            "intent accuracy                 {:.1} %",
            100.0 * self.accuracy()
        )?;
        writeln!(
            f,
            "entities, micro F1              {:.3} (precision {:.3}, recall {:.3})",
            entities.f1(),
            entities.precision(),
            entities.recall()
        )?;
        writeln!(
            f,
            "wrong changes made / offered    {} / {} of {}",
            self.changes_made, self.changes_offered, self.harmless
        )?;
        writeln!(
            f,
            "unknown taken for a command     {} of {} ({:.1} %)",
            self.unknowns_taken,
            self.unknowns,
            100.0 * share_of(self.unknowns_taken, self.unknowns)
        )?;
        writeln!(
            f,
            "calibration error               {:.1} %",
            100.0 * self.calibration_error
        )?;
        writeln!(
            f,
            "time a message                  p50 {:.1} us, p99 {:.1} us",
            self.time(50).as_secs_f64() * 1e6,
            self.time(99).as_secs_f64() * 1e6
        )?;
        writeln!(
            f,
            "\n{:<22}{:>6}{:>11}{:>8}",
            "intent", "n", "precision", "recall"
        )?;
        for (intent, counts) in &self.intents {
            writeln!(
                f,
                "{:<22}{:>6}{:>11.3}{:>8.3}",
                intent.as_str(),
                counts.hits + counts.missed,
                counts.precision(),
                counts.recall()
            )?;
        }
        writeln!(
            f,
            "\n{:<22}{:>6}{:>11}{:>8}{:>8}",
            "entity", "n", "precision", "recall", "F1"
        )?;
        for (name, counts) in &self.entities {
            writeln!(
                f,
                "{:<22}{:>6}{:>11.3}{:>8.3}{:>8.3}",
                name.as_str(),
                counts.hits + counts.missed,
                counts.precision(),
                counts.recall(),
                counts.f1()
            )?;
        }
        writeln!(f, "\ndecision, intent right?")?;
        for ((decision, right), count) in &self.decisions {
            writeln!(
                f,
                "{decision:<10}{:<6}{count:>6}",
                if *right { "yes" } else { "no" }
            )?;
        }
        writeln!(f, "\nmost frequent confusions (right -> given)")?;
        let mut confusions: Vec<_> = self.confusions.iter().collect();
        confusions.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for ((right, given), count) in confusions.into_iter().take(12) {
            writeln!(f, "{count:>5}  {right} -> {given}")?;
        }
        Ok(())
    }
}
