//! The REST API as Wharf's own client and a plain HTTP client see it.

use std::time::Duration;

use crate::wharf::{TOKEN, Wharf};
use twilio_sim::{
    Sim, SimConfig,
    faults::{CallbackPlan, Fault},
};
use wharf_domain::address::Address;
use wharf_twilio::{
    client::{Client, ListFilter, NewMessage, SendError},
    config::TwilioConfig,
    errors::{Action, ErrorClass},
};

const ANNA: &str = "+15550100001";
const SOON: Duration = Duration::from_secs(10);

pub(crate) fn client(sim: &Sim) -> Client {
    let config: TwilioConfig = serde_json::from_value(serde_json::json!({
        "account_sid": SimConfig::TEST_ACCOUNT,
        "auth_token": TOKEN,
        "from": SimConfig::SANDBOX_NUMBER,
        "api_url": sim.url(),
        "timeout_ms": 500,
    }))
    .unwrap();
    Client::new(&config).unwrap()
}

pub(crate) fn text(body: &str) -> NewMessage {
    let address = |text| Address::parse(text).unwrap();
    NewMessage::text(address(SimConfig::SANDBOX_NUMBER), address(ANNA), body)
}

pub(crate) async fn open_sim() -> (Wharf, Sim) {
    let wharf = Wharf::start().await;
    let sim = wharf.sim("/").await;
    sim.client().set_window(ANNA, Some(0)).await.unwrap();
    (wharf, sim)
}

#[tokio::test]
async fn a_send_is_answered_shown_and_reported_in_order() {
    let (wharf, sim) = open_sim().await;
    let mut message = text("*hi*");
    message.status_callback = Some(format!("{}/status?outbound=It's%20&b=2", wharf.url));
    let sent = client(&sim).send(&message).await.unwrap();
    assert!(sent.request_id.unwrap().starts_with("RQ"));
    let received = wharf.wait_for(3).await;
    let statuses: Vec<_> = received.iter().map(|r| r.field("MessageStatus")).collect();
    assert_eq!(statuses, ["queued", "sent", "delivered"]);
    for callback in &received {
        assert_eq!(callback.verified, Ok(()));
        assert_eq!(callback.path_and_query, "/status?outbound=It's%20&b=2");
        assert_eq!(callback.field("MessageSid"), sent.sid);
    }
    let reply = sim.client().next_reply(ANNA, 0, SOON).await.unwrap();
    assert_eq!(
        (reply.text.as_str(), reply.message_sid.as_deref()),
        ("*hi*", Some(sent.sid.as_str()))
    );
    let fetched = client(&sim).fetch(&sent.sid).await.unwrap();
    assert_eq!(fetched.status.as_deref(), Some("delivered"));
}

#[tokio::test]
async fn callbacks_come_disordered_when_asked() {
    let (wharf, sim) = open_sim().await;
    let plan = CallbackPlan {
        duplicate: true,
        reorder: true,
        ..CallbackPlan::default()
    };
    sim.client().plan_callbacks(plan).await.unwrap();
    let mut message = text("hi");
    message.status_callback = Some(format!("{}/status", wharf.url));
    let sent = client(&sim).send(&message).await.unwrap();
    let received = wharf.wait_for(6).await;
    let statuses: Vec<_> = received
        .iter()
        .map(|r| r.field("MessageStatus").to_owned())
        .collect();
    assert_eq!(
        statuses,
        ["delivered", "delivered", "sent", "sent", "queued", "queued"]
    );
    let fetched = client(&sim).fetch(&sent.sid).await.unwrap();
    assert_eq!(
        fetched.status.as_deref(),
        Some("delivered"),
        "the message itself never goes back"
    );
}

#[tokio::test]
async fn outside_the_window_a_message_fails_later() {
    let (wharf, sim) = open_sim().await;
    sim.client().set_window(ANNA, Some(25)).await.unwrap();
    let mut message = text("hi");
    message.status_callback = Some(format!("{}/status", wharf.url));
    client(&sim).send(&message).await.unwrap();
    let last = wharf.wait_for(3).await[2].clone();
    assert_eq!(
        (last.field("MessageStatus"), last.field("ErrorCode")),
        ("undelivered", "63016")
    );
    sim.client().say(ANNA, "hello").await.unwrap();
    client(&sim).send(&message).await.unwrap();
    assert_eq!(
        wharf.wait_for(7).await[6].field("MessageStatus"),
        "delivered"
    );
}

#[tokio::test]
async fn faults_look_to_the_client_as_they_should() {
    let (_wharf, sim) = open_sim().await;
    let client = client(&sim);
    let cases = [
        (
            Fault::RateLimited {
                retry_after: Some(2),
            },
            Action::Retry,
            0,
        ),
        (Fault::ErrorBeforeAccepting, Action::ReconcileFirst, 0),
        (Fault::ErrorAfterAccepting, Action::ReconcileFirst, 1),
        (Fault::Hang, Action::ReconcileFirst, 0),
        (Fault::HangAfterAccepting, Action::ReconcileFirst, 1),
        (Fault::DropAfterAccepting, Action::ReconcileFirst, 1),
        (
            Fault::Refused {
                status: 400,
                code: 21610,
            },
            Action::Suppress,
            0,
        ),
    ];
    for (fault, action, accepted) in cases {
        sim.client().reset().await.unwrap();
        sim.client().set_window(ANNA, Some(0)).await.unwrap();
        sim.client().fault(fault.clone(), 1).await.unwrap();
        let error = client.send(&text("hi")).await.unwrap_err();
        assert_eq!(error.action(), action, "{fault:?}: {error}");
        let count = sim.client().outbound_count(Some(ANNA)).await.unwrap();
        assert_eq!(count.rest, accepted, "{fault:?}");
        client.send(&text("again")).await.unwrap();
    }
}

#[tokio::test]
async fn a_lost_answer_is_found_by_listing() {
    let (_wharf, sim) = open_sim().await;
    let client = client(&sim);
    sim.client()
        .fault(Fault::DropAfterAccepting, 1)
        .await
        .unwrap();
    client.send(&text("lost")).await.unwrap_err();
    for n in 0..4 {
        client.send(&text(&format!("m{n}"))).await.unwrap();
    }
    sim.client().say(ANNA, "an inbound one").await.unwrap();
    let filter = ListFilter {
        to: Some(Address::parse(ANNA).unwrap()),
        page_size: 2,
        ..ListFilter::default()
    };
    let found = client.list(&filter).await.unwrap();
    let bodies: Vec<_> = found.iter().map(|m| m.body.as_deref().unwrap()).collect();
    assert_eq!(bodies, ["m3", "m2", "m1", "m0", "lost"]);
    let limited = client
        .list(&ListFilter { limit: 3, ..filter })
        .await
        .unwrap();
    assert_eq!(limited.len(), 3);
}

#[tokio::test]
async fn credentials_and_paths_are_checked() {
    let (_wharf, sim) = open_sim().await;
    let wrong: TwilioConfig = serde_json::from_value(serde_json::json!({
        "account_sid": SimConfig::TEST_ACCOUNT, "auth_token": "other", "api_url": sim.url(),
    }))
    .unwrap();
    let error = Client::new(&wrong)
        .unwrap()
        .send(&text("hi"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.class(), error.code()),
        (Some(ErrorClass::Auth), Some(20003))
    );
    let missing = client(&sim)
        .fetch("SM00000000000000000000000000000009")
        .await
        .unwrap_err();
    assert_eq!(missing.code(), Some(20404));
    assert!(matches!(missing, SendError::Refused(_)));
}

/// Posts a form and gives status, code and message.
async fn post(sim: &Sim, form: &[(&str, &str)]) -> String {
    let url = format!(
        "{}/2010-04-01/Accounts/{}/Messages.json",
        sim.url(),
        SimConfig::TEST_ACCOUNT
    );
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http
        .post(url)
        .basic_auth(SimConfig::TEST_ACCOUNT, Some(TOKEN))
        .form(form)
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    let json: serde_json::Value = answer.json().await.unwrap();
    format!(
        "{status} {} {}",
        json["code"],
        json["message"].as_str().unwrap_or("accepted")
    )
}

#[tokio::test]
async fn every_check_has_twilios_code() {
    let (_wharf, sim) = open_sim().await;
    let (to, from) = (
        ("To", "whatsapp:+15550100001"),
        ("From", "whatsapp:+14155238886"),
    );
    let long = "x".repeat(1601);
    let emoji = "🚀".repeat(801);
    let eleven: Vec<_> = [to, from]
        .into_iter()
        .chain([("MediaUrl", "https://w.example/a"); 11])
        .collect();
    let answers = [
        post(&sim, &[from, ("Body", "x")]).await,
        post(&sim, &[to, ("Body", "x")]).await,
        post(&sim, &[("To", "whatsapp:nobody"), from, ("Body", "x")]).await,
        post(&sim, &[("To", "+15550100001"), from, ("Body", "x")]).await,
        post(&sim, &[to, ("From", "+14155238886"), ("Body", "x")]).await,
        post(
            &sim,
            &[
                ("To", "+15550100001"),
                ("From", "+14155238886"),
                ("Body", "x"),
            ],
        )
        .await,
        post(
            &sim,
            &[to, ("From", "whatsapp:+15550109999"), ("Body", "x")],
        )
        .await,
        post(
            &sim,
            &[("To", "whatsapp:+14155238886"), from, ("Body", "x")],
        )
        .await,
        post(&sim, &[to, from]).await,
        post(&sim, &[to, from, ("Body", "")]).await,
        post(&sim, &[to, from, ("Body", &long)]).await,
        post(&sim, &[to, from, ("Body", &emoji)]).await,
        post(&sim, &eleven).await,
        post(&sim, &[to, from, ("ContentSid", "HX1")]).await,
        post(
            &sim,
            &[to, from, ("Body", "x"), ("ContentVariables", "{x}")],
        )
        .await,
        post(
            &sim,
            &[to, from, ("Body", "x"), ("StatusCallback", "/status")],
        )
        .await,
        post(&sim, &[to, from, ("Body", "x"), ("ValidityPeriod", "0")]).await,
        post(&sim, &[to, from, ("Body", "x"), ("ValidityPeriod", "600")]).await,
    ];
    insta::assert_snapshot!(answers.join("\n"));
}

#[tokio::test]
async fn the_json_of_a_message_is_twilios() {
    let wharf = Wharf::start().await;
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    let mut config = SimConfig::for_tests(
        vec![wharf.url.clone()],
        wharf_twilio::signature::AuthToken::new(TOKEN).unwrap(),
    );
    config.clock = std::sync::Arc::new(wharf_domain::clock::ManualClock::at(now));
    let sim = Sim::start(config).await.unwrap();
    let url = format!(
        "{}/2010-04-01/Accounts/{}/Messages.json",
        sim.url(),
        SimConfig::TEST_ACCOUNT
    );
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let form = [
        ("To", "whatsapp:+15550100001"),
        ("From", SimConfig::SANDBOX_NUMBER),
        ("Body", "hi"),
    ];
    let send = http
        .post(&url)
        .basic_auth(SimConfig::TEST_ACCOUNT, Some(TOKEN))
        .form(&form);
    let answer = send.send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let mut message: serde_json::Value = answer.json().await.unwrap();
    let sid = message["sid"].as_str().unwrap().to_owned();
    assert!(wharf_twilio::form::is_sid(&sid, &["SM"]));
    let hide = |value: &mut serde_json::Value| {
        *value = serde_json::from_str(&value.to_string().replace(&sid, "SM…")).unwrap();
    };
    hide(&mut message);
    insta::assert_json_snapshot!("created", message);
    let mut list: serde_json::Value = http
        .get(format!("{url}?To=whatsapp%3A%2B15550100001&PageSize=1"))
        .basic_auth(SimConfig::TEST_ACCOUNT, Some(TOKEN))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    list["messages"] = serde_json::json!(list["messages"].as_array().unwrap().len());
    insta::assert_json_snapshot!("page", list);
}
