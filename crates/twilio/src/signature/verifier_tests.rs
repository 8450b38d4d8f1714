//! Accounts, rotation and refusals.

use super::{
    AccountTokens, AuthToken, Body, Refusal, TokenError, TokenUsed, Verifier, canonical, compute,
    diagnose, sign,
};

const URL: &str = "https://wharf.example/api/webhooks/whatsapp";
const MAIN: &str = "AC00000000000000000000000000000001";
const SUB: &str = "AC00000000000000000000000000000002";

fn token(text: &str) -> AuthToken {
    AuthToken::new(text).unwrap()
}

fn verifier() -> Verifier {
    Verifier::new(MAIN, AccountTokens::new(token("old"), Some(token("new"))))
        .with_subaccount(SUB, AccountTokens::new(token("sub"), None))
}

fn form(account: &str) -> Vec<(String, String)> {
    vec![
        ("Body".into(), "stock".into()),
        ("AccountSid".into(), account.into()),
    ]
}

#[test]
fn an_empty_token_cannot_be_made() {
    assert_eq!(AuthToken::new("").unwrap_err(), TokenError::Empty);
    assert_eq!(AuthToken::new(" \n").unwrap_err(), TokenError::Empty);
    assert_eq!(AuthToken::new("abc\n").unwrap_err(), TokenError::Blanks);
    assert!(!format!("{:?}", token("very-secret")).contains("very-secret"));
}

#[test]
fn both_tokens_pass_during_a_rotation() {
    let params = form(MAIN);
    let by = |with: &str| {
        let signature = compute(&token(with), URL, &params);
        verifier()
            .verify(URL, &Body::Form(&params), Some(&signature))
            .map(|v| v.matched.token)
    };
    assert_eq!(by("old"), Ok(TokenUsed::Current));
    assert_eq!(by("new"), Ok(TokenUsed::Next));
    assert_eq!(by("older"), Err(Refusal::Mismatch));
}

#[test]
fn each_account_has_its_own_token() {
    let by = |with: &str, account: &str| {
        let params = form(account);
        let signature = compute(&token(with), URL, &params);
        verifier()
            .verify(URL, &Body::Form(&params), Some(&signature))
            .map(|v| v.account_sid)
    };
    assert_eq!(by("sub", SUB).as_deref(), Ok(SUB));
    assert_eq!(by("old", MAIN).as_deref(), Ok(MAIN));
    assert_eq!(by("old", SUB), Err(Refusal::Mismatch));
    assert_eq!(by("sub", MAIN), Err(Refusal::Mismatch));
    assert_eq!(by("old", "AC3"), Err(Refusal::UnknownAccount));
}

#[test]
fn two_accounts_in_one_request_are_refused() {
    let mut params = form(SUB);
    params.push(("AccountSid".into(), MAIN.into()));
    let signature = compute(&token("sub"), URL, &params);
    let refused = verifier().verify(URL, &Body::Form(&params), Some(&signature));
    assert_eq!(refused, Err(Refusal::AmbiguousAccount));
}

#[test]
fn a_raw_body_needs_its_hash_and_its_signature() {
    let body = Body::Raw(b"{\"a\": 1}");
    let hash = canonical::body_hash(b"{\"a\": 1}");
    let url = format!("{URL}?bodySHA256={hash}");
    let signature = sign(&token("old"), &url, &body);
    let verify = |url: &str, body: &Body<'_>, signature: &str| {
        verifier()
            .verify(url, body, Some(signature))
            .map(|v| v.account_sid)
    };
    assert_eq!(verify(&url, &body, &signature).as_deref(), Ok(MAIN));
    assert_eq!(
        verify(&url, &Body::Raw(b"{\"a\":1}"), &signature),
        Err(Refusal::BodyHashMismatch)
    );
    let unhashed = sign(&token("old"), URL, &body);
    assert_eq!(verify(URL, &body, &unhashed), Err(Refusal::BodyHashMissing));
    assert_eq!(verify(&url, &body, &unhashed), Err(Refusal::Mismatch));
    let twice = format!("{url}&bodySHA256={hash}");
    let signed_twice = sign(&token("old"), &twice, &body);
    assert_eq!(
        verify(&twice, &body, &signed_twice),
        Err(Refusal::BodyHashMismatch)
    );

    let empty = format!("{URL}?bodySHA256={}", canonical::body_hash(b""));
    let signature = sign(&token("old"), &empty, &Body::Raw(b""));
    assert!(verify(&empty, &Body::Raw(b""), &signature).is_ok());
}

#[test]
fn headers_that_are_no_signature_are_told_apart() {
    let params = form(MAIN);
    let refused = |header: Option<&str>| {
        verifier()
            .verify(URL, &Body::Form(&params), header)
            .unwrap_err()
    };
    assert_eq!(refused(None), Refusal::MissingSignature);
    assert_eq!(refused(Some("")), Refusal::EmptySignature);
    assert_eq!(refused(Some("wrong")), Refusal::MalformedSignature);
    assert_eq!(refused(Some("AAAA")), Refusal::MalformedSignature);
    let right = compute(&token("old"), URL, &params);
    assert_eq!(
        refused(Some(&format!("{right}\n"))),
        Refusal::MalformedSignature
    );
    assert_eq!(
        refused(Some("AAAAAAAAAAAAAAAAAAAAAAAAAAA=")),
        Refusal::Mismatch
    );
}

#[test]
fn every_refusal_has_a_label_and_words() {
    let text: Vec<String> = Refusal::ALL
        .iter()
        .map(|refusal| format!("{}: {refusal}", refusal.as_str()))
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn common_mistakes_are_named() {
    let params = form(MAIN);
    let tokens = AccountTokens::new(token("old"), None);
    let cause = |signed_url: &str, signed: &[(String, String)]| {
        let signature = compute(&token("old"), signed_url, signed);
        diagnose::likely_cause(
            &tokens,
            &format!("{URL}?x=1"),
            &Body::Form(&params),
            &signature,
        )
    };
    assert!(
        cause("http://wharf.example/api/webhooks/whatsapp?x=1", &params)
            .unwrap()
            .contains("signed http")
    );
    assert!(
        cause("https://wharf.example/api/webhooks/whatsapp/?x=1", &params)
            .unwrap()
            .contains("slash")
    );
    assert!(cause(URL, &params).unwrap().contains("without this query"));
    assert!(cause(&format!("{URL}?x=1"), &[]).unwrap().contains("GET"));
    assert_eq!(cause("https://other.example/", &params), None);
}
