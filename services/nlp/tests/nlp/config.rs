//! The configuration: defaults and a minimal environment are enough, wrong values are refused by
//! name.

use wharf_nlp::Config;
use wharf_runtime::{config, service::ServiceConfig};

const MINIMAL: [(&str, &str); 2] = [
    ("AMQP_URL", "amqp://guest:s3cret@127.0.0.1:5672/%2f"),
    ("DATABASE_URL", "postgres://wharf:s3cret@127.0.0.1/wharf"),
];

fn load(changes: &[(&str, &str)]) -> Result<Config, String> {
    let environment = MINIMAL.iter().chain(changes);
    let owned = environment.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    config::load(Config::DEFAULTS, owned).map_err(|error| error.to_string())
}

#[test]
fn two_urls_are_enough() {
    let config = load(&[]).unwrap();
    assert_eq!(config.broker.namespace, "wharf");
    assert_eq!(config.admin.bind, "127.0.0.1:9081");
    assert!(!format!("{config:?}").contains("s3cret"));
}

#[test]
fn numbers_come_from_the_environment_as_texts() {
    let config = load(&[
        ("WHARF__WORKER__CONCURRENCY", "3"),
        ("WHARF__UNDERSTANDING__CATALOGUE_TTL_S", "0"),
        ("WHARF__UNDERSTANDING__THRESHOLDS__ACCEPT_CHANGE", "0.95"),
        ("WHARF__BROKER__NLP_SHARDS", "4"),
        ("WHARF__DATABASE__POOL_SIZE", "2"),
    ])
    .unwrap();
    assert_eq!(config.worker.concurrency, 3);
    assert_eq!(
        config.understanding.catalogue_ttl(),
        chrono::TimeDelta::zero()
    );
    assert!((config.understanding.thresholds.accept_change - 0.95).abs() < 1e-6);
    assert_eq!(config.broker.nlp_shards, 4);
    assert_eq!(config.database.pool_size, 2);
}

#[test]
fn a_wrong_value_is_refused_with_its_key_and_without_secrets() {
    let refusals = [
        ("AMQP_URL", ""),
        ("AMQP_URL", "http://guest:s3cret@127.0.0.1"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://wharf:s3cret@127.0.0.1/wharf"),
        ("WHARF__WORKER__CONCURRENCY", "0"),
        ("WHARF__WORKER__CONCURRENCY", "many"),
        ("WHARF__WORKER__MAX_ATTEMPTS", "11"),
        ("WHARF__UNDERSTANDING__CATALOGUE_TTL_S", "3601"),
        ("WHARF__UNDERSTANDING__THRESHOLDS__ACCEPT", "1.5"),
        ("WHARF__UNDERSTANDING__THRESHOLDS__ACEPT", "0.5"),
        ("WHARF__DIALOGUE__QUESTION_MINUTES", "0"),
        ("WHARF__DIALOGUE__UNDO_MINUTES", "1441"),
        ("WHARF__ADMIN__BIND", "here"),
        ("WHARF__BROKER__NAMESPACE", "No Spaces"),
        ("WHARF__BROKER__NLP_SHARDS", "0"),
        ("WHARF__BROKER__NLP_SHARD", "2"),
        ("WHARF__DATABASE__POOL_SIZE", "0"),
        ("WHARF__LOG__FILTER", "=="),
        ("WHARF__LOG__FORMAT", "xml"),
    ];
    let told = refusals.map(|change| {
        let told = load(&[change]).map_or_else(|error| error, |_| "accepted".to_owned());
        assert!(!told.contains("s3cret") && !told.contains('\n'), "{told:?}");
        format!("{}={}: {told}", change.0, change.1)
    });
    insta::assert_snapshot!(told.join("\n"));
}
