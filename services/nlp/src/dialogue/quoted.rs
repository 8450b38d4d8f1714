//! The reply of ours that a message quotes by a swipe, or puts an emoji on: what it asked or
//! listed, read from the outcome that was stored when it was decided.

use super::commands;
use chrono::{DateTime, TimeDelta, Utc};
use wharf_domain::{
    contracts::{ExecutionContext, ReplyContent},
    dialogue::{PendingConfirmation, ShownLines, ShownList},
    entities::Entities,
    ids::{CompanyId, ExecutionId},
    intent::IntentType,
};
use wharf_pipeline::{Outcome, Publication};
use wharf_store::{AsyncPgConnection, StoreError, conversations, dialogues, executions};

/// A reply that is quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// The request that it answers.
    pub execution: ExecutionId,
    /// What it asked "shall I?" about.
    pub question: Option<(IntentType, Entities)>,
    /// What it listed.
    pub list: Option<ShownList>,
    /// The words that it listed.
    pub lines: Option<ShownLines>,
    /// Whether it is too old to be answered.
    pub expired: bool,
}

impl Quoted {
    /// Whether it is the question for `pending`.
    #[must_use]
    pub fn asks(&self, pending: &PendingConfirmation) -> bool {
        pending.asked == Some(self.execution)
            || self.question.as_ref().is_some_and(|(intent, entities)| {
                *intent == pending.intent && *entities == pending.entities
            })
    }
}

/// The reply of the conversation that went out as `message_sid`, when it is known what it said.
///
/// # Errors
/// When the database fails.
pub async fn find(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    conversation_key: &str,
    message_sid: &str,
    now: DateTime<Utc>,
    waits: TimeDelta,
) -> Result<Option<Quoted>, StoreError> {
    let found = dialogues::quoted(conn, company, conversation_key, message_sid).await?;
    let Some(reply) = found else {
        return Ok(None);
    };
    let id = reply.execution_id;
    let (outcome, intent, entities) = match executions::get(conn, company, id).await? {
        Some(row) => {
            let context = row.context.map(serde_json::from_value::<ExecutionContext>);
            let entities = context.and_then(Result::ok).map(|context| context.entities);
            (row.outcome, Some(row.intent_type), entities)
        }
        None => match conversations::by_execution(conn, company, id).await? {
            Some(row) => {
                let entities = row.entities.map(serde_json::from_value);
                (row.outcome, row.intent_type, entities.and_then(Result::ok))
            }
            None => (None, None, None),
        },
    };
    let outcome = outcome.and_then(|row| Outcome::stored(&row).ok());
    let content = outcome.and_then(|outcome| {
        outcome
            .publish
            .into_iter()
            .find_map(|message| match message {
                Publication::Reply(sent) if sent.body.reply_id == reply.reply_id => {
                    Some(sent.body.content)
                }
                _ => None,
            })
    });
    let Some(content) = content else {
        return Ok(None);
    };
    let question = match &content {
        ReplyContent::Confirm(asked) => Some((asked.intent, asked.entities.clone())),
        _ => None,
    };
    let lines = match &content {
        ReplyContent::PersonaList(_) => Some(commands::personas(id)),
        _ => None,
    };
    let list = intent.and_then(|intent| {
        ShownList::of_reply(id, intent, &entities.unwrap_or_default(), &content)
    });
    Ok(Some(Quoted {
        execution: id,
        question,
        list: list.map(asked_about),
        lines,
        expired: reply.at + waits <= now,
    }))
}

/// How sure the request was is not known any more: what would change something is asked about.
fn asked_about(mut list: ShownList) -> ShownList {
    for choice in &mut list.choices {
        choice.confirm = true;
    }
    list
}
