//! How often names are found, asked about, missed and wrongly accepted, on a fixed seed.

use std::collections::{HashMap, HashSet};

use super::super::{Catalogue, CatalogueItem, ItemKind, Resolution, fold};
use super::generator::{Rng, World, misspell, world};

/// Instead of a number of errors: a clean name that the catalogue does not have.
const FOREIGN: usize = 9;

#[derive(Default, Clone, Copy)]
struct Tally {
    right: u32,
    asked: u32,
    offered: u32,
    wrong: u32,
    none: u32,
}

impl Tally {
    fn total(&self) -> f64 {
        f64::from(self.right + self.asked + self.wrong + self.none)
    }
    fn right(&self) -> f64 {
        100.0 * f64::from(self.right) / self.total()
    }
    fn wrong(&self) -> f64 {
        100.0 * f64::from(self.wrong) / self.total()
    }
    fn offered(&self) -> f64 {
        100.0 * f64::from(self.offered) / self.total()
    }
    fn print(&self, name: &str) {
        let part = |n: u32| 100.0 * f64::from(n) / self.total();
        println!(
            "{name:<28} {:>6} {:>7.2} {:>7.2} {:>9.2} {:>7.2} {:>7.2}",
            self.total(),
            part(self.right),
            part(self.asked),
            part(self.offered),
            part(self.none),
            part(self.wrong)
        );
    }
    fn add(&mut self, other: &Tally) {
        self.right += other.right;
        self.asked += other.asked;
        self.offered += other.offered;
        self.wrong += other.wrong;
        self.none += other.none;
    }
}

/// Who already has a name or code, so that no test asks for what nobody could know.
struct Taken {
    names: HashMap<String, usize>,
    codes: HashMap<String, usize>,
    firms: HashSet<String>,
}

impl Taken {
    fn new(world: &World) -> Taken {
        let items = || world.items.iter().enumerate();
        Taken {
            names: items()
                .map(|(index, item)| (fold(&item.name), index))
                .collect(),
            codes: items()
                .filter_map(|(index, item)| Some((squeeze(item.sku.as_ref()?), index)))
                .collect(),
            firms: items().map(|(_, item)| firm(&item.name)).collect(),
        }
    }

    /// Whether a text is, letter for letter, the name or code of an item other than `meant`.
    fn by_other(&self, meant: Option<usize>, text: &str) -> bool {
        let owners = [self.names.get(text), self.codes.get(&squeeze(text))];
        owners
            .into_iter()
            .flatten()
            .any(|owner| Some(*owner) != meant)
    }
}

/// `Carter Foods` and `Carter Foods Ltd` are one firm to everybody who writes a message.
fn firm(name: &str) -> String {
    let name = fold(name);
    let words = name
        .split(' ')
        .filter(|word| !["ltd", "inc", "gmbh"].contains(word));
    words.collect::<Vec<_>>().join(" ")
}

fn squeeze(code: &str) -> String {
    code.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn tally(
    catalogue: &Catalogue,
    meant: Option<usize>,
    text: &str,
    kind: ItemKind,
    to: &mut Tally,
    show: bool,
) {
    let found = catalogue.resolve(Some(kind), text);
    let name = |item: u32| {
        let item = &catalogue.items()[item as usize];
        format!("{} [{}]", item.name, item.sku.as_deref().unwrap_or(""))
    };
    match (&found, found.accepted(), meant) {
        (_, Some(item), Some(meant)) if item as usize == meant => to.right += 1,
        (_, Some(item), _) => {
            to.wrong += 1;
            if show {
                println!(
                    "WRONG {text:?} meant {:?} got {}",
                    meant.map(|m| name(m as u32)),
                    name(item)
                );
            }
        }
        (Resolution::None { .. }, None, _) => {
            to.none += 1;
            if show && let Some(meant) = meant {
                println!("NONE {text:?} meant {}", name(meant as u32));
            }
        }
        (
            Resolution::One {
                item,
                partial: false,
                ..
            },
            None,
            Some(meant),
        ) if *item as usize == meant => {
            to.asked += 1;
            to.offered += 1;
        }
        (found, None, meant) => {
            to.asked += 1;
            if let Resolution::Several(list) = found {
                to.offered +=
                    u32::from(meant.is_some_and(|m| list.iter().any(|c| c.item as usize == m)));
                if show && let Some(meant) = meant {
                    let list: Vec<_> = list
                        .iter()
                        .map(|c| format!("{} {}", name(c.item), c.distance))
                        .collect();
                    println!("ASKED {text:?} meant {} got {list:?}", name(meant as u32));
                }
            } else if show && meant.is_some() {
                println!(
                    "PARTIAL {text:?} meant {:?} got {found:?}",
                    meant.map(|m| name(m as u32))
                );
            }
        }
    }
}

fn write(rng: &mut Rng, item: &CatalogueItem, code: bool, errors: usize) -> Option<String> {
    let mut text = if code {
        item.sku.clone()?
    } else {
        item.name.clone()
    };
    for _ in 0..errors {
        text = misspell(rng, &text, code);
    }
    Some(text.to_lowercase())
}

fn measure(seed: u64, count: usize, samples: usize, show: bool) -> Vec<(String, usize, Tally)> {
    let mut rng = Rng(seed);
    let world = world(&mut rng, count);
    let taken = Taken::new(&world);
    let catalogue = Catalogue::build(world.items.iter().cloned());
    let mut table = Vec::new();
    let kinds = [
        (ItemKind::Product, false, "product"),
        (ItemKind::Product, true, "sku"),
        (ItemKind::Supplier, false, "supplier"),
        (ItemKind::Location, false, "location"),
    ];
    for (kind, code, name) in kinds {
        let of_kind: Vec<usize> = (0..count)
            .filter(|i| world.items[*i].kind == kind)
            .collect();
        for errors in 0..3 {
            let mut row = Tally::default();
            let mut done = 0;
            while done < samples {
                let item = of_kind[rng.below(of_kind.len())];
                let Some(text) = write(&mut rng, &world.items[item], code, errors) else {
                    continue;
                };
                if !taken.by_other(Some(item), &text) {
                    tally(
                        &catalogue,
                        Some(item),
                        &text,
                        kind,
                        &mut row,
                        show && errors > 0,
                    );
                    done += 1;
                }
            }
            table.push((name.to_owned(), errors, row));
        }
        let mut row = Tally::default();
        for item in world.foreign.iter().filter(|item| item.kind == kind) {
            let Some(text) = write(&mut rng, item, code, 0) else {
                continue;
            };
            if !taken.by_other(None, &text) && !taken.firms.contains(&firm(&text)) {
                tally(&catalogue, None, &text, kind, &mut row, show);
            }
        }
        table.push((name.to_owned(), FOREIGN, row));
    }
    table
}

/// Rows of the table with this number of errors, all kinds named together.
fn sum(table: &[(String, usize, Tally)], names: &[&str], errors: usize) -> Tally {
    let mut sum = Tally::default();
    for (name, n, row) in table {
        if *n == errors && names.contains(&name.as_str()) {
            sum.add(row);
        }
    }
    sum
}

fn print(table: &[(String, usize, Tally)]) {
    println!(
        "{:<28} {:>6} {:>7} {:>7} {:>9} {:>7} {:>7}",
        "name, errors", "n", "right", "asked", "(offered)", "none", "wrong"
    );
    for (name, errors, row) in table {
        match *errors {
            FOREIGN => row.print(&format!("{name}, not in the catalogue")),
            errors => row.print(&format!("{name}, {errors}")),
        }
    }
}

/// The table of docs/understanding.md: `SEED=8 SAMPLES=2000 SHOW=1 cargo test -p wharf-nlp --lib
/// catalogue_table -- --nocapture` measures another catalogue and prints what went wrong.
#[test]
fn catalogue_table() {
    let number = |name: &str, usual: u64| {
        std::env::var(name).map_or(usual, |value| value.parse().expect("a number"))
    };
    let samples = number("SAMPLES", 150) as usize;
    let table = measure(
        number("SEED", 7),
        5_000,
        samples,
        std::env::var("SHOW").is_ok(),
    );
    print(&table);
    let names = ["product", "supplier"];
    for (errors, right) in [(0, 99.0), (1, 97.0), (2, 90.0)] {
        let row = sum(&table, &names, errors);
        row.print(&format!("products and suppliers, {errors}"));
        assert!(
            row.right() >= right,
            "{errors} errors: {:.2} % right",
            row.right()
        );
        assert!(
            row.wrong() <= 0.5,
            "{errors} errors: {:.2} % wrong",
            row.wrong()
        );
    }
    let clean = sum(&table, &["sku"], 0);
    assert!(clean.right() >= 99.0, "codes: {:.2} % right", clean.right());
    // One wrong digit of a code is often another code: a question is the right answer there. How
    // often it must be asked is measured in `codes`.
    for (errors, least) in [(1, 95.0), (2, 88.0)] {
        let codes = sum(&table, &["sku"], errors);
        assert!(
            codes.right() + codes.offered() >= least,
            "codes, {errors} errors: {:.2} %",
            codes.right() + codes.offered()
        );
    }
    let mut foreign = sum(&table, &["product", "sku", "supplier", "location"], FOREIGN);
    assert!(
        foreign.wrong() <= 0.5,
        "not in the catalogue: {:.2} % accepted",
        foreign.wrong()
    );
    // A code that the company does not have is the dangerous one: counted for itself as well.
    let codes = sum(&table, &["sku"], FOREIGN);
    assert!(
        codes.wrong() <= 0.5,
        "codes not in the catalogue: {:.2} % accepted",
        codes.wrong()
    );
    for errors in 0..3 {
        foreign.add(&sum(
            &table,
            &["product", "sku", "supplier", "location"],
            errors,
        ));
    }
    foreign.print("everything");
    assert!(
        foreign.wrong() <= 0.5,
        "everything: {:.2} % wrongly accepted",
        foreign.wrong()
    );
}
