//! nlp alone, between real queues and a real database: what becomes of a message.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answered;
mod config;
mod dialogue;
mod executed;
mod failing;
mod offers;
mod ordered;
mod people;
mod persona_offers;
mod places;
mod support;
