//! Files in a folder, the links to them, and an ingress that serves them.

use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;
use uuid::Uuid;
use wharf_domain::ids::{CompanyId, ExecutionId};
use wharf_media::{Links, MediaConfig, MediaStore, ObjectKey};

use crate::support::TestIngress;

pub(crate) const SIGNING_KEY: &str = "the signing key of these tests, long enough";

pub(crate) struct Files {
    url: String,
    pub(crate) store: MediaStore,
}

fn links(key: &str) -> Links {
    Links::new("", TimeDelta::hours(1), key.as_bytes(), None).unwrap()
}

impl Files {
    pub(crate) fn in_folder(folder: &TempDir) -> Self {
        let url = format!("file:{}", folder.path().display());
        let config = MediaConfig {
            url: url.clone(),
            s3: Default::default(),
            max_object_bytes: 100_000_000,
            public_url: String::new(),
            signing_key: String::new().into(),
            previous_signing_key: String::new().into(),
            link_lifetime_s: 3600,
        };
        let store = config.open().unwrap();
        Self { url, store }
    }

    pub(crate) async fn ingress(&self) -> TestIngress {
        self.ingress_with(&[]).await
    }

    pub(crate) async fn ingress_with(&self, changes: &[(&str, &str)]) -> TestIngress {
        let own = [
            ("WHARF__MEDIA__URL", self.url.as_str()),
            ("WHARF__MEDIA__SIGNING_KEY", SIGNING_KEY),
            ("WHARF__MEDIA__MAX_OBJECT_BYTES", "100000000"),
        ];
        let changes: Vec<_> = own.iter().chain(changes).copied().collect();
        TestIngress::start(&changes).await
    }

    pub(crate) async fn put(&self, execution: u128, name: &str, bytes: &'static [u8]) -> ObjectKey {
        let key = key(execution, name);
        self.store.put(&key, bytes.into()).await.unwrap();
        key
    }

    /// A link of now, without the host.
    pub(crate) fn link(&self, key: &ObjectKey) -> String {
        self.link_with(key, SIGNING_KEY)
    }

    pub(crate) fn link_with(&self, key: &ObjectKey, signing_key: &str) -> String {
        links(signing_key).sign(key, now()).url
    }

    /// A link that was over some time ago.
    pub(crate) fn old_link(&self, key: &ObjectKey) -> String {
        links(SIGNING_KEY)
            .sign(key, now() - TimeDelta::hours(2))
            .url
    }
}

pub(crate) fn key(execution: u128, name: &str) -> ObjectKey {
    let (company, execution) = (Uuid::from_u128(1), Uuid::from_u128(execution));
    ObjectKey::new(CompanyId(company), ExecutionId(execution), name).unwrap()
}

/// The machine's clock, as the ingress under test reads it.
fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}
