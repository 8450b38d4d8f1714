//! A real SMTP server in a process of its own.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// Keeps the mails that it gets. Ends with the test, however that ends.
pub(crate) struct SmtpServer {
    process: Child,
    port: String,
    folder: TempDir,
}

/// The Python that has aiosmtpd: the distribution's, or the first of the path.
fn python() -> &'static str {
    let has_it = |python: &&str| {
        let asked = Command::new(python)
            .args(["-c", "import aiosmtpd.smtp"])
            .output();
        asked.is_ok_and(|asked| asked.status.success())
    };
    ["/usr/bin/python3", "python3"]
        .into_iter()
        .find(has_it)
        .unwrap_or_else(|| panic!("these tests need Python's aiosmtpd: deploy/dev/install.sh mail"))
}

impl SmtpServer {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/smtp/server.py");
        let mut process = Command::new(python())
            .arg(script)
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        let out = process.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut port).unwrap();
        Self {
            process,
            port: port.trim().to_owned(),
            folder,
        }
    }

    /// What points a responder to it.
    pub(crate) fn settings(&self) -> Vec<(&str, &str)> {
        vec![
            ("WHARF__MAIL__HOST", "127.0.0.1"),
            ("WHARF__MAIL__PORT", &self.port),
            ("WHARF__MAIL__TLS", "none"),
            ("WHARF__MAIL__FROM", "Wharf <reports@wharf.example>"),
        ]
    }

    /// Answers recipients with this line from now on.
    pub(crate) fn answer(&self, line: &str) {
        std::fs::write(self.folder.path().join("answer"), line).unwrap();
    }

    /// Takes mails again.
    pub(crate) fn take_mails(&self) {
        std::fs::remove_file(self.folder.path().join("answer")).unwrap();
    }

    /// The mails so far, in order.
    pub(crate) fn mails(&self) -> Vec<String> {
        let path = |number: u32| self.folder.path().join(format!("{number}.eml"));
        (1..)
            .map_while(|number| std::fs::read_to_string(path(number)).ok())
            .collect()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
