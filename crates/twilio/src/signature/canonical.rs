//! The bytes that are signed: the URL, then the form's names and values in byte order.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use sha2::{Digest, Sha256};

use super::Refusal;

/// The query parameter that carries the hash of a body that is not a form.
const BODY_HASH: &str = "bodySHA256";

/// SHA-256 of `{}`. Twilio's Node middleware hashes this in place of an empty JSON body.
const HASH_OF_EMPTY_OBJECT: &str =
    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/// What was posted.
#[derive(Debug, Clone, Copy)]
pub enum Body<'a> {
    /// `application/x-www-form-urlencoded`, decoded, in any order. Also a GET (no pairs): its
    /// parameters are in the URL and are not appended a second time.
    Form(&'a [(String, String)]),
    /// Any other content, as the raw bytes: its hash is in the URL.
    Raw(&'a [u8]),
}

/// The text under the signature. Every pair counts, unknown and empty ones too; a repeated name
/// gives its unique values, sorted, each with the name before it (the rule of Twilio's Python,
/// Node and PHP libraries).
pub(super) fn signed_text(url: &str, body: &Body<'_>) -> String {
    let mut text = url.to_owned();
    if let Body::Form(params) = body {
        let mut by_name: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (name, value) in *params {
            by_name.entry(name).or_default().insert(value);
        }
        for (name, values) in by_name {
            for value in values {
                text.push_str(name);
                text.push_str(value);
            }
        }
    }
    text
}

/// Lower-case hexadecimal SHA-256 of a body, the value of `bodySHA256`.
#[must_use]
pub fn body_hash(body: &[u8]) -> String {
    Sha256::digest(body)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The first of the two checks of a body that is not a form; the signature over the URL, which
/// holds the hash, is the second.
pub(super) fn check_body_hash(url: &str, body: &Body<'_>) -> Result<(), Refusal> {
    let Body::Raw(bytes) = body else {
        return Ok(());
    };
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut stated = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(name, _)| *name == BODY_HASH)
        .map(|(_, value)| value);
    let stated_hash = stated.next().ok_or(Refusal::BodyHashMissing)?;
    let empty_as_object = bytes.is_empty() && stated_hash == HASH_OF_EMPTY_OBJECT;
    if stated.next().is_none() && (stated_hash == body_hash(bytes) || empty_as_object) {
        Ok(())
    } else {
        Err(Refusal::BodyHashMismatch)
    }
}
