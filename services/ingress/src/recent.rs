//! The messages that this process saw lately, so that Twilio's retries and the fallback URL cost
//! neither a second acknowledgement nor a place in the rate limit.
//!
//! Only a help: a repeat that is not remembered is queued again, and the next stage recognises it.

use std::{
    num::NonZeroUsize,
    sync::{Mutex, PoisonError},
};

use lru::LruCache;
use wharf_domain::ids::ExecutionId;

/// What is known of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Nothing: it comes for the first time, as far as this process knows.
    First,
    /// The broker has not confirmed it yet. Queue it too: the other request may fail.
    UnderWay,
    /// The broker has it.
    Confirmed,
}

/// The last messages, by execution.
#[derive(Debug)]
pub struct RecentMessages(Mutex<LruCache<ExecutionId, Seen>>);

impl RecentMessages {
    /// Remembers up to `capacity` messages.
    #[must_use]
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self(Mutex::new(LruCache::new(capacity)))
    }

    /// Notes that a message came, and says what was known of it before.
    pub fn note(&self, id: ExecutionId) -> Seen {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match recent.get(&id) {
            Some(seen) => *seen,
            None => {
                recent.put(id, Seen::UnderWay);
                Seen::First
            }
        }
    }

    /// The broker has the message.
    pub fn confirm(&self, id: ExecutionId) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .put(id, Seen::Confirmed);
    }

    /// The message was not queued: the next request for it is a first one again, unless another
    /// request got it through.
    pub fn forget(&self, id: ExecutionId) {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.peek(&id) == Some(&Seen::UnderWay) {
            recent.pop(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_message_is_a_first_one_again_and_a_confirmed_one_never() {
        let recent = RecentMessages::new(NonZeroUsize::MIN.saturating_add(9));
        let id = ExecutionId::of_message("AC1", "SM1");
        assert_eq!(recent.note(id), Seen::First);
        assert_eq!(recent.note(id), Seen::UnderWay);
        recent.forget(id);
        assert_eq!(recent.note(id), Seen::First);
        recent.confirm(id);
        recent.forget(id);
        assert_eq!(recent.note(id), Seen::Confirmed);
    }
}
