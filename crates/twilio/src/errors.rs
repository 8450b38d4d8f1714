//! Twilio's error codes: what each means for us and what to do about it.
//!
//! The table is data, since Twilio adds and changes codes without notice: a new code is one entry
//! of [`TABLE`], and one that is not listed gets [`ErrorClass::Unlisted`]. Codes come with a failed
//! request or later with a `failed` or `undelivered` callback; the class is the same.

use std::time::Duration;

use serde::Serialize;

/// What kind of failure a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// The request itself is wrong: a bug of ours.
    BadRequest,
    /// Wrong, rotated or suspended credentials.
    Auth,
    /// The account, the sender or the channel is set up wrongly.
    Config,
    /// The recipient is no WhatsApp user, or cannot be reached.
    Recipient,
    /// The recipient has not joined the sandbox, or is not verified for a trial account.
    NotJoined,
    /// The recipient opted out.
    OptedOut,
    /// The recipient blocked us, or WhatsApp chose not to deliver.
    Blocked,
    /// Too many requests at once; this one was not processed.
    RateLimited,
    /// The sender sends faster than WhatsApp takes it; the message failed.
    Throughput,
    /// The sender's queue is longer than four hours.
    QueueFull,
    /// The account's messages of the day are used up.
    DailyCap,
    /// Twilio took our replies for a loop.
    Loop,
    /// Whether the message was taken is not known.
    UnknownOutcome,
    /// WhatsApp had a fault; the message was not delivered.
    Provider,
    /// The 24 hours since the user's last message are over.
    Window,
    /// The text was refused by policy or is not allowed.
    Content,
    /// A media file could not be fetched, is too large or of a wrong type.
    Media,
    /// The template is missing, paused, or its variables do not fit.
    Template,
    /// Our own webhook answered wrongly (Twilio's debugger).
    Webhook,
    /// A code that the table does not list.
    Unlisted,
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Send again with backoff: nothing was sent.
    Retry,
    /// Send once more after a delay: the message was reported as not delivered.
    RetryOnce,
    /// Send again, slowly: at least this long after.
    RetryAfter(Duration),
    /// Find out first whether the message was taken (callback, list of messages).
    ReconcileFirst,
    /// Do not send again: the same request fails the same way.
    Never,
    /// Do not send again, and send nothing more to this recipient.
    Suppress,
    /// Hold all sending and tell an operator: every message would fail.
    PauseQueue,
    /// Not as free text: wait for the user's next message, or send a template.
    AwaitWindow,
}

/// When Twilio reports a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reported {
    /// As the answer to the request.
    Sync,
    /// By a status callback.
    Async,
    /// Either.
    Both,
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Twilio's codes.
    pub codes: &'static [u32],
    /// What they mean for us.
    pub class: ErrorClass,
    /// When they come.
    pub reported: Reported,
}

const fn entry(codes: &'static [u32], class: ErrorClass, reported: Reported) -> Entry {
    Entry {
        codes,
        class,
        reported,
    }
}

use ErrorClass::{
    Auth, BadRequest, Blocked, Config, Content, DailyCap, Loop, Media, NotJoined, OptedOut,
    Provider, QueueFull, RateLimited, Recipient, Template, Throughput, UnknownOutcome, Unlisted,
    Webhook, Window,
};
use Reported::{Async, Both, Sync};

/// Every code that we know (Twilio's error dictionary and its page on WhatsApp's errors).
pub const TABLE: &[Entry] = &[
    // Parameters, numbers that may not be empty, lengths (21617: more than 1 600 characters).
    entry(
        &[
            20001, 21602, 21603, 21604, 21609, 21617, 21619, 21620, 21623, 21654, 21655, 21656,
            21658,
        ],
        BadRequest,
        Sync,
    ),
    // From and To of different channels, or the same.
    entry(&[21910, 63031], BadRequest, Both),
    entry(&[20003], Auth, Sync),
    // Account or resource, sender, messaging service, region.
    entry(&[20404, 21606, 21703, 21705, 21408], Config, Sync),
    entry(&[63007], Config, Both),
    entry(&[30002, 63001, 63002, 63008, 63020, 63051], Config, Async),
    entry(&[21211, 21614, 63003, 63024], Recipient, Both),
    entry(&[21608, 63015], NotJoined, Both),
    // Asynchronous with Advanced Opt-Out.
    entry(&[21610], OptedOut, Both),
    entry(&[63014, 63032, 63033, 63049], Blocked, Async),
    entry(&[20429], RateLimited, Sync),
    entry(&[63017, 63018], Throughput, Async),
    entry(&[21611, 30001], QueueFull, Both),
    // HTTP 429 as well, but waiting a moment does not help.
    entry(&[63038], DailyCap, Both),
    entry(&[14107], Loop, Async),
    entry(&[20500, 20503], UnknownOutcome, Sync),
    entry(&[30008, 63009, 63010, 63012, 63023], Provider, Async),
    // Asynchronous by the documentation, HTTP 400 in many people's logs.
    entry(&[63016], Window, Both),
    entry(&[63005, 63006, 63013, 63026, 63030], Content, Async),
    entry(&[63019, 63034, 63037, 11751], Media, Async),
    entry(&[63021, 63027, 63028, 63040, 63041, 63042], Template, Async),
    entry(
        &[11200, 11205, 11750, 12100, 12200, 12300, 57012],
        Webhook,
        Async,
    ),
];

/// The class of a code.
#[must_use]
pub fn classify(code: u32) -> ErrorClass {
    TABLE
        .iter()
        .find(|entry| entry.codes.contains(&code))
        .map_or(Unlisted, |entry| entry.class)
}

impl ErrorClass {
    /// What to do.
    #[must_use]
    pub const fn action(self) -> Action {
        match self {
            RateLimited => Action::Retry,
            UnknownOutcome => Action::ReconcileFirst,
            Provider => Action::RetryOnce,
            // WhatsApp's pair limit is one message in six seconds, with growing backoff.
            Throughput => Action::RetryAfter(Duration::from_secs(30)),
            Loop => Action::RetryAfter(Duration::from_secs(60)),
            QueueFull => Action::RetryAfter(Duration::from_secs(30 * 60)),
            DailyCap => Action::RetryAfter(Duration::from_secs(24 * 60 * 60)),
            Auth => Action::PauseQueue,
            OptedOut => Action::Suppress,
            Window => Action::AwaitWindow,
            BadRequest | Config | Recipient | NotJoined | Blocked | Content | Media | Template
            | Webhook | Unlisted => Action::Never,
        }
    }

    /// Whether it is about the recipient: another message of ours fails in the same way.
    #[must_use]
    pub const fn is_of_recipient(self) -> bool {
        matches!(self, Recipient | NotJoined | OptedOut | Blocked)
    }

    /// Whether an operator has to hear of it.
    #[must_use]
    pub const fn alerts(self) -> bool {
        matches!(
            self,
            Auth | Config | BadRequest | DailyCap | Loop | Template | Webhook | Unlisted
        )
    }

    /// The value of a metric's label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            BadRequest => "bad_request",
            Auth => "auth",
            Config => "config",
            Recipient => "recipient",
            NotJoined => "not_joined",
            OptedOut => "opted_out",
            Blocked => "blocked",
            RateLimited => "rate_limited",
            Throughput => "throughput",
            QueueFull => "queue_full",
            DailyCap => "daily_cap",
            Loop => "loop",
            UnknownOutcome => "unknown_outcome",
            Provider => "provider",
            Window => "window",
            Content => "content",
            Media => "media",
            Template => "template",
            Webhook => "webhook",
            Unlisted => "unlisted",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fmt::Write};

    use super::*;

    #[test]
    fn no_code_stands_twice() {
        let mut seen = BTreeSet::new();
        for code in TABLE.iter().flat_map(|entry| entry.codes) {
            assert!(seen.insert(code), "{code} stands twice");
        }
    }

    #[test]
    fn the_table_as_a_whole() {
        let mut text = String::new();
        for entry in TABLE {
            let action = entry.class.action();
            writeln!(
                text,
                "{:?} -> {} {action:?} ({:?})",
                entry.codes,
                entry.class.as_str(),
                entry.reported
            )
            .unwrap();
        }
        insta::assert_snapshot!(text);
        assert_eq!(classify(99999), Unlisted);
        assert_eq!(classify(99999).action(), Action::Never);
    }
}
