//! Who may write and who may be written to, before any word is read: STOP and START, unknown
//! senders and their pairing codes. docs/dialogue.md has the rules.

use chrono::TimeDelta;
use wharf_domain::{
    contracts::{
        ReplyContent,
        answers::{Paired, WhyNotPaired},
    },
    ids::ProfileId,
    intent::IntentType,
    opt_out::OptChange,
    pairing::PairingCode,
};
use wharf_pipeline::{HandleError, Outcome};
use wharf_store::{
    AsyncPgConnection, audit, companies, dialogues,
    opt_outs::{self, OptSource},
    pairing::{self, Redeemed},
    permissions, profiles, unknown_senders,
};

use crate::{
    carried::{is_reaction, words},
    dialogue::carry_out::Speaker,
    handler::InboundHandler,
};

impl InboundHandler {
    /// What a message leads to for its sender's sake; `None` when it is to be read.
    pub(crate) async fn of_people(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
    ) -> Result<Option<Outcome>, HandleError> {
        if let Some(change) = OptChange::read(speaker.inbound)
            && let Some(outcome) = self.opt(conn, speaker, change).await?
        {
            return Ok(Some(outcome));
        }
        if speaker.inbound.opt_out.is_some() {
            // HELP: Twilio has answered.
            return Ok(Some(Outcome::nothing()));
        }
        if speaker.sender.profile.is_some() {
            return Ok(None);
        }
        self.stranger(conn, speaker).await.map(Some)
    }

    /// STOP ends what was open too: nothing that waits for a yes survives it.
    async fn opt(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        change: OptChange,
    ) -> Result<Option<Outcome>, HandleError> {
        let (inbound, sender) = (speaker.inbound, speaker.sender);
        let company = sender.company_id;
        let profile = sender.profile.as_ref().map(|profile| profile.id);
        let source = match change.answered {
            true => OptSource::Twilio,
            false => OptSource::Word,
        };
        let at = inbound.received_at;
        let changed = opt_outs::set(conn, company, sender.contact_id, change.out, source, at);
        let changed = changed.await?;
        if changed {
            let event = if change.out { "opted_out" } else { "opted_in" };
            let id = Some(speaker.execution);
            audit::record_person(conn, company, profile, id, event, self.clock.now()).await?;
        }
        if change.out {
            dialogues::clear(conn, company, &inbound.conversation_key()).await?;
        }
        if change.answered {
            return Ok(Some(Outcome::nothing()));
        }
        if profile.is_none() && !changed {
            // Somebody new may well begin with "start"; a second STOP gets no word.
            return Ok(change.out.then(Outcome::nothing));
        }
        let content = match change.out {
            true => ReplyContent::OptedOut,
            false => ReplyContent::OptedIn,
        };
        Ok(Some(self.say(speaker, content)))
    }

    async fn stranger(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
    ) -> Result<Outcome, HandleError> {
        let (inbound, sender) = (speaker.inbound, speaker.sender);
        let (company, contact, at) = (sender.company_id, sender.contact_id, inbound.received_at);
        unknown_senders::wrote(conn, company, contact, at).await?;
        if is_reaction(inbound) {
            return Ok(Outcome::nothing());
        }
        let codes = PairingCode::find(&words(inbound));
        if !codes.is_empty() {
            let redeemed = pairing::redeem(conn, company, contact, &codes, at).await?;
            tracing::info!(?redeemed, "a pairing code");
            let why = match redeemed {
                Redeemed::Paired(profile) => {
                    let content = self.welcome(conn, speaker, profile).await?;
                    return Ok(self.say(speaker, content));
                }
                Redeemed::Unknown => Some(WhyNotPaired::Unknown),
                Redeemed::Expired => Some(WhyNotPaired::Expired),
                Redeemed::Used => Some(WhyNotPaired::Used),
                Redeemed::Revoked => Some(WhyNotPaired::Revoked),
                Redeemed::Limited { first: true, until } => {
                    let left = until - at + TimeDelta::seconds(59);
                    let minutes = left.num_minutes();
                    Some(WhyNotPaired::TooMany { minutes })
                }
                Redeemed::Limited { first: false, .. } => None,
            };
            if let Some(why) = why {
                return Ok(self.say(speaker, ReplyContent::PairingRefused(why)));
            }
        }
        // Once a day, and never after a STOP.
        if opt_outs::may_be_answered(conn, company, contact).await?
            && unknown_senders::to_be_told(conn, company, contact, at).await?
        {
            return Ok(self.say(speaker, ReplyContent::UnknownSender));
        }
        Ok(Outcome::nothing())
    }

    async fn welcome(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        profile: ProfileId,
    ) -> Result<ReplyContent, HandleError> {
        let company = speaker.sender.company_id;
        let (id, now) = (Some(speaker.execution), self.clock.now());
        audit::record_person(conn, company, Some(profile), id, "paired", now).await?;
        let name = profiles::name(conn, company, profile).await?;
        let found = profiles::get(conn, company, profile).await?;
        let company_name = companies::get(conn, company).await?;
        let mut may = Vec::new();
        for intent in IntentType::ALL {
            let asked = !matches!(intent, IntentType::Help | IntentType::Unknown);
            if asked
                && permissions::check(conn, company, profile, *intent)
                    .await?
                    .is_allowed()
            {
                may.push(*intent);
            }
        }
        Ok(ReplyContent::Paired(Paired {
            name: name.unwrap_or_default(),
            company: company_name.map(|company| company.name).unwrap_or_default(),
            role: found.map(|profile| profile.role).unwrap_or_default(),
            may,
        }))
    }

    pub(crate) fn say(&self, speaker: &Speaker<'_>, content: ReplyContent) -> Outcome {
        Outcome::publish(vec![self.reply(speaker, content)])
    }
}
