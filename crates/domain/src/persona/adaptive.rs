//! Whether another persona would fit how a person writes, as an offer: the person says yes or no,
//! nothing is switched silently. docs/dialogue.md says the rule for people, ADR 0021 why.
//!
//! Each message is noted in [`Signals`], where older ones count for less; [`suggest`] compares
//! the shares of what was noted. Three things keep it from flapping: a persona must fit clearly to
//! be offered and the accepted one must fit no more to be left; offers are days apart; and a no
//! counts for months. Hub and Processor are never offered: nothing that is measured speaks for
//! them.
//!
//! To add a signal: a case of [`Did`], its share in [`Signals`] (and a column of
//! `persona_signals`), its line in `Fit::all`.

#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::Persona;
use crate::wire_name::wire_enum;

/// Words that a short message has at most: "stock WID-1001", "order 50 bolts".
pub const SHORT_WORDS: usize = 3;
/// Words that a long message has at least.
pub const LONG_WORDS: usize = 12;
/// What is left of a message's weight when the next one comes.
const KEPT_A_MESSAGE: f64 = 0.95;
/// Days after which a message counts half.
const HALF_LIFE_DAYS: f64 = 60.0;
/// Weight of all messages below which nothing is offered: 18 messages, when they come soon after each other.
const ENOUGH: f64 = 12.0;
/// Fit from which a persona is offered.
const FITS: f64 = 1.0;
/// What the best must have beyond the second.
const LEAD: f64 = 0.25;
/// Fit below which a persona that was taken may be left for another.
const FITS_NO_MORE: f64 = 0.6;

wire_enum! {
    /// What a person does that the offered persona fits.
    pub enum Because ("reason for a persona") {
        /// Most of the messages are short.
        ShortMessages = "short_messages",
        /// Lists and answers are read on: lines, pages, follow-ups.
        ReadsOn = "reads_on",
        /// Lessons are taken.
        TakesLessons = "takes_lessons",
    }
}

/// What a message does, as far as it tells how its writer likes to be answered. What answers a
/// question of ours tells nothing: everybody says "yes" shortly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    /// A request by itself.
    Asked {
        /// Words in it.
        words: usize,
    },
    /// More of what was shown: a line, a page, the same for another thing.
    ReadOn,
    /// A lesson.
    TookLesson,
}

/// What was noted of a person, each message with its weight.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Signals {
    /// All messages that were noted.
    pub messages: f64,
    /// Requests of [`SHORT_WORDS`] at most.
    pub short: f64,
    /// Requests of [`LONG_WORDS`] at least.
    pub long: f64,
    /// Reading on.
    pub details: f64,
    /// Lessons.
    pub lessons: f64,
    /// Messages before 7 and from 19 o'clock.
    pub off_hours: f64,
    /// When the latest was noted.
    pub last_at: Option<DateTime<Utc>>,
}

impl Signals {
    /// Notes a message of `at`, written when it was `hour` (0 to 23) where its writer is.
    pub fn note(&mut self, did: Did, hour: u32, at: DateTime<Utc>) {
        self.fade(at);
        let short = matches!(did, Did::Asked { words } if words <= SHORT_WORDS);
        let long = matches!(did, Did::Asked { words } if words >= LONG_WORDS);
        for (count, is) in [
            (&mut self.messages, true),
            (&mut self.short, short),
            (&mut self.long, long),
            (&mut self.details, did == Did::ReadOn),
            (&mut self.lessons, did == Did::TookLesson),
            (&mut self.off_hours, !(7..19).contains(&hour)),
        ] {
            *count += f64::from(u8::from(is));
        }
    }

    fn fade(&mut self, at: DateTime<Utc>) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "seconds between two messages are far below 2^52"
        )]
        let days = self.last_at.map_or(0.0, |last| {
            (at - last).num_seconds().max(0) as f64 / 86_400.0
        });
        let kept = KEPT_A_MESSAGE * (-days / HALF_LIFE_DAYS).exp2();
        for count in [
            &mut self.messages,
            &mut self.short,
            &mut self.long,
            &mut self.details,
            &mut self.lessons,
            &mut self.off_hours,
        ] {
            *count *= kept;
        }
        self.last_at = self.last_at.max(Some(at));
    }

    /// The part of the messages that `count` is, 0 to 1.
    fn share(&self, count: f64) -> f64 {
        if self.messages > 0.0 {
            (count / self.messages).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }
}

/// How a person came by the persona that answers now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was chosen, by the person or for them: it stays.
    Chosen,
    /// An offer was accepted.
    Accepted(Persona),
    /// Nobody chose: the default texts.
    Open,
}

/// What a person said to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Nothing, so far.
    Nothing,
}

/// An offer that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// Which persona.
    pub persona: Persona,
    /// When.
    pub at: DateTime<Utc>,
    /// What was said to it.
    pub answered: Answered,
}

/// How long nothing is offered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Between any two offers.
    pub quiet: TimeDelta,
    /// After a no, the same persona. After no answer a third of it.
    pub declined: TimeDelta,
}

/// A persona that fits how a person writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Which.
    pub persona: Persona,
    /// Why.
    pub because: Because,
    /// The share of the messages that are so, 0 to 100.
    pub percent: u8,
}

/// How well a persona fits: from 1 on it does.
#[derive(Debug, Clone, Copy)]
struct Fit {
    persona: Persona,
    because: Because,
    share: f64,
    fit: f64,
}

impl Fit {
    /// Each share by what it must be. The hour and long messages only tip the scales.
    fn all(signals: &Signals) -> [Self; 3] {
        let share = |count| signals.share(count);
        let (short, details, lessons) = (
            share(signals.short),
            share(signals.details),
            share(signals.lessons),
        );
        [
            Self {
                persona: Persona::Streamliner,
                because: Because::ShortMessages,
                share: short,
                fit: (short + 0.2 * share(signals.off_hours)) / 0.75,
            },
            Self {
                persona: Persona::Navigator,
                because: Because::ReadsOn,
                share: details,
                fit: (details + 0.2 * share(signals.long)) / 0.4,
            },
            Self {
                persona: Persona::Spring,
                because: Because::TakesLessons,
                share: lessons,
                fit: lessons / 0.2,
            },
        ]
    }
}

/// The persona to offer, if one fits better than what answers now and may be offered at `now`.
#[must_use]
pub fn suggest(
    signals: &Signals,
    standing: Standing,
    history: &[Past],
    rule: &Rule,
    now: DateTime<Utc>,
) -> Option<Suggestion> {
    let current = match standing {
        Standing::Chosen => return None,
        Standing::Accepted(persona) => Some(persona),
        Standing::Open => None,
    };
    if signals.messages < ENOUGH || history.iter().any(|past| now - past.at < rule.quiet) {
        return None;
    }
    let mut fits = Fit::all(signals);
    let stays = |one: &Fit| Some(one.persona) == current && one.fit >= FITS_NO_MORE;
    if fits.iter().any(stays) {
        return None;
    }
    fits.sort_by(|one, other| other.fit.total_cmp(&one.fit));
    let [best, second, _] = fits;
    let fits = best.fit >= FITS && best.fit - second.fit >= LEAD;
    if !fits || Some(best.persona) == current {
        return None;
    }
    let refused = |past: &Past| {
        let holds = match past.answered {
            Answered::Yes => TimeDelta::zero(),
            Answered::No => rule.declined,
            Answered::Nothing => rule.declined / 3,
        };
        past.persona == best.persona && now - past.at < holds
    };
    if history.iter().any(refused) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share is 0 to 1"
    )]
    let percent = (best.share * 100.0).round() as u8;
    Some(Suggestion {
        persona: best.persona,
        because: best.because,
        percent,
    })
}
