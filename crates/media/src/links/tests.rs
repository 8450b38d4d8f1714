//! A link that is not exactly one that we made leads nowhere.

use proptest::prelude::*;

use super::*;

const KEY: &[u8] = b"0123456789abcdef0123456789abcdef";
const OTHER: &[u8] = b"another key, also of 32 bytes...";
const HOST: &str = "https://wharf.example";

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
}

fn links(key: &[u8], previous: Option<&[u8]>) -> Links {
    Links::new(HOST, TimeDelta::days(7), key, previous).unwrap()
}

fn key(name: &str) -> ObjectKey {
    ObjectKey::new(
        CompanyId(Uuid::from_u128(7)),
        ExecutionId(Uuid::from_u128(9)),
        name,
    )
    .unwrap()
}

fn path(link: &SignedLink) -> &str {
    link.url.strip_prefix(HOST).unwrap()
}

#[test]
fn a_link_leads_to_its_object_until_the_second_it_expires() {
    let links = links(KEY, None);
    let link = links.sign(&key("a.pdf"), at(0));
    assert_eq!(links.verify(path(&link), at(0)), Ok(key("a.pdf")));
    // Clocks of two machines may differ: a link from the future is good too.
    assert_eq!(links.verify(path(&link), at(-60)), Ok(key("a.pdf")));
    let week = 7 * 24 * 60 * 60;
    assert_eq!(link.expires_at, at(week));
    assert_eq!(links.verify(path(&link), at(week - 1)), Ok(key("a.pdf")));
    assert_eq!(
        links.verify(path(&link), at(week)),
        Err(LinkRefusal::Expired)
    );
    assert_eq!(
        links.verify(path(&link), at(10 * week)),
        Err(LinkRefusal::Expired)
    );
}

/// The form of links that people have: a change here breaks them. The token was computed apart from
/// this code, with Python's hmac.
#[test]
fn the_form_of_a_link_is_known() {
    let link = links(KEY, None).sign(&key("a.pdf"), at(0));
    assert_eq!(
        link.url,
        "https://wharf.example/media/AGsGwUAAAAAAAAAAAAAAAAAAAAAHAAAAAAAAAAAAAAAAAAAACVI3n7T1UAytyGVW1Sv4Q-vU/a.pdf"
    );
    assert!(!format!("{link:?}").contains("media"));
}

#[test]
fn a_new_key_signs_and_the_previous_one_is_still_taken() {
    let (before, during, after) = (
        links(OTHER, None),
        links(KEY, Some(OTHER)),
        links(KEY, None),
    );
    let old = before.sign(&key("a.pdf"), at(0));
    let new = during.sign(&key("a.pdf"), at(0));
    assert!(during.verify(path(&old), at(1)).is_ok());
    assert!(during.verify(path(&new), at(1)).is_ok());
    assert!(after.verify(path(&new), at(1)).is_ok());
    assert_eq!(
        after.verify(path(&old), at(1)),
        Err(LinkRefusal::BadSignature)
    );
    assert_eq!(
        before.verify(path(&new), at(1)),
        Err(LinkRefusal::BadSignature)
    );
}

#[test]
fn short_keys_are_refused() {
    let short = &KEY[1..];
    for (key, previous) in [(short, None), (KEY, Some(short)), (&b""[..], None)] {
        let refused = Links::new(HOST, TimeDelta::days(7), key, previous);
        assert_eq!(refused.unwrap_err(), MediaConfigError::ShortKey);
    }
}

#[test]
fn an_expired_forgery_is_a_forgery() {
    let link = links(OTHER, None).sign(&key("a.pdf"), at(0));
    assert_eq!(
        links(KEY, None).verify(path(&link), at(100_000_000)),
        Err(LinkRefusal::BadSignature)
    );
}

#[test]
fn a_name_cannot_be_exchanged_lengthened_or_moved() {
    let links = links(KEY, None);
    let link = links.sign(&key("a.pdf"), at(0));
    let good = path(&link);
    let token = good.strip_prefix(PATH).unwrap().split_once('/').unwrap().0;
    for (other, refusal) in [
        (format!("/media/{token}/b.pdf"), LinkRefusal::BadSignature),
        (format!("/media/{token}/aa.pdf"), LinkRefusal::BadSignature),
        (format!("/media/{token}/a.png"), LinkRefusal::BadSignature),
        (format!("/media/{token}/.pdf"), LinkRefusal::Malformed),
        (format!("/media/{token}/../a.pdf"), LinkRefusal::Malformed),
        (format!("/media/{token}//a.pdf"), LinkRefusal::Malformed),
        (format!("/media/{token}/a%2epdf"), LinkRefusal::Malformed),
        (format!("/media/{token}/а.pdf"), LinkRefusal::Malformed), // a Cyrillic one
        (format!("/media/{token}"), LinkRefusal::Malformed),
        (format!("/media/{token}="), LinkRefusal::Malformed),
        (format!("/media/{token}=/a.pdf"), LinkRefusal::Malformed),
        (format!("/media/{token}a/a.pdf"), LinkRefusal::Malformed),
        (format!("//media/{token}/a.pdf"), LinkRefusal::Malformed),
        (format!("/MEDIA/{token}/a.pdf"), LinkRefusal::Malformed),
        (format!("{good}?"), LinkRefusal::Malformed),
        (String::new(), LinkRefusal::Malformed),
    ] {
        assert_eq!(links.verify(&other, at(1)), Err(refusal), "{other}");
    }
}

proptest! {
    #[test]
    fn any_bit_flipped_is_refused(at_byte in 0_usize..200, bit in 0_u32..7) {
        let links = links(KEY, None);
        let link = links.sign(&key("inventory-2026-11-22.pdf"), at(0));
        let mut bytes = path(&link).as_bytes().to_vec();
        let at_byte = at_byte % bytes.len();
        bytes[at_byte] ^= 1 << bit;
        // Seven bits: the text stays ASCII.
        let text = String::from_utf8(bytes).unwrap();
        prop_assert!(links.verify(&text, at(1)).is_err(), "{}", text);
    }

    #[test]
    fn any_part_cut_out_or_put_in_is_refused(from in 0_usize..120, length in 1_usize..120, put in "[A-Za-z0-9_./-]{0,8}") {
        let links = links(KEY, None);
        let link = links.sign(&key("a.pdf"), at(0));
        let good = path(&link);
        let from = from % good.len();
        let to = (from + length).min(good.len());
        let other = format!("{}{put}{}", &good[..from], &good[to..]);
        prop_assume!(other != good);
        prop_assert!(links.verify(&other, at(1)).is_err(), "{}", other);
    }

    #[test]
    fn no_text_is_taken_or_breaks_the_check(text in "(/media/)?\\PC{0,120}") {
        prop_assert!(links(KEY, None).verify(&text, at(0)).is_err());
    }

    #[test]
    fn every_key_and_moment_comes_back(company: u128, execution: u128, name in "[A-Za-z0-9][A-Za-z0-9_-]{0,40}\\.(pdf|xlsx|csv|png|jpg|txt)", second in 0_i64..4_000_000_000) {
        let links = links(KEY, None);
        let key = ObjectKey::new(CompanyId(Uuid::from_u128(company)), ExecutionId(Uuid::from_u128(execution)), &name).unwrap();
        let now = DateTime::from_timestamp(second, 999_999_999).unwrap();
        let link = links.sign(&key, now);
        prop_assert_eq!(links.verify(path(&link), now), Ok(key));
        prop_assert_eq!(links.verify(path(&link), link.expires_at), Err(LinkRefusal::Expired));
    }
}
