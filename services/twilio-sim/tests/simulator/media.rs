//! Files of outbound messages: fetched, shown, refused.

use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use wharf_testkit::poll;
use wharf_twilio::client::{Client, SendError};

use crate::{rest, wharf::Wharf};
use twilio_sim::{Entry, FetchedFile, Sim};

const ANNA: &str = "+15550100001";
const DEADLINE: Duration = Duration::from_secs(20);

/// Serves files of a type and size: `/<size>/<type>/<subtype>`.
fn host() -> String {
    let server = HttpServer::new(|| {
        App::new().route(
            "/{size}/{kind:.*}",
            web::get().to(|path: web::Path<(usize, String)>| async move {
                let (size, kind) = path.into_inner();
                HttpResponse::Ok()
                    .content_type(kind)
                    .insert_header(("Content-Disposition", "attachment; filename=\"report.pdf\""))
                    .body(vec![b'x'; size])
            }),
        )
    })
    .workers(1)
    .disable_signals()
    .bind("127.0.0.1:0")
    .unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    format!("http://{address}")
}

async fn ended(sim: &Sim, sid: &str) -> Entry {
    poll::until_some(DEADLINE, "the message at its end", async || {
        let lines = sim
            .client()
            .transcript(Some(ANNA), 0, Duration::ZERO)
            .await
            .unwrap();
        let line = lines
            .into_iter()
            .find(|line| line.message_sid.as_deref() == Some(sid))?;
        let over = ["delivered", "undelivered"];
        over.contains(&line.status.as_deref()?).then_some(line)
    })
    .await
}

async fn send(client: &Client, url: &str) -> Result<String, SendError> {
    let mut message = rest::text("");
    message.media_urls.push(url.to_owned());
    client.send(&message).await.map(|sent| sent.sid)
}

#[tokio::test]
async fn a_file_is_fetched_and_shown() {
    let (_wharf, sim) = rest::open_sim().await;
    let sid = send(
        &rest::client(&sim),
        &format!("{}/1000/application/pdf", host()),
    )
    .await
    .unwrap();
    assert!(sid.starts_with("MM"), "{sid}");
    let line = ended(&sim, &sid).await;
    assert_eq!(line.status.as_deref(), Some("delivered"));
    assert_eq!(
        line.files,
        [FetchedFile {
            content_type: "application/pdf".into(),
            file_name: Some("report.pdf".into()),
            size: 1000,
        }]
    );
}

#[tokio::test]
async fn what_whatsapp_does_not_take_fails_later() {
    let (_wharf, sim) = rest::open_sim().await;
    let (client, host) = (rest::client(&sim), host());
    for (path, code) in [
        ("16000001/application/pdf", 11751),
        ("5000001/image/png", 11751),
        ("10/text/csv", 63005),
        ("none", 63019),
    ] {
        let sid = send(&client, &format!("{host}/{path}")).await.unwrap();
        let line = ended(&sim, &sid).await;
        assert_eq!(line.status.as_deref(), Some("undelivered"), "{path}");
        assert!(line.has_flag(code), "{path}: {:?}", line.flags);
    }
}

#[tokio::test]
async fn an_url_that_is_none_is_refused_at_once() {
    let (_wharf, sim): (Wharf, Sim) = rest::open_sim().await;
    for url in ["report.pdf", "file:///etc/passwd", "ftp://files.example/a"] {
        let error = send(&rest::client(&sim), url).await.unwrap_err();
        assert_eq!(error.code(), Some(21620), "{url}");
    }
}
