//! Acknowledging and resolving: of two people at once one does it, and the other is told who did
//! and when. UNDO sets the alert back to what it was; the audit log keeps both.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use wharf_domain::{
    contracts::{
        ReplyContent, Step,
        answers::{AlertChanged, Undone},
    },
    entities::EntityName,
    ids::{ExecutionId, ProfileId},
};
use wharf_store::{
    AsyncPgConnection, StoreError,
    alerts::{self, Alert, AlertState},
    effects,
};

use super::view;
use crate::agents::{AgentFailure, Request, ask, changes};

/// What an alert becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum To {
    /// Somebody is on it.
    Acknowledged,
    /// It is done.
    Resolved,
}

/// What was changed, for UNDO.
#[derive(Debug, Serialize, Deserialize)]
struct Change {
    number: i64,
    to: To,
    at: DateTime<Utc>,
}

impl To {
    /// Who brought the alert so far, or further, and when; `None`: nobody yet.
    fn done(self, alert: &Alert) -> Option<(Option<ProfileId>, DateTime<Utc>)> {
        let resolved = alert.resolved_at.map(|at| (alert.resolved_by, at));
        match self {
            Self::Resolved => resolved,
            Self::Acknowledged if alert.state == AlertState::Resolved => resolved,
            Self::Acknowledged => alert.acknowledged_at.map(|at| (alert.acknowledged_by, at)),
        }
    }
}

pub(super) async fn change(
    conn: &mut AsyncPgConnection,
    request: &Request,
    to: To,
) -> Result<ReplyContent, AgentFailure> {
    let Some(asked) = request.entities.get(EntityName::AlertId) else {
        return ask::missing(conn, request, EntityName::AlertId).await;
    };
    let Some(number) = alerts::number(asked) else {
        return view::not_found(conn, request, asked).await;
    };
    let (company, now) = (request.company_id(), request.now);
    let me = request.person.as_ref().map(|person| person.id);
    if to == To::Resolved && request.step == Step::Ask {
        // What a person resolves is not raised again as long as it stays true.
        let found = alerts::get(conn, company, number).await?;
        let live = found.filter(|alert| alert.state != AlertState::Resolved);
        if live.is_some_and(|alert| request.limits.confirm_resolve.asks(alert.severity)) {
            return ask::confirm_plainly(conn, request).await;
        }
    }
    let done = match to {
        To::Acknowledged => alerts::acknowledge(conn, company, number, me, now).await?,
        To::Resolved => alerts::resolve(conn, company, number, me, now).await?,
    };
    let (alert, changed) = match done {
        Some(alert) => {
            let at = to.done(&alert).map_or(now, |(_, at)| at);
            let change = Change { number, to, at };
            changes::note(conn, request, &change).await?;
            (alert, true)
        }
        None => match alerts::get(conn, company, number).await? {
            Some(alert) => {
                // A repeat of the request that did it.
                let mine = effects::get(conn, company, request.execution_id).await?;
                (alert, mine.is_some())
            }
            None => return view::not_found(conn, request, asked).await,
        },
    };
    let (by, at) = to.done(&alert).unwrap_or((None, now));
    let answer = AlertChanged {
        alert: view::line(&alert),
        changed,
        by: view::name(conn, request, by).await?,
        by_you: by.is_some() && by == me,
        at,
        remaining: view::remaining(conn, request).await?,
        undo_until: changed.then(|| request.undo_until()),
    };
    Ok(match to {
        To::Acknowledged => ReplyContent::AlertAcknowledged(answer),
        To::Resolved => ReplyContent::AlertResolved(answer),
    })
}

pub(super) async fn undo(
    conn: &mut AsyncPgConnection,
    request: &Request,
    of: ExecutionId,
) -> Result<ReplyContent, AgentFailure> {
    let change: Change = match changes::to_undo(conn, request, of).await? {
        Ok(change) => change,
        Err(instead) => return Ok(instead),
    };
    let company = request.company_id();
    let (number, at) = (change.number, change.at);
    let back = match change.to {
        To::Acknowledged => alerts::unacknowledge(conn, company, number, at).await?,
        To::Resolved => alerts::reopen(conn, company, number, at).await?,
    };
    let Some(alert) = back else {
        return changes::overtaken(conn, request, of).await;
    };
    if !changes::undone(conn, request, of).await? {
        // Everything is rolled back, and the next try finds it taken back.
        return Err(StoreError::Contended("taken back by somebody else".to_owned()).into());
    }
    Ok(ReplyContent::Undone(Undone {
        intent: request.intent,
        subject: alert.name(),
        change: None,
        as_of: request.now,
    }))
}
