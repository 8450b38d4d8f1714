//! Multinomial logistic regression by AdaGrad, one example at a time, in a seeded order. Only
//! additions, multiplications, divisions and square roots, so every machine gets the same bytes.

use super::super::understand::features::{Features, GROUPS};
use super::super::understand::linear::{FACTORS, Linear, MAX_CLASSES, softmax};
use super::index::Index;
use super::random::Random;

/// One example: features and class.
#[derive(Debug, Clone)]
pub struct Example {
    /// Which message it is, or is a variant of.
    pub message: usize,
    /// What is seen.
    pub features: Features,
    /// Which class it is.
    pub class: usize,
    /// How much it counts.
    pub weight: f32,
}

/// How to train.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Classes told apart.
    pub classes: usize,
    /// The table has `2^bits` places.
    pub bits: u32,
    /// A feature is learnt when it stands in so many messages.
    pub rarest: usize,
    /// Passes over the examples.
    pub epochs: usize,
    /// Step size.
    pub rate: f32,
    /// Pull towards zero at each step.
    pub decay: f32,
    /// Share of probability that the right class leaves to the others.
    pub smoothing: f32,
    /// Seed of the order.
    pub seed: u64,
}

/// What is learnt of an example: the numbers of its features, by kind.
struct Known {
    numbers: Vec<u32>,
    ends: [usize; GROUPS],
}

impl Known {
    fn new(features: &Features, index: &Index) -> Self {
        let mut known = Self {
            numbers: Vec::with_capacity(features.hashes.len()),
            ends: [0; GROUPS],
        };
        let mut start = 0;
        for (group, &end) in features.ends.iter().enumerate() {
            known
                .numbers
                .extend(index.numbers(&features.hashes[start..end]));
            known.ends[group] = known.numbers.len();
            start = end;
        }
        known
    }

    fn each(&self, mut visit: impl FnMut(usize, f32)) {
        let mut start = 0;
        for (group, &end) in self.ends.iter().enumerate() {
            for &number in &self.numbers[start..end] {
                visit(number as usize, FACTORS[group]);
            }
            start = end;
        }
    }
}

/// The float weights, one row of `classes` for each feature of `index`.
fn train(examples: &[&Example], index: &Index, settings: Settings) -> Vec<f32> {
    let classes = settings.classes;
    let known: Vec<Known> = examples
        .iter()
        .map(|example| Known::new(&example.features, index))
        .collect();
    let mut weights = vec![0.0_f32; classes * index.len()];
    let mut sums = vec![1e-3_f32; classes * index.len()];
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut random = Random::new(settings.seed);
    for _ in 0..settings.epochs {
        random.shuffle(&mut order);
        for &at in &order {
            step(examples[at], &known[at], &mut weights, &mut sums, settings);
        }
    }
    weights
}

fn step(
    example: &Example,
    known: &Known,
    weights: &mut [f32],
    sums: &mut [f32],
    settings: Settings,
) {
    let classes = settings.classes;
    let mut scores = [0.0_f32; MAX_CLASSES];
    known.each(|row, factor| {
        let at = row * classes;
        for (score, weight) in scores.iter_mut().zip(&weights[at..at + classes]) {
            *score += weight * factor;
        }
    });
    let mut error = softmax(&scores[..classes], 1.0);
    #[expect(clippy::cast_precision_loss, reason = "a handful of classes")]
    let rest = settings.smoothing / (classes - 1) as f32;
    for (class, error) in error.iter_mut().enumerate().take(classes) {
        let target = if class == example.class {
            1.0 - settings.smoothing
        } else {
            rest
        };
        *error = (*error - target) * example.weight;
    }
    known.each(|row, factor| {
        let at = row * classes;
        for class in 0..classes {
            let weight = &mut weights[at + class];
            let slope = error[class] * factor + settings.decay * *weight;
            let sum = &mut sums[at + class];
            *sum += slope * slope;
            *weight -= settings.rate * slope / sum.sqrt();
        }
    });
}

/// Trains and brings the weights into their small form.
#[must_use]
pub fn linear(examples: &[&Example], settings: Settings) -> Linear {
    let features = examples.iter().flat_map(|example| {
        let hashes = example.features.hashes.iter();
        hashes.map(|hash| (example.message, *hash))
    });
    let index = Index::new(features, settings.rarest);
    let weights = train(examples, &index, settings);
    Linear::from_weights(settings.classes, settings.bits, index.hashes(), &weights)
}
