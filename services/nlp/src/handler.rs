//! One inbound message from the queue to its row and its next step, in one transaction.

use std::time::Instant;

use anyhow::{Context as _, anyhow};
use chrono::Weekday;
use wharf_domain::{
    clock::SharedClock,
    contracts::{
        AgentErrorKind, Envelope, ExecutionContext, ExecutionRequest, InboundMessage, ReplyContent,
        ReplyRequest, ReplyTo, Step,
    },
    ids::ExecutionId,
    mapping::AgentMapping,
    priority::Priority,
};
use wharf_pipeline::{HandleError, Outcome, Publication, TransactionHandler};
use wharf_runtime::metrics::NlpMetrics;
use wharf_store::{
    AsyncPgConnection, agents, companies,
    contacts::{self, Sender},
    conversations::{self, NewConversation, Recorded},
    executions::{self, NewExecution},
    feedback::Feedback,
};

use crate::{
    catalogues::Catalogues,
    feedback,
    plan::{Plan, plan},
    understand::{Context, DialogueState, Language, Thresholds, Understanding, understand},
};

/// Understands inbound messages.
#[derive(Debug)]
pub struct InboundHandler {
    pub(crate) catalogues: Catalogues,
    pub(crate) thresholds: Thresholds,
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
        let feedback = sender
            .profile
            .as_ref()
            .and_then(|_| feedback::read(inbound));
        let understanding = match &sender.profile {
            Some(_)
                if feedback.is_none()
                    && !inbound.body.trim().is_empty()
                    && inbound.opt_out.is_none() =>
            {
                Some(self.understand(conn, inbound, &sender).await?)
            }
            _ => None,
        };
        let new = conversation(inbound, id, &sender, understanding.as_ref())?;
        match conversations::record(conn, &new).await? {
            Recorded::Known(row) => {
                let stored = row.outcome.as_ref().map(Outcome::stored).transpose();
                let stored = stored.context("the conversation's stored outcome");
                return Ok(stored.map_err(HandleError::Fail)?.unwrap_or_default());
            }
            Recorded::New(_) => {}
        }
        if let Some(right) = feedback {
            let outcome = self
                .note_feedback(conn, inbound, id, &sender, right)
                .await?;
            return self.store_outcome(conn, &sender, id, outcome).await;
        }
        let outcome = self
            .decide(conn, inbound, id, &sender, understanding.as_ref())
            .await?;
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
        let outcome = self.answer(inbound, id, &sender, Priority::Normal, content);
        self.store_outcome(conn, &sender, id, outcome).await
    }
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

    async fn understand(
        &self,
        conn: &mut AsyncPgConnection,
        inbound: &InboundMessage,
        sender: &Sender,
    ) -> Result<Understanding, HandleError> {
        let company = companies::get(conn, sender.company_id)
            .await?
            .ok_or_else(|| HandleError::Fail(anyhow!("the sender's company is gone")))?;
        let catalogue = self.catalogues.of(conn, sender.company_id).await?;
        let profile = sender.profile.as_ref();
        let context = Context {
            catalogue: Some(&catalogue),
            dialogue: &DialogueState::default(),
            // The message's own time: a redelivered "today" is the day it was written on.
            now: inbound.received_at,
            time_zone: profile.map_or(company.time_zone, |profile| profile.time_zone),
            week_start: week_start(company.week_start),
            language: profile.and_then(|profile| language(&profile.locale)),
            thresholds: &self.thresholds,
        };
        let started = Instant::now();
        let understanding = understand(&inbound.body, &context);
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
        Ok(understanding)
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
            false => ReplyContent::UnknownCommand,
        };
        Ok(self.answer(inbound, id, sender, Priority::Normal, content))
    }

    /// What the message leads to. Runs once a message: the row was new.
    async fn decide(
        &self,
        conn: &mut AsyncPgConnection,
        inbound: &InboundMessage,
        id: ExecutionId,
        sender: &Sender,
        understanding: Option<&Understanding>,
    ) -> Result<Outcome, HandleError> {
        let answer = |content| self.answer(inbound, id, sender, Priority::Normal, content);
        // After an opt-out Twilio has answered already; a reaction asks for nothing.
        if inbound.opt_out.is_some() || is_reaction(inbound) {
            return Ok(Outcome::nothing());
        }
        if sender.profile.is_none() {
            return Ok(answer(ReplyContent::UnknownSender));
        }
        let Some(understanding) = understanding else {
            return Ok(answer(ReplyContent::UnknownCommand));
        };
        match plan(understanding) {
            Plan::Answer(content) => Ok(answer(content)),
            Plan::Execute(mapping) => {
                self.enqueue(conn, inbound, id, sender, understanding, mapping)
                    .await
            }
        }
    }

    async fn enqueue(
        &self,
        conn: &mut AsyncPgConnection,
        inbound: &InboundMessage,
        id: ExecutionId,
        sender: &Sender,
        understanding: &Understanding,
        mapping: &AgentMapping,
    ) -> Result<Outcome, HandleError> {
        let persona = sender.profile.as_ref().and_then(|profile| profile.persona);
        let entities = &understanding.entities;
        let priority = Priority::of_request(mapping.agent, persona, entities);
        let agent = agents::find_or_create(conn, sender.company_id, mapping.agent).await?;
        let context = ExecutionContext {
            source: "whatsapp".to_owned(),
            entities: entities.clone(),
            persona,
            received_at: inbound.received_at,
            step: Step::Ask,
        };
        let now = self.clock.now();
        let execution = NewExecution {
            id,
            company_id: sender.company_id,
            agent_id: Some(agent.id),
            contact_id: Some(sender.contact_id),
            profile_id: sender.profile.as_ref().map(|profile| profile.id),
            conversation_key: inbound.conversation_key(),
            intent: mapping.intent,
            agent: mapping.agent,
            priority,
            context: serde_json::to_value(context).map_err(|e| HandleError::Fail(e.into()))?,
            created_at: now,
        };
        executions::enqueue(conn, &execution).await?;
        let request = ExecutionRequest {
            execution_id: id,
            company_id: sender.company_id,
            agent: mapping.agent,
            intent: mapping.intent,
            priority,
            conversation_key: execution.conversation_key,
        };
        let envelope = Envelope::new(id.message("execute"), id, now, request);
        Ok(Outcome::publish(vec![Publication::Execute(envelope)]))
    }

    fn answer(
        &self,
        inbound: &InboundMessage,
        id: ExecutionId,
        sender: &Sender,
        priority: Priority,
        content: ReplyContent,
    ) -> Outcome {
        let to = ReplyTo {
            company_id: sender.company_id,
            contact_id: sender.contact_id,
            conversation_key: inbound.conversation_key(),
            priority,
            received_at: inbound.received_at,
        };
        let reply = ReplyRequest::to_execution(id, to, content, self.clock.now());
        Outcome::publish(vec![Publication::Reply(Box::new(reply))])
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

/// Whether it is an emoji put on a message of ours.
fn is_reaction(inbound: &InboundMessage) -> bool {
    inbound.message_type.as_deref() == Some("reaction")
}

/// What a message carries, as a label: the first that fits.
fn carries(inbound: &InboundMessage) -> &'static str {
    match inbound {
        message if message.opt_out.is_some() => "opt_out",
        message if message.button.is_some() => "button",
        message if message.list.is_some() => "list",
        message if message.location.is_some() => "location",
        message if !message.media.is_empty() => "media",
        message if message.body.trim().is_empty() => "nothing",
        _ => "text",
    }
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
