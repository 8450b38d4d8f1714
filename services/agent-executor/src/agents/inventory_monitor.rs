//! Answers how much there is of a product, where, and whether to order; records counts, receipts
//! and what is taken out. The rules stand in docs/agents.md.
//!
//! - [`check`]: the question.
//! - [`update`]: the changes.
//! - [`undo`]: taking one back.

mod check;
mod undo;
mod update;

use wharf_domain::{
    contracts::{ReplyContent, answers::JobReport},
    ids::ExecutionId,
    intent::IntentType,
};
use wharf_store::{AsyncPgConnection, snapshots};

use super::{Agent, AgentFailure, Request, Work, not_mine, plan::Overview};

/// See the module.
#[derive(Debug)]
pub(super) struct InventoryMonitor;

impl Agent for InventoryMonitor {
    async fn run(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<Work, AgentFailure> {
        let content = match request.intent {
            IntentType::CheckInventory => check::check(conn, request).await?,
            IntentType::UpdateStock => update::update(conn, request).await?,
            _ => not_mine(request),
        };
        Ok(Work::done(content))
    }

    async fn undo(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
        of: ExecutionId,
    ) -> Result<ReplyContent, AgentFailure> {
        undo::undo(conn, request, of).await
    }

    /// Notes the day's stock and counts what is low.
    async fn job(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<JobReport, AgentFailure> {
        let company = request.company_id();
        snapshots::take(conn, company, request.company_today()).await?;
        let overview = Overview::of(conn, request).await?;
        let (mut checked, mut low, mut unknown) = (0, 0, 0);
        for product in &overview.products {
            let Some(quantity) = overview.in_stock(product.id) else {
                continue;
            };
            checked += 1;
            match overview.plan(product).is_low(quantity) {
                Some(true) => low += 1,
                Some(false) => {}
                None => unknown += 1,
            }
        }
        let counts = [
            ("products_checked", checked),
            ("at_or_below_reorder_point", low),
            ("reorder_point_not_known", unknown),
        ];
        Ok(JobReport {
            agent: "inventory_monitor".to_owned(),
            counts: counts
                .into_iter()
                .map(|(name, count)| (name.to_owned(), count))
                .collect(),
        })
    }
}
