//! What is done outside any transaction, while lease and deadlines are looked after.
//!
//! To add a kind: a variant of [`Outside`], a line in [`Engine::make`], a function here.

use std::{future::Future, pin::pin, time::Duration};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use tokio::time::{MissedTickBehavior, interval, sleep};
use wharf_media::{MediaError, ObjectKey};
use wharf_pipeline::HandleError;
use wharf_store::{StoreError, agents::Endpoint, executions};

use super::{
    Engine, lost,
    run::{Held, too_late},
};
use crate::{
    agents::{DocumentJob, Made, Outside},
    external::{Called, Payload},
};

/// How often a worker renews its lease, and sees whether the user has cancelled.
const LOOK_EVERY: Duration = Duration::from_secs(1);

impl Engine {
    /// Does what an agent asked for.
    pub(super) async fn make(&self, held: &Held, outside: Outside) -> Result<Made, HandleError> {
        match outside {
            Outside::Document(job) => self.document(held, *job).await,
        }
    }

    /// Calls an agent of the company's own.
    pub(super) async fn call_agent(
        &self,
        held: &Held,
        call: &(Endpoint, Payload),
    ) -> Result<Called, HandleError> {
        let (endpoint, payload) = call;
        let deadline = held
            .execution
            .hard_deadline_at
            .unwrap_or_else(|| self.now());
        self.external
            .call(endpoint, payload, deadline)
            .await
            .map_err(|error| HandleError::Fail(error.into()))
    }

    /// Waits for `work` with the lease renewed. Past the soft deadline the user is told; past the
    /// hard one, or when the execution is taken away, `work` is dropped.
    pub(super) async fn watched<T>(
        &self,
        held: &Held,
        work: impl Future<Output = Result<T, HandleError>> + Send,
    ) -> Result<T, HandleError> {
        let execution = &held.execution;
        let (soft, hard) = (execution.soft_deadline_at, execution.hard_deadline_at);
        let mut work = pin!(work);
        let mut soft_over = pin!(self.until(soft));
        let mut hard_over = pin!(self.until(hard));
        let mut untold = soft.is_some();
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.tick().await; // the first comes at once
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = &mut hard_over, if hard.is_some() => return Err(too_late()),
                () = &mut soft_over, if untold => {
                    untold = false;
                    if let Err(error) = self.tell_longer(execution).await {
                        // The row still says that nobody was told: the sweeper does it.
                        tracing::warn!(error = format!("{error:#}"), "not told that it takes longer");
                    }
                }
                _ = look.tick() => {
                    if !self.renewed(held).await {
                        return Err(lost());
                    }
                }
            }
        }
    }

    async fn until(&self, at: Option<DateTime<Utc>>) {
        let left = at.and_then(|at| (at - self.now()).to_std().ok());
        sleep(left.unwrap_or_default()).await;
    }

    /// Whether the execution is still this worker's. Yes while the database does not answer: the
    /// second transaction sees for itself.
    async fn renewed(&self, held: &Held) -> bool {
        let until = self.now() + self.execution.lease();
        let company = held.execution.company_id;
        let renewed = self
            .store
            .in_company::<_, StoreError, _>(company, async |conn| {
                executions::renew(conn, &held.execution, until).await
            });
        renewed.await.unwrap_or_else(|error| {
            tracing::warn!(%error, "lease not renewed");
            true
        })
    }

    /// Renders a report and puts it into the object storage.
    async fn document(&self, held: &Held, job: DocumentJob) -> Result<Made, HandleError> {
        let DocumentJob {
            report,
            format,
            carried,
        } = job;
        // Seconds of computing for a long report.
        let document =
            tokio::task::spawn_blocking(move || wharf_documents::render(&report, format))
                .await
                .context("rendering a document")
                .map_err(HandleError::Fail)?
                .map_err(|error| HandleError::Fail(error.into()))?;
        let execution = &held.execution;
        let (company, id) = (execution.company_id, execution.id);
        let key = ObjectKey::new(company, id, &document.file_name)
            .map_err(|error| HandleError::Fail(error.into()))?;
        let size = document.bytes.len() as u64;
        match self.media.put(&key, document.bytes.into()).await {
            Ok(_) => Ok(Made::Document {
                file: key.attachment(size),
                carried,
            }),
            Err(error @ MediaError::Unavailable(_)) => Err(HandleError::Retry(error.into())),
            Err(error) => Err(HandleError::Fail(error.into())),
        }
    }
}
