//! What answers the question for the word that a request lacks.

use wharf_domain::{
    contracts::ReplyContent,
    dialogue::{DialogueState, Form},
    entities::EntityName,
    intent::IntentType,
    mapping::mapping_of,
};

use super::{Heard, is_complete};
use crate::{
    dialogue::{
        Act, Part, Turn,
        commands::Command,
        said::Said,
        slot::{self, Slot},
    },
    format, plan,
    understand::{Certainty, Decision, Understanding, normalise::Normalised},
};

/// How often a question is asked again after an answer that cannot be used.
const ASKED_AGAIN: u8 = 2;

impl Heard<'_> {
    pub(super) fn asking(&self, form: &Form) -> Turn {
        match self.said {
            Said::Cancel | Said::No => {
                let intent = Some(form.intent);
                return Turn::answer(ReplyContent::Cancelled { intent }).settled();
            }
            Said::Undo => return Turn::of(Part::free(Act::Undo)).settled(),
            _ => {}
        }
        let plain = Normalised::new(self.text);
        if slot::is_not_known(plain.text()) {
            return not_known(form);
        }
        // No place is called "hello", and no supplier "ok".
        if matches!(self.said, Said::Courtesy(_) | Said::Yes) {
            return wrong(form);
        }
        // Reports are asked for by kind and period: whoever names both is not asked twice.
        if form.missing == EntityName::ReportType
            && let Some((Slot::Filled { name, value, .. }, period)) =
                slot::fill_and_period(form.missing, self.text, &self.context)
        {
            let mut entities = form.entities.clone();
            entities.set(name, value);
            entities.set(EntityName::DateRange, period);
            format::note(form.intent, &mut entities, self.text);
            return Turn::of(plan::settle(form.intent, entities, form.confirm)).settled();
        }
        let request = self.request();
        match slot::fill(form.missing, self.text, &self.context) {
            Slot::Filled { name, value, sure } if sure || request.is_none() => {
                let mut entities = form.entities.clone();
                entities.set(name, value);
                format::note(form.intent, &mut entities, self.text);
                let product = matches!(name, EntityName::Product | EntityName::Sku);
                let part = match product && !sure {
                    true => self.doubtful(form.intent, entities, Some(self.text)),
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
            None => self
                .follow_up()
                .map_or_else(|| wrong(form), |turn| behind(turn, form)),
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
            return Turn::of(self.doubtful(form.intent, entities, None)).settled();
        }
        let unsure = form.confirm || plan::is_unsure(request, &self.context);
        Turn::of(plan::settle(form.intent, entities, unsure)).settled()
    }

    /// Whether the message asks something that is answered beside the form.
    fn is_side_question(&self, request: &Understanding) -> bool {
        let reads = |request: &Understanding| {
            !request.intent.mutates()
                && request.decision == Decision::Accept
                && is_complete(request)
        };
        match request.requests.as_slice() {
            [] => reads(request),
            several => several.iter().all(reads),
        }
    }

    /// Answers beside the form, which stays.
    fn aside(&self, form: &Form) -> Turn {
        behind(self.fresh(), form)
    }
}

/// Answers beside the form: it waits behind a list that the answer shows, and goes when something
/// else is asked.
fn behind(mut turn: Turn, form: &Form) -> Turn {
    for part in &mut turn.parts {
        match &mut part.wait {
            Some(DialogueState::Choosing(list)) => list.form = Some(form.clone()),
            Some(DialogueState::Saying(list)) => list.form = Some(form.clone()),
            _ => {}
        }
    }
    turn
}

/// Says how the word can be found; it counts as an answer that cannot be used.
fn not_known(form: &Form) -> Turn {
    let mut turn = wrong(form);
    for part in &mut turn.parts {
        if let Act::Answer(ReplyContent::MissingEntity { entity }) = part.act {
            part.act = Act::Answer(ReplyContent::HowToFind { entity });
        }
    }
    turn
}

/// Asks again, twice at most, then shows what can be asked.
fn wrong(form: &Form) -> Turn {
    if form.tries >= ASKED_AGAIN {
        return Turn::of(Part::free(Act::Command(Command::Help(None)))).settled();
    }
    Turn::of(plan::ask_for(Form {
        tries: form.tries + 1,
        ..form.clone()
    }))
}
