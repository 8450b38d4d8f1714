//! One small hash for words, features and tables. It is part of the model's file format: a change
//! here asks for a newly trained model.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// The hash of a text.
#[must_use]
pub fn of(text: &str) -> u64 {
    text.bytes().fold(0x51_7c_c1_b7_27_22_0a_95, step)
}

/// `state` with one more byte.
#[inline]
#[must_use]
pub const fn step(state: u64, byte: u8) -> u64 {
    (state ^ byte as u64)
        .wrapping_mul(0x0000_0100_0000_01b3)
        .rotate_left(23)
}

/// Two hashes made one; the order counts.
#[inline]
#[must_use]
pub const fn join(left: u64, right: u64) -> u64 {
    let mixed = (left.rotate_left(26) ^ right).wrapping_mul(FACTOR);
    mixed ^ (mixed >> 29)
}

/// Spreads a hash over a table of `2^bits` rows.
#[inline]
#[must_use]
pub const fn row(hash: u64, bits: u32) -> usize {
    (hash.wrapping_mul(FACTOR) >> (64 - bits)) as usize
}

/// A hasher for keys that are hashes already.
#[derive(Debug, Default, Clone, Copy)]
pub struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = step(self.0, *byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value.wrapping_mul(FACTOR);
    }
}

/// A map from hashes.
pub type HashedMap<V> = HashMap<u64, V, BuildHasherDefault<Hashed>>;
