//! Date ranges as people write them in messages, in English and Spanish.
//!
//! `find` is a pure function of the text and a `DateContext`: no clock, no network,
//! no regular expressions. A text is cut into tokens (`token`), each token gets a
//! meaning from the tables of its language (`words_en`, `words_es`, through
//! `lexicon`), and a hand-written grammar (`parser` and the files it names) takes
//! the longest reading at each place. Every form looks a bounded number of tokens
//! ahead, so the time is linear in the text.
//!
//! What is ambiguous is read as a report needs it:
//! - a month, weekday or date without its year or month is the last one that began;
//! - a range includes the last period it names ("from 3 to 9 March" ends with the
//!   9th, "April to June" with 30 June);
//! - "last 7 days" are the seven days before today, "last week" the calendar week
//!   before this one, in weeks as the company counts them;
//! - "since" and "after" leave the end open; `label` closes it with today.
//!
//! To add a spelling, edit a word table; to add a form, write a method in the file of
//! its kind and offer it in `Parser::item_within` or `Parser::reading`.

use std::ops::Range;

use chrono::{NaiveDate, Weekday};

mod amount;
mod calendar;
mod compared;
mod fold;
mod holidays;
mod label;
mod lexicon;
mod lists;
mod named;
mod numbers;
mod numeric;
mod pairs;
mod parser;
mod parts;
mod point;
mod ranges;
mod relative;
mod tidy;
mod todate;
mod token;
mod weekdays;
mod weeks;
mod words;
mod words_en;
mod words_es;
mod written;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use label::label;

use parser::Parser;

/// A language the grammar knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English; day and month in digits are read month first.
    English,
    /// Spanish; day and month in digits are read day first.
    Spanish,
}

/// Whose meaning decides where businesses and the public test corpora (Microsoft
/// Recognizers-Text and Duckling) part ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Convention {
    /// As the senders of messages mean it: a pair includes the last period it names
    /// ("April to June" ends with 30 June), and so does the rest of a week.
    #[default]
    Business,
    /// As the corpora label it, for measurements against them: a pair ends where its
    /// last period begins, unless that is a day ("2014-2018" ends as 2018 begins);
    /// the rest of a period stops before the period's last day; a Spanish
    /// "cuatrimestre" is a quarter; a bare "season" follows Duckling's calendar.
    Corpora,
}

/// What a text is read against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateContext {
    /// The sender's civil date.
    pub today: NaiveDate,
    /// The day the company's weeks start on.
    pub week_start: Weekday,
    /// The language, where known. `None` tries both, English first, and reads dates
    /// in digits day first.
    pub language: Option<Language>,
    /// How readings that people disagree on are settled.
    pub convention: Convention,
}

impl DateContext {
    /// A context that reads as businesses do.
    #[must_use]
    pub fn new(today: NaiveDate, week_start: Weekday, language: Option<Language>) -> Self {
        Self {
            today,
            week_start,
            language,
            convention: Convention::Business,
        }
    }
}

/// A span of civil days, half-open: `end` is the first day after it. `None` is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CivilRange {
    /// The first day.
    pub start: Option<NaiveDate>,
    /// The day after the last.
    pub end: Option<NaiveDate>,
}

/// A range that has a name of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeName {
    /// `today`
    Today,
    /// `yesterday`
    Yesterday,
    /// `this_week`
    ThisWeek,
    /// `last_week`
    LastWeek,
    /// `this_month`
    ThisMonth,
    /// `last_month`
    LastMonth,
    /// `this_quarter`
    ThisQuarter,
    /// `last_quarter`
    LastQuarter,
    /// `this_year`
    ThisYear,
    /// `last_year`
    LastYear,
    /// `last_N_days`
    LastDays(u32),
}

/// The letters a weak word needs before `read` prefers it to a range still ahead.
const SURE_LENGTH: usize = 5;

/// A range found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateMatch {
    /// Where it stands: bytes of the text as given.
    pub span: Range<usize>,
    /// What it means.
    pub range: CivilRange,
    /// Its name, where it has one.
    pub name: Option<RangeName>,
    /// The words may mean something else: a bare year or weekday, "may", "the
    /// week", 1/2. A caller takes it where a range is expected.
    pub weak: bool,
}

/// The ranges of a text, left to right, not overlapping, each as long as it reads.
#[must_use]
pub fn find(text: &str, context: &DateContext) -> Vec<DateMatch> {
    match context.language {
        Some(language) => find_in(text, context, language),
        None => {
            let english = find_in(text, context, Language::English);
            let spanish = find_in(text, context, Language::Spanish);
            if weight(&spanish) > weight(&english) {
                spanish
            } else {
                english
            }
        }
    }
}

/// The one range a text asks for. Reports look back, so a range that has begun comes
/// before one still ahead; then a sure one before a weak one, the longer span before
/// the shorter, the first of equals. A weak word of few letters ("may", "now") is
/// too often another word to stand against any sure range.
#[must_use]
pub fn read(text: &str, context: &DateContext) -> Option<CivilRange> {
    let rank = |m: &DateMatch| {
        let begun = m.range.start.is_none_or(|start| start <= context.today);
        let class = match (begun, m.weak) {
            (true, false) => 3,
            (true, true) if m.span.len() >= SURE_LENGTH => 2,
            (false, false) => 1,
            _ => 0,
        };
        (class, m.span.len())
    };
    let mut best: Option<DateMatch> = None;
    for candidate in find(text, context) {
        if best
            .as_ref()
            .is_none_or(|held| rank(&candidate) > rank(held))
        {
            best = Some(candidate);
        }
    }
    best.map(|found| found.range)
}

/// How much of the text the readings explain; weak ones count for little.
fn weight(found: &[DateMatch]) -> usize {
    found
        .iter()
        .map(|m| if m.weak { 1 } else { 4 * m.span.len() })
        .sum()
}

fn find_in(text: &str, context: &DateContext, language: Language) -> Vec<DateMatch> {
    let mut tokens = token::cut(text, language);
    let mut found = Vec::new();
    if !tidy::any_date_word(&tokens) {
        return found;
    }
    if language == Language::Spanish && context.language.is_none() && tidy::no_word(&tokens) {
        // Digits alone were read with the English words already.
        return found;
    }
    if context.convention == Convention::Corpora {
        tidy::third_as_quarter(&mut tokens);
    }
    let parser = Parser {
        text,
        tokens: &tokens,
        context,
        language,
    };
    let mut at = 0;
    while at < tokens.len() {
        let reading = parser.may_start(at).then(|| parser.reading(at)).flatten();
        let Some((reading, next)) = reading else {
            at += 1;
            continue;
        };
        let end = tokens[next - 1].end;
        found.push(DateMatch {
            span: tokens[at].start..end,
            range: reading.range,
            name: reading.name,
            weak: reading.weak,
        });
        at = next;
    }
    found
}
