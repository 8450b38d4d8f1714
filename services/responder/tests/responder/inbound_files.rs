//! Files that people sent: fetched with credentials that go nowhere else, checked, kept, removed.

use tempfile::TempDir;
use twilio_sim::hosted::{FileFault, FileRequests, HostedFile};
use wharf_domain::{
    contracts::{ReplyContent, ReplyRequest, ReplyTo},
    ids::ExecutionId,
    priority::Priority,
};
use wharf_media::{MediaConfig, MediaError, ObjectKey};
use wharf_store::{
    demo,
    inbound_media::{self, InboundMedia, InboundMediaState, NewInboundMedia},
    opt_outs::{self, OptSource},
};
use wharf_testkit::poll;

use crate::support::{DEADLINE, READER, TestResponder, at, contact_of, reply};

const JPEG: &[u8] = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01";

struct Desk {
    responder: TestResponder,
    folder: TempDir,
}

fn execution(number: u32) -> ExecutionId {
    ExecutionId::of_message("AC1", &format!("MM{number:032x}"))
}

fn jpeg(size: usize, fault: FileFault) -> HostedFile {
    HostedFile {
        content_type: "image/jpeg".to_owned(),
        begins: JPEG.to_vec(),
        size,
        fault,
    }
}

impl Desk {
    async fn open(changes: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("file:{}", folder.path().display());
        let own = [
            ("WHARF__MEDIA__URL", url.as_str()),
            ("WHARF__INBOUND_FILES__POLL_MS", "50"),
            ("WHARF__INBOUND_FILES__HOSTS", "localhost"),
            ("WHARF__INBOUND_FILES__MAX_BYTES", "300000"),
        ];
        let changes: Vec<_> = own.iter().chain(changes).copied().collect();
        let responder = TestResponder::start_with(&changes).await;
        Self { responder, folder }
    }

    /// What nlp notes of message `number` with one file.
    async fn note(&self, number: u32, url: &str, declared_type: &str) {
        let mut conn = self.responder.store.conn().await.unwrap();
        let new = NewInboundMedia {
            company_id: demo::company_id(),
            contact_id: contact_of(READER),
            profile_id: None,
            execution_id: execution(number),
            number: 0,
            message_sid: "MM1",
            url,
            declared_type,
            received_at: at(0) - chrono::TimeDelta::days(365),
        };
        inbound_media::expect(&mut conn, &[new]).await.unwrap();
    }

    async fn host(&self, number: u32, file: HostedFile) {
        let url = self.responder.client().host(&file).await.unwrap();
        self.note(number, &url, &file.content_type).await;
    }

    async fn row(&self, number: u32) -> InboundMedia {
        let mut conn = self.responder.store.conn().await.unwrap();
        let company = demo::company_id();
        let found = inbound_media::of_message(&mut conn, company, execution(number)).await;
        found.unwrap().remove(0)
    }

    async fn wait(&self, number: u32, wanted: impl Fn(&InboundMedia) -> bool) -> InboundMedia {
        poll::until_some(DEADLINE, "the file's row", async || {
            let row = self.row(number).await;
            wanted(&row).then_some(row)
        })
        .await
    }

    /// Its bytes in the storage.
    async fn bytes(&self, key: &str) -> Result<bytes::Bytes, MediaError> {
        let config = MediaConfig {
            url: format!("file:{}", self.folder.path().display()),
            s3: Default::default(),
            max_object_bytes: 1_000_000,
            public_url: String::new(),
            signing_key: String::new().into(),
            previous_signing_key: String::new().into(),
            link_lifetime_s: 60,
        };
        let key: ObjectKey = key.parse().unwrap();
        config.open().unwrap().bytes(&key).await
    }
}

#[tokio::test]
async fn a_file_is_kept_with_what_it_is_and_credentials_stay_with_twilio() {
    let desk = Desk::open(&[]).await;
    desk.host(1, jpeg(200_000, FileFault::None)).await;
    let host = "localhost".to_owned();
    desk.host(2, jpeg(70_000, FileFault::Redirect { host }))
        .await;
    let evil = "127.0.0.2".to_owned();
    desk.host(3, jpeg(70_000, FileFault::Redirect { host: evil }))
        .await;
    for (number, size) in [(1, 200_000), (2, 70_000)] {
        let row = desk
            .wait(number, |row| row.state == InboundMediaState::Kept)
            .await;
        assert_eq!(row.content_type.as_deref(), Some("image/jpeg"));
        assert_eq!(row.size_bytes, Some(size));
        let key = row.object_key.unwrap();
        assert_eq!(
            key,
            format!("{}/{}/inbound-0.jpg", demo::company_id(), execution(number))
        );
        let bytes = desk.bytes(&key).await.unwrap();
        assert_eq!(i64::try_from(bytes.len()).unwrap(), size);
        assert!(bytes.starts_with(JPEG));
    }
    let row = desk
        .wait(3, |row| row.state == InboundMediaState::Refused)
        .await;
    assert_eq!(
        row.reason.as_deref(),
        Some("127.0.0.2 is not an allowed host")
    );
    let asked = desk.responder.client().file_requests().await.unwrap();
    let expected = FileRequests {
        authorized: 3,
        refused: 0,
        content: 1,
        leaked: 0,
    };
    assert_eq!(asked, expected);
    desk.responder
        .wait_metric(r#"wharf_inbound_files_total{outcome="kept"}"#, 2)
        .await;
}

#[tokio::test]
async fn what_is_not_to_be_kept_is_refused() {
    let desk = Desk::open(&[]).await;
    // Too large: said at once, or seen on the way.
    desk.host(1, jpeg(300_001, FileFault::None)).await;
    desk.host(2, jpeg(5_000_000, FileFault::Unannounced)).await;
    // A program that calls itself a picture; a type that nobody wants; a loop; elsewhere.
    let program = HostedFile {
        begins: b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff".to_vec(),
        ..jpeg(9_000, FileFault::None)
    };
    desk.host(3, program).await;
    let script = HostedFile {
        content_type: "application/javascript".to_owned(),
        ..jpeg(9_000, FileFault::None)
    };
    desk.host(4, script).await;
    desk.host(5, jpeg(10, FileFault::RedirectLoop)).await;
    desk.note(6, "https://files.example/a.jpg", "image/jpeg")
        .await;
    desk.note(7, "no URL", "image/jpeg").await;
    for (number, reason) in [
        (1, "it has more than 300000 bytes"),
        (2, "it has more than 300000 bytes"),
        (3, "its bytes are not image/jpeg"),
        (4, "application/javascript is not a type that is kept"),
        (5, "too many redirects"),
        (6, "files.example is not an allowed host"),
        (7, "its URL cannot be read"),
    ] {
        let row = desk
            .wait(number, |row| row.state != InboundMediaState::Waiting)
            .await;
        assert_eq!(row.state, InboundMediaState::Refused, "{number}");
        assert_eq!(row.reason.as_deref(), Some(reason));
        assert_eq!(row.object_key, None);
    }
    // Nothing is left of what was begun.
    let mut left = Vec::new();
    let mut folders = vec![desk.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => left.push(entry.path()),
            }
        }
    }
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn what_may_come_later_is_tried_again_and_not_for_ever() {
    let desk = Desk::open(&[
        ("WHARF__INBOUND_FILES__TIMEOUT_MS", "400"),
        ("WHARF__INBOUND_FILES__MAX_ATTEMPTS", "2"),
    ])
    .await;
    desk.host(1, jpeg(10_000, FileFault::Unavailable { times: 1 }))
        .await;
    desk.host(2, jpeg(200_000, FileFault::Slow { delay_ms: 300 }))
        .await;
    desk.host(3, jpeg(10_000, FileFault::Gone)).await;
    for (number, reason) in [
        (1, "HTTP 503 Service Unavailable"),
        (2, "it took too long"),
        (3, "HTTP 404 Not Found"),
    ] {
        let row = desk.wait(number, |row| row.reason.is_some()).await;
        assert_eq!((row.state, row.attempts), (InboundMediaState::Waiting, 1));
        assert_eq!(row.reason.as_deref(), Some(reason));
    }
    // Their time has come.
    desk.responder
        .db
        .run_sql("UPDATE inbound_media SET next_try_at = now() - interval '1 day'")
        .await;
    desk.wait(1, |row| row.state == InboundMediaState::Kept)
        .await;
    for number in [2, 3] {
        let row = desk
            .wait(number, |row| row.state == InboundMediaState::Failed)
            .await;
        assert_eq!(row.attempts, 2);
    }
}

#[tokio::test]
async fn two_responders_fetch_a_file_once_and_it_goes_when_its_time_is_over() {
    let mut desk = Desk::open(&[]).await;
    desk.responder.run();
    for number in 1..=12 {
        desk.host(number, jpeg(1_000, FileFault::None)).await;
    }
    let mut keys = Vec::new();
    for number in 1..=12 {
        let row = desk
            .wait(number, |row| row.state == InboundMediaState::Kept)
            .await;
        keys.push(row.object_key.unwrap());
    }
    let asked = desk.responder.client().file_requests().await.unwrap();
    assert_eq!(asked.authorized, 12);
    desk.responder
        .db
        .run_sql(&format!(
            "UPDATE inbound_media SET remove_at = now() - interval '1 second' WHERE execution_id = '{}'",
            execution(1)
        ))
        .await;
    desk.wait(1, |row| row.state == InboundMediaState::Removed)
        .await;
    assert!(matches!(
        desk.bytes(&keys[0]).await,
        Err(MediaError::Revoked)
    ));
    assert!(desk.bytes(&keys[1]).await.is_ok());
}

#[tokio::test]
async fn what_nobody_asked_for_goes_only_to_who_may_be_written_to() {
    let desk = Desk::open(&[]).await;
    let (company, contact) = (demo::company_id(), contact_of(READER));
    let unasked = |number: u32| {
        let to = ReplyTo {
            company_id: company,
            contact_id: contact,
            conversation_key: "conversation".to_owned(),
            priority: Priority::Normal,
            received_at: at(0),
        };
        ReplyRequest::unasked(
            execution(number),
            "shared",
            to,
            ReplyContent::UnknownCommand,
            at(0),
        )
    };
    let set = async |out| {
        let mut conn = desk.responder.store.conn().await.unwrap();
        let set = opt_outs::set(&mut conn, company, contact, out, OptSource::Word, at(0));
        set.await.unwrap();
    };
    set(true).await;
    desk.responder.send(&unasked(1)).await;
    desk.responder
        .wait_metric(r#"wharf_suppressed_total{template="unknown_command"}"#, 1)
        .await;
    // An answer still goes.
    desk.responder
        .send(&reply(2, READER, ReplyContent::UnknownCommand))
        .await;
    desk.responder
        .client()
        .next_reply(READER, 0, DEADLINE)
        .await
        .unwrap();
    set(false).await;
    desk.responder.send(&unasked(3)).await;
    desk.responder
        .wait_settled("reply_request", "done", 3)
        .await;
    assert_eq!(desk.responder.sent(READER).await.len(), 2);
}
