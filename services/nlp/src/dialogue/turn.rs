//! What a message leads to, given what the conversation waits for. A pure function: the state and
//! the message in, parts to carry out and the next state out.
//!
//! Two things hold whatever is said, and `tests` tries to break them: a confirmation is used once
//! at most, and nothing is changed without a plain request or a yes.

mod asking;
mod choosing;
mod confirming;

use chrono::{DateTime, Utc};
use wharf_domain::{
    contracts::{
        ReplyContent,
        answers::{Courtesy, Waited},
    },
    dialogue::{DialogueState, Offered, ShownLines, ShownList},
    entities::Entities,
    ids::ExecutionId,
    intent::IntentType,
    mapping::mapping_of,
};
use wharf_store::dialogues::Found;

use super::{
    Act, Part, Turn,
    commands::{self, Command, PersonaAsk},
    courtesy,
    follow::{self, Followed, Previous},
    offers,
    quoted::Quoted,
    said::Said,
    slot::{self, Slot},
};
use crate::{
    plan,
    understand::{Context, Decision, Understanding, normalise::Normalised},
};

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
    /// The request before, lately; looked up for what opens like a follow-up.
    pub previous: Option<&'a Previous>,
    /// What they are read against.
    pub context: Context<'a>,
}

/// What the message leads to.
#[must_use]
pub fn turn(heard: &Heard<'_>) -> Turn {
    let live = heard.live();
    let turn = meant(heard, live);
    match live {
        // Answered or not: a yes to something later must not switch the persona.
        Some(DialogueState::Offering(Offered::Persona { .. })) => turn.settled(),
        _ => turn,
    }
}

fn meant(heard: &Heard<'_>, live: Option<&DialogueState>) -> Turn {
    if let Some(turn) = offers::turn(heard, live) {
        return turn;
    }
    if let Some(turn) = heard.of_quoted_list(live) {
        return turn;
    }
    if let Said::Command(command) = heard.said
        && !heard.answers_form(live)
    {
        return heard.command(*command, live);
    }
    match live {
        Some(DialogueState::Confirming(pending)) => heard.confirming(pending),
        Some(DialogueState::Asking(form)) => heard.asking(form),
        Some(DialogueState::Choosing(list)) => heard.choosing(list),
        Some(DialogueState::Saying(list)) => heard.saying(list),
        // What answers no offer's question is a message like any.
        Some(DialogueState::Offering(_)) | None => heard.nothing_open(),
    }
}

/// Whether a request lacks nothing that it needs.
fn is_complete(request: &Understanding) -> bool {
    mapping_of(request.intent).is_some_and(|mapping| mapping.missing(&request.entities).is_none())
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
            DialogueState::Confirming(_) | DialogueState::Offering(Offered::Persona { .. })
                if early =>
            {
                None
            }
            state => Some(state),
        }
    }

    /// Whether it quotes another reply than the one that `asked` led to.
    pub(in crate::dialogue) fn quotes_another(&self, asked: ExecutionId) -> bool {
        self.quoted.is_some_and(|quoted| quoted.execution != asked)
    }

    /// A swipe says which list is meant.
    fn of_quoted_list(&self, live: Option<&DialogueState>) -> Option<Turn> {
        let quoted = self.quoted?;
        if !self.said.is_of_a_list() {
            return None;
        }
        if let Some(lines) = &quoted.lines {
            return Some(match quoted.expired {
                true => Turn::answer(expired(Waited::List)),
                false => self.saying(lines),
            });
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

    /// Whether the message is the word that a form asks for, whatever it would mean by itself.
    fn answers_form(&self, live: Option<&DialogueState>) -> bool {
        let Some(DialogueState::Asking(form)) = live else {
            return false;
        };
        matches!(
            slot::fill(form.missing, self.text, &self.context),
            Slot::Filled { sure: true, .. }
        )
    }

    /// The conversation itself answers; what is waited for stays.
    fn command(&self, command: Command, live: Option<&DialogueState>) -> Turn {
        let form = match live {
            Some(DialogueState::Confirming(_)) => {
                return Turn::of(Part::free(Act::Command(command)));
            }
            Some(DialogueState::Asking(form)) => Some(form.clone()),
            Some(DialogueState::Choosing(ShownList { form, .. }))
            | Some(DialogueState::Saying(ShownLines { form, .. })) => form.clone(),
            Some(DialogueState::Offering(_)) | None => None,
        };
        let wait = match command {
            Command::Persona(PersonaAsk::List) => Some(DialogueState::Saying(ShownLines {
                form,
                ..commands::personas(self.execution)
            })),
            _ => None,
        };
        Turn::of(Part {
            wait,
            ..Part::free(Act::Command(command))
        })
    }

    fn doubtful(&self, intent: IntentType, entities: Entities, asked: Option<&str>) -> Part {
        plan::doubtful(intent, entities, asked, self.execution, &self.context)
    }

    /// The request before with what the message names, when it is a follow-up.
    fn follow_up(&self) -> Option<Turn> {
        let plain = Normalised::new(self.text);
        let follow = follow::read(plain.text())?;
        let previous = self.previous?;
        // "and order 50 bolts" asks by itself.
        let other_change = self
            .request()
            .is_some_and(|request| request.intent.mutates() && request.intent != previous.intent);
        let made = match other_change && !follow.same {
            true => return None,
            false => follow::followed(&follow, previous, &self.context),
        };
        let intent = previous.intent;
        // A change is asked about, however plain the thing is.
        let unsure = intent.mutates();
        let part = match made {
            Some(Followed::One { entities, sure }) if sure || unsure => {
                plan::settle(intent, entities, unsure)
            }
            Some(Followed::One { entities, .. }) => {
                self.doubtful(intent, entities, Some(follow.named))
            }
            Some(Followed::Which {
                entities,
                asked,
                candidates,
            }) => {
                let content = ReplyContent::WhichProduct { asked, candidates };
                plan::which(intent, &entities, unsure, self.execution, content)?
            }
            // "Same" with something else is no request by itself either.
            None if follow.same => Part::answer(ReplyContent::UnknownCommand),
            None => return None,
        };
        Some(Turn::of(part))
    }

    fn nothing_open(&self) -> Turn {
        match self.said {
            Said::Undo => return Turn::of(Part::free(Act::Undo)),
            Said::Cancel => return Turn::of(Part::free(Act::Cancel)),
            Said::Courtesy(kind) => {
                return Turn::answer(ReplyContent::Courtesy { kind: *kind });
            }
            _ => {}
        }
        let late = self.found.filter(|found| found.expired);
        if let Some(what) = late.and_then(|found| self.too_late(&found.state)) {
            return Turn::answer(expired(what)).settled();
        }
        if matches!(self.said, Said::Yes | Said::No) {
            return Turn::answer(self.unasked_answer());
        }
        self.follow_up().unwrap_or_else(|| self.fresh())
    }

    /// What is answered to a yes or a no when nothing waits for one. "Ok, thanks" is thanks.
    fn unasked_answer(&self) -> ReplyContent {
        let plain = Normalised::new(self.text);
        let talk = courtesy::read(plain.text()).filter(|talk| !talk.no);
        let kind = talk.map_or(Courtesy::NothingWaits, |talk| talk.kind);
        ReplyContent::Courtesy { kind }
    }

    /// What the message answers too late, if it is an answer and nothing else.
    fn too_late(&self, state: &DialogueState) -> Option<Waited> {
        let (what, answers) = match state {
            DialogueState::Confirming(_) => (
                Waited::Confirmation,
                matches!(self.said, Said::Yes | Said::No | Said::Quantity { .. }),
            ),
            DialogueState::Choosing(list) => {
                let one = list.only_product().is_some();
                let bare = matches!(self.said, Said::Alerts { lines, .. } if lines.is_empty());
                let takes = self.said.is_of_a_list() && !bare;
                let says = one && matches!(self.said, Said::Yes | Said::No);
                (Waited::List, takes || says)
            }
            DialogueState::Saying(_) => (Waited::List, matches!(self.said, Said::Lines(_))),
            DialogueState::Offering(offered) if offered.is_yes_or_no() => (
                Waited::Confirmation,
                matches!(self.said, Said::Yes | Said::No),
            ),
            DialogueState::Offering(_) => (Waited::List, matches!(self.said, Said::Lines(_))),
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
}
