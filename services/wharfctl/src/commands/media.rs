//! `wharfctl media`: the files that replies lead to.

use std::io::Write;

use anyhow::Context;
use clap::Subcommand;
use wharf_media::{MediaConfig, ObjectKey};

/// What to do with a file.
#[derive(Debug, Clone, Subcommand)]
pub enum Media {
    /// Take a file back for good: its links lead nowhere, and it cannot be written again
    Revoke {
        /// Its key, `company/execution/name`, as in `reports.object_key`
        key: ObjectKey,
    },
}

/// Does it and says so on `out`.
///
/// # Errors
/// When the storage is away.
pub async fn run(args: &Media, config: &MediaConfig, out: &mut impl Write) -> anyhow::Result<()> {
    let Media::Revoke { key } = args;
    let store = config.open().context("opening the storage of files")?;
    store.revoke(key).await.context("taking the file back")?;
    writeln!(out, "{key} is taken back")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use wharf_media::MediaError;

    use super::*;

    #[tokio::test]
    async fn a_file_is_gone_after_it() {
        let folder = tempfile::TempDir::new().unwrap();
        let config = MediaConfig {
            url: format!("file:{}", folder.path().display()),
            s3: Default::default(),
            max_object_bytes: 100,
            public_url: String::new(),
            signing_key: String::new().into(),
            previous_signing_key: String::new().into(),
            link_lifetime_s: 60,
        };
        let text =
            "00000000-0000-0000-0000-000000000001/00000000-0000-0000-0000-000000000002/a.pdf";
        let key: ObjectKey = text.parse().unwrap();
        let store = config.open().unwrap();
        store.put(&key, b"a".as_slice().into()).await.unwrap();
        let mut out = Vec::new();
        let args = Media::Revoke { key: key.clone() };
        run(&args, &config, &mut out).await.unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            format!("{text} is taken back\n")
        );
        assert!(matches!(store.bytes(&key).await, Err(MediaError::Revoked)));
    }
}
