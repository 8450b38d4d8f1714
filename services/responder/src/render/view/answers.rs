//! Views of the agents' answers. These are typed facts already; a text sees their fields by name
//! and shows them through the filters.

use std::collections::BTreeMap;

use minijinja::{Value, context};
use wharf_domain::{
    contracts::{
        ReplyContent,
        answers::{Confirm, ScheduleLine},
    },
    entities::{Entities, EntityName},
};

/// The view of an answer.
pub(super) fn of(content: &ReplyContent) -> Value {
    match content {
        ReplyContent::Confirm(confirm) => ask(confirm),
        ReplyContent::ScheduleWhen(when) => {
            let request = context! { intent => when.intent, entities => named(&when.entities) };
            context! { request, ..Value::from_serialize(when) }
        }
        ReplyContent::ScheduleSaved(saved) => {
            context! { schedule => schedule(&saved.schedule), ..Value::from_serialize(saved) }
        }
        ReplyContent::ScheduleList(list) => {
            let schedules: Vec<Value> = list.schedules.iter().map(schedule).collect();
            context! { schedules }
        }
        // Serialized as `{template, data}`: a text sees the data.
        content => Value::from_serialize(content)
            .get_attr("data")
            .unwrap_or_default(),
    }
}

/// A question names what the message said; what it did not say is none, not undefined.
fn ask(confirm: &Confirm) -> Value {
    let entities = named(&confirm.entities);
    context! { entities, ..Value::from_serialize(confirm) }
}

fn schedule(line: &ScheduleLine) -> Value {
    context! { entities => named(&line.entities), ..Value::from_serialize(line) }
}

/// Every name, with what was said of it.
fn named(entities: &Entities) -> BTreeMap<&str, Option<&str>> {
    let names = EntityName::ALL.iter();
    names
        .map(|name| (name.as_str(), entities.get(*name)))
        .collect()
}
