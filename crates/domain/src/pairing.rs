//! Pairing codes: how somebody whom a company invited says so from a number that nobody knows yet.
//!
//! A code is eight characters of [`ALPHABET`], written `K7QM-4TPX`: 30⁸, about 6.6 × 10¹¹ of them. It
//! has a letter and a digit, so that no plain word is taken for one.

use std::fmt;

/// Letters and digits that nobody takes for another: no 0 O, 1 I L, U.
pub const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How many characters a code has.
const LENGTH: usize = 8;
/// Where the dash stands.
const HALF: usize = LENGTH / 2;
/// How many codes are looked for in one message; each that is wrong counts as a guess.
const MOST: usize = 3;

/// A code. `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PairingCode([u8; LENGTH]);

impl PairingCode {
    /// Draws a code; `random` gives evenly spread numbers.
    pub fn draw(mut random: impl FnMut() -> u64) -> Self {
        loop {
            let mut number = random();
            let mut code = [0; LENGTH];
            for place in &mut code {
                let base = ALPHABET.len() as u64;
                // Below 30: the index of a character.
                *place = usize::try_from(number % base)
                    .ok()
                    .and_then(|at| ALPHABET.get(at))
                    .copied()
                    .unwrap_or(ALPHABET[0]);
                number /= base;
            }
            if let Some(code) = Self::checked(code) {
                return code;
            }
        }
    }

    /// The codes in a text, at most three, in order: in any case, with or without the dash in the
    /// middle (any kind of dash: phones write their own).
    #[must_use]
    pub fn find(text: &str) -> Vec<Self> {
        let mut found = Vec::new();
        for word in text.split(|c: char| !c.is_alphanumeric() && !is_dash(c)) {
            let word = word.trim_matches(is_dash);
            if let Some(code) = Self::read(word)
                && !found.contains(&code)
                && found.len() < MOST
            {
                found.push(code);
            }
        }
        found
    }

    fn read(word: &str) -> Option<Self> {
        let plain: String = match word.char_indices().nth(HALF) {
            Some((at, dash)) if is_dash(dash) => word[..at]
                .chars()
                .chain(word[at..].chars().skip(1))
                .collect(),
            _ => word.to_owned(),
        };
        let upper = plain.to_ascii_uppercase();
        let code: [u8; LENGTH] = upper.as_bytes().try_into().ok()?;
        Self::checked(code)
    }

    fn checked(code: [u8; LENGTH]) -> Option<Self> {
        let known = code.iter().all(|c| ALPHABET.contains(c));
        let digits = code.iter().filter(|c| c.is_ascii_digit()).count();
        (known && (1..LENGTH).contains(&digits)).then_some(Self(code))
    }

    /// The characters without a dash: what is hashed.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
    )
}

impl fmt::Display for PairingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, c) in self.0.iter().enumerate() {
            if at == HALF {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*c))?;
        }
        Ok(())
    }
}

impl fmt::Debug for PairingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PairingCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<String> {
        PairingCode::find(text)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_code_is_found_however_it_is_written() {
        for text in [
            "K7QM-4TPX",
            "k7qm4tpx",
            "Hi! my code is K7qm\u{2011}4tPx, thanks",
            "(k7qm–4tpx)",
            "code:K7QM4TPX.",
            "-K7QM-4TPX-",
        ] {
            assert_eq!(found(text), ["K7QM-4TPX"], "{text}");
        }
        assert_eq!(
            found("K7QM-4TPX k7qm4tpx B2B2-C3C3"),
            ["K7QM-4TPX", "B2B2-C3C3"]
        );
        assert_eq!(found("A2A2A2A2 B2B2B2B2 C2C2C2C2 D2D2D2D2").len(), 3);
    }

    #[test]
    fn nothing_else_is_taken_for_one() {
        for text in [
            "hardware",
            "check inventory",
            "12345678",
            "23456789",
            "WID-1001",
            "K7QM-4TPX-2",
            "K7Q-M4TPX",
            "K7QM 4TPX",
            "K7QM--4TPX",
            "xK7QM4TPX",
            "ÄK7QM4TP",
            "have 2pcs",
            "+15550100001",
            "",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_drawn_is_found_again(numbers in prop::collection::vec(any::<u64>(), 8), lower: bool) {
            let mut numbers = numbers.into_iter().chain(12_345..);
            let code = PairingCode::draw(|| numbers.next().unwrap());
            let mut text = code.to_string();
            if lower {
                text = text.to_lowercase().replace('-', "");
            }
            prop_assert_eq!(PairingCode::find(&format!("my code: {text}!")), vec![code]);
            let shown = format!("{code:?}");
            prop_assert!(!shown.contains(&code.to_string()));
        }

        #[test]
        fn any_text_is_looked_through(text in "\\PC{0,60}") {
            prop_assert!(PairingCode::find(&text).len() <= MOST);
        }
    }
}
