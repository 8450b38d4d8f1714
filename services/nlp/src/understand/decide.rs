//! Whether to act, to ask for confirmation, to ask which of two, or to say no.

use serde::{Deserialize, Serialize};
use wharf_domain::intent::IntentType;

use super::Context;
use super::entities::Found;
use super::guards::Guard;

/// What to do with what was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Carry it out.
    Accept,
    /// Ask "shall I?" first.
    Confirm,
    /// Ask which of the likeliest intents was meant.
    Clarify,
    /// Say that it was not understood.
    Unknown,
}

impl Decision {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Confirm => "confirm",
            Self::Clarify => "clarify",
            Self::Unknown => "unknown",
        }
    }
}

/// Confidences, 0 to 1, from which something is done.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// From here on a request that only reads is carried out.
    pub accept: f32,
    /// From here on a request that changes something is carried out without asking.
    pub accept_change: f32,
    /// From here on a request that changes something is offered for confirmation.
    pub confirm_change: f32,
    /// From here on it is asked which of two was meant; below it is unknown.
    pub clarify: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            accept: 0.5,
            accept_change: 0.9,
            confirm_change: 0.5,
            clarify: 0.3,
        }
    }
}

pub(super) fn decide(
    ranked: &[(IntentType, f32); 3],
    found: &Found,
    guards: &[Guard],
    context: &Context<'_>,
) -> Decision {
    let thresholds = context.thresholds;
    let (intent, confidence) = ranked[0];
    if intent == IntentType::Unknown {
        return Decision::Unknown;
    }
    if confidence < thresholds.clarify {
        return Decision::Unknown;
    }
    if intent.mutates() {
        if confidence < thresholds.confirm_change {
            return Decision::Clarify;
        }
        if confidence < thresholds.accept_change || !guards.is_empty() || found.odd_quantity {
            return Decision::Confirm;
        }
        return Decision::Accept;
    }
    if confidence < thresholds.accept {
        return Decision::Clarify;
    }
    Decision::Accept
}
