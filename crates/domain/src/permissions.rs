//! Who may ask for what: the shipped roles. A company departs from them, or has roles of its own,
//! by rows of `role_permissions`, which the store reads first.
//!
//! To add a role: a variant with its doc comment and its arm in [`Role::may`].

use crate::{intent::IntentType, wire_name::wire_enum};

wire_enum! {
    /// The shipped roles, as in `profiles.role`.
    pub enum Role ("role") {
        /// Looks: stock, alerts, figures, suppliers, agents. Makes no documents, changes nothing.
        Viewer = "viewer",
        /// Learns on the floor: what a viewer may, and says that an alert was seen.
        Trainee = "trainee",
        /// Works with figures: what a viewer may, and makes reports.
        Analyst = "analyst",
        /// Runs a shift: counts, receives and takes out stock, works off alerts, makes reports.
        FloorLead = "floor_lead",
        /// Keeps stock at its level: what a floor lead may, orders, and starts agents.
        Planner = "planner",
        /// Buys: orders, works off alerts, makes reports; does not touch stock.
        Buyer = "buyer",
        /// Runs operations: everything, stopping agents included.
        OperationsManager = "operations_manager",
        /// Owns the company: everything.
        Owner = "owner",
        /// Looks after the installation: everything.
        Admin = "admin",
    }
}

impl Role {
    /// The role of that name; one that is not shipped counts as the one that may least.
    #[must_use]
    pub fn named(name: &str) -> Self {
        name.parse().unwrap_or(Self::Viewer)
    }

    /// Whether the shipped role may ask for `intent`. The one table of it.
    #[must_use]
    pub const fn may(self, intent: IntentType) -> bool {
        use IntentType as I;
        match self {
            Self::Viewer => !intent.mutates() && !matches!(intent, I::GenerateReport),
            Self::Trainee => Self::Viewer.may(intent) || matches!(intent, I::AcknowledgeAlert),
            Self::Analyst => !intent.mutates(),
            Self::FloorLead => {
                !intent.mutates()
                    || matches!(
                        intent,
                        I::UpdateStock | I::AcknowledgeAlert | I::ResolveAlert
                    )
            }
            Self::Planner => {
                Self::FloorLead.may(intent) || matches!(intent, I::ReorderStock | I::RunAgent)
            }
            Self::Buyer => {
                !intent.mutates()
                    || matches!(
                        intent,
                        I::ReorderStock | I::AcknowledgeAlert | I::ResolveAlert
                    )
            }
            Self::OperationsManager | Self::Owner | Self::Admin => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table() {
        let table: Vec<_> = Role::ALL
            .iter()
            .map(|role| {
                let refused = IntentType::ALL.iter().filter(|intent| !role.may(**intent));
                let refused: Vec<_> = refused.map(|intent| intent.as_str()).collect();
                format!("{role} may not: {}", refused.join(" "))
            })
            .collect();
        insta::assert_snapshot!(table.join("\n"), @r"
        viewer may not: reorder_stock update_stock acknowledge_alert resolve_alert generate_report run_agent stop_agent
        trainee may not: reorder_stock update_stock resolve_alert generate_report run_agent stop_agent
        analyst may not: reorder_stock update_stock acknowledge_alert resolve_alert run_agent stop_agent
        floor_lead may not: reorder_stock run_agent stop_agent
        planner may not: stop_agent
        buyer may not: update_stock run_agent stop_agent
        operations_manager may not: 
        owner may not: 
        admin may not: 
        ");
    }

    #[test]
    fn an_unknown_role_may_least() {
        for name in ["", "superuser", "ADMIN", "admin "] {
            assert_eq!(Role::named(name), Role::Viewer, "{name:?}");
        }
        assert_eq!(Role::named("planner"), Role::Planner);
    }

    #[test]
    fn help_is_for_everybody() {
        assert!(Role::ALL.iter().all(|role| role.may(IntentType::Help)));
    }
}
