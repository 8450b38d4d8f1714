//! A linear model over hashed features: one row of small integers for each bucket of the hash,
//! one column for each class.

use super::features::{Features, GROUPS};
use super::hashing;

/// The most classes that one model tells apart.
pub const MAX_CLASSES: usize = 16;

/// Scores of the classes; only the first `classes` are meant.
pub type Scores = [f32; MAX_CLASSES];

/// Factors of the kinds of features, see [`super::features`].
pub const FACTORS: [f32; GROUPS] = [1.0, 0.5, 0.7, 0.3, 0.7];

/// A trained model.
#[derive(Debug, Clone)]
pub struct Linear {
    classes: usize,
    bits: u32,
    scale: f32,
    weights: Vec<i8>,
}

impl Linear {
    /// Brings trained weights (`2^bits` rows of `classes`) into their small form.
    #[must_use]
    pub fn from_weights(classes: usize, bits: u32, weights: &[f32]) -> Self {
        let largest = weights.iter().fold(0.0_f32, |most, w| most.max(w.abs()));
        let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "clamped to the range of i8"
        )]
        let small = weights
            .iter()
            .map(|w| (w / scale).round().clamp(-127.0, 127.0) as i8)
            .collect();
        Self {
            classes,
            bits,
            scale,
            weights: small,
        }
    }

    /// How many classes it tells apart.
    #[must_use]
    pub const fn classes(&self) -> usize {
        self.classes
    }

    /// The score of every class before softmax.
    #[must_use]
    pub fn scores(&self, features: &Features) -> Scores {
        let mut scores = [0.0; MAX_CLASSES];
        let mut start = 0;
        for (group, &end) in features.ends.iter().enumerate() {
            let mut sums = [0_i32; MAX_CLASSES];
            for &hash in &features.hashes[start..end] {
                let at = hashing::row(hash, self.bits) * self.classes;
                let row = &self.weights[at..at + self.classes];
                for (sum, &weight) in sums.iter_mut().zip(row) {
                    *sum += i32::from(weight);
                }
            }
            start = end;
            let factor = FACTORS[group] * self.scale;
            for (score, sum) in scores.iter_mut().zip(sums) {
                #[expect(clippy::cast_precision_loss, reason = "sums stay far below 2^24")]
                let part = sum as f32 * factor;
                *score += part;
            }
        }
        scores
    }

    /// Its bytes in the model file.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend(u32::try_from(self.classes).unwrap_or(0).to_le_bytes());
        out.extend(self.bits.to_le_bytes());
        out.extend(self.scale.to_le_bytes());
        out.extend(self.weights.iter().map(|w| w.to_le_bytes()[0]));
    }

    /// Reads what [`Self::write`] wrote, from the front of `bytes`; `None` when they are too few.
    #[must_use]
    pub fn read(bytes: &mut &[u8]) -> Option<Self> {
        let classes = u32::from_le_bytes(take(bytes)?) as usize;
        let bits = u32::from_le_bytes(take(bytes)?);
        let scale = f32::from_le_bytes(take(bytes)?);
        if classes > MAX_CLASSES || bits > 24 {
            return None;
        }
        let (weights, rest) = bytes.split_at_checked(classes << bits)?;
        *bytes = rest;
        Some(Self {
            classes,
            bits,
            scale,
            weights: weights.iter().map(|b| i8::from_le_bytes([*b])).collect(),
        })
    }
}

/// Takes `N` bytes from the front.
pub fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (front, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*front)
}

/// Turns scores into probabilities, `temperature` above 1 makes them less sure.
#[must_use]
pub fn softmax(scores: &[f32], temperature: f32) -> Scores {
    let mut p = [0.0; MAX_CLASSES];
    let top = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for (p, score) in p.iter_mut().zip(scores) {
        *p = exp((score - top) / temperature);
        sum += *p;
    }
    for p in &mut p {
        *p /= sum;
    }
    p
}

/// `e^x` for `x <= 0`, from additions and multiplications only, so that training gives the same
/// bytes on every machine. Relative error below 1e-6.
#[must_use]
pub fn exp(x: f32) -> f32 {
    if x < -80.0 {
        return 0.0;
    }
    let parts = x * std::f32::consts::LOG2_E;
    let whole = parts.floor();
    let rest = (parts - whole) * std::f32::consts::LN_2;
    let series = 1.0
        + rest
            * (1.0
                + rest
                    * (0.5
                        + rest
                            * (1.0 / 6.0
                                + rest * (1.0 / 24.0 + rest * (1.0 / 120.0 + rest / 720.0)))));
    #[expect(clippy::cast_possible_truncation, reason = "between -116 and 0")]
    let exponent = (whole as i32 + 127).clamp(0, 254) as u32;
    series * f32::from_bits(exponent << 23)
}
