//! What to answer, from nlp or agent-executor to responder: facts, never wording.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Contract, Envelope, ReplyContent, answers::PersonaOffer};
use crate::{
    ids::{CompanyId, ContactId, ExecutionId, MessageId},
    priority::Priority,
};

/// "Tell this contact that." Persona, locale and address are looked up when it is worded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplyRequest {
    /// The reply's id; a repeated request is recognised by it.
    pub reply_id: MessageId,
    /// The request that it answers.
    pub execution_id: ExecutionId,
    /// The tenant.
    pub company_id: CompanyId,
    /// Who gets it.
    pub contact_id: ContactId,
    /// Keeps one conversation's replies in order.
    pub conversation_key: String,
    /// The queue.
    pub priority: Priority,
    /// When ingress received the message that is answered, for the time to answer.
    pub received_at: DateTime<Utc>,
    /// What it says.
    pub content: ReplyContent,
    /// Whether nobody asked for it: a schedule, an alert, something shared. Such a message goes only
    /// to a person who has not opted out; an answer, however late, always goes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub proactive: bool,
}

/// The step of the one reply to an execution.
const REPLY: &str = "reply";

impl ReplyRequest {
    /// What nobody asked for: a schedule's run, an alert, something shared. `step` tells several
    /// messages of one execution apart; a repeated one has the same id.
    #[must_use]
    pub fn unasked(
        execution_id: ExecutionId,
        step: &str,
        to: ReplyTo,
        content: ReplyContent,
        now: DateTime<Utc>,
    ) -> Envelope<Self> {
        let mut message = Self::as_message(execution_id, step, to, content, now);
        message.body.proactive = true;
        message
    }

    /// The reply to an execution that nobody asked for just now, e.g. a schedule's run. It has the
    /// id that [`to_execution`](Self::to_execution) gives.
    #[must_use]
    pub fn to_unasked_execution(
        execution_id: ExecutionId,
        to: ReplyTo,
        content: ReplyContent,
        now: DateTime<Utc>,
    ) -> Envelope<Self> {
        Self::unasked(execution_id, REPLY, to, content, now)
    }

    /// The one reply to an execution, in its envelope. Every stage that answers makes it here, so
    /// that a repeated answer carries the same id.
    #[must_use]
    pub fn to_execution(
        execution_id: ExecutionId,
        to: ReplyTo,
        content: ReplyContent,
        now: DateTime<Utc>,
    ) -> Envelope<Self> {
        Self::as_message(execution_id, REPLY, to, content, now)
    }

    /// What is said of an execution before its reply: that it takes longer. Once, whoever says it:
    /// it has one id too.
    #[must_use]
    pub fn ahead_of_execution(
        execution_id: ExecutionId,
        to: ReplyTo,
        content: ReplyContent,
        now: DateTime<Utc>,
    ) -> Envelope<Self> {
        Self::as_message(execution_id, "soft", to, content, now)
    }

    /// The persona that is offered after the reply to an execution. Nobody asked for it.
    #[must_use]
    pub fn persona_offer(
        execution_id: ExecutionId,
        to: ReplyTo,
        offer: PersonaOffer,
        now: DateTime<Utc>,
    ) -> Envelope<Self> {
        let content = ReplyContent::PersonaOffer(offer);
        Self::unasked(execution_id, content.template(), to, content, now)
    }

    fn as_message(
        execution_id: ExecutionId,
        step: &str,
        to: ReplyTo,
        content: ReplyContent,
        now: DateTime<Utc>,
    ) -> Envelope<Self> {
        let reply_id = execution_id.message(step);
        let body = Self {
            reply_id,
            execution_id,
            company_id: to.company_id,
            contact_id: to.contact_id,
            conversation_key: to.conversation_key,
            priority: to.priority,
            received_at: to.received_at,
            content,
            proactive: false,
        };
        Envelope::new(reply_id, execution_id, now, body)
    }
}

/// Who gets a reply, and how urgently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTo {
    /// The tenant.
    pub company_id: CompanyId,
    /// The person.
    pub contact_id: ContactId,
    /// The conversation.
    pub conversation_key: String,
    /// The queue.
    pub priority: Priority,
    /// When ingress received the message.
    pub received_at: DateTime<Utc>,
}

impl Contract for ReplyRequest {
    const KIND: &'static str = "reply_request";
    const VERSION: u16 = 1;
}
