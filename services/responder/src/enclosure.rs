//! What goes with a reply beside its text: the link to a file, the file itself as WhatsApp media,
//! and a mail.

use anyhow::anyhow;
use wharf_domain::contracts::{Attachment, ReplyRequest};
use wharf_media::{Links, MediaError, MediaStore, ObjectKey, SignedLink};
use wharf_pipeline::HandleError;
use wharf_store::contacts::ReplyTarget;

use crate::{
    delivery::ReplyHandler,
    mail::{Content, File, MailNote},
    render::Reader,
};

/// Where files are, and how links to them are made.
pub(crate) struct Files {
    pub(crate) store: MediaStore,
    pub(crate) links: Links,
}

/// What a text may say of the files that go with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enclosure {
    /// The link to the file; `None` when there is no file, it is gone, or no links are configured.
    pub link: Option<SignedLink>,
    /// The mail; `None` when there is none.
    pub mail: Option<MailNote>,
}

/// An enclosure with what is to be done about it.
#[derive(Debug, Default)]
pub(crate) struct Enclosed {
    pub(crate) enclosure: Enclosure,
    /// WhatsApp is to show the file of the link.
    pub(crate) as_media: bool,
    /// The mail is to be tried again.
    pub(crate) again: Option<anyhow::Error>,
}

impl ReplyHandler {
    /// Makes the link to a reply's file and hands its mail over.
    pub(crate) async fn enclose(
        &self,
        reply: &ReplyRequest,
        target: &ReplyTarget,
        reader: &Reader,
    ) -> Result<Enclosed, HandleError> {
        let Some(attachment) = reply.content.attachment() else {
            return Ok(Enclosed::default());
        };
        let key: ObjectKey = attachment
            .key
            .parse()
            .map_err(|error| HandleError::Fail(anyhow::Error::new(error)))?;
        if key.company() != reply.company_id {
            return Err(HandleError::Fail(anyhow!(
                "the file belongs to another company"
            )));
        }
        let Some(files) = &self.files else {
            return Ok(Enclosed::default());
        };
        match files.store.size(&key).await {
            Ok(_) => {}
            Err(error @ (MediaError::NotFound | MediaError::Revoked)) => {
                tracing::warn!(execution_id = %reply.execution_id, %error, "no file for the reply");
                return Ok(Enclosed::default());
            }
            // The link holds for days; the storage will be back.
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "the storage cannot be asked for the reply's file");
            }
        }
        let link = files.links.sign(&key, self.clock.now());
        let mail = self
            .mail(reply, target, async || {
                self.mail_content(files, &key, attachment, &link, reader)
                    .await
            })
            .await?;
        let (mail, again) = mail.map_or((None, None), |(note, again)| (Some(note), again));
        let limit = key.kind().whatsapp_limit();
        Ok(Enclosed {
            as_media: limit.is_some_and(|limit| attachment.size <= limit),
            enclosure: Enclosure {
                link: Some(link),
                mail,
            },
            again,
        })
    }

    /// Keeps a text that is too long for WhatsApp as a file and gives the link to it; `None` when no
    /// links are configured or the storage is away: a shortened answer is better than none.
    pub(crate) async fn whole_text(
        &self,
        reply: &ReplyRequest,
        text: &str,
    ) -> Result<Option<SignedLink>, HandleError> {
        let Some(files) = &self.files else {
            return Ok(None);
        };
        // One a reply: an execution may have several.
        let name = format!("reply-{}.txt", reply.reply_id);
        let key = ObjectKey::new(reply.company_id, reply.execution_id, &name)
            .map_err(|error| HandleError::Fail(anyhow::Error::new(error)))?;
        match files.store.put(&key, text.to_owned().into()).await {
            Ok(_) => Ok(Some(files.links.sign(&key, self.clock.now()))),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "a long reply's text cannot be kept");
                Ok(None)
            }
        }
    }

    pub(crate) async fn mail_content(
        &self,
        files: &Files,
        key: &ObjectKey,
        attachment: &Attachment,
        link: &SignedLink,
        reader: &Reader,
    ) -> Result<Content, HandleError> {
        let limit = self
            .mailer
            .as_ref()
            .map_or(0, |mailer| mailer.max_attachment_bytes);
        // What cannot be read now goes as the link alone.
        let bytes = if attachment.size > limit {
            None
        } else {
            files.store.bytes(key).await.ok()
        };
        let renderer = self.renderer.of(key.company()).await;
        let letter = renderer
            .letter(key.file_name(), link, bytes.is_some(), reader)
            .map_err(HandleError::Fail)?;
        let file = bytes.map(|bytes| File {
            name: key.file_name().to_owned(),
            content_type: key.kind().content_type(),
            bytes,
        });
        Ok(Content { letter, file })
    }
}
