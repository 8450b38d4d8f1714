//! What became of a message that we sent (Twilio's status callbacks).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Contract;
use crate::{ids::OutboundId, wire_name::wire_enum};

wire_enum! {
    /// Twilio's message status, in the order in which a message passes through it.
    pub enum DeliveryStatus ("message status") {
        /// Taken by a messaging service.
        Accepted = "accepted",
        /// To be sent later.
        Scheduled = "scheduled",
        /// In Twilio's queue.
        Queued = "queued",
        /// On its way to WhatsApp.
        Sending = "sending",
        /// Taken by WhatsApp.
        Sent = "sent",
        /// On the user's phone.
        Delivered = "delivered",
        /// Read by the user.
        Read = "read",
        /// Twilio could not send it.
        Failed = "failed",
        /// WhatsApp could not deliver it.
        Undelivered = "undelivered",
        /// Withdrawn before it was sent.
        Canceled = "canceled",
    }
}

impl DeliveryStatus {
    /// The place in the lattice: callbacks come out of order and repeated, and a state never goes
    /// back to one of a lower or equal rank. Failures outrank `sent` but not `delivered`: WhatsApp
    /// may report a failure for a copy after the first device had it.
    #[must_use]
    pub const fn rank(self) -> i16 {
        match self {
            Self::Accepted | Self::Scheduled => 0,
            Self::Queued => 1,
            Self::Sending => 2,
            Self::Sent => 3,
            Self::Failed | Self::Undelivered | Self::Canceled => 4,
            Self::Delivered => 5,
            Self::Read => 6,
        }
    }

    /// Whether the message will not reach the user.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::Undelivered | Self::Canceled)
    }
}

/// One status callback.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusCallback {
    /// Twilio's account.
    pub account_sid: String,
    /// The sid that Twilio gave our message.
    pub message_sid: String,
    /// The new status as Twilio wrote it: new ones appear without notice.
    pub status: String,
    /// Our own id of the outbound part, from the callback URL's query: the only handle that
    /// survives a lost response to the send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbound_id: Option<OutboundId>,
    /// Twilio's error code of a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<i32>,
    /// Twilio's words for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// Every other field, in the order received.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<(String, String)>,
    /// When ingress received it.
    pub received_at: DateTime<Utc>,
}

impl Contract for StatusCallback {
    const KIND: &'static str = "status_callback";
    const VERSION: u16 = 1;
}

impl std::fmt::Debug for StatusCallback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StatusCallback")
            .field("message_sid", &self.message_sid)
            .field("status", &self.status)
            .field("outbound_id", &self.outbound_id)
            .field("error_code", &self.error_code)
            .finish_non_exhaustive()
    }
}
