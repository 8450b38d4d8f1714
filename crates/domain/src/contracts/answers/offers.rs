//! What our texts offer: lessons (LEARN), recurring requests (SCHEDULE), answers for the team
//! (SHARE).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    contracts::ReplyContent,
    entities::Entities,
    ids::ProfileId,
    intent::IntentType,
    lessons::{Figures, Lesson, Yours},
    persona::{Persona, adaptive::Because},
    recurrence::Recurrence,
};

/// Shall another persona answer from now on?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonaOffer {
    /// Which.
    pub persona: Persona,
    /// Why it seems to fit.
    pub because: Because,
    /// Until when a yes counts.
    pub expires_at: DateTime<Utc>,
}

/// The persona stays: another one was offered and is not wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonaKept {
    /// The one that was offered.
    pub offered: Persona,
    /// Days within which it is not offered again.
    pub days: u32,
}

/// A lesson.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LessonTold {
    /// On what.
    pub lesson: Lesson,
    /// Its number, from 1.
    pub number: u32,
    /// How many lessons there are.
    pub of: u32,
    /// How many different ones the person has read, this one included.
    pub read: u32,
    /// How often the person has read this one, this time included.
    pub times: u32,
    /// Numbers to show the formula with.
    pub example: Figures,
    /// The numbers of the answer shown last, when it carries them.
    pub yours: Option<Yours>,
    /// What LEARN shows next.
    pub next: Option<Lesson>,
}

/// Every lesson.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonList {
    /// In order; a number takes one.
    pub lessons: Vec<LessonLine>,
    /// How many the person has read.
    pub read: u32,
    /// The words that no lesson is called by, when some were asked for.
    pub not_known: Option<String>,
}

/// A lesson in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonLine {
    /// On what.
    pub lesson: Lesson,
    /// Whether the person has read it.
    pub read: bool,
}

/// When shall it come? A number takes a line; the reader may also write a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleWhen {
    /// What is to come.
    pub intent: IntentType,
    /// With what.
    pub entities: Entities,
    /// From 1.
    pub options: Vec<Recurrence>,
    /// Whose clock.
    pub time_zone: String,
}

/// A recurring request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleLine {
    /// What the person calls it: counts within the person's, from 1.
    pub number: u32,
    /// What comes.
    pub intent: IntentType,
    /// With what.
    pub entities: Entities,
    /// When.
    pub recurrence: Recurrence,
    /// Whose clock.
    pub time_zone: String,
    /// The next time; `None` while it is paused, and once it is cancelled.
    pub next: Option<DateTime<Utc>>,
}

/// A recurring request was made or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleSaved {
    /// It, as it is now.
    pub schedule: ScheduleLine,
    /// What was done.
    pub change: ScheduleChange,
}

/// What was done to a recurring request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleChange {
    /// It was made.
    Made,
    /// The person has the very same already.
    Known,
    /// It rests until RESUME.
    Paused,
    /// It rests, because the person may not ask for it any more.
    Denied,
    /// It comes again.
    Resumed,
    /// It is gone.
    Cancelled,
    /// None: it was asked for.
    Shown,
}

/// A person's recurring requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleList {
    /// By number.
    pub schedules: Vec<ScheduleLine>,
}

/// Why nothing was scheduled or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum ScheduleRefused {
    /// Nothing was shown that could come again.
    NothingShown,
    /// The words ask for nothing that is known.
    NotUnderstood,
    /// What changes something is asked for each time.
    Changes {
        /// What was asked for.
        intent: IntentType,
    },
    /// Something must be known first.
    Incomplete {
        /// What was asked for.
        intent: IntentType,
    },
    /// The person has as many as can be.
    TooMany {
        /// How many.
        most: u32,
    },
    /// The person has none of that number; `None`: several, and no number was said.
    NoSuch {
        /// The number.
        number: Option<u32>,
    },
}

/// What a recurring request brought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scheduled {
    /// The number of the recurring request.
    pub number: u32,
    /// When it was due.
    pub due: DateTime<Utc>,
    /// Earlier times that this one run stands for too.
    pub missed: u32,
    /// The answer.
    pub content: Box<ReplyContent>,
}

/// Shall it go to so many? A yes sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareConfirm {
    /// The answer's template.
    pub what: String,
    /// Who would get it.
    pub people: Vec<String>,
    /// Until when a yes counts.
    pub expires_at: DateTime<Utc>,
}

/// Who got an answer, and who did not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShareReceipt {
    /// The answer's template.
    pub what: String,
    /// Who sends it.
    pub by: String,
    /// Everybody that it was meant for, by name.
    pub people: Vec<Recipient>,
    /// The answer, for those who get it by mail.
    pub content: Box<ReplyContent>,
}

/// Somebody whom an answer was meant for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// What they are called.
    pub name: String,
    /// Who.
    pub profile_id: ProfileId,
    /// Whose wording they get.
    pub persona: Option<Persona>,
    /// What became of it.
    pub way: Way,
}

/// How an answer reaches somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// By WhatsApp.
    Whatsapp,
    /// By mail. What nlp decides; responder, which sends it, says one of the next three.
    Mail,
    /// The mail is out.
    Mailed,
    /// The mail is tried again.
    MailQueued,
    /// The mail server does not take it.
    MailRefused,
    /// Not: no chat is open, and there is no mail.
    Unreachable,
    /// Not: they said STOP, and there is no mail.
    OptedOut,
    /// Not: their role does not let them see it.
    NotAllowed,
    /// Not: it shows places that they do not see.
    OtherPlaces,
}

/// Why nothing was shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum ShareRefused {
    /// Nothing was shown that could be.
    NothingShown,
    /// Nobody of the team is called that.
    NobodyCalled {
        /// The name.
        name: String,
        /// Who is in the team, at most nine.
        team: Vec<String>,
    },
    /// Several are called that.
    SeveralCalled {
        /// The name.
        name: String,
        /// Who it may be.
        people: Vec<String>,
    },
    /// There is nobody else.
    NoTeam,
    /// The answer was no.
    Declined,
    /// The answer has no such line.
    NoSuchLine {
        /// The highest.
        lines: usize,
    },
}

/// An answer that somebody of the team sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    /// Who sends it.
    pub by: String,
    /// The answer.
    pub content: Box<ReplyContent>,
}
