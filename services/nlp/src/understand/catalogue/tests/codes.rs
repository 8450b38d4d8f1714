//! How often misspelt codes are read right, offered, asked about and wrongly accepted, in catalogues
//! of several makes, and what becomes of codes that the catalogue does not have.

use std::collections::BTreeSet;

use super::super::{Catalogue, CatalogueItem, ItemKind, Resolution};
use super::generator::{Rng, misspell};

const COUNT: usize = 5_000;

/// A make of codes.
struct Make {
    name: &'static str,
    code: fn(&mut Rng) -> String,
    /// Per cent that are at least accepted or offered with one and with two errors.
    least: [f64; 2],
}

fn letters(rng: &mut Rng, count: usize) -> String {
    (0..count)
        .map(|_| char::from(b'A' + rng.below(26) as u8))
        .collect()
}

fn digits(rng: &mut Rng, count: usize) -> String {
    (0..count)
        .map(|_| char::from(b'0' + rng.below(10) as u8))
        .collect()
}

fn prefix(rng: &mut Rng) -> &'static str {
    const PREFIXES: [&str; 10] = [
        "WID", "BLT", "GLV", "HX", "KL", "PMP", "CBL", "TAP", "NUT", "FLT",
    ];
    PREFIXES[rng.below(PREFIXES.len())]
}

const MAKES: [Make; 8] = [
    Make {
        name: "WID-1001, ten full families",
        code: |rng| format!("{}-{}", prefix(rng), 1_001 + rng.below(505)),
        least: [70.0, 38.0],
    },
    Make {
        name: "WID-1234, one in six exists",
        code: |rng| format!("{}-{}", prefix(rng), 1_000 + rng.below(3_000)),
        least: [65.0, 42.0],
    },
    Make {
        name: "WID-123456, ten families",
        code: |rng| format!("{}-{}", prefix(rng), digits(rng, 6)),
        least: [96.0, 90.0],
    },
    Make {
        name: "AB-1234, any",
        code: |rng| format!("{}-{}", letters(rng, 2), digits(rng, 4)),
        least: [96.0, 76.0],
    },
    Make {
        name: "ABC-1234, any",
        code: |rng| format!("{}-{}", letters(rng, 3), digits(rng, 4)),
        least: [98.0, 95.0],
    },
    Make {
        name: "AB12345, any",
        code: |rng| format!("{}{}", letters(rng, 2), digits(rng, 5)),
        least: [97.0, 92.0],
    },
    Make {
        name: "A1 to ABCD-123456, any",
        code: |rng| {
            let (a, b) = (1 + rng.below(4), 3 + rng.below(4));
            format!("{}-{}", letters(rng, a), digits(rng, b))
        },
        least: [95.0, 85.0],
    },
    Make {
        name: "AB-123-XY, three parts",
        code: |rng| format!("{}-{}-{}", letters(rng, 2), digits(rng, 3), letters(rng, 2)),
        least: [98.0, 97.0],
    },
];

/// The other way to misspell: every letter or digit may become any other.
fn misspell_evenly(rng: &mut Rng, code: &str) -> String {
    let mut letters: Vec<char> = code.chars().collect();
    let at = rng.below(letters.len());
    let any = |rng: &mut Rng, like: char| match like.is_ascii_digit() {
        true => char::from(b'0' + rng.below(10) as u8),
        false => char::from(b'a' + rng.below(26) as u8),
    };
    match rng.below(4) {
        0 => drop(letters.remove(at)),
        1 => {
            let at = at.min(letters.len() - 2);
            letters.swap(at, at + 1);
        }
        2 if rng.chance(50) => letters.insert(at, letters[at]),
        2 => {
            let new = any(rng, letters[at]);
            letters.insert(at, new);
        }
        _ => letters[at] = any(rng, letters[at]),
    }
    letters.into_iter().collect()
}

fn squeeze(code: &str) -> String {
    code.chars()
        .filter(|c| c.is_alphanumeric())
        .collect::<String>()
        .to_lowercase()
}

/// What became of the messages of one row.
#[derive(Debug, Default, Clone, Copy)]
struct Row {
    all: u32,
    accepted: u32,
    offered: u32,
    first: u32,
    listed: u32,
    asked: u32,
    none: u32,
    wrongly_offered: u32,
    wrongly_accepted: u32,
}

impl Row {
    fn note(&mut self, found: &Resolution, meant: Option<u32>) {
        self.all += 1;
        let counter = match found {
            Resolution::One { item, .. } => {
                match (Some(*item) == meant, found.accepted().is_some()) {
                    (true, true) => &mut self.accepted,
                    (true, false) => &mut self.offered,
                    (false, true) => &mut self.wrongly_accepted,
                    (false, false) => &mut self.wrongly_offered,
                }
            }
            Resolution::Several(list) if Some(list[0].item) == meant => &mut self.first,
            Resolution::Several(list) if list.iter().any(|one| Some(one.item) == meant) => {
                &mut self.listed
            }
            Resolution::Several(_) => &mut self.asked,
            Resolution::None { .. } => &mut self.none,
        };
        *counter += 1;
    }

    fn part(&self, count: u32) -> f64 {
        100.0 * f64::from(count) / f64::from(self.all.max(1))
    }

    /// Read right, or offered with one question.
    fn right(&self) -> f64 {
        self.part(self.accepted + self.offered)
    }

    /// Read right, offered, or a line of the numbered question.
    fn answered(&self) -> f64 {
        self.part(self.accepted + self.offered + self.first + self.listed)
    }

    fn print(&self, name: &str, errors: &str) {
        let p = |count| self.part(count);
        println!(
            "| {name} | {errors} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.2} |",
            self.answered(),
            p(self.accepted),
            p(self.offered),
            p(self.first),
            p(self.listed),
            p(self.asked),
            p(self.none),
            p(self.wrongly_offered),
            p(self.wrongly_accepted)
        );
    }

    fn add(&mut self, other: &Row) {
        self.all += other.all;
        self.accepted += other.accepted;
        self.offered += other.offered;
        self.first += other.first;
        self.listed += other.listed;
        self.asked += other.asked;
        self.none += other.none;
        self.wrongly_offered += other.wrongly_offered;
        self.wrongly_accepted += other.wrongly_accepted;
    }
}

/// The rows of a make: none, one and two errors, and codes that the catalogue does not have.
fn measure(make: &Make, seed: u64, samples: usize) -> [Row; 4] {
    let mut rng = Rng(seed);
    let mut codes = BTreeSet::new();
    while codes.len() < COUNT {
        codes.insert((make.code)(&mut rng));
    }
    let codes: Vec<String> = codes.into_iter().collect();
    let taken: BTreeSet<String> = codes.iter().map(|code| squeeze(code)).collect();
    let catalogue = Catalogue::build(codes.iter().map(|code| CatalogueItem {
        kind: ItemKind::Product,
        sku: Some(code.clone()),
        name: format!("{} {}", letters(&mut rng, 6), letters(&mut rng, 7)),
        aliases: Vec::new(),
    }));
    let mut rows = [Row::default(); 4];
    let mut tries = 0;
    for (errors, row) in rows.iter_mut().enumerate() {
        while row.all < samples as u32 && tries < 20 * samples {
            tries += 1;
            let place = rng.below(COUNT);
            let (mut text, meant) = match errors {
                3 => ((make.code)(&mut rng), None),
                _ => (codes[place].to_lowercase(), Some(place as u32)),
            };
            for _ in 0..if meant.is_some() { errors } else { 0 } {
                text = match tries % 2 {
                    0 => misspell(&mut rng, &text, true),
                    _ => misspell_evenly(&mut rng, &text),
                };
            }
            let other = taken.contains(&squeeze(&text));
            // What is another code by letter and digit, nobody could tell.
            if other && meant.is_none_or(|meant| squeeze(&codes[meant as usize]) != squeeze(&text))
            {
                continue;
            }
            row.note(&catalogue.resolve(Some(ItemKind::Product), &text), meant);
        }
    }
    rows
}

/// The table of docs/understanding.md: `SEED=8 SAMPLES=2000 cargo test -p wharf-nlp --lib
/// codes_table -- --nocapture` measures other catalogues.
#[test]
fn codes_table() {
    let number = |name: &str, usual: u64| {
        std::env::var(name).map_or(usual, |value| value.parse().expect("a number"))
    };
    let (seed, samples) = (number("SEED", 7), number("SAMPLES", 200) as usize);
    println!(
        "| codes | errors | reached | accepted | offered | asked, right first | asked, right in the list | asked, not in the list | not found | wrongly offered | wrongly accepted |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let mut sums = [Row::default(); 4];
    for make in &MAKES {
        let rows = measure(make, seed, samples);
        for ((row, errors), sum) in rows.iter().zip(["0", "1", "2", "not there"]).zip(&mut sums) {
            row.print(make.name, errors);
            sum.add(row);
            // Of each make, with room for chance; of all together below.
            assert!(
                row.part(row.wrongly_accepted) <= 1.5,
                "{}, {errors}",
                make.name
            );
        }
        assert!(rows[0].part(rows[0].accepted) >= 99.0, "{}", make.name);
        for (row, least) in rows[1..].iter().zip(make.least) {
            assert!(row.right() >= least, "{}: {:.1} %", make.name, row.right());
        }
    }
    for (sum, errors) in sums.iter().zip(["0", "1", "2", "not there"]) {
        sum.print("all", errors);
        let wrong = sum.part(sum.wrongly_accepted);
        assert!(wrong <= 0.5, "{errors}: {wrong:.2} % wrongly accepted");
    }
}
