//! Files of inbound messages: who gets them, and what goes wrong.

use std::time::Duration;

use twilio_sim::{
    SimConfig,
    hosted::{FileFault, FileRequests, HostedFile},
};

use crate::{rest, wharf::TOKEN};

#[tokio::test]
async fn a_file_is_for_the_account_alone_and_its_faults_are_as_told() {
    let (_wharf, sim) = rest::open_sim().await;
    let http = wharf_runtime::http::client(Duration::from_secs(10)).unwrap();
    let file = |fault| HostedFile {
        content_type: "image/png".to_owned(),
        begins: b"\x89PNG".to_vec(),
        size: 100_000,
        fault,
    };
    let get = async |url: &str, token: &str| {
        let request = http
            .get(url)
            .basic_auth(SimConfig::TEST_ACCOUNT, Some(token));
        request.send().await.unwrap()
    };
    let token = TOKEN;
    let plain = sim.client().host(&file(FileFault::None)).await.unwrap();
    assert_eq!(http.get(&plain).send().await.unwrap().status(), 401);
    assert_eq!(get(&plain, "wrong").await.status(), 401);
    let answer = get(&plain, token).await;
    assert_eq!(answer.headers()["content-type"], "image/png");
    let bytes = answer.bytes().await.unwrap();
    assert_eq!((bytes.len(), &bytes[..4]), (100_000, &b"\x89PNG"[..]));

    let host = "localhost".to_owned();
    let moved = sim
        .client()
        .host(&file(FileFault::Redirect { host }))
        .await
        .unwrap();
    let answer = get(&moved, token).await;
    assert_eq!(answer.status(), 307);
    let content = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(content.starts_with("http://localhost:"), "{content}");
    assert_eq!(
        http.get(&content)
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap()
            .len(),
        100_000
    );
    get(&content, token).await;

    let late = FileFault::Unavailable { times: 1 };
    let late = sim.client().host(&file(late)).await.unwrap();
    assert_eq!(get(&late, token).await.status(), 503);
    assert_eq!(get(&late, token).await.status(), 200);
    let slow = FileFault::Slow { delay_ms: 5 };
    let slow = sim.client().host(&file(slow)).await.unwrap();
    let answer = get(&slow, token).await;
    assert_eq!(answer.content_length(), None);
    assert_eq!(answer.bytes().await.unwrap().len(), 100_000);
    let gone = sim.client().host(&file(FileFault::Gone)).await.unwrap();
    assert_eq!(get(&gone, token).await.status(), 404);
    let expected = FileRequests {
        authorized: 6,
        refused: 2,
        content: 2,
        leaked: 1,
    };
    assert_eq!(sim.client().file_requests().await.unwrap(), expected);
}
