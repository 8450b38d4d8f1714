//! A file that goes with a reply.

use serde::{Deserialize, Serialize};

/// A file in the object storage that a reply is about. Links to it are made when the reply is
/// worded, so that a late reply has a link that still holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its key in the storage, as `wharf_media::ObjectKey` writes it.
    pub key: String,
    /// The name that people see, with its ending.
    pub file_name: String,
    /// Its MIME type, e.g. `application/pdf`.
    pub content_type: String,
    /// Its size in bytes.
    pub size: u64,
}
