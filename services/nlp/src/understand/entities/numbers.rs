//! Numbers in digits and words, English and Spanish: `2,500`, `1.5k`, `two dozen`, `five hundred`,
//! `one hundred and twelve`, `cincuenta`, `x64`, `20kg`.

use std::sync::LazyLock;

use super::super::hashing::{self, HashedMap};
use super::super::lexemes::Lexeme;
use super::super::words::Shape;

/// One number of a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// Its first lexeme.
    pub first: usize,
    /// One past its last lexeme.
    pub end: usize,
    /// Its value; never negative.
    pub value: f64,
    /// Whether a minus sign stands before it.
    pub negative: bool,
    /// Whether it is written in digits.
    pub digits: bool,
}

impl Number {
    /// The value as an integer in digits, if it is one that fits a quantity.
    #[must_use]
    pub fn whole(&self) -> Option<String> {
        (self.value.fract() == 0.0 && self.value <= 1e15).then(|| format!("{:.0}", self.value))
    }
}

#[derive(Debug, Clone, Copy)]
enum Part {
    /// Adds: `twenty`, `five`.
    Value(f64),
    /// Multiplies what came before: `dozen`, `hundred`, `thousand`.
    Times(f64),
    /// `half`, before a multiplier.
    Half,
}

mod spelled_out {
    /// Words that add their value.
    pub(super) const VALUES: &str = "zero 0 one 1 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 \
        nine 9 ten 10 eleven 11 twelve 12 thirteen 13 fourteen 14 fifteen 15 sixteen 16 \
        seventeen 17 eighteen 18 nineteen 19 twenty 20 thirty 30 forty 40 fourty 40 fifty 50 \
        sixty 60 seventy 70 eighty 80 ninety 90 cero 0 un 1 una 1 uno 1 dos 2 tres 3 cuatro 4 \
        cinco 5 seis 6 siete 7 ocho 8 nueve 9 diez 10 once 11 doce 12 trece 13 catorce 14 \
        quince 15 dieciseis 16 diecisiete 17 dieciocho 18 diecinueve 19 veinte 20 veintiuno 21 \
        veintiun 21 veintidos 22 veintitres 23 veinticuatro 24 veinticinco 25 veintiseis 26 \
        veintisiete 27 veintiocho 28 veintinueve 29 treinta 30 cuarenta 40 cincuenta 50 \
        sesenta 60 setenta 70 ochenta 80 noventa 90 cien 100 ciento 100 doscientos 200 \
        doscientas 200 trescientos 300 trescientas 300 cuatrocientos 400 cuatrocientas 400 \
        quinientos 500 quinientas 500 seiscientos 600 seiscientas 600 setecientos 700 \
        setecientas 700 ochocientos 800 ochocientas 800 novecientos 900 novecientas 900";
    /// Words that multiply.
    pub(super) const TIMES: &str = "dozen 12 dozens 12 doz 12 dz 12 hundred 100 thousand 1000 \
        grand 1000 million 1000000 gross 144 score 20 docena 12 docenas 12 mil 1000 \
        millon 1000000 millones 1000000 couple 2 pair 2 par 2";
}

use spelled_out::{TIMES, VALUES};

static PARTS: LazyLock<HashedMap<Part>> = LazyLock::new(|| {
    let mut parts = HashedMap::default();
    let mut read = |list: &str, part: fn(f64) -> Part| {
        let words: Vec<_> = list.split_whitespace().collect();
        for pair in words.chunks_exact(2) {
            if let Ok(value) = pair[1].parse() {
                parts.insert(hashing::of(pair[0]), part(value));
            }
        }
    };
    read(VALUES, Part::Value);
    read(TIMES, Part::Times);
    for half in ["half", "media"] {
        parts.insert(hashing::of(half), Part::Half);
    }
    parts
});

static AND: LazyLock<[u64; 3]> = LazyLock::new(|| ["and", "y", "a"].map(hashing::of));

/// All numbers, from left to right, without overlap.
#[must_use]
pub fn find(plain: &str, lexemes: &[Lexeme]) -> Vec<Number> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < lexemes.len() {
        if let Some(number) = number_at(plain, lexemes, at) {
            at = number.end;
            found.push(number);
        } else {
            at += 1;
        }
    }
    found
}

fn number_at(plain: &str, lexemes: &[Lexeme], first: usize) -> Option<Number> {
    let (value, end, digits) = match digits(lexemes[first].token.text(plain)) {
        Some(value) => {
            let times = lexemes.get(first + 1).and_then(part_of);
            match times {
                Some(Part::Times(factor)) if factor >= 12.0 => (value * factor, first + 2, true),
                _ => (value, first + 1, true),
            }
        }
        None => {
            let (value, end) = spelled(plain, lexemes, first)?;
            (value, end, false)
        }
    };
    let token = lexemes[first].token;
    // "-5" is below zero, "pls - 30 ropes" a dash.
    let before = &plain[..token.start as usize];
    let negative = before.ends_with('-')
        && !before[..before.len() - 1].ends_with(|c: char| c.is_alphanumeric());
    Some(Number {
        first,
        end,
        value,
        negative,
        digits,
    })
}

fn part_of(lexeme: &Lexeme) -> Option<Part> {
    if lexeme.token.shape != Shape::Word || lexeme.mended {
        return None;
    }
    PARTS.get(&lexeme.key).copied()
}

/// A number in words that starts at `first`: its value and its end.
fn spelled(plain: &str, lexemes: &[Lexeme], first: usize) -> Option<(f64, usize)> {
    let opening = part_of(&lexemes[first]);
    let mut total = 0.0;
    let mut current = 0.0;
    let mut seen = false;
    let mut end = first;
    let mut at = first;
    // "a dozen", "a hundred", "half a dozen", "a couple of".
    let article = lexemes[first].token.text(plain) == "a";
    match opening {
        Some(Part::Half) => {
            let next = (first + 1..first + 3).find(|index| {
                matches!(lexemes.get(*index).and_then(part_of), Some(Part::Times(_)))
            })?;
            let Some(Part::Times(factor)) = part_of(&lexemes[next]) else {
                return None;
            };
            return (factor >= 12.0).then_some((factor / 2.0, next + 1));
        }
        Some(_) => {}
        None if article => {
            at += 1;
            if !matches!(lexemes.get(at).and_then(part_of), Some(Part::Times(_))) {
                return None;
            }
        }
        None => return None,
    }
    while let Some(lexeme) = lexemes.get(at) {
        match part_of(lexeme) {
            Some(Part::Value(value)) => {
                // "three four" is two numbers, "twenty four" one.
                let fits = !seen
                    || (current % 100.0 >= 20.0 && value < 10.0 && current % 10.0 == 0.0)
                    || (current >= 100.0 && current % 100.0 == 0.0 && value < 100.0)
                    || (current == 0.0 && total > 0.0);
                if !fits {
                    break;
                }
                current += value;
            }
            Some(Part::Times(factor)) => {
                if factor < 12.0 && seen {
                    break;
                }
                if current == 0.0 {
                    current = 1.0;
                }
                current *= factor;
                if factor >= 1000.0 {
                    total += current;
                    current = 0.0;
                }
            }
            Some(Part::Half) => break,
            None => {
                let joins = seen
                    && (AND[..2].contains(&lexeme.key) || lexeme.token.text(plain) == "-")
                    && matches!(lexemes.get(at + 1).and_then(part_of), Some(Part::Value(v)) if v < 100.0)
                    && current % 10.0 == 0.0;
                if !joins {
                    break;
                }
                at += 1;
                continue;
            }
        }
        seen = true;
        at += 1;
        end = at;
    }
    (end > first).then_some((total + current, end))
}

/// The quantity that `text` is, if it is nothing else.
#[must_use]
pub fn value(text: &str) -> Option<String> {
    let lexemes =
        super::super::lexemes::lexemes(text, &super::super::lexemes::Vocabulary::default());
    match find(text, &lexemes).as_slice() {
        [number] if number.first == 0 && number.end == lexemes.len() => number.whole(),
        _ => None,
    }
}

/// The value of one token in digits: `2,500`, `1.5k`, `20kg`, `x64`.
#[must_use]
pub fn digits(token: &str) -> Option<f64> {
    let bare = token
        .strip_prefix('x')
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(token);
    let end = bare
        .find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.')
        .unwrap_or(bare.len());
    let (amount, unit) = bare.split_at(end);
    if amount.is_empty() || !amount.is_ascii() {
        return None;
    }
    let value = separated(amount)?;
    match unit {
        "" => Some(value),
        "k" => Some(value * 1000.0),
        "m" | "mm" if bare.len() == token.len() => None,
        "kg" | "kgs" | "g" | "l" | "ltr" | "x" | "pcs" | "pc" | "units" | "box" | "boxes"
        | "cs" | "ud" | "uds" | "u" | "pzas" | "cajas" | "doz" => {
            Some(if unit == "doz" { value * 12.0 } else { value })
        }
        _ => None,
    }
}

/// Reads thousands separators (`2,500`, `2.500`) and decimals (`2.5`, `2,5`).
fn separated(amount: &str) -> Option<f64> {
    let thousands = |separator: char| {
        let mut groups = amount.split(separator);
        let first = groups.next().unwrap_or("");
        let rest: Vec<_> = groups.collect();
        !rest.is_empty()
            && (1..=3).contains(&first.len())
            && first != "0"
            && rest
                .iter()
                .all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()))
    };
    let plain = if amount.len() > 24 {
        return None;
    } else if thousands(',') || thousands('.') {
        amount.replace([',', '.'], "")
    } else {
        amount.replace(',', ".")
    };
    plain.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::super::lexemes::{Vocabulary, lexemes};
    use super::*;

    fn values(plain: &str) -> Vec<f64> {
        let lexemes = lexemes(plain, &Vocabulary::default());
        find(plain, &lexemes).iter().map(|n| n.value).collect()
    }

    #[test]
    fn digits_with_separators_and_units() {
        assert_eq!(
            values("2,500 kg, 1.5k lids, 20kg x64 2k and 6.5"),
            [2500.0, 1500.0, 20.0, 64.0, 2000.0, 6.5]
        );
    }

    #[test]
    fn words_in_both_languages() {
        for (text, value) in [
            ("one hundred and twelve", 112.0),
            ("two dozen", 24.0),
            ("half a dozen", 6.0),
            ("a hundred", 100.0),
            ("two thousand five hundred", 2500.0),
            ("twenty-four", 24.0),
            ("3 dozen", 36.0),
            ("cincuenta y cinco", 55.0),
            ("dos mil", 2000.0),
            ("media docena", 6.0),
            ("a couple", 2.0),
        ] {
            assert_eq!(values(text), [value], "{text}");
        }
        assert_eq!(values("a box of three and a lid"), [3.0]);
    }

    #[test]
    fn a_minus_sign_is_seen() {
        let plain = "order -5 mops";
        let lexemes = super::super::super::lexemes::lexemes(plain, &Vocabulary::default());
        assert!(find(plain, &lexemes)[0].negative);
        let plain = "order pls - 5 mops";
        let lexemes = super::super::super::lexemes::lexemes(plain, &Vocabulary::default());
        assert!(!find(plain, &lexemes)[0].negative);
    }
}
