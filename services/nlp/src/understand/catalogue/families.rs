//! What codes a catalogue has, seen as families: how full each is, and whether a written code looks
//! like one of them. The fuller the families, the likelier is a near code by chance, and the
//! likelier is a code that the company does not have, or does not have any more.

use std::collections::{HashMap, HashSet};

/// Codes of a family from which the characters seen at a place are taken for all there are.
const TELLING: f64 = 12.0;

/// Codes with the same letters and digits at the same places.
#[derive(Debug, Default)]
struct Family {
    count: usize,
    /// Which characters were seen at each place, by [`bit`].
    seen: Vec<u64>,
}

/// The families of a catalogue's codes.
#[derive(Debug, Default)]
pub(super) struct Families {
    /// With the letters as they are, any digits.
    made: HashMap<Box<[char]>, Family>,
    /// Any letters, any digits.
    shaped: HashMap<Box<[char]>, Family>,
    /// The letters alone.
    letters: HashSet<Box<[char]>>,
}

impl Families {
    pub(super) fn add(&mut self, code: &[char]) {
        self.made.entry(make(code)).or_default().add(code);
        self.shaped.entry(shape(code)).or_default().add(code);
        self.letters.insert(letters(code));
    }

    /// Whether the catalogue has codes that look like `written`: its letters with such digits, or
    /// letters and digits at its places.
    pub(super) fn has_like(&self, written: &[char]) -> bool {
        let holds = |family: Option<&Family>| family.is_some_and(|family| family.holds(written));
        holds(self.made.get(&make(written))) || holds(self.shaped.get(&shape(written)))
    }

    /// How full the families around `meant` are, 0 to 1: the part of the codes of its make that
    /// exist. Of its letters only, when `written` has the letters of some family.
    pub(super) fn density(&self, written: &[char], meant: &[char]) -> f64 {
        let of = |family: Option<&Family>| family.map_or(0.0, Family::density);
        let shaped = of(self.shaped.get(&shape(meant)));
        if self.letters.contains(&letters(written)) {
            shaped.max(of(self.made.get(&make(meant))))
        } else {
            shaped
        }
    }
}

impl Family {
    fn add(&mut self, code: &[char]) {
        self.count += 1;
        self.seen.resize(code.len(), 0);
        for (seen, c) in self.seen.iter_mut().zip(code) {
            *seen |= bit(*c);
        }
    }

    fn holds(&self, code: &[char]) -> bool {
        let seen = |(seen, c): (&u64, &char)| seen & bit(*c) != 0;
        (self.count as f64) < TELLING || self.seen.iter().zip(code).all(seen)
    }

    /// Of few codes it is not known which characters there are at a place: then it may be more.
    fn density(&self) -> f64 {
        let unknown = (1.0 - self.count as f64 / TELLING).max(0.0);
        let space: f64 = self
            .seen
            .iter()
            .map(|seen| {
                let known = f64::from(seen.count_ones());
                let digits = seen & !DIGITS == 0;
                let most = if digits { 10.0 } else { 1.0 };
                known + (most - known).max(0.0) * unknown
            })
            .product();
        (self.count as f64 / space.max(1.0)).min(1.0)
    }
}

/// The bits of the digits.
const DIGITS: u64 = 0x3ff;

fn bit(c: char) -> u64 {
    match c.to_digit(10) {
        Some(digit) => 1 << digit,
        None => 1 << (10 + c as u32 % 54),
    }
}

/// Codes with the same letters at the same places, and any digits at the others, have one make.
fn make(code: &[char]) -> Box<[char]> {
    let any = |c: &char| if c.is_ascii_digit() { '0' } else { *c };
    code.iter().map(any).collect()
}

/// Letters and digits at the same places.
fn shape(code: &[char]) -> Box<[char]> {
    let any = |c: &char| if c.is_ascii_digit() { '0' } else { 'a' };
    code.iter().map(any).collect()
}

fn letters(code: &[char]) -> Box<[char]> {
    code.iter()
        .filter(|c| !c.is_ascii_digit())
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn families(codes: &[String]) -> Families {
        let mut families = Families::default();
        for code in codes {
            families.add(&code.chars().collect::<Vec<_>>());
        }
        families
    }

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn a_full_family_is_denser_than_a_thin_one() {
        let full: Vec<String> = (1_000..1_900).map(|n| format!("glv{n}")).collect();
        let thin: Vec<String> = (0..100).map(|n| format!("fix{:06}", n * 9_973)).collect();
        let families = families(&[full, thin].concat());
        let glv = families.density(&chars("glv1900"), &chars("glv1800"));
        let fix = families.density(&chars("fix000001"), &chars("fix009973"));
        assert!(glv > 0.8, "{glv}");
        assert!(fix < 0.001, "{fix}");
    }

    #[test]
    fn likeness_is_of_letters_and_places() {
        let codes: Vec<String> = (1_000..1_900).map(|n| format!("glv{n}")).collect();
        let families = families(&codes);
        assert!(families.has_like(&chars("glv1234")));
        assert!(!families.has_like(&chars("glv2234")));
        assert!(!families.has_like(&chars("glv10000")));
        assert!(!families.has_like(&chars("gl01000")));
    }
}
