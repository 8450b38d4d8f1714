//! `wharfctl parse`: shows how messages are understood, with the code of the nlp service. Needs no
//! database and no broker.

use std::{
    io::{BufRead, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc, Weekday};
use clap::{Args, ValueEnum};
use serde::Deserialize;
use serde_json::{Value, json};
use wharf_domain::clock::Clock;
use wharf_nlp::understand::{
    Context, DialogueState, Language, Thresholds, Understanding,
    catalogue::{Catalogue, Resolution},
    understand,
};

use super::catalogue_file;

/// The languages of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LanguageArg {
    /// English
    En,
    /// Spanish
    Es,
}

impl From<LanguageArg> for Language {
    fn from(language: LanguageArg) -> Self {
        match language {
            LanguageArg::En => Self::English,
            LanguageArg::Es => Self::Spanish,
        }
    }
}

/// What messages are read against.
#[derive(Debug, Clone, Args)]
pub struct ReadingArgs {
    /// The instant of reading, RFC 3339 or a date; the machine's clock when absent.
    #[arg(long)]
    pub now: Option<String>,
    /// The sender's time zone, an IANA name.
    #[arg(long, default_value = "UTC")]
    pub time_zone: chrono_tz::Tz,
    /// The day weeks start on.
    #[arg(long, default_value = "monday")]
    pub week_start: Weekday,
    /// The company's names: CSV with the columns sku, name, aliases (separated by `;` or `|`) and,
    /// if wanted, kind (product, supplier, location). A row without a code and a kind is a supplier.
    #[arg(long, value_name = "FILE")]
    pub catalogue: Option<PathBuf>,
    /// The sender's language; found out from the words when absent.
    #[arg(long, value_enum)]
    pub language: Option<LanguageArg>,
    /// Thresholds of acting, asking and saying no, as JSON.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// The arguments of `wharfctl parse`.
///
/// With a message it prints for people how it is understood. Without, standard input holds one JSON
/// object {"text": …} a line, and each gives a JSON line: text, intent, confidence, decision,
/// entities, spans (in characters), alternatives, why, language, requests, catalogue.
#[derive(Debug, Clone, Args)]
pub struct Parse {
    /// A message.
    pub text: Option<String>,
    /// What it is read against.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// What [`ReadingArgs`] say, loaded.
#[derive(Debug)]
pub struct Loaded {
    now: DateTime<Utc>,
    time_zone: chrono_tz::Tz,
    week_start: Weekday,
    language: Option<Language>,
    catalogue: Option<Catalogue>,
    thresholds: Thresholds,
    dialogue: DialogueState,
}

impl Loaded {
    /// Reads the files that `args` name.
    ///
    /// # Errors
    /// When a file cannot be read, or `--now` is no instant.
    pub fn new(args: &ReadingArgs, clock: &dyn Clock) -> anyhow::Result<Self> {
        let thresholds = match &args.config {
            Some(file) => {
                let text = std::fs::read_to_string(file)
                    .with_context(|| format!("reading {}", file.display()))?;
                serde_json::from_str(&text).with_context(|| format!("in {}", file.display()))?
            }
            None => Thresholds::default(),
        };
        Ok(Self {
            now: match &args.now {
                Some(now) => instant(now, args.time_zone)?,
                None => clock.now(),
            },
            time_zone: args.time_zone,
            week_start: args.week_start,
            language: args.language.map(Into::into),
            catalogue: args
                .catalogue
                .as_deref()
                .map(catalogue_file::read)
                .transpose()?,
            thresholds,
            dialogue: DialogueState::default(),
        })
    }

    /// The context of reading one message.
    #[must_use]
    pub fn context(&self) -> Context<'_> {
        Context {
            catalogue: self.catalogue.as_ref(),
            dialogue: &self.dialogue,
            now: self.now,
            time_zone: self.time_zone,
            week_start: self.week_start,
            language: self.language,
            thresholds: &self.thresholds,
        }
    }
}

fn instant(text: &str, zone: chrono_tz::Tz) -> anyhow::Result<DateTime<Utc>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.to_utc());
    }
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
    let civil = text
        .parse::<NaiveDate>()
        .map(|date| date.and_time(noon))
        .or_else(|_| text.parse())
        .with_context(|| format!("`{text}` is no date and no RFC 3339 instant"))?;
    match civil.and_local_timezone(zone).earliest() {
        Some(local) => Ok(local.to_utc()),
        None => bail!("`{text}` does not exist in {zone}"),
    }
}

#[derive(Debug, Deserialize)]
struct Line {
    text: String,
}

/// Runs the command. The exit code is 1 when a line of the input was no message.
///
/// # Errors
/// When a file cannot be read or the output is closed.
pub fn run(
    args: &Parse,
    clock: &dyn Clock,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let loaded = Loaded::new(&args.reading, clock)?;
    if let Some(text) = &args.text {
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        show(text, &understand(text, &loaded.context()), colour, out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut code = ExitCode::SUCCESS;
    for line in input.lines() {
        let line = line.context("reading standard input")?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<Line>(&line) {
            Ok(line) => to_json(
                &line.text,
                &understand(&line.text, &loaded.context()),
                &loaded,
            ),
            Err(error) => {
                code = ExitCode::FAILURE;
                json!({"error": error.to_string()})
            }
        };
        writeln!(out, "{answer}")?;
    }
    Ok(code)
}

fn to_json(text: &str, understood: &Understanding, loaded: &Loaded) -> Value {
    let characters = |byte: usize| text.get(..byte).map_or(0, |before| before.chars().count());
    json!({
        "text": text.get(understood.text.clone()).unwrap_or(text),
        "intent": understood.intent,
        "confidence": rounded(understood.confidence),
        "decision": understood.decision,
        "entities": understood.entities,
        "spans": understood.spans.iter().map(|span| json!({
            "name": span.name,
            "start": characters(span.range.start),
            "end": characters(span.range.end),
            "text": text.get(span.range.clone()),
        })).collect::<Vec<_>>(),
        "alternatives": understood.alternatives.iter().filter(|(_, p)| *p > 0.0).map(|(intent, p)| json!({
            "intent": intent,
            "confidence": rounded(*p),
        })).collect::<Vec<_>>(),
        "why": understood.why(),
        "language": understood.language,
        "requests": understood.requests.iter().map(|part| to_json(text, part, loaded)).collect::<Vec<_>>(),
        "catalogue": understood.grounding.iter().map(|grounding| json!({
            "name": grounding.name,
            "match": resolution(&grounding.resolution, loaded.catalogue.as_ref()),
        })).collect::<Vec<_>>(),
    })
}

fn rounded(p: f32) -> f64 {
    (f64::from(p) * 1e4).round() / 1e4
}

fn resolution(resolution: &Resolution, catalogue: Option<&Catalogue>) -> Value {
    let item = |index: u32| {
        catalogue
            .and_then(|catalogue| catalogue.items().get(index as usize))
            .map(|item| json!({"sku": item.sku, "name": item.name}))
    };
    match resolution {
        Resolution::One {
            item: index,
            distance,
            score,
            partial,
        } => json!({
            "item": item(*index),
            "accepted": resolution.accepted().is_some(),
            "typing_errors": distance,
            "score": rounded(*score),
            "partial": partial,
        }),
        Resolution::Several(candidates) => json!({
            "candidates": candidates.iter().map(|candidate| item(candidate.item)).collect::<Vec<_>>(),
        }),
        Resolution::None { nearest } => json!({
            "nearest": nearest.iter().map(|index| item(*index)).collect::<Vec<_>>(),
        }),
    }
}

/// Prints for people.
fn show(
    text: &str,
    understood: &Understanding,
    colour: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let paint = |code: &str, text: &str| {
        if colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    };
    let decision = match understood.decision.as_str() {
        "accept" => paint("32", "accept"),
        "unknown" => paint("31", "unknown"),
        asking => paint("33", asking),
    };
    writeln!(
        out,
        "{}  {decision}  {:.0} %",
        paint("1", understood.intent.as_str()),
        100.0 * understood.confidence
    )?;
    for (name, value) in understood.entities.iter() {
        let place = understood
            .spans
            .iter()
            .find(|span| span.name == name)
            .and_then(|span| text.get(span.range.clone()))
            .filter(|written| *written != value)
            .map(|written| paint("2", &format!("  ({written})")))
            .unwrap_or_default();
        writeln!(out, "  {:<12} {}{place}", name.as_str(), paint("36", value))?;
    }
    writeln!(out, "  {}", paint("2", &understood.why().join(" · ")))?;
    for part in &understood.requests {
        let part_text = text.get(part.text.clone()).unwrap_or_default();
        writeln!(out, "{}", paint("2", &format!("— {}", part_text.trim())))?;
        show(text, part, colour, out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
