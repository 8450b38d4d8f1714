//! What every message between services is wrapped in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use thiserror::Error;

use crate::ids::{ExecutionId, MessageId};

/// A message body that may travel.
pub trait Contract: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The kind's name on the wire.
    const KIND: &'static str;
    /// The version that is written. See the module's text for when to raise it.
    const VERSION: u16;

    /// Reads a body of an older version. The default knows none.
    ///
    /// # Errors
    /// [`DecodeError::UnknownVersion`] when this code cannot read `version`.
    fn upgrade(version: u16, _body: Value) -> Result<Self, DecodeError> {
        Err(DecodeError::UnknownVersion {
            kind: Self::KIND,
            version,
        })
    }
}

/// A message with what the transport and the logs need of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope<T> {
    /// The kind, [`Contract::KIND`].
    pub kind: String,
    /// The version of the body.
    pub version: u16,
    /// Derived from the execution; a republished copy keeps it.
    pub id: MessageId,
    /// The request that this message belongs to.
    pub execution_id: ExecutionId,
    /// How often handling it has failed so far, from 0. Ours, for backoff; the broker's own count
    /// is only the crash guard.
    #[serde(default)]
    pub attempt: u32,
    /// When it was first published.
    pub created_at: DateTime<Utc>,
    /// The message.
    pub body: T,
}

/// Why a message could not be read. Such a message is never retried.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// Not JSON, or a field is missing or of another type.
    #[error("malformed message")]
    Malformed(#[from] serde_json::Error),
    /// A message of another kind came to this queue.
    #[error("expected a message of kind {expected}, got {got:?}")]
    WrongKind {
        /// The kind that this queue carries.
        expected: &'static str,
        /// The kind that came.
        got: String,
    },
    /// Written by a newer service than this one, or by one older than this code can read.
    #[error("cannot read version {version} of {kind}")]
    UnknownVersion {
        /// The message's kind.
        kind: &'static str,
        /// The version that came.
        version: u16,
    },
}

impl<T: Contract> Envelope<T> {
    /// Wraps `body` at its current version.
    pub fn new(
        id: MessageId,
        execution_id: ExecutionId,
        created_at: DateTime<Utc>,
        body: T,
    ) -> Self {
        Self {
            kind: T::KIND.to_owned(),
            version: T::VERSION,
            id,
            execution_id,
            attempt: 0,
            created_at,
            body,
        }
    }

    /// Reads an envelope from JSON.
    ///
    /// # Errors
    /// [`DecodeError`] when it is not JSON, of another kind or of an unreadable version.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let raw: Envelope<Value> = serde_json::from_slice(bytes)?;
        if raw.kind != T::KIND {
            return Err(DecodeError::WrongKind {
                expected: T::KIND,
                got: raw.kind,
            });
        }
        let body = if raw.version == T::VERSION {
            serde_json::from_value(raw.body)?
        } else {
            T::upgrade(raw.version, raw.body)?
        };
        Ok(Self {
            kind: raw.kind,
            version: T::VERSION,
            id: raw.id,
            execution_id: raw.execution_id,
            attempt: raw.attempt,
            created_at: raw.created_at,
            body,
        })
    }

    /// Writes the envelope as JSON.
    ///
    /// # Errors
    /// When the body cannot be written as JSON (a map with keys that are no text).
    pub fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}
