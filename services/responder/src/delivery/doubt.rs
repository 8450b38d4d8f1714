//! Finding out at Twilio whether a part was sent.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use wharf_domain::{contracts::DeliveryStatus, ids::OutboundId};
use wharf_pipeline::HandleError;
use wharf_store::{
    contacts::ReplyTarget,
    outbound::{self, Outbound},
};
use wharf_twilio::client::{ListFilter, Message};

use super::{Sender, taps};

/// How far Twilio's clock and ours may be apart.
const CLOCK_SKEW: TimeDelta = TimeDelta::seconds(30);

/// How many parts are remembered as being in doubt. Beyond it all are forgotten, which costs a
/// delay and nothing else.
const REMEMBERED: usize = 10_000;

/// Parts whose POST has ended in this process without a known outcome: nobody is sending them.
#[derive(Debug, Default)]
pub(crate) struct InDoubt(Mutex<HashSet<OutboundId>>);

impl InDoubt {
    /// Notes that the POST of `part` has ended.
    pub(super) fn ended(&self, part: OutboundId) {
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if parts.len() >= REMEMBERED {
            parts.clear();
        }
        parts.insert(part);
    }

    /// Whether the POST of `part` is known to have ended; forgets it.
    fn take(&self, part: OutboundId) -> bool {
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        parts.remove(&part)
    }
}

impl Sender {
    /// How much longer another worker that got a copy of the request may be sending `part`; `None`
    /// when nobody can be. Twilio's list cannot show yet what is still on its way.
    pub(super) fn may_be_under_way_for(&self, part: &Outbound) -> Option<Duration> {
        if self.in_doubt.take(part.id) {
            return None;
        }
        let passed = self.clock.now() - part.sending_since?;
        (self.send_limit - passed)
            .to_std()
            .ok()
            .filter(|left| !left.is_zero())
    }

    /// Looks for a part whose sending has an unknown outcome: at what callbacks have told meanwhile,
    /// then in Twilio's list. True when it was sent; its sid is then stored.
    pub(super) async fn found_at_twilio(
        &self,
        part: &Outbound,
        target: &ReplyTarget,
    ) -> Result<bool, HandleError> {
        let company = part.company_id;
        let row = self
            .store
            .in_company::<_, HandleError, _>(company, async |conn| {
                Ok(outbound::get(conn, company, part.id).await?)
            })
            .await?;
        if row.is_some_and(|row| row.message_sid.is_some()) {
            self.count("reconciled");
            return Ok(true);
        }
        let since = part.sending_since.unwrap_or_else(|| self.clock.now()) - CLOCK_SKEW;
        let filter = ListFilter {
            to: Some(target.to.clone()),
            from: Some(target.from.clone()),
            // Twilio filters by the day it sent, which is null until then, so the day is not asked
            // for: the newest messages of one pair of numbers are few.
            sent_since: None,
            page_size: 50,
            limit: 50,
        };
        let listed = self
            .client
            .list(&filter)
            .await
            .map_err(|error| HandleError::Retry(anyhow::Error::new(error)))?;
        for message in listed.iter().filter(|message| is_of(message, part, since)) {
            let Some(sid) = &message.sid else { continue };
            // An equal text that belongs to another part (the same question asked twice) is not it.
            let known = self
                .store
                .in_company::<_, HandleError, _>(company, async |conn| {
                    Ok(outbound::is_known_sid(conn, company, sid).await?)
                });
            if known.await? {
                continue;
            }
            let status = message.delivery_status().unwrap_or(DeliveryStatus::Queued);
            self.note_sent(part, sid, status).await?;
            self.count("reconciled");
            tracing::info!(outbound_id = %part.id, message_sid = sid, "found at Twilio");
            return Ok(true);
        }
        Ok(false)
    }
}

/// Whether a message of Twilio's list can be the part: same text, with a file or without, ours, not
/// older than the send. Of what can be tapped Twilio shows the words that its template has: what went
/// out as the template's body, among others.
fn is_of(message: &Message, part: &Outbound, since: DateTime<Utc>) -> bool {
    let outbound = message
        .direction
        .as_deref()
        .is_none_or(|d| d.starts_with("outbound"));
    let created = message
        .date_created
        .as_deref()
        .map(DateTime::parse_from_rfc2822);
    let recent = created.and_then(Result::ok).is_none_or(|at| at >= since);
    let files = message.num_media.is_some_and(|count| count > 0);
    let body = message.body.as_deref().unwrap_or_default();
    let same = match taps::body_of(part) {
        Some(words) => body.contains(words),
        None => body == part.body,
    };
    outbound && recent && same && files == part.media_url.is_some()
}
