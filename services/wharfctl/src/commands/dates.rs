//! `wharfctl dates`: reads the date range of a text with the grammar of the nlp service.

use std::{
    io::{BufRead, Write},
    process::ExitCode,
};

use anyhow::Context as _;
use chrono::{NaiveDate, Weekday};
use clap::{Args, ValueEnum};
use serde::Deserialize;
use serde_json::{Value, json};
use wharf_domain::clock::Clock;
use wharf_nlp::understand::{
    Language,
    dates::{Convention, DateContext, read},
};

use super::parse::LanguageArg;

/// Whose meaning decides where people disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConventionArg {
    /// As the senders of messages mean it
    Business,
    /// As the public test corpora are labelled
    Corpora,
}

/// The arguments of `wharfctl dates`.
///
/// With --jsonl standard input holds one JSON object {"text", "ref", "language"} a line; each gives
/// {"start", "end"} (the end excluded, null where open) or null when the text names no range.
#[derive(Debug, Clone, Args)]
pub struct Dates {
    /// A text.
    #[arg(required_unless_present = "jsonl")]
    pub text: Option<String>,
    /// Standard input holds one text a line, as JSON.
    #[arg(long, conflicts_with = "text")]
    pub jsonl: bool,
    /// The date of reading, where a line has no `ref`; today in UTC when absent.
    #[arg(long)]
    pub now: Option<NaiveDate>,
    /// The day weeks start on.
    #[arg(long, default_value = "monday")]
    pub week_start: Weekday,
    /// The language, where a line has none.
    #[arg(long, value_enum)]
    pub language: Option<LanguageArg>,
    /// Whose meaning decides; `corpora` with --jsonl when absent, else `business`.
    #[arg(long, value_enum)]
    pub convention: Option<ConventionArg>,
}

#[derive(Debug, Deserialize)]
struct Line {
    text: String,
    #[serde(rename = "ref")]
    reference: Option<String>,
    language: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When a line is no such object, a `ref` is no date, or the output is closed.
pub fn run(
    args: &Dates,
    clock: &dyn Clock,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let today = args.now.unwrap_or_else(|| clock.now().date_naive());
    let language = args.language.map(Language::from);
    if let Some(text) = &args.text {
        writeln!(out, "{}", range(args, text, today, language))?;
        return Ok(ExitCode::SUCCESS);
    }
    for (number, line) in input.lines().enumerate() {
        let line = line.context("reading standard input")?;
        if line.trim().is_empty() {
            continue;
        }
        let at = || format!("line {}", number + 1);
        let line: Line = serde_json::from_str(&line).with_context(at)?;
        let today = match &line.reference {
            Some(reference) => day(reference).with_context(at)?,
            None => today,
        };
        let language = match line.language.as_deref() {
            Some(name) if name.starts_with("es") => Some(Language::Spanish),
            Some(name) if name.starts_with("en") => Some(Language::English),
            _ => language,
        };
        writeln!(out, "{}", range(args, &line.text, today, language))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The date of `2026-03-18` or `2026-03-18T09:00:00…`.
fn day(reference: &str) -> anyhow::Result<NaiveDate> {
    let date = reference.split(['T', ' ']).next().unwrap_or(reference);
    date.parse()
        .with_context(|| format!("`{reference}` is no date"))
}

fn range(args: &Dates, text: &str, today: NaiveDate, language: Option<Language>) -> Value {
    let mut context = DateContext::new(today, args.week_start, language.map(Into::into));
    context.convention = match args.convention {
        Some(ConventionArg::Corpora) => Convention::Corpora,
        Some(ConventionArg::Business) => Convention::Business,
        None if args.jsonl => Convention::Corpora,
        None => Convention::Business,
    };
    read(text, &context).map_or(
        Value::Null,
        |range| json!({"start": range.start, "end": range.end}),
    )
}

#[cfg(test)]
mod tests {
    use wharf_domain::clock::SystemClock;

    use super::*;

    #[test]
    fn each_line_gets_a_range_or_null() {
        let args = Dates {
            text: None,
            jsonl: true,
            now: None,
            week_start: Weekday::Mon,
            language: None,
            convention: None,
        };
        let input = concat!(
            "{\"text\": \"sales last week\", \"ref\": \"2026-03-18T10:00:00\", \"language\": \"en\"}\n",
            "{\"text\": \"ventas de ayer\", \"ref\": \"2026-03-18\", \"language\": \"es\"}\n",
            "{\"text\": \"mops\", \"ref\": \"2026-03-18\", \"language\": \"en\"}\n",
        );
        let mut out = Vec::new();
        run(&args, &SystemClock, &mut input.as_bytes(), &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            concat!(
                "{\"end\":\"2026-03-16\",\"start\":\"2026-03-09\"}\n",
                "{\"end\":\"2026-03-18\",\"start\":\"2026-03-17\"}\n",
                "null\n",
            )
        );
    }
}
