//! The kinds of background agents. To add one: a variant here, a row in `mapping.rs`, a file in
//! `services/agent-executor/src/agents`.

use crate::wire_name::wire_enum;

wire_enum! {
    /// What an agent does (spec section 2.3, `agentType`).
    pub enum AgentType ("agent type") {
        /// Quantities, movements, reorder points.
        InventoryMonitor = "inventory_monitor",
        /// Finds alerts, lists, acknowledges and resolves them.
        AlertGenerator = "alert_generator",
        /// Reports, metrics and the day's digest.
        ReportGenerator = "report_generator",
        /// Facts on suppliers and how well they do.
        SupplierEvaluator = "supplier_evaluator",
        /// Chooses suppliers and quantities and drafts orders.
        PurchaseOptimizer = "purchase_optimizer",
        /// Starts, stops and reports on the others.
        Controller = "controller",
    }
}
