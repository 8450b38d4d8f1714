//! Facts on suppliers and how well they do. The formulas stand in docs/agents.md.
//!
//! - [`facts`]: who supplies what, on which terms, and what has not come.
//! - [`performance`]: scores, ranks and trends.

mod facts;
mod performance;

use wharf_domain::{
    contracts::{
        ReplyContent,
        answers::{JobReport, SupplierNotFound},
    },
    entities::EntityName,
    intent::IntentType,
};
use wharf_store::{
    AsyncPgConnection,
    suppliers::{self, Supplier, SupplierMatch},
};

use super::{Agent, AgentFailure, Request, Work, lookup, not_mine};

/// See the module.
#[derive(Debug)]
pub(super) struct SupplierEvaluator;

impl Agent for SupplierEvaluator {
    async fn run(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<Work, AgentFailure> {
        let content = match request.intent {
            IntentType::CheckSupplier => facts::check(conn, request).await?,
            IntentType::SupplierPerformance => performance::compare(conn, request).await?,
            _ => not_mine(request),
        };
        Ok(Work::done(content))
    }

    async fn job(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<JobReport, AgentFailure> {
        performance::evaluate_all(conn, request).await
    }
}

/// The suppliers that the request names, `None` when it names none.
async fn named(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<lookup::Found<Option<Vec<Supplier>>>, AgentFailure> {
    let Some(asked) = request.entities.get(EntityName::Supplier) else {
        return Ok(Ok(None));
    };
    Ok(
        match suppliers::find(conn, request.company_id(), asked).await? {
            SupplierMatch::One(one) => Ok(Some(vec![one])),
            SupplierMatch::Several(several) => Ok(Some(several)),
            SupplierMatch::None { nearest } => Err(not_found(asked, nearest)),
        },
    )
}

fn not_found(asked: &str, nearest: Vec<String>) -> Box<ReplyContent> {
    Box::new(ReplyContent::SupplierNotFound(SupplierNotFound {
        asked: asked.to_owned(),
        nearest,
    }))
}
