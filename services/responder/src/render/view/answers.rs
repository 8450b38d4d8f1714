//! Views of the agents' answers.

use minijinja::Value;
use wharf_domain::contracts::ReplyContent;

use super::Reader;

/// The view of an answer.
pub(super) fn of(content: &ReplyContent, _reader: &Reader) -> Value {
    Value::from_serialize(content)
}
