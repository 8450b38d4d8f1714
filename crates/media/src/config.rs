//! The `[media]` section, the same in every service that has one: where objects are and how links
//! are signed. agent-executor writes objects, ingress serves them, responder makes the links.

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use thiserror::Error;
use url::{Host, Url};

use crate::{
    links::{Links, MIN_KEY},
    store::{MediaError, MediaStore},
};

/// The longest that a link may live: 30 days.
const MAX_LIFETIME_S: i64 = 30 * 24 * 60 * 60;
/// The largest object that may be allowed: 1 GiB.
const MAX_OBJECT_BYTES: u64 = 1 << 30;

/// The `[media]` section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaConfig {
    /// `file:` and a folder, or `s3://bucket` with or without a `/prefix`.
    pub url: String,
    /// The bucket's service, for `s3:`.
    #[serde(default)]
    pub s3: S3Config,
    /// What an object may have at most, in bytes.
    pub max_object_bytes: u64,
    /// Scheme and host, perhaps a port and a path, under which ingress is reached; in responder.
    #[serde(default)]
    pub public_url: String,
    /// Signs links; empty: no links.
    #[serde(default)]
    pub signing_key: SecretString,
    /// The key before it, whose links still hold; empty: none.
    #[serde(default)]
    pub previous_signing_key: SecretString,
    /// How long a link holds, in seconds; in responder.
    #[serde(default = "week")]
    pub link_lifetime_s: i64,
}

const fn week() -> i64 {
    7 * 24 * 60 * 60
}

/// The `[media.s3]` section.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct S3Config {
    /// The service's URL; empty: AWS.
    pub endpoint: String,
    /// The region; empty: as `AWS_REGION` says.
    pub region: String,
    /// The key; empty: as AWS's own programs find theirs (`AWS_ACCESS_KEY_ID`, roles).
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: SecretString,
}

/// Settings that cannot be used. Displays the key at fault, never a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MediaConfigError {
    /// Too short to sign with.
    #[error("media.signing_key and media.previous_signing_key need at least {MIN_KEY} characters")]
    ShortKey,
    /// Anything else.
    #[error("media.{0}")]
    Setting(&'static str),
}

/// Where objects are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Folder(String),
    Bucket { bucket: String, prefix: String },
}

impl MediaConfig {
    /// Checks every value that is set, for every service.
    ///
    /// # Errors
    /// The first fault.
    pub fn validate(&self) -> Result<(), MediaConfigError> {
        let fault = |text| Err(MediaConfigError::Setting(text));
        self.place()?;
        if !(1..=MAX_OBJECT_BYTES).contains(&self.max_object_bytes) {
            return fault("max_object_bytes must be 1-1073741824");
        }
        if !(60..=MAX_LIFETIME_S).contains(&self.link_lifetime_s) {
            return fault("link_lifetime_s must be 60-2592000");
        }
        if self.s3.access_key_id.is_empty() != self.s3.secret_access_key.expose_secret().is_empty()
        {
            return fault("s3.access_key_id and media.s3.secret_access_key belong together");
        }
        if !self.s3.endpoint.is_empty() {
            let url = Url::parse(&self.s3.endpoint).ok();
            let fits =
                |url: &Url| url.scheme() == "https" || url.scheme() == "http" && is_loopback(url);
            if !url.as_ref().is_some_and(fits) {
                return fault("s3.endpoint must be https://, or http:// to the loopback");
            }
        }
        if !self.public_url.is_empty() {
            let url = Url::parse(&self.public_url).ok();
            let fits = |url: &Url| {
                matches!(url.scheme(), "https" | "http")
                    && url.has_host()
                    && url.query().is_none()
                    && url.fragment().is_none()
            };
            if !url.as_ref().is_some_and(fits) {
                return fault("public_url must be http:// or https:// with a host, without query");
            }
        }
        self.links().map(|_| ())
    }

    /// The same for a service that makes links: it needs to know where they lead.
    ///
    /// # Errors
    /// The first fault.
    pub fn validate_for_links(&self) -> Result<(), MediaConfigError> {
        self.validate()?;
        if self.signs() && self.public_url.is_empty() {
            return Err(MediaConfigError::Setting(
                "public_url is needed with a signing key",
            ));
        }
        Ok(())
    }

    /// Whether there are links.
    #[must_use]
    pub fn signs(&self) -> bool {
        !self.signing_key.expose_secret().is_empty()
    }

    /// Makes and checks links; `None` without a signing key.
    ///
    /// # Errors
    /// When a key is too short, or one follows none.
    pub fn links(&self) -> Result<Option<Links>, MediaConfigError> {
        let previous = self.previous_signing_key.expose_secret();
        if !self.signs() {
            let lonely = !previous.is_empty();
            return match lonely {
                true => Err(MediaConfigError::Setting(
                    "previous_signing_key is set without signing_key",
                )),
                false => Ok(None),
            };
        }
        let lifetime = TimeDelta::try_seconds(self.link_lifetime_s)
            .ok_or(MediaConfigError::Setting("link_lifetime_s is out of range"))?;
        let previous = (!previous.is_empty()).then_some(previous.as_bytes());
        let key = self.signing_key.expose_secret().as_bytes();
        Links::new(&self.public_url, lifetime, key, previous).map(Some)
    }

    /// Opens the storage; makes a folder that is not there.
    ///
    /// # Errors
    /// When the settings cannot be used or the folder cannot be made.
    pub fn open(&self) -> Result<MediaStore, MediaError> {
        MediaStore::open(self)
    }

    pub(crate) fn place(&self) -> Result<Place, MediaConfigError> {
        let wrong =
            MediaConfigError::Setting("url must be file: and a folder, or s3://bucket/prefix");
        if let Some(rest) = self.url.strip_prefix("file:") {
            // file:folder, file:/folder and file:///folder.
            let folder = rest.strip_prefix("//").unwrap_or(rest);
            return match folder {
                "" | "/" => Err(wrong),
                folder => Ok(Place::Folder(folder.to_owned())),
            };
        }
        let rest = self.url.strip_prefix("s3://").ok_or(wrong.clone())?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-' | b'/');
        if bucket.is_empty() || !rest.bytes().all(plain) {
            return Err(wrong);
        }
        Ok(Place::Bucket {
            bucket: bucket.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
        })
    }
}

/// Whether a URL leads to this machine, where nobody listens in.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(change: impl FnOnce(&mut MediaConfig)) -> MediaConfig {
        let mut config = MediaConfig {
            url: "file:media".to_owned(),
            s3: S3Config::default(),
            max_object_bytes: 1000,
            public_url: "https://wharf.example".to_owned(),
            signing_key: SecretString::from("0123456789abcdef0123456789abcdef"),
            previous_signing_key: SecretString::default(),
            link_lifetime_s: 3600,
        };
        change(&mut config);
        config
    }

    #[test]
    fn places() {
        let place = |url: &str| config(|c| url.clone_into(&mut c.url)).place().ok();
        let folder = |folder: &str| Some(Place::Folder(folder.to_owned()));
        let bucket = |bucket: &str, prefix: &str| {
            Some(Place::Bucket {
                bucket: bucket.to_owned(),
                prefix: prefix.to_owned(),
            })
        };
        assert_eq!(place("file:media"), folder("media"));
        assert_eq!(place("file:/var/lib/wharf"), folder("/var/lib/wharf"));
        assert_eq!(place("file:///var/lib/wharf"), folder("/var/lib/wharf"));
        assert_eq!(place("s3://files"), bucket("files", ""));
        assert_eq!(place("s3://files/wharf/a/"), bucket("files", "wharf/a"));
        for wrong in [
            "", "media", "file:", "file:/", "s3:", "s3://", "s3:///a", "s3://a?b", "http://a",
        ] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_without_secrets() {
        type Change = fn(&mut MediaConfig);
        let cases: [(Change, &str); 10] = [
            (|c| c.url = "media".into(), "media.url"),
            (|c| c.max_object_bytes = 0, "max_object_bytes"),
            (|c| c.link_lifetime_s = 59, "link_lifetime_s"),
            (|c| c.link_lifetime_s = 2_592_001, "link_lifetime_s"),
            (|c| c.signing_key = "s3cret".into(), "signing_key"),
            (
                |c| c.previous_signing_key = "s3cret".into(),
                "previous_signing_key",
            ),
            (|c| c.public_url = "wharf.example".into(), "public_url"),
            (|c| c.public_url = String::new(), "public_url"),
            (
                |c| c.s3.endpoint = "http://s3.example".into(),
                "s3.endpoint",
            ),
            (|c| c.s3.access_key_id = "key".into(), "access_key_id"),
        ];
        for (change, word) in cases {
            let error = config(change).validate_for_links().unwrap_err().to_string();
            assert!(
                error.starts_with("media.") && error.contains(word),
                "{error}"
            );
            assert!(!error.contains("s3cret"));
        }
        let lonely = config(|c| {
            c.previous_signing_key = std::mem::take(&mut c.signing_key);
        });
        assert!(lonely.validate().is_err());
    }

    #[test]
    fn without_a_key_there_are_no_links_and_that_is_no_fault() {
        let config = config(|c| {
            c.signing_key = SecretString::default();
            c.public_url = String::new();
        });
        config.validate_for_links().unwrap();
        assert!(config.links().unwrap().is_none());
    }

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for (url, fits) in [
            ("http://127.0.0.1:9000", true),
            ("http://localhost:9000", true),
            ("http://[::1]:9000", true),
            ("http://localhost.example", false),
            ("http://10.0.0.1", false),
        ] {
            let config = config(|c| url.clone_into(&mut c.s3.endpoint));
            assert_eq!(config.validate().is_ok(), fits, "{url}");
        }
    }
}
