//! The topology on a real server: it takes every argument, and says what it does not take.

use wharf_testkit::broker::TestBroker;

#[tokio::test]
async fn declaring_again_changes_nothing() {
    let test = TestBroker::create().await;
    let admin = test.admin().await;
    admin.declare().await.unwrap();
    let depths = admin.depths().await.unwrap();
    assert_eq!(
        depths.len(),
        test.broker().topology().declared_queues().len()
    );
    assert!(
        depths.iter().all(|depth| depth.ready == Some(0)),
        "{depths:?}"
    );
    admin.delete_namespace().await.unwrap();
    let depths = admin.depths().await.unwrap();
    assert!(
        depths.iter().all(|depth| depth.ready.is_none()),
        "{depths:?}"
    );
}

#[tokio::test]
async fn other_arguments_are_explained() {
    let test = TestBroker::create().await;
    let mut config = test.config().clone();
    config.delivery_limit += 1;
    let admin = wharf_broker::Admin::connect(&config.validate().unwrap())
        .await
        .unwrap();
    let refusal = admin.declare().await.unwrap_err().to_string();
    assert!(
        refusal.contains("nlp.s0") && refusal.contains("other arguments"),
        "{refusal}"
    );
}

#[tokio::test]
async fn a_wrong_password_is_told_without_it() {
    let test = TestBroker::create().await;
    let mut config = test.config().clone();
    let wrong = format!("amqp://guest:hunter2@{}/%2f", test.address());
    config.url = wrong.into();
    let refusal = wharf_broker::Admin::connect(&config.validate().unwrap())
        .await
        .err()
        .unwrap();
    let text = format!("{refusal} {refusal:?}");
    assert!(
        text.contains("ACCESS") && !text.contains("hunter2"),
        "{text}"
    );
}
