//! Understands messages: intent, entities, dialogue.
