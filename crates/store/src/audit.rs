//! Who changed what, and who was refused. Rows are added, never changed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;
use wharf_domain::{
    ids::{CompanyId, ExecutionId, ProfileId},
    intent::IntentType,
};

use crate::{
    Result,
    columns::{Col, OptCol, text_enum},
    schema::audit_log as l,
};

text_enum! {
    /// What is told of.
    pub enum AuditAction {
        /// Somebody asked for what the role does not allow.
        Denied = "denied",
        /// Something was drawn up that binds nobody before a yes.
        Drafted = "drafted",
        /// Something was changed.
        Done = "done",
        /// A change was taken back.
        Undone = "undone",
        /// A request under way was stopped, or a draft dropped.
        Cancelled = "cancelled",
        /// An agent failed so often that it gets no more work.
        AgentFailing = "agent_failing",
        /// It gets work again.
        AgentRecovered = "agent_recovered",
    }
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = l)]
pub struct Entry {
    /// The tenant.
    #[diesel(deserialize_as = Uuid, column_name = company_id)]
    pub company: CompanyId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who; `None`: nobody asked for it, e.g. a schedule.
    #[diesel(deserialize_as = OptCol<ProfileId>, column_name = profile_id)]
    pub profile: Option<ProfileId>,
    /// The request.
    #[diesel(deserialize_as = OptCol<ExecutionId>, column_name = execution_id)]
    pub execution: Option<ExecutionId>,
    /// What was asked for.
    #[diesel(deserialize_as = Col<IntentType>, column_name = intent_type)]
    pub intent: IntentType,
    /// What came of it.
    #[diesel(deserialize_as = Col<AuditAction>)]
    pub action: AuditAction,
    /// What it was about, e.g. the entities.
    pub detail: Value,
}

/// Adds a line. Call it within the transaction of what it tells of, so that there is one line a
/// change however often the request comes.
///
/// # Errors
/// When the database fails.
pub async fn record(conn: &mut AsyncPgConnection, entry: &Entry) -> Result<()> {
    diesel::insert_into(l::table)
        .values((
            l::company_id.eq(entry.company.0),
            l::at.eq(entry.at),
            l::profile_id.eq(entry.profile.map(Uuid::from)),
            l::execution_id.eq(entry.execution.map(Uuid::from)),
            l::intent_type.eq(entry.intent.as_str()),
            l::action.eq(entry.action.as_str()),
            l::detail.eq(&entry.detail),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// What the column of intents says of a line that no request made: who may write, or be written to.
const PEOPLE: &str = "people";

/// Adds a line on who may write or be written to: an invitation, a pairing, an opt-out. `event`
/// says which; it stands in the detail.
///
/// # Errors
/// When the database fails.
pub async fn record_person(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    profile: Option<ProfileId>,
    execution: Option<ExecutionId>,
    event: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(l::table)
        .values((
            l::company_id.eq(company.0),
            l::at.eq(at),
            l::profile_id.eq(profile.map(Uuid::from)),
            l::execution_id.eq(execution.map(Uuid::from)),
            l::intent_type.eq(PEOPLE),
            l::action.eq(AuditAction::Done.as_str()),
            l::detail.eq(serde_json::json!({ "event": event })),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The company's lines on requests since `since`, oldest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn since(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Entry>> {
    Ok(l::table
        .filter(l::company_id.eq(company.0))
        .filter(l::at.ge(since))
        .filter(l::intent_type.ne(PEOPLE))
        .order((l::at, l::id))
        .limit(limit)
        .select(Entry::as_select())
        .load(conn)
        .await?)
}
