//! What Wharf is about: intents, entities, personas, priorities, ids and the messages between the
//! services. No IO and no async; every other crate may depend on this one, and it on none of them.

pub mod address;
pub mod agent;
pub mod clock;
pub mod contracts;
pub mod dialogue;
pub mod entities;
pub mod geo;
pub mod guide;
pub mod ids;
pub mod intent;
pub mod lessons;
pub mod mapping;
pub mod metric;
pub mod money;
pub mod opt_out;
pub mod pairing;
pub mod period;
pub mod permissions;
pub mod persona;
pub mod planning;
pub mod priority;
pub mod recurrence;
pub mod size;
pub mod taps;
mod wire_name;
