//! Finds several requests in one message: "close alert 9 and order 40 mops". A message is cut only
//! where a new sentence or a joining word is followed by something that is a sure request by
//! itself, and only when what is left before is one too. At most [`MOST`] requests.

use std::ops::Range;
use std::sync::LazyLock;

use super::hashing;
use super::lexemes::Lexeme;
use super::words::Shape;

/// The most requests taken from one message.
pub(super) const MOST: usize = 3;

/// Fewer tokens make no request of their own.
const SHORTEST: usize = 2;

/// Tokens of a message that may be several requests; a longer one is a pasted text, and each part
/// of it would be read again. The longest of the labelled messages has 56.
const LONGEST: usize = 150;

static JOINERS: LazyLock<[u64; 9]> = LazyLock::new(|| {
    [
        "and", "then", "also", "plus", "y", "luego", "tambien", "ademas", "after",
    ]
    .map(hashing::of)
});

/// Places where a second request may begin, as byte ranges of the plain text between the parts.
pub(super) fn places(plain: &str, lexemes: &[Lexeme]) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = Vec::new();
    if lexemes.len() > LONGEST {
        return places;
    }
    let mut at = SHORTEST;
    while at + SHORTEST < lexemes.len() + 1 && places.len() < 2 * MOST {
        let start = at;
        while at < lexemes.len() && joins(plain, &lexemes[at]) {
            at += 1;
        }
        if at > start {
            if lexemes.len() - at >= SHORTEST {
                places.push(lexemes[start].token.start as usize..lexemes[at].token.start as usize);
            }
        } else {
            let gap = plain
                .get(lexemes[at - 1].token.end as usize..lexemes[at].token.start as usize)
                .unwrap_or("");
            if gap.contains('\n') && lexemes.len() - at >= SHORTEST {
                let line = lexemes[at].token.start as usize;
                places.push(line..line);
            }
            at += 1;
        }
    }
    places
}

fn joins(plain: &str, lexeme: &Lexeme) -> bool {
    match lexeme.token.shape {
        Shape::Mark => matches!(
            lexeme.token.text(plain),
            "." | ";" | "!" | "?" | "," | "&" | "+"
        ),
        Shape::Word => JOINERS.contains(&lexeme.key),
        _ => false,
    }
}
