//! `docs/api/openapi.yaml` against the running ingress: paths, methods, required form fields, and
//! the status, content type and JSON properties of real answers.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the helpers of a test are a test too"
)]

mod files;
#[expect(
    dead_code,
    reason = "shared with webhooks.rs, which uses the rest of it"
)]
mod support;

use std::{collections::BTreeSet, net::TcpListener, path::Path, time::Duration};

use files::Files;
use reqwest::Method;
use serde_json::Value;
use support::{ACCOUNT, Answer, Pairs, TestIngress, form, message_form};
use wharf_ingress::routes::{MEDIA_PATH, RESULTS_PATH, STATUS_PATH, WHATSAPP_PATH};
use wharf_media::FileKind;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: (&str, &str) = ("Accept", "application/json");

fn file() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api/openapi.yaml");
    serde_norway::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What a `$ref` leads to; anything else is itself.
fn follow<'a>(file: &'a Value, node: &'a Value) -> &'a Value {
    match node["$ref"].as_str() {
        Some(target) => {
            let target = target
                .strip_prefix('#')
                .expect("references stay in the file");
            follow(
                file,
                file.pointer(target)
                    .unwrap_or_else(|| panic!("no {target}")),
            )
        }
        None => node,
    }
}

/// Every (path, method) of the file.
fn operations(file: &Value) -> BTreeSet<(String, String)> {
    let methods = |(path, item): (&String, &Value)| -> Vec<(String, String)> {
        let methods = item.as_object().unwrap().keys();
        methods
            .map(|method| (path.clone(), method.clone()))
            .collect()
    };
    file["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(methods)
        .collect()
}

/// Whether `value` is what `schema` says; the path of the first difference otherwise. Knows the
/// few keywords that the file uses, and fails on any other.
fn check(file: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let schema = follow(file, schema);
    for keyword in schema.as_object().unwrap().keys() {
        let known = [
            "type",
            "const",
            "format",
            "oneOf",
            "items",
            "properties",
            "required",
            "additionalProperties",
            "description",
        ];
        assert!(
            known.contains(&keyword.as_str()),
            "{at}: the test does not know {keyword}"
        );
    }
    if let Some(wanted) = schema.get("const")
        && wanted != value
    {
        return Err(format!("{at}: {value} is not {wanted}"));
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = choices
            .iter()
            .filter(|choice| check(file, choice, value, at).is_ok())
            .count();
        return if fits == 1 {
            Ok(())
        } else {
            Err(format!("{at}: {fits} of oneOf fit {value}"))
        };
    }
    let fits = match schema["type"].as_str() {
        None => true,
        Some("string") => match (value.as_str(), schema["format"].as_str()) {
            (Some(text), Some("uuid")) => text.len() == 36 && text.matches('-').count() == 4,
            (text, None) => text.is_some(),
            (_, format) => panic!("{at}: the test does not know the format {format:?}"),
        },
        Some("boolean") => value.is_boolean(),
        Some("array") => {
            for item in value.as_array().ok_or_else(|| format!("{at}: no array"))? {
                check(file, &schema["items"], item, &format!("{at}[]"))?;
            }
            true
        }
        Some("object") => return check_object(file, schema, value, at),
        other => panic!("{at}: the test does not know the type {other:?}"),
    };
    if fits {
        Ok(())
    } else {
        Err(format!("{at}: {value} is not {}", schema["type"]))
    }
}

fn check_object(file: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let object = value
        .as_object()
        .ok_or_else(|| format!("{at}: no object"))?;
    assert_eq!(
        schema["additionalProperties"], false,
        "{at}: bodies list all they hold"
    );
    let properties = schema["properties"].as_object().unwrap();
    for name in schema["required"].as_array().unwrap() {
        let name = name.as_str().unwrap();
        object
            .get(name)
            .ok_or_else(|| format!("{at}: {name} is missing"))?;
    }
    for (name, value) in object {
        let schema = properties
            .get(name)
            .ok_or_else(|| format!("{at}: {name} is not listed"))?;
        check(file, schema, value, &format!("{at}.{name}"))?;
    }
    Ok(())
}

/// Holds an answer against the file.
fn assert_listed(file: &Value, method: &str, path: &str, answer: &Answer) {
    let at = format!("{method} {path} -> {}", answer.status);
    let response = &file["paths"][path][method]["responses"][answer.status.to_string()];
    assert!(!response.is_null(), "{at} is not in the file");
    let kind = answer.content_type.split(';').next().unwrap();
    let content = &follow(file, response)["content"][kind];
    assert!(!content.is_null(), "{at} as {kind} is not in the file");
    if method == "head" {
        assert_eq!(answer.body, "", "{at}");
        return;
    }
    let body = match kind {
        "application/json" => serde_json::from_str(&answer.body).unwrap(),
        _ => Value::String(answer.body.clone()),
    };
    // Examples say nothing about a text's form.
    let mut schema = follow(file, &content["schema"]).clone();
    schema.as_object_mut().unwrap().remove("examples");
    check(file, &schema, &body, &at).unwrap();
}

fn status_form() -> Pairs {
    let sid = format!("SM{:032x}", 7);
    form(&[
        ("AccountSid", ACCOUNT),
        ("MessageSid", &sid),
        ("MessageStatus", "delivered"),
    ])
}

/// Ingress with its admin port at a known address, and a client for it.
struct WithAdmin {
    ingress: TestIngress,
    url: String,
    client: reqwest::Client,
}

impl WithAdmin {
    async fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let bind = free.local_addr().unwrap().to_string();
        drop(free);
        let changes = [
            ("WHARF__ADMIN__BIND", bind.as_str()),
            ("WHARF__BROKER__PUBLISH_TIMEOUT_MS", "1000"),
        ];
        let client = wharf_runtime::http::client(Duration::from_secs(20)).unwrap();
        Self {
            ingress: TestIngress::start(&changes).await,
            url: format!("http://{bind}"),
            client,
        }
    }

    async fn get(&self, path: &str) -> Answer {
        let answer = self
            .client
            .get(format!("{}{path}", self.url))
            .send()
            .await
            .unwrap();
        Answer {
            status: answer.status().as_u16(),
            content_type: answer.headers()["content-type"]
                .to_str()
                .unwrap()
                .to_owned(),
            body: answer.text().await.unwrap(),
        }
    }
}

#[test]
fn the_file_lists_the_routes_and_nothing_else() {
    let file = file();
    assert_eq!(file["openapi"], "3.1.0");
    assert_eq!(file["info"]["version"], env!("CARGO_PKG_VERSION"));
    let expected = [
        (WHATSAPP_PATH, "post"),
        (STATUS_PATH, "post"),
        (RESULTS_PATH, "post"),
        (MEDIA_PATH, "get"),
        (MEDIA_PATH, "head"),
        ("/healthz", "get"),
        ("/readyz", "get"),
        ("/metrics", "get"),
    ];
    let expected: BTreeSet<_> = expected
        .iter()
        .map(|(path, method)| ((*path).to_owned(), (*method).to_owned()))
        .collect();
    assert_eq!(operations(&file), expected);

    // A route that is added has a path constant and a resource; both are counted here.
    let routes = include_str!("../src/routes/mod.rs");
    let declared = routes.matches("_PATH: &str = ").count();
    let served = routes.matches("web::resource(").count();
    let listed = expected.iter().map(|(path, _)| path);
    let listed: BTreeSet<_> = listed
        .filter(|path| path.starts_with("/api/") || path.starts_with("/media/"))
        .collect();
    let listed = listed.len();
    assert_eq!(
        (declared, served),
        (listed, listed),
        "routes/mod.rs and openapi.yaml differ"
    );
}

#[tokio::test]
async fn every_listed_method_is_served_and_no_other() {
    let file = file();
    let ingress = TestIngress::start(&[]).await;
    // A link has to be signed to be there at all: `real_answers_about_files_are_those_of_the_file`.
    let fixed = |(path, _): &(String, String)| !path.starts_with("/media/");
    for (path, method) in operations(&file).into_iter().filter(fixed) {
        let got = ingress.get(&path).await;
        let posted = ingress
            .send_to(&path, &status_form(), None, &[])
            .await
            .status;
        let (served, other) = if method == "get" {
            (got, posted)
        } else {
            (posted, got)
        };
        assert!(
            ![404, 405].contains(&served),
            "{method} {path} gives {served}"
        );
        assert!(
            [404, 405].contains(&other),
            "{path} answers more than {method}: {other}"
        );
    }
    assert_eq!(ingress.get("/api/webhooks/other").await, 404);
}

#[tokio::test]
async fn exactly_the_required_fields_are_required() {
    let file = file();
    let ingress = TestIngress::start(&[]).await;
    for path in [WHATSAPP_PATH, STATUS_PATH] {
        let schema = follow(
            &file,
            &file["paths"][path]["post"]["requestBody"]["content"][FORM]["schema"],
        );
        let required: Vec<&str> = schema["required"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n.as_str().unwrap())
            .collect();
        let example = |name: &&str| {
            let example = &schema["properties"][*name]["examples"][0];
            ((*name).to_owned(), example.as_str().unwrap().to_owned())
        };
        let whole: Pairs = required.iter().map(example).collect();
        assert_eq!(ingress.post_to(path, &whole).await.status, 200, "{path}");
        for name in required {
            let mut without = whole.clone();
            without.retain(|(other, _)| other != name);
            let answer = ingress.post_to(path, &without).await;
            // Without its account a request has no token to be checked with but the main one.
            assert_eq!(answer.status, 400, "{path} without {name}: {}", answer.body);
            assert!(answer.body.contains(name), "{}", answer.body);
        }
    }
}

#[tokio::test]
async fn real_answers_are_those_of_the_file() {
    let file = file();
    let this = WithAdmin::start().await;
    let ingress = &this.ingress;
    let message = |number| message_form("SM", number, "stock WID-1001");
    let listed = |path, status, answer: &Answer| {
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert_listed(&file, "post", path, answer);
    };

    listed(WHATSAPP_PATH, 200, &ingress.post(&message(1)).await);
    listed(
        WHATSAPP_PATH,
        200,
        &ingress.post_with(&message(2), &[JSON]).await,
    );
    listed(
        STATUS_PATH,
        200,
        &ingress.post_to(STATUS_PATH, &status_form()).await,
    );
    let signature = ingress.sign_for(STATUS_PATH, &status_form());
    let as_json = ingress
        .send_to(STATUS_PATH, &status_form(), Some(&signature), &[JSON])
        .await;
    listed(STATUS_PATH, 200, &as_json);

    let huge = form(&[("AccountSid", ACCOUNT), ("Body", &"x".repeat(140_000))]);
    let empty = form(&[("AccountSid", ACCOUNT)]);
    for path in [WHATSAPP_PATH, STATUS_PATH] {
        listed(path, 400, &ingress.post_to(path, &empty).await);
        listed(
            path,
            401,
            &ingress.send_to(path, &status_form(), None, &[]).await,
        );
        listed(path, 413, &ingress.post_to(path, &huge).await);
    }

    // Numbers 3 to 10 use the window up.
    for number in 3..=10 {
        ingress.post(&message(number)).await;
    }
    let limited = ingress.post_with(&message(11), &[JSON]).await;
    assert!(
        limited.body.contains("Rate limit exceeded"),
        "{}",
        limited.body
    );
    listed(WHATSAPP_PATH, 200, &limited);
    listed(WHATSAPP_PATH, 200, &ingress.post(&message(12)).await);

    for path in ["/healthz", "/readyz", "/metrics"] {
        let answer = this.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_listed(&file, "get", path, &answer);
    }

    ingress.cut_broker().await;
    let answer = this.get("/readyz").await;
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("reason"), "{}", answer.body);
    assert_listed(&file, "get", "/readyz", &answer);
    let mut other = message(13);
    other[2].1 = "whatsapp:+15550100002".to_owned();
    listed(WHATSAPP_PATH, 503, &ingress.post(&other).await);
    listed(
        STATUS_PATH,
        503,
        &ingress.post_to(STATUS_PATH, &status_form()).await,
    );
}

#[tokio::test]
async fn real_answers_about_files_are_those_of_the_file() {
    let file = file();
    let folder = tempfile::TempDir::new().unwrap();
    let files = Files::in_folder(&folder);
    let ingress = files.ingress().await;
    // Nobody listens there any more.
    let away = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let away = format!("http://{away}");
    let broken = files
        .ingress_with(&[
            ("WHARF__MEDIA__URL", "s3://files"),
            ("WHARF__MEDIA__S3__ENDPOINT", &away),
            ("WHARF__MEDIA__S3__ACCESS_KEY_ID", "test"),
            ("WHARF__MEDIA__S3__SECRET_ACCESS_KEY", "test"),
        ])
        .await;
    for kind in FileKind::ALL {
        let key = files
            .put(1, &format!("report.{}", kind.ending()), b"bytes")
            .await;
        for (ingress, path, status) in [
            (&ingress, files.link(&key), 200),
            (&ingress, files.old_link(&key), 410),
            (&ingress, "/media/token/report.pdf".to_owned(), 404),
            (&broken, files.link(&key), 503),
        ] {
            for (name, method) in [("get", Method::GET), ("head", Method::HEAD)] {
                let answer = ingress.request(method, &path).await;
                let answer = Answer {
                    status: answer.status().as_u16(),
                    content_type: answer.headers()["content-type"]
                        .to_str()
                        .unwrap()
                        .to_owned(),
                    body: answer.text().await.unwrap(),
                };
                assert_eq!(answer.status, status, "{name} {path}");
                assert_listed(&file, name, MEDIA_PATH, &answer);
            }
        }
    }
    let posted = ingress
        .request(Method::POST, "/media/token/report.pdf")
        .await;
    assert_eq!(posted.status(), 405);
}
