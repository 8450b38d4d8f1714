//! What follows from a request by itself, whatever was said before: work for an agent, a question,
//! or an answer that needs none.

use wharf_domain::{
    contracts::{ReplyContent, Step},
    dialogue::{Choice, DialogueState, Form, PendingConfirmation, ShownList},
    entities::{Entities, EntityName},
    ids::ExecutionId,
    intent::IntentType,
    mapping::{AgentMapping, mapping_of},
};

use crate::{
    dialogue::{Act, Part, Request, Turn, commands::Command, slot},
    understand::{
        Certainty, Context, Decision, Guard, Understanding,
        catalogue::{ItemKind, Resolution},
        is_complete,
    },
};

/// Requests of one message that are taken.
pub const MOST_REQUESTS: usize = 3;
/// An intent less likely than this is not offered as what may have been meant.
const OFFERED: f32 = 0.15;

/// What a message leads to when nothing was waited for. A request that changes something and was
/// not accepted outright is never carried out.
#[must_use]
pub fn plan(understanding: &Understanding, execution: ExecutionId, context: &Context<'_>) -> Turn {
    let requests = match understanding.requests.as_slice() {
        [] => std::slice::from_ref(understanding),
        several => several,
    };
    let parts = requests.iter().take(MOST_REQUESTS);
    one_question(parts.map(|request| (request.intent, one(request, execution, context))))
}

/// Parts of which one at most asks something: the first. What else would ask is left aside, and
/// said to be.
#[must_use]
pub fn one_question(parts: impl Iterator<Item = (IntentType, Part)>) -> Turn {
    let mut turn = Turn::default();
    let mut asked = false;
    let mut later = Vec::new();
    for (intent, part) in parts {
        if part.wait.is_some() && std::mem::replace(&mut asked, true) {
            later.push(intent);
        } else {
            turn.parts.push(part);
        }
    }
    if !later.is_empty() {
        turn.parts
            .push(Part::answer(ReplyContent::OneAtATime { later }));
    }
    turn
}

fn one(understanding: &Understanding, execution: ExecutionId, context: &Context<'_>) -> Part {
    let intent = understanding.intent;
    match understanding.decision {
        Decision::Unknown => return Part::answer(ReplyContent::UnknownCommand),
        Decision::Clarify if understanding.certainty == Certainty::Several => {}
        Decision::Clarify => return which_intent(understanding, execution),
        Decision::Accept | Decision::Confirm => {}
    }
    if intent == IntentType::Help {
        return Part::free(Act::Command(Command::Help(None)));
    }
    if mapping_of(intent).is_none() {
        return Part::answer(ReplyContent::UnknownCommand);
    }
    let unsure = is_unsure(understanding, context);
    let entities = &understanding.entities;
    let named = which_product(understanding, execution, unsure, context);
    named.unwrap_or_else(|| match understanding.certainty {
        Certainty::Probable => doubtful(intent, entities.clone(), None, execution, context),
        _ => settle(intent, entities.clone(), unsure),
    })
}

/// A request for a product that is only probably meant: carried out after a yes, even to look,
/// because its neighbour may be another article. `asked`: the words for it, when the entities hold
/// its code already.
#[must_use]
pub fn doubtful(
    intent: IntentType,
    entities: Entities,
    asked: Option<&str>,
    execution: ExecutionId,
    context: &Context<'_>,
) -> Part {
    if !intent.mutates()
        && let Some(part) = did_you_mean(intent, &entities, asked, execution, context)
    {
        return part;
    }
    let complete = mapping_of(intent).filter(|mapping| mapping.missing(&entities).is_none());
    match complete {
        Some(mapping) => confirm(PendingConfirmation {
            intent,
            agent: mapping.agent,
            entities,
            asked: None,
            has_draft: false,
            asked_again: 0,
        }),
        None => settle(intent, entities, true),
    }
}

/// "Did you mean this?", for a request that only reads and lacks nothing else.
fn did_you_mean(
    intent: IntentType,
    entities: &Entities,
    asked: Option<&str>,
    execution: ExecutionId,
    context: &Context<'_>,
) -> Option<Part> {
    let (mapping, catalogue) = (mapping_of(intent)?, context.catalogue?);
    if mapping.missing(entities).is_some() {
        return None;
    }
    let named = entities
        .get(EntityName::Sku)
        .or_else(|| entities.get(EntityName::Product))?;
    let Resolution::One { item, .. } = catalogue.resolve(Some(ItemKind::Product), named) else {
        return None;
    };
    let candidates = slot::product_names(catalogue, std::iter::once(item));
    if candidates.is_empty() {
        return None;
    }
    let asked = asked.unwrap_or(named).trim().to_owned();
    let content = ReplyContent::WhichProduct { asked, candidates };
    which(intent, entities, false, execution, content)
}

/// Whether a change was not asked for so plainly that it may be made once everything is named.
#[must_use]
pub fn is_unsure(understanding: &Understanding, context: &Context<'_>) -> bool {
    understanding.certainty != Certainty::Sure
        || understanding.confidence < context.thresholds.accept_change
        || understanding.guards.iter().any(|guard| match guard {
            // "ack" states no number; the one that answers "which alert?" is an alert's.
            Guard::BareNumber => understanding.entities.has(EntityName::AlertId),
            _ => true,
        })
}

/// The next step of a request: ask for what is missing, ask whether, or do it.
#[must_use]
pub fn settle(intent: IntentType, entities: Entities, unsure: bool) -> Part {
    let Some(mapping) = mapping_of(intent) else {
        return Part::answer(ReplyContent::UnknownCommand);
    };
    if let Some(missing) = mapping.missing(&entities) {
        let form = Form {
            intent,
            entities,
            missing,
            tries: 0,
            confirm: unsure,
        };
        return ask_for(form);
    }
    if intent.mutates() && (unsure || !is_complete(intent, &entities)) {
        return confirm(PendingConfirmation {
            intent,
            agent: mapping.agent,
            entities,
            asked: None,
            has_draft: false,
            asked_again: 0,
        });
    }
    carry(Request {
        intent,
        entities,
        step: Step::Ask,
    })
}

/// Asks for what `form` lacks.
#[must_use]
pub fn ask_for(form: Form) -> Part {
    Part {
        intent: Some(form.intent),
        act: Act::Answer(ReplyContent::MissingEntity {
            entity: form.missing,
        }),
        wait: Some(DialogueState::Asking(form)),
    }
}

/// Asks whether.
#[must_use]
pub fn confirm(pending: PendingConfirmation) -> Part {
    Part {
        intent: Some(pending.intent),
        act: Act::Ask(pending.clone()),
        wait: Some(DialogueState::Confirming(pending)),
    }
}

/// Does it.
#[must_use]
pub fn carry(request: Request) -> Part {
    Part {
        intent: Some(request.intent),
        act: Act::Carry(request),
        wait: None,
    }
}

/// "Which of these did you mean?", for the intents likely enough.
fn which_intent(understanding: &Understanding, execution: ExecutionId) -> Part {
    let likely = understanding.alternatives.iter();
    let choices: Vec<Choice> = likely
        .filter(|(_, p)| *p >= OFFERED)
        .filter_map(|(intent, _)| mapping_of(*intent))
        .map(|mapping| Choice {
            intent: mapping.intent,
            entities: of_use(mapping, &understanding.entities),
            // The words did not ask for it plainly.
            confirm: true,
        })
        .collect();
    if choices.is_empty() {
        return Part::answer(ReplyContent::UnknownCommand);
    }
    let options = choices.iter().map(|choice| choice.intent).collect();
    Part {
        intent: None,
        act: Act::Answer(ReplyContent::WhichIntent { options }),
        wait: Some(DialogueState::Choosing(ShownList::new(choices, execution))),
    }
}

/// What an intent has a use for.
fn of_use(mapping: &AgentMapping, entities: &Entities) -> Entities {
    let required = mapping.required.iter().copied().flatten();
    let names: Vec<_> = required.chain(mapping.optional).copied().collect();
    let stated = entities.iter().filter(|(name, _)| names.contains(name));
    stated
        .map(|(name, value)| (name, value.to_owned()))
        .collect()
}

/// "Which product?", when the catalogue has several of that name.
fn which_product(
    understanding: &Understanding,
    execution: ExecutionId,
    unsure: bool,
    context: &Context<'_>,
) -> Option<Part> {
    let catalogue = context.catalogue?;
    let codes = understanding.certainty == Certainty::Several;
    let mut named = understanding.grounding.iter();
    let candidates = named.find_map(|grounding| match &grounding.resolution {
        Resolution::Several(several) if codes || grounding.name == EntityName::Product => {
            Some(several)
        }
        _ => None,
    })?;
    let names = slot::product_names(catalogue, slot::near(candidates));
    let entities = &understanding.entities;
    if names.is_empty() || (entities.has(EntityName::Sku) && !codes) {
        return None;
    }
    let asked = entities
        .get(EntityName::Sku)
        .or_else(|| entities.get(EntityName::Product))?;
    let content = ReplyContent::WhichProduct {
        asked: asked.to_owned(),
        candidates: names,
    };
    which(
        understanding.intent,
        &understanding.entities,
        unsure,
        execution,
        content,
    )
}

/// A list of products that each complete the request.
#[must_use]
pub fn which(
    intent: IntentType,
    entities: &Entities,
    unsure: bool,
    execution: ExecutionId,
    content: ReplyContent,
) -> Option<Part> {
    let mut list = ShownList::of_reply(execution, intent, entities, &content)?;
    for choice in &mut list.choices {
        choice.confirm = unsure;
    }
    Some(Part {
        intent: Some(intent),
        act: Act::Answer(content),
        wait: Some(DialogueState::Choosing(list)),
    })
}
