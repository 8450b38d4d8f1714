//! Lines and pages of a numbered list: what a number takes, and what "next" shows.

use wharf_domain::{
    contracts::{ReplyContent, Step, answers::ListEnd},
    dialogue::{Choice, DialogueState, ShownList},
    entities::{Entities, EntityName},
    intent::IntentType,
};

use super::{Act, Part, Request, Turn};
use crate::plan::{self, MOST_REQUESTS};

/// The next page of a list, or the one before.
pub(super) fn turn_page(list: &ShownList, forward: bool) -> Turn {
    let pages = list.pages.as_ref();
    let after = match forward {
        true => pages.and_then(|pages| pages.next()),
        false => pages.and_then(|pages| pages.previous()),
    };
    match (pages, after) {
        (Some(pages), Some(after)) => Turn::of(plan::carry(Request {
            intent: pages.intent,
            entities: pages.entities.clone(),
            step: Step::Page { after },
        })),
        _ => {
            let shown = u32::try_from(list.last_line()).unwrap_or(u32::MAX);
            Turn::answer(ReplyContent::ListEnd(ListEnd {
                last: forward,
                lines: pages.map_or(shown, |pages| pages.total),
            }))
        }
    }
}

/// Takes lines of a list, each made the request that `request` says.
pub(super) fn pick(list: &ShownList, lines: &[usize], request: impl Fn(&Choice) -> Choice) -> Turn {
    let chosen: Option<Vec<&Choice>> = lines.iter().map(|line| list.choice(*line)).collect();
    let chosen = chosen.filter(|chosen| (1..=MOST_REQUESTS).contains(&chosen.len()));
    let Some(chosen) = chosen else {
        let lines = list.last_line();
        return Turn::answer(ReplyContent::NoSuchLine { lines });
    };
    let mut seen: Vec<Choice> = Vec::new();
    for choice in chosen {
        let choice = request(choice);
        if !seen.contains(&choice) {
            seen.push(choice);
        }
    }
    let changes = seen.iter().any(|choice| choice.intent.mutates());
    let parts = seen.into_iter().map(|choice| {
        let part = plan::settle(choice.intent, choice.entities, choice.confirm);
        (choice.intent, part)
    });
    let mut turn = plan::one_question(parts);
    if turn.parts.iter().all(|part| part.wait.is_none()) {
        // What changes something is not taken twice from the same list; alerts stay to be shown.
        let of_alerts = is_of_alerts(list);
        if changes && !of_alerts {
            turn.clear = true;
        } else if let Some(part) = turn.parts.last_mut() {
            part.wait = Some(DialogueState::Choosing(ShownList {
                current: lines.last().and_then(|line| list.index(*line)),
                ..list.clone()
            }));
        }
    }
    turn
}

fn is_of_alerts(list: &ShownList) -> bool {
    list.choices
        .iter()
        .all(|choice| choice.entities.has(EntityName::AlertId))
}

/// "ack 2", or "ack" for the alert that is meant. `None` when the list is of something else, or
/// the number is an alert's own.
pub(super) fn alerts(list: &ShownList, intent: IntentType, lines: &[usize]) -> Option<Turn> {
    if !is_of_alerts(list) {
        return None;
    }
    let changed = |choice: &Choice| Choice {
        intent,
        entities: only_alert(&choice.entities),
        confirm: false,
    };
    if !lines.is_empty() {
        let known = lines.iter().all(|line| list.choice(*line).is_some());
        return known.then(|| pick(list, lines, changed));
    }
    if let Some(meant) = list.meant() {
        let index = list.choices.iter().position(|choice| choice == meant)?;
        return Some(pick(list, &[list.first + index + 1], changed));
    }
    // Which of them? The numbers mean the same alerts, to be changed now.
    let choices = list.choices.iter().map(changed).collect();
    let entity = EntityName::AlertId;
    Some(Turn::of(Part {
        intent: Some(intent),
        act: Act::Answer(ReplyContent::MissingEntity { entity }),
        wait: Some(DialogueState::Choosing(ShownList {
            choices,
            ..list.clone()
        })),
    }))
}

fn only_alert(entities: &Entities) -> Entities {
    let id = entities.get(EntityName::AlertId);
    id.map(|id| (EntityName::AlertId, id.to_owned()))
        .into_iter()
        .collect()
}
