//! Links to objects: signed, expiring, checked without a database.
//!
//! A link is `<public_url>/media/<token>/<file name>`. The token is base64 (with `-` and `.`) of expiry (5 bytes,
//! seconds since 1970), company (16), execution (16) and the first 17 bytes of
//! HMAC-SHA256(key, "wharf-media-1\0" + those 37 bytes + file name): 54 bytes, 72 characters, each
//! link written in exactly one way. A tag of 136 bits is more than the half of the hash that RFC
//! 2104 asks for. What comes before the name has a fixed length, so nothing can be moved between
//! name and token. Two keys hold while one replaces the other (docs/adr/0013).

use base64::{
    Engine,
    alphabet::Alphabet,
    engine::{GeneralPurpose, general_purpose::NO_PAD},
};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;
use thiserror::Error;
use uuid::Uuid;
use wharf_domain::ids::{CompanyId, ExecutionId};

use crate::{config::MediaConfigError, key::ObjectKey};

/// The path that every link begins with.
pub const PATH: &str = "/media/";

/// The fewest bytes of a signing key.
pub const MIN_KEY: usize = 32;

/// Not base64url: WhatsApp reads `_` as markup.
const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";
const TOKENS: GeneralPurpose = match Alphabet::new(ALPHABET) {
    Ok(alphabet) => GeneralPurpose::new(&alphabet, NO_PAD),
    Err(_) => panic!("64 different characters"),
};

const CONTEXT: &[u8] = b"wharf-media-1\0";
const EXPIRY: usize = 5;
const ID: usize = 16;
const CLAIM: usize = EXPIRY + 2 * ID;
const TAG: usize = 17;
const TOKEN: usize = CLAIM + TAG;

/// Why a link leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LinkRefusal {
    /// Not the form of a link.
    #[error("not the form of a link")]
    Malformed,
    /// Not signed with a key that holds.
    #[error("the signature is wrong")]
    BadSignature,
    /// Genuine, and over.
    #[error("the link has expired")]
    Expired,
}

impl LinkRefusal {
    /// A word for metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::BadSignature => "bad_signature",
            Self::Expired => "expired",
        }
    }
}

/// A link, ready for a text. The URL is a bearer's secret: `Debug` shows no token.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedLink {
    /// The whole URL.
    pub url: String,
    /// From when on it is refused.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for SignedLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedLink")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Makes links and checks them.
#[derive(Clone)]
pub struct Links {
    public_url: String,
    lifetime: TimeDelta,
    /// The first one signs; all are accepted.
    keys: Vec<SecretSlice<u8>>,
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Links")
            .field("public_url", &self.public_url)
            .field("lifetime", &self.lifetime)
            .field("keys", &self.keys.len())
            .finish()
    }
}

impl Links {
    /// Links under `public_url` (without a slash at its end) that live `lifetime`, signed with
    /// `key`; those of `previous` are still good.
    ///
    /// # Errors
    /// When a key is shorter than [`MIN_KEY`] bytes.
    pub fn new(
        public_url: &str,
        lifetime: TimeDelta,
        key: &[u8],
        previous: Option<&[u8]>,
    ) -> Result<Self, MediaConfigError> {
        let keys: Vec<SecretSlice<u8>> = std::iter::once(key)
            .chain(previous)
            .map(|key| SecretSlice::from(key.to_vec()))
            .collect();
        if keys.iter().any(|key| key.expose_secret().len() < MIN_KEY) {
            return Err(MediaConfigError::ShortKey);
        }
        Ok(Self {
            public_url: public_url.trim_end_matches('/').to_owned(),
            lifetime,
            keys,
        })
    }

    /// A link to `key` that holds from `now` for the lifetime.
    #[must_use]
    pub fn sign(&self, key: &ObjectKey, now: DateTime<Utc>) -> SignedLink {
        let expires_at = now + self.lifetime;
        // Whole seconds; before 1970 nothing is signed.
        let seconds = u64::try_from(expires_at.timestamp()).unwrap_or_default();
        let mut token = Vec::with_capacity(TOKEN);
        token.extend_from_slice(&seconds.to_be_bytes()[8 - EXPIRY..]);
        token.extend_from_slice(key.company().0.as_bytes());
        token.extend_from_slice(key.execution().0.as_bytes());
        if let Some(secret) = self.keys.first() {
            let tag = mac(secret, &token, key.file_name()).finalize().into_bytes();
            token.extend_from_slice(&tag[..TAG]);
        }
        let token = TOKENS.encode(token);
        SignedLink {
            url: format!("{}{PATH}{token}/{}", self.public_url, key.file_name()),
            expires_at: DateTime::from_timestamp(expires_at.timestamp(), 0).unwrap_or(expires_at),
        }
    }

    /// The object that the raw path of a request leads to at `now`. Comparison takes constant time,
    /// with whichever key.
    ///
    /// # Errors
    /// [`LinkRefusal`]; that a link has expired is said only of a genuine one.
    pub fn verify(&self, path: &str, now: DateTime<Utc>) -> Result<ObjectKey, LinkRefusal> {
        let rest = path.strip_prefix(PATH).ok_or(LinkRefusal::Malformed)?;
        let (token, name) = rest.split_once('/').ok_or(LinkRefusal::Malformed)?;
        // Without padding, and only with unused bits at zero.
        let token = TOKENS
            .decode(token)
            .ok()
            .and_then(|token| <[u8; TOKEN]>::try_from(token).ok())
            .ok_or(LinkRefusal::Malformed)?;
        let (claim, tag) = token.split_at(CLAIM);
        let (expiry, ids) = claim.split_at(EXPIRY);
        let (company, execution) = ids.split_at(ID);
        let id = |bytes: &[u8]| Uuid::from_slice(bytes).map_err(|_| LinkRefusal::Malformed);
        let (company, execution) = (CompanyId(id(company)?), ExecutionId(id(execution)?));
        let key = ObjectKey::new(company, execution, name).map_err(|_| LinkRefusal::Malformed)?;
        let genuine = self.keys.iter().fold(false, |genuine, secret| {
            // Both are computed, whichever it is.
            mac(secret, claim, name).verify_truncated_left(tag).is_ok() | genuine
        });
        if !genuine {
            return Err(LinkRefusal::BadSignature);
        }
        let expires = expiry
            .iter()
            .fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte));
        if now.timestamp() >= expires {
            return Err(LinkRefusal::Expired);
        }
        Ok(key)
    }
}

fn mac(secret: &SecretSlice<u8>, claim: &[u8], name: &str) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret()).expect("any length");
    mac.update(CONTEXT);
    mac.update(claim);
    mac.update(name.as_bytes());
    mac
}

#[cfg(test)]
mod tests;
