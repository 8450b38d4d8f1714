//! An inbound message from its form (Twilio, "Twilio's request to your incoming message webhook").

use chrono::{DateTime, Utc};
use wharf_domain::{
    address::Address,
    contracts::{
        ButtonTap, InboundMessage, ListChoice, Location, Media, OptOut, QuotedMessage, Referral,
    },
};

use super::{Fields, FormError, fields::whatsapp};

/// Reads an inbound message. Fields without a place of their own stay in `extra`, in order.
///
/// # Errors
/// [`FormError`] when a required field (`MessageSid`, `AccountSid`, `From`, `To`) is missing or
/// malformed, when a field comes twice with different values, or when the media do not add up.
pub fn inbound(
    pairs: Vec<(String, String)>,
    received_at: DateTime<Utc>,
) -> Result<InboundMessage, FormError> {
    let mut fields = Fields::new(pairs);
    let f = &mut fields;
    Ok(InboundMessage {
        account_sid: f.sid("AccountSid", &["AC"], "AC and 32 hexadecimal digits")?,
        message_sid: f.sid(
            "MessageSid",
            &["SM", "MM"],
            "SM or MM and 32 hexadecimal digits",
        )?,
        messaging_service_sid: f.optional("MessagingServiceSid")?,
        from: f.address("From")?,
        to: f.address("To")?,
        external_user_id: bsuid(f, "ExternalUserId")?,
        parent_external_user_id: bsuid(f, "ParentExternalUserId")?,
        body: f.take("Body")?.unwrap_or_default(),
        message_type: f.optional("MessageType")?,
        profile_name: f.optional("ProfileName")?,
        wa_id: f.optional("WaId")?,
        media: media(f)?,
        button: button(f)?,
        list: list(f)?,
        location: location(f)?,
        quoted: quoted(f)?,
        opt_out: f.understood("OptOutType", opt_out)?,
        referral: referral(f)?,
        forwarded: f.understood("Forwarded", flag)?.unwrap_or(false),
        frequently_forwarded: f.understood("FrequentlyForwarded", flag)?.unwrap_or(false),
        received_at,
        extra: fields.rest(),
    })
}

fn bsuid(fields: &mut Fields, name: &str) -> Result<Option<Address>, FormError> {
    fields.understood(name, |text| match Address::parse(text) {
        Ok(address @ Address::Bsuid(_)) => Some(address),
        _ => None,
    })
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn opt_out(text: &str) -> Option<OptOut> {
    match text {
        "STOP" => Some(OptOut::Stop),
        "START" => Some(OptOut::Start),
        "HELP" => Some(OptOut::Help),
        _ => None,
    }
}

fn media(fields: &mut Fields) -> Result<Vec<Media>, FormError> {
    let mut media = Vec::new();
    while let Some(url) = fields.optional(&format!("MediaUrl{}", media.len()))? {
        let content_type = fields
            .optional(&format!("MediaContentType{}", media.len()))?
            .unwrap_or_else(|| "application/octet-stream".to_owned());
        media.push(Media { url, content_type });
    }
    // One behind a gap would be lost.
    let behind_a_gap = fields
        .names()
        .filter(|name| {
            name.strip_prefix("MediaUrl")
                .is_some_and(|n| n.parse::<u16>().is_ok())
        })
        .count();
    let found = media.len() + behind_a_gap;
    let stated = match fields.optional("NumMedia")? {
        None => found,
        Some(text) => text.parse().map_err(|_| FormError::Malformed {
            field: "NumMedia".to_owned(),
            expected: "a number",
        })?,
    };
    if stated == media.len() && behind_a_gap == 0 {
        Ok(media)
    } else {
        Err(FormError::MediaCount { stated, found })
    }
}

fn button(fields: &mut Fields) -> Result<Option<ButtonTap>, FormError> {
    if !fields.contains("ButtonText") && !fields.contains("ButtonPayload") {
        return Ok(None);
    }
    Ok(Some(ButtonTap {
        text: fields.take("ButtonText")?.unwrap_or_default(),
        payload: fields.optional("ButtonPayload")?,
        kind: fields.optional("ButtonType")?,
    }))
}

fn list(fields: &mut Fields) -> Result<Option<ListChoice>, FormError> {
    let Some(id) = fields.optional("ListId")? else {
        return Ok(None);
    };
    Ok(Some(ListChoice {
        id,
        title: fields.optional("ListTitle")?,
        description: fields.optional("ListDescription")?,
    }))
}

/// Both coordinates or none: half a place, or one that cannot be read, stays in `extra`.
fn location(fields: &mut Fields) -> Result<Option<Location>, FormError> {
    fn degrees(text: &str, limit: f64) -> Option<f64> {
        text.trim()
            .parse()
            .ok()
            .filter(|value: &f64| value.abs() <= limit)
    }
    let latitude = fields
        .find("Latitude")?
        .and_then(|text| degrees(text, 90.0));
    let longitude = fields
        .find("Longitude")?
        .and_then(|text| degrees(text, 180.0));
    let (Some(latitude), Some(longitude)) = (latitude, longitude) else {
        return Ok(None);
    };
    fields.take("Latitude")?;
    fields.take("Longitude")?;
    Ok(Some(Location {
        latitude,
        longitude,
        address: fields.optional("Address")?,
        label: fields.optional("Label")?,
    }))
}

fn quoted(fields: &mut Fields) -> Result<Option<QuotedMessage>, FormError> {
    let Some(message_sid) = fields.optional("OriginalRepliedMessageSid")? else {
        return Ok(None);
    };
    Ok(Some(QuotedMessage {
        message_sid,
        sender: fields.understood("OriginalRepliedMessageSender", whatsapp)?,
    }))
}

/// `ReferralNumMedia=0` comes with ordinary messages too, so it makes no referral.
fn referral(fields: &mut Fields) -> Result<Option<Referral>, FormError> {
    let referral = Referral {
        source_id: fields.optional("ReferralSourceId")?,
        source_type: fields.optional("ReferralSourceType")?,
        source_url: fields.optional("ReferralSourceUrl")?,
        headline: fields.optional("ReferralHeadline")?,
        body: fields.optional("ReferralBody")?,
        click_id: fields.optional("ReferralCtwaClid")?,
    };
    Ok((referral != Referral::default()).then_some(referral))
}
