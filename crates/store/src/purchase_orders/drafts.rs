//! Drafts that wait for a yes. They bind nobody, but a list of them that grows says nothing.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::{
    ids::{CompanyId, ExecutionId, ProfileId},
    intent::IntentType,
};

use super::{OrderState, name};
use crate::{
    Result,
    columns::OptCol,
    schema::{agent_execution_queue as q, purchase_orders as o},
};

/// A draft whose request asked whether it is to be placed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Unanswered {
    /// The order.
    pub order: Uuid,
    number: i64,
    /// Who asked for it.
    #[diesel(deserialize_as = OptCol<ProfileId>)]
    pub created_by: Option<ProfileId>,
    /// The request that drew it up and asked.
    #[diesel(deserialize_as = Uuid)]
    pub asked: ExecutionId,
    /// The conversation that it asked in.
    pub conversation_key: String,
}

impl Unanswered {
    /// What people call it, e.g. `PO-1001`.
    #[must_use]
    pub fn name(&self) -> String {
        name(self.number)
    }
}

/// The company's drafts that a person was asked about before `before` and that are drafts still,
/// the oldest first, at most `most`. Whether the question is open may have changed since: see
/// [`answer_under_way`](crate::executions::answer_under_way) and the conversation's dialogue.
///
/// # Errors
/// When the database fails.
pub async fn unanswered(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    before: DateTime<Utc>,
    most: i64,
) -> Result<Vec<Unanswered>> {
    let request = q::company_id
        .eq(o::company_id)
        .and(o::execution_id.eq(q::id.nullable()))
        .and(q::intent_type.eq(IntentType::ReorderStock.as_str()));
    Ok(o::table
        .inner_join(q::table.on(request))
        .filter(o::company_id.eq(company.0))
        .filter(o::state.eq(OrderState::Draft.as_str()))
        .filter(o::created_at.lt(before))
        .order((o::created_at, o::number))
        .limit(most)
        .select((o::id, o::number, o::created_by, q::id, q::conversation_key))
        .load(conn)
        .await?)
}
