//! Snapshots of every text, and what holds for all of them.

mod answers;
mod enclosed;
mod processor;

use std::fmt::Write;

use wharf_domain::{
    contracts::{AgentErrorKind, EntityStock, InventoryCheckResult, ProductName, answers::Help},
    entities::EntityName,
    guide::GUIDES,
    intent::IntentType,
};

use super::*;

fn stock(quantity: i64, known: bool) -> ReplyContent {
    let at = "2026-03-18T09:00:00Z".parse().unwrap();
    ReplyContent::InventoryCheckResult(InventoryCheckResult {
        sku: "ABC123".into(),
        name: "Adjustable *bracket* 120 mm".into(),
        unit: "unit".into(),
        quantity,
        location: "Main warehouse, Rotterdam".into(),
        reorder_point: known.then_some(200),
        lead_time_days: known.then_some(10),
        last_reorder: known.then(|| "2026-03-01".parse().unwrap()),
        coverage_days: known.then_some(quantity / 14),
        last_updated: known.then_some(at),
        entities: vec![
            EntityStock {
                name: "Wharf Demo Inc".into(),
                quantity,
                reorder_point: known.then_some(150),
            },
            EntityStock {
                name: "Wharf Demo B.V.".into(),
                quantity: 0,
                reorder_point: None,
            },
        ],
        locations: Vec::new(),
        reorder_point_computed: false,
        daily_demand: known.then_some(14.0),
        safety_stock: None,
        on_order: 0,
        suggested_order: None,
        as_of: at,
        query_time_ms: 3,
    })
}

fn help(topic: Option<IntentType>) -> ReplyContent {
    ReplyContent::Help(Help {
        topic,
        intents: GUIDES.iter().map(|guide| guide.intent).collect(),
    })
}

/// One of each content, with the extremes that its texts tell apart.
fn samples() -> Vec<(&'static str, ReplyContent)> {
    let names = |list: &[&str]| {
        list.iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let mut samples = vec![
        ("stock, enough", stock(500, true)),
        ("stock, below", stock(100, true)),
        ("stock, partly known", stock(100, false)),
        (
            "not found",
            ReplyContent::ProductNotFound {
                asked: "_bolt_".into(),
                nearest: names(&["Hex bolt M6", "Hex bolt M8"]),
            },
        ),
        (
            "not found, nothing near",
            ReplyContent::ProductNotFound {
                asked: "qwe".into(),
                nearest: vec![],
            },
        ),
        (
            "which",
            ReplyContent::WhichProduct {
                asked: "widget".into(),
                candidates: vec![
                    ProductName {
                        sku: "WID-1001".into(),
                        name: "Blue widget".into(),
                    },
                    ProductName {
                        sku: "HX_22".into(),
                        name: "Red widget".into(),
                    },
                ],
            },
        ),
        (
            "place",
            ReplyContent::LocationNotFound {
                asked: "mars".into(),
                locations: names(&["Main warehouse", "Rotterdam"]),
            },
        ),
        ("unknown", ReplyContent::UnknownCommand),
        ("help", help(None)),
        ("help, one", help(Some(IntentType::ReorderStock))),
        (
            "not available",
            ReplyContent::NotAvailable {
                intent: "generate_report".into(),
            },
        ),
        (
            "feedback, right",
            ReplyContent::FeedbackNoted { right: true },
        ),
        (
            "feedback, wrong",
            ReplyContent::FeedbackNoted { right: false },
        ),
        ("unknown sender", ReplyContent::UnknownSender),
        (
            "error",
            ReplyContent::AgentError {
                kind: AgentErrorKind::Default,
            },
        ),
        (
            "error, timeout",
            ReplyContent::AgentError {
                kind: AgentErrorKind::Timeout,
            },
        ),
        (
            "error, permission",
            ReplyContent::AgentError {
                kind: AgentErrorKind::Permission,
            },
        ),
    ];
    samples.extend(
        EntityName::ALL
            .iter()
            // A report has one by itself; nobody is asked for it.
            .filter(|entity| **entity != EntityName::Format)
            .map(|entity| ("missing", ReplyContent::MissingEntity { entity: *entity })),
    );
    samples.extend(answers::samples());
    samples
}

fn readers() -> Vec<Reader> {
    let personas = Persona::ALL.iter().copied().map(Some).chain([None]);
    personas
        .map(|persona| Reader {
            persona,
            locale: "en".into(),
            time_zone: Tz::America__New_York,
        })
        .collect()
}

#[test]
fn every_text_of_every_persona() {
    let renderer = Renderer::new().unwrap();
    for reader in readers() {
        let persona = reader.persona.map_or(DEFAULT, Persona::as_str);
        let mut all = String::new();
        for (what, content) in samples() {
            let text = renderer.render(&content, &reader).unwrap();
            writeln!(all, "--- {what}\n{text}\n").unwrap();
        }
        insta::assert_snapshot!(persona, all);
    }
}

#[test]
fn texts_are_balanced_fit_one_message_and_say_nothing_undefined() {
    let renderer = Renderer::new().unwrap();
    for reader in readers() {
        for (what, content) in samples() {
            let text = renderer.render(&content, &reader).unwrap();
            assert!(text.encode_utf16().count() < 1_024, "{what}");
            assert_eq!(text.matches('*').count() % 2, 0, "{what}: {text}");
            assert!(!text.contains("**"), "{what}: {text}");
            for word in ["undefined", "none", "None", "null"] {
                assert!(!text.contains(word), "{what}: {text}");
            }
            assert_eq!(text, text.trim(), "{what}");
            assert!(!text.contains(" \n"), "a space ends a line: {what}: {text}");
            assert!(!text.contains("\n\n\n"), "a gap: {what}: {text}");
        }
    }
}

#[test]
fn help_is_in_the_readers_language() {
    let renderer = Renderer::new().unwrap();
    let reader = Reader {
        persona: None,
        locale: "es-MX".into(),
        time_zone: Tz::UTC,
    };
    let all = renderer.render(&help(None), &reader).unwrap();
    let one = renderer.render(&help(Some(IntentType::ReorderStock)), &reader);
    insta::assert_snapshot!(format!("{all}\n---\n{}", one.unwrap()));
}

#[test]
fn an_unknown_locale_falls_back_to_english() {
    let renderer = Renderer::new().unwrap();
    let reader = Reader {
        persona: None,
        locale: "fi-FI".into(),
        time_zone: Tz::UTC,
    };
    assert!(
        renderer
            .render(&help(None), &reader)
            .unwrap()
            .contains("stock ABC123")
    );
}
