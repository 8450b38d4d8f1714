//! Twilio's webhook form: raw body -> ordered pairs -> typed message.
//!
//! The pairs keep everything (blanks, order, repeated names), since the signature covers all of it;
//! only after it is verified is a message read from them. A field that [`inbound`] or [`status`]
//! does not know stays in `extra`. To make a new field typed: add it to the contract in
//! `wharf-domain` and take it out of the [`Fields`] in one of the two.

mod fields;
mod inbound;
mod status;

use percent_encoding::percent_decode;
use thiserror::Error;

use self::fields::Fields;
pub use self::{inbound::inbound, status::status};

/// The content type of every messaging webhook.
pub const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// The bytes that a form may have: 1 600 emoji are 19 200 bytes, and channel metadata, referrals
/// and signed media URLs come on top.
pub const MAX_BYTES: usize = 128 * 1024;

/// Why a form is refused. Names fields, never shows values.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FormError {
    /// `%` without two hexadecimal digits.
    #[error("the body is not a form: bad percent-encoding in pair {pair}")]
    PercentEncoding {
        /// The pair's place, from 1.
        pair: usize,
    },
    /// Bytes that are not UTF-8.
    #[error("the body is not a form: pair {pair} is not UTF-8")]
    NotUtf8 {
        /// The pair's place, from 1.
        pair: usize,
    },
    /// A required field is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field that does not have its form.
    #[error("{field} is not {expected}")]
    Malformed {
        /// The field.
        field: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A field that may come once came twice, with different values.
    #[error("{0} is there twice with different values")]
    Repeated(String),
    /// `NumMedia` and the `MediaUrl…` fields contradict each other.
    #[error("NumMedia says {stated}, but there are {found} MediaUrl fields")]
    MediaCount {
        /// What `NumMedia` says.
        stated: usize,
        /// How many there are.
        found: usize,
    },
}

/// Reads a urlencoded body into its pairs, in order, with blank and repeated ones.
///
/// # Errors
/// [`FormError::PercentEncoding`] and [`FormError::NotUtf8`]: Twilio sends neither, and a lenient
/// reading could differ from the one that was signed.
pub fn parse_pairs(body: &[u8]) -> Result<Vec<(String, String)>, FormError> {
    body.split(|byte| *byte == b'&')
        .enumerate()
        .filter(|(_, pair)| !pair.is_empty())
        .map(|(index, pair)| {
            let cut = pair
                .iter()
                .position(|byte| *byte == b'=')
                .unwrap_or(pair.len());
            let value = pair.get(cut + 1..).unwrap_or_default();
            Ok((decode(&pair[..cut], index + 1)?, decode(value, index + 1)?))
        })
        .collect()
}

fn decode(text: &[u8], pair: usize) -> Result<String, FormError> {
    let broken = text.iter().enumerate().any(|(at, byte)| {
        let digit = |offset: usize| text.get(at + offset).is_some_and(u8::is_ascii_hexdigit);
        *byte == b'%' && !(digit(1) && digit(2))
    });
    if broken {
        return Err(FormError::PercentEncoding { pair });
    }
    let spaced: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    String::from_utf8(percent_decode(&spaced).collect()).map_err(|_| FormError::NotUtf8 { pair })
}

/// Whether `text` is one of Twilio's sids: a prefix of two letters and 32 hexadecimal digits.
#[must_use]
pub fn is_sid(text: &str, prefixes: &[&str]) -> bool {
    text.len() == 34
        && text.is_ascii()
        && prefixes.contains(&&text[..2])
        && text[2..].bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests;
