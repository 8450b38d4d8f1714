//! How likely a code is to be written so: each kind of slip of the fingers has its own probability,
//! shared out among the places and keys that it can befall.
//!
//! The proportions are those of published counts of typing errors, evened out: letters exchanged,
//! left out, doubled and hit beside the right key each make about a quarter or a fifth, and every
//! other letter is possible.

use super::spell::{self, MAX_WORD};

/// Parts of all slips, shared by the letters of a code.
const EXCHANGED: f64 = 0.24;
const LEFT_OUT: f64 = 0.24;
const DOUBLED: f64 = 0.18;
const ADDED: f64 = 0.10;
const WRONG: f64 = 0.24;
/// How much of the wrong and added letters lie beside the right one.
const BESIDE: f64 = 0.5;
/// Keys beside one.
const DIGITS_BESIDE: f64 = 2.0;
const LETTERS_BESIDE: f64 = 5.0;
/// A digit for a letter or a letter for a digit that do not look alike.
const OTHER_KIND: f64 = 0.1;
/// `0` for `O` and `1` for `I`: many write them so always.
const SAME_KEY: f64 = 0.3;
/// `B` for `8` and the like: as a part of one letter's slips.
const LIKE_EACH_OTHER: f64 = 0.5;
/// Several slips in one code are this much rarer than their number alone would have it.
const AGAIN: f64 = 0.7;

/// The probability of `written`, given that `meant` is meant and one slip happens for sure;
/// 1 when they are equal.
pub(super) fn likelihood(written: &[char], meant: &[char]) -> f64 {
    let (n, m) = (written.len(), meant.len());
    if n > MAX_WORD || m > MAX_WORD || n == 0 || m == 0 {
        return 0.0;
    }
    if written == meant {
        return 1.0;
    }
    let slips = Slips {
        each: 1.0 / m as f64,
    };
    // What is equal at both ends is no slip: only the middle is compared.
    let start = (0..n.min(m))
        .take_while(|at| written[*at] == meant[*at])
        .count();
    let start = start.saturating_sub(1);
    let rest = n.min(m) - start;
    let same = |back: &usize| written[n - back] == meant[m - back];
    let end = (1..=rest).take_while(same).count().saturating_sub(1);
    slips.between(&written[start..n - end], &meant[start..m - end]) / AGAIN
}

struct Slips {
    /// Probability of one letter of the code.
    each: f64,
}

impl Slips {
    /// The likeliest way from one to the other; [`AGAIN`] for every slip.
    fn between(&self, written: &[char], meant: &[char]) -> f64 {
        let (n, m) = (written.len(), meant.len());
        let mut before = [0.0; MAX_WORD + 1];
        let mut above = [0.0; MAX_WORD + 1];
        let mut row = [0.0f64; MAX_WORD + 1];
        above[0] = 1.0;
        for j in 1..=m {
            above[j] = above[j - 1] * self.left_out();
        }
        for i in 1..=n {
            let c = written[i - 1];
            row[0] = above[0] * self.added(c, None, meant.first());
            for j in 1..=m {
                let d = meant[j - 1];
                let mut best = above[j - 1] * if c == d { 1.0 } else { self.wrong(c, d) };
                best = best.max(above[j] * self.added(c, Some(d), meant.get(j)));
                let twice = j > 1 && meant[j - 2] == d;
                let left_out = self.left_out() * if twice { 2.0 } else { 1.0 };
                best = best.max(row[j - 1] * left_out);
                if i > 1 && j > 1 && c != d && c == meant[j - 2] && written[i - 2] == d {
                    best = best.max(before[j - 2] * EXCHANGED * self.each * AGAIN);
                }
                row[j] = best;
            }
            (before, above, row) = (above, row, before);
        }
        above[m]
    }

    fn left_out(&self) -> f64 {
        LEFT_OUT * self.each * AGAIN
    }

    /// A letter too many, between two of the code's.
    fn added(&self, c: char, left: Option<char>, right: Option<&char>) -> f64 {
        if left == Some(c) || right == Some(&c) {
            return DOUBLED * self.each * AGAIN;
        }
        let beside = |d: char| beside(c, d);
        let keys = if left.is_some_and(beside) || right.is_some_and(|d| beside(*d)) {
            BESIDE / (2.0 * LETTERS_BESIDE) + (1.0 - BESIDE) / letters(c)
        } else {
            (1.0 - BESIDE) / letters(c)
        };
        let same_kind = |d: &char| d.is_ascii_digit() == c.is_ascii_digit();
        let kind = left.iter().chain(right).any(same_kind);
        ADDED * self.each * keys * AGAIN * if kind { 1.0 } else { OTHER_KIND }
    }

    fn wrong(&self, c: char, d: char) -> f64 {
        if look_alike(c) == look_alike(d) {
            return SAME_KEY;
        }
        let same_kind = c.is_ascii_digit() == d.is_ascii_digit();
        let keys = if alike(c, d) {
            LIKE_EACH_OTHER
        } else if !same_kind {
            OTHER_KIND / letters(c)
        } else if beside(c, d) {
            let count = if c.is_ascii_digit() {
                DIGITS_BESIDE
            } else {
                LETTERS_BESIDE
            };
            BESIDE / count + (1.0 - BESIDE) / letters(c)
        } else {
            (1.0 - BESIDE) / letters(c)
        };
        WRONG * self.each * keys * AGAIN
    }
}

/// How many letters, or digits, there are of this kind.
fn letters(c: char) -> f64 {
    if c.is_ascii_digit() { 10.0 } else { 26.0 }
}

/// One character for all that look the same.
pub(super) fn look_alike(c: char) -> char {
    match c {
        'o' => '0',
        'i' | 'l' => '1',
        c => c,
    }
}

/// Look like each other, though not the same.
fn alike(c: char, d: char) -> bool {
    const PAIRS: [(char, char); 5] = [('b', '8'), ('s', '5'), ('z', '2'), ('g', '6'), ('g', '9')];
    PAIRS.iter().any(|pair| *pair == (c, d) || *pair == (d, c))
}

/// Beside each other on the keyboard.
fn beside(c: char, d: char) -> bool {
    match (c.to_digit(10), d.to_digit(10)) {
        // 0 is right of 9.
        (Some(c), Some(d)) => ((c + 9) % 10).abs_diff((d + 9) % 10) == 1,
        (None, None) => c != d && spell::substitution(c, d) == spell::EDIT,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(written: &str, meant: &str) -> f64 {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        likelihood(&letters(written), &letters(meant))
    }

    #[test]
    fn likelier_slips_come_first() {
        assert!((of("ab1234", "ab1234") - 1.0).abs() < 1e-9);
        // Exchanged, beside, anything, two slips.
        let order = [
            of("ab1324", "ab1234"),
            of("ab1235", "ab1234"),
            of("ab1239", "ab1234"),
        ];
        assert!(order.is_sorted_by(|a, b| a > b), "{order:?}");
        assert!(of("ab1239", "ab1234") > of("ab1329", "ab1234"));
        assert!(of("a81234", "ab1234") > of("a71234", "ab1234"));
        assert!(of("abo234", "ab0234") > of("ab2034", "ab0234"));
        assert!(of("ab11234", "ab1234") > of("ab71234", "ab1234"));
        // One of two equal letters is left out: it may be either.
        assert!(of("ab123", "ab1123") > of("ab123", "ab1923"));
    }
}
