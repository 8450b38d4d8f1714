//! What a service writes to be a worker.

use std::future::Future;

use thiserror::Error;
use wharf_domain::contracts::{Contract, Envelope};
use wharf_store::StoreError;

use crate::outcome::Outcome;

/// Handles one kind of message. Implementations must be idempotent: the same message may come
/// again after any crash, and must then lead to the same [`Outcome`] without a second effect.
pub trait Handler: Send + Sync + 'static {
    /// The message.
    type Input: Contract;

    /// What must be handled in order of arrival, one at a time: the conversation, for work that
    /// changes something. `None` waits for nobody.
    fn order_key(&self, message: &Envelope<Self::Input>) -> Option<String>;

    /// Whether a message with an order key is tried again in its place, holding up those behind it
    /// (the default), rather than later, overtaken by them.
    fn retries_in_order(&self) -> bool {
        true
    }

    /// Handles a message.
    ///
    /// # Errors
    /// [`HandleError`] says what happens to the message.
    fn handle(
        &self,
        message: &Envelope<Self::Input>,
    ) -> impl Future<Output = Result<Outcome, HandleError>> + Send;

    /// Decides what is published when the message is given up: usually a reply that tells the user
    /// of the failure.
    ///
    /// # Errors
    /// As for [`Handler::handle`]; only [`HandleError::Unavailable`] is waited for.
    fn give_up(
        &self,
        message: &Envelope<Self::Input>,
        reason: &str,
    ) -> impl Future<Output = Result<Outcome, HandleError>> + Send;

    /// Whether what the handler depends on answers, besides the broker. Asked while the worker
    /// stands still after [`HandleError::Unavailable`].
    fn is_available(&self) -> impl Future<Output = bool> + Send;
}

/// Why a message was not handled, and what becomes of it.
#[derive(Debug, Error)]
pub enum HandleError {
    /// A dependency is away. Nothing is wrong with the message: the worker gives it back, stands
    /// still until the dependency answers, and no attempt is counted.
    #[error("a dependency is away")]
    Unavailable(#[source] anyhow::Error),
    /// It may work later: tried again after a growing delay, a few times.
    #[error("failed, to be tried again")]
    Retry(#[source] anyhow::Error),
    /// Its turn has not come, or somebody else has it: tried again a second later, as often as it
    /// takes; no attempt is counted.
    #[error("not yet")]
    NotYet(#[source] anyhow::Error),
    /// It never will: the user is told and the message goes to the dead queue.
    #[error("failed for good")]
    Fail(#[source] anyhow::Error),
}

impl From<StoreError> for HandleError {
    fn from(error: StoreError) -> Self {
        if error.is_unavailable() {
            Self::Unavailable(error.into())
        } else if error.is_retryable() {
            Self::Retry(error.into())
        } else {
            Self::Fail(error.into())
        }
    }
}

// Commit and rollback of a transaction come back as diesel's error.
impl From<diesel::result::Error> for HandleError {
    fn from(error: diesel::result::Error) -> Self {
        StoreError::from(error).into()
    }
}
