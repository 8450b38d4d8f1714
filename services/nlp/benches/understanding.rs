//! How long one message takes with a catalogue of 5,000 names, beside the regular expressions of
//! the specification (section 4.1) on the same messages in the same run.
//! `cargo bench -p wharf-nlp --bench understanding`

use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use regex::Regex;
use wharf_nlp::training::{corpus::Message, read_folder};
use wharf_nlp::understand::catalogue::{Catalogue, CatalogueItem, ItemKind};
use wharf_nlp::understand::{Context, DialogueState, Thresholds, understand};

const ROUNDS: usize = 20;

/// The patterns of section 4.1 of the specification, in its order.
const SPEC: [&str; 15] = [
    r"(?i)check (?:inventory|stock) (?:for|of) (.+)",
    r"(?i)how (?:much|many) (.+) (?:do we have|in stock)",
    r"(?i)(?:inventory|stock) (?:level|status) (.+)",
    r"(?i)^stock (.+)$",
    r"(?i)(?:show|view|list) (?:my |all )?alerts?",
    r"(?i)what alerts? (?:do I have|are active)",
    r"(?i)^alerts?$",
    r"(?i)(?:reorder|order|purchase) (.+)",
    r"(?i)create (?:po|purchase order) (?:for )?(.+)",
    r"(?i)need (?:to order|more) (.+)",
    r"(?i)^ack(?:nowledge)?$",
    r"(?i)acknowledge alert (\w+)",
    r"(?i)generate (.+) report",
    r"(?i)(?:create|make|build) report (?:for|on) (.+)",
    r"(?i)(.+) report (?:for )?(today|yesterday|this week|last week)",
];

/// 5,000 names: those of the training's name table, each in several kinds and makes.
fn catalogue() -> Catalogue {
    const MAKES: &str =
        "large,small,spare,bulk,Aurora,Nordik,Castell,Pixelo,Verdano,Kestrel,Halden,Tamsin";
    let mut kind = None;
    let mut items = Vec::new();
    for line in include_str!("../src/training/names.txt").lines() {
        kind = match line {
            "# product" => Some(ItemKind::Product),
            "# supplier" => Some(ItemKind::Supplier),
            line if line.starts_with("# ") => None,
            line => {
                let Some(kind) = kind else { continue };
                let makes = MAKES
                    .split(',')
                    .take(if kind == ItemKind::Product { 12 } else { 1 });
                for make in makes {
                    items.extend(line.split(", ").map(|name| CatalogueItem {
                        kind,
                        sku: (kind == ItemKind::Product).then(String::new),
                        name: if kind == ItemKind::Product {
                            format!("{make} {name}")
                        } else {
                            name.to_owned()
                        },
                        aliases: Vec::new(),
                    }));
                }
                Some(kind)
            }
        };
    }
    items.truncate(5_000);
    for (number, item) in items.iter_mut().enumerate() {
        if let Some(sku) = &mut item.sku {
            *sku = format!("WH-{}", 10_000 + number);
        }
    }
    Catalogue::build(items)
}

fn time(messages: &[Message], mut read: impl FnMut(&str)) -> Vec<Duration> {
    let mut times = Vec::with_capacity(messages.len() * ROUNDS);
    for round in 0..=ROUNDS {
        for message in messages {
            let began = Instant::now();
            read(&message.text);
            if round > 0 {
                times.push(began.elapsed());
            }
        }
    }
    times.sort_unstable();
    times
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let (_, messages) = read_folder(&folder).unwrap_or_default();
    let catalogue = catalogue();
    let thresholds = Thresholds::default();
    let dialogue = DialogueState::default();
    let context = Context {
        catalogue: Some(&catalogue),
        dialogue: &dialogue,
        now: chrono::DateTime::from_timestamp(1_773_835_200, 0).unwrap_or_default(),
        time_zone: chrono_tz::UTC,
        week_start: chrono::Weekday::Mon,
        language: None,
        thresholds: &thresholds,
    };
    let ours = time(&messages, |text| {
        black_box(understand(text, &context));
    });
    let patterns: Vec<Regex> = SPEC.iter().filter_map(|p| Regex::new(p).ok()).collect();
    let spec = time(&messages, |text| {
        black_box(patterns.iter().find_map(|pattern| pattern.captures(text)));
    });
    let hostile = [
        "9".repeat(1_600),
        "order ".repeat(267),
        "ñé漢🙏 ".repeat(320),
        "a-1 ".repeat(400),
    ];
    let worst = hostile
        .iter()
        .filter_map(|text| {
            (0..50)
                .map(|_| {
                    let began = Instant::now();
                    black_box(understand(text, &context));
                    began.elapsed()
                })
                .min()
        })
        .max()
        .unwrap_or_default();
    let at = |times: &[Duration], percent: usize| {
        times
            .get(times.len() * percent / 100)
            .copied()
            .unwrap_or_default()
    };
    let mut out = std::io::stdout();
    // Standard output closed: there is nobody left to tell.
    let _ = writeln!(
        out,
        "messages                    {}, catalogue of {} names",
        messages.len(),
        catalogue.items().len()
    );
    let _ = writeln!(
        out,
        "understand                  p50 {:?}, p99 {:?}",
        at(&ours, 50),
        at(&ours, 99)
    );
    let _ = writeln!(
        out,
        "the specification's regexes p50 {:?}, p99 {:?}",
        at(&spec, 50),
        at(&spec, 99)
    );
    let _ = writeln!(
        out,
        "ratio at p50                {:.1}",
        at(&ours, 50).as_secs_f64() / at(&spec, 50).as_secs_f64().max(1e-9)
    );
    let _ = writeln!(out, "1,600 hostile characters    {worst:?}");
}
