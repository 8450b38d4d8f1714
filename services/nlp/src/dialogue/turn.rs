//! What a message leads to, given what the conversation waits for. A pure function: the state and
//! the message in, parts to carry out and the next state out.
//!
//! Two things hold whatever is said, and `tests` tries to break them: a confirmation is used once
//! at most, and nothing is changed without a plain request or a yes.

use chrono::{DateTime, Utc};
use wharf_domain::{
    contracts::{ReplyContent, Step, answers::Waited},
    dialogue::{Choice, DialogueState, Form, PendingConfirmation, ShownList},
    entities::{Entities, EntityName},
    ids::ExecutionId,
    intent::IntentType,
    mapping::mapping_of,
};
use wharf_store::dialogues::Found;

use super::{
    Act, Part, Request, Turn,
    quoted::Quoted,
    said::Said,
    slot::{self, Slot},
};
use crate::{
    format,
    plan::{self, MOST_REQUESTS},
    understand::{Certainty, Context, Decision, Understanding},
};

/// How often a question is asked again after an answer that cannot be used.
const ASKED_AGAIN: u8 = 2;

/// A message and what it comes after.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// What the conversation waits for, or waited for.
    pub found: Option<&'a Found>,
    /// The reply of ours that it quotes.
    pub quoted: Option<&'a Quoted>,
    /// The message's execution.
    pub execution: ExecutionId,
    /// When ingress received it.
    pub received_at: DateTime<Utc>,
    /// Its words, or those of the button.
    pub text: &'a str,
    /// What they say to the message before.
    pub said: &'a Said,
    /// What they are by themselves; `None` when there are none.
    pub understanding: Option<&'a Understanding>,
    /// What they are read against.
    pub context: Context<'a>,
}

/// What the message leads to.
#[must_use]
pub fn turn(heard: &Heard<'_>) -> Turn {
    let live = heard.live();
    if let Some(turn) = heard.of_quoted_list(live) {
        return turn;
    }
    match live {
        Some(DialogueState::Confirming(pending)) => heard.confirming(pending),
        Some(DialogueState::Asking(form)) => heard.asking(form),
        Some(DialogueState::Choosing(list)) => heard.choosing(list),
        None => heard.nothing_open(),
    }
}

const fn expired(what: Waited) -> ReplyContent {
    ReplyContent::Expired { what }
}

impl<'a> Heard<'a> {
    /// What the message may answer. One written before a "shall I?" does not answer it.
    fn live(&self) -> Option<&'a DialogueState> {
        let found = self.found.filter(|found| !found.expired)?;
        let early = found.asked_at > self.received_at;
        match &found.state {
            DialogueState::Confirming(_) if early => None,
            state => Some(state),
        }
    }

    /// A swipe says which list is meant.
    fn of_quoted_list(&self, live: Option<&DialogueState>) -> Option<Turn> {
        let quoted = self.quoted?;
        if !matches!(self.said, Said::Lines(_) | Said::Alerts { .. }) {
            return None;
        }
        if let Some(DialogueState::Choosing(list)) = live
            && list.shown_by == quoted.execution
        {
            return Some(self.choosing(list));
        }
        match &quoted.list {
            Some(_) if quoted.expired => Some(Turn::answer(expired(Waited::List))),
            Some(list) => Some(self.choosing(&list.clone().after(live.cloned()))),
            // What it showed is not known; the numbers are not those of the latest list.
            None if matches!(live, Some(DialogueState::Choosing(_))) => {
                Some(Turn::answer(expired(Waited::List)))
            }
            None => None,
        }
    }

    /// Whether the message is a request by itself.
    fn request(&self) -> Option<&'a Understanding> {
        self.understanding.filter(|understanding| {
            matches!(understanding.decision, Decision::Accept | Decision::Confirm)
        })
    }

    /// The message as a request, whatever was said before.
    fn fresh(&self) -> Turn {
        self.understanding.map_or_else(
            || Turn::answer(ReplyContent::UnknownCommand),
            |understanding| plan::plan(understanding, self.execution, &self.context),
        )
    }

    fn nothing_open(&self) -> Turn {
        match self.said {
            Said::Undo => return Turn::of(Part::free(Act::Undo)),
            Said::Cancel => return Turn::of(Part::free(Act::Cancel)),
            _ => {}
        }
        let late = self.found.filter(|found| found.expired);
        if let Some(what) = late.and_then(|found| self.too_late(&found.state)) {
            return Turn::answer(expired(what)).settled();
        }
        self.fresh()
    }

    /// What the message answers too late, if it is an answer and nothing else.
    fn too_late(&self, state: &DialogueState) -> Option<Waited> {
        let (what, answers) = match state {
            DialogueState::Confirming(_) => (
                Waited::Confirmation,
                matches!(self.said, Said::Yes | Said::No | Said::Quantity { .. }),
            ),
            DialogueState::Choosing(_) => (
                Waited::List,
                matches!(self.said, Said::Lines(_) | Said::Alerts { lines: _, .. })
                    && !matches!(self.said, Said::Alerts { lines, .. } if lines.is_empty()),
            ),
            DialogueState::Asking(form) => (
                Waited::Question,
                self.request().is_none()
                    && matches!(
                        slot::fill(form.missing, self.text, &self.context),
                        Slot::Filled { sure: true, .. } | Slot::Several(_)
                    ),
            ),
        };
        answers.then_some(what)
    }

    fn confirming(&self, pending: &PendingConfirmation) -> Turn {
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
                Said::Other { .. } | Said::Alerts { .. } => {}
            }
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

    fn asking(&self, form: &Form) -> Turn {
        match self.said {
            Said::Cancel | Said::No => {
                let intent = Some(form.intent);
                return Turn::answer(ReplyContent::Cancelled { intent }).settled();
            }
            Said::Undo => return Turn::of(Part::free(Act::Undo)).settled(),
            _ => {}
        }
        let request = self.request();
        match slot::fill(form.missing, self.text, &self.context) {
            Slot::Filled { name, value, sure } if sure || request.is_none() => {
                let mut entities = form.entities.clone();
                entities.set(name, value);
                format::note(form.intent, &mut entities, self.text);
                let product = matches!(name, EntityName::Product | EntityName::Sku);
                let part = match product && !sure {
                    true => plan::doubtful(form.intent, entities),
                    false => plan::settle(form.intent, entities, form.confirm || !sure),
                };
                return Turn::of(part).settled();
            }
            Slot::Several(candidates) if request.is_none() => {
                let mut entities = form.entities.clone();
                entities.set(EntityName::Product, self.text.trim().to_lowercase());
                let content = ReplyContent::WhichProduct {
                    asked: self.text.trim().to_owned(),
                    candidates,
                };
                let (intent, unsure) = (form.intent, form.confirm);
                if let Some(part) = plan::which(intent, &entities, unsure, self.execution, content)
                {
                    return Turn::of(part).settled();
                }
            }
            _ => {}
        }
        match request {
            Some(request) if request.intent == form.intent => self.said_anew(form, request),
            Some(request) if request.intent == IntentType::Help => self.fresh(),
            Some(request) if self.is_side_question(request) => self.aside(form),
            Some(_) => self.fresh().settled(),
            None => wrong(form),
        }
    }

    /// The same request again, with more words.
    fn said_anew(&self, form: &Form, request: &Understanding) -> Turn {
        let mut entities = form.entities.clone();
        for (name, value) in request.entities.iter() {
            entities.set(name, value);
        }
        let lacks = mapping_of(form.intent).and_then(|mapping| mapping.missing(&entities));
        if lacks == Some(form.missing) {
            return wrong(form);
        }
        if request.certainty == Certainty::Probable {
            return Turn::of(plan::doubtful(form.intent, entities)).settled();
        }
        let unsure = form.confirm || plan::is_unsure(request, &self.context);
        Turn::of(plan::settle(form.intent, entities, unsure)).settled()
    }

    /// Whether the message asks something that is answered beside the form.
    fn is_side_question(&self, request: &Understanding) -> bool {
        let reads = |request: &Understanding| {
            !request.intent.mutates()
                && request.decision == Decision::Accept
                && mapping_of(request.intent)
                    .is_some_and(|mapping| mapping.missing(&request.entities).is_none())
        };
        match request.requests.as_slice() {
            [] => reads(request),
            several => several.iter().all(reads),
        }
    }

    /// Answers beside the form, which stays.
    fn aside(&self, form: &Form) -> Turn {
        let mut turn = self.fresh();
        for part in &mut turn.parts {
            if let Some(DialogueState::Choosing(list)) = &mut part.wait {
                list.form = Some(form.clone());
            }
        }
        turn
    }

    fn choosing(&self, list: &ShownList) -> Turn {
        match self.said {
            Said::Lines(lines) => return pick(list, lines, |choice| choice.clone()),
            Said::Alerts { intent, lines } => {
                if let Some(turn) = alerts(list, *intent, lines) {
                    return turn;
                }
            }
            _ => {}
        }
        match &list.form {
            Some(form) => self.asking(form),
            None => self.nothing_open(),
        }
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

/// Asks again, twice at most, then shows what can be asked.
fn wrong(form: &Form) -> Turn {
    if form.tries >= ASKED_AGAIN {
        return Turn::answer(ReplyContent::Help).settled();
    }
    Turn::of(plan::ask_for(Form {
        tries: form.tries + 1,
        ..form.clone()
    }))
}

/// Takes lines of a list, each made the request that `request` says.
fn pick(list: &ShownList, lines: &[usize], request: impl Fn(&Choice) -> Choice) -> Turn {
    let chosen: Option<Vec<&Choice>> = lines.iter().map(|line| list.choice(*line)).collect();
    let chosen = chosen.filter(|chosen| (1..=MOST_REQUESTS).contains(&chosen.len()));
    let Some(chosen) = chosen else {
        let lines = list.choices.len();
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
                current: lines.last().and_then(|line| line.checked_sub(1)),
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
fn alerts(list: &ShownList, intent: IntentType, lines: &[usize]) -> Option<Turn> {
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
        let line = list.choices.iter().position(|choice| choice == meant)?;
        return Some(pick(list, &[line + 1], changed));
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
