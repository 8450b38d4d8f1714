//! The connection string and TLS.
//!
//! tokio-postgres knows only sslmode disable, prefer and require; the rest is read here. With
//! TLS the certificate is always verified, for `require` too: an unverified one protects from
//! nobody who matters.

use std::{path::PathBuf, sync::Arc};

use rustls::pki_types::{CertificateDer, pem::PemObject};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;
use url::Url;

/// A connection string, read.
#[derive(Debug)]
pub(crate) struct Target {
    /// Host, user, database and so on. Its Debug hides the password.
    pub(crate) config: tokio_postgres::Config,
    /// Whether to speak TLS, and with which authority.
    pub(crate) tls: Option<Authority>,
}

/// Whose certificates are trusted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Authority {
    /// The machine's.
    System,
    /// Those of a PEM file.
    File(PathBuf),
}

/// Reads `postgres://…`. The error never repeats the URL, which holds the password.
pub(crate) fn read_url(text: &str) -> Result<Target, String> {
    let mut url = Url::parse(text).map_err(|error| format!("not a URL: {error}"))?;
    if !matches!(url.scheme(), "postgres" | "postgresql") {
        return Err("must begin with postgres://".to_owned());
    }
    let mut mode = "prefer".to_owned();
    let mut root = None;
    let mut rest = Vec::new();
    for (name, value) in url.query_pairs() {
        match name.as_ref() {
            "sslmode" => mode = value.into_owned(),
            "sslrootcert" => root = Some(PathBuf::from(value.into_owned())),
            _ => rest.push((name.into_owned(), value.into_owned())),
        }
    }
    let wanted = match mode.as_str() {
        // A server that offers TLS is worth nothing to us unless we insist on it.
        "disable" | "allow" | "prefer" => false,
        "require" | "verify-ca" | "verify-full" => true,
        other => return Err(format!("unknown sslmode {other:?}")),
    };
    url.set_query(None);
    if !rest.is_empty() {
        url.query_pairs_mut().extend_pairs(rest);
    }
    let mut config: tokio_postgres::Config = url
        .as_str()
        .parse()
        .map_err(|error| format!("not a connection string: {error}"))?;
    if config.get_hosts().is_empty() {
        return Err("names no host".to_owned());
    }
    if config.get_dbname().is_none() {
        return Err("names no database".to_owned());
    }
    config.ssl_mode(if wanted {
        SslMode::Require
    } else {
        SslMode::Disable
    });
    let tls = wanted.then(|| root.map_or(Authority::System, Authority::File));
    Ok(Target { config, tls })
}

/// The TLS client for `authority`.
pub(crate) fn connector(authority: &Authority) -> Result<MakeRustlsConnect, String> {
    let mut roots = rustls::RootCertStore::empty();
    match authority {
        Authority::System => {
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
        }
        Authority::File(path) => {
            let certificates = CertificateDer::pem_file_iter(path)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .map_err(|error| format!("sslrootcert {}: {error}", path.display()))?;
            roots.add_parsable_certificates(certificates);
        }
    }
    if roots.is_empty() {
        return Err("TLS is wanted, but no trusted certificate was found".to_owned());
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_only_when_it_is_insisted_on() {
        let read = |query: &str| read_url(&format!("postgres://u:p@db.example.com:6432/w{query}"));
        assert_eq!(read("").unwrap().tls, None);
        assert_eq!(read("?sslmode=prefer").unwrap().tls, None);
        assert_eq!(
            read("?sslmode=require").unwrap().tls,
            Some(Authority::System)
        );
        assert_eq!(
            read("?sslmode=verify-full&sslrootcert=/etc/ca.pem&application_name=x")
                .unwrap()
                .tls,
            Some(Authority::File("/etc/ca.pem".into()))
        );
        assert_eq!(
            read("?sslmode=verify-full&application_name=x")
                .unwrap()
                .config
                .get_application_name(),
            Some("x")
        );
    }

    #[test]
    fn a_wrong_url_is_refused_without_repeating_it() {
        for text in [
            "",
            "secret",
            "mysql://u:secret@h/d",
            "postgres://u:secret@h/d?sslmode=secret1",
            "postgres://u:secret@h",
            "postgres://u:secret@h/d?nonsense=1",
            "postgres://u:secret@h:99999/d",
        ] {
            let error = read_url(text).unwrap_err();
            assert!(!error.contains("u:secret"), "{error}");
        }
    }
}
