//! SHARE by mail: for those of a receipt whom nlp could not reach by WhatsApp. The mails are tried
//! before the receipt is worded, so that it claims no more than is true.

use wharf_domain::contracts::{ReplyContent, ReplyRequest, answers::Way};
use wharf_media::ObjectKey;
use wharf_pipeline::HandleError;
use wharf_store::contacts::{self, ReplyTarget};

use crate::{
    delivery::ReplyHandler,
    mail::{Content, MailState},
    render::Reader,
};

impl ReplyHandler {
    /// The reply with what became of its mails; an error beside it: some are to be tried again.
    pub(crate) async fn with_mails(
        &self,
        reply: &ReplyRequest,
        target: &ReplyTarget,
    ) -> Result<(ReplyRequest, Option<anyhow::Error>), HandleError> {
        let mut reply = reply.clone();
        let asked = reply.clone();
        let mut again = None;
        let ReplyContent::ShareReceipt(receipt) = &mut reply.content else {
            return Ok((reply, None));
        };
        for person in &mut receipt.people {
            if person.way != Way::Mail {
                continue;
            }
            let (company, id) = (asked.company_id, person.profile_id);
            let profile = self
                .store
                .in_company::<_, HandleError, _>(company, async |conn| {
                    Ok(contacts::written_to(conn, company, id).await?)
                })
                .await?;
            let Some(profile) = profile else {
                person.way = Way::Unreachable;
                continue;
            };
            let reader = Reader {
                persona: profile.persona,
                locale: profile.locale.clone(),
                time_zone: profile.time_zone,
            };
            let to = ReplyTarget {
                profile_id: Some(profile.id),
                persona: profile.persona,
                locale: profile.locale,
                time_zone: profile.time_zone,
                email: profile.email,
                ..target.clone()
            };
            let (by, content) = (&receipt.by, &*receipt.content);
            let sent = self
                .mail(&asked, &to, async || {
                    self.shared_content(&asked, by, content, &reader).await
                })
                .await?;
            person.way = match &sent {
                Some((note, _)) => match note.state {
                    MailState::Sent => Way::Mailed,
                    MailState::Queued => Way::MailQueued,
                    MailState::Refused => Way::MailRefused,
                },
                // Mail is not configured.
                None => Way::Unreachable,
            };
            again = sent.and_then(|(_, error)| error).or(again);
        }
        Ok((reply, again))
    }

    /// A file goes as in the mail of a report, anything else in words.
    async fn shared_content(
        &self,
        reply: &ReplyRequest,
        by: &str,
        content: &ReplyContent,
        reader: &Reader,
    ) -> Result<Content, HandleError> {
        if let (Some(attachment), Some(files)) = (content.attachment(), &self.files)
            && let Ok(key) = attachment.key.parse::<ObjectKey>()
            && key.company() == reply.company_id
        {
            let link = files.links.sign(&key, self.clock.now());
            return self
                .mail_content(files, &key, attachment, &link, reader)
                .await;
        }
        let letter = self
            .renderer
            .of(reply.company_id)
            .await
            .shared_letter(by, content, reader)
            .map_err(HandleError::Fail)?;
        Ok(Content { letter, file: None })
    }
}
