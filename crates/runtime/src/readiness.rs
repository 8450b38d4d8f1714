//! Whether a service can do its work now.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::future::{BoxFuture, join_all};
use serde::Serialize;

use crate::lifecycle::Lifecycle;

/// A check answers within this time or counts as failed, so that /readyz itself never hangs.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

type Check = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// The named checks of a service. Ready means that every one answers now and no shutdown has begun.
#[derive(Clone)]
pub struct Readiness {
    checks: Arc<Mutex<Vec<(&'static str, Check)>>>,
    draining: Arc<AtomicBool>,
    timeout: Duration,
}

impl Default for Readiness {
    fn default() -> Self {
        Self {
            checks: Arc::default(),
            draining: Arc::default(),
            timeout: CHECK_TIMEOUT,
        }
    }
}

/// What /readyz prints.
#[derive(Debug, Serialize)]
pub struct ReadinessReport {
    /// Whether everything is well.
    pub ready: bool,
    /// Each part, by name.
    pub checks: Vec<CheckReport>,
}

/// One part of a [`ReadinessReport`].
#[derive(Debug, Serialize)]
pub struct CheckReport {
    /// The part: `broker`, `database`.
    pub name: &'static str,
    /// Whether it answered.
    pub ok: bool,
    /// Why not, for operators; no secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Readiness {
    /// Adds a check. Checks run at the same time, at every request for /readyz.
    pub fn add<F, Fut>(&self, name: &'static str, check: F)
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        let check: Check = Arc::new(move || Box::pin(check()));
        self.checks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((name, check));
    }

    /// From now on the service is not ready: it finishes what it has and takes nothing new.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Not ready from the lifecycle's soft stop on.
    pub fn drain_with(&self, lifecycle: &Lifecycle) {
        let (readiness, stopping) = (self.clone(), lifecycle.soft().clone());
        tokio::spawn(async move {
            stopping.cancelled().await;
            readiness.drain();
        });
    }

    /// Runs the checks.
    pub async fn report(&self) -> ReadinessReport {
        let checks = self
            .checks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let results = join_all(checks.into_iter().map(async |(name, check)| {
            let outcome = match tokio::time::timeout(self.timeout, check()).await {
                Ok(outcome) => outcome,
                Err(_) => Err("no answer in time".to_owned()),
            };
            CheckReport {
                name,
                ok: outcome.is_ok(),
                reason: outcome.err(),
            }
        }))
        .await;
        let draining = self.draining.load(Ordering::Relaxed);
        ReadinessReport {
            ready: !draining && results.iter().all(|check| check.ok),
            checks: results,
        }
    }
}

impl std::fmt::Debug for Readiness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Readiness")
            .field("draining", &self.draining)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_failing_or_silent_part_is_enough() {
        let readiness = Readiness {
            timeout: Duration::from_millis(1),
            ..Readiness::default()
        };
        readiness.add("broker", async || Ok(()));
        assert!(readiness.report().await.ready);
        readiness.add("database", async || std::future::pending().await);
        let report = readiness.report().await;
        assert!(!report.ready);
        assert_eq!(
            report.checks[1].reason.as_deref(),
            Some("no answer in time")
        );
    }

    #[tokio::test]
    async fn a_draining_service_is_not_ready() {
        let readiness = Readiness::default();
        readiness.drain();
        assert!(!readiness.report().await.ready);
    }
}
