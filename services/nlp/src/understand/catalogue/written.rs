//! A word of a message, made ready to be compared with many known words. Nearly all of them are too
//! far; that is found out without [`distance`], from the letters that occur, and then from the
//! number of errors (Hyyrö's bit-parallel form of the optimal string alignment).

use super::spell::{DOUBLING, EDIT, FAR, MAX_WORD, distance, distance_in};

/// Bits of the letters that occur, and places of each in a word: letters that share a bit count as
/// equal, so that a bound is never too high.
const BITS: u32 = 32;

/// What a glance tells of a word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looks {
    /// Which letters occur.
    mask: u32,
    /// Whether a letter stands twice in a row, so that doubling can be among the errors.
    doubled: bool,
}

impl Looks {
    pub(super) fn of(letters: &[char]) -> Looks {
        Looks {
            mask: letters.iter().fold(0, |mask, c| mask | 1 << bit(*c)),
            doubled: letters.windows(2).any(|pair| pair[0] == pair[1]),
        }
    }
}

fn bit(c: char) -> u32 {
    c as u32 % BITS
}

/// A word of a message.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) letters: Vec<char>,
    looks: Looks,
    /// For each bit the places of its letters.
    places: [u32; BITS as usize],
}

impl Written {
    pub(super) fn new(letters: Vec<char>) -> Written {
        let mut places = [0; BITS as usize];
        for (place, c) in letters.iter().take(MAX_WORD).enumerate() {
            places[bit(*c) as usize] |= 1 << place;
        }
        Written {
            looks: Looks::of(&letters),
            places,
            letters,
        }
    }

    /// Whether a word that looks so can be within `max`: a quick look before [`Written::cost`].
    pub(super) fn may_be_near(&self, looks: Looks, max: u8) -> bool {
        // Doubling, the cheapest error, changes no bit; all others cost an edit or more and change
        // at most two.
        (self.looks.mask ^ looks.mask).count_ones() <= 2 * u32::from(max / EDIT)
    }

    /// [`distance`] from a known word and its looks: the cost, or [`FAR`] when it is above `max`.
    pub(super) fn cost(&self, meant: &[char], looks: Looks, max: u8) -> u8 {
        let (n, m) = (self.letters.len(), meant.len());
        if (1..=MAX_WORD).contains(&n) && m <= MAX_WORD {
            let doubled = self.looks.doubled || looks.doubled;
            let most = max / if doubled { DOUBLING } else { EDIT };
            if n.abs_diff(m) > usize::from(most) || self.errors(meant) > u32::from(most) {
                return FAR;
            }
            return distance_in(&self.letters, meant, max, usize::from(most));
        }
        distance(&self.letters, meant, max)
    }

    /// The least number of errors, or less where other letters share a bit.
    fn errors(&self, meant: &[char]) -> u32 {
        let n = self.letters.len() as u32;
        let last = 1 << (n - 1);
        // Of each row of the table of distances only where it rises and falls downwards.
        let (mut rises, mut falls) = (u32::MAX, 0u32);
        let (mut equal, mut same_before) = (0u32, 0u32);
        let mut errors = n;
        for c in meant {
            let same = self.places[bit(*c) as usize];
            let swapped = ((!equal & same) << 1) & same_before;
            equal = ((same & rises).wrapping_add(rises) ^ rises) | same | falls | swapped;
            let right = falls | !(equal | rises);
            let left = equal & rises;
            errors += u32::from(right & last != 0);
            errors -= u32::from(left & last != 0);
            let right = right << 1 | 1;
            rises = left << 1 | !(equal | right);
            falls = right & equal;
            same_before = same;
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::spell::limit;
    use super::*;

    proptest! {
        #[test]
        fn the_cost_is_the_distance(
            written in "[abcé]{0,9}|[a-z]{1,34}",
            cuts in prop::collection::vec((any::<prop::sample::Index>(), "[a-d]{0,2}"), 0..4),
            edits in 1..=3u8,
        ) {
            let written: Vec<char> = written.chars().collect();
            let mut meant = written.clone();
            for (at, new) in &cuts {
                let at = at.index(meant.len() + 1);
                let end = (at + new.len().max(1) / 2).min(meant.len());
                meant.splice(at..end, new.chars());
            }
            let (max, looks) = (limit(edits), Looks::of(&meant));
            let expected = distance(&written, &meant, max);
            let written = Written::new(written);
            prop_assert_eq!(written.cost(&meant, looks, max), expected);
            prop_assert!(expected == FAR || written.may_be_near(looks, max) || meant.len() > MAX_WORD);
        }
    }

    #[test]
    fn errors_are_counted() {
        for (written, meant, errors) in [
            ("gloves", "gloves", 0),
            ("glvoes", "gloves", 1),
            ("glves", "gloves", 1),
            ("glooves", "gloves", 1),
            ("glubes", "gloves", 2),
            ("ab", "ba", 1),
            ("steel", "", 5),
            ("bolt", "glove", 4),
        ] {
            let meant: Vec<char> = meant.chars().collect();
            let written = Written::new(written.chars().collect());
            assert_eq!(written.errors(&meant), errors, "{:?}", written.letters);
        }
    }
}
