//! The answer that "this" means: the one that the message quotes, else the one that the
//! conversation was shown last.

use wharf_domain::{
    contracts::{ExecutionContext, ReplyContent},
    entities::Entities,
    ids::ExecutionId,
    intent::IntentType,
};
use wharf_pipeline::{HandleError, Publication};
use wharf_store::{
    AsyncPgConnection, dialogues,
    executions::{self, Execution},
};

use crate::{dialogue::carry_out::Speaker, handler::InboundHandler};

/// An answer that was shown.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// The execution whose answer it is.
    pub(super) execution: ExecutionId,
    /// What was asked.
    pub(super) intent: IntentType,
    /// With what.
    pub(super) entities: Entities,
    /// The answer.
    pub(super) content: ReplyContent,
}

impl Shown {
    /// The answer of an execution that has ended with one.
    pub(super) fn of(row: Execution) -> Option<Self> {
        let publication = serde_json::from_value(row.result?).ok()?;
        let Publication::Reply(reply) = publication else {
            return None;
        };
        let context: Option<ExecutionContext> = row
            .context
            .and_then(|context| serde_json::from_value(context).ok());
        Some(Self {
            execution: row.id,
            intent: row.intent_type,
            entities: context.map(|context| context.entities).unwrap_or_default(),
            content: reply.body.content.answer().clone(),
        })
    }
}

impl InboundHandler {
    pub(super) async fn shown(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
    ) -> Result<Option<Shown>, HandleError> {
        let company = speaker.sender.company_id;
        let key = speaker.inbound.conversation_key();
        if let Some(quoted) = &speaker.inbound.quoted
            && let Some(reply) = dialogues::quoted(conn, company, &key, &quoted.message_sid).await?
            && let Some(row) = executions::get(conn, company, reply.execution_id).await?
            && let Some(shown) = Shown::of(row)
        {
            return Ok(Some(shown));
        }
        let latest = executions::latest_answered(conn, company, &key).await?;
        Ok(latest.and_then(Shown::of))
    }
}
