//! What an object is called: its company, the execution that made it, and a file name.
//!
//! A key is a path of exactly three parts, two of them UUIDs and the third a name of plain
//! characters with a known ending. So no text of anybody can lead out of the storage, a repeated
//! execution meets its own object again, and the ending alone says the content type, which a folder
//! cannot store.

use std::{fmt, str::FromStr};

use thiserror::Error;
use uuid::Uuid;
use wharf_domain::{
    contracts::Attachment,
    ids::{CompanyId, ExecutionId},
};

/// The longest file name.
pub const MAX_NAME: usize = 100;

/// What WhatsApp takes of a document, in bytes: Twilio says 16 MB for a message.
const WHATSAPP_DOCUMENT: u64 = 16_000_000;
/// What WhatsApp takes of a picture, in bytes: 5 MB.
const WHATSAPP_PICTURE: u64 = 5_000_000;

/// A kind of file that Wharf makes or keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A document to read or print.
    Pdf,
    /// A spreadsheet.
    Xlsx,
    /// A table for other programs.
    Csv,
    /// A picture.
    Png,
    /// A photograph.
    Jpeg,
    /// Plain text.
    Text,
    /// Anything else that somebody sent: bytes that no browser shows.
    Binary,
}

impl FileKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Pdf,
        Self::Xlsx,
        Self::Csv,
        Self::Png,
        Self::Jpeg,
        Self::Text,
        Self::Binary,
    ];

    /// The ending of its names, without the dot.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Text => "txt",
            Self::Binary => "bin",
        }
    }

    /// Its MIME type, with the character set of texts.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Text => "text/plain; charset=utf-8",
            Self::Binary => "application/octet-stream",
        }
    }

    /// The most bytes that WhatsApp takes of it; `None` when it does not take the kind at all
    /// (Twilio's guide to WhatsApp media messages, 2026).
    #[must_use]
    pub const fn whatsapp_limit(self) -> Option<u64> {
        match self {
            Self::Pdf | Self::Xlsx => Some(WHATSAPP_DOCUMENT),
            Self::Png | Self::Jpeg => Some(WHATSAPP_PICTURE),
            Self::Csv | Self::Text | Self::Binary => None,
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        let (stem, ending) = name.rsplit_once('.')?;
        (!stem.is_empty())
            .then(|| Self::ALL.into_iter().find(|kind| kind.ending() == ending))
            .flatten()
    }
}

/// A key or file name that cannot be one. Does not repeat the text, which may be anybody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidKey {
    /// Not three parts, or one of the first two is no id.
    #[error("an object's key is company/execution/name")]
    Form,
    /// The name is not plain.
    #[error(
        "a file name is 1 to {MAX_NAME} of A-Z a-z 0-9 . _ -, begins with a letter or digit, and has no two dots in a row"
    )]
    Name,
    /// The name's ending is not one of ours.
    #[error("a file name ends in .pdf, .xlsx, .csv, .png, .jpg, .txt or .bin")]
    Ending,
}

/// The key of an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectKey {
    company: CompanyId,
    execution: ExecutionId,
    name: String,
    kind: FileKind,
}

impl ObjectKey {
    /// The key of the file `name` that `execution` makes for `company`.
    ///
    /// # Errors
    /// [`InvalidKey`] when the name is not plain or its ending unknown.
    pub fn new(company: CompanyId, execution: ExecutionId, name: &str) -> Result<Self, InvalidKey> {
        let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
        let begins = name
            .bytes()
            .next()
            .is_some_and(|c| c.is_ascii_alphanumeric());
        if !begins || name.len() > MAX_NAME || !name.bytes().all(plain) || name.contains("..") {
            return Err(InvalidKey::Name);
        }
        Ok(Self {
            company,
            execution,
            kind: FileKind::of_name(name).ok_or(InvalidKey::Ending)?,
            name: name.to_owned(),
        })
    }

    /// Whose it is.
    #[must_use]
    pub const fn company(&self) -> CompanyId {
        self.company
    }

    /// What made it.
    #[must_use]
    pub const fn execution(&self) -> ExecutionId {
        self.execution
    }

    /// The file's name.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.name
    }

    /// The kind, by the name's ending.
    #[must_use]
    pub const fn kind(&self) -> FileKind {
        self.kind
    }

    /// What a reply says of the object, which has `size` bytes.
    #[must_use]
    pub fn attachment(&self, size: u64) -> Attachment {
        Attachment {
            key: self.to_string(),
            file_name: self.name.clone(),
            content_type: self.kind.content_type().to_owned(),
            size,
        }
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.company, self.execution, self.name)
    }
}

impl FromStr for ObjectKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let mut parts = text.splitn(3, '/');
        let mut part = || parts.next().ok_or(InvalidKey::Form);
        let (company, execution, name) = (part()?, part()?, part()?);
        let id = |text: &str| Uuid::try_parse(text).map_err(|_| InvalidKey::Form);
        let key = Self::new(CompanyId(id(company)?), ExecutionId(id(execution)?), name)?;
        // Ids may be written in several ways; a key only in one.
        (key.to_string() == text)
            .then_some(key)
            .ok_or(InvalidKey::Form)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(name: &str) -> Result<ObjectKey, InvalidKey> {
        ObjectKey::new(
            CompanyId(Uuid::from_u128(1)),
            ExecutionId(Uuid::from_u128(2)),
            name,
        )
    }

    #[test]
    fn a_key_says_whose_it_is_what_made_it_and_what_it_is() {
        let key = key("inventory-2026-11-22.xlsx").unwrap();
        assert_eq!(
            key.to_string(),
            "00000000-0000-0000-0000-000000000001/00000000-0000-0000-0000-000000000002/inventory-2026-11-22.xlsx"
        );
        assert_eq!(key.kind(), FileKind::Xlsx);
        assert_eq!(key.to_string().parse(), Ok(key));
    }

    #[test]
    fn names_that_lead_elsewhere_or_to_other_types_are_none() {
        for name in [
            "",
            ".pdf",
            "../a.pdf",
            "a/b.pdf",
            "a\\b.pdf",
            "a%2fb.pdf",
            "a b.pdf",
            "a..pdf",
            "-a.pdf",
            "a.pdf\0",
            "a.pdf\n",
            "bericht-ü.pdf",
            "a\u{202e}fdp.exe",
        ] {
            assert_eq!(key(name), Err(InvalidKey::Name), "{name:?}");
        }
        for name in [
            "a",
            "a.",
            "a.html",
            "a.svg",
            "a.pdf.html",
            "a.PDF",
            "a.pdf.revoked",
        ] {
            assert_eq!(key(name), Err(InvalidKey::Ending), "{name:?}");
        }
        assert!(key(&format!("{}.pdf", "a".repeat(96))).is_ok());
        assert_eq!(
            key(&format!("{}.pdf", "a".repeat(97))),
            Err(InvalidKey::Name)
        );
    }

    #[test]
    fn a_key_is_written_in_one_way_only() {
        let text = key("a.pdf").unwrap().to_string();
        for other in [
            text.replace('-', ""),
            text.replacen("00000000-", "urn:uuid:00000000-", 1),
            format!("/{text}"),
            format!("{text}/"),
            text.replace("a.pdf", "b/a.pdf"),
        ] {
            assert!(other.parse::<ObjectKey>().is_err(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_taken_for_a_key_is_three_plain_parts(text in "\\PC{0,60}|[0-9a-f/.-]{60,90}") {
            if let Ok(key) = text.parse::<ObjectKey>() {
                prop_assert_eq!(key.to_string(), text);
            }
        }

        #[test]
        fn a_name_is_refused_or_kept_as_it_is(name in "[A-Za-z0-9._/ -]{1,12}\\.(pdf|csv|png)") {
            if let Ok(key) = key(&name) {
                prop_assert!(!name.contains(['/', ' ']) && !name.contains(".."));
                prop_assert_eq!(key.to_string().parse::<ObjectKey>(), Ok(key));
            }
        }
    }
}
