//! Replies with a file: the link, the file on WhatsApp, the mail.

use std::time::SystemTime;

use chrono::TimeDelta;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use wharf_domain::{
    contracts::{
        Envelope, ReplyContent, ReplyRequest,
        answers::{Recipient, ReportReady, ShareReceipt, Way},
    },
    ids::{CompanyId, named},
    period::Period,
};
use wharf_media::{Links, MediaConfig, MediaStore, ObjectKey};
use wharf_store::{
    demo,
    mail::{self, Mail, MailStatus},
    outbound::OutboundStatus,
};
use wharf_testkit::poll;

use crate::{
    smtp::SmtpServer,
    support::{DEADLINE, READER, TestResponder, at, contact_of, reply, stock},
};

const KEY: &str = "the signing key of these tests, long enough";
/// READER's address as texts may show it.
const MASKED: &str = "n•••@example.com";

/// Files, and what stands in for ingress: it serves what signed links lead to.
struct Files {
    folder: TempDir,
    store: MediaStore,
    url: String,
}

impl Files {
    async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let config = MediaConfig {
            url: format!("file:{}", folder.path().display()),
            s3: Default::default(),
            max_object_bytes: 30_000_000,
            public_url: String::new(),
            signing_key: String::new().into(),
            previous_signing_key: String::new().into(),
            link_lifetime_s: 3600,
        };
        let store = config.open().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = store.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = vec![0; 8 * 1024];
                let count = stream.read(&mut head).await.unwrap_or_default();
                let head = String::from_utf8_lossy(&head[..count]).into_owned();
                let path = head.split_whitespace().nth(1).unwrap_or_default();
                let links = Links::new("", TimeDelta::hours(1), KEY.as_bytes(), None).unwrap();
                let answer = match links.verify(path, SystemTime::now().into()) {
                    Err(refusal) => format!("HTTP/1.1 404 {refusal}\r\n\r\n").into_bytes(),
                    Ok(key) => {
                        let bytes = served.bytes(&key).await.unwrap();
                        let mut answer = format!(
                            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: {}\r\nContent-Length: {}\r\n\
                             Content-Disposition: attachment; filename=\"{}\"\r\n\r\n",
                            key.kind().content_type(),
                            bytes.len(),
                            key.file_name()
                        )
                        .into_bytes();
                        answer.extend_from_slice(&bytes);
                        answer
                    }
                };
                let _ = stream.write_all(&answer).await;
            }
        });
        Self { folder, store, url }
    }

    /// A responder that makes links, with these further settings.
    async fn responder(&self, changes: &[(&str, &str)]) -> TestResponder {
        let url = format!("file:{}", self.folder.path().display());
        let own = [
            ("WHARF__MEDIA__URL", url.as_str()),
            ("WHARF__MEDIA__SIGNING_KEY", KEY),
            ("WHARF__MEDIA__PUBLIC_URL", &self.url),
        ];
        let changes: Vec<_> = own.iter().chain(changes).copied().collect();
        TestResponder::start_with(&changes).await
    }

    /// A reply to message `number` about a file of `company` with these bytes.
    async fn report(
        &self,
        number: u32,
        company: CompanyId,
        name: &str,
        bytes: &'static [u8],
    ) -> Envelope<ReplyRequest> {
        let id = reply(number, READER, ReplyContent::UnknownCommand).execution_id;
        let key = ObjectKey::new(company, id, name).unwrap();
        self.store.put(&key, bytes.into()).await.unwrap();
        let report = ReportReady {
            report_type: "inventory".to_owned(),
            period: Period::day("2026-11-21".parse().unwrap()),
            attachment: key.attachment(bytes.len() as u64),
            format: key.kind().ending().to_owned(),
            figures: Vec::new(),
            as_of: at(0),
        };
        reply(number, READER, ReplyContent::ReportReady(report))
    }
}

impl TestResponder {
    async fn mails_of(&self, reply: &Envelope<ReplyRequest>) -> Vec<Mail> {
        let mut conn = self.store.conn().await.unwrap();
        mail::of_execution(&mut conn, demo::company_id(), reply.execution_id)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_report_comes_as_link_as_file_and_by_mail_each_once() {
    let (files, smtp) = (Files::start().await, SmtpServer::start());
    let responder = files.responder(&smtp.settings()).await;
    let report = files
        .report(1, demo::company_id(), "inventory.pdf", b"%PDF-1.7 figures")
        .await;
    for _ in 0..5 {
        responder.send(&report).await;
    }
    responder.wait_settled("reply_request", "done", 5).await;

    let sent = responder.sent(READER).await;
    assert_eq!(sent.len(), 2, "{sent:?}");
    let link = format!("View: {}/media/", files.url);
    assert!(sent[0].text.contains(&link), "{}", sent[0].text);
    assert!(
        sent[0].text.contains(&format!("Sent to: {MASKED}")),
        "{}",
        sent[0].text
    );
    assert_eq!(sent[1].text, "");
    let file = poll::until_some(DEADLINE, "the file on the phone", async || {
        responder.sent(READER).await.pop()?.files.pop()
    })
    .await;
    assert_eq!(
        (
            file.file_name.as_deref(),
            file.content_type.as_str(),
            file.size
        ),
        (Some("inventory.pdf"), "application/pdf", 16)
    );
    let rows = responder.rows(&report).await;
    assert_eq!(
        (rows[0].media_url.clone(), rows[1].body.as_str()),
        (None, "")
    );
    assert!(rows[1].media_url.is_some());

    let mails = smtp.mails();
    assert_eq!(mails.len(), 1);
    let row = responder.mails_of(&report).await.remove(0);
    assert_eq!((row.status, row.attempts), (MailStatus::Sent, 1));
    for line in [
        "From: Wharf <reports@wharf.example>".to_owned(),
        "To: noor@example.com".to_owned(),
        "Subject: Your file: inventory.pdf".to_owned(),
        format!("Message-ID: <{}>", row.message_id),
        "Auto-Submitted: auto-generated".to_owned(),
        "Content-Disposition: attachment; filename=\"inventory.pdf\"".to_owned(),
    ] {
        assert!(mails[0].contains(&line), "{line}\n{}", mails[0]);
    }
    responder
        .wait_metric(r#"wharf_mails_total{outcome="sent"}"#, 1)
        .await;
}

#[tokio::test]
async fn mails_are_in_the_language_that_their_reader_writes() {
    let (files, smtp) = (Files::start().await, SmtpServer::start());
    let responder = files.responder(&smtp.settings()).await;
    let [sam, nadia] = [&demo::PEOPLE[0], &demo::PEOPLE[1]];
    // One of those whom it is shared with has written Spanish; nobody has set a language.
    let contact = contact_of(nadia.phone);
    responder
        .db
        .run_sql(&format!(
            "UPDATE profiles SET locale = NULL;
             UPDATE contacts SET language = 'es' WHERE id IN ('{contact}', '{}')",
            contact_of(READER)
        ))
        .await;
    let report = files
        .report(1, demo::company_id(), "inventory.pdf", b"%PDF-1.7 figures")
        .await;
    let answer = stock(3);
    let person = |person: &demo::Person| Recipient {
        name: person.name.to_owned(),
        profile_id: named(&format!("demo:profile:{}", person.phone)).into(),
        persona: None,
        way: Way::Mail,
    };
    let receipt = ShareReceipt {
        what: answer.template().to_owned(),
        by: "Noor Haddad".to_owned(),
        people: vec![person(sam), person(nadia)],
        content: Box::new(answer),
    };
    let shared = reply(2, READER, ReplyContent::ShareReceipt(receipt));
    for reply in [&report, &shared] {
        responder.send(reply).await;
    }
    responder.wait_settled("reply_request", "done", 2).await;
    let subject = async |reply, to: &str| {
        let mails = responder.mails_of(reply).await;
        let mail = mails.into_iter().find(|mail| mail.to_address == to);
        mail.unwrap().subject
    };
    let own = subject(&report, "noor@example.com").await;
    assert_eq!(own, "Tu archivo: inventory.pdf");
    let spanish = subject(&shared, nadia.email).await;
    assert!(
        spanish.starts_with("Noor Haddad te comparte: "),
        "{spanish}"
    );
    let english = subject(&shared, sam.email).await;
    assert!(english.starts_with("Noor Haddad shares "), "{english}");
    assert_eq!(smtp.mails().len(), 3);
}

#[tokio::test]
async fn a_mail_server_that_is_not_ready_delays_the_mail_alone() {
    let (files, smtp) = (Files::start().await, SmtpServer::start());
    smtp.answer("451 come again");
    let responder = files.responder(&smtp.settings()).await;
    let report = files
        .report(1, demo::company_id(), "inventory.csv", b"sku,quantity\n")
        .await;
    responder.send(&report).await;
    let text = responder
        .client()
        .next_reply(READER, 0, DEADLINE)
        .await
        .unwrap()
        .text;
    assert!(text.contains(&format!("On its way to: {MASKED}")), "{text}");
    responder.wait_settled("reply_request", "retried", 1).await;
    let row = responder.mails_of(&report).await.remove(0);
    assert_eq!(row.status, MailStatus::Pending);
    assert!(row.error.unwrap().contains("come again"));

    smtp.take_mails();
    responder.wait_settled("reply_request", "done", 1).await;
    assert_eq!(smtp.mails().len(), 1);
    assert_eq!(
        responder.mails_of(&report).await[0].status,
        MailStatus::Sent
    );
    // WhatsApp does not take CSV: the text alone, and not again for the mail's sake.
    assert_eq!(responder.sent(READER).await.len(), 1);
}

#[tokio::test]
async fn a_refused_mail_is_not_claimed_and_not_tried_again() {
    let (files, smtp) = (Files::start().await, SmtpServer::start());
    smtp.answer("550 no such user");
    let responder = files.responder(&smtp.settings()).await;
    let report = files
        .report(1, demo::company_id(), "inventory.csv", b"sku\n")
        .await;
    for _ in 0..3 {
        responder.send(&report).await;
    }
    responder.wait_settled("reply_request", "done", 3).await;
    let sent = responder.sent(READER).await;
    assert_eq!(sent.len(), 1);
    assert!(
        sent[0]
            .text
            .contains(&format!("Could not be mailed to {MASKED}")),
        "{}",
        sent[0].text
    );
    let row = responder.mails_of(&report).await.remove(0);
    assert_eq!((row.status, row.attempts), (MailStatus::Failed, 1));
    assert!(smtp.mails().is_empty());
    responder
        .wait_metric(r#"wharf_mails_total{outcome="refused"}"#, 1)
        .await;
}

#[tokio::test]
async fn a_mail_that_never_gets_out_is_given_up_with_its_reply_done() {
    let (files, smtp) = (Files::start().await, SmtpServer::start());
    smtp.answer("451 never");
    let mut settings = smtp.settings();
    settings.push(("WHARF__WORKER__MAX_ATTEMPTS", "1"));
    let responder = files.responder(&settings).await;
    let report = files
        .report(1, demo::company_id(), "inventory.csv", b"sku\n")
        .await;
    responder.send(&report).await;
    let reason = responder.dead(1).await.remove(0);
    assert!(
        reason.contains("451") && !reason.contains("noor"),
        "{reason}"
    );
    assert_eq!(
        responder.mails_of(&report).await[0].status,
        MailStatus::Failed
    );
    assert_ne!(responder.row(&report).await.status, OutboundStatus::Failed);
}

#[tokio::test]
async fn without_a_mail_server_no_text_speaks_of_mail() {
    let files = Files::start().await;
    let responder = files.responder(&[]).await;
    let report = files
        .report(1, demo::company_id(), "inventory.csv", b"sku\n")
        .await;
    responder.send(&report).await;
    responder.wait_settled("reply_request", "done", 1).await;
    let text = &responder.sent(READER).await[0].text;
    assert!(
        text.contains("View: ") && !text.contains('@') && !text.contains('📧'),
        "{text}"
    );
    assert!(responder.mails_of(&report).await.is_empty());
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing_in_the_clear() {
    let (files, smtp) = (Files::start().await, SmtpServer::start());
    let mut settings = smtp.settings();
    settings.push(("WHARF__MAIL__TLS", "starttls"));
    let responder = files.responder(&settings).await;
    let report = files
        .report(1, demo::company_id(), "inventory.csv", b"sku\n")
        .await;
    responder.send(&report).await;
    responder.wait_settled("reply_request", "retried", 1).await;
    assert!(smtp.mails().is_empty());
    assert_eq!(
        responder.mails_of(&report).await[0].status,
        MailStatus::Pending
    );
}

#[tokio::test]
async fn without_a_signing_key_there_is_no_link_no_file_and_no_mail() {
    let (files, smtp) = (Files::start().await, SmtpServer::start());
    let mut settings = smtp.settings();
    settings.push(("WHARF__MEDIA__SIGNING_KEY", ""));
    let responder = files.responder(&settings).await;
    let report = files
        .report(1, demo::company_id(), "inventory.pdf", b"%PDF")
        .await;
    responder.send(&report).await;
    responder.wait_settled("reply_request", "done", 1).await;
    let sent = responder.sent(READER).await;
    assert_eq!(sent.len(), 1);
    assert!(
        !sent[0].text.contains("http") && !sent[0].text.contains('@'),
        "{}",
        sent[0].text
    );
    assert!(smtp.mails().is_empty());
}

#[tokio::test]
async fn a_file_that_was_taken_back_is_not_offered() {
    let (files, smtp) = (Files::start().await, SmtpServer::start());
    let responder = files.responder(&smtp.settings()).await;
    let report = files
        .report(1, demo::company_id(), "inventory.pdf", b"%PDF")
        .await;
    let attachment = report.body.content.attachment().unwrap();
    files
        .store
        .revoke(&attachment.key.parse().unwrap())
        .await
        .unwrap();
    responder.send(&report).await;
    responder.wait_settled("reply_request", "done", 1).await;
    let sent = responder.sent(READER).await;
    assert_eq!(sent.len(), 1);
    assert!(!sent[0].text.contains("http"), "{}", sent[0].text);
    assert!(smtp.mails().is_empty());
}

#[tokio::test]
async fn a_file_of_another_company_is_nobodys_here() {
    let files = Files::start().await;
    let responder = files.responder(&[]).await;
    let other = CompanyId(wharf_domain::ids::named("another company"));
    let report = files.report(1, other, "inventory.pdf", b"%PDF").await;
    responder.send(&report).await;
    assert_eq!(
        responder.dead(1).await,
        ["the file belongs to another company"]
    );
    assert!(responder.sent(READER).await.is_empty());
}

#[tokio::test]
async fn a_reply_of_more_than_four_parts_ends_in_a_link_to_the_whole_text() {
    let files = Files::start().await;
    let responder = files.responder(&[]).await;
    let locations: Vec<_> = (1..=400)
        .map(|number| format!("Storage place number {number}"))
        .collect();
    let long = reply(
        1,
        READER,
        ReplyContent::LocationNotFound {
            asked: "mars".to_owned(),
            locations: locations.clone(),
        },
    );
    for _ in 0..2 {
        responder.send(&long).await;
    }
    responder.wait_settled("reply_request", "done", 2).await;
    let sent = responder.sent(READER).await;
    assert_eq!(sent.len(), 4, "{sent:?}");
    assert!(sent[3].text.ends_with("\n(4/4)"), "{}", sent[3].text);
    let link = sent[3]
        .text
        .lines()
        .find_map(|line| line.strip_prefix(&files.url));
    let links = Links::new("", TimeDelta::hours(1), KEY.as_bytes(), None).unwrap();
    let key = links.verify(link.unwrap(), SystemTime::now().into());
    let whole = files.store.bytes(&key.unwrap()).await.unwrap();
    let whole = std::str::from_utf8(&whole).unwrap();
    assert!(locations.iter().all(|place| whole.contains(place.as_str())));
}

#[tokio::test]
async fn without_links_a_long_reply_says_that_the_rest_is_left_out() {
    let responder = TestResponder::start().await;
    let long = reply(
        1,
        READER,
        ReplyContent::LocationNotFound {
            asked: "mars".to_owned(),
            locations: vec!["Storage place".to_owned(); 800],
        },
    );
    responder.send(&long).await;
    responder.wait_settled("reply_request", "done", 1).await;
    let sent = responder.sent(READER).await;
    assert_eq!(sent.len(), 4, "{sent:?}");
    assert!(
        sent[3].text.contains("the rest was left out"),
        "{}",
        sent[3].text
    );
}
