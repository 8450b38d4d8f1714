//! A RabbitMQ or PostgreSQL of a test's own, to be stopped and started on the same port. All work
//! is done by `deploy/dev/servers.sh`.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use tempfile::TempDir;

/// The script; set by `make test`.
const SCRIPT: &str = "WHARF_TEST_SERVERS";
/// Where instances are made; `make test` ends there what a killed test has left.
const RUN_DIR: &str = "WHARF_TEST_RUN_DIR";

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// RabbitMQ; needs about 8 s to start.
    Broker,
    /// PostgreSQL; needs about 1 s.
    Database,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Broker => "broker",
            Self::Database => "database",
        }
    }

    const fn variable(self) -> &'static str {
        match self {
            Self::Broker => "AMQP_URL",
            Self::Database => "DATABASE_URL",
        }
    }
}

/// A server that nobody else uses. Stopped, its data removed, when dropped.
#[derive(Debug)]
pub struct OwnServer {
    kind: Kind,
    folder: TempDir,
    url: String,
}

impl OwnServer {
    /// Starts one.
    ///
    /// # Panics
    /// When it does not start: a missing server is a failure.
    pub async fn start_new(kind: Kind) -> Self {
        let parent = std::env::var_os(RUN_DIR).map_or_else(std::env::temp_dir, PathBuf::from);
        let made = std::fs::create_dir_all(&parent).and_then(|()| {
            tempfile::Builder::new()
                .prefix("outage-")
                .tempdir_in(&parent)
        });
        let folder = match made {
            Ok(folder) => folder,
            Err(error) => panic!("a folder in {}: {error}", parent.display()),
        };
        let mut this = Self {
            kind,
            folder,
            url: String::new(),
        };
        this.run(&["up", kind.name(), "--fast"]).await;
        this.url = this.read_url();
        this
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops it in an orderly way; returns when it is gone. Its data stays.
    ///
    /// # Panics
    /// When that fails.
    pub async fn stop(&self) {
        self.run(&["stop", self.kind.name()]).await;
    }

    /// Ends it as a crash would; its data stays.
    ///
    /// # Panics
    /// When that fails.
    pub async fn kill(&self) {
        self.run(&["kill", self.kind.name()]).await;
    }

    /// Starts it again on the same port; returns when it answers.
    ///
    /// # Panics
    /// When that fails.
    pub async fn start(&self) {
        self.run(&["start", self.kind.name()]).await;
    }

    async fn run(&self, arguments: &[&str]) {
        let mut command = tokio::process::Command::new(script());
        command
            .args(arguments)
            .arg("--dir")
            .arg(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let done = command.status().await;
        assert!(
            done.as_ref().is_ok_and(std::process::ExitStatus::success),
            "servers.sh {arguments:?}: {done:?}"
        );
    }

    fn read_url(&self) -> String {
        let text = std::fs::read_to_string(self.folder.path().join("env")).unwrap_or_default();
        let prefix = format!("{}=", self.kind.variable());
        let found = text.lines().find_map(|line| line.strip_prefix(&prefix));
        match found {
            Some(url) => url.to_owned(),
            None => panic!("servers.sh wrote no {}", self.kind.variable()),
        }
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let mut command = std::process::Command::new(script());
        command
            .args(["down", "--purge", "--dir"])
            .arg(self.folder.path());
        // `make test` ends what is left.
        let _ = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

fn script() -> PathBuf {
    std::env::var_os(SCRIPT).map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/dev/servers.sh"),
        PathBuf::from,
    )
}
