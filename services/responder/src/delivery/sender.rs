//! One part to Twilio.

use anyhow::anyhow;
use chrono::TimeDelta;
use wharf_domain::{clock::SharedClock, contracts::DeliveryStatus};
use wharf_pipeline::HandleError;
use wharf_runtime::metrics::ResponderMetrics;
use wharf_store::{
    Store,
    contacts::ReplyTarget,
    opt_outs,
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
                Claimed::Send(part) => match self.send(&part, target).await? {
                    Some(delivered) => return Ok(delivered),
                    None => continue,
                },
                Claimed::Missing => {
                    return Err(HandleError::Fail(anyhow!("the part's row is gone")));
                }
                Claimed::Doubtful(part) => part,
            };
            if let Some(left) = self.may_be_under_way_for(&doubtful) {
                tokio::time::sleep(left.min(LOOK_AGAIN)).await;
                continue;
            }
            if doubtful.is_notice() {
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
            if let Some(delivered) = self.send(&doubtful, target).await? {
                return Ok(delivered);
            }
        }
    }

    /// Sends a part that is claimed; `None`: Twilio did not take its Content template, and its text
    /// is to be claimed and sent in its place.
    async fn send(
        &self,
        part: &Outbound,
        target: &ReplyTarget,
    ) -> Result<Option<Delivered>, HandleError> {
        let mut message =
            NewMessage::text(target.from.clone(), target.to.clone(), part.body.clone());
        if let Some(sid) = &part.content_sid {
            message.body = None;
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
                if part.content_sid.is_some() && !part.is_notice() {
                    self.count_taps("sent");
                }
                Ok(Some(Delivered::Done))
            }
            Err(error) if self.goes_as_text(part, &error).await? => Ok(None),
            Err(error) => self.not_sent(part, target, error).await.map(Some),
        }
    }

    /// Whether what was to be tapped goes out as text after this error. Whatever Twilio has against
    /// it that a text may not share (an unknown template above all) is no reason to say nothing.
    async fn goes_as_text(&self, part: &Outbound, error: &SendError) -> Result<bool, HandleError> {
        let refused = matches!(error.action(), Action::Never)
            && error.class().is_none_or(|class| !class.is_of_recipient());
        if part.content_sid.is_none() || part.is_notice() || !refused {
            return Ok(false);
        }
        let (company, now) = (part.company_id, self.clock.now());
        let again = self
            .store
            .in_company::<_, HandleError, _>(company, async |conn| {
                Ok(outbound::as_text(conn, company, part.id, now).await?)
            })
            .await?;
        if again {
            self.count(error.as_str());
            self.count_taps("refused");
            tracing::warn!(outbound_id = %part.id, %error, "not tappable, sent as text");
        }
        Ok(again)
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
            Action::ReconcileFirst if part.is_notice() => {
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
            Action::AwaitWindow if !part.is_notice() => {
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
                            let sent = part.sending_since;
                            opt_outs::refused(conn, company, contact, sent, now).await?;
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

    pub(crate) fn count_taps(&self, outcome: &str) {
        self.metrics.taps.with_label_values(&[outcome]).inc();
    }

    pub(super) fn count(&self, outcome: &str) {
        self.metrics.sends.with_label_values(&[outcome]).inc();
    }
}
