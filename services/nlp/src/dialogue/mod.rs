//! A conversation: what a message means after the one before. `docs/dialogue.md` says it for
//! people.
//!
//! - [`said`]: what a message says to a question: yes, no, a number, another quantity.
//! - [`commands`]: messages to the conversation itself: STATUS, help, the persona.
//! - [`courtesy`]: greetings, thanks and goodbyes, which ask for nothing.
//! - [`follow`]: messages that mean the request before with another thing: "and bolts?".
//! - [`slot`]: an answer read with the question in mind.
//! - [`lines`]: lines and pages of a list; [`names`]: lines that are called by their names.
//! - [`turn`]: what follows from both; a pure function of the state and the message.
//! - [`quoted`]: the reply that a message quotes.
//! - [`answering`]: what the conversation itself answers.
//! - [`offers`]: LEARN, SHARE and SCHEDULE.
//! - [`carry_out`]: permission, rows and replies for a turn, in the message's transaction.
//!
//! To let a conversation wait for something new: a variant of
//! [`DialogueState`](wharf_domain::dialogue::DialogueState) and its function in [`turn`].

mod answering;
pub(crate) mod carry_out;
mod choices;
pub mod commands;
pub mod courtesy;
pub mod follow;
mod lines;
mod names;
pub mod offers;
pub mod quoted;
pub mod said;
pub mod slot;
#[cfg(test)]
mod tests;
pub mod turn;

use self::commands::Command;
use wharf_domain::{
    contracts::{ReplyContent, Step},
    dialogue::{DialogueState, PendingConfirmation},
    entities::Entities,
    intent::IntentType,
};

/// What a message leads to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Turn {
    /// Whether what was waited for is settled or given up.
    pub clear: bool,
    /// What is done, in order; part `n` is request `n` of the message.
    pub parts: Vec<Part>,
}

/// One thing that is done.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The intent that the sender must be allowed; `None`: nobody is refused this.
    pub intent: Option<IntentType>,
    /// What is done.
    pub act: Act,
    /// What is waited for then.
    pub wait: Option<DialogueState>,
}

/// What is done.
#[expect(
    clippy::large_enum_variant,
    reason = "made once a message and moved on at once"
)]
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// An agent gets it.
    Carry(Request),
    /// "Shall I?"
    Ask(PendingConfirmation),
    /// An answer that needs no agent.
    Answer(ReplyContent),
    /// The conversation's latest change is taken back.
    Undo,
    /// The conversation's latest request under way is stopped.
    Cancel,
    /// The conversation itself answers.
    Command(Command),
    /// An offer of our texts is taken up.
    Offer(offers::Offer),
}

/// Work for an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is wanted.
    pub intent: IntentType,
    /// With what.
    pub entities: Entities,
    /// Which step of the request it is.
    pub step: Step,
}

impl Turn {
    /// An answer and nothing else.
    #[must_use]
    pub fn answer(content: ReplyContent) -> Self {
        Self::of(Part::answer(content))
    }

    /// One thing to do; what is waited for stays.
    #[must_use]
    pub fn of(part: Part) -> Self {
        Self {
            clear: false,
            parts: vec![part],
        }
    }

    /// The same, with what was waited for settled.
    #[must_use]
    pub fn settled(mut self) -> Self {
        self.clear = true;
        self
    }
}

impl Part {
    /// An answer that nobody is refused.
    #[must_use]
    pub fn answer(content: ReplyContent) -> Self {
        Self {
            intent: None,
            act: Act::Answer(content),
            wait: None,
        }
    }

    /// What the request names that is carried out, asked about or completed.
    #[must_use]
    pub fn entities(&self) -> Option<&Entities> {
        match (&self.act, &self.wait) {
            (Act::Carry(request), _) => Some(&request.entities),
            (Act::Ask(pending), _) => Some(&pending.entities),
            (_, Some(DialogueState::Asking(form))) => Some(&form.entities),
            _ => None,
        }
    }

    /// Something that nobody is refused.
    #[must_use]
    pub fn free(act: Act) -> Self {
        Self {
            intent: None,
            act,
            wait: None,
        }
    }
}
