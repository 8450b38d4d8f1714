//! Files by signed link: what comes with them, and what leads nowhere.
#![expect(clippy::unwrap_used, reason = "the helpers of a test are a test too")]

mod files;
#[expect(
    dead_code,
    reason = "shared with webhooks.rs, which uses the rest of it"
)]
mod support;

use std::time::Duration;

use files::{Files, key};
use reqwest::{Method, Response};
use support::TestIngress;
use tempfile::TempDir;
use twilio_sim::{Sim, SimConfig};
use wharf_domain::address::Address;
use wharf_testkit::poll;
use wharf_twilio::{
    client::{Client, NewMessage},
    signature::AuthToken,
};

const DEADLINE: Duration = Duration::from_secs(20);

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

async fn get(ingress: &TestIngress, path: &str) -> (u16, String) {
    let answer = ingress.request(Method::GET, path).await;
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn count(ingress: &TestIngress, outcome: &str) -> u64 {
    let line = format!("wharf_downloads_total{{outcome=\"{outcome}\"}} ");
    let text = ingress.metrics().await;
    text.lines()
        .find_map(|known| known.strip_prefix(&line))
        .map_or(0, |value| value.parse().unwrap())
}

#[tokio::test]
async fn a_file_comes_with_its_type_size_and_name() {
    let folder = TempDir::new().unwrap();
    let files = Files::in_folder(&folder);
    let ingress = files.ingress().await;
    let bytes: &[u8] = &[7; 300_000];
    let key = files
        .put(1, "inventory-2026-11-22.pdf", bytes.to_vec().leak())
        .await;
    for method in [Method::GET, Method::HEAD] {
        let answer = ingress.request(method.clone(), &files.link(&key)).await;
        assert_eq!(answer.status(), 200);
        for (name, value) in [
            ("content-type", "application/pdf"),
            ("content-length", "300000"),
            (
                "content-disposition",
                "attachment; filename=\"inventory-2026-11-22.pdf\"",
            ),
            ("cache-control", "private, max-age=0"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(header(&answer, name), value, "{method}");
        }
        let body = answer.bytes().await.unwrap();
        assert_eq!(body, if method == Method::GET { bytes } else { &[] });
    }
    assert_eq!(count(&ingress, "served").await, 2);
}

#[tokio::test]
async fn what_is_wrong_missing_or_taken_back_is_the_same_to_a_stranger() {
    let folder = TempDir::new().unwrap();
    let files = Files::in_folder(&folder);
    let ingress = files.ingress().await;
    let good = files.put(1, "a.pdf", b"a").await;
    let gone = files.put(2, "a.pdf", b"a").await;
    files.store.revoke(&gone).await.unwrap();
    let forged = files.link_with(&good, "another key that is long enough for it");
    let no_file = (404, "There is no such file.\n".to_owned());
    for (path, outcome) in [
        (files.link(&good).replace("a.pdf", "b.pdf"), "bad_signature"),
        (forged, "bad_signature"),
        (files.link(&good).replace(".pdf", "%2epdf"), "malformed"),
        (files.link(&key(3, "a.pdf")), "missing"),
        (files.link(&gone), "revoked"),
    ] {
        let before = count(&ingress, outcome).await;
        assert_eq!(get(&ingress, &path).await, no_file, "{path}");
        assert_eq!(count(&ingress, outcome).await, before + 1, "{path}");
    }
    // No listing, no other way in.
    let object = format!("/media/{good}");
    for path in [
        "/media",
        "/media/",
        "/media/../media/",
        &object,
        "/media/a/../../Cargo.toml",
    ] {
        assert_eq!(get(&ingress, path).await.0, 404, "{path}");
    }
    assert_eq!(
        get(&ingress, &files.link(&good)).await,
        (200, "a".to_owned())
    );
    let (status, words) = get(&ingress, &files.old_link(&good)).await;
    assert_eq!(status, 410);
    assert!(words.contains("expired"), "{words}");
}

#[tokio::test]
async fn the_previous_key_holds_while_it_is_configured() {
    let folder = TempDir::new().unwrap();
    let files = Files::in_folder(&folder);
    let key = files.put(1, "a.pdf", b"a").await;
    let old = files.link(&key);
    let new_key = (
        "WHARF__MEDIA__SIGNING_KEY",
        "the key that comes after it, just as long",
    );
    let previous = ("WHARF__MEDIA__PREVIOUS_SIGNING_KEY", files::SIGNING_KEY);
    let during = files.ingress_with(&[new_key, previous]).await;
    assert_eq!(get(&during, &old).await.0, 200);
    assert_eq!(get(&during, &files.link_with(&key, new_key.1)).await.0, 200);
    let after = files.ingress_with(&[new_key]).await;
    assert_eq!(get(&after, &old).await.0, 404);
}

#[tokio::test]
async fn without_a_signing_key_every_link_leads_nowhere() {
    let folder = TempDir::new().unwrap();
    let files = Files::in_folder(&folder);
    let key = files.put(1, "a.pdf", b"a").await;
    let ingress = files
        .ingress_with(&[("WHARF__MEDIA__SIGNING_KEY", "")])
        .await;
    assert_eq!(get(&ingress, &files.link(&key)).await.0, 404);
    assert_eq!(count(&ingress, "off").await, 1);
}

#[tokio::test]
async fn more_downloads_than_allowed_are_asked_to_come_again() {
    let folder = TempDir::new().unwrap();
    let files = Files::in_folder(&folder);
    let ingress = files
        .ingress_with(&[("WHARF__DOWNLOADS__AT_ONCE", "1")])
        .await;
    // More than sockets hold, so that it stays under way while nobody reads on.
    let large = files.put(1, "large.pdf", vec![1; 64_000_000].leak()).await;
    let small = files.put(2, "small.pdf", b"small").await;
    let slow = ingress.request(Method::GET, &files.link(&large)).await;
    let refused = ingress.request(Method::GET, &files.link(&small)).await;
    assert_eq!(refused.status(), 503);
    assert_eq!(header(&refused, "retry-after"), "5");
    // A reader that goes away makes room.
    drop(slow);
    poll::until(DEADLINE, "room for another download", async || {
        get(&ingress, &files.link(&small)).await.0 == 200
    })
    .await;
}

#[tokio::test]
async fn a_reader_that_takes_too_long_is_cut_off() {
    let folder = TempDir::new().unwrap();
    let files = Files::in_folder(&folder);
    let changes = [
        ("WHARF__DOWNLOADS__LIMIT_S", "1"),
        ("WHARF__DOWNLOADS__AT_ONCE", "1"),
    ];
    let ingress = files.ingress_with(&changes).await;
    let large = files.put(1, "large.pdf", vec![1; 64_000_000].leak()).await;
    let small = files.put(2, "small.pdf", b"small").await;
    let slow = ingress.request(Method::GET, &files.link(&large)).await;
    assert_eq!(slow.status(), 200);
    poll::until(DEADLINE, "the slow download over", async || {
        get(&ingress, &files.link(&small)).await.0 == 200
    })
    .await;
    assert!(
        slow.bytes().await.is_err(),
        "a file cut short must not look whole"
    );
}

#[tokio::test]
async fn twilio_fetches_a_file_by_its_link() {
    const ANNA: &str = "+15550100001";
    let folder = TempDir::new().unwrap();
    let files = Files::in_folder(&folder);
    let ingress = files.ingress().await;
    let key = files.put(1, "inventory.xlsx", &[1; 20_000]).await;
    let token = AuthToken::new("test-auth-token").unwrap();
    let sim = Sim::start(SimConfig::for_tests(Vec::new(), token))
        .await
        .unwrap();
    sim.client().set_window(ANNA, Some(0)).await.unwrap();
    let config = serde_json::json!({
        "account_sid": SimConfig::TEST_ACCOUNT,
        "auth_token": "test-auth-token",
        "from": SimConfig::SANDBOX_NUMBER,
        "api_url": sim.url(),
        "timeout_ms": 5000,
    });
    let twilio = Client::new(&serde_json::from_value(config).unwrap()).unwrap();
    let address = |text| Address::parse(text).unwrap();
    let mut message = NewMessage::text(address(SimConfig::SANDBOX_NUMBER), address(ANNA), "");
    message.media_urls.push(ingress.url_of(&files.link(&key)));
    twilio.send(&message).await.unwrap();
    let file = poll::until_some(DEADLINE, "the file on the phone", async || {
        let lines = sim
            .client()
            .transcript(Some(ANNA), 0, Duration::ZERO)
            .await
            .unwrap();
        lines.into_iter().find_map(|mut line| line.files.pop())
    })
    .await;
    assert_eq!(file.file_name.as_deref(), Some("inventory.xlsx"));
    assert_eq!(
        (file.content_type.as_str(), file.size),
        (key.kind().content_type(), 20_000)
    );
}
