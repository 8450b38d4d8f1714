//! One inbound message from the queue to its row and its next step, in one transaction.

use std::{sync::Arc, time::Instant};

use anyhow::{Context as _, anyhow};
use chrono::Weekday;
use wharf_domain::{
    clock::SharedClock,
    contracts::{AgentErrorKind, Envelope, InboundMessage, ReplyContent, answers::Courtesy},
    dialogue::DialogueState as Waiting,
    ids::ExecutionId,
    opt_out::OptChange,
};
use wharf_pipeline::{HandleError, Outcome, TransactionHandler};
use wharf_runtime::metrics::NlpMetrics;
use wharf_store::{
    AsyncPgConnection,
    companies::{self, Company},
    contacts::{self, Sender},
    conversations::{self, NewConversation, Recorded},
    dialogues::{self, Found},
    feedback::Feedback,
    profiles::ProfileSummary,
};

use crate::{
    carried::{carries, is_reaction, words},
    catalogues::Catalogues,
    config::{AdaptiveConfig, DialogueConfig},
    dialogue::{
        carry_out::{Speaker, hint},
        follow,
        quoted::{self, Quoted},
        said::{self, Said},
        turn::{Heard, turn},
    },
    feedback, format, one_alert,
    understand::{
        Context, DialogueState, Language, Thresholds, Understanding, catalogue::Catalogue,
        plain_language, understand,
    },
};

/// Understands inbound messages.
#[derive(Debug)]
pub struct InboundHandler {
    pub(crate) catalogues: Catalogues,
    pub(crate) thresholds: Thresholds,
    pub(crate) dialogue: DialogueConfig,
    pub(crate) adaptive: AdaptiveConfig,
    pub(crate) clock: SharedClock,
    pub(crate) metrics: NlpMetrics,
}

impl TransactionHandler for InboundHandler {
    type Input = InboundMessage;

    /// Messages of one conversation take effect in the order in which ingress received them.
    fn order_key(&self, message: &Envelope<InboundMessage>) -> Option<String> {
        Some(message.body.conversation_key())
    }

    async fn handle(
        &self,
        conn: &mut AsyncPgConnection,
        message: &Envelope<InboundMessage>,
    ) -> Result<Outcome, HandleError> {
        let (inbound, id) = (&message.body, message.execution_id);
        self.metrics
            .inbound
            .with_label_values(&[carries(inbound)])
            .inc();
        let sender = self.sender(conn, inbound).await?;
        let read = self.read(conn, inbound, &sender).await?;
        let understanding = read.as_ref().and_then(|read| read.understanding.as_ref());
        let new = conversation(inbound, id, &sender, understanding)?;
        match conversations::record(conn, &new).await? {
            Recorded::Known(row) => {
                let stored = row.outcome.as_ref().map(Outcome::stored).transpose();
                let stored = stored.context("the conversation's stored outcome");
                return Ok(stored.map_err(HandleError::Fail)?.unwrap_or_default());
            }
            Recorded::New(_) => {}
        }
        let outcome = self.decide(conn, inbound, id, &sender, read).await?;
        self.store_outcome(conn, &sender, id, outcome).await
    }

    async fn give_up(
        &self,
        conn: &mut AsyncPgConnection,
        message: &Envelope<InboundMessage>,
        _reason: &str,
    ) -> Result<Outcome, HandleError> {
        let (inbound, id) = (&message.body, message.execution_id);
        let sender = self.sender(conn, inbound).await?;
        // Handling was rolled back: the row that a repeat recognises is written now.
        let new = conversation(inbound, id, &sender, None)?;
        if let Recorded::Known(row) = conversations::record(conn, &new).await? {
            let stored = row.outcome.as_ref().map(Outcome::stored).transpose();
            return Ok(stored
                .map_err(|error| HandleError::Fail(error.into()))?
                .unwrap_or_default());
        }
        let content = ReplyContent::AgentError {
            kind: AgentErrorKind::Default,
        };
        let outcome = self.answer(inbound, id, &sender, content);
        self.store_outcome(conn, &sender, id, outcome).await
    }
}

/// What a message of a person whom the company knows says.
#[derive(Debug)]
struct Read {
    /// Its words, or those of the button or the list's line.
    text: String,
    /// What they say to the message before.
    said: Said,
    /// What the conversation waits for, or waited for.
    found: Option<Found>,
    /// The reply of ours that it quotes.
    quoted: Option<Quoted>,
    /// Whether it says yes or no to a "shall I?".
    answers: bool,
    /// Whether our last answer was right, when it says so and nothing waits for a yes.
    feedback: Option<bool>,
    /// What the words are by themselves.
    understanding: Option<Understanding>,
    /// The company's names.
    catalogue: Arc<Catalogue>,
    /// The company.
    company: Company,
}

impl InboundHandler {
    async fn sender(
        &self,
        conn: &mut AsyncPgConnection,
        inbound: &InboundMessage,
    ) -> Result<Sender, HandleError> {
        let resolved = contacts::resolve_sender(
            conn,
            &inbound.to,
            &inbound.from,
            inbound.external_user_id.as_ref(),
            inbound.profile_name.as_deref(),
            inbound.received_at,
        );
        resolved.await?.ok_or_else(|| {
            HandleError::Fail(anyhow!("no company has the number {}", inbound.to.masked()))
        })
    }

    /// Reads the message against what was said before; `None` for somebody whom the company does
    /// not know, and for an opt-out.
    async fn read(
        &self,
        conn: &mut AsyncPgConnection,
        inbound: &InboundMessage,
        sender: &Sender,
    ) -> Result<Option<Read>, HandleError> {
        let Some(profile) = &sender.profile else {
            return Ok(None);
        };
        if inbound.opt_out.is_some() || OptChange::read(inbound).is_some() {
            return Ok(None);
        }
        let (id, at) = (sender.company_id, inbound.received_at);
        let company = companies::get(conn, id)
            .await?
            .ok_or_else(|| HandleError::Fail(anyhow!("the sender's company is gone")))?;
        let catalogue = self.catalogues.of(conn, id).await?;
        let key = inbound.conversation_key();
        let found = dialogues::get(conn, id, &key, at).await?;
        let quoted = match &inbound.quoted {
            Some(quoted) => {
                let (sid, lasts) = (&quoted.message_sid, self.question_lasts());
                quoted::find(conn, id, &key, sid, at, lasts).await?
            }
            None => None,
        };
        let text = words(inbound);
        let said = said::read(&text, inbound.forwarded);
        // A thumb answers the question that is open.
        let answers =
            answers_question(&said, found.as_ref(), quoted.as_ref(), is_reaction(inbound));
        let feedback = feedback::read(inbound).filter(|_| !answers);
        let mut read = Read {
            text,
            said,
            found,
            quoted,
            answers,
            feedback,
            understanding: None,
            catalogue,
            company,
        };
        self.note_language(conn, inbound, sender, &read.text)
            .await?;
        if feedback.is_none() && !inbound.body.trim().is_empty() && !is_reaction(inbound) {
            let live = read.found.as_ref().filter(|found| !found.expired);
            let dialogue = hint(live.map(|found| &found.state));
            let context = self.context(&read, inbound, profile, &dialogue);
            read.understanding = Some(self.understand(&inbound.body, &context));
        }
        Ok(Some(read))
    }

    /// Who has set no language is answered in the one of their own words.
    async fn note_language(
        &self,
        conn: &mut AsyncPgConnection,
        inbound: &InboundMessage,
        sender: &Sender,
        text: &str,
    ) -> Result<(), HandleError> {
        let own = sender.profile.as_ref().is_some_and(|one| one.own_locale);
        if own || inbound.forwarded {
            return Ok(());
        }
        if let Some(language) = plain_language(text) {
            let (company, contact) = (sender.company_id, sender.contact_id);
            contacts::note_language(conn, company, contact, language.code()).await?;
        }
        Ok(())
    }

    fn context<'a>(
        &'a self,
        read: &'a Read,
        inbound: &InboundMessage,
        profile: &ProfileSummary,
        dialogue: &'a DialogueState,
    ) -> Context<'a> {
        Context {
            catalogue: Some(&read.catalogue),
            dialogue,
            // The message's own time: a redelivered "today" is the day it was written on.
            now: inbound.received_at,
            time_zone: profile.time_zone,
            week_start: week_start(read.company.week_start),
            language: language(&profile.locale),
            thresholds: &self.thresholds,
        }
    }

    fn understand(&self, text: &str, context: &Context<'_>) -> Understanding {
        let started = Instant::now();
        let mut understanding = understand(text, context);
        format::note_all(&mut understanding, text);
        one_alert::note(&mut understanding, text, context);
        self.metrics
            .understand_seconds
            .observe(started.elapsed().as_secs_f64());
        let labels = [
            understanding.intent.as_str(),
            understanding.decision.as_str(),
        ];
        self.metrics.intents.with_label_values(&labels).inc();
        tracing::info!(
            intent = understanding.intent.as_str(),
            confidence = understanding.confidence,
            decision = understanding.decision.as_str(),
            "understood"
        );
        understanding
    }

    /// Notes what the sender says of our last answer. A reaction gets no answer of its own.
    async fn note_feedback(
        &self,
        conn: &mut AsyncPgConnection,
        inbound: &InboundMessage,
        id: ExecutionId,
        sender: &Sender,
        right: bool,
    ) -> Result<Outcome, HandleError> {
        let said = Feedback {
            company_id: sender.company_id,
            conversation_key: &inbound.conversation_key(),
            about: inbound
                .quoted
                .as_ref()
                .map(|quoted| quoted.message_sid.as_str()),
            right,
            at: inbound.received_at,
        };
        let noted = wharf_store::feedback::give(conn, &said).await?;
        tracing::info!(right, noted, "feedback");
        if is_reaction(inbound) {
            return Ok(Outcome::nothing());
        }
        let content = match noted {
            true => ReplyContent::FeedbackNoted { right },
            // A thumb on nothing.
            false if right => ReplyContent::Courtesy {
                kind: Courtesy::NothingWaits,
            },
            false => ReplyContent::UnknownCommand,
        };
        Ok(self.answer(inbound, id, sender, content))
    }

    /// What the message leads to. Runs once a message: the row was new.
    async fn decide(
        &self,
        conn: &mut AsyncPgConnection,
        inbound: &InboundMessage,
        id: ExecutionId,
        sender: &Sender,
        read: Option<Read>,
    ) -> Result<Outcome, HandleError> {
        let mut speaker = Speaker {
            inbound,
            sender,
            execution: id,
            catalogue: None,
            offer: None,
        };
        if let Some(outcome) = self.of_people(conn, &speaker).await? {
            return Ok(outcome);
        }
        let (Some(read), Some(profile)) = (read, &sender.profile) else {
            return Err(HandleError::Fail(anyhow!("a message that nobody answers")));
        };
        if is_reaction(inbound) && !read.answers {
            // A reaction asks for nothing.
            return match read.feedback {
                Some(right) => self.note_feedback(conn, inbound, id, sender, right).await,
                None => Ok(Outcome::nothing()),
            };
        }
        if let Some(right) = read.feedback {
            return self.note_feedback(conn, inbound, id, sender, right).await;
        }
        if let Some(outcome) = self.wordless(conn, &speaker, profile).await? {
            return Ok(outcome);
        }
        speaker.catalogue = Some(&read.catalogue);
        let previous = match follow::opens(&read.text) {
            true => self.previous(conn, &speaker).await?,
            false => None,
        };
        let dialogue = DialogueState::default();
        let heard = Heard {
            found: read.found.as_ref(),
            quoted: read.quoted.as_ref(),
            execution: id,
            received_at: inbound.received_at,
            text: &read.text,
            said: &read.said,
            understanding: read.understanding.as_ref(),
            previous: previous.as_ref(),
            context: self.context(&read, inbound, profile, &dialogue),
        };
        let turn = turn(&heard);
        speaker.offer = self.adapt(conn, &speaker, profile, &heard, &turn).await?;
        self.carry_out(conn, &speaker, turn).await
    }

    fn answer(
        &self,
        inbound: &InboundMessage,
        id: ExecutionId,
        sender: &Sender,
        content: ReplyContent,
    ) -> Outcome {
        let speaker = Speaker {
            inbound,
            sender,
            execution: id,
            catalogue: None,
            offer: None,
        };
        Outcome::publish(vec![self.reply(&speaker, content)])
    }

    async fn store_outcome(
        &self,
        conn: &mut AsyncPgConnection,
        sender: &Sender,
        id: ExecutionId,
        outcome: Outcome,
    ) -> Result<Outcome, HandleError> {
        let row = outcome
            .to_row()
            .map_err(|error| HandleError::Fail(error.into()))?;
        conversations::set_outcome(conn, sender.company_id, id, &row).await?;
        Ok(outcome)
    }
}

fn conversation(
    inbound: &InboundMessage,
    id: ExecutionId,
    sender: &Sender,
    understanding: Option<&Understanding>,
) -> Result<NewConversation, HandleError> {
    Ok(NewConversation {
        company_id: sender.company_id,
        contact_id: sender.contact_id,
        profile_id: sender.profile.as_ref().map(|profile| profile.id),
        address: inbound.from.clone(),
        account_sid: inbound.account_sid.clone(),
        message_sid: inbound.message_sid.clone(),
        execution_id: id,
        conversation_key: inbound.conversation_key(),
        body: inbound.body.clone(),
        inbound: Some(serde_json::to_value(inbound).map_err(|e| HandleError::Fail(e.into()))?),
        intent: understanding.map(|understanding| understanding.intent),
        confidence: understanding.map(|understanding| understanding.confidence.into()),
        entities: understanding
            .map(|u| u.entities.clone())
            .unwrap_or_default(),
        received_at: inbound.received_at,
    })
}

/// Whether a message says yes or no to the question that is open, or was. An emoji must stand on
/// that very question.
fn answers_question(
    said: &Said,
    found: Option<&Found>,
    quoted: Option<&Quoted>,
    reaction: bool,
) -> bool {
    let pending = match found.map(|found| &found.state) {
        Some(Waiting::Confirming(pending)) => pending,
        Some(Waiting::Offering(offered)) if offered.is_yes_or_no() => {
            let another = quoted.zip(offered.asked());
            let another = another.is_some_and(|(quoted, asked)| quoted.execution != asked);
            return matches!(said, Said::Yes | Said::No) && !reaction && !another;
        }
        // "Did you mean this?"
        Some(Waiting::Choosing(list)) if list.only_product().is_some() => {
            return matches!(said, Said::Yes | Said::No) && !reaction;
        }
        _ => return false,
    };
    matches!(said, Said::Yes | Said::No) && quoted.map_or(!reaction, |quoted| quoted.asks(pending))
}

/// ISO number of a weekday, 1 for Monday, as the company's row has it.
fn week_start(iso: i16) -> Weekday {
    let from_monday = u8::try_from(iso - 1).ok();
    from_monday
        .and_then(|day| Weekday::try_from(day).ok())
        .unwrap_or(Weekday::Mon)
}

fn language(locale: &str) -> Option<Language> {
    match locale.split(['-', '_']).next() {
        Some("en") => Some(Language::English),
        Some("es") => Some(Language::Spanish),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_start_on_the_iso_day_and_on_monday_when_in_doubt() {
        assert_eq!(week_start(1), Weekday::Mon);
        assert_eq!(week_start(7), Weekday::Sun);
        assert_eq!(week_start(0), Weekday::Mon);
        assert_eq!(week_start(9), Weekday::Mon);
    }
}
