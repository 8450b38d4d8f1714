//! Which agent answers which intent, and what it must know first (spec section 2.3).
//!
//! The one table of it. To add an intent: a variant in `intent.rs` and a row here; the test below
//! names what is missing.

use crate::{
    agent::AgentType,
    entities::{Entities, EntityName},
    intent::IntentType,
};

/// How an intent is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentMapping {
    /// The intent.
    pub intent: IntentType,
    /// The agent that carries it out.
    pub agent: AgentType,
    /// Groups of which at least one entity each must be known: `[[sku, product]]` asks for either.
    pub required: &'static [&'static [EntityName]],
    /// What narrows the request but is never asked for.
    pub optional: &'static [EntityName],
    /// The reply's template.
    pub template: &'static str,
}

use EntityName as E;

const ITEM: &[EntityName] = &[E::Sku, E::Product];

const fn row(
    intent: IntentType,
    agent: AgentType,
    required: &'static [&'static [EntityName]],
    optional: &'static [EntityName],
    template: &'static str,
) -> AgentMapping {
    AgentMapping {
        intent,
        agent,
        required,
        optional,
        template,
    }
}

/// Every intent that an agent answers. `help` and `unknown` are answered without one.
pub const AGENT_MAPPINGS: &[AgentMapping] = {
    use AgentType as A;
    use IntentType as I;
    &[
        row(
            I::CheckInventory,
            A::InventoryMonitor,
            &[ITEM],
            &[E::Location],
            "inventory_check_result",
        ),
        row(
            I::UpdateStock,
            A::InventoryMonitor,
            &[ITEM, &[E::Quantity]],
            &[E::Operation, E::Location],
            "stock_updated",
        ),
        row(
            I::ReorderStock,
            A::PurchaseOptimizer,
            &[ITEM],
            &[E::Quantity, E::Supplier],
            "reorder_result",
        ),
        row(
            I::ViewAlerts,
            A::AlertGenerator,
            &[],
            &[E::Severity, E::Category],
            "alert_summary",
        ),
        row(
            I::AcknowledgeAlert,
            A::AlertGenerator,
            &[&[E::AlertId]],
            &[],
            "alert_acknowledged",
        ),
        row(
            I::ResolveAlert,
            A::AlertGenerator,
            &[&[E::AlertId]],
            &[],
            "alert_resolved",
        ),
        row(
            I::GenerateReport,
            A::ReportGenerator,
            &[&[E::ReportType], &[E::DateRange]],
            &[],
            "report_ready",
        ),
        row(
            I::ViewMetrics,
            A::ReportGenerator,
            &[],
            &[E::Metric, E::DateRange],
            "metrics_summary",
        ),
        row(
            I::DailyDigest,
            A::ReportGenerator,
            &[],
            &[E::DateRange],
            "daily_digest",
        ),
        row(
            I::CheckSupplier,
            A::SupplierEvaluator,
            &[&[E::Supplier, E::Sku, E::Product]],
            &[],
            "supplier_info",
        ),
        row(
            I::SupplierPerformance,
            A::SupplierEvaluator,
            &[],
            &[E::Supplier, E::DateRange],
            "supplier_performance",
        ),
        row(
            I::RunAgent,
            A::Controller,
            &[&[E::Agent]],
            &[],
            "agent_started",
        ),
        row(
            I::StopAgent,
            A::Controller,
            &[&[E::Agent]],
            &[],
            "agent_stopped",
        ),
        row(
            I::AgentStatus,
            A::Controller,
            &[],
            &[E::Agent],
            "agent_status",
        ),
    ]
};

/// The mapping of `intent`; none for `help` and `unknown`.
#[must_use]
pub fn mapping_of(intent: IntentType) -> Option<&'static AgentMapping> {
    AGENT_MAPPINGS
        .iter()
        .find(|mapping| mapping.intent == intent)
}

impl AgentMapping {
    /// The first required entity that `entities` does not state, which is what to ask for.
    #[must_use]
    pub fn missing(&self, entities: &Entities) -> Option<EntityName> {
        let group = self
            .required
            .iter()
            .find(|any| !any.iter().any(|name| entities.has(*name)))?;
        // The spec's question for [sku, product] is the product question (section 7.1).
        if group.contains(&E::Product) && !group.contains(&E::Supplier) {
            return Some(E::Product);
        }
        group.first().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_intent_but_help_and_unknown_has_one_agent() {
        for intent in IntentType::ALL {
            let rows = AGENT_MAPPINGS
                .iter()
                .filter(|row| row.intent == *intent)
                .count();
            let answered_directly = matches!(intent, IntentType::Help | IntentType::Unknown);
            assert_eq!(rows, usize::from(!answered_directly), "{intent}");
        }
    }

    #[test]
    fn either_sku_or_product_is_enough() {
        let mapping = mapping_of(IntentType::CheckInventory).unwrap();
        let mut entities = Entities::default();
        assert_eq!(mapping.missing(&entities), Some(E::Product));
        entities.set(E::Sku, "ABC123");
        assert_eq!(mapping.missing(&entities), None);
    }

    #[test]
    fn alerts_are_shown_without_being_asked_which() {
        let mapping = mapping_of(IntentType::ViewAlerts).unwrap();
        assert_eq!(mapping.missing(&Entities::default()), None);
    }
}
