//! Any text is answered, within its own bounds and in bounded work.

use std::time::Instant;

use proptest::prelude::*;

use super::super::tree::Tree;
use super::super::{Catalogue, fold, spell};
use super::generator::{Rng, misspell, world};

fn small() -> &'static Catalogue {
    static SMALL: std::sync::OnceLock<Catalogue> = std::sync::OnceLock::new();
    SMALL.get_or_init(|| Catalogue::build(world(&mut Rng(3), 300).items))
}

proptest! {
    #[test]
    fn any_text_is_answered(text in ".{0,200}") {
        let catalogue = small();
        let folded = fold(&text);
        prop_assert_eq!(&fold(&folded), &folded);
        for hit in catalogue.find_all(&folded) {
            prop_assert!(folded.get(hit.span).is_some());
        }
        for hit in catalogue.find_fuzzy(&folded) {
            prop_assert!(folded.get(hit.span).is_some());
        }
        prop_assert_eq!(catalogue.resolve(None, &text), catalogue.resolve(None, &text));
    }

    #[test]
    fn words_of_names_in_any_order_are_answered(seed in any::<u64>()) {
        let catalogue = small();
        let mut rng = Rng(seed);
        let mut text = String::new();
        for _ in 0..rng.below(8) {
            let name = &catalogue.items()[rng.below(300)].name;
            text.push_str(name.split(' ').next().unwrap_or(""));
            text.push_str(["", " ", "-", "'", " of "][rng.below(5)]);
        }
        let text = if text.is_empty() { text } else { misspell(&mut rng, &text, true) };
        catalogue.resolve(None, &text);
        catalogue.find_fuzzy(&text);
        catalogue.find_all(&text);
    }

    #[test]
    fn the_tree_finds_what_the_distance_says(
        codes in prop::collection::btree_set("[a-c]{1,2}[0-3]{1,5}", 1..60),
        written in "[a-c]{0,3}[0-3]{1,6}",
        edits in 1..=2u8,
    ) {
        let codes: Vec<Vec<char>> = codes.iter().map(|code| code.chars().collect()).collect();
        let written: Vec<char> = written.chars().collect();
        let max = spell::limit(edits);
        let mut found = Vec::new();
        Tree::of(codes.iter().map(Vec::as_slice))
            .near(&written, max, |place, cost| found.push((place as usize, cost)));
        let near = codes.iter().map(|code| spell::distance(&written, code, max)).enumerate();
        let near: Vec<_> = near.filter(|(_, cost)| *cost != spell::FAR).collect();
        prop_assert_eq!(found, near);
    }

    #[test]
    fn a_name_means_itself(index in 0..300usize) {
        let catalogue = small();
        let name = &catalogue.items()[index].name;
        prop_assert_eq!(catalogue.resolve(None, name).accepted(), Some(index as u32));
        let hits = catalogue.find_all(&fold(name));
        prop_assert_eq!(hits.len(), 1);
        prop_assert_eq!(hits[0].item, index as u32);
    }
}

fn print_micros(name: &str, runs: Vec<u128>) {
    let mut nanos = runs;
    nanos.sort_unstable();
    let at = |part: usize| nanos[(nanos.len() - 1) * part / 100] as f64 / 1_000.0;
    println!(
        "{name:<36} p50 {:>8.1} us  p99 {:>8.1} us  max {:>8.1} us",
        at(50),
        at(99),
        at(100)
    );
}

/// Prints microseconds, asserts none: a busy machine is no defect.
#[test]
fn catalogue_microseconds() {
    let mut rng = Rng(11);
    let world = world(&mut rng, 5_000);
    let start = Instant::now();
    let catalogue = Catalogue::build(world.items.iter().cloned());
    println!(
        "build of 5,000 names: {:.0} ms",
        start.elapsed().as_secs_f64() * 1_000.0
    );
    for errors in 0..3 {
        let (mut resolve, mut all, mut fuzzy) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..300 {
            let mut name = world.items[rng.below(5_000)].name.to_lowercase();
            for _ in 0..errors {
                name = misspell(&mut rng, &name, false);
            }
            let text = format!("please order 50 {name} from carter and sons today");
            let time = |run: &dyn Fn()| {
                // The least of three: the machine may be busy with something else.
                let once = |_| {
                    let start = Instant::now();
                    run();
                    start.elapsed().as_nanos()
                };
                (0..3).map(once).min().unwrap_or_default()
            };
            resolve.push(time(&|| drop(catalogue.resolve(None, &name))));
            all.push(time(&|| drop(catalogue.find_all(&text))));
            fuzzy.push(time(&|| drop(catalogue.find_fuzzy(&text))));
        }
        print_micros(&format!("resolve, {errors} errors"), resolve);
        print_micros(&format!("find_all, {errors} errors"), all);
        print_micros(&format!("find_fuzzy, {errors} errors"), fuzzy);
    }
    let hostile = [
        "1".repeat(1_600),
        "a ".repeat(800),
        "steel ".repeat(266),
        "stel ".repeat(320),
        "glv-1001 ".repeat(177),
        "glvoesteelbolts".repeat(106),
        "glovesteelcottonbluenitrilewash ".repeat(50),
        "é".repeat(800),
        "m8x40m8x40".repeat(160),
    ];
    for text in &hostile {
        let once = |_| {
            let start = Instant::now();
            let found = catalogue.find_all(text).len() + catalogue.find_fuzzy(text).len();
            catalogue.resolve(None, text);
            (start.elapsed().as_micros(), found)
        };
        let (micros, found) = (0..5).map(once).min().unwrap_or_default();
        let head: String = text.chars().take(20).collect();
        println!("hostile {head:<22} {micros:>6} us, {found} found");
    }
}
