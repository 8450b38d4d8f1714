//! Single cases: what people write and what it must mean.

use super::super::{ACCEPT, Catalogue, CatalogueItem, ItemKind, Resolution, Via, fold};

fn item(kind: ItemKind, sku: &str, name: &str, aliases: &[&str]) -> CatalogueItem {
    CatalogueItem {
        kind,
        sku: (!sku.is_empty()).then(|| sku.to_owned()),
        name: name.to_owned(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
    }
}

fn catalogue() -> Catalogue {
    let product = |sku, name| item(ItemKind::Product, sku, name, &[]);
    Catalogue::build([
        product("WID-1001", "Blue Widget"),
        product("WID-1010", "Red Widget"),
        product("WID-1002", "Green Widget"),
        product("GLV-20", "Blue Nitrile Gloves"),
        product("GLV-21", "Leather Gloves"),
        product("FIX-M6", "M6 Hex Bolts"),
        product("FIX-M8", "M8 Hex Bolts"),
        product("SAN-250", "Hand Sanitizer 250 ml"),
        product("SAN-500", "Hand Sanitizer 500 ml"),
        item(
            ItemKind::Product,
            "CB-77",
            "Arabica Coffee Beans",
            &["house blend"],
        ),
        product("QX-5510-A", "Box of Crème Brûlée"),
        item(ItemKind::Supplier, "", "Carter & Sons", &[]),
        item(ItemKind::Supplier, "", "Tanaka Electronics Ltd", &[]),
        item(ItemKind::Location, "", "Warehouse 2", &["wh 2"]),
        item(ItemKind::Location, "", "Warehouse 3", &[]),
    ])
}

fn meaning(kind: Option<ItemKind>, words: &str) -> String {
    let catalogue = catalogue();
    let name = |item: u32| catalogue.items()[item as usize].name.as_str();
    match catalogue.resolve(kind, words) {
        Resolution::One { item, score, .. } if score >= ACCEPT => name(item).to_owned(),
        Resolution::One {
            item,
            partial: false,
            ..
        } => format!("perhaps {}", name(item)),
        Resolution::One { item, .. } => format!("part of {}", name(item)),
        Resolution::Several(list) => {
            let names: Vec<_> = list.iter().map(|candidate| name(candidate.item)).collect();
            format!("which: {}", names.join(", "))
        }
        Resolution::None { .. } => "nothing".to_owned(),
    }
}

#[test]
fn names_with_few_errors_are_accepted() {
    for (words, name) in [
        ("blue nitrile gloves", "Blue Nitrile Gloves"),
        ("the blue nitrile glove", "Blue Nitrile Gloves"),
        ("gloves, nitrile (blue)", "Blue Nitrile Gloves"),
        ("bleu nitrile glvoes", "Blue Nitrile Gloves"),
        ("bluenitrile gloves", "Blue Nitrile Gloves"),
        ("blue nit rile gloves", "Blue Nitrile Gloves"),
        ("blu enitrile gloves", "Blue Nitrile Gloves"),
        ("boxes of leather gloves please", "Leather Gloves"),
        ("m8 hex blots", "M8 Hex Bolts"),
        ("hand sanitiser 500ml", "Hand Sanitizer 500 ml"),
        ("house blnd", "Arabica Coffee Beans"),
        ("creme brulee box", "Box of Crème Brûlée"),
        ("carter and sons", "Carter & Sons"),
        ("cartr & son", "Carter & Sons"),
        ("tanaka electronic", "Tanaka Electronics Ltd"),
        ("wharehouse 3", "Warehouse 3"),
        ("WH2", "Warehouse 2"),
    ] {
        assert_eq!(meaning(None, words), name, "{words}");
    }
}

#[test]
fn doubts_become_questions() {
    for (words, answer) in [
        ("gloves", "which: Leather Gloves, Blue Nitrile Gloves"),
        ("hex bolts", "which: M6 Hex Bolts, M8 Hex Bolts"),
        (
            "hand sanitizer",
            "which: Hand Sanitizer 250 ml, Hand Sanitizer 500 ml",
        ),
        ("nitrile gloves", "part of Blue Nitrile Gloves"),
        ("tanaka", "part of Tanaka Electronics Ltd"),
        ("tanaka foods", "nothing"),
        ("purple elephants", "nothing"),
        ("", "nothing"),
        ("!!! ???", "nothing"),
    ] {
        assert_eq!(meaning(None, words), answer, "{words}");
    }
}

#[test]
fn numbers_are_never_forgiven() {
    for words in [
        "m10 hex bolts",
        "hand sanitizer 750 ml",
        "warehouse 4",
        "m8 hex bolts 40",
    ] {
        let answer = meaning(None, words);
        assert!(
            answer.starts_with("which: ") || answer == "nothing",
            "{words}: {answer}"
        );
    }
}

#[test]
fn a_code_is_stricter_than_a_name() {
    for (words, answer) in [
        ("WID-1001", "Blue Widget"),
        ("wid1001", "Blue Widget"),
        ("sku wid 1OO1", "Blue Widget"),
        ("QX5510A", "Box of Crème Brûlée"),
        ("QX-5501-A", "Box of Crème Brûlée"),
        ("QX-55510-A", "Box of Crème Brûlée"),
        // 3 is beside 2.
        ("wid-1003", "perhaps Green Widget"),
        ("wid-10001", "perhaps Blue Widget"),
        ("WID-1011", "which: Blue Widget, Red Widget, Green Widget"),
        ("KL-8821", "nothing"),
    ] {
        assert_eq!(meaning(Some(ItemKind::Product), words), answer, "{words}");
    }
}

#[test]
fn the_kind_leaves_others_out() {
    assert_eq!(
        meaning(Some(ItemKind::Supplier), "blue nitrile gloves"),
        "nothing"
    );
    assert_eq!(meaning(Some(ItemKind::Location), "cart"), "nothing");
}

#[test]
fn exact_names_are_found_in_texts() {
    let catalogue = catalogue();
    let found = |text: &str| {
        let hits = catalogue.find_all(text).into_iter();
        let hits = hits.map(|hit| (text[hit.span].to_owned(), hit.item, hit.via));
        hits.collect::<Vec<_>>()
    };
    assert_eq!(
        found("order 5 blue-nitrile glove from carter and sons, wid-1001 too"),
        [
            ("blue-nitrile glove".to_owned(), 3, Via::Name),
            ("carter and sons".to_owned(), 11, Via::Name),
            ("wid-1001".to_owned(), 0, Via::Sku),
        ]
    );
    assert_eq!(found("hand sanitizer 500ml to wh2").len(), 2);
    for text in [
        "wid-1001-a",
        "x-wid-1001",
        "warehouse 21",
        "m8 hex boltsmith",
        "hand sanitizer 500 mlx",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn one_name_of_two_items_is_ambiguous() {
    let twin = |sku| item(ItemKind::Product, sku, "Tape", &[]);
    let catalogue = Catalogue::build([
        twin("A-1"),
        twin("A-2"),
        item(ItemKind::Product, "", "Tapes", &[]),
    ]);
    assert_eq!(catalogue.find_all("tape")[0].ambiguous_with, [1, 2]);
    assert!(
        matches!(catalogue.resolve(None, "tape"), Resolution::Several(list) if list.len() == 3)
    );
    assert_eq!(catalogue.resolve(None, "tapes").accepted(), Some(2));
}

#[test]
fn a_number_that_tells_variants_apart_needs_no_unit() {
    let named = |sku, name| item(ItemKind::Product, sku, name, &[]);
    let catalogue = Catalogue::build([
        item(ItemKind::Product, "B-120", "Bracket 120 mm", &["bracket"]),
        named("B-160", "Bracket 160 mm"),
        named("W-5", "Copper wire 5 mm"),
        named("P-20", "Pipe 20 mm"),
        named("P-30", "Pipe 30 mm"),
        named("P-30x", "Pipe 30"),
    ]);
    for (text, item, left) in [
        ("stock of bracket 160", "B-160", "stock of bracket    "),
        ("bracket 160, please", "B-160", "bracket    , please"),
        ("bracket 160 mm", "B-160", "bracket 160 mm"),
        ("bracket 170", "B-120", "bracket 170"),
        ("pipe 30", "P-30x", "pipe 30"),
        ("pipe 20 and bracket", "P-20", "pipe    and bracket"),
    ] {
        let found = catalogue.find_all(text)[0].item as usize;
        let sku = catalogue.items()[found].sku.as_deref();
        assert_eq!(sku, Some(item), "{text}");
        assert_eq!(catalogue.without_measures(text), left, "{text}");
    }
    for text in ["bracket 160 boxes", "order copper wire 5"] {
        let hits = catalogue.find_all(text);
        assert!(hits.iter().all(|hit| hit.via != Via::Unitless), "{text}");
        assert_eq!(catalogue.without_measures(text), text);
    }
}

#[test]
fn misspelt_names_are_found_in_texts() {
    let catalogue = catalogue();
    let found = |text: &str| {
        let hits = catalogue.find_fuzzy(text).into_iter();
        hits.map(|hit| (text[hit.span].to_owned(), hit.resolution.accepted()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        found("pls order 50 bleu nitrile glvoes from cartr and sons"),
        [
            ("bleu nitrile glvoes".to_owned(), Some(3)),
            ("cartr and sons".to_owned(), Some(11))
        ]
    );
    assert_eq!(
        found("how many qx-55510-a, are left?"),
        [("qx-55510-a".to_owned(), Some(10))]
    );
    assert_eq!(found("do we have cb-777"), [("cb-777".to_owned(), Some(9))]);
    assert_eq!(
        found("how many glovs are left"),
        [("glovs".to_owned(), None)]
    );
    for text in [
        "what is the weather in paris",
        "good morning",
        "",
        "tell me a joke",
        "1 2 3 4 5",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn folding_is_plain() {
    assert_eq!(
        fold("Crème BRÛLÉE – ½ Straße"),
        "creme brulee - 1\u{2044}2 strasse"
    );
}

#[test]
fn an_empty_catalogue_finds_nothing() {
    let catalogue = Catalogue::build([]);
    assert!(catalogue.find_all("gloves").is_empty());
    assert!(catalogue.find_fuzzy("gloves wid-1001").is_empty());
    assert_eq!(
        catalogue.resolve(None, "gloves"),
        Resolution::None {
            nearest: Vec::new()
        }
    );
}
