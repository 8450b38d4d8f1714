//! What waits for the user's next message.
//!
//! WhatsApp takes free text only within 24 hours of it. A part that may not go out is held; a notice
//! (an approved template message of `whatsapp_templates`) tells the user that something waits; and
//! their next message releases it. The [`Keeper`] looks for both every few seconds; a reply to that
//! message, which comes first more often, sends what is due before itself. Whoever it is, the claim
//! of [`Sender::deliver`] makes it once.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, anyhow};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use wharf_domain::{
    ids::{CompanyId, ContactId, ExecutionId},
    persona::Persona,
};
use wharf_pipeline::HandleError;
use wharf_store::{
    Across, StoreError, companies,
    contacts::{self, ReplyTarget},
    conversations, opt_outs,
    outbound::{self, NewOutbound, Outbound},
    templates::{self, ContentTemplate},
};

use super::{Delivered, Sender};
use crate::render::{self, Notice};

/// The `template_name` of the notice for whatever has none of its own.
pub(crate) const ANY_NOTICE: &str = "notice";

/// How often a held part is tried before it is given up, with growing waits of up to ten minutes.
const MAX_ATTEMPTS: i32 = 20;

impl Sender {
    /// Holds a part until the user writes again.
    pub(crate) async fn hold(
        &self,
        part: &Outbound,
        target: &ReplyTarget,
    ) -> Result<(), HandleError> {
        let (company, now) = (part.company_id, self.clock.now());
        let after = target.last_inbound_at;
        let held = self
            .store
            .in_company::<_, HandleError, _>(company, async |conn| {
                Ok(outbound::hold(conn, company, part.id, after, now).await?)
            });
        if held.await? {
            self.count_held("held");
            tracing::info!(outbound_id = %part.id, "held until the user writes");
        }
        Ok(())
    }

    /// Sends what has waited for a contact, in order. What fails is tried again by the [`Keeper`]:
    /// nobody else's reply waits for it.
    pub(crate) async fn deliver_due(&self, target: &ReplyTarget, contact: ContactId) {
        if let Err(error) = self.try_due(target, contact).await {
            tracing::warn!(error = format!("{error:#}"), "what is due was not sent");
        }
    }

    async fn try_due(&self, target: &ReplyTarget, contact: ContactId) -> anyhow::Result<()> {
        let (company, now) = (target.company_id, self.clock.now());
        let due = self
            .store
            .in_company::<_, StoreError, _>(company, async |conn| {
                outbound::due(conn, company, contact, now).await
            })
            .await?;
        let mut refused: HashSet<_> = HashSet::new();
        for part in due {
            if !is_time(&part, now) {
                return Ok(());
            }
            // A reply of which a part was refused is not continued.
            let refused_before = refused.contains(&part.reply_id);
            // `None`: given up.
            let released = self
                .store
                .in_company::<_, StoreError, _>(company, async |conn| {
                    if part.proactive && !opt_outs::may_be_answered(conn, company, contact).await? {
                        let words = Some("the person has opted out");
                        outbound::mark_failed(conn, company, part.id, None, words, now).await?;
                        self.suppressed(part.template.as_deref());
                        return Ok(None);
                    }
                    if part.attempts >= MAX_ATTEMPTS {
                        let words = Some("tried too often");
                        outbound::mark_failed(conn, company, part.id, None, words, now).await?;
                        return Ok(None);
                    }
                    let released = outbound::release(conn, company, part.id, now).await?;
                    if refused_before {
                        let words = Some("a part before it was refused");
                        outbound::mark_failed(conn, company, part.id, None, words, now).await?;
                        return Ok(None);
                    }
                    Ok(Some(released))
                })
                .await?;
            match released {
                None => continue,
                Some(true) => self.count_held("released"),
                Some(false) => {}
            }
            match self.deliver(&part, target).await {
                Ok(Delivered::Done) if part.is_notice() => {}
                Ok(Delivered::Done) => {
                    self.store
                        .in_company::<_, StoreError, _>(company, async |conn| {
                            conversations::mark_response_sent(conn, company, part.execution_id)
                                .await
                        })
                        .await?;
                }
                // Refused again: it waits for the next message, and so does what comes after it.
                Ok(Delivered::Held) => return Ok(()),
                Err(HandleError::Fail(error)) => {
                    tracing::warn!(outbound_id = %part.id, %error, "refused for good");
                    if part.media_url.is_none() {
                        refused.insert(part.reply_id);
                    }
                }
                Err(error) => return Err(error).context("sending what has waited"),
            }
        }
        Ok(())
    }

    /// Counts what nobody asked for and what is not sent.
    pub(super) fn suppressed(&self, template: Option<&str>) {
        let template = template.unwrap_or(ANY_NOTICE);
        tracing::info!(template, "not sent: the person has opted out");
        self.metrics.suppressed.with_label_values(&[template]).inc();
    }

    fn count_held(&self, event: &str) {
        self.metrics.held.with_label_values(&[event]).inc();
    }
}

/// Whether a part that was tried before is to be tried again.
fn is_time(part: &Outbound, now: DateTime<Utc>) -> bool {
    let wait = TimeDelta::seconds(i64::from(part.attempts.min(11)).pow(2) * 5);
    part.attempts == 0 || part.sending_since.is_none_or(|since| now - since >= wait)
}

/// Sends what is due, and notices of what waits.
pub(crate) struct Keeper {
    pub(crate) sender: Arc<Sender>,
    /// Between two looks.
    pub(crate) every: Duration,
    /// The least time between two notices to one contact.
    pub(crate) pause: TimeDelta,
}

impl Keeper {
    /// Works until the process stops.
    pub(crate) async fn run(self, stop: &CancellationToken) {
        let mut tick = interval(self.every);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                () = stop.cancelled() => return,
            }
            if let Err(error) = self.look().await {
                tracing::warn!(
                    error = format!("{error:#}"),
                    "looking after what waits failed"
                );
            }
        }
    }

    async fn look(&self) -> anyhow::Result<()> {
        let store = &self.sender.store;
        let companies = store
            .across::<_, StoreError, _>(Across::Keeper, async |conn| companies::all(conn).await)
            .await?;
        for company in companies {
            self.notices(company.id).await?;
            let now = self.sender.clock.now();
            let due = store
                .in_company::<_, StoreError, _>(company.id, async |conn| {
                    outbound::due_contacts(conn, company.id, now).await
                })
                .await?;
            for contact in due {
                let target = self.target(company.id, contact).await?;
                self.sender.deliver_due(&target, contact).await;
            }
        }
        Ok(())
    }

    async fn target(&self, company: CompanyId, contact: ContactId) -> anyhow::Result<ReplyTarget> {
        let store = &self.sender.store;
        let target = store.in_company::<_, StoreError, _>(company, async |conn| {
            contacts::reply_target(conn, company, contact).await
        });
        target
            .await?
            .ok_or_else(|| anyhow!("the contact {contact} is gone"))
    }

    /// Prepares a notice for each contact for whom something is held that they were not told of.
    async fn notices(&self, company: CompanyId) -> anyhow::Result<()> {
        let found = self
            .sender
            .store
            .in_company::<_, StoreError, _>(company, async |conn| {
                let approved = templates::approved(conn, company).await?;
                let held = match approved.is_empty() {
                    true => Vec::new(),
                    false => outbound::unnoticed(conn, company).await?,
                };
                Ok((approved, held))
            });
        let (approved, held) = found.await?;
        let mut by_contact: HashMap<ContactId, Vec<Outbound>> = HashMap::new();
        for part in held {
            by_contact.entry(part.contact_id).or_default().push(part);
        }
        for (contact, parts) in by_contact {
            self.notice(company, contact, &parts, &approved).await?;
        }
        Ok(())
    }

    async fn notice(
        &self,
        company: CompanyId,
        contact: ContactId,
        parts: &[Outbound],
        approved: &[ContentTemplate],
    ) -> anyhow::Result<()> {
        let (Some(first), now) = (parts.first(), self.sender.clock.now()) else {
            return Ok(());
        };
        let target = self.target(company, contact).await?;
        let released = |part: &Outbound| {
            target.window_open(now)
                && part
                    .held_after
                    .is_none_or(|after| target.last_inbound_at.is_some_and(|last| last > after))
        };
        if released(first) {
            return Ok(());
        }
        let own = first.template.as_deref();
        let names = own.into_iter().chain([ANY_NOTICE]);
        let Some(template) = choose(approved, names, &target) else {
            return Ok(());
        };
        let waiting = parts.iter().filter(|part| part.part == 0).count();
        let notice = Notice {
            line: &first.body,
            count: waiting.max(1),
            company: &target.company_name,
        };
        let variables = match render::variables(template.variables.as_ref(), &notice) {
            Ok(variables) => variables,
            Err(error) => {
                let (error, sid) = (format!("{error:#}"), &template.template_sid);
                tracing::error!(error, sid, "the variables of a notice cannot be worded");
                return Ok(());
            }
        };
        // A text that is held a second time has been tried in between.
        let step = format!("notice {} {}", first.reply_id, first.attempts);
        let reply = first.execution_id.message(&step);
        let new = NewOutbound {
            id: ExecutionId::outbound(reply, 0),
            company_id: company,
            contact_id: contact,
            execution_id: first.execution_id,
            reply_id: reply,
            conversation_key: first.conversation_key.clone(),
            part: 0,
            parts: 1,
            body: String::new(),
            media_url: None,
            template: Some(template.template_name.clone()),
            content_sid: Some(template.template_sid.clone()),
            content_variables: variables,
            proactive: true,
            created_at: now,
        };
        let made = self
            .sender
            .store
            .in_company::<_, StoreError, _>(company, async |conn| {
                let last = outbound::last_notice(conn, company, contact).await?;
                if last.is_some_and(|last| now - last < self.pause) {
                    return Ok(false);
                }
                // Of two that look at once, one finds something.
                if outbound::mark_noticed(conn, company, contact, now).await? == 0 {
                    return Ok(false);
                }
                // A notice is a message that nobody asked for.
                if !opt_outs::may_be_answered(conn, company, contact).await? {
                    return Ok(false);
                }
                outbound::prepare(conn, &[new]).await?;
                Ok(true)
            })
            .await?;
        if made {
            self.sender.count_held("noticed");
        }
        Ok(())
    }
}

/// The approved template of the first of `names` that has one: the reader's locale before its
/// language, English last; in each the persona's before the default's.
pub(super) fn choose<'a, 'n>(
    approved: &'a [ContentTemplate],
    names: impl IntoIterator<Item = &'n str>,
    target: &ReplyTarget,
) -> Option<&'a ContentTemplate> {
    let locales = render::locales(&target.locale);
    names
        .into_iter()
        .flat_map(|name| locales.iter().map(move |locale| (name, locale)))
        .flat_map(|(name, locale)| [(name, locale, target.persona), (name, locale, None)])
        .find_map(
            |(name, locale, persona): (&str, &String, Option<Persona>)| {
                approved.iter().find(|template| {
                    template.template_name == name
                        && template.locale == *locale
                        && template.persona == persona
                })
            },
        )
}
