//! Views of the agents' answers. These are typed facts already; a text sees their fields by name
//! and shows them through the filters.

use std::collections::BTreeMap;

use minijinja::{Value, context};
use wharf_domain::{
    contracts::{ReplyContent, answers::Confirm},
    entities::EntityName,
};

/// The view of an answer.
pub(super) fn of(content: &ReplyContent) -> Value {
    match content {
        ReplyContent::Confirm(confirm) => ask(confirm),
        // Serialized as `{template, data}`: a text sees the data.
        content => Value::from_serialize(content)
            .get_attr("data")
            .unwrap_or_default(),
    }
}

/// A question names what the message said; what it did not say is none, not undefined.
fn ask(confirm: &Confirm) -> Value {
    let entities: BTreeMap<&str, Option<&str>> = EntityName::ALL
        .iter()
        .map(|name| (name.as_str(), confirm.entities.get(*name)))
        .collect();
    context! { entities, ..Value::from_serialize(confirm) }
}
