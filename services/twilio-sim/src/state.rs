//! All that the simulator remembers, behind one lock that is never held over an await.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::{runtime::Handle, sync::watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    callbacks::CallbackRecord,
    config::SimConfig,
    content::Content,
    faults::{CallbackPlan, FaultQueue},
    hosted::Files,
    rest::StoredMessage,
    transcript::{Entry, Flag, Kind},
    webhook::Caller,
};

/// How long after a contact's last message free text may be sent.
const WINDOW: TimeDelta = TimeDelta::hours(24);

/// One simulator, shared by everything in it.
pub(crate) struct State {
    pub(crate) config: SimConfig,
    pub(crate) caller: Caller,
    /// Where background work runs: actix's own workers end before it does.
    pub(crate) runtime: Handle,
    pub(crate) shutdown: CancellationToken,
    /// Tells every long poll that something is new.
    news: watch::Sender<u64>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) messages: Vec<StoredMessage>,
    entries: Vec<Entry>,
    pub(crate) callbacks: Vec<CallbackRecord>,
    pub(crate) faults: FaultQueue,
    pub(crate) plan: CallbackPlan,
    pub(crate) hosted: Files,
    pub(crate) contents: Vec<Content>,
    last_inbound: HashMap<String, DateTime<Utc>>,
    seq: u64,
    made: u64,
    seed: Uuid,
}

impl State {
    pub(crate) fn new(config: SimConfig, caller: Caller, shutdown: CancellationToken) -> Self {
        // Sids must differ between two runs over one database; the sids of one run only count up.
        let started = config.clock.now().timestamp_nanos_opt().unwrap_or_default();
        let name = format!("twilio-sim:{started}:{}", std::process::id());
        let inner = Inner {
            plan: config.callbacks,
            seed: Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()),
            ..Inner::default()
        };
        Self {
            config,
            caller,
            runtime: Handle::current(),
            shutdown,
            news: watch::Sender::new(0),
            inner: Mutex::new(inner),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.config.clock.now()
    }

    /// A new sid with this prefix.
    pub(crate) fn sid(&self, prefix: &str) -> String {
        let mut inner = self.lock();
        inner.made += 1;
        let id = Uuid::new_v5(&inner.seed, format!("{prefix}{}", inner.made).as_bytes());
        format!("{prefix}{}", id.simple())
    }

    /// Adds a line to a contact's transcript and wakes who waits for one.
    pub(crate) fn record(&self, contact: &str, kind: Kind, change: impl FnOnce(&mut Entry)) -> u64 {
        let at = self.now();
        let mut inner = self.lock();
        inner.seq += 1;
        let seq = inner.seq;
        let mut entry = Entry {
            seq,
            at,
            contact: contact.to_owned(),
            kind,
            text: String::new(),
            media: Vec::new(),
            files: Vec::new(),
            taps: Vec::new(),
            message_sid: None,
            status: None,
            flags: Vec::new(),
        };
        change(&mut entry);
        inner.entries.push(entry);
        drop(inner);
        self.tell();
        seq
    }

    /// Adds a mark to a line.
    pub(crate) fn flag(&self, seq: u64, flags: &[Flag]) {
        let mut inner = self.lock();
        if let Some(entry) = inner.entries.iter_mut().find(|entry| entry.seq == seq) {
            entry.flags.extend_from_slice(flags);
        }
    }

    /// Wakes who waits for news.
    pub(crate) fn tell(&self) {
        self.news.send_modify(|version| *version += 1);
    }

    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// The lines of a contact (or of all) after a number, with the messages' status of now.
    pub(crate) fn entries(&self, contact: Option<&str>, after: u64) -> Vec<Entry> {
        let inner = self.lock();
        let wanted = |entry: &&Entry| {
            entry.seq > after && contact.is_none_or(|contact| entry.contact == contact)
        };
        let mut found: Vec<Entry> = inner.entries.iter().filter(wanted).cloned().collect();
        for entry in &mut found {
            let ours = matches!(entry.kind, Kind::Outbound | Kind::TwimlReply);
            let message = inner
                .messages
                .iter()
                .rev()
                .find(|m| ours && Some(&m.sid) == entry.message_sid.as_ref());
            if let Some(message) = message {
                entry.status = Some(message.status.to_string());
                entry.files.clone_from(&message.files);
                if let Some(code) = message.error_code {
                    entry.flags.push(Flag::new(
                        code,
                        message.error_message.clone().unwrap_or_default(),
                    ));
                }
            }
        }
        found
    }

    /// Notes that a contact wrote: its window opens.
    pub(crate) fn wrote(&self, contact: &str) {
        let now = self.now();
        self.lock().last_inbound.insert(contact.to_owned(), now);
    }

    /// Sets the clock of a contact: hours since its last message; `None`: it never wrote.
    pub(crate) fn set_window(&self, contact: &str, hours_ago: Option<u32>) {
        let now = self.now();
        let mut inner = self.lock();
        match hours_ago {
            Some(hours) => {
                inner
                    .last_inbound
                    .insert(contact.to_owned(), now - TimeDelta::hours(hours.into()));
            }
            None => {
                inner.last_inbound.remove(contact);
            }
        }
    }

    /// Whether free text may go to a contact now.
    pub(crate) fn window_open(&self, contact: &str) -> bool {
        let now = self.now();
        self.lock()
            .last_inbound
            .get(contact)
            .is_some_and(|last| now - *last < WINDOW)
    }

    /// Forgets everything but the numbering.
    pub(crate) fn reset(&self) {
        let mut inner = self.lock();
        let fresh = Inner {
            plan: self.config.callbacks,
            seq: inner.seq,
            made: inner.made,
            seed: inner.seed,
            ..Inner::default()
        };
        *inner = fresh;
        drop(inner);
        self.tell();
    }
}
