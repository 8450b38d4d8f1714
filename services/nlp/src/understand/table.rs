//! Rows of small integers, found by the hash of a feature. A row carries a mark, more bits of the
//! hash, so that a feature that training did not keep finds nothing instead of another's row.

use super::hashing;
use super::linear::take;

/// Integers of a row, one for each class or label.
pub const WIDTH: usize = 16;

/// A row.
pub type Row = [i8; WIDTH];

/// The rows of a trained model.
#[derive(Debug, Clone)]
pub struct Table {
    bits: u32,
    /// For each place the mark of the feature whose row it is; 0 for none.
    marks: Vec<u16>,
    /// The rows of the places, and at the end the row of features that have none.
    rows: Vec<Row>,
}

impl Table {
    /// A table of `2^bits` places for `features`, the most important first: those that find their
    /// two places taken are left out.
    #[must_use]
    pub fn new(bits: u32, features: impl Iterator<Item = (u64, Row)>) -> Self {
        let mut table = Self {
            bits,
            marks: vec![0; 1 << bits],
            rows: vec![[0; WIDTH]; (1 << bits) + 1],
        };
        for (hash, row) in features {
            let (place, mark) = table.place(hash);
            let free = [place, place ^ 1]
                .into_iter()
                .find(|place| table.marks[*place] == 0);
            if let Some(place) = free {
                table.marks[place] = mark;
                table.rows[place] = row;
            }
        }
        table
    }

    /// A table of `features`, those with the largest weights first; rows of zeros are left out.
    #[must_use]
    pub fn of(bits: u32, features: impl Iterator<Item = (u64, Row)>) -> Self {
        let weight = |row: &Row| {
            row.iter()
                .map(|weight| i32::from(*weight).pow(2))
                .sum::<i32>()
        };
        let mut features: Vec<(i32, u64, Row)> = features
            .map(|(hash, row)| (weight(&row), hash, row))
            .filter(|(weight, ..)| *weight > 0)
            .collect();
        features.sort_unstable_by_key(|(weight, hash, _)| (std::cmp::Reverse(*weight), *hash));
        Self::new(bits, features.into_iter().map(|(_, hash, row)| (hash, row)))
    }

    /// The sums of the rows of all `hashes`. Exact as long as a message has fewer than 258
    /// features of a kind with the largest weight.
    #[inline]
    #[must_use]
    pub fn sums(&self, hashes: &[u64]) -> [i16; WIDTH] {
        let mut sums = [0_i16; WIDTH];
        for &hash in hashes {
            for (sum, weight) in sums.iter_mut().zip(self.row(hash)) {
                *sum = sum.saturating_add(i16::from(*weight));
            }
        }
        sums
    }

    fn place(&self, hash: u64) -> (usize, u16) {
        let place = hashing::row(hash, self.bits + u16::BITS);
        let mark = u16::try_from(place & usize::from(u16::MAX)).unwrap_or(0);
        (place >> u16::BITS, mark.max(1))
    }

    /// The row of the feature with this hash; zeros when it has none.
    #[inline]
    #[must_use]
    pub fn row(&self, hash: u64) -> &Row {
        let (place, mark) = self.place(hash);
        let mut found = self.marks.len();
        found = if self.marks[place ^ 1] == mark {
            place ^ 1
        } else {
            found
        };
        found = if self.marks[place] == mark {
            place
        } else {
            found
        };
        &self.rows[found]
    }

    /// Its bytes in the model file: the marks, and of each row that is one the first `columns`.
    pub fn write(&self, columns: usize, out: &mut Vec<u8>) {
        out.extend(self.bits.to_le_bytes());
        out.extend(self.marks.iter().flat_map(|mark| mark.to_le_bytes()));
        for (mark, row) in self.marks.iter().zip(&self.rows) {
            if *mark != 0 {
                out.extend(row[..columns].iter().map(|weight| weight.to_le_bytes()[0]));
            }
        }
    }

    /// Reads what [`Self::write`] wrote, from the front of `bytes`; `None` when they are too few.
    #[must_use]
    pub fn read(columns: usize, bytes: &mut &[u8]) -> Option<Self> {
        let bits = u32::from_le_bytes(take(bytes)?);
        if bits > 22 {
            return None;
        }
        let (marks, rest) = bytes.split_at_checked(2 << bits)?;
        *bytes = rest;
        let marks: Vec<u16> = marks
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        let mut rows = vec![[0; WIDTH]; marks.len() + 1];
        for (row, mark) in rows.iter_mut().zip(&marks) {
            if *mark != 0 {
                let (weights, rest) = bytes.split_at_checked(columns)?;
                *bytes = rest;
                for (weight, byte) in row.iter_mut().zip(weights) {
                    *weight = i8::from_le_bytes([*byte]);
                }
            }
        }
        Some(Self { bits, marks, rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_finds_its_own_row_or_none() {
        let hash = |number: u64| hashing::join(7, number);
        let row = |number: u64| [i8::try_from(number % 100).unwrap_or(0) + 1; WIDTH];
        let table = Table::new(8, (0..100).map(|number| (hash(number), row(number))));
        let kept = (0..100).filter(|n| *table.row(hash(*n)) == row(*n)).count();
        assert!(kept > 85, "{kept}");
        assert!((0..100).all(|n| [row(n), [0; WIDTH]].contains(table.row(hash(n)))));
        let found = (100..10_100).filter(|n| *table.row(hash(*n)) != [0; WIDTH]);
        assert!(found.count() < 5);
        let mut bytes = Vec::new();
        table.write(WIDTH, &mut bytes);
        let again = Table::read(WIDTH, &mut bytes.as_slice()).unwrap();
        assert_eq!((again.marks, again.rows), (table.marks, table.rows));
        assert!(Table::read(WIDTH, &mut &bytes[..bytes.len() - 1]).is_none());
    }
}
