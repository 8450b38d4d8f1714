//! Files that agents make, and how people get at them: objects in a local folder or an S3 bucket,
//! and links that are signed, expire and can be taken back, all without a database.
//!
//! - [`key`]: what an object is called. To allow another kind of file: a variant of [`FileKind`].
//! - [`store`]: the objects.
//! - [`links`]: the links to them.
//! - [`config`]: the `[media]` section that the services share.

pub mod config;
pub mod key;
pub mod links;
pub mod store;

pub use config::{MediaConfig, MediaConfigError};
pub use key::{FileKind, InvalidKey, ObjectKey};
pub use links::{LinkRefusal, Links, SignedLink};
pub use store::{MediaError, MediaStore, Object, Put, Upload};
