//! The configuration: defaults and a minimal environment are enough, wrong values are refused by
//! name.

use wharf_agent_executor::Config;
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
    assert_eq!(config.admin.bind, "127.0.0.1:9082");
    assert!(!format!("{config:?}").contains("s3cret"));
}

#[test]
fn a_wrong_value_is_refused_with_its_key_and_without_secrets() {
    let refusals = [
        ("AMQP_URL", ""),
        ("DATABASE_URL", ""),
        ("WHARF__WORKER__CONCURRENCY", "257"),
        ("WHARF__WORKER__MAX_ATTEMPTS", "0"),
        ("WHARF__EXECUTION__LEASE_S", "9"),
        ("WHARF__EXECUTION__LEASE_S", "61"),
        ("WHARF__EXECUTION__LEASE_S", "long"),
        ("WHARF__EXECUTION__SOFT_DEADLINE_S", "0"),
        ("WHARF__EXECUTION__HARD_DEADLINE_S", "10"),
        ("WHARF__CIRCUIT__FAILURES", "0"),
        ("WHARF__CIRCUIT__CLOSED_S", "86401"),
        ("WHARF__SWEEP__INTERVAL_S", "0"),
        ("WHARF__SWEEP__LOST_AFTER_S", "29"),
        ("WHARF__EXTERNAL__MAX_ATTEMPTS", "11"),
        ("WHARF__EXTERNAL__TIMEOUT_MS", "0"),
        ("WHARF__CALLBACKS__SIGNING_KEY", "s3cret"),
        ("WHARF__MEDIA__URL", "media"),
        ("WHARF__ADMIN__BIND", "9082"),
        ("WHARF__BROKER__DELIVERY_LIMIT", "0"),
        ("WHARF__DATABASE__LOCK_TIMEOUT_MS", "20000"),
        ("WHARF__LOG__FILTER", "=="),
    ];
    let told = refusals.map(|change| {
        let told = load(&[change]).map_or_else(|error| error, |_| "accepted".to_owned());
        assert!(!told.contains("s3cret") && !told.contains('\n'), "{told:?}");
        format!("{}={}: {told}", change.0, change.1)
    });
    insta::assert_snapshot!(told.join("\n"));
}
