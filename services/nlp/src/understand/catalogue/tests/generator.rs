//! Seeded catalogues of believable names and messages with typing errors.

use std::collections::BTreeSet;

use super::super::{CatalogueItem, ItemKind};

/// SplitMix64: small, seeded, the same on every machine.
pub(super) struct Rng(pub(super) u64);

impl Rng {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// One of the entries of a list with commas.
    fn pick(&mut self, list: &'static str) -> &'static str {
        let entries: Vec<&str> = list.split(", ").collect();
        entries[self.below(entries.len())]
    }

    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// A line of goods: what is sold, what qualifies it, how it is sized.
struct Line {
    code: &'static str,
    qualities: &'static str,
    materials: &'static str,
    goods: &'static str,
    sizes: &'static str,
}

const LINES: [Line; 8] = [
    Line {
        code: "GLV",
        qualities: "blue, black, white, powder free, long cuff, disposable, cut resistant, \
            winter",
        materials: "nitrile, latex, vinyl, leather, cotton, kevlar",
        goods: "gloves, aprons, sleeves, finger cots, overshoes",
        sizes: ", S, M, L, XL, small, large, box of 100",
    },
    Line {
        code: "FIX",
        qualities: "galvanised, countersunk, self tapping, hex, flanged, threaded, zinc plated",
        materials: "steel, stainless steel, brass, nylon, titanium",
        goods: "bolts, screws, washers, nuts, rivets, anchors, hinges, brackets, pins, studs, \
            hooks",
        sizes: "M4, M6, M8, M10, M12, m8x40, m6x20, 3/8, 10 mm, 100mm, ",
    },
    Line {
        code: "PKG",
        qualities: "large, small, double wall, printed, recycled, self seal, heavy duty",
        materials: "cardboard, kraft, plastic, paper, foam, corrugated",
        goods: "boxes, mailers, bags, tape, envelopes, labels, bubble wrap, trays, tubes, \
            drum liners, dividers",
        sizes: ", A4, A5, 30x20, 50 mm, 250 pack, 25 kg",
    },
    Line {
        code: "FOD",
        qualities: "organic, dark roast, salted, unsalted, smoked, gluten free, fair trade, \
            whole, ground, decaf",
        materials: "arabica, oat, almond, wheat, chicken, tomato, olive, coconut, soy",
        goods: "coffee beans, milk, flour, oil, sauce, soup, butter, biscuits, stock cubes, \
            crackers, noodles, yoghurt",
        sizes: ", 250 ml, 500 ml, 1 l, 1.5 l, 1 kg, 5kg, 12 pack",
    },
    Line {
        code: "ELC",
        qualities: "wireless, rechargeable, waterproof, industrial, portable, usb, dual, compact",
        materials: "lithium, led, ceramic, copper, optical, thermal",
        goods: "headphones, batteries, chargers, cables, switches, sensors, lamps, relays, \
            fuses, scanners, printers, connectors, torches",
        sizes: ", 5 V, 12 V, 24v, AA, AAA, 2 m, 5 m, 10A",
    },
    Line {
        code: "MED",
        qualities: "sterile, surgical, single use, pediatric, adult, absorbent, adhesive",
        materials: "gauze, silicone, alginate, foam, cotton, polyurethane",
        goods: "masks, syringes, bandages, swabs, dressings, catheters, wipes, needles, \
            plasters, drapes, gowns, thermometers",
        sizes: ", 1 ml, 5 ml, 10 ml, 10x10, small, medium, large",
    },
    Line {
        code: "AUT",
        qualities: "front, rear, reinforced, universal, high performance, left, right",
        materials: "ceramic, rubber, aluminium, carbon, steel, hydraulic",
        goods: "brake pads, brake discs, filters, belts, hoses, wiper blades, shock absorbers, \
            spark plugs, gaskets, bearings, pumps, radiators, mirrors",
        sizes: ", 15 inch, 16 inch, 17 inch, type A, type B, 2.0",
    },
    Line {
        code: "TXT",
        qualities: "navy, red, striped, quilted, fleece lined, high visibility, slim fit, unisex",
        materials: "wool, linen, denim, polyester, cashmere, silk, bamboo",
        goods: "scarves, jackets, trousers, towels, blankets, curtains, cushions, beanies, \
            polo shirts, socks, vests, coats",
        sizes: ", S, M, L, XL, XXL, double, king size",
    },
];

/// Lines whose codes follow each other closely, so that one wrong digit is another's code.
pub(super) const DENSE: [&str; 1] = ["GLV"];

const SURNAMES: &str = "Carter, Tanaka, Hartmann, Jansen, Kowalski, Nordvik, Castellan, Delmar, \
    Ferrum, Greenfield, Hartwell, Kova, Mediplan, Okafor, Lindqvist, Moreau, Ibarra, Petrov, \
    Svensson, Dubois, Marchetti, Oliveira, Fernandez, Brandt, Whitaker, Ashworth, Pemberton, \
    Gallagher, Murakami, Nakashima, Rosenthal, Bergstrom, Vandenberg, Castellanos, Echeverria, \
    Montgomery, Blackwood, Fairbanks, Kingsley, Thornton, Underhill, Valentine, Weatherby, \
    Yamashita, Zielinski, Abernathy, Bellini, Cavendish, Dragomir, Eriksson, Fitzgerald, \
    Goldberg, Hollister, Ingram, Johansson, Kaplan, Lombardi, McAllister, Novak, Orlando, \
    Pacific, Quantum, Redwood, Sunrise";

const TRADES: &str = "Electronics, Packaging, Foods, Tools, Textiles, Fixings, Auto Parts, \
    Industrial, Supplies, Medical, Logistics, Chemicals, Trading, Farms, Plastics, Paper, \
    Bakery, Seafood, Fasteners, Lighting, Hygiene, Coffee Roasters, Metals, Hardware";

const FORMS: &str = ", , , Ltd, GmbH, Inc, & Sons, Group, Brothers";

const TOWNS: &str = "Lyon, Leeds, Porto, Rotterdam, Denver, Boston, Oxford, Croydon, \
    Birmingham, Valencia, Hamburg, Gothenburg, Bristol, Toulouse, Sevilla, Antwerp, Dublin, \
    Krakow, Memphis, Phoenix, Glasgow, Bordeaux, Zaragoza, Rennes";

const PLACES: &str = "warehouse, depot, shop, store, yard, hub, cold room, outlet";

/// A catalogue and names of the same make that it does not have.
pub(super) struct World {
    pub(super) items: Vec<CatalogueItem>,
    pub(super) foreign: Vec<CatalogueItem>,
}

/// Makes `count` items and a tenth of that as foreign names.
pub(super) fn world(rng: &mut Rng, count: usize) -> World {
    let (mut names, mut codes) = (BTreeSet::new(), BTreeSet::new());
    let mut all = Vec::new();
    while all.len() < count + count / 10 {
        let share = rng.below(100);
        let item = if share < 78 {
            product(rng, &mut codes)
        } else if share < 96 {
            supplier(rng)
        } else {
            location(rng)
        };
        if names.insert(item.name.to_lowercase()) {
            all.push(item);
        }
    }
    let foreign = all.split_off(count);
    World {
        items: all,
        foreign,
    }
}

fn product(rng: &mut Rng, codes: &mut BTreeSet<String>) -> CatalogueItem {
    let line = &LINES[rng.below(LINES.len())];
    let mut words = Vec::new();
    if rng.chance(70) {
        words.push(rng.pick(line.qualities));
    }
    if rng.chance(75) || words.is_empty() {
        words.push(rng.pick(line.materials));
    }
    words.push(rng.pick(line.goods));
    let size = rng.pick(line.sizes);
    if !size.is_empty() {
        if line.code == "FIX" {
            words.insert(0, size)
        } else {
            words.push(size)
        }
    }
    let dense = DENSE.contains(&line.code);
    let sku = loop {
        let sku = match line.code {
            _ if dense => format!("{}-{}", line.code, rng.below(900) + 1000),
            "ELC" | "MED" => {
                let letter = |rng: &mut Rng| char::from(b'A' + rng.below(26) as u8);
                let (a, b) = (letter(rng), letter(rng));
                format!(
                    "{a}{b}-{:05}-{}",
                    rng.below(100_000),
                    ["A", "B", "X"][rng.below(3)]
                )
            }
            code => format!("{code}-{:06}", rng.below(1_000_000)),
        };
        if codes.insert(sku.clone()) {
            break sku;
        }
    };
    let name = words.join(" ");
    CatalogueItem {
        kind: ItemKind::Product,
        sku: Some(sku),
        name,
        aliases: Vec::new(),
    }
}

fn supplier(rng: &mut Rng) -> CatalogueItem {
    let mut name = rng.pick(SURNAMES).to_owned();
    let form = rng.pick(FORMS);
    if form != "& Sons" || rng.chance(40) {
        name = format!("{name} {}", rng.pick(TRADES));
    }
    let name = format!("{name} {form}").trim().to_owned();
    CatalogueItem {
        kind: ItemKind::Supplier,
        sku: None,
        name,
        aliases: Vec::new(),
    }
}

fn location(rng: &mut Rng) -> CatalogueItem {
    let (town, place) = (rng.pick(TOWNS), rng.pick(PLACES));
    let name = match rng.below(3) {
        0 => format!("{place} {}", rng.below(90) + 1),
        1 => format!("{town} {place}"),
        _ => format!("{town} {place} {}", rng.below(9) + 1),
    };
    CatalogueItem {
        kind: ItemKind::Location,
        sku: None,
        name,
        aliases: Vec::new(),
    }
}

const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

fn neighbour(rng: &mut Rng, c: char) -> char {
    for (at, row) in ROWS.iter().enumerate() {
        if let Some(column) = row.find(c) {
            let beside = [
                (at, column.wrapping_sub(1)),
                (at, column + 1),
                (at.wrapping_sub(1), column),
                (at + 1, column),
            ];
            let keys: Vec<char> = beside
                .iter()
                .filter_map(|(row, column)| ROWS.get(*row)?.chars().nth(*column))
                .collect();
            return keys[rng.below(keys.len())];
        }
    }
    c
}

/// Puts one typing error into the text: never into a digit of a name, anywhere in a code.
pub(super) fn misspell(rng: &mut Rng, text: &str, code: bool) -> String {
    let letters: Vec<char> = text.to_lowercase().chars().collect();
    for _ in 0..100 {
        let mut wrong = letters.clone();
        let at = rng.below(letters.len());
        let c = letters[at];
        let free = |at: usize| {
            letters
                .get(at)
                .is_some_and(|c| c.is_alphabetic() || (code && c.is_ascii_digit()))
        };
        match rng.below(100) {
            0..25 if free(at) && free(at + 1) => wrong.swap(at, at + 1),
            25..48 if free(at) && letters.len() > 3 => drop(wrong.remove(at)),
            48..65 if free(at) => wrong.insert(at, c),
            65..90 if free(at) && c.is_alphabetic() => wrong[at] = neighbour(rng, c),
            65..90 if free(at) => wrong[at] = char::from(b'0' + rng.below(10) as u8),
            90..95 if c == ' ' => drop(wrong.remove(at)),
            95..100 if at > 1 && free(at) && free(at - 1) && free(at + 1) => wrong.insert(at, ' '),
            _ => continue,
        }
        if wrong != letters {
            return wrong.into_iter().collect();
        }
    }
    text.to_owned()
}
