//! What a file is: what was declared, against what its bytes show.

use wharf_media::FileKind;

/// How many bytes are looked at; enough for every signature that is known.
pub(super) const HEAD: usize = 8 * 1024;

/// A MIME type in lower case, without parameters.
pub(super) fn essence(content_type: &str) -> String {
    let plain = content_type.split(';').next().unwrap_or_default();
    plain.trim().to_ascii_lowercase()
}

/// Whether a type is one of `types`, each a type or a family (`image/*`).
pub(super) fn is_kept(essence: &str, types: &[String]) -> bool {
    types.iter().any(|kept| match kept.strip_suffix("/*") {
        Some(family) => essence
            .split_once('/')
            .is_some_and(|(first, _)| first == family),
        None => kept == essence,
    })
}

/// The type that a file's first bytes show, when it is what was declared; `None` when it is
/// something else.
///
/// Pictures, sounds and films may be another one of their family, which phones mix up. Office
/// documents are archives, old ones a container that several share. A text has no signature: it is
/// what was declared when it is text.
pub(super) fn checked(declared: &str, head: &[u8]) -> Option<String> {
    let family = |kind: &str| kind.split('/').next().unwrap_or_default().to_owned();
    let Some(found) = infer::get(head) else {
        return (is_text_type(declared) && is_text(head)).then(|| declared.to_owned());
    };
    let found = found.mime_type();
    if found == declared {
        return Some(found.to_owned());
    }
    let (said, shown) = (family(declared), family(found));
    let moving = |family: &str| matches!(family, "audio" | "video");
    let agrees = match said.as_str() {
        "image" => shown == "image",
        "audio" | "video" => moving(&shown),
        _ => false,
    };
    if agrees {
        return Some(found.to_owned());
    }
    let archive = found == "application/zip" || found.contains("officedocument");
    let container = matches!(
        found,
        "application/x-ole-storage" | "application/msword" | "application/vnd.ms-excel"
    );
    let as_declared = match declared {
        kind if kind.contains("officedocument") => archive,
        "application/msword" | "application/vnd.ms-excel" | "application/vnd.ms-powerpoint" => {
            container
        }
        _ => false,
    };
    as_declared.then(|| declared.to_owned())
}

fn is_text_type(kind: &str) -> bool {
    kind.starts_with("text/") || kind == "application/json"
}

/// UTF-8 without control characters that no text has; the end may be cut within a character.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// How a file of this type is named in the storage.
pub(super) fn kind_of(content_type: &str) -> FileKind {
    match content_type {
        "application/pdf" => FileKind::Pdf,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => FileKind::Xlsx,
        "text/csv" => FileKind::Csv,
        "image/png" => FileKind::Png,
        "image/jpeg" => FileKind::Jpeg,
        // A text may be markup: nothing that a browser would show.
        _ => FileKind::Binary,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR";
    const PDF: &[u8] = b"%PDF-1.7\n";
    const OGG: &[u8] = b"OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x13OpusHead";
    const ZIP: &[u8] = b"PK\x03\x04\x14\x00\x00\x00\x08\x00";
    const EXE: &[u8] = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff";
    const ELF: &[u8] = b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    #[test]
    fn bytes_must_be_what_was_declared() {
        for (declared, head, expected) in [
            ("image/jpeg", JPEG, Some("image/jpeg")),
            ("image/png", JPEG, Some("image/jpeg")),
            ("image/jpeg", PNG, Some("image/png")),
            ("image/jpeg", PDF, None),
            ("image/jpeg", EXE, None),
            ("image/jpeg", b"<html>", None),
            ("application/pdf", PDF, Some("application/pdf")),
            ("application/pdf", EXE, None),
            ("application/pdf", JPEG, None),
            (XLSX, ZIP, Some(XLSX)),
            (XLSX, ELF, None),
            ("text/csv", b"sku;quantity\nABC;7\n", Some("text/csv")),
            ("text/csv", b"\xff\xfe\x00", None),
            ("text/csv", EXE, None),
            (
                "text/vcard",
                "BEGIN:VCARD\r\nFN:Zoë".as_bytes(),
                Some("text/vcard"),
            ),
            // Cut within a character.
            ("text/plain", &"Zoë".as_bytes()[..3], Some("text/plain")),
            ("application/octet-stream", JPEG, None),
        ] {
            assert_eq!(checked(declared, head).as_deref(), expected, "{declared}");
        }
        assert!(checked("audio/ogg", OGG).is_some());
        assert!(checked("audio/ogg", JPEG).is_none());
    }

    #[test]
    fn types_are_kept_by_name_or_family() {
        let types = ["image/*".to_owned(), "application/pdf".to_owned()];
        assert!(is_kept("image/webp", &types));
        assert!(is_kept("application/pdf", &types));
        assert!(!is_kept("imagery/x", &types));
        assert!(!is_kept("application/zip", &types));
        assert!(!is_kept("", &types));
        assert_eq!(essence("Audio/OGG; codecs=opus"), "audio/ogg");
    }
}
