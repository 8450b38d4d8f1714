//! Feeds mutated messages to `understand` for a bounded time: WHARF_FUZZ_SECONDS, 2 when absent.
//! Seeds are the labelled messages; the mutator is seeded by WHARF_FUZZ_SEED, so that a failure can
//! be had again. It needs no nightly compiler, so it runs in `make test` as it is; for a long run:
//! `WHARF_FUZZ_SECONDS=600 cargo test -p wharf-nlp --release fuzz`.

use std::path::Path;
use std::time::{Duration, Instant};

use chrono::Weekday;

use super::super::training::{random::Random, read_folder};
use super::*;

/// Pieces that have broken parsers before.
const PIECES: &[&str] = &[
    "\u{202e}",
    "\u{200d}",
    "\u{feff}",
    "e\u{301}",
    "ﷺ",
    "🏳️‍🌈",
    "İ",
    "ß",
    "Å",
    "½",
    "٣",
    "𝟜",
    "'s",
    "''",
    "--",
    "//",
    "#",
    "1e9",
    "0x",
    "-0",
    "999999999999999999999",
    "1/2/3/4",
    "..",
    "…",
    "\0",
    "\n\n",
    "a-1-b_2/c",
    "half a",
    "one hundred and",
    "y",
    "last",
    "since",
    "q5",
    "31/02",
    "((((",
    "\\",
    "\"",
];

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

fn mutated(seed: &str, other: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = seed.chars().collect();
    for _ in 0..=random.below(6) {
        let at = random.below(letters.len() + 1);
        let until = at + random.below(letters.len() - at + 1).min(12);
        match random.below(6) {
            0 => drop(letters.drain(at..until)),
            1 => {
                let copy = letters[at..until].repeat(1 + random.below(30));
                letters.splice(at..at, copy);
            }
            2 => letters.reverse(),
            3 => drop(letters.splice(at..until, other.chars())),
            _ => {
                let piece = random.pick(PIECES).copied().unwrap_or_default();
                letters.splice(at..at, piece.chars());
            }
        }
    }
    letters.into_iter().take(4_000).collect()
}

#[test]
fn mutated_messages_never_break_understanding() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let (seeds, _) = read_folder(&folder).unwrap();
    let seed = variable("WHARF_FUZZ_SEED", 1);
    let until = Instant::now() + Duration::from_secs(variable("WHARF_FUZZ_SECONDS", 2));
    let mut random = Random::new(seed);
    let thresholds = Thresholds::default();
    let dialogue = DialogueState::default();
    let mut runs = 0_usize;
    while Instant::now() < until {
        let text = mutated(
            &random.pick(&seeds).unwrap().text,
            &random.pick(&seeds).unwrap().text,
            &mut random.clone(),
        );
        random.draw();
        let context = Context {
            catalogue: None,
            dialogue: &dialogue,
            now: "2026-03-18T12:00:00Z".parse().unwrap(),
            time_zone: chrono_tz::UTC,
            week_start: Weekday::Mon,
            language: None,
            thresholds: &thresholds,
        };
        let outcome = std::panic::catch_unwind(|| understand(&text, &context));
        let Ok(understood) = outcome else {
            panic!("seed {seed}, run {runs}: {text:?}");
        };
        for span in &understood.spans {
            assert!(text.get(span.range.clone()).is_some(), "{text:?}");
        }
        runs += 1;
    }
    assert!(runs > 100, "only {runs} messages in the time given");
}
