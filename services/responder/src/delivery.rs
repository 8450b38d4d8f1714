//! A reply's parts to Twilio, in order, each once.
//!
//! Sending is the one step whose other side knows no idempotency key. So a part's row says
//! `sending` before the request goes out; our own id is in the status callback's URL; and a row
//! that is found `sending` is looked up at Twilio before anything is sent again. What may have
//! reached the user twice is counted, never hidden (docs/adr/0005-sending-once.md).

mod doubt;

use std::{sync::Arc, time::Duration};

use anyhow::{Context, anyhow};
use chrono::TimeDelta;
use wharf_domain::{
    clock::SharedClock,
    contracts::{DeliveryStatus, Envelope, ReplyRequest},
    ids::ExecutionId,
    persona::Persona,
};
use wharf_pipeline::{HandleError, Handler, Outcome};
use wharf_runtime::metrics::ResponderMetrics;
use wharf_store::{
    Store,
    contacts::{self, ReplyTarget},
    conversations,
    outbound::{self, Claimed, NewOutbound, Outbound, OutboundStatus},
};
use wharf_twilio::{
    callback,
    client::{Client, NewMessage, SendError},
    errors::Action,
};

pub(crate) use self::doubt::InDoubt;
use crate::{
    enclosure::{Enclosed, Files},
    mail::Mailer,
    render::{Reader, Renderer},
    split::{self, Split},
};

/// How often a part that another worker may be sending is looked at.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Words replies and sends them.
pub struct ReplyHandler {
    pub(crate) store: Store,
    pub(crate) client: Client,
    pub(crate) renderer: Arc<Renderer>,
    /// `None` without a signing key: replies then carry no link.
    pub(crate) files: Option<Files>,
    /// `None` when mail is not configured.
    pub(crate) mailer: Option<Mailer>,
    pub(crate) status_callback_url: Option<String>,
    pub(crate) validity_s: u32,
    /// The longest that a POST can be under way.
    pub(crate) send_limit: TimeDelta,
    pub(crate) in_doubt: InDoubt,
    pub(crate) clock: SharedClock,
    pub(crate) metrics: ResponderMetrics,
}

impl Handler for ReplyHandler {
    type Input = ReplyRequest;

    /// The replies of one conversation go out one after the other.
    fn order_key(&self, message: &Envelope<ReplyRequest>) -> Option<String> {
        Some(message.body.conversation_key.clone())
    }

    /// One reply that Twilio does not take must not hold up the conversation.
    fn retries_in_order(&self) -> bool {
        false
    }

    async fn handle(&self, message: &Envelope<ReplyRequest>) -> Result<Outcome, HandleError> {
        let reply = &message.body;
        let target = self.target(reply).await?;
        let reader = Reader {
            persona: target.persona,
            locale: target.locale.clone(),
            time_zone: target.time_zone,
        };
        let (reply, mails_again) = self.with_mails(reply, &target).await?;
        let reply = &reply;
        let mut enclosed = self.enclose(reply, &target, &reader).await?;
        enclosed.again = enclosed.again.or(mails_again);
        let parts = self.prepare(reply, &target, &reader, &enclosed).await?;
        let open = |status| matches!(status, OutboundStatus::Pending | OutboundStatus::Sending);
        let first = parts.iter().any(|part| open(part.status));
        for part in parts {
            match self.deliver(&part, &target).await {
                // The text has the link: a file that WhatsApp does not take is no failed reply.
                Err(HandleError::Fail(error)) if part.media_url.is_some() => {
                    tracing::warn!(outbound_id = %part.id, %error, "a file was not taken");
                }
                other => other?,
            }
        }
        let outcome = self.finish(reply, first).await?;
        match enclosed.again {
            Some(error) => Err(HandleError::Retry(error)),
            None => Ok(outcome),
        }
    }

    /// The parts' rows and the dead queue tell what the user did not get; there is no other way to
    /// reach them.
    async fn give_up(
        &self,
        message: &Envelope<ReplyRequest>,
        reason: &str,
    ) -> Result<Outcome, HandleError> {
        let reply = &message.body;
        let now = self.clock.now();
        Self::give_mails_up(&self.store, reply, reason, now).await?;
        self.store
            .transaction::<_, HandleError, _>(async |conn| {
                let company = reply.company_id;
                for part in outbound::of_reply(conn, company, reply.reply_id).await? {
                    match part.status {
                        OutboundStatus::Pending => {
                            let words = Some(reason);
                            outbound::mark_failed(conn, company, part.id, None, words, now).await?
                        }
                        // It may have gone out; a callback can still tell.
                        OutboundStatus::Sending => {
                            outbound::mark_unknown(conn, company, part.id, now).await?
                        }
                        // Twilio has it or has refused it: what is known stays.
                        _ => false,
                    };
                }
                Ok(())
            })
            .await?;
        Ok(Outcome::nothing())
    }

    async fn is_available(&self) -> bool {
        self.store.ping().await.is_ok()
    }
}

impl ReplyHandler {
    async fn target(&self, reply: &ReplyRequest) -> Result<ReplyTarget, HandleError> {
        let mut conn = self.store.conn().await?;
        contacts::reply_target(&mut conn, reply.company_id, reply.contact_id)
            .await?
            .ok_or_else(|| HandleError::Fail(anyhow!("the contact of the reply is gone")))
    }

    /// Words the reply and stores its parts. A repeated reply finds its parts as they were worded.
    async fn prepare(
        &self,
        reply: &ReplyRequest,
        target: &ReplyTarget,
        reader: &Reader,
        enclosed: &Enclosed,
    ) -> Result<Vec<Outbound>, HandleError> {
        let text = self
            .renderer
            .render_with(&reply.content, reader, &enclosed.enclosure)
            .map_err(HandleError::Fail)?;
        let texts = match split::split(&text) {
            Split::Whole(parts) => parts,
            Split::TooLong => {
                let link = self.whole_text(reply, &text).await?;
                let end = self.renderer.rest(link.as_ref(), reader);
                split::shortened(&text, &end.map_err(HandleError::Fail)?)
            }
        };
        let texts = texts.into_iter().map(|text| (text, None));
        // A part of its own, after the text: WhatsApp shows no text beside a document.
        let link = enclosed
            .enclosure
            .link
            .as_ref()
            .filter(|_| enclosed.as_media);
        let file = link.map(|link| (String::new(), Some(link.url.clone())));
        let texts: Vec<_> = texts.chain(file).collect();
        let count = i16::try_from(texts.len())
            .context("a reply of more than 32,767 parts")
            .map_err(HandleError::Fail)?;
        let now = self.clock.now();
        let new: Vec<NewOutbound> = texts
            .into_iter()
            .zip(0_u16..)
            .map(|((body, media_url), part)| NewOutbound {
                id: ExecutionId::outbound(reply.reply_id, part),
                company_id: reply.company_id,
                contact_id: reply.contact_id,
                execution_id: reply.execution_id,
                reply_id: reply.reply_id,
                conversation_key: reply.conversation_key.clone(),
                part: part.cast_signed(),
                parts: count,
                body,
                media_url,
                created_at: now,
            })
            .collect();
        let persona = target.persona.map_or("default", Persona::as_str);
        self.metrics
            .replies
            .with_label_values(&[reply.content.template(), persona])
            .inc();
        self.store
            .transaction::<_, HandleError, _>(async |conn| Ok(outbound::prepare(conn, &new).await?))
            .await
    }

    async fn deliver(&self, part: &Outbound, target: &ReplyTarget) -> Result<(), HandleError> {
        loop {
            let mut conn = self.store.conn().await?;
            let now = self.clock.now();
            let claimed = outbound::claim_sending(&mut conn, part.company_id, part.id, now).await?;
            // Nothing is held while Twilio is spoken to.
            drop(conn);
            let doubtful = match claimed {
                Claimed::Done(_) => return Ok(()),
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
            if self.found_at_twilio(&doubtful, target).await? {
                return Ok(());
            }
            tracing::warn!(outbound_id = %part.id, "a send without a trace, sending again");
            self.metrics.possible_duplicates.inc();
            return self.send(&doubtful, target).await;
        }
    }

    async fn send(&self, part: &Outbound, target: &ReplyTarget) -> Result<(), HandleError> {
        let mut message =
            NewMessage::text(target.from.clone(), target.to.clone(), part.body.clone());
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
                self.note_sent(part, &sent.sid, status).await
            }
            Err(error) => self.not_sent(part, target, error).await,
        }
    }

    async fn not_sent(
        &self,
        part: &Outbound,
        target: &ReplyTarget,
        error: SendError,
    ) -> Result<(), HandleError> {
        self.count(error.as_str());
        let now = self.clock.now();
        match error.action() {
            Action::ReconcileFirst => {
                let found = self.found_at_twilio(part, target).await;
                if !matches!(found, Ok(true)) {
                    self.in_doubt.ended(part.id);
                }
                if found? {
                    return Ok(());
                }
                // The row stays `sending`: the next try looks again before it sends.
                Err(HandleError::Retry(error.into()))
            }
            Action::Retry | Action::RetryOnce | Action::RetryAfter(_) | Action::PauseQueue => {
                let mut conn = self.store.conn().await?;
                outbound::mark_pending(&mut conn, part.company_id, part.id, now).await?;
                Err(HandleError::Retry(error.into()))
            }
            Action::Never | Action::Suppress | Action::AwaitWindow => {
                let code = error.code().and_then(|code| i32::try_from(code).ok());
                let text = error.to_string();
                let mut conn = self.store.conn().await?;
                outbound::mark_failed(&mut conn, part.company_id, part.id, code, Some(&text), now)
                    .await?;
                Err(HandleError::Fail(error.into()))
            }
        }
    }

    async fn note_sent(
        &self,
        part: &Outbound,
        sid: &str,
        status: DeliveryStatus,
    ) -> Result<(), HandleError> {
        let now = self.clock.now();
        let first = self
            .store
            .transaction::<_, HandleError, _>(async |conn| {
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

    /// `first`: this time something was sent.
    async fn finish(&self, reply: &ReplyRequest, first: bool) -> Result<Outcome, HandleError> {
        let mut conn = self.store.conn().await?;
        conversations::mark_response_sent(&mut conn, reply.company_id, reply.execution_id).await?;
        if first {
            let waited = self.clock.now() - reply.received_at;
            self.metrics
                .response_seconds
                .observe(waited.as_seconds_f64().max(0.0));
        }
        Ok(Outcome::nothing())
    }

    fn count(&self, outcome: &str) {
        self.metrics.sends.with_label_values(&[outcome]).inc();
    }
}
