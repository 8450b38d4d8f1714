//! Files of outbound messages: fetched from their URLs and refused as Twilio and WhatsApp do.
//!
//! What WhatsApp takes is from Twilio's guide to WhatsApp media messages (2026): 16 MB a message,
//! 5 MB a picture, and the types of [`TYPES`].

use std::time::Duration;

use reqwest::header;
use serde::{Deserialize, Serialize};

/// A failed or refused download, in Twilio's codes.
const NOT_FETCHED: u32 = 63019;
const WRONG_TYPE: u32 = 63005;
const TOO_LARGE: u32 = 11751;

const LIMIT: u64 = 16_000_000;
const PICTURE_LIMIT: u64 = 5_000_000;
/// How long Twilio waits for a file.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The types that WhatsApp takes.
const TYPES: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/webp",
    "audio/ogg",
    "audio/amr",
    "audio/3gpp",
    "audio/aac",
    "audio/mpeg",
    "video/mp4",
    "application/pdf",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text/vcard",
];

/// A file as the contact's phone has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchedFile {
    /// The type that came with it.
    pub content_type: String,
    /// The name that came with it; phones show documents by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// Its bytes.
    pub size: u64,
}

/// Fetches a message's files; otherwise Twilio's code.
pub(crate) async fn fetch(urls: &[String]) -> Result<Vec<FetchedFile>, u32> {
    let client = wharf_runtime::http::client(TIMEOUT).map_err(|_| NOT_FETCHED)?;
    let mut files = Vec::new();
    for url in urls {
        files.push(fetch_one(&client, url).await?);
    }
    Ok(files)
}

async fn fetch_one(client: &reqwest::Client, url: &str) -> Result<FetchedFile, u32> {
    let mut answer = client.get(url).send().await.map_err(|_| NOT_FETCHED)?;
    if answer.status() != 200 {
        return Err(NOT_FETCHED);
    }
    let text = |name| {
        let value = answer.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let content_type = text(header::CONTENT_TYPE).unwrap_or_default();
    let file_name = text(header::CONTENT_DISPOSITION)
        .as_deref()
        .and_then(name_of);
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned();
    if !TYPES.contains(&essence.as_str()) {
        return Err(WRONG_TYPE);
    }
    let limit = if essence.starts_with("image/") {
        PICTURE_LIMIT
    } else {
        LIMIT
    };
    let mut size = 0;
    while let Some(piece) = answer.chunk().await.map_err(|_| NOT_FETCHED)? {
        size += piece.len() as u64;
        if size > limit {
            return Err(TOO_LARGE);
        }
    }
    Ok(FetchedFile {
        content_type: essence,
        file_name,
        size,
    })
}

/// The name in a Content-Disposition.
fn name_of(disposition: &str) -> Option<String> {
    let (_, rest) = disposition.split_once("filename=")?;
    let name = rest.split(';').next().unwrap_or_default().trim();
    Some(name.trim_matches('"').to_owned())
}

/// Twilio's words for a code of this module.
pub(crate) const fn words(code: u32) -> Option<&'static str> {
    match code {
        NOT_FETCHED => Some("Media failed to download"),
        WRONG_TYPE => Some("Channel did not accept given content"),
        TOO_LARGE => Some("Media exceeds size limit"),
        _ => None,
    }
}
