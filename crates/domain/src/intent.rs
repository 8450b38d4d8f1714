//! What a message can want (spec section 2.2).

use crate::{agent::AgentType, wire_name::wire_enum};

wire_enum! {
    /// The 16 intents. Names are the spec's.
    pub enum IntentType ("intent") {
        /// How much of something there is, and where.
        CheckInventory = "check_inventory",
        /// Buy or replenish something.
        ReorderStock = "reorder_stock",
        /// Record a count, a receipt or an adjustment.
        UpdateStock = "update_stock",
        /// See alerts.
        ViewAlerts = "view_alerts",
        /// Say that an alert was seen.
        AcknowledgeAlert = "acknowledge_alert",
        /// Close an alert.
        ResolveAlert = "resolve_alert",
        /// Get a document made.
        GenerateReport = "generate_report",
        /// Get a figure.
        ViewMetrics = "view_metrics",
        /// Get the day's summary.
        DailyDigest = "daily_digest",
        /// Facts on a supplier.
        CheckSupplier = "check_supplier",
        /// How well a supplier does.
        SupplierPerformance = "supplier_performance",
        /// Start an agent.
        RunAgent = "run_agent",
        /// Stop an agent.
        StopAgent = "stop_agent",
        /// Whether agents run and how they did.
        AgentStatus = "agent_status",
        /// What can be asked.
        Help = "help",
        /// Anything else.
        Unknown = "unknown",
    }
}

impl IntentType {
    /// Whether carrying it out changes something. Such an intent needs high confidence, and its
    /// executions of one conversation take effect in order.
    #[must_use]
    pub const fn mutates(self) -> bool {
        matches!(
            self,
            Self::ReorderStock
                | Self::UpdateStock
                | Self::AcknowledgeAlert
                | Self::ResolveAlert
                | Self::RunAgent
                | Self::StopAgent
        )
    }

    /// Whether this, asked of `agent`, is its own work: `run_agent` is the controller's, which has
    /// those agents work that are the companies' own. It may take long, and no change of the
    /// conversation has to wait for it.
    #[must_use]
    pub fn is_own_work_of(self, agent: AgentType) -> bool {
        self == Self::RunAgent && agent != AgentType::Controller
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_spec() {
        let names: Vec<_> = IntentType::ALL
            .iter()
            .map(|intent| intent.as_str())
            .collect();
        insta::assert_snapshot!(names.join(" "));
        for intent in IntentType::ALL {
            assert_eq!(intent.as_str().parse(), Ok(*intent));
            assert_eq!(serde_json::to_value(intent).unwrap(), intent.as_str());
        }
    }
}
