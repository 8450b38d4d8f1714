//! Why a webhook is refused.

use thiserror::Error;

/// Why a request is not accepted as Twilio's. The text is for an operator, never for the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum Refusal {
    /// No header.
    #[error(
        "the X-Twilio-Signature header is missing: the request did not come from Twilio, or a proxy removed the header"
    )]
    MissingSignature,
    /// A header without content.
    #[error("the X-Twilio-Signature header is empty")]
    EmptySignature,
    /// A header that no signature can be.
    #[error("the X-Twilio-Signature header is not the base64 of 20 bytes")]
    MalformedSignature,
    /// The signature is of something else.
    #[error(
        "the signature does not match: check the public URL (scheme, host, path and query as configured at Twilio), the account's primary auth token, and that nothing changed the body"
    )]
    Mismatch,
    /// We hold no token for it.
    #[error("no auth token is configured for the AccountSid that the request names")]
    UnknownAccount,
    /// Two accounts in one request.
    #[error("the request names more than one AccountSid")]
    AmbiguousAccount,
    /// A body that is not a form needs its hash in the URL.
    #[error(
        "the body is not a form and the URL has no bodySHA256, so nothing vouches for the body"
    )]
    BodyHashMissing,
    /// The body is not what was signed.
    #[error(
        "the body's SHA-256 is not the bodySHA256 of the URL: the body was changed on its way, or was read as something else than raw bytes"
    )]
    BodyHashMismatch,
}

impl Refusal {
    /// Every refusal, so that metrics can start at zero.
    pub const ALL: &'static [Self] = &[
        Self::MissingSignature,
        Self::EmptySignature,
        Self::MalformedSignature,
        Self::Mismatch,
        Self::UnknownAccount,
        Self::AmbiguousAccount,
        Self::BodyHashMissing,
        Self::BodyHashMismatch,
    ];

    /// The value of a metric's label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingSignature => "missing_signature",
            Self::EmptySignature => "empty_signature",
            Self::MalformedSignature => "malformed_signature",
            Self::Mismatch => "mismatch",
            Self::UnknownAccount => "unknown_account",
            Self::AmbiguousAccount => "ambiguous_account",
            Self::BodyHashMissing => "body_hash_missing",
            Self::BodyHashMismatch => "body_hash_mismatch",
        }
    }
}
