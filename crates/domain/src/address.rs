//! Who a message comes from or goes to: a phone number or a business-scoped user id (BSUID).
//!
//! Since 2026 WhatsApp may leave the phone number out and send a BSUID instead (facts: Twilio,
//! "key concepts"), so an address is never read as a phone number only.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The channel prefix that Twilio puts before every WhatsApp address and wants back when sending.
pub const WHATSAPP_PREFIX: &str = "whatsapp:";

/// A WhatsApp address, without the `whatsapp:` prefix.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Address {
    /// An E.164 number: `+` and 5 to 15 digits.
    Phone(String),
    /// A business-scoped user id: `CC.` and up to 128 letters, digits and dots (the parent form
    /// is `CC.ENT.…`).
    Bsuid(String),
}

/// Text that is no WhatsApp address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not a WhatsApp address: expected whatsapp:+<digits> or whatsapp:<CC>.<id>")]
pub struct NotAnAddress;

impl Address {
    /// Reads `whatsapp:+15550100001`, `whatsapp:DE.abc123`, or either without the prefix.
    ///
    /// # Errors
    /// [`NotAnAddress`] when it is neither a phone number nor a BSUID.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let bare = text.strip_prefix(WHATSAPP_PREFIX).unwrap_or(text);
        if let Some(digits) = bare.strip_prefix('+') {
            let valid =
                (5..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            return if valid {
                Ok(Self::Phone(bare.to_owned()))
            } else {
                Err(NotAnAddress)
            };
        }
        let (country, id) = bare.split_once('.').ok_or(NotAnAddress)?;
        let country_ok = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        let id_ok = (1..=132).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')
            && !id.starts_with('.')
            && !id.ends_with('.');
        if country_ok && id_ok {
            Ok(Self::Bsuid(bare.to_owned()))
        } else {
            Err(NotAnAddress)
        }
    }

    /// The address without prefix: what the database stores.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Phone(text) | Self::Bsuid(text) => text,
        }
    }

    /// The address as Twilio wants it in `To` and `From`.
    #[must_use]
    pub fn to_twilio(&self) -> String {
        format!("{WHATSAPP_PREFIX}{}", self.as_str())
    }

    /// The address with its middle hidden, for logs: `+1555•••0001`, `DE.a•••23`.
    #[must_use]
    pub fn masked(&self) -> String {
        let text = self.as_str();
        let (head, tail) = match self {
            Self::Phone(_) => (5, 4),
            Self::Bsuid(_) => (4, 2),
        };
        if text.len() < head + tail + 2 {
            return "•••".to_owned();
        }
        format!("{}•••{}", &text[..head], &text[text.len() - tail..])
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.masked())
    }
}

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Address {
    type Error = NotAnAddress;

    fn try_from(text: String) -> Result<Self, NotAnAddress> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        match address {
            Address::Phone(text) | Address::Bsuid(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_phones_and_bsuids_with_and_without_prefix() {
        let phone = Address::parse("whatsapp:+15550100001").unwrap();
        assert_eq!(phone, Address::Phone("+15550100001".into()));
        assert_eq!(phone.to_twilio(), "whatsapp:+15550100001");
        assert_eq!(phone.masked(), "+1555•••0001");
        assert_eq!(format!("{phone:?}"), "Address(+1555•••0001)");
        let bsuid = Address::parse("whatsapp:DE.13491208655302741918").unwrap();
        assert_eq!(bsuid, Address::Bsuid("DE.13491208655302741918".into()));
        assert!(Address::parse("whatsapp:US.ENT.11815799212886844830").is_ok());
    }

    #[test]
    fn refuses_what_is_neither() {
        for text in [
            "",
            "whatsapp:",
            "+",
            "+12",
            "15550100001",
            "+1555 010",
            "de.abc",
            "DE.",
            "DE..a",
            "DE.a b",
        ] {
            assert_eq!(Address::parse(text), Err(NotAnAddress), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_reads_back_what_it_wrote(text in "\\PC{0,40}|(whatsapp:)?\\+[0-9]{3,17}|[A-Z]{2}\\.[a-z0-9.]{0,20}") {
            if let Ok(address) = Address::parse(&text) {
                prop_assert_eq!(Address::parse(&address.to_twilio()), Ok(address.clone()));
                prop_assert!(!address.masked().contains(address.as_str()));
            }
        }
    }
}
