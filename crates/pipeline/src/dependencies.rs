//! What every worker is ready by: the broker and the database.

use wharf_broker::Publisher;
use wharf_runtime::{lifecycle::Lifecycle, readiness::Readiness};
use wharf_store::Store;

/// Makes /readyz ask the broker and the database, and say no once a stop has begun.
pub fn watch_dependencies(
    readiness: &Readiness,
    publisher: &Publisher,
    store: &Store,
    lifecycle: &Lifecycle,
) {
    let publisher = publisher.clone();
    readiness.add("broker", move || {
        let ready = publisher.is_ready();
        async move {
            if ready {
                Ok(())
            } else {
                Err("not connected".to_owned())
            }
        }
    });
    let store = store.clone();
    readiness.add("database", move || {
        let store = store.clone();
        async move { store.ping().await.map_err(|error| error.to_string()) }
    });
    let (readiness, stopping) = (readiness.clone(), lifecycle.soft().clone());
    tokio::spawn(async move {
        stopping.cancelled().await;
        readiness.drain();
    });
}
