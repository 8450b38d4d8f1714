//! Waiting in tests for something to become true, instead of sleeping and hoping.

use std::time::Duration;

/// How often a condition is looked at.
const EVERY: Duration = Duration::from_millis(20);

/// Looks at `condition` until it holds.
///
/// # Panics
/// When it does not hold within `deadline`; `what` says in the message what was waited for.
pub async fn until(deadline: Duration, what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !condition().await {
            tokio::time::sleep(EVERY).await;
        }
    };
    assert!(
        tokio::time::timeout(deadline, wait).await.is_ok(),
        "waited {deadline:?} in vain for: {what}"
    );
}

/// The same for a value: the first `Some`.
///
/// # Panics
/// When there is none within `deadline`.
pub async fn until_some<T>(
    deadline: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> T {
    let wait = async {
        loop {
            if let Some(value) = look().await {
                return value;
            }
            tokio::time::sleep(EVERY).await;
        }
    };
    match tokio::time::timeout(deadline, wait).await {
        Ok(value) => value,
        Err(_) => panic!("waited {deadline:?} in vain for: {what}"),
    }
}
