//! Start and end of a process: one soft and one hard way to stop, and the tasks that stopping
//! waits for.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long a soft stop may take before it becomes a hard one.
pub const GRACE: Duration = Duration::from_secs(30);

/// Handed to everything that runs. Clones share the same tokens and tracker.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    soft: CancellationToken,
    hard: CancellationToken,
    tasks: TaskTracker,
}

impl Lifecycle {
    /// A lifecycle that has not been told to stop.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancelled when the process should finish what it has and take nothing new.
    #[must_use]
    pub fn soft(&self) -> &CancellationToken {
        &self.soft
    }

    /// Cancelled when the process must end now.
    #[must_use]
    pub fn hard(&self) -> &CancellationToken {
        &self.hard
    }

    /// The tasks that a soft stop waits for.
    #[must_use]
    pub fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// Asks for a soft stop.
    pub fn stop(&self) {
        self.soft.cancel();
    }

    /// Waits until every tracked task has ended, or for the hard stop.
    pub async fn drained(&self) {
        self.tasks.close();
        tokio::select! {
            () = self.tasks.wait() => {}
            () = self.hard.cancelled() => {}
        }
    }

    /// Turns signals into stops: the first SIGTERM or SIGINT is soft; a second one, or
    /// [`GRACE`] without an end, is hard.
    ///
    /// # Errors
    /// When signal handlers cannot be installed.
    pub fn watch_signals(&self) -> std::io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let this = self.clone();
        tokio::spawn(async move {
            let name = next_signal(&mut terminate, &mut interrupt).await;
            tracing::info!(signal = name, grace_s = GRACE.as_secs(), "stopping");
            this.soft.cancel();
            tokio::select! {
                name = next_signal(&mut terminate, &mut interrupt) => {
                    tracing::warn!(signal = name, "second signal, ending now");
                }
                () = tokio::time::sleep(GRACE) => tracing::warn!("still busy, ending now"),
            }
            this.hard.cancel();
        });
        Ok(())
    }
}

async fn next_signal(terminate: &mut Signal, interrupt: &mut Signal) -> &'static str {
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    }
}
