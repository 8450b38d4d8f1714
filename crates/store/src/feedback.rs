//! What people say of our answers: labels from real use.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;
use wharf_domain::ids::CompanyId;

use crate::{
    Result,
    schema::{outbound_messages as o, whatsapp_conversations as c},
};

/// Without a quoted message, feedback is about the last answer of this long ago at most.
const MEANT_WITHIN: TimeDelta = TimeDelta::hours(1);

/// One person's word on one answer.
#[derive(Debug, Clone)]
pub struct Feedback<'a> {
    /// The tenant.
    pub company_id: CompanyId,
    /// The conversation it was said in.
    pub conversation_key: &'a str,
    /// The sid of our message that it quotes or reacts to.
    pub about: Option<&'a str>,
    /// Whether we had understood.
    pub right: bool,
    /// When it was said.
    pub at: DateTime<Utc>,
}

/// Labels of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Labels {
    /// Answers that people called right.
    pub right: i64,
    /// Answers that people called wrong.
    pub wrong: i64,
    /// Messages understood or not.
    pub messages: i64,
    /// Messages that were not understood.
    pub unknown: i64,
}

/// Notes feedback on the message that was answered: the quoted one, else the conversation's last
/// that was understood. `false` when there is none.
///
/// # Errors
/// When the database fails.
pub async fn give(conn: &mut AsyncPgConnection, feedback: &Feedback<'_>) -> Result<bool> {
    let company = feedback.company_id.0;
    let mine = c::table
        .filter(c::company_id.eq(company))
        .filter(c::conversation_key.eq(feedback.conversation_key))
        .filter(c::intent_type.is_not_null());
    let meant: Option<Uuid> = match feedback.about {
        Some(sid) => {
            let answered = o::table
                .filter(o::company_id.eq(company))
                .filter(o::message_sid.eq(sid))
                .select(o::execution_id);
            let quoted = mine.filter(c::execution_id.eq_any(answered)).select(c::id);
            quoted.first(conn).await.optional()?
        }
        None => {
            let since = feedback.at - MEANT_WITHIN;
            let last = mine
                .filter(c::received_at.ge(since))
                .order(c::seq.desc())
                .select(c::id);
            last.first(conn).await.optional()?
        }
    };
    let Some(id) = meant else { return Ok(false) };
    let word = if feedback.right { "right" } else { "wrong" };
    diesel::update(
        c::table
            .filter(c::company_id.eq(company))
            .filter(c::id.eq(id)),
    )
    .set((c::feedback.eq(word), c::feedback_at.eq(feedback.at)))
    .execute(conn)
    .await?;
    Ok(true)
}

/// The labels of all companies since `since`, for the service's metrics, within
/// [`Across::Labels`](crate::Across::Labels).
///
/// # Errors
/// When the database fails.
pub async fn labels(conn: &mut AsyncPgConnection, since: DateTime<Utc>) -> Result<Labels> {
    let counts: Vec<(Option<String>, i64)> = c::table
        .filter(c::feedback_at.ge(since))
        .group_by(c::feedback)
        .select((c::feedback, diesel::dsl::count_star()))
        .load(conn)
        .await?;
    let of = |word: &str| {
        counts
            .iter()
            .find(|(feedback, _)| feedback.as_deref() == Some(word))
            .map_or(0, |row| row.1)
    };
    let understood = c::table
        .filter(c::intent_type.is_not_null())
        .filter(c::created_at.ge(since));
    let messages: i64 = understood.count().get_result(conn).await?;
    let unknown: i64 = understood
        .filter(c::intent_type.eq("unknown"))
        .count()
        .get_result(conn)
        .await?;
    Ok(Labels {
        right: of("right"),
        wrong: of("wrong"),
        messages,
        unknown,
    })
}
