//! The whole way of a message, on real parts: four services as processes, a RabbitMQ, a PostgreSQL
//! and twilio-sim. One file a theme. What is common to them lies in the crate itself.

#[cfg(test)]
mod configuration;
#[cfg(test)]
mod conversations;
#[cfg(test)]
mod doubt;
#[cfg(test)]
mod external;
#[cfg(test)]
mod forged;
#[cfg(test)]
mod intents;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod once;
#[cfg(test)]
mod outages;
#[cfg(test)]
mod people;
#[cfg(test)]
mod personas;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod stopping;
#[cfg(test)]
mod taps;

/// The services' programs.
const SERVICES: &str = env!("CARGO_BIN_EXE_wharf-service");

/// The demo's people, in the order of its numbers: streamliner, navigator, hub, spring, processor,
/// and one without a persona.
#[cfg(test)]
const PEOPLE: [&str; 6] = [
    "+15550100001",
    "+15550100002",
    "+15550100003",
    "+15550100004",
    "+15550100005",
    "+15550100006",
];

#[cfg(test)]
fn stack() -> wharf_e2e::stack::StackBuilder {
    wharf_e2e::stack::Stack::builder(SERVICES)
}
