//! What answers a "shall I?".

use wharf_domain::{
    contracts::{ReplyContent, Step},
    dialogue::PendingConfirmation,
    entities::EntityName,
    intent::IntentType,
};

use super::Heard;
use crate::{
    dialogue::{Act, Part, Request, Turn, said::Said},
    plan,
};

impl Heard<'_> {
    pub(super) fn confirming(&self, pending: &PendingConfirmation) -> Turn {
        if self.quoted.is_none_or(|quoted| quoted.asks(pending)) {
            match self.said {
                Said::Yes => return yes(pending.clone()),
                Said::No | Said::Cancel | Said::Undo => return no(pending),
                Said::Quantity { value, yes } => {
                    if let Some(turn) = other_quantity(pending, value, *yes) {
                        return turn;
                    }
                }
                Said::Lines(lines) => {
                    if let [number] = lines.as_slice()
                        && let Some(turn) = other_quantity(pending, &number.to_string(), false)
                    {
                        return turn;
                    }
                }
                Said::Other { yes: true } if self.repeats(pending) => return yes(pending.clone()),
                Said::Other { .. }
                | Said::Alerts { .. }
                | Said::More
                | Said::Back
                | Said::Courtesy(_)
                | Said::Command(_) => {}
            }
        }
        if let Some(turn) = self.follow_up() {
            return turn.settled();
        }
        match self.request() {
            // "order it" is no new request.
            Some(request) if request.intent != pending.intent || !request.entities.is_empty() => {
                self.fresh().settled()
            }
            _ => unclear(pending),
        }
    }

    /// Whether the message says the same request again: "yes order the 40 mops".
    fn repeats(&self, pending: &PendingConfirmation) -> bool {
        self.request().is_some_and(|request| {
            request.intent == pending.intent
                && request.guards.is_empty()
                && request.requests.is_empty()
                && request
                    .entities
                    .iter()
                    .all(|(name, value)| pending.entities.get(name) == Some(value))
        })
    }
}

fn yes(pending: PendingConfirmation) -> Turn {
    Turn::of(plan::carry(Request {
        intent: pending.intent,
        entities: pending.entities,
        step: Step::Confirmed {
            asked: pending.asked,
        },
    }))
    .settled()
}

fn no(pending: &PendingConfirmation) -> Turn {
    let act = match pending.asked {
        Some(asked) if pending.has_draft => Act::Carry(Request {
            intent: pending.intent,
            entities: pending.entities.clone(),
            step: Step::Declined { asked },
        }),
        _ => Act::Answer(ReplyContent::Declined {
            intent: pending.intent,
        }),
    };
    Turn::of(Part::free(act)).settled()
}

/// The same with another quantity, if it has one: at once with a yes, else asked about. A draft is
/// of the quantity that was asked about, so it is dropped and the agent gets the request anew.
fn other_quantity(pending: &PendingConfirmation, value: &str, with_yes: bool) -> Option<Turn> {
    let counted = matches!(
        pending.intent,
        IntentType::ReorderStock | IntentType::UpdateStock
    );
    if !counted || (pending.intent == IntentType::ReorderStock && value == "0") {
        return None;
    }
    let mut changed = PendingConfirmation {
        asked_again: 0,
        ..pending.clone()
    };
    changed.entities.set(EntityName::Quantity, value);
    if changed.entities == pending.entities && with_yes {
        return Some(yes(changed));
    }
    if pending.has_draft {
        let mut turn = no(pending);
        turn.parts.push(plan::carry(Request {
            intent: changed.intent,
            entities: changed.entities,
            step: Step::Ask,
        }));
        return Some(turn);
    }
    Some(match with_yes {
        true => yes(changed),
        false => Turn::of(plan::confirm(changed)),
    })
}

/// Asks once more, then lets it be.
fn unclear(pending: &PendingConfirmation) -> Turn {
    if pending.asked_again == 0 {
        return Turn::of(plan::confirm(PendingConfirmation {
            asked_again: 1,
            ..pending.clone()
        }));
    }
    if pending.has_draft {
        return no(pending);
    }
    let intent = pending.intent;
    Turn::answer(ReplyContent::Dropped { intent }).settled()
}
