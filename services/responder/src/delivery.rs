//! A reply's parts to Twilio, in order, each once.
//!
//! Sending is the one step whose other side knows no idempotency key. So a part's row says
//! `sending` before the request goes out; our own id is in the status callback's URL; and a row
//! that is found `sending` is looked up at Twilio before anything is sent again. What may have
//! reached the user twice is counted, never hidden (docs/adr/0005-sending-once.md).

mod doubt;
mod held;
mod sender;
mod taps;

use std::{sync::Arc, time::Duration};

use anyhow::{Context, anyhow};
use wharf_domain::{
    clock::SharedClock,
    contracts::{Envelope, ReplyRequest},
    ids::ExecutionId,
    persona::Persona,
};
use wharf_pipeline::{HandleError, Handler, Outcome};
use wharf_runtime::metrics::ResponderMetrics;
use wharf_store::{
    Store,
    contacts::{self, ReplyTarget},
    conversations, opt_outs,
    outbound::{self, NewOutbound, Outbound, OutboundStatus},
};

pub(crate) use self::{
    doubt::InDoubt,
    held::Keeper,
    sender::{Delivered, Sender},
};
use crate::{
    enclosure::{Enclosed, Files},
    mail::Mailer,
    render::{Overrides, Reader},
    split::{self, Split},
};

/// How often a part that another worker may be sending is looked at.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Words replies and sends them.
pub struct ReplyHandler {
    pub(crate) store: Store,
    pub(crate) sender: Arc<Sender>,
    pub(crate) renderer: Overrides,
    /// `None` without a signing key: replies then carry no link.
    pub(crate) files: Option<Files>,
    /// `None` when mail is not configured.
    pub(crate) mailer: Option<Mailer>,
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
        if reply.proactive && !self.may_write_first(reply).await? {
            return Ok(Outcome::nothing());
        }
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
        if target.window_open(self.clock.now()) {
            // What has waited for this comes first.
            self.sender.deliver_due(&target, reply.contact_id).await;
        }
        let mut waits = false;
        for part in parts {
            // One that was held is sent when the user writes.
            if part.held_at.is_some() {
                waits = true;
                continue;
            }
            if part.status == OutboundStatus::Pending
                && (waits || !target.window_open(self.clock.now()))
            {
                waits = true;
                self.sender.hold(&part, &target).await?;
                continue;
            }
            match self.sender.deliver(&part, &target).await {
                // The text has the link: a file that WhatsApp does not take is no failed reply.
                Err(HandleError::Fail(error)) if part.media_url.is_some() => {
                    tracing::warn!(outbound_id = %part.id, %error, "a file was not taken");
                }
                Ok(Delivered::Held) => waits = true,
                other => {
                    other?;
                }
            }
        }
        if waits {
            return match enclosed.again {
                Some(error) => Err(HandleError::Retry(error)),
                None => Ok(Outcome::nothing()),
            };
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
            .in_company::<_, HandleError, _>(reply.company_id, async |conn| {
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
    /// What nobody asked for goes only to a person who has not said STOP.
    async fn may_write_first(&self, reply: &ReplyRequest) -> Result<bool, HandleError> {
        let (company, contact) = (reply.company_id, reply.contact_id);
        let may = self
            .store
            .in_company::<_, HandleError, _>(company, async |conn| {
                Ok(opt_outs::may_be_written_to(conn, company, contact).await?)
            })
            .await?;
        if !may {
            self.sender.suppressed(Some(reply.content.template()));
        }
        Ok(may)
    }

    async fn target(&self, reply: &ReplyRequest) -> Result<ReplyTarget, HandleError> {
        let (company, contact) = (reply.company_id, reply.contact_id);
        self.store
            .in_company::<_, HandleError, _>(company, async |conn| {
                Ok(contacts::reply_target(conn, company, contact).await?)
            })
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
        let renderer = self.renderer.of(reply.company_id).await;
        let text = renderer
            .render_with(&reply.content, reader, &enclosed.enclosure)
            .map_err(HandleError::Fail)?;
        let texts = match split::split(&text) {
            Split::Whole(parts) => parts,
            Split::TooLong => {
                let link = self.whole_text(reply, &text).await?;
                let end = renderer.rest(link.as_ref(), reader);
                split::shortened(&text, &end.map_err(HandleError::Fail)?)
            }
        };
        let tappable = match texts.as_slice() {
            [text] if !enclosed.as_media => self.tappable(reply, target, text).await,
            _ => None,
        };
        let (content_sid, content_variables) = tappable.unzip();
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
                template: Some(reply.content.template().to_owned()),
                content_sid: content_sid.clone(),
                content_variables: content_variables.clone(),
                proactive: reply.proactive,
                created_at: now,
            })
            .collect();
        let persona = target.persona.map_or("default", Persona::as_str);
        self.metrics
            .replies
            .with_label_values(&[reply.content.template(), persona])
            .inc();
        self.store
            .in_company::<_, HandleError, _>(reply.company_id, async |conn| {
                Ok(outbound::prepare(conn, &new).await?)
            })
            .await
    }

    /// `first`: this time something was sent.
    async fn finish(&self, reply: &ReplyRequest, first: bool) -> Result<Outcome, HandleError> {
        let (company, execution) = (reply.company_id, reply.execution_id);
        self.store
            .in_company::<_, HandleError, _>(company, async |conn| {
                Ok(conversations::mark_response_sent(conn, company, execution).await?)
            })
            .await?;
        if first {
            let waited = self.clock.now() - reply.received_at;
            self.metrics
                .response_seconds
                .observe(waited.as_seconds_f64().max(0.0));
        }
        Ok(Outcome::nothing())
    }
}
