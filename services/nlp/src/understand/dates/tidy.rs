//! Passes over the tokens of a text before it is parsed: digits that are no date's
//! are taken out, words that mean different things beside different neighbours are
//! settled.

use super::token::Token;
use super::words::{Unit, W};

/// Takes out numbers strung together by more marks than two dates have: a version,
/// an address, a part number.
pub(super) fn block_chains(tokens: &mut [Token]) {
    let mut at = 0;
    while at < tokens.len() {
        let first = at;
        let mut only = None;
        let mut mixed = false;
        at += 1;
        if tokens[first].meaning != W::Num {
            continue;
        }
        while let [mark, number, ..] = &tokens[at..]
            && let W::Punct(c @ (b'/' | b'-' | b'.')) = mark.meaning
            && number.meaning == W::Num
            && mark.glued
            && number.glued
        {
            mixed |= only.is_some_and(|held| held != c);
            only = Some(c);
            at += 2;
        }
        let numbers = (at - first).div_ceil(2);
        let most = if mixed || only == Some(b'-') { 6 } else { 3 };
        if numbers > most {
            for token in tokens[first..at].iter_mut().filter(|t| t.meaning == W::Num) {
                token.meaning = W::Blocked;
            }
        }
    }
}

/// Takes digits out of play that belong to a code, a price, a share, a clock time
/// or a number with thousands.
pub(super) fn block(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let token = tokens[at];
        if token.meaning != W::Num {
            continue;
        }
        let before = at.checked_sub(1).map(|i| tokens[i]).filter(|_| token.glued);
        let before_that = at
            .checked_sub(2)
            .map(|i| tokens[i].meaning)
            .filter(|_| before.is_some_and(|t| t.glued));
        let after = tokens.get(at + 1).copied().filter(|t| t.glued);
        let after_that = tokens.get(at + 2).copied().filter(|t| t.glued);
        let second = after_that.map(|t| t.meaning);
        let code = matches!(before_that, Some(W::Other | W::Blocked | W::Num))
            && matches!(before.map(|t| t.meaning), Some(W::Punct(b'_')))
            || matches!(before_that, Some(W::Other | W::Blocked))
                && matches!(
                    before.map(|t| t.meaning),
                    Some(W::Punct(b'-' | b'/' | b'.'))
                );
        let iso = token.digits == 4
            && after.map(|t| t.meaning) == Some(W::Punct(b'-'))
            && second == Some(W::Num)
            && tokens
                .get(at + 3)
                .is_some_and(|t| t.glued && t.meaning == W::Punct(b'-'));
        let numbered = at
            .checked_sub(2)
            .is_some_and(|i| matches!(tokens[i].meaning, W::Unit(Unit::Week)));
        let part = match before.map(|t| t.meaning) {
            Some(W::Punct(b'#')) => !numbered,
            Some(W::Other | W::Blocked | W::Punct(b'$')) => true,
            Some(W::Punct(b':')) => matches!(before_that, Some(W::Num | W::Blocked)),
            _ => code && !iso,
        };
        let whole = match after.map(|t| t.meaning) {
            Some(W::Other | W::Meridiem | W::Punct(b'%' | b'$')) => true,
            Some(W::Punct(b':')) => second == Some(W::Num),
            Some(W::Punct(b',')) => {
                after_that.is_some_and(|t| t.meaning == W::Num && t.digits == 3)
            }
            _ => false,
        };
        let thousands = token.digits == 3
            && before.is_some_and(|t| t.meaning == W::Punct(b','))
            && matches!(before_that, Some(W::Blocked));
        let clock = tokens.get(at + 1).is_some_and(|t| t.meaning == W::Meridiem);
        if part || whole || thousands || clock || token.digits > 8 {
            tokens[at].meaning = W::Blocked;
        }
    }
}

/// Whether any token can carry a date: without one there is nothing to parse.
pub(super) fn any_date_word(tokens: &[Token]) -> bool {
    tokens
        .iter()
        .enumerate()
        .any(|(at, token)| match token.meaning {
            W::Month(_)
            | W::Weekday(_)
            | W::Unit(_)
            | W::Units(_)
            | W::Season(_)
            | W::SeasonWord
            | W::Today
            | W::Yesterday
            | W::Tomorrow
            | W::Now
            | W::BeforeYesterday
            | W::ToDate(_)
            | W::YearBack
            | W::HalfWord
            | W::Fiscal
            | W::Edge(..)
            | W::Decade(_)
            | W::Holiday
            | W::Q
            | W::H
            | W::WeekLetter
            | W::Scale(_)
            | W::PartOfDay
            | W::Later
            | W::Card(19 | 20) => true,
            W::Ord(_) => token.digits > 0,
            W::Num => {
                token.digits == 4
                    || token.digits == 8
                    || tokens
                        .get(at + 1)
                        .is_some_and(|t| matches!(t.meaning, W::Punct(b'/' | b'-' | b'.' | b'~')))
                    || at > 0
                        && matches!(
                            tokens[at - 1].meaning,
                            W::The
                                | W::Of
                                | W::From
                                | W::Between
                                | W::Since
                                | W::Until
                                | W::Punct(b'\'')
                        )
            }
            _ => false,
        })
}

/// Whether no token is a word of the language.
pub(super) fn no_word(tokens: &[Token]) -> bool {
    tokens
        .iter()
        .all(|t| matches!(t.meaning, W::Num | W::Punct(_) | W::Blocked | W::Other))
}

/// Makes one unit of "fin de semana".
pub(super) fn join_weekend(tokens: &mut Vec<Token>) {
    let mut kept = 0;
    let mut at = 0;
    while at < tokens.len() {
        let mut token = tokens[at];
        at += 1;
        if token.meaning == W::Finish
            && let [of, week, ..] = tokens[at..]
            && (of.meaning, week.meaning) == (W::Of, W::Unit(Unit::Week))
        {
            token.meaning = W::Unit(Unit::Weekend);
            token.end = week.end;
            at += 2;
        }
        tokens[kept] = token;
        kept += 1;
    }
    tokens.truncate(kept);
}

/// Settles two Spanish words by their neighbours: "mar" is March beside a day, a
/// year or another month, and "cuarto" a quarter after an ordinal.
pub(super) fn settle(tokens: &mut [Token]) {
    let meaning = |tokens: &[Token], at: Option<usize>| {
        at.and_then(|at| tokens.get(at))
            .map_or(W::End, |t| t.meaning)
    };
    for at in 0..tokens.len() {
        let before = |back| meaning(tokens, at.checked_sub(back));
        let after = |ahead| meaning(tokens, Some(at + ahead));
        let token = tokens[at];
        match token.meaning {
            W::Weekday(1) if token.end - token.start == 3 => {
                let joins = |w| matches!(w, W::Punct(b'-' | b'/') | W::To | W::Of | W::And);
                let dates = |w| matches!(w, W::Month(_) | W::Num);
                let year = |at: usize| tokens.get(at).is_some_and(|t| t.digits == 4);
                if dates(before(1))
                    || joins(before(1)) && dates(before(2))
                    || year(at + 1)
                    || joins(after(1)) && (year(at + 2) || matches!(after(2), W::Month(_)))
                {
                    tokens[at].meaning = W::Month(3);
                }
            }
            W::Ord(4) if token.digits == 0 => {
                let counted = matches!(before(1), W::Ord(_) | W::Last | W::This | W::Next);
                if counted && !matches!(after(1), W::Unit(_) | W::Units(_)) {
                    tokens[at].meaning = W::Unit(Unit::Quarter);
                }
            }
            _ => {}
        }
    }
}

/// The corpora say "cuatrimestre" for a quarter.
pub(super) fn third_as_quarter(tokens: &mut [Token]) {
    for token in tokens {
        token.meaning = match token.meaning {
            W::Unit(Unit::Third) => W::Unit(Unit::Quarter),
            W::Units(Unit::Third) => W::Units(Unit::Quarter),
            meaning => meaning,
        };
    }
}
