//! Forms as Twilio sends them, and broken ones.

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::*;

const SID: &str = "SM00000000000000000000000000000001";
const ACCOUNT: &str = "AC00000000000000000000000000000001";

fn at() -> DateTime<Utc> {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

/// A message with the fields that every capture has, then `more`.
fn message(more: &[(&str, &str)]) -> Vec<(String, String)> {
    let fields = [
        ("SmsMessageSid", SID),
        ("NumMedia", "0"),
        ("ProfileName", "Zoë 🚀"),
        ("SmsSid", SID),
        ("WaId", "15550100001"),
        ("SmsStatus", "received"),
        ("Body", "stock WID-1001"),
        ("To", "whatsapp:+15550109999"),
        ("NumSegments", "1"),
        ("ReferralNumMedia", "0"),
        ("MessageSid", SID),
        ("AccountSid", ACCOUNT),
        ("From", "whatsapp:+15550100001"),
        ("ApiVersion", "2010-04-01"),
    ];
    let mut pairs: Vec<(String, String)> = fields
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect();
    for (name, value) in more {
        match pairs.iter_mut().find(|(n, _)| n == name) {
            Some(pair) => (*value).clone_into(&mut pair.1),
            None => pairs.push(((*name).to_owned(), (*value).to_owned())),
        }
    }
    pairs
}

fn without(name: &str) -> Vec<(String, String)> {
    message(&[])
        .into_iter()
        .filter(|(n, _)| n != name)
        .collect()
}

#[test]
fn pairs_keep_blanks_whitespace_repetitions_and_order() {
    let pairs =
        parse_pairs(b"b=+x%20&a=&a=1&a=1&&c&d=1=2&e=%2B%26%25%3d&%C3%A9=%F0%9F%9A%80").unwrap();
    let expected = [
        ("b", " x "),
        ("a", ""),
        ("a", "1"),
        ("a", "1"),
        ("c", ""),
        ("d", "1=2"),
        ("e", "+&%="),
        ("é", "🚀"),
    ];
    assert_eq!(pairs, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
    assert_eq!(parse_pairs(b"").unwrap(), []);
}

#[test]
fn what_is_no_form_is_refused_with_its_place() {
    for body in ["a=1&b=%", "a=1&b=%4", "a=1&b=%zz", "a=1&%u00e9=1"] {
        assert_eq!(
            parse_pairs(body.as_bytes()),
            Err(FormError::PercentEncoding { pair: 2 }),
            "{body}"
        );
    }
    assert_eq!(parse_pairs(b"a=%FF"), Err(FormError::NotUtf8 { pair: 1 }));
    assert_eq!(
        parse_pairs(&[b'a', b'=', 0xC3]),
        Err(FormError::NotUtf8 { pair: 1 })
    );
}

#[test]
fn a_text_message() {
    insta::assert_json_snapshot!(inbound(message(&[("MessageType", "text")]), at()).unwrap());
}

#[test]
fn a_message_with_everything() {
    let pairs = message(&[
        ("MessagingServiceSid", "MG00000000000000000000000000000001"),
        ("ExternalUserId", "whatsapp:US.13491208655302741918"),
        (
            "ParentExternalUserId",
            "whatsapp:US.ENT.11815799212886844830",
        ),
        ("MessageType", "interactive"),
        ("Body", ""),
        ("NumMedia", "2"),
        (
            "MediaUrl0",
            "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        ),
        ("MediaContentType0", "image/jpeg"),
        (
            "MediaUrl1",
            "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME2",
        ),
        ("ButtonText", "Yes"),
        ("ButtonPayload", "confirm:7"),
        ("ButtonType", "REPLY"),
        ("ListId", "row-3"),
        ("ListTitle", "Main warehouse"),
        ("ListDescription", "12 items"),
        ("Latitude", "52.520008"),
        ("Longitude", "-13.404954"),
        ("Address", "Dock 4"),
        ("Label", "Gate"),
        ("OriginalRepliedMessageSender", "whatsapp:+15550109999"),
        (
            "OriginalRepliedMessageSid",
            "SM00000000000000000000000000000009",
        ),
        ("OptOutType", "STOP"),
        ("Forwarded", "true"),
        ("FrequentlyForwarded", "true"),
        ("ReferralSourceId", "ad-1"),
        ("ReferralSourceType", "ad"),
        ("ReferralSourceUrl", "https://fb.example/ad"),
        ("ReferralHeadline", "Stock at hand"),
        ("ReferralBody", "Write to us"),
        ("ReferralCtwaClid", "click"),
        ("InteractiveData", "{\"a\":1}"),
        ("ChannelMetadata", "{\"type\":\"whatsapp\"}"),
        ("BrandNewField", "kept"),
        ("BrandNewField", "kept"),
    ]);
    insta::assert_json_snapshot!(inbound(pairs, at()).unwrap());
}

#[test]
fn a_sender_without_a_number() {
    let pairs = message(&[
        ("From", "whatsapp:DE.abc123"),
        ("ExternalUserId", "whatsapp:DE.abc123"),
    ]);
    let read = inbound(pairs, at()).unwrap();
    assert_eq!(read.from.as_str(), "DE.abc123");
    assert_eq!(read.identity().as_str(), "DE.abc123");
}

#[test]
fn odd_optional_fields_stay_in_extra_and_lose_no_message() {
    let odd = [
        ("Latitude", "north"),
        ("Longitude", "1"),
        ("OptOutType", "PAUSE"),
        ("Forwarded", "maybe"),
        ("ExternalUserId", "+15550100001"),
    ];
    let read = inbound(message(&odd), at()).unwrap();
    assert!(read.location.is_none() && read.opt_out.is_none() && read.external_user_id.is_none());
    for (name, value) in odd {
        assert!(
            read.extra.contains(&(name.to_owned(), value.to_owned())),
            "{name}"
        );
    }
}

#[test]
fn required_fields_and_contradictions_are_refused_with_a_reason() {
    let reason = |pairs| {
        inbound(pairs, at())
            .map_err(|error| error.to_string())
            .unwrap_err()
    };
    let mut twice = message(&[]);
    twice.push(("Body".into(), "other".into()));
    let reasons = [
        reason(without("MessageSid")),
        reason(without("AccountSid")),
        reason(without("From")),
        reason(without("To")),
        reason(message(&[("MessageSid", "SM1")])),
        reason(message(&[(
            "MessageSid",
            "XX00000000000000000000000000000001",
        )])),
        reason(message(&[(
            "AccountSid",
            "ACé0000000000000000000000000000001",
        )])),
        reason(message(&[("From", "+15550100001")])),
        reason(message(&[("From", "whatsapp:15550100001")])),
        reason(message(&[("NumMedia", "many")])),
        reason(message(&[("NumMedia", "1")])),
        reason(message(&[
            ("NumMedia", "0"),
            ("MediaUrl0", "https://x.example"),
        ])),
        reason(message(&[
            ("NumMedia", "1"),
            ("MediaUrl1", "https://x.example"),
        ])),
        reason(twice),
    ];
    insta::assert_snapshot!(reasons.join("\n"));
    assert!(inbound(without("NumMedia"), at()).is_ok());
    assert_eq!(inbound(without("Body"), at()).unwrap().body, "");
}

#[test]
fn a_full_message_of_emoji_fits() {
    let body = format!("Body={}", "%F0%9F%9A%80".repeat(1600));
    assert!(body.len() < MAX_BYTES);
    assert_eq!(
        parse_pairs(body.as_bytes()).unwrap()[0].1.chars().count(),
        1600
    );
}

#[test]
fn status_callbacks() {
    let body = "ChannelToAddress=%2B1555010XXXX&SmsSid=SM00000000000000000000000000000001&SmsStatus=undelivered&MessageStatus=undelivered&ErrorCode=63016&ErrorMessage=Outside+window&ChannelPrefix=whatsapp&MessageSid=SM00000000000000000000000000000001&AccountSid=AC00000000000000000000000000000001&From=whatsapp%3A%2B15550109999&To=whatsapp%3A%2B15550100001&ApiVersion=2010-04-01";
    let pairs = parse_pairs(body.as_bytes()).unwrap();
    let query = "outbound=00000000-0000-0000-0000-000000000007";
    insta::assert_json_snapshot!(status(pairs, query, at()).unwrap());

    let old = parse_pairs(b"SmsSid=SM00000000000000000000000000000001&SmsStatus=sent&AccountSid=AC00000000000000000000000000000001").unwrap();
    let read = status(old.clone(), "", at()).unwrap();
    assert_eq!(
        (
            read.message_sid.as_str(),
            read.status.as_str(),
            read.outbound_id
        ),
        (SID, "sent", None)
    );
    let lost = |name: &str| {
        let pairs = old.iter().filter(|(n, _)| n != name).cloned().collect();
        status(pairs, "", at()).unwrap_err()
    };
    assert_eq!(lost("SmsSid"), FormError::Missing("MessageSid"));
    assert_eq!(lost("SmsStatus"), FormError::Missing("MessageStatus"));
    assert_eq!(lost("AccountSid"), FormError::Missing("AccountSid"));
}

proptest! {
    #[test]
    fn reads_back_what_a_form_writer_wrote(pairs in proptest::collection::vec((".{1,8}", ".{0,12}"), 0..6)) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        prop_assert_eq!(parse_pairs(body.as_bytes()).unwrap(), pairs);
    }

    #[test]
    fn any_bytes_and_any_pairs_give_a_message_or_a_reason(
        bytes in any::<Vec<u8>>(),
        more in proptest::collection::vec(("(NumMedia|MediaUrl[0-9]|Latitude|Longitude|Body|From|MessageSid|\\PC{1,5})", "\\PC{0,9}"), 0..6),
    ) {
        let _ = parse_pairs(&bytes);
        let mut pairs = message(&[]);
        let known = pairs.len();
        pairs.extend(more);
        if let Ok(read) = inbound(pairs.clone(), at()) {
            // Nothing is lost: what has no place of its own is in `extra`.
            for (name, value) in &pairs[known..] {
                let kept = read.extra.iter().any(|(n, v)| n == name && v == value);
                let typed = ["NumMedia", "Latitude", "Longitude", "Body", "From", "MessageSid"].contains(&name.as_str()) || name.starts_with("MediaUrl");
                prop_assert!(kept || typed || value.is_empty());
            }
        }
    }
}

#[test]
fn a_character_that_no_database_keeps_costs_only_itself() {
    let pairs = message(&[("Body", "stock\0 ABC123"), ("New\0Field", "a\0")]);
    let read = inbound(pairs, at()).unwrap();
    assert_eq!(read.body, "stock ABC123");
    assert!(
        read.extra
            .contains(&("NewField".to_owned(), "a".to_owned()))
    );
}
