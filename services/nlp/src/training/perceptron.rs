//! Trains the tagger: averaged structured perceptron, seeded order, right intents given.

use std::ops::Range;

use wharf_domain::entities::EntityName;
use wharf_domain::intent::IntentType;

use super::super::understand::hashing;
use super::super::understand::tagger::{self, Tagger, WIDTH, best_path, labels_of};
use super::random::Random;

/// One message with the right label for each unit.
#[derive(Debug, Clone)]
pub struct Sequence {
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

/// Trains on `sequences` in `epochs` passes.
#[must_use]
pub fn train(sequences: &[&Sequence], bits: u32, epochs: usize, seed: u64) -> Tagger {
    let mut weights = vec![0.0_f32; WIDTH << bits];
    let mut transitions = vec![0.0_f32; WIDTH * WIDTH];
    for number in 0..TAGGERS {
        let one = train_one(sequences, bits, epochs, seed + number);
        for (sum, weight) in weights.iter_mut().zip(&one.0) {
            *sum += weight;
        }
        for (sum, weight) in transitions.iter_mut().zip(&one.1) {
            *sum += weight;
        }
    }
    Tagger::from_weights(bits, &weights, &transitions)
}

/// The mean weights and transitions of one tagger.
fn train_one(sequences: &[&Sequence], bits: u32, epochs: usize, seed: u64) -> (Vec<f32>, Vec<f32>) {
    let mut weights = Averaged::new(WIDTH << bits);
    let mut transitions = Averaged::new(WIDTH * WIDTH);
    let mut order: Vec<usize> = (0..sequences.len())
        .filter(|index| !sequences[*index].features.is_empty())
        .collect();
    let mut random = Random::new(seed);
    let mut clock = 1.0_f32;
    for _ in 0..epochs {
        random.shuffle(&mut order);
        for &index in &order {
            learn(
                sequences[index],
                bits,
                &mut weights,
                &mut transitions,
                clock,
            );
            clock += 1.0;
        }
    }
    (weights.mean(clock), transitions.mean(clock))
}

fn learn(
    sequence: &Sequence,
    bits: u32,
    weights: &mut Averaged,
    transitions: &mut Averaged,
    clock: f32,
) {
    let allowed = labels_of(sequence.intent);
    let scores: Vec<[f32; WIDTH]> = sequence
        .features
        .iter()
        .map(|hashes| {
            let mut sums = [0.0; WIDTH];
            for &hash in hashes {
                let row = hashing::row(hash, bits) * WIDTH;
                for (sum, weight) in sums.iter_mut().zip(&weights.now[row..row + WIDTH]) {
                    *sum += weight;
                }
            }
            sums
        })
        .collect();
    let guess = best_path(&scores, &allowed, |before, label| {
        transitions.now[before * WIDTH + label]
    });
    if guess == sequence.labels {
        return;
    }
    let (mut before_right, mut before_guess) = (0, 0);
    for (at, (&right, &guessed)) in sequence.labels.iter().zip(&guess).enumerate() {
        if right != guessed {
            for &hash in &sequence.features[at] {
                let row = hashing::row(hash, bits) * WIDTH;
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
