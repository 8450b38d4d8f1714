//! The persona that is offered after an answer, when nlp has found one that fits how the person
//! writes (`wharf_domain::persona::adaptive`).

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize as _;
use wharf_domain::contracts::{ExecutionContext, ReplyRequest, answers::PersonaOffer};
use wharf_pipeline::{HandleError, Publication};
use wharf_store::{
    AsyncPgConnection,
    executions::Execution,
    persona_offers::{self, NewOffer},
};

use super::{Engine, replies::receiver};

impl Engine {
    /// The offer that goes after an answer to `execution`; `None` when none is to be made, when the
    /// answer left something open, or when it took so long that the person has gone on.
    pub(super) async fn offer(
        &self,
        conn: &mut AsyncPgConnection,
        execution: &Execution,
        received_at: DateTime<Utc>,
    ) -> Result<Option<Publication>, HandleError> {
        let context = execution.context.as_ref();
        let context = context.and_then(|context| ExecutionContext::deserialize(context).ok());
        let Some(ExecutionContext {
            offer: Some(suggestion),
            persona,
            ..
        }) = context
        else {
            return Ok(None);
        };
        let (Some(profile), Some(to)) = (execution.profile_id, receiver(execution, received_at))
        else {
            return Ok(None);
        };
        let now = self.now();
        let lasts = TimeDelta::minutes(self.limits.question_minutes.into());
        if now - received_at > lasts {
            return Ok(None);
        }
        let offer = NewOffer {
            company: execution.company_id,
            profile,
            conversation_key: execution.conversation_key.clone(),
            execution: execution.id,
            before: persona,
            suggestion,
            at: now,
            expires_at: now + lasts,
        };
        if !persona_offers::make(conn, &offer).await? {
            return Ok(None);
        }
        let offer = PersonaOffer {
            persona: suggestion.persona,
            because: suggestion.because,
            expires_at: offer.expires_at,
        };
        let message = ReplyRequest::persona_offer(execution.id, to, offer, now);
        Ok(Some(Publication::Reply(Box::new(message))))
    }
}
