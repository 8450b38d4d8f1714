//! Reasons not to act at once. (stub)
use wharf_domain::intent::IntentType;

use super::entities::{Found, Reading};

/// Why a request that changes something is not carried out at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// It is put as a question.
    Question,
}

pub(super) fn find(_reading: &Reading<'_>, _intent: IntentType, _found: &Found) -> Vec<Guard> {
    Vec::new()
}
