//! Files by signed link. No database: the link itself says what it leads to and until when, and a
//! file that was taken back has a tombstone in the storage (docs/adr/0013-files-and-links.md).

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    http::{Method, StatusCode, header},
    web::{self, Bytes},
};
use futures_util::{StreamExt, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use wharf_media::{LinkRefusal, Links, MediaError, MediaStore, ObjectKey};

use crate::{Ingress, config::DownloadsConfig};

/// What makes a file of what a link says.
pub(crate) struct Downloads {
    pub(crate) store: MediaStore,
    pub(crate) links: Links,
    at_once: Arc<Semaphore>,
    limit: Duration,
}

impl Downloads {
    pub(crate) fn new(store: MediaStore, links: Links, config: &DownloadsConfig) -> Self {
        Self {
            store,
            links,
            at_once: Arc::new(Semaphore::new(config.at_once)),
            limit: Duration::from_secs(config.limit_s),
        }
    }
}

/// Why there is no file.
#[derive(Debug)]
enum Refusal {
    /// No signing key is configured.
    Off,
    Link(LinkRefusal),
    Missing,
    Revoked,
    Busy,
    Unavailable(MediaError),
}

impl From<MediaError> for Refusal {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::NotFound => Self::Missing,
            MediaError::Revoked => Self::Revoked,
            other => Self::Unavailable(other),
        }
    }
}

impl Refusal {
    /// The value of the `outcome` label.
    const fn outcome(&self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Link(refusal) => refusal.as_str(),
            Self::Missing => "missing",
            Self::Revoked => "revoked",
            Self::Busy => "busy",
            Self::Unavailable(_) => "unavailable",
        }
    }

    /// Who forges links learns nothing: a wrong one, a file that is not there and one that was taken
    /// back are the same. Who has a genuine link that is over may know it, to ask again.
    fn response(&self) -> HttpResponse {
        let (status, words) = match self {
            Self::Link(LinkRefusal::Expired) => (
                StatusCode::GONE,
                "This link has expired. Ask for the file again.\n",
            ),
            Self::Busy | Self::Unavailable(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The file cannot be read right now. Try again in a moment.\n",
            ),
            _ => (StatusCode::NOT_FOUND, "There is no such file.\n"),
        };
        let mut response = HttpResponse::build(status);
        response
            .content_type("text/plain; charset=utf-8")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((header::RETRY_AFTER, "5"));
        }
        response.body(words)
    }
}

/// `GET` and `HEAD /media/{token}/{name}`.
pub(super) async fn fetch(request: HttpRequest, ingress: web::Data<Ingress>) -> HttpResponse {
    let counter = |outcome| ingress.metrics.downloads.with_label_values(&[outcome]);
    match serve(&ingress, &request).await {
        Ok(response) => {
            counter("served").inc();
            response
        }
        Err(refusal) => {
            counter(refusal.outcome()).inc();
            if let Refusal::Unavailable(error) = &refusal {
                let error: &dyn std::error::Error = error;
                tracing::error!(error, "a file cannot be read");
            } else {
                // The link is not logged: it may be good elsewhere.
                tracing::warn!(reason = refusal.outcome(), "no file");
            }
            refusal.response()
        }
    }
}

async fn serve(ingress: &Ingress, request: &HttpRequest) -> Result<HttpResponse, Refusal> {
    let downloads = ingress.downloads.as_ref().ok_or(Refusal::Off)?;
    let key = downloads
        .links
        .verify(request.uri().path(), ingress.clock.now())
        .map_err(Refusal::Link)?;
    if request.method() == Method::HEAD {
        let size = downloads.store.size(&key).await?;
        return Ok(response(&key, size, stream::empty()));
    }
    let permit = Arc::clone(&downloads.at_once)
        .try_acquire_owned()
        .map_err(|_| Refusal::Busy)?;
    let object = downloads.store.get(&key).await?;
    tracing::info!(execution_id = %key.execution(), size = object.size, "file served");
    let body = pumped(object.body, downloads.limit, permit);
    Ok(response(&key, object.size, body))
}

type Piece = Result<Bytes, MediaError>;

/// The pieces of an object, read by a task of its own: actix does not ask a body for more while its
/// reader takes nothing, so the body cannot see its time pass. The file is let go, with the permit,
/// when the time is over; the connection then ends before the promised length.
fn pumped(
    mut object: stream::BoxStream<'static, Piece>,
    limit: Duration,
    permit: OwnedSemaphorePermit,
) -> impl stream::Stream<Item = Piece> + 'static {
    let (sender, receiver) = mpsc::channel(2);
    tokio::spawn(async move {
        let _permit = permit;
        let pump = async {
            while let Some(piece) = object.next().await {
                // The reader may be gone.
                if sender.send(piece).await.is_err() {
                    break;
                }
            }
        };
        if tokio::time::timeout(limit, pump).await.is_err() {
            tracing::warn!("a reader took too long for a file");
        }
    });
    stream::unfold(receiver, async |mut receiver| {
        let piece = receiver.recv().await?;
        Some((piece, receiver))
    })
}

fn response(
    key: &ObjectKey,
    size: u64,
    body: impl stream::Stream<Item = Piece> + 'static,
) -> HttpResponse {
    // A name has no character that would need quoting.
    let disposition = format!("attachment; filename=\"{}\"", key.file_name());
    HttpResponse::Ok()
        .content_type(key.kind().content_type())
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CACHE_CONTROL, "private, max-age=0"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(SizedStream::new(size, body))
}
