//! Folds characters: case, accents, width, and the many shapes of dashes and quotes.

/// What a character is to the tokeniser.
pub(super) enum Class {
    Letter(u8),
    /// A letter of a script or a language that no date word uses.
    Foreign,
    Digit(u8),
    /// "º" and "ª".
    OrdinalMark,
    Space,
    /// Joins no word and parts none: accents on their own, zero-width marks.
    Silent,
    Mark(u8),
}

pub(super) fn class(c: char) -> Class {
    match c {
        'a'..='z' => Class::Letter(c as u8),
        'A'..='Z' => Class::Letter((c as u8).to_ascii_lowercase()),
        '0'..='9' => Class::Digit(c as u8 - b'0'),
        ' ' | '\t' | '\n' | '\r' => Class::Space,
        _ if c.is_ascii() => Class::Mark(c as u8),
        _ => class_beyond_ascii(c),
    }
}

fn class_beyond_ascii(c: char) -> Class {
    match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'Á' | 'À' | 'Â' | 'Ä' | 'Ã' => Class::Letter(b'a'),
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => Class::Letter(b'e'),
        'í' | 'ì' | 'î' | 'ï' | 'Í' | 'Ì' | 'Î' | 'Ï' => Class::Letter(b'i'),
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'Ó' | 'Ò' | 'Ô' | 'Ö' | 'Õ' => Class::Letter(b'o'),
        'ú' | 'ù' | 'û' | 'ü' | 'Ú' | 'Ù' | 'Û' | 'Ü' => Class::Letter(b'u'),
        'ñ' | 'Ñ' => Class::Letter(b'n'),
        'ç' | 'Ç' => Class::Letter(b'c'),
        'º' | 'ª' | '°' => Class::OrdinalMark,
        '\u{2018}' | '\u{2019}' | '\u{02bc}' | '\u{00b4}' => Class::Mark(b'\''),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Class::Mark(b'-'),
        '\u{2026}' => Class::Mark(b'.'),
        '€' | '£' | '¥' => Class::Mark(b'$'),
        '\u{0300}'..='\u{036f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2060}'
        | '\u{feff}'
        | '\u{00ad}' => Class::Silent,
        // Full-width forms sit at a fixed distance from ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).map_or(Class::Foreign, class),
        _ if c.is_whitespace() => Class::Space,
        _ if c.is_alphanumeric() => Class::Foreign,
        _ => Class::Mark(b'?'),
    }
}

/// Whether the piece, folded, spells `word` (which is folded already).
pub(super) fn spells(piece: &str, word: &str) -> bool {
    let mut wanted = word.bytes();
    for c in piece.chars() {
        match class(c) {
            Class::Silent => {}
            Class::Letter(letter) if wanted.next() == Some(letter) => {}
            Class::Digit(digit) if wanted.next() == Some(digit + b'0') => {}
            _ => return false,
        }
    }
    wanted.next().is_none()
}
