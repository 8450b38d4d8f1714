//! docs/commands.md, the users' guide: its lists are made of the tables that the services use, and
//! whatever it shows in backticks is understood as the guide says.

use std::{fs, path::PathBuf};

use chrono::{NaiveDate, Weekday};
use wharf_domain::{
    contracts::ReplyContent,
    entities::EntityName,
    guide::{GUIDES, Guide},
    intent::IntentType,
    lessons::Lesson,
    mapping::mapping_of,
    opt_out::OptChange,
    period::Period,
    permissions::Role,
};
use wharf_testkit::document;

use super::{
    super::{Act, said::Said},
    chat::{Answered, Chat},
};
use crate::{plan::MOST_REQUESTS, understand::Decision};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn path() -> PathBuf {
    root().join("docs/commands.md")
}

/// What somebody is asked for, or may name.
const fn thing(entity: EntityName) -> &'static str {
    use EntityName as E;
    match entity {
        E::Sku | E::Product => "a product (its code or its name)",
        E::Quantity => "a quantity",
        E::Operation => "whether it was counted, received or taken out",
        E::Location => "a place",
        E::Severity => "how severe (critical, high, medium, low)",
        E::Category => "what about (stock, supplier, delivery, quality, price, system)",
        E::AlertId => "an alert",
        E::ReportType => "a kind of report (inventory, sales, supplier, financial)",
        E::Metric => "a figure",
        E::DateRange => "a period",
        E::Supplier => "a supplier",
        E::Agent => "an agent",
        E::Format => "a format (PDF, Excel, CSV)",
    }
}

/// One of these is enough.
fn group(any: &[EntityName]) -> String {
    let mut things: Vec<&str> = any.iter().map(|entity| thing(*entity)).collect();
    things.dedup();
    things.join(" or ")
}

fn written(messages: &[&str]) -> String {
    let messages: Vec<String> = messages.iter().map(|one| format!("`{one}`")).collect();
    messages.join(" · ")
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

fn list(things: Vec<String>) -> String {
    if things.is_empty() {
        return "nothing".to_owned();
    }
    things.join("; ")
}

/// What the tables say of an intent.
fn intent(guide: &Guide) -> String {
    let mapping = mapping_of(guide.intent).unwrap();
    let needs = mapping.required.iter().map(|any| group(any)).collect();
    let mut narrows: Vec<String> = mapping
        .optional
        .iter()
        .map(|one| thing(*one).to_owned())
        .collect();
    if guide.intent == IntentType::GenerateReport {
        narrows.push(thing(EntityName::Format).to_owned());
    }
    let may: Vec<String> = Role::ALL
        .iter()
        .filter(|role| role.may(guide.intent))
        .map(|role| words(role.as_str()))
        .collect();
    let may = match may.len() {
        all if all == Role::ALL.len() => "everybody".to_owned(),
        _ => may.join(", "),
    };
    let ways = [guide.english, guide.further].concat();
    format!(
        "- **Write** {}\n- **En español** {}\n- **It must know** {}\n- **You may add** {}\n\
         - **Who may** {may}\n- **Changes something** {}\n",
        written(&ways),
        written(guide.spanish),
        list(needs),
        list(narrows),
        if guide.intent.mutates() { "yes" } else { "no" },
    )
}

/// Periods, as people write them.
const PERIODS: &[&str] = &[
    "today",
    "yesterday",
    "this week",
    "last week",
    "last 7 days",
    "past two weeks",
    "this month",
    "last month",
    "february",
    "this quarter",
    "Q1",
    "this year",
    "last year",
    "2025",
    "3 March",
    "from 3 to 9 March",
    "since Monday",
    "2026-03-01 to 2026-03-15",
    "hoy",
    "ayer",
    "la semana pasada",
    "los últimos 30 días",
    "el mes pasado",
    "del 3 al 9 de marzo",
];

/// What a period means on the day of [`Chat`].
fn period(phrase: &str) -> Period {
    let report = match phrase {
        _ if PERIODS.iter().position(|one| *one == phrase)
            >= PERIODS.iter().position(|one| *one == "hoy") =>
        {
            format!("informe de ventas de {phrase}")
        }
        _ => format!("sales report for {phrase}"),
    };
    let said = Chat::new().say(&report);
    let range = said
        .understanding
        .entities
        .get(EntityName::DateRange)
        .unwrap_or_else(|| panic!("{report:?} has no period: {:?}", said.understanding))
        .to_owned();
    Period::read(&range, today(), Weekday::Mon).unwrap()
}

fn today() -> NaiveDate {
    Chat::new().now.date_naive()
}

fn dates() -> String {
    let rows = PERIODS.iter().map(|phrase| {
        let Period { from, to } = period(phrase);
        let days = if from == to {
            from.to_string()
        } else {
            format!("{from} to {to}")
        };
        format!("| {phrase} | {days} |\n")
    });
    let rows: String = rows.collect();
    format!(
        "| a period | on {} it is |\n| --- | --- |\n{rows}",
        today().format("%A, %-d %B %Y")
    )
}

fn roles() -> String {
    let head: String = Role::ALL
        .iter()
        .map(|role| format!(" {} |", words(role.as_str())))
        .collect();
    let rows = GUIDES.iter().map(|guide| {
        let cells: String = Role::ALL
            .iter()
            .map(|role| {
                if role.may(guide.intent) {
                    " ✓ |"
                } else {
                    " – |"
                }
            })
            .collect();
        format!("| {} |{cells}\n", words(guide.intent.as_str()))
    });
    let rows: String = rows.collect();
    format!(
        "| |{head}\n| --- |{}\n{rows}",
        " :-: |".repeat(Role::ALL.len())
    )
}

fn lessons() -> String {
    let lines = Lesson::ALL
        .iter()
        .map(|lesson| format!("{}. {}\n", lesson.number(), words(lesson.as_str())));
    lines.collect()
}

/// A value of a service's shipped configuration.
fn shipped(service: &str, section: &str, key: &str) -> u64 {
    let file = root().join(format!("services/{service}/config.default.toml"));
    let text = fs::read_to_string(file).unwrap();
    let (_, section) = text.split_once(&format!("[{section}]\n")).unwrap();
    let value = section
        .lines()
        .take_while(|line| !line.starts_with('['))
        .find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='));
    let value = value.unwrap_or_else(|| panic!("{service} has no {key}"));
    value.trim().replace('_', "").parse().unwrap()
}

fn limits() -> String {
    let rows = [
        (
            "messages in a row",
            format!(
                "{} in {} seconds; what is more is not taken, and you are told so once",
                shipped("ingress", "rate_limit", "messages"),
                shipped("ingress", "rate_limit", "window_s")
            ),
        ),
        ("requests in one message", MOST_REQUESTS.to_string()),
        (
            "an open question or list",
            format!("{} minutes", shipped("nlp", "dialogue", "question_minutes")),
        ),
        (
            "UNDO",
            format!(
                "{} minutes after the change",
                shipped("agent-executor", "limits", "undo_minutes")
            ),
        ),
        (
            "an order that is asked about first",
            format!(
                "one that costs more than {} in your company's currency",
                shipped("agent-executor", "limits", "confirm_order_total")
            ),
        ),
        (
            "a count that is asked about first",
            format!(
                "a change by more than {} units or {} percent",
                shipped("agent-executor", "limits", "confirm_stock_units"),
                shipped("agent-executor", "limits", "confirm_stock_percent")
            ),
        ),
        (
            "people whom an answer is shared with unasked",
            shipped("nlp", "dialogue", "share_confirm_over").to_string(),
        ),
        (
            "links to reports",
            format!(
                "hold for {} days",
                shipped("agent-executor", "media", "link_lifetime_s") / 86_400
            ),
        ),
    ];
    let rows: String = rows
        .into_iter()
        .map(|(what, limit)| format!("| {what} | {limit} |\n"))
        .collect();
    format!("| what | how much |\n| --- | --- |\n{rows}")
}

#[test]
fn the_guide_says_what_the_tables_say() {
    let intents = document::hold(&path(), "intent ", |name| {
        let name = name.strip_prefix("intent ")?;
        let guide = GUIDES.iter().find(|guide| guide.intent.as_str() == name)?;
        Some(intent(guide))
    });
    let all: Vec<String> = GUIDES
        .iter()
        .map(|guide| format!("intent {}", guide.intent))
        .collect();
    assert_eq!(intents.unwrap(), all, "every intent, in the order of help");
    for (name, make) in [
        ("dates", dates as fn() -> String),
        ("roles", roles),
        ("lessons", lessons),
        ("limits", limits),
    ] {
        let held = document::hold(&path(), name, |_| Some(make()));
        assert_eq!(held.unwrap(), [name]);
    }
}

#[test]
fn every_way_to_say_it_is_read_as_its_intent() {
    let mut wrong = Vec::new();
    for guide in GUIDES {
        for message in guide
            .english
            .iter()
            .chain(guide.further)
            .chain(guide.spanish)
        {
            let said = Chat::new().say(message);
            let understood = &said.understanding;
            let acts = matches!(understood.decision, Decision::Accept | Decision::Confirm);
            if understood.intent != guide.intent || !acts {
                wrong.push(format!(
                    "{message:?} under {}: {} {:?} {}",
                    guide.intent, understood.intent, understood.decision, understood.confidence
                ));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// The guide in sections: a heading and its lines outside of code blocks.
fn sections(text: &str) -> Vec<(String, Vec<String>)> {
    let mut sections = vec![(String::new(), Vec::new())];
    let mut in_code = false;
    for line in text.lines() {
        let fence = line.starts_with("```");
        in_code ^= fence;
        if in_code || fence {
            continue;
        }
        match line.strip_prefix('#') {
            Some(title) => {
                let title = title.trim_start_matches('#').trim().to_owned();
                sections.push((title, Vec::new()));
            }
            None => sections.last_mut().unwrap().1.push(line.to_owned()),
        }
    }
    sections
}

fn messages(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Whether a message means something by itself.
fn means_something(said: &Answered) -> bool {
    let act = said.turn.parts.first().map(|part| &part.act);
    let unknown = matches!(act, Some(Act::Answer(ReplyContent::UnknownCommand)));
    let decided = matches!(
        said.understanding.decision,
        Decision::Accept | Decision::Confirm
    );
    let offer = matches!(act, Some(Act::Offer(_)));
    offer || !matches!(said.said, Said::Other { .. }) || (decided && !unknown)
}

fn is_opt_out(message: &str) -> bool {
    OptChange::said(message).is_some()
}

#[test]
fn every_message_of_the_guide_is_understood() {
    let text = fs::read_to_string(path()).unwrap();
    let mut seen = 0;
    let mut wrong = Vec::new();
    for (title, lines) in sections(&text) {
        // Rows of this section: what was said before, and what answers or follows it.
        let follows = title.starts_with("Answering") || title.starts_with("Following up");
        for line in &lines {
            let mut chat = Chat::new();
            for message in messages(line) {
                seen += 1;
                if !follows {
                    chat = Chat::new();
                }
                let said = chat.say(message);
                let carried = said.carried().len() + usize::from(said.asks().is_some());
                let understood = match &said.before {
                    // An answer or a follow-up leads somewhere.
                    Some(_) if follows => carried > 0 || means_something(&said),
                    _ => means_something(&said) || is_opt_out(message) || (follows && carried > 0),
                };
                if !understood {
                    wrong.push(format!("{title}: {message:?}: {:?}", said.turn));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(seen > 100, "{seen}");
}

#[test]
fn an_intents_section_shows_its_own_messages() {
    let text = fs::read_to_string(path()).unwrap();
    for (name, content) in document::parts(&text).unwrap() {
        let Some(name) = name.strip_prefix("intent ") else {
            continue;
        };
        let lines = content.lines();
        let shown: Vec<&str> = lines.flat_map(messages).collect();
        assert!(shown.len() >= 5, "{name}: {shown:?}");
        for message in shown {
            let said = Chat::new().say(message);
            assert_eq!(said.understanding.intent.as_str(), name, "{message}");
        }
    }
}
