//! The objects: a folder or a bucket, the same to the rest of Wharf.
//!
//! There is no listing. An object that was taken back leaves a tombstone beside it, under a name
//! that no key can have: so a repeated execution cannot bring it back, and ingress sees it without a
//! database.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{
    TryStreamExt,
    stream::{BoxStream, StreamExt},
};
use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload,
    RetryConfig, WriteMultipart, aws::AmazonS3Builder, local::LocalFileSystem, path::Path,
    prefix::PrefixStore,
};
use secrecy::ExposeSecret;
use std::time::Duration;
use thiserror::Error;

use crate::{
    config::{MediaConfig, MediaConfigError, Place, S3Config},
    key::ObjectKey,
};

/// Ends a tombstone's name; no file name ends so.
const TOMBSTONE: &str = ".revoked";

/// How long a connection to S3 may take to stand, and how long it may be silent.
const CONNECT: Duration = Duration::from_secs(5);
const SILENCE: Duration = Duration::from_secs(15);

/// What went wrong with an object.
#[derive(Debug, Error)]
pub enum MediaError {
    /// There is none.
    #[error("there is no such object")]
    NotFound,
    /// It was taken back.
    #[error("the object was taken back")]
    Revoked,
    /// It has more bytes than `media.max_object_bytes`.
    #[error("the object has {size} bytes, {limit} are allowed")]
    TooLarge {
        /// Its bytes.
        size: u64,
        /// The bytes allowed.
        limit: u64,
    },
    /// The settings cannot be used.
    #[error(transparent)]
    Config(#[from] MediaConfigError),
    /// The storage is away or refuses us; later may help.
    #[error("the storage of files is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<object_store::Error> for MediaError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::NotFound,
            other => Self::Unavailable(other.into()),
        }
    }
}

/// What putting an object did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is new.
    Created,
    /// It was there with the same bytes.
    Unchanged,
    /// It was there with other bytes: an execution that failed after writing ran again.
    Replaced,
}

/// An object on its way.
pub struct Object {
    /// Its size in bytes.
    pub size: u64,
    /// Its bytes.
    pub body: BoxStream<'static, Result<Bytes, MediaError>>,
}

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Object")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// An object that is being written. Dropped without [`finish`](Self::finish) or
/// [`abort`](Self::abort) it may leave parts behind that nobody sees.
pub struct Upload {
    parts: WriteMultipart,
    size: u64,
    limit: u64,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl Upload {
    /// How many parts may be on their way at once.
    const AT_ONCE: usize = 2;

    /// Adds a piece; waits while the storage is slower than whoever writes.
    ///
    /// # Errors
    /// [`MediaError::TooLarge`], with what has come so far; [`MediaError::Unavailable`].
    pub async fn write(&mut self, piece: Bytes) -> Result<(), MediaError> {
        self.size += piece.len() as u64;
        let (size, limit) = (self.size, self.limit);
        if size > limit {
            return Err(MediaError::TooLarge { size, limit });
        }
        self.parts.wait_for_capacity(Self::AT_ONCE).await?;
        self.parts.put(piece);
        Ok(())
    }

    /// Ends the object; gives its size in bytes.
    ///
    /// # Errors
    /// [`MediaError::Unavailable`]: the object is not there.
    pub async fn finish(self) -> Result<u64, MediaError> {
        self.parts.finish().await?;
        Ok(self.size)
    }

    /// Drops what was written.
    ///
    /// # Errors
    /// [`MediaError::Unavailable`]: parts may be left that nobody sees.
    pub async fn abort(self) -> Result<(), MediaError> {
        Ok(self.parts.abort().await?)
    }
}

/// The storage. Cheap to clone.
#[derive(Debug, Clone)]
pub struct MediaStore {
    objects: Arc<dyn ObjectStore>,
    limit: u64,
}

impl MediaStore {
    pub(crate) fn open(config: &MediaConfig) -> Result<Self, MediaError> {
        let objects: Arc<dyn ObjectStore> = match config.place()? {
            Place::Folder(folder) => {
                std::fs::create_dir_all(&folder)
                    .map_err(|error| MediaError::Unavailable(error.into()))?;
                // A reply that names an object outlives a power cut, so the object must too.
                Arc::new(LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true))
            }
            Place::Bucket { bucket, prefix } => {
                let objects = s3(&bucket, &config.s3)?;
                if prefix.is_empty() {
                    Arc::new(objects)
                } else {
                    Arc::new(PrefixStore::new(objects, prefix))
                }
            }
        };
        Ok(Self {
            objects,
            limit: config.max_object_bytes,
        })
    }

    /// Writes an object. The key comes from the execution, so a repeat meets its own object; other
    /// bytes replace it, since nobody has a link before the execution is completed.
    ///
    /// # Errors
    /// [`MediaError::Revoked`] when it was taken back before; [`MediaError::TooLarge`];
    /// [`MediaError::Unavailable`].
    pub async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<Put, MediaError> {
        let size = bytes.len() as u64;
        self.check_size(size)?;
        if self.is_revoked(key).await? {
            return Err(MediaError::Revoked);
        }
        let path = path(key);
        let options = PutOptions::from(PutMode::Create);
        let payload = PutPayload::from(bytes.clone());
        match self.objects.put_opts(&path, payload.clone(), options).await {
            Ok(_) => return Ok(Put::Created),
            Err(object_store::Error::AlreadyExists { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let known = self.objects.get(&path).await?;
        if known.meta.size == size && known.bytes().await? == bytes {
            return Ok(Put::Unchanged);
        }
        self.objects.put(&path, payload).await?;
        Ok(Put::Replaced)
    }

    /// Begins an object that comes piece by piece, of at most `limit` bytes (and never more than
    /// `media.max_object_bytes`). Nothing is there before [`Upload::finish`]; what is there then is
    /// replaced.
    ///
    /// # Errors
    /// [`MediaError::Revoked`], [`MediaError::Unavailable`].
    pub async fn begin(&self, key: &ObjectKey, limit: u64) -> Result<Upload, MediaError> {
        if self.is_revoked(key).await? {
            return Err(MediaError::Revoked);
        }
        let upload = self.objects.put_multipart(&path(key)).await?;
        Ok(Upload {
            parts: WriteMultipart::new(upload),
            size: 0,
            limit: limit.min(self.limit),
        })
    }

    /// An object, to be read piece by piece.
    ///
    /// # Errors
    /// [`MediaError::NotFound`], [`MediaError::Revoked`], [`MediaError::TooLarge`],
    /// [`MediaError::Unavailable`].
    pub async fn get(&self, key: &ObjectKey) -> Result<Object, MediaError> {
        if self.is_revoked(key).await? {
            return Err(MediaError::Revoked);
        }
        let found = self.objects.get(&path(key)).await?;
        let size = found.meta.size;
        self.check_size(size)?;
        Ok(Object {
            size,
            body: found.into_stream().map_err(MediaError::from).boxed(),
        })
    }

    /// A whole object, of at most `media.max_object_bytes`.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn bytes(&self, key: &ObjectKey) -> Result<Bytes, MediaError> {
        let mut object = self.get(key).await?;
        let mut bytes = Vec::with_capacity(usize::try_from(object.size).unwrap_or_default());
        while let Some(piece) = object.body.try_next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes.into())
    }

    /// The size of an object in bytes.
    ///
    /// # Errors
    /// [`MediaError::NotFound`], [`MediaError::Revoked`], [`MediaError::Unavailable`].
    pub async fn size(&self, key: &ObjectKey) -> Result<u64, MediaError> {
        if self.is_revoked(key).await? {
            return Err(MediaError::Revoked);
        }
        Ok(self.objects.head(&path(key)).await?.size)
    }

    /// Takes an object back for good: its links lead nowhere from now on, and it cannot be written
    /// again. Again does no harm.
    ///
    /// # Errors
    /// [`MediaError::Unavailable`]: it may be taken back only in part; try again.
    pub async fn revoke(&self, key: &ObjectKey) -> Result<(), MediaError> {
        self.objects.put(&tombstone(key), PutPayload::new()).await?;
        match self
            .objects
            .delete(&path(key))
            .await
            .map_err(MediaError::from)
        {
            Err(MediaError::NotFound) => Ok(()),
            other => other,
        }
    }

    async fn is_revoked(&self, key: &ObjectKey) -> Result<bool, MediaError> {
        match self
            .objects
            .head(&tombstone(key))
            .await
            .map_err(MediaError::from)
        {
            Ok(_) => Ok(true),
            Err(MediaError::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    const fn check_size(&self, size: u64) -> Result<(), MediaError> {
        let limit = self.limit;
        if size > limit {
            return Err(MediaError::TooLarge { size, limit });
        }
        Ok(())
    }
}

fn path(key: &ObjectKey) -> Path {
    Path::from(key.to_string())
}

fn tombstone(key: &ObjectKey) -> Path {
    Path::from(format!("{key}{TOMBSTONE}"))
}

fn s3(bucket: &str, config: &S3Config) -> Result<impl ObjectStore, MediaError> {
    let client = ClientOptions::new()
        .with_connect_timeout(CONNECT)
        .with_read_timeout(SILENCE)
        // A whole object may take longer than any one pause.
        .with_timeout_disabled()
        // Settings allow it to the loopback only.
        .with_allow_http(config.endpoint.starts_with("http://"));
    let mut builder = if config.access_key_id.is_empty() {
        AmazonS3Builder::from_env()
    } else {
        AmazonS3Builder::new()
            .with_access_key_id(&config.access_key_id)
            .with_secret_access_key(config.secret_access_key.expose_secret())
    }
    .with_bucket_name(bucket)
    .with_client_options(client)
    // What calls us tries again by itself.
    .with_retry(RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: 2,
        retry_timeout: SILENCE,
    });
    if !config.region.is_empty() {
        builder = builder.with_region(&config.region);
    }
    if !config.endpoint.is_empty() {
        builder = builder.with_endpoint(&config.endpoint);
    }
    Ok(builder.build()?)
}
