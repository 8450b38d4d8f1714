//! Carries out what a turn says, in the transaction of its message: permission, rows, and the
//! messages to publish. Runs once a message; a repeat finds the stored outcome.

use chrono::TimeDelta;
use serde_json::json;
use wharf_domain::{
    contracts::{
        AgentErrorKind, Envelope, ExecutionContext, ExecutionRequest, InboundMessage, ReplyContent,
        ReplyRequest, ReplyTo, Step,
        answers::{Confirm, WhyNotUndone},
    },
    dialogue::{DialogueState, PendingConfirmation},
    entities::{Entities, EntityName},
    ids::ExecutionId,
    intent::IntentType,
    mapping::mapping_of,
    persona::adaptive::Suggestion,
    priority::Priority,
};
use wharf_pipeline::{HandleError, Outcome, Publication};
use wharf_store::{
    AsyncPgConnection, agents,
    audit::{self, AuditAction},
    contacts::Sender,
    dialogues, effects,
    executions::{self, NewExecution},
    permissions,
};

use super::{Act, Part, Request, Turn, slot};
use crate::{handler::InboundHandler, understand::catalogue::Catalogue};

/// A message whose turn is carried out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Speaker<'a> {
    /// The message.
    pub(crate) inbound: &'a InboundMessage,
    /// Who wrote it.
    pub(crate) sender: &'a Sender,
    /// Its execution.
    pub(crate) execution: ExecutionId,
    /// The company's names.
    pub(crate) catalogue: Option<&'a Catalogue>,
    /// The persona to offer after the answer.
    pub(crate) offer: Option<Suggestion>,
}

impl Speaker<'_> {
    pub(crate) fn reply_to(&self) -> ReplyTo {
        ReplyTo {
            company_id: self.sender.company_id,
            contact_id: self.sender.contact_id,
            conversation_key: self.inbound.conversation_key(),
            priority: Priority::Normal,
            received_at: self.inbound.received_at,
        }
    }
}

impl InboundHandler {
    pub(crate) async fn carry_out(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        turn: Turn,
    ) -> Result<Outcome, HandleError> {
        let company = speaker.sender.company_id;
        let key = speaker.inbound.conversation_key();
        let mut publish = Vec::new();
        let mut wait = None;
        for (number, part) in (0..).zip(turn.parts) {
            let speaker = Speaker {
                execution: speaker.execution.request(number),
                ..*speaker
            };
            if let Some(intent) = part.intent
                && !self.may(conn, &speaker, intent, part.entities()).await?
            {
                publish.push(self.refuse(conn, &speaker, intent, &part).await?);
                continue;
            }
            if let Act::Offer(offer) = part.act {
                let (messages, waits) = self.offer(conn, &speaker, offer).await?;
                publish.extend(messages);
                wait = waits.or(wait);
                continue;
            }
            wait = part.wait.or(wait);
            publish.push(self.act(conn, &speaker, part.act).await?);
        }
        let now = self.clock.now();
        if let Some(state) = wait {
            let until = now + self.question_lasts();
            dialogues::ask(conn, company, &key, &state, now, until).await?;
        } else if turn.clear {
            dialogues::clear(conn, company, &key).await?;
        }
        Ok(Outcome::publish(publish))
    }

    pub(crate) fn question_lasts(&self) -> TimeDelta {
        TimeDelta::minutes(self.dialogue.question_minutes.into())
    }

    pub(crate) async fn may(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        intent: IntentType,
        entities: Option<&Entities>,
    ) -> Result<bool, HandleError> {
        let Some(profile) = &speaker.sender.profile else {
            return Ok(false);
        };
        let company = speaker.sender.company_id;
        let place = entities.and_then(|entities| entities.get(EntityName::Location));
        let permission = permissions::check_at(conn, company, profile.id, intent, place).await?;
        Ok(permission.is_allowed())
    }

    /// Says no, and writes it down.
    async fn refuse(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        intent: IntentType,
        part: &Part,
    ) -> Result<Publication, HandleError> {
        let detail = json!({ "checked": "before queueing", "entities": part.entities() });
        self.write_down(conn, speaker, intent, AuditAction::Denied, detail)
            .await?;
        tracing::info!(intent = intent.as_str(), "refused");
        let content = ReplyContent::AgentError {
            kind: AgentErrorKind::Permission,
        };
        Ok(self.reply(speaker, content))
    }

    pub(crate) async fn write_down(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        intent: IntentType,
        action: AuditAction,
        detail: serde_json::Value,
    ) -> Result<(), HandleError> {
        let profile = speaker.sender.profile.as_ref().map(|profile| profile.id);
        let entry = audit::Entry {
            company: speaker.sender.company_id,
            at: self.clock.now(),
            profile,
            execution: Some(speaker.execution),
            intent,
            action,
            detail,
        };
        Ok(audit::record(conn, &entry).await?)
    }

    async fn act(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        act: Act,
    ) -> Result<Publication, HandleError> {
        match act {
            Act::Carry(request) => self.enqueue(conn, speaker, request).await,
            Act::Ask(pending) => Ok(self.reply(speaker, self.question(speaker, &pending))),
            Act::Answer(content) => Ok(self.reply(speaker, content)),
            Act::Undo => self.undo(conn, speaker).await,
            Act::Cancel => self.cancel(conn, speaker).await,
            Act::Command(command) => {
                let content = self.command(conn, speaker, command).await?;
                Ok(self.reply(speaker, content))
            }
            // Of several messages: see carry_out.
            Act::Offer(_) => Ok(self.reply(speaker, ReplyContent::UnknownCommand)),
        }
    }

    fn question(&self, speaker: &Speaker<'_>, pending: &PendingConfirmation) -> ReplyContent {
        ReplyContent::Confirm(Confirm {
            intent: pending.intent,
            entities: pending.entities.clone(),
            product: slot::named_product(&pending.entities, speaker.catalogue),
            change: None,
            expires_at: self.clock.now() + self.question_lasts(),
        })
    }

    /// Takes back the conversation's latest change, unless its row shows that it cannot be.
    async fn undo(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
    ) -> Result<Publication, HandleError> {
        let company = speaker.sender.company_id;
        let key = speaker.inbound.conversation_key();
        let refused = |why| self.reply(speaker, ReplyContent::NotUndone(why));
        let minutes = self.dialogue.undo_minutes;
        let until = speaker.inbound.received_at - TimeDelta::minutes(minutes.into());
        if let Some(undone) = self.undo_schedule(conn, speaker, until).await? {
            return Ok(undone);
        }
        let Some(effect) = effects::latest_of(conn, company, &key).await? else {
            return Ok(refused(WhyNotUndone::Nothing));
        };
        if effect.undone_by.is_some() {
            return Ok(refused(WhyNotUndone::Already));
        }
        if let Some(minutes) = effect.too_late(speaker.inbound.received_at) {
            return Ok(refused(WhyNotUndone::TooLate { minutes }));
        }
        let request = Request {
            intent: effect.intent,
            entities: Entities::default(),
            step: Step::Undo {
                of: effect.execution_id,
            },
        };
        if !self.may(conn, speaker, effect.intent, None).await? {
            let part = Part::free(Act::Carry(request));
            return self.refuse(conn, speaker, effect.intent, &part).await;
        }
        self.enqueue(conn, speaker, request).await
    }

    async fn cancel(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
    ) -> Result<Publication, HandleError> {
        let company = speaker.sender.company_id;
        let key = speaker.inbound.conversation_key();
        let now = self.clock.now();
        let stopped = executions::cancel_of_conversation(conn, company, &key, now).await?;
        if let Some(stopped) = &stopped {
            let detail = json!({ "execution_id": stopped.id });
            let intent = stopped.intent_type;
            self.write_down(conn, speaker, intent, AuditAction::Cancelled, detail)
                .await?;
        }
        let intent = stopped.map(|stopped| stopped.intent_type);
        Ok(self.reply(speaker, ReplyContent::Cancelled { intent }))
    }

    async fn enqueue(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        request: Request,
    ) -> Result<Publication, HandleError> {
        let (inbound, sender, id) = (speaker.inbound, speaker.sender, speaker.execution);
        let Some(mapping) = mapping_of(request.intent) else {
            return Ok(self.reply(speaker, ReplyContent::UnknownCommand));
        };
        let persona = sender.profile.as_ref().and_then(|profile| profile.persona);
        let priority = Priority::of_request(mapping.agent, persona, &request.entities);
        let agent = agents::find_or_create(conn, sender.company_id, mapping.agent).await?;
        let context = ExecutionContext {
            source: "whatsapp".to_owned(),
            entities: request.entities,
            persona,
            received_at: inbound.received_at,
            step: request.step,
            schedule: None,
            offer: speaker.offer,
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
        Ok(Publication::Execute(envelope))
    }

    pub(crate) fn reply(&self, speaker: &Speaker<'_>, content: ReplyContent) -> Publication {
        let (to, now) = (speaker.reply_to(), self.clock.now());
        Publication::Reply(Box::new(ReplyRequest::to_execution(
            speaker.execution,
            to,
            content,
            now,
        )))
    }
}

/// What understanding is told of a state.
pub(crate) fn hint(state: Option<&DialogueState>) -> crate::understand::DialogueState {
    let (asked, pending, list_length) = match state {
        Some(DialogueState::Confirming(pending)) => (None, Some(pending.intent), 0),
        Some(DialogueState::Asking(form)) => (Some(form.missing), Some(form.intent), 0),
        Some(DialogueState::Choosing(list)) => (None, None, list.last_line()),
        Some(DialogueState::Saying(list)) => (None, None, list.lines.len()),
        Some(DialogueState::Offering(_)) | None => (None, None, 0),
    };
    crate::understand::DialogueState {
        asked,
        pending,
        list_length,
    }
}
