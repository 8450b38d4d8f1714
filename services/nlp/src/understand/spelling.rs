//! Reads a mistyped word as the known word it is closest to: one edit (swap of neighbours, one
//! letter more, less or other), two for long words. Only words that matter for understanding are
//! candidates; what the sender wrote stays what is quoted.

use super::hashing::{self, HashedMap};

/// An index of known words by everything that one dropped letter leaves of them.
#[derive(Debug, Default)]
pub struct Speller {
    words: Vec<String>,
    by_rest: HashedMap<Vec<u32>>,
}

/// Shorter words have too many neighbours.
const SHORTEST: usize = 4;
const LONGEST: usize = 24;
/// From this length on two edits are allowed.
const LONG: usize = 8;

impl Speller {
    /// An index over `words`; of two equally close words the earlier wins.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut speller = Self::default();
        for word in words {
            if !(SHORTEST..=LONGEST).contains(&word.len()) || !word.is_ascii() {
                continue;
            }
            let number = u32::try_from(speller.words.len()).unwrap_or(u32::MAX);
            speller.words.push(word.to_owned());
            for_each_rest(word.as_bytes(), |rest| {
                let numbers = speller.by_rest.entry(rest).or_default();
                if numbers.last() != Some(&number) {
                    numbers.push(number);
                }
            });
        }
        speller
    }

    /// The known word that `word` was probably meant to be.
    #[must_use]
    pub fn correct(&self, word: &str) -> Option<&str> {
        if !(SHORTEST..=LONGEST).contains(&word.len()) || !word.is_ascii() {
            return None;
        }
        let allowed = if word.len() >= LONG { 2 } else { 1 };
        let mut best: Option<(u8, u32)> = None;
        for_each_rest(word.as_bytes(), |rest| {
            for &number in self.by_rest.get(&rest).map_or(&[][..], Vec::as_slice) {
                let known = &self.words[number as usize];
                if known.as_bytes()[0] != word.as_bytes()[0]
                    && known.as_bytes()[0] != word.as_bytes()[1]
                {
                    continue;
                }
                let edits = distance(known.as_bytes(), word.as_bytes(), allowed);
                if edits <= allowed && best.is_none_or(|found| (edits, number) < found) {
                    best = Some((edits, number));
                }
            }
        });
        best.map(|(_, number)| self.words[number as usize].as_str())
    }
}

/// The hashes of `word` and of `word` without each one of its letters.
fn for_each_rest(word: &[u8], mut visit: impl FnMut(u64)) {
    let whole = hashing::of("");
    visit(
        word.iter()
            .fold(whole, |state, byte| hashing::step(state, *byte)),
    );
    let mut before = whole;
    for (at, byte) in word.iter().enumerate() {
        visit(
            word[at + 1..]
                .iter()
                .fold(before, |state, byte| hashing::step(state, *byte)),
        );
        before = hashing::step(before, *byte);
    }
}

/// Optimal string alignment distance of two short words; anything over `limit` comes back as
/// `limit + 1`.
fn distance(left: &[u8], right: &[u8], limit: u8) -> u8 {
    if left.len().abs_diff(right.len()) > usize::from(limit) {
        return limit + 1;
    }
    let width = right.len() + 1;
    let mut rows = [[0_u8; LONGEST + 2]; 3];
    for (column, cell) in rows[1].iter_mut().enumerate().take(width) {
        *cell = u8::try_from(column).unwrap_or(u8::MAX);
    }
    for i in 1..=left.len() {
        let mut row = [0_u8; LONGEST + 2];
        row[0] = u8::try_from(i).unwrap_or(u8::MAX);
        for j in 1..width {
            let change = u8::from(left[i - 1] != right[j - 1]);
            let mut cell = (rows[1][j] + 1)
                .min(row[j - 1] + 1)
                .min(rows[1][j - 1] + change);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                cell = cell.min(rows[0][j - 2] + 1);
            }
            row[j] = cell;
        }
        rows[0] = rows[1];
        rows[1] = row;
    }
    rows[1][right.len()].min(limit + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mends_one_edit_and_two_in_long_words() {
        let speller = Speller::new(["agent", "alert", "supplier", "inventory", "order"]);
        for (written, meant) in [
            ("agnet", Some("agent")),
            ("suplier", Some("supplier")),
            ("invnetory", Some("inventory")),
            ("oder", Some("order")),
            ("alrt", Some("alert")),
            ("elephant", None),
            ("", None),
            ("ürder", None),
        ] {
            assert_eq!(speller.correct(written), meant, "{written}");
        }
    }
}
