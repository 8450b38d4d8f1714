//! One part to Twilio.

use anyhow::anyhow;
use chrono::TimeDelta;
use wharf_domain::{clock::SharedClock, contracts::DeliveryStatus};
use wharf_pipeline::HandleError;
use wharf_runtime::metrics::ResponderMetrics;
use wharf_store::{
    Store,
    contacts::ReplyTarget,
    opt_outs::{self, OptSource},
    outbound::{self, Claimed, Outbound},
};
use wharf_twilio::{
    callback,
    client::{Client, NewMessage, SendError},
    errors::Action,
};

use super::{InDoubt, LOOK_AGAIN};

/// Sends parts, each once.
pub(crate) struct Sender {
    pub(crate) store: Store,
    pub(crate) client: Client,
    pub(crate) status_callback_url: Option<String>,
    pub(crate) validity_s: u32,
    /// The longest that a POST can be under way.
    pub(crate) send_limit: TimeDelta,
    pub(crate) in_doubt: InDoubt,
    pub(crate) clock: SharedClock,
    pub(crate) metrics: ResponderMetrics,
}

/// What became of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivered {
    /// Twilio has it, or it was settled before.
    Done,
    /// Outside the 24-hour window: it waits for the user's next message.
    Held,
}

impl Sender {
    pub(crate) async fn deliver(
        &self,
        part: &Outbound,
        target: &ReplyTarget,
    ) -> Result<Delivered, HandleError> {
        loop {
            let (company, now) = (part.company_id, self.clock.now());
            // Committed: nothing is held while Twilio is spoken to.
            let claimed = self
                .store
                .in_company::<_, HandleError, _>(company, async |conn| {
                    Ok(outbound::claim_sending(conn, company, part.id, now).await?)
                })
                .await?;
            let doubtful = match claimed {
                Claimed::Done(_) => return Ok(Delivered::Done),
                Claimed::Send(part) => return self.send(&part, target).await,
                Claimed::Missing => {
                    return Err(HandleError::Fail(anyhow!("the part's row is gone")));
                }
                Claimed::Doubtful(part) => part,
            };
            if let Some(left) = self.may_be_under_way_for(&doubtful) {
                tokio::time::sleep(left.min(LOOK_AGAIN)).await;
                continue;
            }
            if doubtful.content_sid.is_some() {
                // Twilio's list shows it in words that we do not know. The texts that it speaks of
                // are kept in any case: it is not sent twice.
                let now = self.clock.now();
                self.store
                    .in_company::<_, HandleError, _>(company, async |conn| {
                        Ok(outbound::mark_unknown(conn, company, part.id, now).await?)
                    })
                    .await?;
                return Ok(Delivered::Done);
            }
            if self.found_at_twilio(&doubtful, target).await? {
                return Ok(Delivered::Done);
            }
            tracing::warn!(outbound_id = %part.id, "a send without a trace, sending again");
            self.metrics.possible_duplicates.inc();
            return self.send(&doubtful, target).await;
        }
    }

    async fn send(&self, part: &Outbound, target: &ReplyTarget) -> Result<Delivered, HandleError> {
        let mut message =
            NewMessage::text(target.from.clone(), target.to.clone(), part.body.clone());
        if let Some(sid) = &part.content_sid {
            message.content_sid = Some(sid.clone());
            message
                .content_variables
                .clone_from(&part.content_variables);
        }
        message.media_urls.extend(part.media_url.clone());
        message.validity_period_s = Some(self.validity_s);
        message.status_callback = self
            .status_callback_url
            .as_deref()
            .map(|base| callback::url_for(base, part.id));
        match self.client.send(&message).await {
            Ok(sent) => {
                self.count("sent");
                tracing::info!(
                    outbound_id = %part.id,
                    message_sid = sent.sid,
                    to = %target.to.masked(),
                    part = part.part,
                    "reply handed to Twilio"
                );
                let status = sent.status.unwrap_or(DeliveryStatus::Queued);
                self.note_sent(part, &sent.sid, status).await?;
                Ok(Delivered::Done)
            }
            Err(error) => self.not_sent(part, target, error).await,
        }
    }

    async fn not_sent(
        &self,
        part: &Outbound,
        target: &ReplyTarget,
        error: SendError,
    ) -> Result<Delivered, HandleError> {
        self.count(error.as_str());
        let (company, now) = (part.company_id, self.clock.now());
        match error.action() {
            // A notice in doubt is settled by its callback, or left: see `deliver`.
            Action::ReconcileFirst if part.content_sid.is_some() => {
                self.in_doubt.ended(part.id);
                Err(HandleError::Retry(error.into()))
            }
            Action::ReconcileFirst => {
                let found = self.found_at_twilio(part, target).await;
                if !matches!(found, Ok(true)) {
                    self.in_doubt.ended(part.id);
                }
                if found? {
                    return Ok(Delivered::Done);
                }
                // The row stays `sending`: the next try looks again before it sends.
                Err(HandleError::Retry(error.into()))
            }
            Action::Retry | Action::RetryOnce | Action::RetryAfter(_) | Action::PauseQueue => {
                self.store
                    .in_company::<_, HandleError, _>(company, async |conn| {
                        Ok(outbound::mark_pending(conn, company, part.id, now).await?)
                    })
                    .await?;
                Err(HandleError::Retry(error.into()))
            }
            // Our clock said yes, Twilio's said no.
            Action::AwaitWindow if part.content_sid.is_none() => {
                self.hold(part, target).await?;
                Ok(Delivered::Held)
            }
            Action::Never | Action::Suppress | Action::AwaitWindow => {
                let code = error.code().and_then(|code| i32::try_from(code).ok());
                let (id, contact, text) = (part.id, part.contact_id, error.to_string());
                let suppress = error.action() == Action::Suppress;
                self.store
                    .in_company::<_, HandleError, _>(company, async |conn| {
                        if suppress {
                            let source = OptSource::Refused;
                            opt_outs::set(conn, company, contact, true, source, now).await?;
                        }
                        let words = Some(text.as_str());
                        Ok(outbound::mark_failed(conn, company, id, code, words, now).await?)
                    })
                    .await?;
                Err(HandleError::Fail(error.into()))
            }
        }
    }

    pub(super) async fn note_sent(
        &self,
        part: &Outbound,
        sid: &str,
        status: DeliveryStatus,
    ) -> Result<(), HandleError> {
        let now = self.clock.now();
        let first = self
            .store
            .in_company::<_, HandleError, _>(part.company_id, async |conn| {
                Ok(outbound::mark_sent(conn, part.company_id, part.id, sid, status, now).await?)
            })
            .await?;
        if !first {
            // A callback had named another message of Twilio's for this part.
            self.metrics.possible_duplicates.inc();
            tracing::error!(outbound_id = %part.id, message_sid = sid, "a part was sent twice");
        }
        Ok(())
    }

    pub(super) fn count(&self, outcome: &str) {
        self.metrics.sends.with_label_values(&[outcome]).inc();
    }
}
