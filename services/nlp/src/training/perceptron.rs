//! Trains the tagger: averaged structured perceptron, seeded order, right intents given.

use std::ops::Range;

use wharf_domain::entities::EntityName;
use wharf_domain::intent::IntentType;

use super::super::understand::tagger::{self, Tagger, WIDTH, best_path, labels_of};
use super::index::Index;
use super::random::Random;

/// One message with the right label for each unit.
#[derive(Debug, Clone)]
pub struct Sequence {
    /// Which message it is, or is a variant of.
    pub message: usize,
    /// The feature hashes of each unit.
    pub features: Vec<Vec<u64>>,
    /// The right labels.
    pub labels: Vec<usize>,
    /// The intent, which limits the labels.
    pub intent: IntentType,
}

/// The labels of units at `places`, given the labelled spans.
#[must_use]
pub fn labels(places: &[Range<usize>], spans: &[(EntityName, Range<usize>)]) -> Vec<usize> {
    let mut labels = vec![0; places.len()];
    for (name, span) in spans {
        let Some(first) = tagger::first_label(*name) else {
            continue;
        };
        let mut opened = false;
        for (label, place) in labels.iter_mut().zip(places) {
            if place.start < span.end && span.start < place.end {
                *label = if opened { first + 1 } else { first };
                opened = true;
            }
        }
    }
    labels
}

/// So many taggers, each trained in an order of its own, are averaged: what one learnt by chance
/// of its order weighs less.
const TAGGERS: u64 = 3;

struct Averaged {
    now: Vec<f32>,
    sum: Vec<f32>,
}

impl Averaged {
    fn new(length: usize) -> Self {
        Self {
            now: vec![0.0; length],
            sum: vec![0.0; length],
        }
    }

    fn add(&mut self, at: usize, amount: f32, clock: f32) {
        self.now[at] += amount;
        self.sum[at] += amount * clock;
    }

    fn mean(&self, clock: f32) -> Vec<f32> {
        self.now
            .iter()
            .zip(&self.sum)
            .map(|(now, sum)| now - sum / clock)
            .collect()
    }
}

/// A sequence as it is learnt: the numbers of each unit's features.
struct Known<'a> {
    numbers: Vec<Vec<u32>>,
    sequence: &'a Sequence,
    allowed: Vec<usize>,
}

/// How to train.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The table has `2^bits` places.
    pub bits: u32,
    /// A feature is learnt when it stands in so many messages.
    pub rarest: usize,
    /// Passes over the sequences.
    pub epochs: usize,
    /// Seed of the orders.
    pub seed: u64,
}

/// Trains on `sequences`.
#[must_use]
pub fn train(sequences: &[&Sequence], settings: Settings) -> Tagger {
    let features = sequences.iter().flat_map(|sequence| {
        let hashes = sequence.features.iter().flatten();
        hashes.map(|hash| (sequence.message, *hash))
    });
    let index = Index::new(features, settings.rarest);
    let known: Vec<Known> = sequences
        .iter()
        .filter(|sequence| !sequence.features.is_empty())
        .map(|sequence| Known {
            numbers: sequence
                .features
                .iter()
                .map(|hashes| index.numbers(hashes).collect())
                .collect(),
            sequence,
            allowed: labels_of(sequence.intent),
        })
        .collect();
    let mut weights = vec![0.0_f32; WIDTH * index.len()];
    let mut transitions = vec![0.0_f32; WIDTH * WIDTH];
    for number in 0..TAGGERS {
        let one = train_one(&known, index.len(), settings.epochs, settings.seed + number);
        for (sum, weight) in weights.iter_mut().zip(&one.0) {
            *sum += weight;
        }
        for (sum, weight) in transitions.iter_mut().zip(&one.1) {
            *sum += weight;
        }
    }
    Tagger::from_weights(settings.bits, index.hashes(), &weights, &transitions)
}

/// The mean weights and transitions of one tagger.
fn train_one(known: &[Known], features: usize, epochs: usize, seed: u64) -> (Vec<f32>, Vec<f32>) {
    let mut weights = Averaged::new(WIDTH * features);
    let mut transitions = Averaged::new(WIDTH * WIDTH);
    let mut order: Vec<usize> = (0..known.len()).collect();
    let mut random = Random::new(seed);
    let mut clock = 1.0_f32;
    for _ in 0..epochs {
        random.shuffle(&mut order);
        for &index in &order {
            learn(&known[index], &mut weights, &mut transitions, clock);
            clock += 1.0;
        }
    }
    (weights.mean(clock), transitions.mean(clock))
}

fn learn(known: &Known, weights: &mut Averaged, transitions: &mut Averaged, clock: f32) {
    let scores: Vec<[f32; WIDTH]> = known
        .numbers
        .iter()
        .map(|numbers| {
            let mut sums = [0.0; WIDTH];
            for &number in numbers {
                let row = number as usize * WIDTH;
                for (sum, weight) in sums.iter_mut().zip(&weights.now[row..row + WIDTH]) {
                    *sum += weight;
                }
            }
            sums
        })
        .collect();
    let guess = best_path(&scores, &known.allowed, |before, label| {
        transitions.now[before * WIDTH + label]
    });
    if guess == known.sequence.labels {
        return;
    }
    let (mut before_right, mut before_guess) = (0, 0);
    for (at, (&right, &guessed)) in known.sequence.labels.iter().zip(&guess).enumerate() {
        if right != guessed {
            for &number in &known.numbers[at] {
                let row = number as usize * WIDTH;
                weights.add(row + right, 1.0, clock);
                weights.add(row + guessed, -1.0, clock);
            }
        }
        if right != guessed || before_right != before_guess {
            transitions.add(before_right * WIDTH + right, 1.0, clock);
            transitions.add(before_guess * WIDTH + guessed, -1.0, clock);
        }
        before_right = right;
        before_guess = guessed;
    }
}
