//! The pool when the server goes away, is busy, or a transaction is dropped half way.

use std::time::Duration;

use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use wharf_store::{DatabaseConfig, OwnerStore, StoreError, conversations};
use wharf_testkit::{database::TestDatabase, poll};

use crate::support::World;

#[tokio::test]
async fn an_outage_is_told_and_the_pool_recovers_by_itself() {
    let world = World::new().await;
    let store = &world.store;
    // One connection in hand and one idle when the server goes.
    let mut held = store.conn().await.unwrap();
    drop(store.conn().await.unwrap());
    world.db.interrupt().await;

    let error = conversations::record(&mut held, &world.ours.message("SM1"))
        .await
        .unwrap_err();
    assert!(error.is_unavailable(), "{error:?}");
    drop(held);
    let error = store.conn().await.err().unwrap();
    assert!(error.is_unavailable() && error.is_retryable(), "{error:?}");
    assert!(store.ping().await.unwrap_err().is_unavailable());
    let within: Result<(), StoreError> = store
        .transaction(async |conn| {
            conversations::record(conn, &world.ours.message("SM1")).await?;
            Ok(())
        })
        .await;
    assert!(within.unwrap_err().is_unavailable());

    world.db.resume().await;
    store.ping().await.unwrap();
    let mut conn = store.conn().await.unwrap();
    conversations::record(&mut conn, &world.ours.message("SM1"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_connection_that_is_cut_within_a_transaction_is_not_used_again() {
    let world = World::new().await;
    let db = &world.db;
    let cut: Result<(), StoreError> = world
        .store
        .transaction(async |conn| {
            conversations::record(conn, &world.ours.message("SM1")).await?;
            db.interrupt().await;
            db.resume().await;
            conversations::record(conn, &world.ours.message("SM2")).await?;
            Ok(())
        })
        .await;
    assert!(cut.unwrap_err().is_unavailable());
    assert_eq!(db.rows("whatsapp_conversations").await, 0);
    world.store.ping().await.unwrap();
}

#[tokio::test]
async fn a_dropped_transaction_is_rolled_back_and_its_connection_thrown_away() {
    let db = TestDatabase::create().await;
    let mut config = db.config();
    config.pool_size = 1;
    let store = OwnerStore::connect(&config).unwrap();
    let (began, has_begun) = tokio::sync::oneshot::channel();
    let task = tokio::spawn({
        let store = store.clone();
        async move {
            let _: Result<(), StoreError> = store
                .transaction(async |conn| {
                    conn.batch_execute(
                        "INSERT INTO companies (name, whatsapp_address) VALUES ('x', '+12345')",
                    )
                    .await?;
                    let _ = began.send(());
                    std::future::pending::<()>().await;
                    Ok(())
                })
                .await;
        }
    });
    has_begun.await.unwrap();
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    store.ping().await.unwrap();
    assert_eq!(db.rows("companies").await, 0);
}

#[tokio::test]
async fn an_exhausted_pool_is_unavailable_after_the_connect_timeout() {
    let db = TestDatabase::create().await;
    let mut config = db.config();
    config.pool_size = 1;
    config.connect_timeout_ms = 200;
    let store = OwnerStore::connect(&config).unwrap();
    let held = store.conn().await.unwrap();
    assert_eq!(store.usage(), (1, 1));
    let error = store.conn().await.err().unwrap();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    drop(held);
    store.ping().await.unwrap();
}

#[tokio::test]
async fn the_sessions_timeouts_end_a_statement_that_takes_too_long() {
    let world = World::new().await;
    let mut config = world.db.config();
    config.statement_timeout_ms = 400;
    config.lock_timeout_ms = 100;
    let store = OwnerStore::connect(&config).unwrap();
    let mut conn = store.conn().await.unwrap();
    let slow = diesel::sql_query("SELECT pg_sleep(30)")
        .execute(&mut conn)
        .await;
    let error = StoreError::from(slow.unwrap_err());
    assert!(
        matches!(&error, StoreError::Contended(text) if text.contains("statement timeout")),
        "{error:?}"
    );

    let mut other = world.store.conn().await.unwrap();
    other
        .batch_execute("BEGIN; LOCK TABLE contacts")
        .await
        .unwrap();
    let blocked = diesel::sql_query("SELECT * FROM contacts")
        .execute(&mut conn)
        .await;
    let error = StoreError::from(blocked.unwrap_err());
    assert!(
        matches!(&error, StoreError::Contended(text) if text.contains("lock timeout")),
        "{error:?}"
    );
    other.batch_execute("ROLLBACK").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_is_contention() {
    let world = World::new().await;
    let (ours, theirs) = (world.ours.company.0, world.theirs.company.0);
    let both = async |first: uuid::Uuid, second: uuid::Uuid, meet: &tokio::sync::Barrier| {
        let take = |id| format!("SELECT 1 FROM companies WHERE id = '{id}' FOR UPDATE");
        world
            .store
            .transaction::<_, StoreError, _>(async |conn| {
                conn.batch_execute(&take(first)).await?;
                meet.wait().await;
                conn.batch_execute(&take(second)).await?;
                Ok(())
            })
            .await
    };
    let meet = tokio::sync::Barrier::new(2);
    let (one, two) = futures_util::join!(both(ours, theirs, &meet), both(theirs, ours, &meet));
    let errors: Vec<_> = [one, two].into_iter().filter_map(Result::err).collect();
    assert!(
        matches!(errors.as_slice(), [error @ StoreError::Contended(_)] if error.is_retryable()),
        "{errors:?}"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_says_why_without_the_password() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let url = format!("postgres://wharf:hunter2@127.0.0.1:{port}/wharf");
    let store = OwnerStore::connect(&DatabaseConfig::new(url)).unwrap();
    let error = store.ping().await.unwrap_err();
    assert!(error.is_unavailable());
    let text = format!("{error} {error:?} {store:?}");
    assert!(text.contains("refused"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn a_leftover_is_dropped_with_its_value() {
    let db = TestDatabase::create().await;
    let url = db.url();
    db.store().await.ping().await.unwrap();
    drop(db);
    let store = OwnerStore::connect(&DatabaseConfig::new(url)).unwrap();
    poll::until(
        Duration::from_secs(5),
        "the database to be gone",
        async || store.ping().await.is_err(),
    )
    .await;
}

#[test]
fn a_wrong_configuration_is_refused_by_name() {
    let wrong = |change: fn(&mut DatabaseConfig)| {
        let mut config = DatabaseConfig::new("postgres://u:p@localhost/w");
        assert_eq!(config.validate(), Ok(()));
        change(&mut config);
        config.validate().unwrap_err()
    };
    assert!(wrong(|c| c.pool_size = 0).contains("database.pool_size"));
    assert!(wrong(|c| c.statement_timeout_ms = 0).contains("statement_timeout_ms"));
    assert!(wrong(|c| c.lock_timeout_ms = 20_000).contains("lock_timeout_ms"));
    assert!(wrong(|c| c.connect_timeout_ms = 99_000).contains("connect_timeout_ms"));
    assert!(wrong(|c| c.url = String::new().into()).contains("DATABASE_URL"));
    assert!(wrong(|c| c.url = "postgres://u:p@h".to_owned().into()).contains("no database"));
}
