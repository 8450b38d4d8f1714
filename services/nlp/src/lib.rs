//! Understands messages: intent, entities, dialogue.

pub mod training;
pub mod understand;
