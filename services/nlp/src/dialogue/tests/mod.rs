//! Conversations without a database. `services/nlp/tests/nlp/dialogue.rs` has them with one.

mod advertised;
mod answers;
mod chat;
mod conversations;
mod manual;
mod offers;
mod random;
mod talking;
