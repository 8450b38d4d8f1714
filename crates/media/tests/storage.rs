//! The same promises on a folder and on an S3-compatible server over HTTP.
#![expect(clippy::unwrap_used, reason = "the helpers of a test are a test too")]

use bytes::Bytes;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use tempfile::TempDir;
use tokio::net::TcpListener;
use uuid::Uuid;
use wharf_domain::ids::{CompanyId, ExecutionId};
use wharf_media::{MediaConfig, MediaError, MediaStore, ObjectKey, Put, config::S3Config};

const ACCESS_KEY: &str = "test-access-key";
const SECRET_KEY: &str = "test-secret-key";

fn config(url: String) -> MediaConfig {
    MediaConfig {
        url,
        s3: S3Config::default(),
        max_object_bytes: 3_000_000,
        public_url: String::new(),
        signing_key: String::new().into(),
        previous_signing_key: String::new().into(),
        link_lifetime_s: 3600,
    }
}

fn in_folder(folder: &TempDir) -> MediaConfig {
    config(format!("file:{}/new/folder", folder.path().display()))
}

/// A server that checks signatures, with one bucket in `folder`.
async fn in_bucket(folder: &TempDir, secret: &str) -> MediaConfig {
    std::fs::create_dir_all(folder.path().join("files")).unwrap();
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
    service.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let served = Builder::new(TokioExecutor::new());
                // A client that goes is no fault.
                let _ = served.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    let mut config = config("s3://files/wharf/test".to_owned());
    config.s3 = S3Config {
        endpoint: format!("http://{address}"),
        region: "eu-central-1".to_owned(),
        access_key_id: ACCESS_KEY.to_owned(),
        secret_access_key: secret.into(),
    };
    config.validate().unwrap();
    config
}

fn key(execution: u128) -> ObjectKey {
    let (company, execution) = (
        CompanyId(Uuid::from_u128(1)),
        ExecutionId(Uuid::from_u128(execution)),
    );
    ObjectKey::new(company, execution, "report.pdf").unwrap()
}

async fn keeps_its_promises(store: MediaStore) {
    // Larger than one piece of a stream.
    let report: Bytes = (0..2_000_000_u32)
        .map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[1])
        .collect();
    assert!(matches!(
        store.size(&key(1)).await,
        Err(MediaError::NotFound)
    ));
    assert!(matches!(
        store.bytes(&key(1)).await,
        Err(MediaError::NotFound)
    ));
    assert_eq!(
        store.put(&key(1), report.clone()).await.unwrap(),
        Put::Created
    );
    assert_eq!(
        store.put(&key(1), report.clone()).await.unwrap(),
        Put::Unchanged
    );
    assert_eq!(store.size(&key(1)).await.unwrap(), 2_000_000);
    assert_eq!(store.bytes(&key(1)).await.unwrap(), report);
    assert_eq!(
        store
            .put(&key(1), Bytes::from_static(b"other"))
            .await
            .unwrap(),
        Put::Replaced
    );
    assert_eq!(store.bytes(&key(1)).await.unwrap(), "other");

    assert_eq!(
        store
            .put(&key(2), Bytes::from_static(b"second"))
            .await
            .unwrap(),
        Put::Created
    );
    for _ in 0..2 {
        store.revoke(&key(1)).await.unwrap();
        assert!(matches!(
            store.bytes(&key(1)).await,
            Err(MediaError::Revoked)
        ));
        assert!(matches!(
            store.size(&key(1)).await,
            Err(MediaError::Revoked)
        ));
        // A repeated execution does not bring it back.
        assert!(matches!(
            store.put(&key(1), report.clone()).await,
            Err(MediaError::Revoked)
        ));
    }
    assert_eq!(store.bytes(&key(2)).await.unwrap(), "second");
    // What was never there can be taken back as well.
    store.revoke(&key(3)).await.unwrap();

    let large = Bytes::from(vec![0; 3_000_001]);
    assert!(matches!(
        store.put(&key(4), large).await,
        Err(MediaError::TooLarge {
            size: 3_000_001,
            limit: 3_000_000
        })
    ));

    // Piece by piece: nothing before its end, nothing after a limit.
    let file = key(77);
    let mut upload = store.begin(&file, 3_000_000).await.unwrap();
    let piece = Bytes::from(vec![b'x'; 1_500_000]);
    upload.write(piece.clone()).await.unwrap();
    assert!(matches!(store.size(&file).await, Err(MediaError::NotFound)));
    upload.write(piece.clone()).await.unwrap();
    assert_eq!(upload.finish().await.unwrap(), 3_000_000);
    assert_eq!(store.size(&file).await.unwrap(), 3_000_000);
    let mut upload = store.begin(&key(78), 2_999_999).await.unwrap();
    upload.write(piece.clone()).await.unwrap();
    let refused = upload.write(piece).await.unwrap_err();
    assert!(
        matches!(refused, MediaError::TooLarge { .. }),
        "{refused:?}"
    );
    upload.abort().await.unwrap();
    assert!(matches!(
        store.size(&key(78)).await,
        Err(MediaError::NotFound)
    ));
    store.revoke(&file).await.unwrap();
    let again = store.begin(&file, 10).await.unwrap_err();
    assert!(matches!(again, MediaError::Revoked), "{again:?}");
}

#[tokio::test]
async fn a_folder_keeps_its_promises() {
    let folder = TempDir::new().unwrap();
    keeps_its_promises(in_folder(&folder).open().unwrap()).await;
}

#[tokio::test]
async fn a_bucket_keeps_its_promises() {
    let folder = TempDir::new().unwrap();
    let store = in_bucket(&folder, SECRET_KEY).await.open().unwrap();
    keeps_its_promises(store).await;
    let prefix = folder.path().join("files/wharf/test");
    assert!(prefix.join(key(2).to_string()).exists(), "below the prefix");
}

#[tokio::test]
async fn a_wrong_secret_is_unavailable_and_not_an_empty_store() {
    let folder = TempDir::new().unwrap();
    let store = in_bucket(&folder, "wrong").await.open().unwrap();
    let error = store.bytes(&key(1)).await.unwrap_err();
    assert!(matches!(error, MediaError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn an_object_that_grew_beyond_the_limit_is_not_read() {
    let folder = TempDir::new().unwrap();
    let mut config = in_folder(&folder);
    config
        .open()
        .unwrap()
        .put(&key(1), Bytes::from(vec![0; 1000]))
        .await
        .unwrap();
    config.max_object_bytes = 999;
    let error = config.open().unwrap().bytes(&key(1)).await.unwrap_err();
    assert!(
        matches!(
            error,
            MediaError::TooLarge {
                size: 1000,
                limit: 999
            }
        ),
        "{error:?}"
    );
}
