//! Answers as Twilio reads them, and the inbound form.

use super::*;
use crate::{
    SimConfig,
    control::{InboundButton, InboundList, InboundLocation, InboundMedia, InboundQuoted},
};

fn delivery(status: u16, content_type: Option<&str>, body: &str) -> Delivery {
    Delivery {
        url: "http://127.0.0.1/".into(),
        attempts: 1,
        status: Some(status),
        content_type: content_type.map(str::to_owned),
        body: body.into(),
        messages: Vec::new(),
        flags: Vec::new(),
        elapsed_ms: 0,
    }
}

fn summary(status: u16, content_type: Option<&str>, body: &str) -> String {
    let mut read_one = delivery(status, content_type, body);
    read(Purpose::Inbound, &mut read_one);
    let codes: Vec<_> = read_one
        .flags
        .iter()
        .map(|flag| flag.code.to_string())
        .collect();
    format!("{} {:?}", codes.join(","), read_one.messages)
}

#[test]
fn answers_become_messages_or_flags() {
    let xml = Some("text/xml; charset=utf-8");
    assert_eq!(summary(200, xml, wharf_twilio::twiml::empty()), " []");
    assert_eq!(
        summary(200, xml, &wharf_twilio::twiml::message("*a* & <b>")),
        r#" ["*a* & <b>"]"#
    );
    assert_eq!(
        summary(
            200,
            Some("text/html"),
            "<Response><Message><Body>x</Body></Message><Message>y</Message></Response>"
        ),
        r#" ["x", "y"]"#
    );
    assert_eq!(summary(200, Some("text/plain"), "OK"), r#"0 ["OK"]"#);
    assert_eq!(summary(200, Some("application/json"), "{}"), "12300 []");
    assert_eq!(summary(200, None, ""), "11200 []");
    assert_eq!(summary(204, None, ""), " []");
    assert_eq!(
        summary(200, xml, " <?xml version=\"1.0\"?><Response/>"),
        "12100 []"
    );
    assert_eq!(summary(200, xml, "<response/>"), "12100 []");
    assert_eq!(
        summary(200, xml, "<Response><Say>x</Say></Response>"),
        "12200 []"
    );
    assert_eq!(
        summary(200, xml, &wharf_twilio::twiml::message(&"x".repeat(70_000))),
        "11750 []"
    );
    assert_eq!(
        summary(200, xml, &wharf_twilio::twiml::message(&"x".repeat(1601))),
        "21617 []"
    );
    assert_eq!(summary(302, None, ""), "11200 []");
    assert_eq!(summary(401, Some("application/json"), "{}"), "11200 []");
    assert_eq!(summary(503, xml, ""), "11200 []");
}

#[test]
fn a_status_callback_sends_nothing() {
    let mut answer = delivery(200, Some("text/plain"), "OK");
    read(Purpose::Status, &mut answer);
    assert!(answer.messages.is_empty());
    assert!(answer.flags.iter().any(|flag| flag.code == 12200));
}

#[test]
fn every_field_of_an_inbound_message() {
    let config = SimConfig::for_tests(Vec::new(), AuthToken::new("test-auth-token").unwrap());
    let message = Inbound {
        media: vec![InboundMedia {
            url: "https://w.example/a.jpg".into(),
            content_type: "image/jpeg".into(),
        }],
        button: Some(InboundButton {
            text: "Yes".into(),
            payload: Some("p".into()),
        }),
        list: Some(InboundList {
            id: "7".into(),
            title: Some("T".into()),
            description: None,
        }),
        location: Some(InboundLocation {
            latitude: 52.5,
            longitude: -13.4,
            address: None,
            label: Some("Dock".into()),
        }),
        quoted: Some(InboundQuoted {
            message_sid: "SM9".into(),
            sender: None,
        }),
        external_user_id: Some("US.abc".into()),
        opt_out_type: Some("STOP".into()),
        forwarded: true,
        extra: vec![("BrandNew".into(), "x".into())],
        ..Inbound::text("+15550100001", "hi é")
    };
    let pairs = form::pairs(&config, &message, "MM00000000000000000000000000000001");
    let lines: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
    let read = wharf_twilio::form::inbound(pairs, chrono::DateTime::UNIX_EPOCH).unwrap();
    assert_eq!(read.quoted.as_ref().unwrap().message_sid, "SM9");
    assert_eq!(read.identity().as_str(), "US.abc");
}
