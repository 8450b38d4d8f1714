//! Multinomial logistic regression by AdaGrad, one example at a time, in a seeded order. Only
//! additions, multiplications, divisions and square roots, so every machine gets the same bytes.

use super::super::understand::features::Features;
use super::super::understand::hashing;
use super::super::understand::linear::{FACTORS, Linear, MAX_CLASSES, softmax};
use super::random::Random;

/// One example: features and class.
#[derive(Debug, Clone)]
pub struct Example {
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
    /// The table has `2^bits` rows.
    pub bits: u32,
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

/// The float weights, `2^bits` rows of `classes`.
#[must_use]
pub fn train(examples: &[&Example], settings: Settings) -> Vec<f32> {
    let Settings { classes, bits, .. } = settings;
    let mut weights = vec![0.0_f32; classes << bits];
    let mut sums = vec![1e-3_f32; classes << bits];
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut random = Random::new(settings.seed);
    for _ in 0..settings.epochs {
        random.shuffle(&mut order);
        for &index in &order {
            step(examples[index], &mut weights, &mut sums, settings);
        }
    }
    weights
}

fn step(example: &Example, weights: &mut [f32], sums: &mut [f32], settings: Settings) {
    let Settings { classes, bits, .. } = settings;
    let mut scores = [0.0_f32; MAX_CLASSES];
    each(&example.features, bits, |row, factor| {
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
    each(&example.features, bits, |row, factor| {
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

fn each(features: &Features, bits: u32, mut visit: impl FnMut(usize, f32)) {
    let mut start = 0;
    for (group, &end) in features.ends.iter().enumerate() {
        for &hash in &features.hashes[start..end] {
            visit(hashing::row(hash, bits), FACTORS[group]);
        }
        start = end;
    }
}

/// Trains and brings the weights into their small form.
#[must_use]
pub fn linear(examples: &[&Example], settings: Settings) -> Linear {
    Linear::from_weights(settings.classes, settings.bits, &train(examples, settings))
}
