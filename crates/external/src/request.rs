//! Signatures of the requests that Wharf makes: hexadecimal HMAC-SHA256 with the agent's secret over
//! the timestamp, a dot and the body.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Header with the signature.
pub const SIGNATURE: &str = "X-Wharf-Signature";
/// Header with the seconds since 1970 that are signed along, against replays.
pub const TIMESTAMP: &str = "X-Wharf-Timestamp";
/// Header with the execution's id: the same in every repeat of a request.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The signature of `body` sent at `timestamp`, in lower-case hexadecimal.
#[must_use]
pub fn sign(secret: &SecretString, timestamp: i64, body: &[u8]) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("HMAC takes any key");
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    let tag = mac.finalize().into_bytes();
    tag.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_pythons_hmac_computes() {
        // hmac.new(b"secret", b'1800000000.{"a":1}', hashlib.sha256).hexdigest()
        let signature = sign(&SecretString::from("secret"), 1_800_000_000, br#"{"a":1}"#);
        assert_eq!(
            signature,
            "440dfbb83aabca24d9e5027629cfd81cb45254690f8d410bb28f1cc17c990dbc"
        );
    }
}
