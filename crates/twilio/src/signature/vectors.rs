//! Every published test vector (facts 1.1: Twilio's documentation and the tests of its Python,
//! Node, Go, Ruby, Java, PHP and C# libraries), those that must fail included.
//! `cargo test -p wharf-twilio vectors -- --nocapture` prints the list.

use super::{AccountTokens, AuthToken, Body, Refusal, canonical, compute, sign};

const U: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const H: &str = "http://mycompany.com/myapp.php?foo=1&bar=2";
const P: &[(&str, &str)] = &[
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
];
const REASONS: &[(&str, &str)] = &[
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Reason", "Participant"),
    ("ReasonConferenceEnded", "test"),
];
const REPEATED: &[(&str, &str)] = &[
    ("Sid", "CA123"),
    ("SidAccount", "AC123"),
    ("Digits", "5678"),
    ("Digits", "1234"),
    ("Digits", "1234"),
];
const JSON: &str = r#"{"property": "value", "boolean": true}"#;
const WHATSAPP: &str = "SmsMessageSid=SM00000000000000000000000000000001&NumMedia=0&ProfileName=Zo%C3%AB+%F0%9F%9A%80&MessageType=text&SmsSid=SM00000000000000000000000000000001&WaId=15551234567&SmsStatus=received&Body=+stock+ABC%2B1+%26+50%25+%3D+caf%C3%A9+&To=whatsapp%3A%2B14155238886&NumSegments=1&ReferralNumMedia=0&MessageSid=SM00000000000000000000000000000001&AccountSid=AC00000000000000000000000000000000&From=whatsapp%3A%2B15551234567&ApiVersion=2010-04-01";

enum Posted {
    Pairs(&'static [(&'static str, &'static str)]),
    Form(&'static str),
    Raw(&'static str),
}
use Posted::{Form, Pairs, Raw};

/// How the vector is used.
enum Expect {
    /// We compute exactly this, and verify it.
    Computes,
    /// Verified through a variant of the URL; we compute another one.
    Passes,
    /// Refused.
    Fails,
}
use Expect::{Computes, Fails, Passes};

struct Vector {
    name: &'static str,
    token: &'static str,
    url: String,
    posted: Posted,
    signature: &'static str,
    expect: Expect,
}

fn v(
    name: &'static str,
    url: impl Into<String>,
    posted: Posted,
    signature: &'static str,
    expect: Expect,
) -> Vector {
    let token = match name {
        n if n.starts_with("20 ") || n.starts_with("21 ") => "qwerty",
        n if n.starts_with("W ") => "test-auth-token",
        _ => "12345",
    };
    Vector {
        name,
        token,
        url: url.into(),
        posted,
        signature,
        expect,
    }
}

fn with_port(url: &str, port: &str) -> String {
    url.replacen("mycompany.com", &format!("mycompany.com:{port}"), 1)
}

fn caller(number: &'static str) -> Posted {
    let pairs = P.iter().map(|(name, value)| match *name {
        "Caller" | "From" => (*name, number),
        _ => (*name, *value),
    });
    Pairs(Vec::leak(pairs.collect()))
}

/// One vector a line, or the table is no table any more.
#[rustfmt::skip]
fn table() -> Vec<Vector> {
    let bh = format!("bodySHA256={}", canonical::body_hash(JSON.as_bytes()));
    let empty = "bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let rack = "https://example.com/test?bodySHA256=8d90d640c6ba47d595ac56203d7f5c6b511be80fdf44a2055acca75a119b9fd2";
    let upper = |from: &str| U.replace("https://mycompany.com", from);
    vec![
        v("1 docs, all libraries", U, Pairs(P), "RSOYDt4T1cUTdK1PDd93/VVr8B8=", Computes),
        v("2 repeated names", U, Pairs(REPEATED), "IK+Dwps556ElfBT0I3Rgjkr1wJU=", Computes),
        v("2x repeated in the order given", U, Pairs(REPEATED), "eMV0TTCyejiqoUSkV7IwWuk0CRc=", Fails),
        v("3 repeated, order a", U, Pairs(&[("MessagingBinding.Address", "+1325xxxxxxx"), ("MessagingBinding.Address", "+1415xxxxxxx")]), "83O6e2vORAoJHUNzJjDWN1jz+BA=", Computes),
        v("3 repeated, order b", U, Pairs(&[("MessagingBinding.Address", "+1415xxxxxxx"), ("MessagingBinding.Address", "+1325xxxxxxx")]), "83O6e2vORAoJHUNzJjDWN1jz+BA=", Computes),
        v("4 https :443, given without", U, Pairs(P), "kvajT1Ptam85bY51eRf/AJRuM3w=", Passes),
        v("4 https :443, given with", with_port(U, "443"), Pairs(P), "kvajT1Ptam85bY51eRf/AJRuM3w=", Computes),
        v("5 http :80, given without", H, Pairs(P), "0ZXoZLH/DfblKGATFgpif+LLRf4=", Passes),
        v("6 http :1234", with_port(H, "1234"), Pairs(P), "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=", Computes),
        v("7 https :1234", with_port(U, "1234"), Pairs(P), "CYn1h0gLBdNxDGkKJg6hYohgeD8=", Computes),
        v("7 https :1234, signed without", with_port(U, "1234"), Pairs(P), "RSOYDt4T1cUTdK1PDd93/VVr8B8=", Passes),
        v("8 JSON", format!("{U}&{bh}"), Raw(JSON), "a9nBmqA0ju/hNViExpshrM61xv4=", Computes),
        v("8b JSON", format!("https://mycompany.com/myapp.php?{bh}"), Raw(JSON), "y77kIzt2vzLz71DgmJGsen2scGs=", Computes),
        v("9 JSON {} with port, given without", format!("{U}&{empty}"), Raw("{}"), "Ldidvp12m26NI7eqEvxnEpkd9Hc=", Passes),
        v("9 the same with an empty body", format!("{U}&{empty}"), Raw(""), "Ldidvp12m26NI7eqEvxnEpkd9Hc=", Passes),
        v("10 user and password", upper("https://user:pass@mycompany.com"), Pairs(P), "CukzLTc1tT5dXEDIHm/tKBanW10=", Computes),
        v("11 user", upper("https://user@mycompany.com"), Pairs(P), "2YRLlVAflCqxaNicjMpJcSTgzSs=", Computes),
        v("12 user, password, port given", upper("https://user:pass@mycompany.com:443"), Pairs(P), "ZQFR1PTIZXF2MXB8ZnKCvnnA+rI=", Computes),
        v("12 user, password, port not given", upper("https://user:pass@mycompany.com"), Pairs(P), "ZQFR1PTIZXF2MXB8ZnKCvnnA+rI=", Passes),
        v("13 user, port", upper("https://user@mycompany.com:443"), Pairs(P), "aZfj4hyX1MLZhSS6QIL18Vn2/RA=", Computes),
        v("13x user info dropped by Twilio", upper("https://user:pass@mycompany.com"), Pairs(P), "RSOYDt4T1cUTdK1PDd93/VVr8B8=", Passes),
        v("14 apostrophe signed as %27", format!("{U}&Body=It's+amazing"), Pairs(P), "TfZzewPq8wqrGlMfyAud8+/IvJ0=", Passes),
        v("14 apostrophe raw", format!("{U}&Body=It's+amazing"), Pairs(P), "dsq4Ehbj6cs+KdTkpF5sSSplOWw=", Computes),
        v("14 %27 given, signed raw", format!("{U}&Body=It%27s+amazing"), Pairs(P), "dsq4Ehbj6cs+KdTkpF5sSSplOWw=", Passes),
        v("15 docs", "https://example.com/myapp.php?foo=1&bar=2", caller("+14158675310"), "L/OH5YylLD5NRKLltdqwSvS0BnU=", Computes),
        v("16 older docs", U, caller("+12349013030"), "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", Computes),
        v("17 a name that begins another", U, Pairs(REASONS), "vOEb5UThFn24KEfnOFLQY2AE5FY=", Computes),
        v("18 the same, http", H, Pairs(REASONS), "n2xBNyzSW7rfYStDtOFiFMv7qNo=", Computes),
        v("19 a form body", U, Form("property=value&boolean=true"), "NBdBDr/T/lgjI+tlgpXjKZQZs/k=", Computes),
        v("20 rack form", "https://example.com/test", Form("foo=bar"), "TR9Skm9jiF4WVRJznU5glK5I83k=", Computes),
        v("21 rack JSON", rack, Raw(r#"{"message": "a post body"}"#), "zR5Oq4f6cijN5oz5bisiVuxYnTU=", Computes),
        v("21x rack JSON, another body", rack, Raw(r#"{"message": "another body"}"#), "+LYlbGr/VmN84YPJQCuWs+9UA7E=", Fails),
        v("22 no parameters", U, Pairs(&[]), "zYQTYrRWXE7LtzbG4PfP7/bkkGo=", Computes),
        v("23 no query", "https://mycompany.com/myapp.php", Pairs(P), "1xaxFBvyzXYvWplzNOSs28HWO94=", Computes),
        v("24 sorted by name and value together", U, Pairs(REASONS), "95+Bu0JVPi0r/SsESZCVf0dWAjw=", Fails),
        v("24x sorted by locale", U, Pairs(P), "OCo4gXhGdqELQKuB5w7aI64nqCE=", Fails),
        v("25 punctuation and accents", U, Pairs(&[("Message", "Hello & goodbye! @#$%^*()"), ("From", "+1 (415) 867-5309"), ("Special", "unicode: ñáéíóú")]), "dCPiR4WtQ6QFN6pJh81CtlCcWLQ=", Computes),
        v("26 empty values", U, Pairs(&[("Digits", ""), ("CallSid", "CA1234567890ABCDE"), ("EmptyParam", "")]), "9HHp/OqQMEwdrVebHDdA/+tqjX8=", Computes),
        v("27 null values", U, Form("Digits=&CallSid=CA1234567890ABCDE&NullParam"), "L9lTTwIlxM1xGAtLRwhOSZggRhM=", Computes),
        v("28 order of names", U, Pairs(&[("Zebra", "last"), ("Alpha", "first"), ("Beta", "second"), ("Gamma", "third")]), "enveUe73ZTVLAekHxez3Qx6JuuQ=", Computes),
        v("29 names that differ in case", U, Pairs(&[("callSid", "lowercase"), ("CallSid", "uppercase"), ("CALLSID", "allcaps")]), "jDK7WKT8wiNrwggd4ceTv4e1MJ4=", Computes),
        v("30 raw UTF-8 in the URL", "https://mycompany.com/webhook/España?año=2023", Pairs(P), "G/Hx6mqqnjUNlPAoi2Sp9bGst0g=", Computes),
        v("31 an encoded query", "https://mycompany.com/myapp.php?foo=hello%20world&bar=test%2Bvalue", Pairs(P), "er2tvAP1Wx+iuTTE2BPgvEaN1cs=", Computes),
        v("32 two slashes", "https://mycompany.com:443//myapp.php?foo=1&bar=2", Pairs(P), "A9lH3u16NjyiiM/+wylw5rirFUs=", Computes),
        v("33 a longer query", format!("{U}&type=thiswontbeusedinthesignaturegeneratorandsoshouldbeignored"), Pairs(P), "hYkNsTBttoNGkyCS0p+wWmQoRTg=", Computes),
        v("36 host in mixed case", upper("https://MyCompany.com"), Pairs(P), "g9IN/x4Cft2g517EjYvEvM/W7LU=", Computes),
        v("36x mixed case, signed in lower case", upper("https://MyCompany.com"), Pairs(P), "RSOYDt4T1cUTdK1PDd93/VVr8B8=", Fails),
        v("37 mixed case, port", upper("https://MyCompany.com:1234"), Pairs(P), "PCqOZm8cnu/L6+u5i5fuEd+Iac4=", Computes),
        v("38 mixed case, http", upper("http://MyCompany.com"), Pairs(P), "XY7AlKOKL6im4yWyX84gldUrtis=", Computes),
        v("39 mixed case, user info", upper("http://username:password@MyCompany.com"), Pairs(P), "PJ08CxXr7KLPjEQCTc8LkUSMwSM=", Computes),
        v("40 scheme in capitals", upper("HTTP://username:password@MyCompany.com"), Pairs(P), "hy/l8pca+LFms4cvRdv8uiP6NGc=", Computes),
        v("41 user info in mixed case", upper("http://Username:Password@MyCompany.com"), Pairs(P), "SkTSKyDJH9kUlhItI0slbgZ1UsI=", Computes),
        v("W a WhatsApp message", "https://bot.example.com/webhooks/whatsapp", Form(WHATSAPP), "L6H81VD4n0WzSHf3KiC3BkGOJ6U=", Computes),
        v("W the same with a fragment", "https://bot.example.com/webhooks/whatsapp#rc=3&rp=all", Form(WHATSAPP), "L6H81VD4n0WzSHf3KiC3BkGOJ6U=", Computes),
        v("R1 no signature at all", U, Pairs(P), "WRONG_SIGNATURE", Fails),
        v("R2", U, Pairs(P), "FAIL", Fails),
        v("R3", U, Pairs(P), "fake_signature", Fails),
        v("R4 a right one with letters before it", U, Pairs(P), "NOTRSOYDt4T1cUTdK1PDd93/VVr8B8=", Fails),
        v("R5 empty", U, Pairs(P), "", Fails),
    ]
}

#[test]
fn vectors() {
    let mut failed = Vec::new();
    for vector in table() {
        let token = AuthToken::new(vector.token).unwrap();
        let tokens = AccountTokens::new(token.clone(), None);
        let pairs = match &vector.posted {
            Pairs(pairs) => pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
            Form(body) => crate::form::parse_pairs(body.as_bytes()).unwrap(),
            Raw(_) => Vec::new(),
        };
        let body = match &vector.posted {
            Raw(raw) => Body::Raw(raw.as_bytes()),
            _ => Body::Form(&pairs),
        };
        let computed = sign(&token, &vector.url, &body) == vector.signature;
        let verified = tokens.verify(&vector.url, &body, Some(vector.signature));
        let (wanted, ok) = match vector.expect {
            Computes => ("must pass", computed && verified.is_ok()),
            Passes => ("must pass by variant", !computed && verified.is_ok()),
            Fails => ("must fail", !computed && verified.is_err()),
        };
        let how = match &verified {
            Ok(found) => found.variant.to_string(),
            Err(refusal) => refusal.as_str().to_owned(),
        };
        let mark = if ok { "ok " } else { "BAD" };
        println!(
            "{mark} {:<44} {:<30} {wanted}: {how}",
            vector.name, vector.signature
        );
        if !ok {
            failed.push(vector.name);
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn vectors_of_the_body_hash_and_of_a_missing_header() {
    let call = br#"{"CallSid":"CA1234567890ABCDE","Caller":"+12349013030"}"#;
    assert_eq!(
        canonical::body_hash(call),
        "5ccde7145dfb8f56479710896586cb9d5911809d83afbe34627818790db0aec9"
    );
    assert_eq!(
        canonical::body_hash(JSON.as_bytes()),
        "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    );
    let token = AuthToken::new("12345").unwrap();
    let params: Vec<_> = P
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect();
    assert_eq!(compute(&token, U, &params), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    let tokens = AccountTokens::new(token, None);
    let missing = tokens.verify(U, &Body::Form(&params), None);
    assert_eq!(missing, Err(Refusal::MissingSignature));
}
