//! Files that people sent: fetched from Twilio, kept in the storage for agents that ask for them
//! (`inbound_media`), removed when their time is over.
//!
//! nlp notes each as a row; no message holds them, so this loop looks for rows. Several responders
//! share the work: a row that is claimed is nobody else's for a while (docs/adr/0018-responder-fetches-what-people-send.md).
//!
//! - [`config`]: the section `[inbound_files]`. - `fetch`: one file over HTTP. - `kinds`: whether
//!   its bytes are what was declared.

pub mod config;
mod fetch;
mod kinds;

use std::sync::OnceLock;

use chrono::TimeDelta;
use wharf_domain::{clock::SharedClock, ids::CompanyId};
use wharf_media::{MediaConfig, MediaError, MediaStore, ObjectKey};
use wharf_runtime::{lifecycle::Lifecycle, metrics::ResponderMetrics};
use wharf_store::{
    Across, Store, StoreError,
    inbound_media::{self, InboundMedia, InboundMediaState, Kept},
};
use wharf_twilio::config::TwilioConfig;

pub use self::config::InboundFilesConfig;
use self::fetch::{Fetcher, Incoming, NotFetched};

/// How many files of a company are taken at once.
const AT_ONCE: i64 = 8;
/// What a claim lasts beyond the time of a file.
const SPARE: TimeDelta = TimeDelta::seconds(60);
/// The waits before the second, third, … try; the last one stays.
const WAITS_S: [i64; 5] = [10, 60, 600, 3_600, 10_800];

/// Keeps files.
pub(crate) struct FileKeeper {
    store: Store,
    media: MediaConfig,
    /// Opened with the first file: who gets none needs no storage.
    objects: OnceLock<MediaStore>,
    fetcher: Fetcher,
    config: InboundFilesConfig,
    clock: SharedClock,
    metrics: ResponderMetrics,
}

impl FileKeeper {
    pub(crate) fn new(
        store: Store,
        media: MediaConfig,
        twilio: &TwilioConfig,
        config: InboundFilesConfig,
        clock: SharedClock,
        metrics: ResponderMetrics,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            store,
            media,
            objects: OnceLock::new(),
            fetcher: Fetcher::new(twilio, &config)?,
            config,
            clock,
            metrics,
        })
    }

    /// Works until the soft stop; what was begun then is somebody else's after its claim.
    pub(crate) async fn run(self, lifecycle: Lifecycle) {
        let pause = std::time::Duration::from_millis(self.config.poll_ms);
        let work = async {
            loop {
                if let Err(error) = self.pass().await {
                    tracing::warn!(%error, "files that people sent were not looked for");
                }
                tokio::time::sleep(pause).await;
            }
        };
        tokio::select! {
            () = work => {}
            () = lifecycle.soft().cancelled() => {}
        }
    }

    /// One look at all companies.
    async fn pass(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let companies = self
            .store
            .across::<_, StoreError, _>(Across::Files, async |conn| {
                inbound_media::companies_with_work(conn, now).await
            })
            .await?;
        for company in companies {
            self.fetch_of(company).await?;
            self.remove_of(company).await?;
        }
        Ok(())
    }

    fn objects(&self) -> Result<&MediaStore, MediaError> {
        if let Some(objects) = self.objects.get() {
            return Ok(objects);
        }
        let objects = self.media.open()?;
        Ok(self.objects.get_or_init(|| objects))
    }

    async fn fetch_of(&self, company: CompanyId) -> Result<(), StoreError> {
        let now = self.clock.now();
        let lasts = TimeDelta::from_std(self.config.timeout()).unwrap_or(SPARE);
        // One after the other: each has its time.
        let until = now + lasts * i32::try_from(AT_ONCE).unwrap_or(1) + SPARE;
        let claimed = self
            .store
            .in_company::<_, StoreError, _>(company, async |conn| {
                inbound_media::claim(conn, company, now, until, AT_ONCE).await
            });
        for file in claimed.await? {
            let done = self.keep(&file).await;
            self.note(&file, done).await?;
        }
        Ok(())
    }

    /// Fetches a file into the storage.
    async fn keep(&self, file: &InboundMedia) -> Result<(ObjectKey, String, u64), NotFetched> {
        let mut incoming = self.fetcher.fetch(&file.url, &file.declared_type).await?;
        let ending = kinds::kind_of(&incoming.content_type).ending();
        let name = format!("inbound-{}.{ending}", file.number);
        let key = ObjectKey::new(file.company_id, file.execution_id, &name)
            .map_err(|error| NotFetched::Refused(error.to_string()))?;
        let size = self.store_pieces(&key, &mut incoming).await?;
        Ok((key, incoming.content_type, size))
    }

    /// Piece by piece: no file is ever whole in memory.
    async fn store_pieces(
        &self,
        key: &ObjectKey,
        incoming: &mut Incoming,
    ) -> Result<u64, NotFetched> {
        let refused = |error: MediaError| match error {
            MediaError::TooLarge { .. } => self.fetcher.too_large(),
            MediaError::Revoked => NotFetched::Refused("it was taken back".to_owned()),
            other => NotFetched::Later(other.to_string()),
        };
        let objects = self.objects().map_err(refused)?;
        let begun = objects.begin(key, self.config.max_bytes).await;
        let mut upload = begun.map_err(refused)?;
        loop {
            let written = match incoming.next().await {
                Ok(Some(piece)) => upload.write(piece).await.map_err(refused),
                Ok(None) => return upload.finish().await.map_err(refused),
                Err(error) => Err(error),
            };
            if let Err(error) = written {
                if let Err(error) = upload.abort().await {
                    tracing::warn!(%error, "parts of a file may be left in the storage");
                }
                return Err(error);
            }
        }
    }

    async fn note(
        &self,
        file: &InboundMedia,
        done: Result<(ObjectKey, String, u64), NotFetched>,
    ) -> Result<(), StoreError> {
        let (company, id, now) = (file.company_id, file.id, self.clock.now());
        let (outcome, why) = match done {
            Ok((key, content_type, size)) => {
                let key = key.to_string();
                let kept = Kept {
                    content_type: &content_type,
                    size_bytes: i64::try_from(size).unwrap_or(i64::MAX),
                    object_key: &key,
                    at: now,
                    remove_at: now + self.config.keep(),
                };
                self.store
                    .in_company::<_, StoreError, _>(company, async |conn| {
                        inbound_media::mark_kept(conn, company, id, &kept).await
                    })
                    .await?;
                ("kept", None)
            }
            Err(error) => {
                let (state, outcome) = match &error {
                    NotFetched::Refused(_) => (InboundMediaState::Refused, "refused"),
                    NotFetched::Later(_) if file.attempts >= self.config.max_attempts => {
                        (InboundMediaState::Failed, "failed")
                    }
                    NotFetched::Later(_) => (InboundMediaState::Waiting, "retried"),
                };
                let why = error.to_string();
                let next = now + wait(file.attempts);
                self.store
                    .in_company::<_, StoreError, _>(company, async |conn| {
                        inbound_media::mark_not_kept(conn, company, id, state, &why, next).await
                    })
                    .await?;
                (outcome, Some(why))
            }
        };
        self.metrics
            .inbound_files
            .with_label_values(&[outcome])
            .inc();
        tracing::info!(
            execution_id = %file.execution_id,
            number = file.number,
            outcome,
            why,
            "a file that somebody sent"
        );
        Ok(())
    }

    async fn remove_of(&self, company: CompanyId) -> Result<(), StoreError> {
        let now = self.clock.now();
        let due = self
            .store
            .in_company::<_, StoreError, _>(company, async |conn| {
                inbound_media::due_for_removal(conn, company, now, AT_ONCE).await
            });
        for file in due.await? {
            let key = file.object_key.as_deref().and_then(|key| key.parse().ok());
            if let Some(key) = key {
                let key: ObjectKey = key;
                let removed = match self.objects() {
                    Ok(objects) => objects.revoke(&key).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = removed {
                    // The row stays, so the next pass tries again.
                    tracing::warn!(%error, "a file whose time is over was not removed");
                    continue;
                }
            }
            self.store
                .in_company::<_, StoreError, _>(company, async |conn| {
                    inbound_media::mark_removed(conn, company, file.id).await
                })
                .await?;
            self.metrics
                .inbound_files
                .with_label_values(&["removed"])
                .inc();
        }
        Ok(())
    }
}

/// How long to wait after so many tries.
fn wait(attempts: i32) -> TimeDelta {
    let at = usize::try_from(attempts - 1).unwrap_or_default();
    let last = WAITS_S.len() - 1;
    TimeDelta::seconds(WAITS_S[at.min(last)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay() {
        let waits: Vec<_> = [0, 1, 2, 5, 9]
            .map(|tries| wait(tries).num_seconds())
            .into();
        assert_eq!(waits, [10, 10, 60, 10_800, 10_800]);
    }
}
