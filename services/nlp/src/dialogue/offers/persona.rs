//! Another persona, offered to people whose way of writing it fits. The rule stands in
//! [`wharf_domain::persona::adaptive`]; here is what is noted, when an offer has its place, and
//! what a yes or no does.
//!
//! An offer goes after an answer that leaves nothing open: nlp's own lessons, or the facts that an
//! agent finds, after which agent-executor makes the offer that the execution's context carries.

use chrono::Timelike as _;
use wharf_domain::{
    contracts::{
        ReplyContent, ReplyRequest, Step,
        answers::{PersonaKept, PersonaOffer},
    },
    dialogue::DialogueState,
    entities::EntityName,
    ids::ExecutionId,
    persona::{
        Persona,
        adaptive::{Because, Did, Past, Standing, Suggestion, suggest},
    },
};
use wharf_pipeline::{HandleError, Publication};
use wharf_store::{
    AsyncPgConnection, opt_outs,
    persona_offers::{self, NewOffer},
    personas::{self, Why},
    profiles::ProfileSummary,
};

use super::{Carried, Offer};
use crate::{
    dialogue::{Act, Request, Turn, carry_out::Speaker, said::Said, turn::Heard},
    handler::InboundHandler,
    understand::Decision,
};

/// What the message tells of how its writer likes to be answered, if anything.
#[must_use]
pub(in crate::dialogue) fn did(heard: &Heard<'_>, turn: &Turn) -> Option<Did> {
    let lesson = |act: &Act| matches!(act, Act::Offer(Offer::Learn(_) | Offer::Lessons(_)));
    if turn.parts.iter().any(|part| lesson(&part.act)) {
        return Some(Did::TookLesson);
    }
    let carried = turn.parts.iter().find_map(|part| match &part.act {
        Act::Carry(request) => Some(request),
        _ => None,
    });
    if carried.is_some_and(|request| reads_on(heard, request)) {
        return Some(Did::ReadOn);
    }
    let live = heard.found.filter(|found| !found.expired);
    let answers = live.is_some_and(|found| {
        matches!(
            found.state,
            DialogueState::Asking(_) | DialogueState::Confirming(_)
        )
    });
    let asks = heard.understanding.is_some_and(|understanding| {
        matches!(understanding.decision, Decision::Accept | Decision::Confirm)
    });
    let words = heard.text.split_whitespace();
    let words = words.filter(|word| word.contains(char::is_alphanumeric));
    let other = matches!(heard.said, Said::Other { yes: false });
    (other && asks && !answers).then(|| Did::Asked {
        words: words.count(),
    })
}

/// Whether the message asks for more of what was shown, and changes nothing.
fn reads_on(heard: &Heard<'_>, request: &Request) -> bool {
    if request.intent.mutates() {
        return false;
    }
    match heard.said {
        _ if matches!(request.step, Step::Page { .. }) => true,
        // A line of an answer; one of "which did you mean" names a product.
        Said::Lines(_) => [EntityName::AlertId, EntityName::Supplier]
            .iter()
            .any(|name| request.entities.get(*name).is_some()),
        _ => heard
            .previous
            .is_some_and(|previous| previous.intent == request.intent),
    }
}

/// Whether an offer after the answer would stand beside nothing else that is open.
fn has_room(heard: &Heard<'_>, turn: &Turn) -> bool {
    let [part] = turn.parts.as_slice() else {
        return false;
    };
    let fits = match &part.act {
        Act::Carry(request) => !request.intent.mutates(),
        Act::Offer(Offer::Learn(_)) => true,
        _ => false,
    };
    fits && part.wait.is_none() && heard.found.is_none_or(|found| found.expired)
}

impl InboundHandler {
    /// Notes what the message tells, and gives the persona to offer after its answer.
    pub(crate) async fn adapt(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        profile: &ProfileSummary,
        heard: &Heard<'_>,
        turn: &Turn,
    ) -> Result<Option<Suggestion>, HandleError> {
        let (company, at) = (speaker.sender.company_id, speaker.inbound.received_at);
        // What others wrote tells nothing.
        if !self.adaptive.offers || speaker.inbound.forwarded {
            return Ok(None);
        }
        let Some(did) = did(heard, turn) else {
            return Ok(None);
        };
        let standing = match profile.persona {
            None => Standing::Open,
            Some(persona) => {
                let changes = personas::history(conn, company, profile.id, 1).await?;
                match changes.first() {
                    Some(last) if last.why == Why::Offered => Standing::Accepted(persona),
                    _ => Standing::Chosen,
                }
            }
        };
        if standing == Standing::Chosen {
            return Ok(None);
        }
        let noted = persona_offers::signals(conn, company, profile.id).await?;
        let mut signals = noted.unwrap_or_default();
        signals.note(did, at.with_timezone(&profile.time_zone).hour(), at);
        persona_offers::keep_signals(conn, company, profile.id, &signals, at).await?;
        let rule = self.adaptive.rule();
        let fits = |history: &[Past]| suggest(&signals, standing, history, &rule, at);
        if !has_room(heard, turn) || fits(&[]).is_none() {
            return Ok(None);
        }
        let since = at - rule.quiet.max(rule.declined);
        let history = persona_offers::history(conn, company, profile.id, since).await?;
        let suggestion = fits(&history);
        let contact = speaker.sender.contact_id;
        if suggestion.is_some() && !opt_outs::may_be_written_to(conn, company, contact).await? {
            return Ok(None);
        }
        Ok(suggestion)
    }

    /// The same answer, and the offer after it.
    pub(super) async fn and_offer(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        (mut messages, waits): Carried,
    ) -> Result<Carried, HandleError> {
        let (Some(suggestion), Some(profile), None) =
            (speaker.offer, &speaker.sender.profile, &waits)
        else {
            return Ok((messages, waits));
        };
        let now = self.clock.now();
        let offer = NewOffer {
            company: speaker.sender.company_id,
            profile: profile.id,
            conversation_key: speaker.inbound.conversation_key(),
            execution: speaker.execution,
            before: profile.persona,
            suggestion,
            at: now,
            expires_at: now + self.question_lasts(),
        };
        if persona_offers::make(conn, &offer).await? {
            let offer = PersonaOffer {
                persona: suggestion.persona,
                because: suggestion.because,
                expires_at: offer.expires_at,
            };
            let to = speaker.reply_to();
            let message = ReplyRequest::persona_offer(speaker.execution, to, offer, now);
            messages.push(Publication::Reply(Box::new(message)));
        }
        Ok((messages, None))
    }

    /// `why`: why it was offered, when it is wanted.
    pub(super) async fn persona_answered(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        offered: Persona,
        asked: ExecutionId,
        why: Option<Because>,
    ) -> Result<Carried, HandleError> {
        let Some(profile) = &speaker.sender.profile else {
            return Ok(self.says(speaker, ReplyContent::UnknownSender));
        };
        let (company, now) = (speaker.sender.company_id, self.clock.now());
        let accepted = why.is_some();
        persona_offers::answer(conn, company, profile.id, asked, accepted, now).await?;
        tracing::info!(persona = %offered, accepted, "an offered persona");
        let content = match why {
            Some(_) => self.switch(conn, speaker, Some(offered), why).await?,
            None => ReplyContent::PersonaKept(PersonaKept {
                offered,
                days: self.adaptive.declined_days,
            }),
        };
        Ok(self.says(speaker, content))
    }
}
