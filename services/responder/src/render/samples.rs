//! One of each answer, with the extremes that its texts tell apart: for the tests, and for
//! `wharfctl templates`, which checks and shows texts with them. To add one: a line here or in the
//! file of its kind under `answers`.

mod answers;

use wharf_domain::{
    contracts::{
        AgentErrorKind, EntityStock, InventoryCheckResult, ProductName, ReplyContent, answers::Help,
    },
    entities::EntityName,
    guide::GUIDES,
    intent::IntentType,
};

#[expect(clippy::unwrap_used, reason = "constants, which the tests read")]
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

/// A product that no place keeps yet.
fn none_on_record() -> ReplyContent {
    let mut content = stock(0, false);
    if let ReplyContent::InventoryCheckResult(result) = &mut content {
        result.location.clear();
        result.entities.clear();
    }
    content
}

/// What can be asked, by somebody who may ask for all of it.
pub(super) fn help(topic: Option<IntentType>) -> ReplyContent {
    ReplyContent::Help(Help {
        topic,
        intents: GUIDES.iter().map(|guide| guide.intent).collect(),
    })
}

/// One of each content, with the extremes that its texts tell apart.
#[must_use]
pub fn samples() -> Vec<(&'static str, ReplyContent)> {
    let names = |list: &[&str]| {
        list.iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let mut samples = vec![
        ("stock, enough", stock(500, true)),
        ("stock, below", stock(100, true)),
        ("stock, partly known", stock(100, false)),
        ("stock, none on record", none_on_record()),
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
            "did you mean",
            ReplyContent::WhichProduct {
                asked: "wigdet *blue*".into(),
                candidates: vec![ProductName {
                    sku: "WID-1001".into(),
                    name: "Blue widget".into(),
                }],
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
        [
            EntityName::Product,
            EntityName::Supplier,
            EntityName::AlertId,
            EntityName::DateRange,
            EntityName::ReportType,
            EntityName::Quantity,
            EntityName::Agent,
            EntityName::Location,
        ]
        .map(|entity| ("not known", ReplyContent::HowToFind { entity })),
    );
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
