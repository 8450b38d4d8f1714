//! What the templates see: typed, so that a missing value is an error of the compiler.

mod answers;

use chrono::{DateTime, Utc};
use minijinja::{Value, context};
use serde::Serialize;
use wharf_domain::{
    contracts::{
        AgentErrorKind, EntityStock, InventoryCheckResult, ProductName, ReplyContent, answers::Help,
    },
    guide::{GuideLanguage, guide_of},
    persona::Persona,
};

use super::{Reader, filters::spanish};
use crate::enclosure::Enclosure;

/// `below`, `ok` or `unknown`: at or below the reorder point, above it, or it is not known.
const fn state(quantity: i64, reorder_point: Option<i64>) -> &'static str {
    match reorder_point {
        Some(point) if quantity <= point => "below",
        Some(_) => "ok",
        None => "unknown",
    }
}

#[derive(Serialize)]
struct InventoryView<'a> {
    sku: &'a str,
    name: &'a str,
    unit: &'a str,
    quantity: i64,
    /// Whether any stock of it was ever recorded; else `quantity` is 0 for want of a figure.
    recorded: bool,
    location: &'a str,
    state: &'static str,
    reorder_point: Option<i64>,
    lead_time_days: Option<i32>,
    last_reorder: Option<String>,
    coverage_days: Option<i64>,
    last_updated: Option<String>,
    entities: Vec<EntityView<'a>>,
    as_of: String,
    query_time_ms: u64,
}

#[derive(Serialize)]
struct EntityView<'a> {
    name: &'a str,
    quantity: i64,
    state: &'static str,
}

#[derive(Serialize)]
struct NotFoundView<'a> {
    asked: &'a str,
    nearest: &'a [String],
}

#[derive(Serialize)]
struct WhichView<'a> {
    asked: &'a str,
    candidates: &'a [ProductName],
}

#[derive(Serialize)]
struct LocationView<'a> {
    asked: &'a str,
    locations: &'a [String],
}

#[derive(Serialize)]
struct EntityNameView {
    entity: &'static str,
}

#[derive(Serialize)]
struct IntentView<'a> {
    intent: &'a str,
}

#[derive(Serialize)]
struct FeedbackView {
    right: bool,
}

#[derive(Serialize)]
struct ErrorView {
    kind: AgentErrorKind,
}

#[derive(Serialize)]
struct EmptyView {}

/// The view of a reply.
pub(super) fn of(content: &ReplyContent, reader: &Reader) -> Value {
    match content {
        ReplyContent::InventoryCheckResult(result) => inventory(result, reader),
        ReplyContent::ProductNotFound { asked, nearest } => {
            Value::from_serialize(NotFoundView { asked, nearest })
        }
        ReplyContent::WhichProduct { asked, candidates } => {
            Value::from_serialize(WhichView { asked, candidates })
        }
        ReplyContent::LocationNotFound { asked, locations } => {
            Value::from_serialize(LocationView { asked, locations })
        }
        ReplyContent::MissingEntity { entity } => Value::from_serialize(EntityNameView {
            entity: entity.as_str(),
        }),
        ReplyContent::NotAvailable { intent } => Value::from_serialize(IntentView { intent }),
        ReplyContent::AgentError { kind } => Value::from_serialize(ErrorView { kind: *kind }),
        ReplyContent::FeedbackNoted { right } => {
            Value::from_serialize(FeedbackView { right: *right })
        }
        ReplyContent::Help(help) => view_help(help, reader),
        ReplyContent::UnknownCommand
        | ReplyContent::UnknownSender
        | ReplyContent::OptedOut
        | ReplyContent::OptedIn => Value::from_serialize(EmptyView {}),
        answer => answers::of(answer),
    }
}

/// What can be asked, each with its examples in the reader's language: the one that is explained,
/// else all.
fn view_help(help: &Help, reader: &Reader) -> Value {
    // Programs get the same whatever the locale.
    let language = match reader.persona {
        Some(Persona::Processor) => GuideLanguage::English,
        _ => GuideLanguage::of(&reader.locale),
    };
    let shown = help.intents.iter().filter(|intent| match help.topic {
        Some(topic) => topic == **intent,
        None => true,
    });
    let topics: Vec<Value> = shown
        .filter_map(|intent| guide_of(*intent))
        .map(|guide| {
            context! { intent => guide.intent, examples => guide.examples(language) }
        })
        .collect();
    context! { topic => help.topic, topics }
}

/// What every text may say of the file that goes with it.
pub(super) fn enclosure(enclosure: &Enclosure, reader: &Reader) -> Value {
    let link = enclosure.link.as_ref();
    let mail = enclosure.mail.as_ref();
    context! {
        // As it is: a marker in a URL that was exchanged would lead nowhere.
        link => link.map(|link| Value::from_safe_string(link.url.clone())),
        link_until => link.map(|link| time(link.expires_at, reader)),
        mail => mail.map(|mail| mail.state.as_str()),
        mail_to => mail.map(|mail| mail.to.as_str()),
    }
}

fn inventory(result: &InventoryCheckResult, reader: &Reader) -> Value {
    Value::from_serialize(InventoryView {
        sku: &result.sku,
        name: &result.name,
        unit: &result.unit,
        quantity: result.quantity,
        recorded: result.quantity != 0
            || result.last_updated.is_some()
            || !result.entities.is_empty(),
        location: if result.location.is_empty() {
            "-"
        } else {
            &result.location
        },
        state: state(result.quantity, result.reorder_point),
        reorder_point: result.reorder_point,
        lead_time_days: result.lead_time_days,
        last_reorder: result
            .last_reorder
            .map(|day| day.format("%Y-%m-%d").to_string()),
        coverage_days: result.coverage_days,
        last_updated: result.last_updated.map(|at| time(at, reader)),
        entities: result.entities.iter().map(entity).collect(),
        as_of: time(result.as_of, reader),
        query_time_ms: result.query_time_ms,
    })
}

fn entity(stock: &EntityStock) -> EntityView<'_> {
    EntityView {
        name: &stock.name,
        quantity: stock.quantity,
        state: state(stock.quantity, stock.reorder_point),
    }
}

/// A time as the reader tells it: ISO 8601 in UTC for the processor, local for people.
pub(super) fn time(at: DateTime<Utc>, reader: &Reader) -> String {
    if reader.persona == Some(Persona::Processor) {
        return at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    }
    if super::language(&reader.locale) == super::SPANISH {
        return spanish::clock_time(at, &reader.time_zone);
    }
    at.with_timezone(&reader.time_zone)
        .format("%Y-%m-%d %H:%M")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_reorder_point_is_never_ok() {
        assert_eq!(state(1_000, None), "unknown");
        assert_eq!(state(50, Some(50)), "below");
        assert_eq!(state(51, Some(50)), "ok");
    }
}
