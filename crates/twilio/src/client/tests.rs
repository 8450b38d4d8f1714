//! The client against scripted answers over a real socket.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Mutex,
};
use wharf_domain::{address::Address, contracts::DeliveryStatus};

use super::*;
use crate::errors::{Action, ErrorClass};

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const SID: &str = "SM00000000000000000000000000000007";

enum Step {
    /// Answer with this status line and headers, and this body.
    Answer(&'static str, String),
    /// Read the request and close the connection.
    Drop,
    /// Read the request and keep silent.
    Hang,
}

/// A server that answers one request a step; gives its URL and the requests it read.
async fn server(steps: Vec<Step>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&requests);
    tokio::spawn(async move {
        let mut silent = Vec::new();
        for step in steps {
            let (mut socket, _) = listener.accept().await.unwrap();
            seen.lock().await.push(read_request(&mut socket).await);
            match step {
                Step::Answer(head, body) => {
                    let answer = format!(
                        "HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                        body.len()
                    );
                    socket.write_all(answer.as_bytes()).await.unwrap();
                }
                Step::Drop => drop(socket),
                Step::Hang => silent.push(socket),
            }
        }
        std::future::pending::<()>().await;
    });
    (url, requests)
}

async fn read_request(socket: &mut tokio::net::TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let n = socket.read(&mut chunk).await.unwrap();
        bytes.extend_from_slice(&chunk[..n]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_lowercase()
                        .strip_prefix("content-length: ")?
                        .parse()
                        .ok()
                })
                .unwrap_or(0usize);
            if body.len() >= length || n == 0 {
                return text;
            }
        }
    }
}

fn client(url: &str, more: serde_json::Value) -> Client {
    let mut settings = serde_json::json!({
        "account_sid": ACCOUNT,
        "auth_token": "test-auth-token",
        "from": "whatsapp:+15550109999",
        "api_url": url,
        "timeout_ms": 400,
    });
    settings
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    Client::new(&serde_json::from_value(settings).unwrap()).unwrap()
}

fn message(body: &str) -> NewMessage {
    let address = |text| Address::parse(text).unwrap();
    NewMessage::text(address("+15550109999"), address("+15550100001"), body)
}

fn created() -> String {
    format!(
        r#"{{"sid":"{SID}","status":"queued","num_segments":"1","num_media":"0","error_code":null,"price":null,"to":"whatsapp:+15550100001","body":"hi","date_sent":null}}"#
    )
}

async fn failure(step: Step) -> SendError {
    let (url, _) = server(vec![step]).await;
    client(&url, serde_json::json!({}))
        .send(&message("hi"))
        .await
        .unwrap_err()
}

fn answer(head: &'static str, body: &str) -> Step {
    Step::Answer(head, body.to_owned())
}

#[tokio::test]
async fn sends_a_form_with_both_prefixes_and_reads_the_sid() {
    let (url, requests) = server(vec![Step::Answer(
        "201 Created\r\nTwilio-Request-Id: RQ1",
        created(),
    )])
    .await;
    let mut text = message("*hi* ✅ & so");
    text.status_callback = Some("https://w.example/status?outbound=1".into());
    text.content_variables = Some(serde_json::json!({"1": "x"}));
    text.media_urls = vec!["https://w.example/a".into(), "https://w.example/b".into()];
    text.validity_period_s = Some(600);
    let sent = client(&url, serde_json::json!({}))
        .send(&text)
        .await
        .unwrap();
    assert_eq!(sent.sid, SID);
    assert_eq!(sent.status, Some(DeliveryStatus::Queued));
    assert_eq!(
        (sent.num_segments, sent.request_id.as_deref()),
        (Some(1), Some("RQ1"))
    );
    let request = requests.lock().await[0].clone();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with(&format!(
        "POST /2010-04-01/Accounts/{ACCOUNT}/Messages.json HTTP/1.1"
    )));
    // AC…1:test-auth-token
    assert!(head.contains(
        "authorization: Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTp0ZXN0LWF1dGgtdG9rZW4="
    ));
    assert!(head.contains("content-type: application/x-www-form-urlencoded"));
    insta::assert_snapshot!(body);
}

#[tokio::test]
async fn an_api_key_replaces_the_token_but_not_the_path() {
    let (url, requests) = server(vec![Step::Answer("201 Created", created())]).await;
    let key = serde_json::json!({"api_key_sid": "SK00000000000000000000000000000001", "api_key_secret": "s3"});
    client(&url, key).send(&message("hi")).await.unwrap();
    let request = requests.lock().await[0].clone();
    assert!(request.contains(ACCOUNT));
    assert!(
        request
            .contains("authorization: Basic U0swMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTpzMw==")
    );
}

#[tokio::test]
async fn errors_are_read_in_all_three_shapes() {
    let shapes = [
        r#"{"code":21211,"message":"The 'To' number whatsapp:+15550100001 is not valid.","more_info":"https://www.twilio.com/docs/errors/21211","status":400}"#,
        r#"{"code":21211,"message":"Invalid","httpStatusCode":400,"params":{},"userError":true}"#,
        r#"{"type":"https://x","title":"Invalid","status":400,"code":"21211","detail":"Invalid","instance":"/","errors":[]}"#,
    ];
    for shape in shapes {
        let error = failure(answer("400 Bad Request", shape)).await;
        let SendError::Refused(refused) = &error else {
            panic!("{error:?}")
        };
        assert_eq!(
            (refused.code, refused.class),
            (Some(21211), ErrorClass::Recipient),
            "{shape}"
        );
        assert!(!error.to_string().contains("15550100001"), "{error}");
        assert_eq!(error.action(), Action::Never);
    }
}

#[tokio::test]
async fn what_a_status_proves() {
    let coded = |code| format!(r#"{{"code":{code},"message":"m","status":0}}"#);
    let cases = [
        ("401 Unauthorized", coded(20003), ErrorClass::Auth),
        ("401 Unauthorized", "<html>".into(), ErrorClass::Auth),
        (
            "429 Too Many Requests",
            coded(20429),
            ErrorClass::RateLimited,
        ),
        ("429 Too Many Requests", coded(63038), ErrorClass::DailyCap),
        (
            "429 Too Many Requests",
            "slow down".into(),
            ErrorClass::UnknownOutcome,
        ),
        ("400 Bad Request", coded(63016), ErrorClass::Window),
        ("400 Bad Request", coded(21610), ErrorClass::OptedOut),
        ("400 Bad Request", coded(99999), ErrorClass::Unlisted),
        ("400 Bad Request", "?".into(), ErrorClass::BadRequest),
        (
            "500 Internal Server Error",
            coded(20500),
            ErrorClass::UnknownOutcome,
        ),
        (
            "500 Internal Server Error",
            coded(21211),
            ErrorClass::UnknownOutcome,
        ),
        (
            "502 Bad Gateway",
            "<html>".into(),
            ErrorClass::UnknownOutcome,
        ),
        (
            "503 Service Unavailable",
            coded(20503),
            ErrorClass::UnknownOutcome,
        ),
        (
            "301 Moved Permanently\r\nLocation: /x",
            String::new(),
            ErrorClass::UnknownOutcome,
        ),
        ("201 Created", "no json".into(), ErrorClass::UnknownOutcome),
        (
            "201 Created",
            r#"{"sid":null}"#.into(),
            ErrorClass::UnknownOutcome,
        ),
    ];
    for (head, body, class) in cases {
        let error = failure(answer(head, &body)).await;
        assert_eq!(error.class(), Some(class), "{head} {body}");
    }
}

#[tokio::test]
async fn retry_after_is_honoured_and_bounded() {
    let busy = r#"{"code":20429,"message":"m"}"#;
    let wait = |error: SendError| error.retry_after();
    let seconds = Duration::from_secs;
    assert_eq!(
        wait(failure(answer("429 X\r\nRetry-After: 3", busy)).await),
        Some(seconds(3))
    );
    assert_eq!(
        wait(failure(answer("429 X\r\nRetry-After: 999999", busy)).await),
        Some(MAX_RETRY_AFTER)
    );
    assert_eq!(
        wait(failure(answer("429 X\r\nRetry-After: soon", busy)).await),
        None
    );
    assert_eq!(
        wait(failure(answer("503 X\r\nRetry-After: 2", "")).await),
        Some(seconds(2))
    );
}

#[tokio::test]
async fn a_refused_connection_is_not_sent_and_a_lost_answer_is_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let refused = client(&url, serde_json::json!({}))
        .send(&message("hi"))
        .await
        .unwrap_err();
    assert!(matches!(refused, SendError::NotSent(_)), "{refused:?}");
    assert_eq!(refused.action(), Action::Retry);

    for step in [Step::Drop, Step::Hang] {
        let lost = failure(step).await;
        assert!(
            matches!(lost, SendError::Unknown { status: None, .. }),
            "{lost:?}"
        );
        assert_eq!(lost.action(), Action::ReconcileFirst);
        assert!(!lost.to_string().contains(ACCOUNT));
    }
}

#[tokio::test]
async fn what_twilio_would_refuse_is_not_sent() {
    let client = client("http://127.0.0.1:9", serde_json::json!({}));
    for body in ["", &"a".repeat(1601), &"🚀".repeat(801)] {
        let error = client.send(&message(body)).await.unwrap_err();
        assert!(matches!(error, SendError::Invalid(_)), "{error:?}");
        assert_eq!(error.action(), Action::Never);
    }
    assert!(message(&"🚀".repeat(800)).to_form().is_ok());
}

#[tokio::test]
async fn lists_over_pages_and_stays_on_its_host() {
    let page = |sid: &str, next: &str| {
        answer(
            "200 OK",
            &format!(
                r#"{{"messages":[{{"sid":"{sid}","status":"brand-new"}}],"next_page_uri":{next}}}"#
            ),
        )
    };
    let (url, requests) = server(vec![
        page(
            "SM1",
            r#""/2010-04-01/Accounts/AC1/Messages.json?Page=1&PageToken=PT""#,
        ),
        page("SM2", r#""https://evil.example/x""#),
    ])
    .await;
    let filter = ListFilter {
        to: Some(Address::parse("+15550100001").unwrap()),
        from: Some(Address::parse("+15550109999").unwrap()),
        sent_since: chrono::NaiveDate::from_ymd_opt(2026, 11, 22),
        page_size: 100,
        limit: 0,
    };
    let messages = client(&url, serde_json::json!({}))
        .list(&filter)
        .await
        .unwrap();
    let sids: Vec<_> = messages.iter().map(|m| m.sid.as_deref().unwrap()).collect();
    assert_eq!(sids, ["SM1", "SM2"]);
    assert_eq!(messages[0].delivery_status(), None);
    let lines: Vec<String> = requests
        .lock()
        .await
        .iter()
        .map(|r| r.lines().next().unwrap().to_owned())
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[tokio::test]
async fn fetches_one_message() {
    let (url, requests) = server(vec![
        answer("200 OK", &created()),
        answer("404 Not Found", r#"{"code":20404,"message":"m"}"#),
    ])
    .await;
    let client = client(&url, serde_json::json!({}));
    assert_eq!(client.fetch(SID).await.unwrap().body.as_deref(), Some("hi"));
    assert!(requests.lock().await[0].starts_with(&format!(
        "GET /2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}.json"
    )));
    assert_eq!(
        client.fetch(SID).await.unwrap_err().class(),
        Some(ErrorClass::Config)
    );
}
