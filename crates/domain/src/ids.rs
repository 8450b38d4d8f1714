//! Typed ids, so that a company is never passed where a contact is meant.
//!
//! Ids that travel are derived (UUIDv5), never random: the same webhook delivered twice yields the
//! same id in every service, which is what makes each step idempotent without asking.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::agent::AgentType;

/// A name that is not in the list of its enum.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown {what}: {name:?}")]
pub struct UnknownName {
    /// What was being read, for people: "intent", "persona".
    pub what: &'static str,
    /// The name as it came.
    pub name: String,
}

/// Namespace of all of Wharf's derived ids. Changing it changes every id: never do.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f1d_5d3b_6a0e_5c0e_9a44_77b1_0a5e_c0de);

macro_rules! uuid_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

uuid_id! {
    /// One request of one person, from the webhook to the delivered reply.
    ExecutionId
}
uuid_id! {
    /// One message between services; derived from the execution, so a republished copy keeps it.
    MessageId
}
uuid_id! {
    /// A tenant. Every row carries one.
    CompanyId
}
uuid_id! {
    /// A person with a role in a company (spec section 8, `profiles`).
    ProfileId
}
uuid_id! {
    /// Somebody who writes to us; has one or more addresses.
    ContactId
}
uuid_id! {
    /// An agent as a company has it (spec section 8, `agents`).
    AgentId
}
uuid_id! {
    /// One part of one reply handed to Twilio.
    OutboundId
}

uuid_id! {
    /// A mail that goes with a reply.
    MailId
}

uuid_id! {
    /// A request that comes again by itself.
    ScheduleId
}

impl ScheduleId {
    /// The one execution of the time `due`.
    #[must_use]
    pub fn run(self, due: chrono::DateTime<chrono::Utc>) -> ExecutionId {
        let name = format!("due:{}", due.timestamp());
        ExecutionId(Uuid::new_v5(&self.0, name.as_bytes()))
    }
}

impl MailId {
    /// The one mail of an execution to an address.
    #[must_use]
    pub fn of(execution: ExecutionId, to: &str) -> Self {
        Self(Uuid::new_v5(&execution.0, format!("mail:{to}").as_bytes()))
    }
}

impl ExecutionId {
    /// The execution of an inbound message: the same account and message always give the same id.
    #[must_use]
    pub fn of_message(account: &str, message_sid: &str) -> Self {
        Self(Uuid::new_v5(
            &NAMESPACE,
            format!("execution:{account}:{message_sid}").as_bytes(),
        ))
    }

    /// The execution of request `number`, from 0, of a message that makes several: the first is the
    /// message's own.
    #[must_use]
    pub fn request(self, number: u8) -> Self {
        match number {
            0 => self,
            _ => Self(Uuid::new_v5(
                &self.0,
                format!("request:{number}").as_bytes(),
            )),
        }
    }

    /// The execution of `agent`'s own work that this execution starts.
    #[must_use]
    pub fn run_of(self, agent: AgentType) -> Self {
        Self(Uuid::new_v5(&self.0, format!("run:{agent}").as_bytes()))
    }

    /// The id of the message that `step` publishes for this execution, e.g. `"reply"`.
    #[must_use]
    pub fn message(self, step: &str) -> MessageId {
        MessageId(Uuid::new_v5(&self.0, step.as_bytes()))
    }

    /// The id of part `part` (from 0) of the reply that came as message `reply`.
    #[must_use]
    pub fn outbound(reply: MessageId, part: u16) -> OutboundId {
        OutboundId(Uuid::new_v5(&reply.0, format!("part:{part}").as_bytes()))
    }
}

impl MessageId {
    /// The id of a status callback: one for each (message, status), however often Twilio repeats it.
    #[must_use]
    pub fn of_status(account: &str, message_sid: &str, status: &str) -> Self {
        let name = format!("status:{account}:{message_sid}:{status}");
        Self(Uuid::new_v5(&NAMESPACE, name.as_bytes()))
    }
}

/// A derived id for rows of fixed data (the demo company), from a readable name.
#[must_use]
pub fn named(name: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, format!("named:{name}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_webhook_yields_the_same_ids() {
        let first = ExecutionId::of_message("AC1", "SM1");
        assert_eq!(first, ExecutionId::of_message("AC1", "SM1"));
        assert_ne!(first, ExecutionId::of_message("AC1", "SM2"));
        assert_ne!(first, ExecutionId::of_message("AC2", "SM1"));
        assert_eq!(first.message("reply"), first.message("reply"));
        assert_ne!(first.message("reply"), first.message("execute"));
        assert_eq!(first.request(0), first);
        assert_ne!(first.request(1), first.request(2));
        assert_ne!(first.request(1).message("reply"), first.message("reply"));
    }

    #[test]
    fn ids_are_stable_across_versions_of_the_code() {
        // Computed once with Python's uuid5. A rolling upgrade has both versions at work: the derivation may not change.
        let id = ExecutionId::of_message("AC00000000000000000000000000000000", "SM1");
        assert_eq!(id.to_string(), "3a6894e7-114e-5aaf-b03a-ea06bf6ddd7e");
    }
}
