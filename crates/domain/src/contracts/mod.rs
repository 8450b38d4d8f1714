//! The messages between the services, owned by neither side.
//!
//! Each travels in an [`Envelope`] with a version. A reader accepts every version it knows and
//! ignores fields it does not, so that old and new services run side by side during an upgrade:
//! adding an optional field keeps the version; anything else takes a new one, and the reader keeps
//! the old until no queue can hold it. To add a message: a file here, `impl Contract`, a snapshot
//! in `tests.rs`.

mod agent_result;
pub mod answers;
mod attachment;
mod content;
mod envelope;
mod execution;
mod inbound;
mod reply;
mod status;
#[cfg(test)]
mod tests;

pub use agent_result::{AgentAnswer, AgentResult, AnswerRefused, MAX_AGENT_TEXT};
pub use answers::{EntityStock, Figure, InventoryCheckResult};
pub use attachment::Attachment;
pub use content::{AgentErrorKind, ProductName, ReplyContent};
pub use envelope::{Contract, DecodeError, Envelope};
pub use execution::{ExecutionContext, ExecutionRequest, ScheduledRun, Step};
pub use inbound::{
    ButtonTap, InboundMessage, ListChoice, Location, Media, OptOut, QuotedMessage, Referral,
};
pub use reply::{ReplyRequest, ReplyTo};
pub use status::{DeliveryStatus, StatusCallback};
