//! What of a message is no text: its files are noted for responder to fetch (nlp calls nobody over
//! HTTP), and a message without a word gets an answer that fits what it is.

use wharf_domain::{
    contracts::{
        InboundMessage, Location, ReplyContent,
        answers::{NearPlace, Nearby, Wordless},
    },
    geo::distance_km,
    intent::IntentType,
};
use wharf_pipeline::{HandleError, Outcome};
use wharf_store::{
    AsyncPgConnection,
    inbound_media::{self, NewInboundMedia},
    locations,
    permissions::{self, Permission},
    profiles::ProfileSummary,
};

use crate::{carried::words, dialogue::carry_out::Speaker, handler::InboundHandler};

impl InboundHandler {
    /// Notes the files of a person's message, and answers one without a word; `None` when there are
    /// words to read (a caption is one), or nothing at all.
    pub(crate) async fn wordless(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        profile: &ProfileSummary,
    ) -> Result<Option<Outcome>, HandleError> {
        let inbound = speaker.inbound;
        note_files(conn, speaker, profile).await?;
        if !words(inbound).trim().is_empty() {
            return Ok(None);
        }
        if let Some(place) = &inbound.location {
            let content = nearby(conn, speaker, profile, place).await?;
            return Ok(Some(self.say(speaker, content)));
        }
        Ok(kind_of(inbound).map(|kind| self.say(speaker, ReplyContent::NotRead { kind })))
    }
}

async fn note_files(
    conn: &mut AsyncPgConnection,
    speaker: &Speaker<'_>,
    profile: &ProfileSummary,
) -> Result<(), HandleError> {
    let (inbound, sender) = (speaker.inbound, speaker.sender);
    if inbound.media.is_empty() {
        return Ok(());
    }
    let files = (0..)
        .zip(&inbound.media)
        .map(|(number, file)| NewInboundMedia {
            company_id: sender.company_id,
            contact_id: sender.contact_id,
            profile_id: Some(profile.id),
            execution_id: speaker.execution,
            number,
            message_sid: &inbound.message_sid,
            url: &file.url,
            declared_type: &file.content_type,
            received_at: inbound.received_at,
        });
    let files: Vec<_> = files.collect();
    Ok(inbound_media::expect(conn, &files).await?)
}

/// The nearest of the places that the person may see.
async fn nearby(
    conn: &mut AsyncPgConnection,
    speaker: &Speaker<'_>,
    profile: &ProfileSummary,
    at: &Location,
) -> Result<ReplyContent, HandleError> {
    let company = speaker.sender.company_id;
    let intent = IntentType::CheckInventory;
    let some = match permissions::check(conn, company, profile.id, intent).await? {
        Permission::Allowed { locations } => locations,
        Permission::Denied => Some(Vec::new()),
    };
    let places = locations::places(conn, company, some.as_deref()).await?;
    let here = (at.latitude, at.longitude);
    let known: Vec<NearPlace> = places
        .iter()
        .filter_map(|place| {
            let there = (place.latitude?, place.longitude?);
            let km = distance_km(here, there);
            let name = place.name.clone();
            Some(NearPlace { name, km })
        })
        .collect();
    let (known_count, count) = (known.len(), places.len());
    let nearest = known.into_iter().min_by(|a, b| a.km.total_cmp(&b.km));
    Ok(ReplyContent::NearestLocation(Nearby {
        nearest,
        known: known_count,
        places: count,
    }))
}

/// What a message is by Twilio's word for it, else by its first file.
fn kind_of(inbound: &InboundMessage) -> Option<Wordless> {
    let file = inbound.media.first();
    match inbound.message_type.as_deref() {
        Some("image") => return Some(Wordless::Picture),
        Some("sticker") => return Some(Wordless::Sticker),
        Some("audio" | "voice") => return Some(Wordless::Voice),
        Some("video") => return Some(Wordless::Video),
        Some("contacts" | "contact") => return Some(Wordless::ContactCard),
        _ => {}
    }
    let declared = file?.content_type.to_ascii_lowercase();
    let essence = declared.split(';').next().unwrap_or_default().trim();
    Some(match essence.split_once('/') {
        Some(("image", _)) => Wordless::Picture,
        Some(("audio", _)) => Wordless::Voice,
        Some(("video", _)) => Wordless::Video,
        Some(("text", "vcard" | "x-vcard")) => Wordless::ContactCard,
        _ => Wordless::Document,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn twilios_word_comes_before_the_files_type() {
        let kind = |message_type: Option<&str>, content_type: Option<&str>| {
            let mut message = json!({
                "account_sid": "AC1", "message_sid": "MM1", "from": "+15550100001",
                "to": "+14155238886", "body": "", "received_at": "2026-03-18T09:00:00Z",
                "message_type": message_type,
            });
            if let Some(content_type) = content_type {
                message["media"] = json!([{"url": "u", "content_type": content_type}]);
            }
            kind_of(&serde_json::from_value(message).unwrap())
        };
        assert_eq!(
            kind(Some("image"), Some("image/jpeg")),
            Some(Wordless::Picture)
        );
        assert_eq!(
            kind(Some("sticker"), Some("image/webp")),
            Some(Wordless::Sticker)
        );
        assert_eq!(
            kind(None, Some("audio/ogg; codecs=opus")),
            Some(Wordless::Voice)
        );
        assert_eq!(
            kind(Some("document"), Some("text/vcard")),
            Some(Wordless::ContactCard)
        );
        assert_eq!(kind(Some("contacts"), None), Some(Wordless::ContactCard));
        assert_eq!(
            kind(None, Some("application/pdf")),
            Some(Wordless::Document)
        );
        assert_eq!(kind(None, Some("nonsense")), Some(Wordless::Document));
        assert_eq!(kind(Some("text"), None), None);
        assert_eq!(kind(Some("something_new"), None), None);
    }
}
