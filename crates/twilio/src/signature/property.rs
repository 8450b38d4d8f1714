//! The signature against an implementation of its own: SHA-1 over bytes with the HMAC written out,
//! and the pairs put in order by a selection over one list rather than by maps.

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use sha1::{Digest, Sha1};

use super::{AccountTokens, AuthToken, Body, Refusal, compute};

/// RFC 2104 by hand.
fn hmac_sha1(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut block = if key.len() > 64 {
        Sha1::digest(key).to_vec()
    } else {
        key.to_vec()
    };
    block.resize(64, 0);
    let pad = |with: u8| block.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
    let inner = Sha1::digest([pad(0x36), data.to_vec()].concat());
    Sha1::digest([pad(0x5c), inner.to_vec()].concat()).to_vec()
}

/// Takes the smallest (name, value) out until nothing is left, and skips one that was just taken.
fn independent(token: &str, url: &str, params: &[(String, String)]) -> String {
    let mut left: Vec<(&[u8], &[u8])> = params
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
        .collect();
    let mut data = url
        .bytes()
        .take_while(|byte| *byte != b'#')
        .collect::<Vec<u8>>();
    let mut last = None;
    while !left.is_empty() {
        let mut smallest = 0;
        for at in 1..left.len() {
            if left[at] < left[smallest] {
                smallest = at;
            }
        }
        let pair = left.swap_remove(smallest);
        if last != Some(pair) {
            data.extend_from_slice(pair.0);
            data.extend_from_slice(pair.1);
            last = Some(pair);
        }
    }
    STANDARD.encode(hmac_sha1(token.as_bytes(), &data))
}

fn url() -> impl Strategy<Value = String> {
    (
        "(https?|HTTPS)",
        "([a-z]{1,4}(:[a-z]{1,3})?@)?",
        "([A-Za-z0-9.]{1,12}|\\[[0-9a-f:]{2,9}\\])",
        "(:[0-9]{1,5})?",
        "(/[ -~&&[^?#]]{0,8}){0,3}",
        "(\\?[ -~é'&&[^#]]{0,20})?",
        "(#[a-z0-9=&]{0,8})?",
    )
        .prop_map(|(scheme, user, host, port, path, query, fragment)| {
            format!("{scheme}://{user}{host}{port}{path}{query}{fragment}")
        })
}

fn params() -> impl Strategy<Value = Vec<(String, String)>> {
    // Few names, so that some repeat.
    let name = prop_oneof!["[A-Ca-c]{1,2}", "\\PC{1,4}"];
    proptest::collection::vec((name, prop_oneof!["[0-9 +]{0,2}", ".{0,6}"]), 0..8)
}

proptest! {
    #[test]
    fn agrees_with_an_independent_implementation(token in "[!-~]{1,80}", url in url(), params in params()) {
        let ours = compute(&AuthToken::new(token.clone()).unwrap(), &url, &params);
        prop_assert_eq!(ours, independent(&token, &url, &params));
    }

    #[test]
    fn what_is_signed_verifies_in_any_order_and_nothing_else_does(
        url in url(), params in params(), shift in 0usize..8, edit in "[a-z]{1,3}"
    ) {
        let token = AuthToken::new("12345").unwrap();
        let tokens = AccountTokens::new(token.clone(), None);
        let signature = compute(&token, &url, &params);
        let mut moved = params.clone();
        if !moved.is_empty() {
            let by = shift % moved.len();
            moved.rotate_left(by);
        }
        prop_assert!(tokens.verify(&url, &Body::Form(&moved), Some(&signature)).is_ok());

        let mut edited = params;
        edited.push(("Added".to_owned(), edit));
        prop_assert_eq!(tokens.verify(&url, &Body::Form(&edited), Some(&signature)), Err(Refusal::Mismatch));
        let other = AccountTokens::new(AuthToken::new("12346").unwrap(), None);
        prop_assert_eq!(other.verify(&url, &Body::Form(&moved), Some(&signature)), Err(Refusal::Mismatch));
    }

    #[test]
    fn no_url_header_or_body_makes_it_panic(url in "\\PC{0,40}", header in "\\PC{0,40}", raw in any::<Vec<u8>>()) {
        let tokens = AccountTokens::new(AuthToken::new("12345").unwrap(), None);
        prop_assert!(tokens.verify(&url, &Body::Raw(&raw), Some(&header)).is_err());
        let pairs = crate::form::parse_pairs(&raw).unwrap_or_default();
        prop_assert!(tokens.verify(&url, &Body::Form(&pairs), Some(&header)).is_err());
    }
}
