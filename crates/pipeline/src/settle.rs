//! One message from its start to its settlement.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use anyhow::anyhow;
use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, debug, error, info, info_span, warn};
use wharf_broker::{Delivery, Outgoing, PublishError, Publisher, Queue, RetryDelay, Route};
use wharf_domain::contracts::{Contract, Envelope};
use wharf_runtime::metrics::PipelineMetrics;

use crate::{
    handler::{HandleError, Handler},
    outcome::Outcome,
};

/// Between two tries to publish while the broker is there but does not confirm.
const PUBLISH_PAUSE: Duration = Duration::from_millis(500);

/// What became of a message, as far as the worker's loop must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// Settled, or coming again by itself.
    Yes,
    /// Not settled: a dependency is away, and the loop should stand still.
    Stalled,
}

/// Everything that settling a message needs.
pub(crate) struct Settler<H> {
    pub(crate) handler: Arc<H>,
    pub(crate) publisher: Publisher,
    pub(crate) metrics: PipelineMetrics,
    pub(crate) stage: &'static str,
    pub(crate) max_attempts: u32,
    pub(crate) stopping: CancellationToken,
}

/// Why the work on a message ended without settling it.
enum Interrupted {
    /// The process stops, or the message's session has ended: it comes again.
    ComesAgain,
    /// A dependency is away.
    Stalled,
}

type Step<T> = Result<T, Interrupted>;

impl<H: Handler> Settler<H> {
    /// Handles a message and settles it. Never panics, whatever the handler does.
    pub(crate) async fn run(&self, delivery: Delivery, message: Envelope<H::Input>) -> Settled {
        let span = info_span!(
            "message",
            execution_id = %message.execution_id,
            message_id = %message.id,
            kind = H::Input::KIND,
            attempt = message.attempt,
        );
        let in_flight = self.metrics.in_flight.with_label_values(&[self.stage]);
        in_flight.inc();
        let timer = self
            .metrics
            .handle_seconds
            .with_label_values(&[self.stage, H::Input::KIND])
            .start_timer();
        let result = self.settle(delivery, message).instrument(span).await;
        timer.observe_duration();
        in_flight.dec();
        match result {
            Ok(outcome) => {
                self.count(outcome);
                Settled::Yes
            }
            Err(Interrupted::ComesAgain) => {
                self.count("released");
                Settled::Yes
            }
            Err(Interrupted::Stalled) => {
                self.count("released");
                Settled::Stalled
            }
        }
    }

    async fn settle(
        &self,
        delivery: Delivery,
        mut message: Envelope<H::Input>,
    ) -> Step<&'static str> {
        if let Queue::Poison(_) = delivery.queue {
            let reason = format!(
                "the worker died on it {} times",
                delivery.delivery_count.max(1)
            );
            return self.give_up(delivery, &message, &reason).await;
        }
        loop {
            match self.guarded(self.handler.handle(&message)).await {
                Ok(outcome) => {
                    self.publish_all(&delivery, &outcome).await?;
                    if outcome.repeated {
                        info!("handled before, published again");
                        let labels = [self.stage, H::Input::KIND];
                        self.metrics.repeated.with_label_values(&labels).inc();
                    }
                    delivery.ack().await;
                    return Ok("done");
                }
                Err(HandleError::Unavailable(cause)) => return Err(stalled(&cause)),
                Err(HandleError::Fail(cause)) => {
                    return self
                        .give_up(delivery, &message, &format!("{cause:#}"))
                        .await;
                }
                Err(HandleError::NotYet(cause)) => {
                    debug!(reason = format!("{cause:#}"), "waiting for its turn");
                    return self
                        .retry_later(delivery, &message, RetryDelay::OneSecond)
                        .await;
                }
                Err(HandleError::Retry(cause)) => {
                    message.attempt += 1;
                    if message.attempt >= self.max_attempts {
                        let reason = format!("{} attempts: {cause:#}", message.attempt);
                        return self.give_up(delivery, &message, &reason).await;
                    }
                    let delay = RetryDelay::after(message.attempt);
                    warn!(
                        error = format!("{cause:#}"),
                        delay = delay.name(),
                        "trying again later"
                    );
                    let in_order = self.handler.retries_in_order();
                    if !in_order || self.handler.order_key(&message).is_none() {
                        return self.retry_later(delivery, &message, delay).await;
                    }
                    // What must stay in order waits here, and only its own conversation with it:
                    // through a retry queue the next message would overtake it.
                    tokio::select! {
                        () = tokio::time::sleep(delay.duration()) => {}
                        () = self.stopping.cancelled() => return Err(Interrupted::ComesAgain),
                    }
                }
            }
        }
    }

    async fn retry_later(
        &self,
        delivery: Delivery,
        message: &Envelope<H::Input>,
        delay: RetryDelay,
    ) -> Step<&'static str> {
        let Ok(copy) = Outgoing::of(message) else {
            return self
                .give_up(delivery, message, "it cannot be written again")
                .await;
        };
        let route = Route::Retry {
            delay,
            queue: delivery.queue,
        };
        // First the copy, then the acknowledgement: a crash between them doubles, never loses.
        self.publish(&delivery, &route, &copy).await?;
        delivery.ack().await;
        Ok("retried")
    }

    /// Tells the user, moves the message to the dead queue, acknowledges.
    async fn give_up(
        &self,
        delivery: Delivery,
        message: &Envelope<H::Input>,
        reason: &str,
    ) -> Step<&'static str> {
        error!(reason, "message given up");
        match self.guarded(self.handler.give_up(message, reason)).await {
            Ok(outcome) => self.publish_all(&delivery, &outcome).await?,
            Err(HandleError::Unavailable(cause)) => return Err(stalled(&cause)),
            Err(
                HandleError::NotYet(cause) | HandleError::Retry(cause) | HandleError::Fail(cause),
            ) => {
                error!(
                    error = format!("{cause:#}"),
                    "the user could not be told of the failure"
                );
            }
        }
        self.bury(delivery, reason).await
    }

    /// Moves a message to the dead queue and acknowledges it.
    async fn bury(&self, delivery: Delivery, reason: &str) -> Step<&'static str> {
        let route = Route::Dead(delivery.queue.stage());
        self.publish(&delivery, &route, &Outgoing::dead(&delivery, reason))
            .await?;
        delivery.ack().await;
        Ok("dead")
    }

    /// A message that cannot be read goes to the dead queue at once; nobody can be told.
    pub(crate) async fn bury_unreadable(&self, delivery: Delivery, reason: &str) {
        error!(reason, queue = %delivery.queue, "message cannot be read");
        let outcome = self.bury(delivery, reason).await.unwrap_or("released");
        self.count(outcome);
    }

    async fn publish_all(&self, delivery: &Delivery, outcome: &Outcome) -> Step<()> {
        for publication in &outcome.publish {
            match publication.outgoing() {
                Ok(message) => {
                    self.publish(delivery, &publication.route(), &message)
                        .await?
                }
                // Our own types are always writable; a bug here must not loop for ever.
                Err(error) => error!(%error, "a publication cannot be written"),
            }
        }
        Ok(())
    }

    /// Publishes until the broker confirms. Gives up only when the input will come again anyway.
    async fn publish(&self, delivery: &Delivery, route: &Route, message: &Outgoing) -> Step<()> {
        loop {
            let result = self.publisher.publish(route, message).await;
            let label = outcome_label(result.as_ref().err());
            self.metrics.publishes.with_label_values(&[label]).inc();
            let Err(error) = result else { return Ok(()) };
            warn!(%error, "not published");
            if !delivery.is_live() || self.stopping.is_cancelled() {
                return Err(Interrupted::ComesAgain);
            }
            tokio::select! {
                () = tokio::time::sleep(PUBLISH_PAUSE) => {}
                () = self.stopping.cancelled() => {}
            }
        }
    }

    /// A handler that panics has failed for good: the same message would panic again.
    async fn guarded(
        &self,
        work: impl Future<Output = Result<Outcome, HandleError>> + Send,
    ) -> Result<Outcome, HandleError> {
        match AssertUnwindSafe(work).catch_unwind().await {
            Ok(result) => result,
            Err(_) => Err(HandleError::Fail(anyhow!("the handler panicked"))),
        }
    }

    fn count(&self, outcome: &str) {
        self.metrics
            .settled
            .with_label_values(&[self.stage, H::Input::KIND, outcome])
            .inc();
    }
}

fn stalled(cause: &anyhow::Error) -> Interrupted {
    warn!(
        error = format!("{cause:#}"),
        "standing still until it is back"
    );
    Interrupted::Stalled
}

fn outcome_label(error: Option<&PublishError>) -> &'static str {
    match error {
        None => "confirmed",
        Some(PublishError::Disconnected) => "disconnected",
        Some(PublishError::Timeout) => "timeout",
        Some(PublishError::Unroutable { .. }) => "unroutable",
        Some(PublishError::Rejected) => "rejected",
        Some(PublishError::Blocked) => "blocked",
    }
}
