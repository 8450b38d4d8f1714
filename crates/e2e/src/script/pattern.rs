//! Comparing a reply with the lines that a script expects.
//!
//! `…` stands for any characters of a line; a line that is nothing but `…` for any lines. All else
//! must be there as it stands.

use std::sync::LazyLock;

use regex::Regex;

/// Stands for anything.
pub const ANYTHING: char = '…';

/// Whether `reply` is what `expected` says, line for line.
#[must_use]
pub fn matches(expected: &[String], reply: &str) -> bool {
    let reply: Vec<&str> = reply.lines().map(str::trim_end).collect();
    lines_match(expected, &reply)
}

fn lines_match(expected: &[String], reply: &[&str]) -> bool {
    let is_any = |line: &str| line.chars().eq([ANYTHING]);
    glob(
        expected,
        reply,
        |line| is_any(line),
        |pattern, line| {
            let (pattern, line): (Vec<char>, Vec<char>) =
                (pattern.chars().collect(), line.chars().collect());
            glob(&pattern, &line, |c| *c == ANYTHING, |a, b| a == b)
        },
    )
}

/// Whether `text` is what `pattern` says, where an item that `any` holds for stands for any run.
/// Takes |pattern| x |text| steps at most: only the last `any` is ever tried again.
fn glob<P, T>(
    pattern: &[P],
    text: &[T],
    any: impl Fn(&P) -> bool,
    same: impl Fn(&P, &T) -> bool,
) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p).is_some_and(&any) {
            retry = Some((p, t));
            p += 1;
        } else if pattern.get(p).is_some_and(|item| same(item, &text[t])) {
            p += 1;
            t += 1;
        } else if let Some((star, from)) = retry {
            retry = Some((star, from + 1));
            p = star + 1;
            t = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(any)
}

/// A regular expression that is known to be one.
fn known(pattern: &str) -> Regex {
    match Regex::new(pattern) {
        Ok(regex) => regex,
        Err(error) => panic!("{pattern}: {error}"),
    }
}

/// What is another at every run: links, days, times, sizes of files, milliseconds.
static VOLATILE: LazyLock<Regex> = LazyLock::new(|| {
    known(
        r"https?://\S+|\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z| \d{2}:\d{2})?|\b\d{1,2}:\d{2}\b|\b\d+(\.\d+)? (KB|MB)\b|\b\d+ ?ms\b",
    )
});

/// A reply as a script expects it: what changes from run to run is left open.
#[must_use]
pub fn of_reply(reply: &str) -> Vec<String> {
    let open = |line: &str| {
        let line = VOLATILE.replace_all(line.trim_end(), "…");
        line.into_owned()
    };
    reply.lines().map(open).collect()
}
