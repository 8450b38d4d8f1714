//! Conversations as data: text files below `conversations/`, whose README says how one is written.
//!
//! [`Script::parse`] reads one, [`pattern`] compares a reply with what was expected, [`play`] plays
//! it on a [`Stack`](crate::stack::Stack).

pub mod pattern;
pub mod play;

#[cfg(test)]
mod tests;

use std::fmt;

/// What stands for a reply that must not come.
pub const SILENCE: &str = "(silence)";

/// One conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Its first comment.
    pub title: String,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// One thing that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The line of the file that it begins at, from 1.
    pub line: usize,
    /// What.
    pub act: Act,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// `@hana [persona] [locale]`: who writes from here on.
    Speaker {
        /// A first name of the demo company, or an address.
        who: String,
        /// The persona to be set before; `none` takes it away.
        persona: Option<String>,
        /// The locale to be set before.
        locale: Option<String>,
    },
    /// `> text`: the speaker writes. Lines that follow each other are one message.
    Say {
        /// The text.
        text: String,
        /// `>^ text`: it quotes this many replies back; 1 is the last one.
        quotes: Option<usize>,
    },
    /// `< text`: Wharf answers this. Lines that follow each other are one reply.
    Hear(Vec<String>),
    /// `<~ text`: the same; those that follow each other come in any order.
    HearAmong(Vec<String>),
    /// `$ SQL`: the rows are made so before.
    Given(String),
    /// `= SQL => value, value`: the query's row now.
    Rows {
        /// The query.
        sql: String,
        /// Its one row's values with commas between them; empty: no row.
        expected: String,
    },
}

/// Why a file is no conversation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct ScriptError {
    /// From 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

impl Script {
    /// Reads a file's text.
    ///
    /// # Errors
    /// The first line that is none of the forms, or a script that says or expects nothing.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let mut title = String::new();
        let mut steps: Vec<Step> = Vec::new();
        // Whether the line before belongs to the same message.
        let mut joined = false;
        for (number, line) in text.lines().enumerate() {
            let number = number + 1;
            let line = line.trim_end();
            if line.is_empty() {
                joined = false;
                continue;
            }
            let fail = |why: &str| ScriptError {
                line: number,
                why: why.to_owned(),
            };
            let (mark, rest) = line.split_at(line.chars().next().map_or(0, char::len_utf8));
            let words = rest.strip_prefix(' ').unwrap_or(rest);
            let act = match mark {
                "#" => {
                    if title.is_empty() {
                        title = words.to_owned();
                    }
                    joined = false;
                    continue;
                }
                "@" => speaker(words).ok_or_else(|| fail("@ needs a name"))?,
                ">" => say(rest).map_err(fail)?,
                "<" => hear(rest),
                "$" => Act::Given(words.to_owned()),
                "=" => {
                    let parts = words.rsplit_once("=>");
                    let (sql, expected) = parts.ok_or_else(|| fail("= SQL => value"))?;
                    Act::Rows {
                        sql: sql.trim().to_owned(),
                        expected: expected.trim().to_owned(),
                    }
                }
                _ => return Err(fail("a line begins with one of # @ > < $ =")),
            };
            let before = steps
                .last_mut()
                .filter(|_| joined)
                .map(|step| &mut step.act);
            match (before, act) {
                (
                    Some(Act::Say { text, .. }),
                    Act::Say {
                        text: more,
                        quotes: None,
                    },
                ) => {
                    text.push('\n');
                    text.push_str(&more);
                }
                (Some(Act::Hear(lines) | Act::HearAmong(lines)), Act::Hear(more)) => {
                    lines.extend(more);
                }
                (_, act) => steps.push(Step { line: number, act }),
            }
            joined = true;
        }
        let script = Self { title, steps };
        script.check()?;
        Ok(script)
    }

    fn check(&self) -> Result<(), ScriptError> {
        let fail = |line, why: &str| {
            Err(ScriptError {
                line,
                why: why.to_owned(),
            })
        };
        if self.title.is_empty() {
            return fail(1, "the first comment is the title, and there is none");
        }
        let first = |wanted: fn(&Act) -> bool| self.steps.iter().find(|step| wanted(&step.act));
        let spoken = first(|act| matches!(act, Act::Say { .. }));
        let speaker = first(|act| matches!(act, Act::Speaker { .. }));
        match (spoken, speaker) {
            (None, _) => fail(1, "nobody says anything"),
            (Some(say), Some(speaker)) if speaker.line < say.line => Ok(()),
            (Some(say), _) => fail(say.line, "nobody was named with @ to say this"),
        }
    }
}

fn speaker(words: &str) -> Option<Act> {
    let mut words = words.split_whitespace().map(str::to_owned);
    Some(Act::Speaker {
        who: words.next()?,
        persona: words.next(),
        locale: words.next(),
    })
}

/// What follows the `<`.
fn hear(rest: &str) -> Act {
    let line = |rest: &str| vec![rest.strip_prefix(' ').unwrap_or(rest).to_owned()];
    match rest.strip_prefix('~') {
        Some(rest) => Act::HearAmong(line(rest)),
        None => Act::Hear(line(rest)),
    }
}

/// What follows the `>`.
fn say(rest: &str) -> Result<Act, &'static str> {
    let (quotes, text) = match rest.strip_prefix('^') {
        None => (None, rest),
        Some(rest) => {
            let (back, text) = rest.split_once(' ').unwrap_or((rest, ""));
            let back = if back.is_empty() { Ok(1) } else { back.parse() };
            let back = back.map_err(|_| ">^ or >^2, then a blank and the text")?;
            (Some(back), text)
        }
    };
    Ok(Act::Say {
        text: text.strip_prefix(' ').unwrap_or(text).to_owned(),
        quotes,
    })
}

/// A script as it stands in a file; what [`Script::parse`] reads back.
impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}", self.title)?;
        let mut before: Option<&Act> = None;
        for Step { act, .. } in &self.steps {
            let apart = !matches!(
                (before, act),
                (Some(Act::Say { .. }), Act::Hear(_) | Act::HearAmong(_))
                    | (Some(Act::Given(_)), Act::Given(_))
                    | (Some(Act::Rows { .. }), Act::Rows { .. })
            );
            if apart {
                writeln!(f)?;
            }
            match act {
                Act::Speaker {
                    who,
                    persona,
                    locale,
                } => {
                    let words = [Some(who), persona.as_ref(), locale.as_ref()];
                    let words: Vec<_> = words.into_iter().flatten().map(String::as_str).collect();
                    writeln!(f, "@{}", words.join(" "))?;
                }
                Act::Say { text, quotes } => {
                    let mark = match quotes {
                        None => ">".to_owned(),
                        Some(1) => ">^".to_owned(),
                        Some(back) => format!(">^{back}"),
                    };
                    for (number, line) in text.split('\n').enumerate() {
                        let mark = if number == 0 { &mark } else { ">" };
                        writeln!(f, "{}", format!("{mark} {line}").trim_end())?;
                    }
                }
                Act::Hear(lines) | Act::HearAmong(lines) => {
                    let among = matches!(act, Act::HearAmong(_));
                    for (number, line) in lines.iter().enumerate() {
                        let mark = if among && number == 0 { "<~" } else { "<" };
                        writeln!(f, "{}", format!("{mark} {line}").trim_end())?;
                    }
                }
                Act::Given(sql) => writeln!(f, "$ {sql}")?,
                Act::Rows { sql, expected } => {
                    writeln!(f, "{}", format!("= {sql} => {expected}").trim_end())?;
                }
            }
            before = Some(act);
        }
        Ok(())
    }
}
