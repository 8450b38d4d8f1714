//! How often names are found, asked about, missed and wrongly accepted, on a fixed seed.

use super::generator::{Rng, World, misspell, world};
use crate::catalogue::{Catalogue, CatalogueItem, ItemKind, Resolution, fold};

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

/// Whether a text is, letter for letter, the name or the code of another item: no reader could
/// know that it is a misspelling.
fn is_other(world: &World, item: usize, text: &str) -> bool {
    world.items.iter().enumerate().any(|(other, entry)| {
        other != item
            && (fold(&entry.name) == text || entry.sku.as_ref().is_some_and(|sku| fold(sku) == text))
    })
}

fn tally(catalogue: &Catalogue, meant: Option<usize>, text: &str, kind: ItemKind, to: &mut Tally, show: bool) {
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
                println!("WRONG {text:?} meant {:?} got {}", meant.map(|m| name(m as u32)), name(item));
            }
        }
        (Resolution::None { .. }, None, _) => {
            to.none += 1;
            if show && let Some(meant) = meant {
                println!("NONE {text:?} meant {}", name(meant as u32));
            }
        }
        (found, None, meant) => {
            to.asked += 1;
            if let Resolution::Several(list) = found {
                to.offered += u32::from(meant.is_some_and(|m| list.iter().any(|c| c.item as usize == m)));
                if show && let Some(meant) = meant {
                    let list: Vec<_> = list.iter().map(|c| format!("{} {}", name(c.item), c.distance)).collect();
                    println!("ASKED {text:?} meant {} got {list:?}", name(meant as u32));
                }
            } else if show && meant.is_some() {
                println!("PARTIAL {text:?} meant {:?} got {found:?}", meant.map(|m| name(m as u32)));
            }
        }
    }
}

fn write(rng: &mut Rng, item: &CatalogueItem, code: bool, errors: usize) -> Option<String> {
    let mut text = if code { item.sku.clone()? } else { item.name.clone() };
    for _ in 0..errors {
        text = misspell(rng, &text, code);
    }
    Some(text.to_lowercase())
}

fn measure(seed: u64, count: usize, samples: usize, show: bool) -> Vec<(String, usize, Tally)> {
    let mut rng = Rng(seed);
    let world = world(&mut rng, count);
    let catalogue = Catalogue::build(world.items.iter().cloned());
    let mut table = Vec::new();
    let kinds = [(ItemKind::Product, false), (ItemKind::Product, true), (ItemKind::Supplier, false), (ItemKind::Location, false)];
    for (kind, code) in kinds {
        for errors in 0..3 {
            let mut row = Tally::default();
            let of_kind: Vec<usize> = (0..count).filter(|i| world.items[*i].kind == kind).collect();
            let mut done = 0;
            while done < samples {
                let item = of_kind[rng.below(of_kind.len())];
                let Some(text) = write(&mut rng, &world.items[item], code, errors) else { continue };
                if errors > 0 && is_other(&world, item, &text) {
                    continue;
                }
                tally(&catalogue, Some(item), &text, kind, &mut row, show && errors > 0);
                done += 1;
            }
            let name = if code { "sku".to_owned() } else { format!("{kind:?}").to_lowercase() };
            table.push((name, errors, row));
        }
        let mut row = Tally::default();
        for item in world.foreign.iter().filter(|item| item.kind == kind) {
            let Some(text) = write(&mut rng, item, code, 0) else { continue };
            if !is_other(&world, usize::MAX, &text) {
                tally(&catalogue, None, &text, kind, &mut row, show);
            }
        }
        let name = if code { "sku".to_owned() } else { format!("{kind:?}").to_lowercase() };
        table.push((name, 9, row));
    }
    table
}

#[test]
fn table() {
    let show = std::env::var("SHOW").is_ok();
    let seed = std::env::var("SEED").map_or(7, |seed| seed.parse().unwrap());
    let samples = std::env::var("SAMPLES").map_or(1000, |seed| seed.parse().unwrap());
    let table = measure(seed, 5000, samples, show);
    println!("{:<28} {:>6} {:>7} {:>7} {:>9} {:>7} {:>7}", "", "n", "right", "asked", "(offered)", "none", "wrong");
    for errors in [0, 1, 2, 9] {
        let mut sum = Tally::default();
        for (name, n, row) in &table {
            if *n == errors {
                row.print(&format!("{name} {errors}"));
                if name != "location" { sum.add(row) }
            }
        }
        sum.print(&format!("ALL (no locations) {errors}"));
        let _ = (sum.right(), sum.wrong());
    }
}
