//! What the conversation itself answers: what is under way, what can be asked, the persona.

use wharf_domain::{
    contracts::{
        AgentErrorKind, ExecutionContext, ReplyContent, Step,
        answers::{Help, JobUnderWay, PersonaChanged, PersonaList, UnderWay},
    },
    dialogue::PAGE_LINES,
    entities::{Entities, EntityName},
    guide::GUIDES,
    intent::IntentType,
    persona::{Persona, adaptive::Because},
};
use wharf_pipeline::HandleError;
use wharf_store::{
    AsyncPgConnection,
    executions::{self, Execution, ExecutionStatus},
    personas::{self, Change, Why},
};

use super::{
    carry_out::Speaker,
    commands::{Command, PersonaAsk},
    follow::Previous,
};
use crate::handler::InboundHandler;

/// What says best which of several requests is meant, the first that is named.
const ABOUT: &[EntityName] = &[
    EntityName::Sku,
    EntityName::Product,
    EntityName::ReportType,
    EntityName::AlertId,
    EntityName::Agent,
    EntityName::Supplier,
    EntityName::Metric,
];

impl InboundHandler {
    pub(super) async fn command(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        command: Command,
    ) -> Result<ReplyContent, HandleError> {
        match command {
            Command::Status => self.under_way(conn, speaker).await,
            Command::Help(topic) => self.help(conn, speaker, topic).await,
            Command::Persona(PersonaAsk::List) => self.personas(conn, speaker).await,
            Command::Persona(PersonaAsk::To(persona)) => {
                self.switch(conn, speaker, Some(persona), None).await
            }
            Command::Persona(PersonaAsk::Auto) => self.switch(conn, speaker, None, None).await,
        }
    }

    async fn personas(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
    ) -> Result<ReplyContent, HandleError> {
        let profile = speaker.sender.profile.as_ref();
        let current = profile.and_then(|profile| profile.persona);
        let last = match profile {
            Some(profile) => {
                let company = speaker.sender.company_id;
                personas::history(conn, company, profile.id, 1).await?.pop()
            }
            None => None,
        };
        let last = last.filter(|last| last.persona == current);
        Ok(ReplyContent::PersonaList(PersonaList {
            current,
            personas: Persona::ALL.to_vec(),
            because: last.and_then(|last| last.because),
        }))
    }

    async fn under_way(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
    ) -> Result<ReplyContent, HandleError> {
        let company = speaker.sender.company_id;
        let key = speaker.inbound.conversation_key();
        let profile = speaker.sender.profile.as_ref().map(|profile| profile.id);
        let most = i64::from(PAGE_LINES);
        let rows = executions::under_way(conn, company, &key, profile, most).await?;
        let jobs = rows.iter().map(|row| {
            let running = row.status == ExecutionStatus::Processing;
            let begun = row.started_at.filter(|_| running);
            JobUnderWay {
                intent: row.intent_type,
                about: requested(row).and_then(|request| about(&request.entities)),
                running,
                since: begun.unwrap_or(row.created_at),
            }
        });
        Ok(ReplyContent::UnderWay(UnderWay {
            jobs: jobs.collect(),
            as_of: self.clock.now(),
        }))
    }

    /// What the person may ask for. What the role does not allow is not told of.
    async fn help(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        topic: Option<IntentType>,
    ) -> Result<ReplyContent, HandleError> {
        let mut intents = Vec::new();
        for guide in GUIDES {
            if self.may(conn, speaker, guide.intent, None).await? {
                intents.push(guide.intent);
            }
        }
        if topic.is_some_and(|topic| !intents.contains(&topic)) {
            let kind = AgentErrorKind::Permission;
            return Ok(ReplyContent::AgentError { kind });
        }
        Ok(ReplyContent::Help(Help { topic, intents }))
    }

    /// Lets another persona answer, from this answer on; kept in the person's history. `because`:
    /// why it was offered, if it was.
    pub(crate) async fn switch(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        persona: Option<Persona>,
        because: Option<Because>,
    ) -> Result<ReplyContent, HandleError> {
        let Some(profile) = &speaker.sender.profile else {
            return Ok(ReplyContent::UnknownSender);
        };
        let change = Change {
            company: speaker.sender.company_id,
            profile: profile.id,
            before: profile.persona,
            persona,
            why: match (persona, because) {
                (_, Some(_)) => Why::Offered,
                (Some(_), None) => Why::Chosen,
                (None, None) => Why::Auto,
            },
            execution: speaker.execution,
            at: self.clock.now(),
            because,
        };
        personas::switch(conn, &change).await?;
        tracing::info!(persona = ?persona, before = ?profile.persona, "persona switched");
        Ok(ReplyContent::PersonaChanged(PersonaChanged {
            persona,
            before: profile.persona,
        }))
    }

    /// The conversation's latest request within the time that questions wait, which a follow-up
    /// may mean.
    pub(crate) async fn previous(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
    ) -> Result<Option<Previous>, HandleError> {
        let company = speaker.sender.company_id;
        let key = speaker.inbound.conversation_key();
        let since = speaker.inbound.received_at - self.question_lasts();
        let rows = executions::latest_of_conversation(conn, company, &key, since).await?;
        Ok(rows.iter().find_map(requested))
    }
}

/// What a row was asked to do; `None` for a no, an undo, and what nobody wrote.
fn requested(row: &Execution) -> Option<Previous> {
    let context = row.context.clone().unwrap_or_default();
    let context: ExecutionContext = serde_json::from_value(context).ok()?;
    let asks = matches!(
        context.step,
        Step::Ask | Step::Confirmed { .. } | Step::Page { .. }
    );
    (asks && context.source == "whatsapp").then_some(Previous {
        intent: row.intent_type,
        entities: context.entities,
    })
}

fn about(entities: &Entities) -> Option<String> {
    ABOUT
        .iter()
        .find_map(|name| entities.get(*name))
        .map(str::to_owned)
}
