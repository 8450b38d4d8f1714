//! One service as a process of its own.

use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::process::{Child, Command};

/// A soft stop becomes a hard one after 30 s; whoever lives longer hangs.
const LONGEST_STOP: Duration = Duration::from_secs(40);
/// Lines of a log that a failed test prints.
const TAIL: usize = 60;

/// A signal that a test sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// The orderly stop of Kubernetes and `make down`.
    Terminate,
    /// As a crash: the process learns nothing of it.
    Kill,
}

impl Signal {
    const fn name(self) -> &'static str {
        match self {
            Self::Terminate => "TERM",
            Self::Kill => "KILL",
        }
    }
}

/// A running service. Killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `service` of the binary with this environment and no other; what it prints is
    /// appended to `log`.
    ///
    /// # Panics
    /// When the process or its log cannot be made.
    #[must_use]
    pub fn spawn(
        binary: &Path,
        service: &str,
        environment: &[(String, String)],
        log: PathBuf,
    ) -> Self {
        let file =
            || -> std::io::Result<File> { OpenOptions::new().create(true).append(true).open(&log) };
        let started = file().and_then(|out| {
            Command::new(binary)
                .arg(service)
                .env_clear()
                .envs(environment.iter().map(|(name, value)| (name, value)))
                .stdin(Stdio::null())
                .stdout(out)
                .stderr(file()?)
                .kill_on_drop(true)
                .spawn()
        });
        match started {
            Ok(child) => Self { child, log },
            Err(error) => panic!("{service} does not start: {error}"),
        }
    }

    /// Whether it has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Sends a signal; returns when it is sent.
    ///
    /// # Panics
    /// When the process has been waited for already.
    pub async fn signal(&self, signal: Signal) {
        let Some(pid) = self.child.id() else {
            panic!("the process has ended before the signal");
        };
        // The shell's own kill: no crate for one system call, and no unsafe code.
        let command = format!("kill -s {} {pid}", signal.name());
        let sent = Command::new("sh").args(["-c", &command]).status().await;
        assert!(sent.is_ok_and(|status| status.success()), "{command}");
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it takes longer than any stop may.
    pub async fn wait(&mut self) -> ExitStatus {
        match tokio::time::timeout(LONGEST_STOP, self.child.wait()).await {
            Ok(Ok(status)) => status,
            other => panic!("the process does not end: {other:?}\n{}", self.tail()),
        }
    }

    /// The last lines that it printed.
    #[must_use]
    pub fn tail(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let from = lines.len().saturating_sub(TAIL);
        lines.get(from..).unwrap_or_default().join("\n")
    }
}
