//! Content templates, taps on them, and the typing indicator.

use std::time::Duration;

use serde_json::json;
use twilio_sim::{Kind, SimClient, SimConfig};
use wharf_twilio::client::{NewMessage, SendError};

use crate::{
    rest::{client, open_sim, text},
    wharf::TOKEN,
};

const ANNA: &str = "+15550100001";
const CREDENTIALS: (&str, &str) = (SimConfig::TEST_ACCOUNT, TOKEN);

fn of_content(sid: &str, variables: serde_json::Value) -> NewMessage {
    let mut message = text("");
    message.content_sid = Some(sid.to_owned());
    message.content_variables = Some(variables);
    message
}

async fn buttons(sim: &SimClient) -> String {
    let types = json!({"twilio/quick-reply": {"body": "Shall I {{1}}?", "actions": [
        {"title": "Yes", "id": "yes"}, {"title": "No", "id": "no"},
    ]}});
    sim.make_content(CREDENTIALS, types).await.unwrap()
}

async fn list(sim: &SimClient) -> String {
    let types = json!({"twilio/list-picker": {"body": "Which?", "button": "Choose", "items": [
        {"item": "{{1}}", "id": "1", "description": "the first"},
    ]}});
    sim.make_content(CREDENTIALS, types).await.unwrap()
}

#[tokio::test]
async fn a_tap_says_its_title_and_id_and_which_message_it_belongs_to() {
    let (wharf, sim) = open_sim().await;
    let (rest, sim) = (client(&sim), sim.client().clone());
    let message = of_content(&buttons(&sim).await, json!({"1": "go on"}));
    let sent = rest.send(&message).await.unwrap();
    let shown = sim.next_reply(ANNA, 0, Duration::from_secs(10)).await;
    let shown = shown.unwrap();
    assert_eq!(
        (shown.text.as_str(), shown.taps.len()),
        ("Shall I go on?", 2)
    );
    sim.tap(ANNA, "yes").await.unwrap();
    let message = of_content(&list(&sim).await, json!({"1": "1. Red"}));
    rest.send(&message).await.unwrap();
    sim.tap(ANNA, "1").await.unwrap();
    let received = wharf.received();
    let fields = |n: usize, names: &[&str]| {
        names
            .iter()
            .map(|name| received[n].field(name).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        fields(0, &["Body", "ButtonText", "ButtonPayload", "MessageType"]),
        ["Yes", "Yes", "yes", "button"]
    );
    assert_eq!(fields(0, &["OriginalRepliedMessageSid"]), [sent.sid]);
    assert_eq!(
        fields(1, &["Body", "ListId", "ListTitle", "ListDescription"]),
        ["1. Red", "1", "1. Red", "the first"]
    );
    assert!(sim.tap(ANNA, "2").await.is_err(), "there is no such line");
}

#[tokio::test]
async fn variables_and_limits_are_twilios() {
    let (wharf, sim) = open_sim().await;
    let rest = client(&sim);
    let (quick, list) = (buttons(sim.client()).await, list(sim.client()).await);
    let code = |error: SendError| error.code();
    for wrong in [
        json!({}),
        json!({"1": ""}),
        json!({"1": null}),
        json!({"1": "a\nb"}),
        json!({"1": "a\tb"}),
        json!({"1": "a     b"}),
    ] {
        let message = of_content(&quick, wrong.clone());
        let refused = rest.send(&message).await.unwrap_err();
        assert_eq!(code(refused), Some(21656), "{wrong}");
    }
    let status = format!("{}/status", wharf.url);
    let late = async |mut message: NewMessage| {
        message.status_callback = Some(status.clone());
        let before = wharf.received().len();
        rest.send(&message).await.unwrap();
        let received = wharf.wait_for(before + 3).await;
        received[before + 2].field("ErrorCode").to_owned()
    };
    let title = |title: &str| of_content(&list, json!({"1": title}));
    assert_eq!(late(title(&"a".repeat(24))).await, "");
    assert_eq!(late(title(&"a".repeat(25))).await, "63013");
    let body = |length| of_content(&quick, json!({"1": "a".repeat(length)}));
    assert_eq!(late(body(1_015)).await, "");
    assert_eq!(late(body(1_016)).await, "63013");
    // A list goes to nobody outside the window.
    sim.client().set_window(ANNA, Some(25)).await.unwrap();
    assert_eq!(late(title("a")).await, "63016");
}

#[tokio::test]
async fn typing_is_shown_for_a_message_that_the_contact_wrote() {
    let (_wharf, sim) = open_sim().await;
    let rest = client(&sim);
    let written = sim.client().say(ANNA, "stock").await.unwrap();
    rest.typing(&written.message_sid).await.unwrap();
    let lines = sim.client().transcript(Some(ANNA), 0, Duration::ZERO).await;
    let last = lines.unwrap().pop().unwrap();
    assert_eq!(last.kind, Kind::Typing);
    assert_eq!(last.message_sid, Some(written.message_sid));
    let unknown = rest.typing(&format!("SM{:032x}", 9)).await.unwrap_err();
    assert_eq!(unknown.code(), Some(20404));
    assert_eq!(rest.typing("x").await.unwrap_err().code(), Some(20001));
}
