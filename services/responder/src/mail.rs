//! Mails with the files of replies, each once.
//!
//! The row is committed before anything goes out, and the mail is tried before the reply is worded,
//! so that the text claims no more than is true: sent, on its way, or refused. One that could not be
//! handed over for now keeps its reply unacknowledged: the pipeline brings it again, the parts of
//! the reply are known as sent, and only the mail is tried again.

pub mod config;
mod smtp;

use anyhow::anyhow;
use bytes::Bytes;
use wharf_domain::{contracts::ReplyRequest, ids::MailId};
use wharf_pipeline::HandleError;
use wharf_store::{
    Store,
    contacts::ReplyTarget,
    mail::{self, Claimed, Mail, MailStatus, NewMail},
};

pub use self::config::MailConfig;
pub(crate) use self::smtp::Mailer;
use self::smtp::{MailError, Outgoing};
use crate::{
    delivery::{LOOK_AGAIN, ReplyHandler},
    render::Letter,
};

/// How far a mail is, as far as a text may tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// The mail server has it.
    Sent,
    /// It is tried again.
    Queued,
    /// It will not be.
    Refused,
}

impl MailState {
    /// The word that templates know it by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Queued => "queued",
            Self::Refused => "refused",
        }
    }
}

/// A mail that goes with a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailNote {
    /// Its address, masked.
    pub to: String,
    /// How far it is.
    pub state: MailState,
}

/// What goes into a mail.
pub(crate) struct Content {
    pub(crate) letter: Letter,
    pub(crate) file: Option<File>,
}

/// A file of a mail.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Bytes,
}

/// An address without most of its first part: `a•••@example.com`.
#[must_use]
pub fn masked(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => {
            let first: String = local.chars().take(1).collect();
            format!("{first}•••@{domain}")
        }
        None => "•••".to_owned(),
    }
}

impl ReplyHandler {
    /// Writes the mail of a reply down and tries it once; `None` when mail is not configured or
    /// nobody has an address. An `Err` beside the note: to be tried again.
    pub(crate) async fn mail(
        &self,
        reply: &ReplyRequest,
        target: &ReplyTarget,
        content: impl AsyncFnOnce() -> Result<Content, HandleError>,
    ) -> Result<Option<(MailNote, Option<anyhow::Error>)>, HandleError> {
        let (Some(mailer), Some(to), Some(profile_id)) =
            (&self.mailer, &target.email, target.profile_id)
        else {
            return Ok(None);
        };
        let (company, id) = (reply.company_id, MailId::of(reply.execution_id, to));
        let known = self
            .store
            .in_company::<_, HandleError, _>(company, async |conn| {
                Ok(mail::get(conn, company, id).await?)
            })
            .await?;
        let note = |state| {
            let to = masked(to);
            Some((MailNote { to, state }, None))
        };
        // A repeat of the request: nothing has to be read or worded again.
        match known.as_ref().map(|mail| mail.status) {
            Some(MailStatus::Sent) => return Ok(note(MailState::Sent)),
            Some(MailStatus::Failed) => return Ok(note(MailState::Refused)),
            _ => {}
        }
        let content = content().await?;
        let new = NewMail {
            company_id: reply.company_id,
            execution_id: reply.execution_id,
            profile_id,
            to: to.clone(),
            subject: content.letter.subject.clone(),
            domain: mailer.domain().to_owned(),
            created_at: self.clock.now(),
        };
        let planned =
            self.store
                .in_company::<_, HandleError, _>(company, async |conn| {
                    Ok(mail::plan(conn, &new).await?)
                })
                .await?;
        let (state, again) = self.hand_over(mailer, &planned, &content).await?;
        let to = masked(to);
        Ok(Some((MailNote { to, state }, again)))
    }

    async fn hand_over(
        &self,
        mailer: &Mailer,
        planned: &Mail,
        content: &Content,
    ) -> Result<(MailState, Option<anyhow::Error>), HandleError> {
        let mail = loop {
            let now = self.clock.now();
            let lost = now - mailer.send_limit();
            let (company, id) = (planned.company_id, planned.id);
            // Committed: nothing is held while the mail server is spoken to.
            let claimed = self
                .store
                .in_company::<_, HandleError, _>(company, async |conn| {
                    Ok(mail::claim_sending(conn, company, id, lost, now).await?)
                })
                .await?;
            match claimed {
                Claimed::Send(mail) => break mail,
                Claimed::Done(mail) if mail.status == MailStatus::Sent => {
                    return Ok((MailState::Sent, None));
                }
                Claimed::Done(_) => return Ok((MailState::Refused, None)),
                Claimed::Missing => {
                    return Err(HandleError::Fail(anyhow!("the mail's row is gone")));
                }
                // Another worker that got a copy of the request is at it.
                Claimed::Doubtful(_) => tokio::time::sleep(LOOK_AGAIN).await,
            }
        };
        let outgoing = Outgoing {
            to: &mail.to_address,
            message_id: &mail.message_id,
            date: self.clock.now(),
            content,
        };
        let sent = mailer.send(&outgoing).await;
        let now = self.clock.now();
        let (company, id) = (mail.company_id, mail.id);
        let count = |outcome| self.metrics.mails.with_label_values(&[outcome]).inc();
        match sent {
            Ok(()) => {
                self.store
                    .in_company::<_, HandleError, _>(company, async |conn| {
                        Ok(mail::mark_sent(conn, company, id, now).await?)
                    })
                    .await?;
                count("sent");
                tracing::info!(mail_id = %id, to = masked(&mail.to_address), "mail handed over");
                Ok((MailState::Sent, None))
            }
            Err(MailError::Refused { code, words }) => {
                self.store
                    .in_company::<_, HandleError, _>(company, async |conn| {
                        Ok(mail::mark_failed(conn, company, id, &words, now).await?)
                    })
                    .await?;
                count("refused");
                tracing::warn!(mail_id = %id, code, to = masked(&mail.to_address), "mail refused");
                Ok((MailState::Refused, None))
            }
            Err(error @ MailError::NotNow { .. }) => {
                let words = error.words();
                self.store
                    .in_company::<_, HandleError, _>(company, async |conn| {
                        Ok(mail::mark_pending(conn, company, id, &words, now).await?)
                    })
                    .await?;
                count("not_sent");
                Ok((MailState::Queued, Some(anyhow!("{error}"))))
            }
        }
    }

    /// Gives the mails of a reply up that are not out.
    pub(crate) async fn give_mails_up(
        store: &Store,
        reply: &ReplyRequest,
        reason: &str,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<(), HandleError> {
        let company = reply.company_id;
        store
            .in_company::<_, HandleError, _>(company, async |conn| {
                for known in mail::of_execution(conn, company, reply.execution_id).await? {
                    if mail::mark_failed(conn, company, known.id, reason, now).await? {
                        tracing::error!(mail_id = %known.id, "mail given up");
                    }
                }
                Ok(())
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_masked_whatever_they_are() {
        assert_eq!(masked("anna@example.com"), "a•••@example.com");
        assert_eq!(masked("ä@b@example.com"), "ä•••@example.com");
        assert_eq!(masked("@example.com"), "•••@example.com");
        assert_eq!(masked("anna"), "•••");
        assert_eq!(masked(""), "•••");
    }
}
