//! Numbers as dates use them: counts, ordinals, days of the month and years, in
//! digits or words.

use super::Language;
use super::parser::{Got, Parser};
use super::words::{Unit, W};

impl Parser<'_> {
    /// A count, in digits or words, below 10,000.
    pub(super) fn number(&self, at: usize) -> Got<u32> {
        match self.w(at) {
            W::Num if self.digits(at) <= 4 => Some((self.value(at), at + 1)),
            W::Card(tens) if tens >= 20 && tens % 10 == 0 => {
                let next = self.maybe(at + 1, |w| matches!(w, W::Punct(b'-') | W::And));
                match self.w(next) {
                    W::Card(ones @ 1..=9) if next == at + 1 || self.joins(at + 1) => {
                        Some((u32::from(tens + ones), next + 1))
                    }
                    _ => Some((tens.into(), at + 1)),
                }
            }
            W::Scale(100) => Some((100, at + 1)),
            W::Card(value) => match self.w(at + 1) {
                W::Scale(100) => Some((u32::from(value) * 100, at + 2)),
                _ => Some((value.into(), at + 1)),
            },
            _ => None,
        }
    }

    /// Whether the mark or "y" between tens and ones belongs to the number.
    fn joins(&self, at: usize) -> bool {
        self.is(at, b'-') && self.glued(at) || self.language == Language::Spanish
    }

    /// "3rd", "third", "twenty-third".
    pub(super) fn ordinal(&self, at: usize) -> Got<u32> {
        match self.w(at) {
            W::Ord(value) => Some((value.into(), at + 1)),
            W::Card(tens @ (20 | 30)) => {
                let next = self.maybe(at + 1, |w| w == W::Punct(b'-'));
                match self.w(next) {
                    W::Ord(ones @ 1..=9) if self.digits(next) == 0 => {
                        Some((u32::from(tens + ones), next + 1))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A day of the month, in any writing.
    pub(super) fn day_number(&self, at: usize) -> Got<u32> {
        let (day, next) = match self.w(at) {
            W::Num if self.digits(at) > 2 => return None,
            W::Card(1) if self.language == Language::English => return None,
            _ => self.ordinal(at).or_else(|| self.number(at))?,
        };
        (1..=31).contains(&day).then_some((day, next))
    }

    /// A year: four digits, "'18", or in words.
    pub(super) fn year(&self, at: usize) -> Got<i32> {
        let (year, next) = match self.w(at) {
            W::Num if self.digits(at) == 4 => (self.value(at), at + 1),
            W::Punct(b'\'')
                if self.w(at + 1) == W::Num && self.digits(at + 1) == 2 && self.glued(at + 1) =>
            {
                (century(self.value(at + 1)), at + 2)
            }
            W::Card(_) | W::Scale(_) => self.year_in_words(at)?,
            _ => return None,
        };
        let year = i32::try_from(year).ok()?;
        (1800..2200).contains(&year).then_some((year, next))
    }

    fn year_in_words(&self, at: usize) -> Got<u32> {
        // "mil novecientos noventa y nueve"
        if self.w(at) == W::Scale(1000) {
            let W::Scale(900) = self.w(at + 1) else {
                return None;
            };
            let (rest, next) = self.number(at + 2).unwrap_or((0, at + 2));
            return Some((1900 + rest, next));
        }
        let W::Card(first) = self.w(at) else {
            return None;
        };
        // "two thousand (and) ten", "dos mil dieciocho"
        if first == 2 && self.w(at + 1) == W::Scale(1000) {
            let next = self.maybe(at + 2, |w| w == W::And);
            let rest = self.number(next).filter(|(rest, _)| *rest < 100);
            // "two thousand" alone is an amount.
            return rest.map(|(rest, next)| (2000 + rest, next));
        }
        // "nineteen ninety nine", "twenty eighteen"
        if matches!(first, 19 | 20) && matches!(self.w(at + 1), W::Card(10..)) {
            let (rest, next) = self.number(at + 1).filter(|(rest, _)| *rest < 100)?;
            return Some((u32::from(first) * 100 + rest, next));
        }
        None
    }

    /// A year after a month or a quarter, with what joins them; two digits only
    /// where a mark makes them a year ("mar-25", "q1'25").
    pub(super) fn year_after(&self, at: usize) -> Got<i32> {
        self.long_year_after(at).or_else(|| {
            let mark = self.glued(at) && matches!(self.w(at), W::Punct(b'-' | b'/'));
            let fiscal = self.w(at) == W::Fiscal;
            // "mayo del 18"
            let del = self.language == Language::Spanish
                && self.w(at) == W::Of
                && self.width(at) == 3
                && self.short_year(at + 1).is_some();
            let short = self.w(at + 1) == W::Num && self.digits(at + 1) == 2;
            (short && (mark && self.glued(at + 1) || fiscal || del))
                .then(|| (century(self.value(at + 1)) as i32, at + 2))
        })
    }

    /// As `year_after`, with four digits or words only.
    pub(super) fn long_year_after(&self, at: usize) -> Got<i32> {
        self.year(self.skip_year_joint(at))
    }

    /// A year of two digits at the end of a date ("20 oct 25"): nothing that it could
    /// count follows.
    pub(super) fn short_year(&self, at: usize) -> Got<i32> {
        let closes = matches!(
            self.w(at + 1),
            W::End | W::To | W::Until | W::Through | W::And | W::Punct(b'-' | b'.' | b'?' | b',')
        );
        let fits = self.w(at) == W::Num && self.digits(at) == 2 && closes;
        fits.then(|| i32::try_from(century(self.value(at))).ok())
            .flatten()
            .map(|year| (year, at + 1))
    }

    fn skip_year_joint(&self, at: usize) -> usize {
        let at = self.maybe(at, |w| {
            matches!(w, W::Punct(b',' | b'-' | b'/' | b'.' | b'~'))
        });
        let at = self.maybe(at, |w| matches!(w, W::Of | W::In));
        let at = self.maybe(at, |w| w == W::The);
        let at = self.maybe(at, |w| matches!(w, W::Unit(Unit::Year) | W::Fiscal));
        self.maybe(at, |w| w == W::Of)
    }
}

/// The year two digits mean; of more digits only the last two count.
pub(super) fn century(digits: u32) -> u32 {
    let two = digits % 100;
    if two < 70 { 2000 + two } else { 1900 + two }
}
