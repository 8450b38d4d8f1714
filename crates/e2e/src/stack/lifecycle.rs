//! Readiness, stops and starts of a stack's services, and the test's end.

use std::{process::ExitStatus, time::Duration};

use serde_json::Value;
use wharf_broker::Queue;
use wharf_testkit::poll;

use super::{ANSWER, Service, Stack};
use crate::process::{Process, Signal};

/// How long a service may take to become ready, a broker that has just started included.
const READY: Duration = Duration::from_secs(60);
/// What a stopped service gives back would stay for ever: nobody takes it.
const LAST: Duration = Duration::from_secs(10);

impl Stack {
    /// What /readyz says, and whether its status is 200; `None` when nobody answers.
    pub async fn readiness(&self, service: Service) -> Option<(bool, Value)> {
        let url = format!("http://127.0.0.1:{}/readyz", self.member(service).admin);
        let response = self.http.get(url).send().await.ok()?;
        let ready = response.status().is_success();
        Some((ready, response.json().await.ok()?))
    }

    /// Waits until /readyz says so.
    ///
    /// # Panics
    /// When it never does, or the process ends.
    pub async fn ready(&mut self, service: Service) {
        let began = std::time::Instant::now();
        poll::until(READY, "a service that is ready", async || {
            let member = self.member_mut(service);
            let ended = member.process.as_mut().and_then(Process::ended);
            if let Some(status) = ended {
                let tail = member.process.as_ref().map(Process::tail);
                panic!(
                    "{service:?} ended with {status}: {}",
                    tail.unwrap_or_default()
                );
            }
            self.readiness(service)
                .await
                .is_some_and(|(ready, _)| ready)
        })
        .await;
        tracing::debug!(?service, waited = ?began.elapsed(), "ready");
    }

    /// Waits until /readyz says no.
    ///
    /// # Panics
    /// When it never does.
    pub async fn unready(&self, service: Service) {
        poll::until(ANSWER, "a service that is not ready", async || {
            self.readiness(service)
                .await
                .is_some_and(|(ready, _)| !ready)
        })
        .await;
    }

    /// Sends a signal to a service.
    ///
    /// # Panics
    /// When it does not run.
    pub async fn signal(&self, service: Service, signal: Signal) {
        match &self.member(service).process {
            Some(process) => process.signal(signal).await,
            None => panic!("{service:?} does not run"),
        }
    }

    /// Waits for a service's end.
    ///
    /// # Panics
    /// When it does not run, or hangs.
    pub async fn ended(&mut self, service: Service) -> ExitStatus {
        let member = self.member_mut(service);
        let Some(process) = &mut member.process else {
            panic!("{service:?} does not run");
        };
        let status = process.wait().await;
        member.process = None;
        status
    }

    /// Stops a service as an operator would, and checks that it exits 0.
    ///
    /// # Panics
    /// When it does not.
    pub async fn stop(&mut self, service: Service) {
        self.signal(service, Signal::Terminate).await;
        let tail = self.tail(service);
        let status = self.ended(service).await;
        assert_eq!(status.code(), Some(0), "{service:?} after SIGTERM\n{tail}");
    }

    /// Ends a service as a crash would.
    ///
    /// # Panics
    /// When it does not run.
    pub async fn kill(&mut self, service: Service) {
        self.signal(service, Signal::Kill).await;
        self.ended(service).await;
    }

    /// Starts a service again and waits until it is ready.
    ///
    /// # Panics
    /// When it runs already or does not become ready.
    pub async fn start(&mut self, service: Service) {
        self.launch(service);
        self.ready(service).await;
    }

    /// The same, with changes to its environment that stay.
    ///
    /// # Panics
    /// As [`Stack::start`].
    pub async fn start_with(&mut self, service: Service, changes: &[(&str, &str)]) {
        let member = self.member_mut(service);
        for (name, value) in changes {
            member.environment.retain(|(known, _)| known != name);
            member
                .environment
                .push(((*name).to_owned(), (*value).to_owned()));
        }
        self.start(service).await;
    }

    /// Ends the test: waits until every queue is empty, the retry and dead ones included, stops the
    /// services in the order of a message's way, and checks that each exits 0 and gives nothing
    /// back to its queues.
    ///
    /// # Panics
    /// When something is left.
    pub async fn finish(self) {
        self.finish_leaving(&[]).await;
    }

    /// The same, where exactly these messages must be left.
    ///
    /// # Panics
    /// When more, or less, is left.
    pub async fn finish_leaving(mut self, left: &[(Queue, u32)]) {
        self.queues.drained_to(left, ANSWER).await;
        let services: Vec<Service> = self.members.iter().map(|member| member.service).collect();
        for service in services {
            if self.member(service).process.is_some() {
                self.stop(service).await;
                self.queues.drained_to(left, LAST).await;
            }
        }
        self.finished = true;
    }

    pub(super) fn launch(&mut self, service: Service) {
        let number = self.index(service);
        let (binary, folder) = (self.binary.clone(), self.logs.path().to_path_buf());
        let member = &mut self.members[number];
        assert!(member.process.is_none(), "{service:?} runs already");
        let log = folder.join(format!("{number}-{}.log", service.name()));
        member.process = Some(Process::spawn(
            &binary,
            service.name(),
            &member.environment,
            log,
        ));
    }

    fn tail(&self, service: Service) -> String {
        let process = self.member(service).process.as_ref();
        process.map(Process::tail).unwrap_or_default()
    }
}
