//! Conversations without a database. `services/nlp/tests/nlp/dialogue.rs` has them with one.

mod chat;
mod conversations;
mod offers;
mod random;
