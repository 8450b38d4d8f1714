//! `wharfctl signature`: computes and verifies `X-Twilio-Signature` with the code of ingress, so
//! that a person finds out why a webhook is refused. Speaks to no server.

use std::{
    io::{Read, Write},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::Args;
use serde::{Deserialize, Serialize};
use wharf_twilio::{
    form,
    signature::{AccountTokens, AuthToken, Body, canonical, diagnose, sign},
};

/// The arguments of `wharfctl signature`.
///
/// The request's body is read from standard input: a form as it came (`Body=hi&From=…`), or with
/// --raw any other body. Without --signature the signature is printed; with it, it is checked.
///
/// With --jsonl (or without --url, when the input begins with `{`) standard input holds one JSON
/// object a line: {"url", "params": [[name, value], …], "token", "signature"}, or "body" in place
/// of "params" for a body that is not a form. Each gives a line {"valid", "reason"}.
#[derive(Debug, Clone, Args)]
pub struct Signature {
    /// The URL as it is configured at Twilio, with its query.
    #[arg(long)]
    pub url: Option<String>,
    /// The account's auth token.
    #[arg(long, env = "TWILIO_AUTH_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// The X-Twilio-Signature to check.
    #[arg(long, allow_hyphen_values = true)]
    pub signature: Option<String>,
    /// The body is not a form: its hash must be in the URL as bodySHA256.
    #[arg(long)]
    pub raw: bool,
    /// Standard input holds one request a line, as JSON.
    #[arg(long, conflicts_with_all = ["url", "signature", "raw"])]
    pub jsonl: bool,
}

/// Runs the command: reads `input`, writes to `out`. The exit code is 0 when the signature was
/// computed or matches, 1 when it does not; with JSON lines 0 when every line has its verdict.
///
/// # Errors
/// When an argument is missing or unusable, or the input cannot be read.
pub fn run(
    args: &Signature,
    input: &mut dyn Read,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let mut body = Vec::new();
    input
        .read_to_end(&mut body)
        .context("reading standard input")?;
    let looks_like_json = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let Some(url) = &args.url else {
        anyhow::ensure!(args.jsonl || looks_like_json, "--url is missing");
        judge_lines(&body, out)?;
        return Ok(ExitCode::SUCCESS);
    };
    let token = args.token.clone().context("--token is missing")?;
    let token = AuthToken::new(token).context("--token")?;
    let pairs = if args.raw {
        Vec::new()
    } else {
        form::parse_pairs(without_line_end(&body))?
    };
    let body = if args.raw {
        Body::Raw(&body)
    } else {
        Body::Form(&pairs)
    };
    let Some(signature) = &args.signature else {
        if let Body::Raw(bytes) = body {
            let hash = canonical::body_hash(bytes);
            anyhow::ensure!(url.contains(&hash), "the URL lacks bodySHA256={hash}");
        }
        writeln!(out, "{}", sign(&token, url, &body))?;
        return Ok(ExitCode::SUCCESS);
    };
    let verdict = judge(&token, url, &body, Some(signature));
    writeln!(
        out,
        "{}: {}",
        if verdict.valid { "valid" } else { "not valid" },
        verdict.reason
    )?;
    if verdict.valid {
        return Ok(ExitCode::SUCCESS);
    }
    // Whoever asks holds the token and could compute it as well.
    writeln!(
        out,
        "for this token, URL and body it would be {}",
        sign(&token, url, &body)
    )?;
    Ok(ExitCode::FAILURE)
}

/// A shell's `echo` ends a form with a line end that was not in the request; in a form it would be
/// written `%0A`.
fn without_line_end(body: &[u8]) -> &[u8] {
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    body.strip_suffix(b"\r").unwrap_or(body)
}

#[derive(Deserialize)]
struct Request {
    url: String,
    #[serde(default)]
    params: Option<Vec<(String, String)>>,
    token: String,
    #[serde(default)]
    signature: Option<String>,
    #[serde(default)]
    body: Option<String>,
}

/// The answer to one request.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Verdict {
    valid: bool,
    reason: String,
}

impl Verdict {
    fn not_valid(reason: impl Into<String>) -> Self {
        Self {
            valid: false,
            reason: reason.into(),
        }
    }
}

fn judge_lines(input: &[u8], out: &mut dyn Write) -> anyhow::Result<()> {
    let blank = |line: &&[u8]| line.iter().all(u8::is_ascii_whitespace);
    for line in input
        .split(|byte| *byte == b'\n')
        .filter(|line| !blank(line))
    {
        let verdict = match serde_json::from_slice::<Request>(line) {
            Ok(request) => judge_request(&request),
            Err(error) => Verdict::not_valid(format!("the line cannot be read: {error}")),
        };
        serde_json::to_writer(&mut *out, &verdict)?;
        writeln!(out)?;
    }
    Ok(())
}

fn judge_request(request: &Request) -> Verdict {
    let token = match AuthToken::new(request.token.clone()) {
        Ok(token) => token,
        Err(error) => return Verdict::not_valid(error.to_string()),
    };
    let params = request.params.as_deref().unwrap_or_default();
    let body = match &request.body {
        Some(_) if !params.is_empty() => {
            return Verdict::not_valid(
                "params and body exclude each other: a form is given as params",
            );
        }
        Some(body) => Body::Raw(body.as_bytes()),
        None => Body::Form(params),
    };
    judge(&token, &request.url, &body, request.signature.as_deref())
}

fn judge(token: &AuthToken, url: &str, body: &Body<'_>, signature: Option<&str>) -> Verdict {
    let tokens = AccountTokens::new(token.clone(), None);
    match tokens.verify(url, body, signature) {
        Ok(found) => Verdict {
            valid: true,
            reason: format!("matches: {}", found.variant),
        },
        Err(refusal) => {
            let cause = signature.and_then(|s| diagnose::likely_cause(&tokens, url, body, s));
            Verdict::not_valid(match cause {
                Some(cause) => format!("{refusal}; likely cause: {cause}"),
                None => refusal.to_string(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
    const FORM: &str = "To=%2B18005551212&CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309\n";
    const RIGHT: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

    fn args(url: Option<&str>, signature: Option<&str>) -> Signature {
        Signature {
            url: url.map(str::to_owned),
            token: Some("12345".to_owned()),
            signature: signature.map(str::to_owned),
            raw: false,
            jsonl: false,
        }
    }

    fn ran(args: &Signature, input: &str) -> (bool, String) {
        let mut out = Vec::new();
        let code = run(args, &mut input.as_bytes(), &mut out).unwrap();
        (code == ExitCode::SUCCESS, String::from_utf8(out).unwrap())
    }

    #[test]
    fn computes_twilios_own_example() {
        assert_eq!(
            ran(&args(Some(URL), None), FORM),
            (true, format!("{RIGHT}\n"))
        );
    }

    #[test]
    fn verifies_and_explains() {
        let (valid, words) = ran(&args(Some(URL), Some(RIGHT)), FORM);
        assert_eq!(
            (valid, words.as_str()),
            (true, "valid: matches: URL as given\n")
        );
        let http = URL.replace("https", "http");
        let (valid, words) = ran(&args(Some(&http), Some(RIGHT)), FORM);
        assert!(!valid && words.contains("a proxy ends TLS"), "{words}");
        assert!(words.contains("it would be"));
    }

    #[test]
    fn a_raw_body_needs_its_hash_in_the_url() {
        let body = r#"{"property": "value", "boolean": true}"#;
        let mut raw = args(Some(URL), None);
        raw.raw = true;
        let missing = run(&raw, &mut body.as_bytes(), &mut Vec::new()).unwrap_err();
        assert!(
            missing
                .to_string()
                .contains("0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620")
        );
        raw.url = Some(format!(
            "{URL}&bodySHA256={}",
            canonical::body_hash(body.as_bytes())
        ));
        assert_eq!(
            ran(&raw, body),
            (true, "a9nBmqA0ju/hNViExpshrM61xv4=\n".to_owned())
        );
    }

    #[test]
    fn json_lines_each_get_a_verdict() {
        let line = |signature: &str| serde_json::json!({"url": URL, "params": [["Sid", "CA123"], ["SidAccount", "AC123"], ["Digits", "5678"], ["Digits", "1234"], ["Digits", "1234"]], "token": "12345", "signature": signature});
        let hashed = format!(
            "https://mycompany.com/myapp.php?bodySHA256={}",
            canonical::body_hash(b"{}")
        );
        let raw = sign(
            &AuthToken::new("12345").unwrap(),
            &hashed,
            &Body::Raw(b"{}"),
        );
        let input = [
            line("IK+Dwps556ElfBT0I3Rgjkr1wJU=").to_string(),
            line("eMV0TTCyejiqoUSkV7IwWuk0CRc=").to_string(),
            line("").to_string(),
            serde_json::json!({"url": URL, "params": [], "token": "12345", "signature": "zYQTYrRWXE7LtzbG4PfP7/bkkGo="}).to_string(),
            serde_json::json!({"url": URL, "token": "12345"}).to_string(),
            serde_json::json!({"url": URL, "token": "", "signature": RIGHT}).to_string(),
            serde_json::json!({"url": hashed, "token": "12345", "body": "{}", "signature": raw}).to_string(),
            serde_json::json!({"url": hashed, "token": "12345", "body": "{ }", "signature": raw}).to_string(),
            String::new(),
            "{not json".to_owned(),
        ]
        .join("\n");
        let (_, out) = ran(&args(None, None), &input);
        insta::assert_snapshot!(out);
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = run(&args(None, None), &mut &b"a=b"[..], &mut Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "--url is missing");
        let mut no_token = args(Some(URL), None);
        no_token.token = None;
        assert!(run(&no_token, &mut &b"a=b"[..], &mut Vec::new()).is_err());
        no_token.token = Some(String::new());
        let error = run(&no_token, &mut &b"a=b"[..], &mut Vec::new()).unwrap_err();
        assert_eq!(format!("{error:#}"), "--token: the auth token is empty");
    }
}
