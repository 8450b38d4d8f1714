//! A message on its way out.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use lapin::{
    BasicProperties,
    types::{AMQPValue, FieldTable},
};
use serde_json::Value;
use wharf_domain::{
    contracts::{Contract, Envelope},
    ids::MessageId,
};

use crate::{Delivery, Queue};

/// Header of a dead message: why it is dead.
pub(crate) const REASON: &str = "x-wharf-reason";
/// Header of a dead message: the queue it came from, as [`Queue::key`] names it.
pub(crate) const ORIGIN: &str = "x-wharf-origin";

/// A message to publish.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The id that consumers recognise a copy by.
    pub message_id: String,
    /// [`Contract::KIND`]; empty when it is not known.
    pub kind: String,
    /// The encoded envelope.
    pub body: Bytes,
    /// When it was first made.
    pub created_at: Option<DateTime<Utc>>,
    reason: Option<String>,
    origin: Option<Queue>,
}

impl Outgoing {
    /// A message from its parts.
    #[must_use]
    pub fn new(id: MessageId, kind: &str, body: impl Into<Bytes>) -> Self {
        Self {
            message_id: id.to_string(),
            kind: kind.to_owned(),
            body: body.into(),
            created_at: None,
            reason: None,
            origin: None,
        }
    }

    /// An envelope as a message.
    ///
    /// # Errors
    /// When the envelope cannot be written as JSON.
    pub fn of<T: Contract>(envelope: &Envelope<T>) -> Result<Self, serde_json::Error> {
        let mut message = Self::new(envelope.id, &envelope.kind, envelope.encode()?);
        message.created_at = Some(envelope.created_at);
        Ok(message)
    }

    /// The same message again, as it came.
    #[must_use]
    pub fn copy_of(delivery: &Delivery) -> Self {
        Self {
            message_id: delivery.message_id.clone().unwrap_or_default(),
            kind: delivery.kind.clone().unwrap_or_default(),
            body: delivery.body.clone(),
            created_at: delivery.created_at,
            reason: None,
            origin: None,
        }
    }

    /// The same message as it came, for [`crate::Route::Dead`], with why (for people; no text of
    /// the user) and where it came from.
    #[must_use]
    pub fn dead(delivery: &Delivery, reason: impl Into<String>) -> Self {
        Self {
            reason: Some(reason.into()),
            origin: Some(delivery.origin().unwrap_or(delivery.queue)),
            ..Self::copy_of(delivery)
        }
    }

    /// A dead message as it was before its first attempt, to be tried again. What cannot be read
    /// stays as it is.
    #[must_use]
    pub fn replay(delivery: &Delivery) -> Self {
        let mut message = Self::copy_of(delivery);
        let untried = serde_json::from_slice(&delivery.body)
            .and_then(|read: Envelope<Value>| serde_json::to_vec(&Envelope { attempt: 0, ..read }));
        if let Ok(untried) = untried {
            message.body = untried.into();
        }
        message
    }

    pub(crate) fn properties(&self) -> BasicProperties {
        let mut headers = FieldTable::default();
        let mut header = |name: &str, value: String| {
            headers.insert(name.into(), AMQPValue::LongString(value.into()));
        };
        if let Some(reason) = &self.reason {
            header(REASON, reason.clone());
        }
        if let Some(origin) = self.origin {
            header(ORIGIN, origin.key());
        }
        let mut properties = BasicProperties::default()
            .with_delivery_mode(2) // persistent
            .with_content_type("application/json".into())
            .with_headers(headers);
        if !self.message_id.is_empty() {
            properties = properties.with_message_id(self.message_id.as_str().into());
        }
        if !self.kind.is_empty() {
            properties = properties.with_type(self.kind.as_str().into());
        }
        if let Some(seconds) = self
            .created_at
            .and_then(|at| u64::try_from(at.timestamp()).ok())
        {
            properties = properties.with_timestamp(seconds);
        }
        properties
    }
}

impl std::fmt::Debug for Outgoing {
    /// Without the body, which holds what people wrote.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing")
            .field("message_id", &self.message_id)
            .field("kind", &self.kind)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
