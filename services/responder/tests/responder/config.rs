//! The configuration: defaults and a minimal environment are enough, wrong values are refused by
//! name.

use wharf_responder::Config;
use wharf_runtime::{config, service::ServiceConfig};

const MINIMAL: [(&str, &str); 4] = [
    ("AMQP_URL", "amqp://guest:s3cret@127.0.0.1:5672/%2f"),
    ("DATABASE_URL", "postgres://wharf:s3cret@127.0.0.1/wharf"),
    ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001"),
    ("TWILIO_AUTH_TOKEN", "s3cret"),
];

fn load(changes: &[(&str, &str)]) -> Result<Config, String> {
    let environment = MINIMAL.iter().chain(changes);
    let owned = environment.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    config::load(Config::DEFAULTS, owned).map_err(|error| error.to_string())
}

#[test]
fn the_urls_and_the_account_are_enough() {
    let config = load(&[]).unwrap();
    assert_eq!(config.twilio.api_url, "https://api.twilio.com");
    assert_eq!(config.worker.max_attempts, 8);
    assert_eq!(config.twilio.status_callback_url, None);
    assert!(!format!("{config:?}").contains("s3cret"));
}

#[test]
fn a_wrong_value_is_refused_with_its_key_and_without_secrets() {
    let refusals = [
        ("AMQP_URL", ""),
        ("DATABASE_URL", ""),
        ("TWILIO_ACCOUNT_SID", ""),
        ("TWILIO_ACCOUNT_SID", "AC1"),
        ("TWILIO_AUTH_TOKEN", ""),
        ("WHARF__TWILIO__API_URL", "api.twilio.com"),
        ("WHARF__TWILIO__FROM", "+14155238886"),
        ("WHARF__TWILIO__TIMEOUT_MS", "1"),
        ("WHARF__DELIVERY__VALIDITY_S", "0"),
        ("WHARF__DELIVERY__VALIDITY_S", "36001"),
        ("WHARF__TWILIO__STATUS_CALLBACK_URL", "wharf.example/status"),
        (
            "WHARF__TWILIO__STATUS_CALLBACK_URL",
            "httpx://wharf.example/status",
        ),
        ("WHARF__WORKER__CONCURRENCY", "0"),
        ("WHARF__MEDIA__URL", "media"),
        ("WHARF__MEDIA__SIGNING_KEY", "s3cret"),
        (
            "WHARF__MEDIA__SIGNING_KEY",
            "s3cret that is long enough, without public_url",
        ),
        ("WHARF__MEDIA__LINK_LIFETIME_S", "0"),
        ("WHARF__MAIL__HOST", "mail.example"),
        ("WHARF__MAIL__TLS", "some"),
        ("WHARF__MAIL__TIMEOUT_MS", "0"),
        ("WHARF__ADMIN__BIND", ""),
    ];
    let told = refusals.map(|change| {
        let told = load(&[change]).map_or_else(|error| error, |_| "accepted".to_owned());
        assert!(!told.contains("s3cret") && !told.contains('\n'), "{told:?}");
        format!("{}={}: {told}", change.0, change.1)
    });
    insta::assert_snapshot!(told.join("\n"));
}
