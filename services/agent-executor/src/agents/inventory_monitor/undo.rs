//! Takes a movement back by one the other way: what came in goes out again, so that movements in
//! between keep their effect. History stays as it was.

use wharf_domain::{
    contracts::{
        ReplyContent,
        answers::{Undone, WhyNotUndone},
    },
    ids::ExecutionId,
};
use wharf_store::{
    AsyncPgConnection,
    movements::{self, MovementKind, NewMovement},
};

use super::update::Change;
use crate::agents::{AgentFailure, Request, changes};

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
    let held = movements::lock(conn, company, change.product, change.location).await?;
    // Gone with its product, or not enough left of what came in.
    let back = held.and_then(|held| held.checked_sub(change.after.checked_sub(change.before)?));
    let (Some(before), Some(after @ 0..)) = (held, back) else {
        return Ok(ReplyContent::NotUndone(WhyNotUndone::Overtaken));
    };
    if !changes::undone(conn, request, of).await? {
        return Ok(ReplyContent::NotUndone(WhyNotUndone::Already));
    }
    let movement = NewMovement {
        company_id: company,
        product_id: change.product,
        location_id: change.location,
        kind: MovementKind::Undo,
        before: held,
        after,
        reason: None,
        execution_id: Some(request.execution_id),
        profile_id: request.person.as_ref().map(|person| person.id),
        reverses: Some(change.movement),
        moved_at: request.now,
    };
    movements::record(conn, &movement).await?;
    Ok(ReplyContent::Undone(Undone {
        intent: request.intent,
        subject: change.sku,
        change: Some((before, after)),
        as_of: request.now,
    }))
}
