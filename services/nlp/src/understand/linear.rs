//! A linear model over hashed features: one row of small integers for each feature that
//! training kept, one column for each class.

use super::features::{Features, GROUPS};
use super::table::{Table, WIDTH};

/// The most classes that one model tells apart.
pub const MAX_CLASSES: usize = WIDTH;

/// Scores of the classes; only the first `classes` are meant.
pub type Scores = [f32; MAX_CLASSES];

/// Factors of the kinds of features, see [`super::features`].
pub const FACTORS: [f32; GROUPS] = [1.0, 0.5, 0.7, 0.3, 0.7];

/// A trained model.
#[derive(Debug, Clone)]
pub struct Linear {
    classes: usize,
    scale: f32,
    table: Table,
}

impl Linear {
    /// Brings trained weights, a row of `classes` for each of `hashes`, into their small form: a
    /// table of `2^bits` places. Rows that would be all zeros are left out.
    #[must_use]
    pub fn from_weights(classes: usize, bits: u32, hashes: &[u64], weights: &[f32]) -> Self {
        let largest = weights.iter().fold(0.0_f32, |most, w| most.max(w.abs()));
        let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "clamped to the range of i8"
        )]
        let small = |w: f32| (w / scale).round().clamp(-127.0, 127.0) as i8;
        let rows = weights.chunks_exact(classes).map(|weights| {
            let mut row = [0; WIDTH];
            for (small_weight, weight) in row.iter_mut().zip(weights) {
                *small_weight = small(*weight);
            }
            row
        });
        Self {
            classes,
            scale,
            table: Table::of(bits, hashes.iter().copied().zip(rows)),
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
            let sums = self.table.sums(&features.hashes[start..end]);
            start = end;
            let factor = FACTORS[group] * self.scale;
            for (score, sum) in scores.iter_mut().zip(sums) {
                *score += f32::from(sum) * factor;
            }
        }
        scores
    }

    /// Its bytes in the model file.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend(u32::try_from(self.classes).unwrap_or(0).to_le_bytes());
        out.extend(self.scale.to_le_bytes());
        self.table.write(self.classes, out);
    }

    /// Reads what [`Self::write`] wrote, from the front of `bytes`; `None` when they are too few.
    #[must_use]
    pub fn read(bytes: &mut &[u8]) -> Option<Self> {
        let classes = u32::from_le_bytes(take(bytes)?) as usize;
        let scale = f32::from_le_bytes(take(bytes)?);
        if classes > MAX_CLASSES {
            return None;
        }
        Some(Self {
            classes,
            scale,
            table: Table::read(classes, bytes)?,
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
