//! A message that came, and what can be done with it.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use lapin::{
    Acker,
    options::{BasicAckOptions, BasicNackOptions},
    types::{AMQPValue, FieldTable},
};
use tracing::debug;

use crate::{
    Queue, Topology,
    outgoing::{ORIGIN, REASON},
};

/// Writing an acknowledgement takes longer only on a connection that is as good as lost.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(5);

/// A message from a queue. Dropping it settles nothing: it comes again when the connection ends.
pub struct Delivery {
    /// The body as it came.
    pub body: Bytes,
    /// The queue it came from.
    pub queue: Queue,
    /// The publisher's id of it.
    pub message_id: Option<String>,
    /// The kind that the publisher gave; the envelope in the body has the last word.
    pub kind: Option<String>,
    /// When it was first made, to the second.
    pub created_at: Option<DateTime<Utc>>,
    /// Whether some consumer may have had it before.
    pub redelivered: bool,
    /// How often it was delivered before without being settled, from 0. The broker's count: the
    /// crash guard, not our attempts.
    pub delivery_count: u32,
    origin: Option<Queue>,
    reason: Option<String>,
    acker: Acker,
}

impl Delivery {
    pub(crate) fn new(delivery: lapin::message::Delivery, queue: Queue, names: &Topology) -> Self {
        let properties = delivery.properties;
        let headers = properties.headers().clone().unwrap_or_default();
        let text = |value: &Option<lapin::types::ShortString>| {
            value.as_ref().map(|text| text.as_str().to_owned())
        };
        Self {
            body: delivery.data.into(),
            queue,
            message_id: text(properties.message_id()),
            kind: text(properties.kind()),
            created_at: properties
                .timestamp()
                .and_then(|seconds| DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)),
            redelivered: delivery.redelivered,
            delivery_count: number(&headers, "x-delivery-count").unwrap_or(0),
            origin: text_header(&headers, ORIGIN)
                .and_then(|key| Queue::from_key(&key))
                .or_else(|| limited_in(&headers, names)),
            reason: text_header(&headers, REASON),
            acker: delivery.acker,
        }
    }

    /// For a message in a poison or dead queue: the queue in which it failed.
    #[must_use]
    pub fn origin(&self) -> Option<Queue> {
        self.origin
    }

    /// For a message in a dead queue: why it is there.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Whether it can still be settled. False once the session that brought it has ended: it will
    /// come again, so there is no use in starting to work on this copy.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.acker.usable()
    }

    /// Says that it is done. True when that was sent; false when its session has ended meanwhile, in
    /// which case it comes again. Even after true it can come again: the connection may be cut
    /// before the broker reads it.
    pub async fn ack(self) -> bool {
        let sent = tokio::time::timeout(SETTLE_TIMEOUT, self.acker.ack(BasicAckOptions::default()));
        settled("ack", self.queue, sent.await)
    }

    /// Gives it back at once, to be delivered again; raises its delivery count. For work that was
    /// not started. To try failed work again, publish to a [`crate::Route::Retry`], then ack.
    pub async fn release(self) -> bool {
        let requeue = BasicNackOptions {
            requeue: true,
            multiple: false,
        };
        let sent = tokio::time::timeout(SETTLE_TIMEOUT, self.acker.nack(requeue));
        settled("release", self.queue, sent.await)
    }
}

fn settled<E>(what: &str, queue: Queue, sent: Result<lapin::Result<bool>, E>) -> bool {
    match sent {
        Ok(Ok(true)) => true,
        Ok(Ok(false)) | Err(_) => {
            debug!(%queue, "{what} came too late, the message will come again");
            false
        }
        Ok(Err(error)) => {
            debug!(%queue, %error, "{what} not sent, the message will come again");
            false
        }
    }
}

impl std::fmt::Debug for Delivery {
    /// Without the body, which holds what people wrote.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery")
            .field("queue", &self.queue)
            .field("message_id", &self.message_id)
            .field("kind", &self.kind)
            .field("redelivered", &self.redelivered)
            .field("delivery_count", &self.delivery_count)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

fn number(headers: &FieldTable, name: &str) -> Option<u32> {
    match headers.inner().get(name)? {
        AMQPValue::LongLongInt(n) => u32::try_from(*n).ok(),
        AMQPValue::LongInt(n) => u32::try_from(*n).ok(),
        AMQPValue::LongUInt(n) => Some(*n),
        AMQPValue::ShortInt(n) => u32::try_from(*n).ok(),
        AMQPValue::ShortUInt(n) => Some((*n).into()),
        AMQPValue::ShortShortInt(n) => u32::try_from(*n).ok(),
        AMQPValue::ShortShortUInt(n) => Some((*n).into()),
        _ => None,
    }
}

fn text_header(headers: &FieldTable, name: &str) -> Option<String> {
    match headers.inner().get(name)? {
        AMQPValue::LongString(text) => Some(text.to_string()),
        AMQPValue::ShortString(text) => Some(text.as_str().to_owned()),
        _ => None,
    }
}

/// The queue whose delivery limit was last reached, from the broker's own `x-death` (newest first).
fn limited_in(headers: &FieldTable, names: &Topology) -> Option<Queue> {
    let AMQPValue::FieldArray(deaths) = headers.inner().get("x-death")? else {
        return None;
    };
    deaths.as_slice().iter().find_map(|death| {
        let AMQPValue::FieldTable(death) = death else {
            return None;
        };
        if text_header(death, "reason").as_deref() != Some("delivery_limit") {
            return None;
        }
        names.queue_named(&text_header(death, "queue")?)
    })
}
