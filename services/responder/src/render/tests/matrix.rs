//! Every answer in every outcome: which sample shows it, or why it cannot be. Each of them is worded
//! by each persona in its own character (the snapshots show how), and whatever an error says is
//! there in Spanish too.
//!
//! To add a template: a row of [`ANSWERS`] when an agent answers with it, else a line of [`OTHERS`].

use Cell::{Never, Text};

use super::*;

/// How an outcome is answered.
enum Cell {
    /// By this template; its sample of this name shows it.
    Text(&'static str, &'static str),
    /// Never, and why.
    Never(&'static str),
}

/// An answer of an agent in its outcomes. Besides: what [`FAILED`] lists is answered alike for all.
struct Row {
    template: &'static str,
    /// All is well: this sample.
    result: &'static str,
    /// There is nothing that fits the request.
    nothing_found: Cell,
    /// What was asked is there, and the figure or word that answers is not.
    not_known: Cell,
    /// Some of it is not known.
    partly_known: Cell,
}

/// An error, a request that takes too long, one that is refused: the same for every request.
const FAILED: &[(&str, &str)] = &[
    ("agent_error", "error"),
    ("agent_unavailable", "failing agent"),
    ("agent_unavailable", "stopped agent"),
    ("agent_error", "error, timeout"),
    ("agent_error", "error, permission"),
];

const NO_PRODUCT: Cell = Text("product_not_found", "not found");
const NO_ALERT: Cell = Text("alert_not_found", "no such alert");
const WHICH_ALERT: Cell = Text("missing_entity", "missing");
const ON_RECORD: Cell = Never("what it says is always on record");
const OWN_WORDS: Cell = Never("the agent is a program of the company's own and says it itself");

const fn row(
    template: &'static str,
    result: &'static str,
    [nothing_found, not_known, partly_known]: [Cell; 3],
) -> Row {
    Row {
        template,
        result,
        nothing_found,
        not_known,
        partly_known,
    }
}

const ANSWERS: &[Row] = &[
    row(
        "inventory_check_result",
        "stock, enough",
        [
            NO_PRODUCT,
            Text("inventory_check_result", "stock, none on record"),
            Text("inventory_check_result", "stock, partly known"),
        ],
    ),
    row(
        "stock_updated",
        "updated",
        [
            NO_PRODUCT,
            Text("which_location", "choice"),
            Text("stock_updated", "updated, no point"),
        ],
    ),
    row(
        "reorder_result",
        "placed",
        [
            NO_PRODUCT,
            Text("no_supplier", "nobody sells it"),
            Text("reorder_result", "draft, partly known"),
        ],
    ),
    row(
        "reorder_not_needed",
        "enough",
        [
            NO_PRODUCT,
            Never("what is there and what is on order is counted; without a target it is an order"),
            Text("reorder_not_needed", "enough, no point"),
        ],
    ),
    row(
        "alert_summary",
        "alerts",
        [
            Text("alert_summary", "no alerts"),
            Never("alerts are looked for before they are shown the first time"),
            Text("alert_summary", "alerts, partly known"),
        ],
    ),
    row(
        "alert_detail",
        "alert",
        [
            NO_ALERT,
            ON_RECORD,
            Text("alert_detail", "alert, partly known"),
        ],
    ),
    row(
        "alert_acknowledged",
        "acknowledged",
        [
            NO_ALERT,
            WHICH_ALERT,
            Text("alert_acknowledged", "acknowledged, partly known"),
        ],
    ),
    row(
        "alert_resolved",
        "resolved",
        [
            NO_ALERT,
            WHICH_ALERT,
            Text("alert_resolved", "resolved by a scan"),
        ],
    ),
    row(
        "report_ready",
        "report",
        [
            Never("days without data make a report too; its figures say that they are not known"),
            Text("report_ready", "report, nothing known"),
            Text("report_ready", "report"),
        ],
    ),
    row(
        "metrics_summary",
        "metrics",
        [
            Text("metrics_summary", "metrics, not known"),
            Text("metrics_summary", "metrics, nothing known"),
            Text("metrics_summary", "metrics"),
        ],
    ),
    row(
        "daily_digest",
        "digest",
        [
            Text("daily_digest", "digest, a quiet day"),
            Never("stock, alerts and orders are counted; what is sold alone may be not known"),
            Text("daily_digest", "digest, partly known"),
        ],
    ),
    row(
        "supplier_info",
        "supplier",
        [
            Text("supplier_not_found", "no such supplier"),
            Text("no_supplier", "nobody sells it"),
            Text("supplier_info", "suppliers of a product"),
        ],
    ),
    row(
        "supplier_performance",
        "performance",
        [
            Text("supplier_performance", "performance, nothing"),
            Text("supplier_performance", "performance, not known"),
            Text("supplier_performance", "performance, partly known"),
        ],
    ),
    row(
        "agent_started",
        "started",
        [
            Text("missing_entity", "missing"),
            ON_RECORD,
            Text("agent_started", "started, its answer follows"),
        ],
    ),
    row(
        "agent_stopped",
        "stopped",
        [Text("missing_entity", "missing"), ON_RECORD, ON_RECORD],
    ),
    row(
        "agent_status",
        "status",
        [
            Text("agent_status", "no agents"),
            ON_RECORD,
            Text("agent_status", "status, partly known"),
        ],
    ),
    row(
        "agent_says",
        "an agent of the company's own",
        [OWN_WORDS, OWN_WORDS, OWN_WORDS],
    ),
];

/// What a text that is no agent's answer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// It says that something is not as it was asked: not found, not known, not understood, too
    /// late, failed, refused. In Spanish for every persona.
    Trouble,
    /// The conversation itself says it, from what the conversation knows: nothing of it is looked
    /// up by an agent, so it has no other outcome. When the database is away the message is taken
    /// again later and nothing is said.
    Talk,
}

const OTHERS: &[(For, &[&str])] = &[
    (
        For::Trouble,
        &[
            "agent_error",
            "agent_unavailable",
            "alert_not_found",
            "dropped",
            "expired",
            "location_not_found",
            "missing_entity",
            "no_such_line",
            "no_supplier",
            "not_available",
            "not_enough_stock",
            "not_read",
            "not_undone",
            "product_not_found",
            "schedule_refused",
            "share_refused",
            "supplier_not_found",
            "unknown_command",
        ],
    ),
    (
        For::Talk,
        &[
            "cancelled",
            "confirm",
            "courtesy",
            "declined",
            "feedback_noted",
            "help",
            "how_to_find",
            "lesson",
            "lesson_list",
            "list_end",
            "nearest_location",
            "one_at_a_time",
            "opted_in",
            "opted_out",
            "paired",
            "pairing_refused",
            "persona_changed",
            "persona_kept",
            "persona_list",
            "persona_offer",
            "schedule_list",
            "schedule_saved",
            "schedule_when",
            "scheduled",
            "share_confirm",
            "share_receipt",
            "shared",
            "under_way",
            "undone",
            "unknown_sender",
            "which_intent",
            "which_location",
            "which_product",
        ],
    ),
];

/// Texts that every persona may have of the default one, and why.
const BORROWED: &[(&str, &str)] = &[
    ("unknown_sender", "nobody whom we do not know has a persona"),
    (
        "pairing_refused",
        "nobody whom we do not know has a persona",
    ),
];

fn personas() -> impl Iterator<Item = Persona> {
    Persona::ALL.iter().copied()
}

/// The sample of that template and name.
fn sample<'s>(
    samples: &'s [(&'static str, ReplyContent)],
    template: &str,
    name: &str,
) -> Option<&'s ReplyContent> {
    samples
        .iter()
        .find(|(what, content)| *what == name && content.template() == template)
        .map(|(_, content)| content)
}

#[test]
fn every_cell_has_a_sample_or_a_reason() {
    let samples = samples();
    let mut cells = 0;
    let mut missing = Vec::new();
    let mut look = |of: &str, template: &str, name: &str| {
        cells += 1;
        if sample(&samples, template, name).is_none() {
            missing.push(format!("{of}: {template} has no sample {name:?}"));
        }
    };
    for row in ANSWERS {
        look(row.template, row.template, row.result);
        for cell in [&row.nothing_found, &row.not_known, &row.partly_known] {
            match cell {
                Text(template, name) => look(row.template, template, name),
                Never(why) => assert!(why.len() > 10, "{}: no reason", row.template),
            }
        }
        for (template, name) in FAILED {
            look(row.template, template, name);
        }
    }
    assert_eq!(missing, Vec::<String>::new());
    assert!(cells > 100, "{cells}");
}

#[test]
fn every_template_stands_in_one_table() {
    let listed = ANSWERS.iter().map(|row| row.template);
    let others = OTHERS.iter().flat_map(|(_, templates)| *templates).copied();
    let mut listed: Vec<&str> = listed.chain(others).collect();
    let all: BTreeSet<&str> = samples()
        .iter()
        .map(|(_, content)| content.template())
        .collect();
    listed.sort_unstable();
    assert_eq!(listed, all.into_iter().collect::<Vec<_>>());
    // The answers of the intents are agents' answers.
    for mapping in wharf_domain::mapping::AGENT_MAPPINGS {
        let template = mapping.template;
        assert!(
            ANSWERS.iter().any(|row| row.template == template),
            "{template} is in no row"
        );
    }
}

#[test]
fn no_persona_speaks_with_the_default_voice() {
    let renderer = Renderer::new().unwrap();
    for (what, content) in samples() {
        let template = content.template();
        let text = |persona| renderer.render(&content, &reader(persona, "en")).unwrap();
        let default = text(None);
        for persona in personas() {
            let borrowed = BORROWED.iter().any(|(known, _)| *known == template);
            assert_eq!(
                text(Some(persona)) == default,
                borrowed,
                "{persona}, {template} ({what}):\n{default}"
            );
        }
    }
}

/// The personas that people have; programs read keys, in no language.
fn people() -> impl Iterator<Item = Persona> {
    personas().filter(|persona| *persona != Persona::Processor)
}

#[test]
fn trouble_is_told_in_spanish_by_every_persona() {
    let (_, trouble) = OTHERS
        .iter()
        .find(|(what, _)| *what == For::Trouble)
        .unwrap();
    for persona in people() {
        let folder = format!("{persona}/");
        let (english, spanish) = (texts(&folder, "en"), texts(&folder, "es"));
        for template in *trouble {
            assert_eq!(
                spanish.get(*template),
                english.get(*template),
                "{persona}/{template}: other values, or no Spanish text"
            );
        }
        for template in spanish.keys() {
            assert!(
                english.contains_key(template),
                "{persona}/{template} is in Spanish alone"
            );
        }
    }
}

#[test]
fn trouble_in_spanish() {
    let renderer = Renderer::new().unwrap();
    let mut all = String::new();
    for persona in people() {
        for (what, content) in samples() {
            let template = content.template();
            let is_trouble = OTHERS
                .iter()
                .any(|(of, known)| *of == For::Trouble && known.contains(&template));
            if !is_trouble {
                continue;
            }
            let text = |persona, locale| {
                let reader = reader(persona, locale);
                renderer.render(&content, &reader).unwrap()
            };
            let spanish = text(Some(persona), "es-MX");
            assert_ne!(spanish, text(Some(persona), "en"), "{template}: {what}");
            assert_ne!(spanish, text(None, "es-MX"), "{template}: {what}");
            writeln!(all, "--- {persona}: {what}\n{spanish}\n").unwrap();
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn programs_get_the_same_keys_whatever_their_locale() {
    let renderer = Renderer::new().unwrap();
    for (what, content) in samples() {
        let template = content.template();
        if BORROWED.iter().any(|(known, _)| *known == template) {
            continue;
        }
        let text = |locale| {
            let reader = reader(Some(Persona::Processor), locale);
            renderer.render(&content, &reader).unwrap()
        };
        assert_eq!(text("es-MX"), text("en"), "{what}");
    }
}
