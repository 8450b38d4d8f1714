//! How urgent a piece of work is (spec section 3.3, design section 3.5).

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    agent::AgentType,
    entities::{Entities, EntityName},
    persona::Persona,
};

/// The spec's priority number; higher goes first. Each number has its own queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
#[repr(u8)]
pub enum Priority {
    /// Scheduled and recovered work.
    Background = 3,
    /// What nothing below names.
    Normal = 5,
    /// `inventory_monitor`.
    Inventory = 8,
    /// `alert_generator`.
    Alerts = 9,
    /// Critical-severity alert work, and the streamliner persona.
    Urgent = 10,
}

/// A number that is no priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0} is no priority (10, 9, 8, 5 or 3)")]
pub struct NoSuchPriority(pub u8);

impl Priority {
    /// Every priority, the most urgent first.
    pub const ALL: [Self; 5] = [
        Self::Urgent,
        Self::Alerts,
        Self::Inventory,
        Self::Normal,
        Self::Background,
    ];

    /// The spec's number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The priority of a request that somebody waits for.
    #[must_use]
    pub fn of_request(agent: AgentType, persona: Option<Persona>, entities: &Entities) -> Self {
        let critical = agent == AgentType::AlertGenerator
            && entities.get(EntityName::Severity) == Some("critical");
        match agent {
            _ if critical || persona == Some(Persona::Streamliner) => Self::Urgent,
            AgentType::AlertGenerator => Self::Alerts,
            AgentType::InventoryMonitor => Self::Inventory,
            _ => Self::Normal,
        }
    }
}

impl From<Priority> for u8 {
    fn from(priority: Priority) -> Self {
        priority.number()
    }
}

impl TryFrom<u8> for Priority {
    type Error = NoSuchPriority;

    fn try_from(number: u8) -> Result<Self, NoSuchPriority> {
        Self::ALL
            .into_iter()
            .find(|p| p.number() == number)
            .ok_or(NoSuchPriority(number))
    }
}

impl std::fmt::Display for Priority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_specs_order() {
        let none = Entities::default();
        let mut critical = Entities::default();
        critical.set(EntityName::Severity, "critical");
        let of = Priority::of_request;
        assert_eq!(
            of(AgentType::AlertGenerator, None, &critical),
            Priority::Urgent
        );
        assert_eq!(
            of(
                AgentType::ReportGenerator,
                Some(Persona::Streamliner),
                &none
            ),
            Priority::Urgent
        );
        assert_eq!(
            of(AgentType::AlertGenerator, Some(Persona::Hub), &none),
            Priority::Alerts
        );
        assert_eq!(
            of(AgentType::InventoryMonitor, None, &none),
            Priority::Inventory
        );
        assert_eq!(
            of(AgentType::SupplierEvaluator, None, &critical),
            Priority::Normal
        );
    }

    #[test]
    fn only_the_five_numbers_are_read() {
        for number in 0..=u8::MAX {
            let known = [10, 9, 8, 5, 3].contains(&number);
            assert_eq!(Priority::try_from(number).is_ok(), known, "{number}");
        }
    }
}
