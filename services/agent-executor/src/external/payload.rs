//! What an external agent is sent. No phone number, no name: what it needs to answer.

use chrono::{DateTime, Utc};
use serde::Serialize;
use wharf_domain::{
    agent::AgentType,
    contracts::Step,
    entities::Entities,
    ids::{CompanyId, ExecutionId},
    intent::IntentType,
};
use wharf_store::profiles::ProfileSummary;

use crate::agents::Request;

/// A call's content.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Payload {
    /// Also the idempotency key.
    pub(crate) execution_id: ExecutionId,
    pub(crate) company_id: CompanyId,
    /// The agent's name.
    pub(crate) agent: &'static str,
    intent: IntentType,
    entities: Entities,
    step: Step,
    /// `None`: nobody asked.
    person: Option<Asker>,
    now: DateTime<Utc>,
}

/// Who asks.
#[derive(Debug, Clone, Serialize)]
struct Asker {
    role: String,
    locale: String,
    time_zone: String,
    /// The names of the places that the person may see and change; `None`: all.
    locations: Option<Vec<String>>,
}

#[derive(Serialize)]
struct WithCallback<'a> {
    #[serde(flatten)]
    payload: &'a Payload,
    /// Where to call back after 202; null: nowhere.
    callback_url: Option<String>,
}

impl Payload {
    pub(crate) fn new(
        agent: AgentType,
        request: &Request,
        person: Option<ProfileSummary>,
        locations: Option<Vec<String>>,
    ) -> Self {
        Self {
            execution_id: request.execution_id,
            company_id: request.company_id(),
            agent: agent.as_str(),
            intent: request.intent,
            entities: request.entities.clone(),
            step: request.step,
            person: person.map(|profile| Asker {
                role: profile.role,
                locale: profile.locale,
                time_zone: profile.time_zone.name().to_owned(),
                locations,
            }),
            now: request.now,
        }
    }

    pub(super) fn to_json(&self, callback_url: Option<String>) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&WithCallback {
            payload: self,
            callback_url,
        })
    }
}
