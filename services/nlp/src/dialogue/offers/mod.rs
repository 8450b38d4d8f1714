//! What our texts offer beside answers: lessons, answers for the team, requests that come again.
//!
//! Reading is pure: [`turn`] makes an [`Offer`] of words that are the whole message, which
//! `understand` never sees. Carrying out is the files' other half, in the message's transaction.
//!
//! - [`learn`]: LEARN. - [`share`]: SHARE. - [`schedule`]: SCHEDULE, with [`when`] for its times
//!   and [`keep`] for its rows. - [`persona`]: another persona, which is offered unasked.
//! - [`shown`]: the answer that "this" means.
//!
//! To add an offer: a variant of [`Offer`], its words in [`read`], its arm in `carry_out`, its part
//! of docs/dialogue.md.

mod keep;
mod learn;
pub(super) mod persona;
mod schedule;
mod share;
mod shown;
mod when;

use wharf_domain::{
    contracts::ReplyContent,
    dialogue::{DialogueState, Offered},
    ids::{ExecutionId, ProfileId},
    lessons::Lesson,
    persona::{Persona, adaptive::Because},
};
use wharf_pipeline::{HandleError, Publication};
use wharf_store::AsyncPgConnection;

use super::{Act, Part, Turn, carry_out::Speaker, said::Said, turn::Heard};
use crate::{handler::InboundHandler, understand::normalise::Normalised};

pub use schedule::{Ask, Change, What};
pub use share::Whom;

/// An offer that is taken up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// A lesson; `None`: one that fits the answer shown last.
    Learn(Option<Lesson>),
    /// The list of lessons; with the words that no lesson is called by.
    Lessons(Option<String>),
    /// The answer shown last for others.
    Share {
        /// For whom.
        whom: Whom,
        /// Only this line of it, from 1.
        line: Option<usize>,
    },
    /// A yes to so many.
    ShareConfirmed {
        /// The execution whose answer it is.
        of: ExecutionId,
        /// Only this line of it, from 1.
        line: Option<usize>,
        /// Who gets it.
        people: Vec<ProfileId>,
    },
    /// Something is to come again.
    Schedule(Ask),
    /// What comes again.
    Schedules,
    /// One of it, by its number.
    ShowSchedule(u32),
    /// One of them is paused, resumed or cancelled; `None`: the only one.
    ChangeSchedule(Option<u32>, Change),
    /// A yes or no to another persona.
    Persona {
        /// Which was offered.
        persona: Persona,
        /// Why.
        because: Because,
        /// The execution after whose answer it was.
        asked: ExecutionId,
        /// Whether it is wanted.
        accepted: bool,
    },
}

/// What carrying out an offer leads to: messages, and what is waited for then.
pub(crate) type Carried = (Vec<Publication>, Option<DialogueState>);

/// What a message that takes up an offer, or answers the question that one asked, leads to.
#[must_use]
pub fn turn(heard: &Heard<'_>, live: Option<&DialogueState>) -> Option<Turn> {
    if let Some(DialogueState::Offering(offered)) = live
        && let Some(turn) = answer(heard, offered)
    {
        return Some(turn.settled());
    }
    let part = read(heard)?;
    let lesson = matches!(part.act, Act::Offer(Offer::Learn(_)));
    Some(match live {
        // A lesson is read beside a form or a list; what else is taken up takes their place.
        None => Turn::of(part),
        Some(DialogueState::Asking(_) | DialogueState::Choosing(_)) if lesson => Turn::of(part),
        Some(_) => Turn::of(part).settled(),
    })
}

fn read(heard: &Heard<'_>) -> Option<Part> {
    let plain = plain(heard.text);
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    if words.is_empty() || words.len() > MOST_WORDS {
        return None;
    }
    learn::read(&words)
        .or_else(|| share::read(&words))
        .map(|offer| Part::free(Act::Offer(offer)))
        .or_else(|| schedule::read(&words, &heard.context))
}

/// A message of more words takes up no offer.
const MOST_WORDS: usize = 24;

/// What the message says to the question of an offer; `None`: it is a message like any.
fn answer(heard: &Heard<'_>, offered: &Offered) -> Option<Turn> {
    let one = match heard.said {
        Said::Lines(lines) => match lines.as_slice() {
            [line] => Some(*line),
            _ => None,
        },
        _ => None,
    };
    let leaves = matches!(heard.said, Said::No | Said::Cancel);
    // A tap on an older question, whose buttons stay on the screen, or a swipe.
    if offered
        .asked()
        .is_some_and(|asked| heard.quotes_another(asked))
    {
        return None;
    }
    let offer = |offer| Turn::of(Part::free(Act::Offer(offer)));
    match offered {
        Offered::Lessons => {
            let lesson = Lesson::numbered(one?);
            let lines = Lesson::ALL.len();
            Some(lesson.map_or_else(
                || Turn::answer(ReplyContent::NoSuchLine { lines }),
                |lesson| offer(Offer::Learn(Some(lesson))),
            ))
        }
        Offered::Schedules { shown } => {
            if let Some(line) = one {
                let number = u32::try_from(line).unwrap_or(u32::MAX);
                return Some(offer(Offer::ShowSchedule(number)));
            }
            let to = schedule::change_of_shown(&plain(heard.text))?;
            Some(offer(Offer::ChangeSchedule(Some((*shown)?), to)))
        }
        Offered::When {
            intent,
            entities,
            options,
        } => {
            if leaves {
                let intent = Some(*intent);
                return Some(Turn::answer(ReplyContent::Cancelled { intent }));
            }
            let what = What::Request(*intent, entities.clone());
            if let Some(line) = one {
                let lines = options.len();
                let option = line.checked_sub(1).and_then(|at| options.get(at));
                let Some(option) = option else {
                    return Some(Turn::answer(ReplyContent::NoSuchLine { lines }));
                };
                let (cadence, at) = (Some(option.cadence), Some(option.at));
                return Some(offer(Offer::Schedule(Ask { what, cadence, at })));
            }
            schedule::only_when(&plain(heard.text), what).map(|ask| offer(Offer::Schedule(ask)))
        }
        Offered::Share {
            of, line, people, ..
        } => match heard.said {
            Said::Yes => Some(offer(Offer::ShareConfirmed {
                of: *of,
                line: *line,
                people: people.clone(),
            })),
            _ if leaves => Some(Turn::answer(share::declined())),
            _ => None,
        },
        Offered::Persona {
            persona,
            because,
            asked,
        } => {
            if !(leaves || *heard.said == Said::Yes) {
                return None;
            }
            Some(offer(Offer::Persona {
                persona: *persona,
                because: *because,
                asked: *asked,
                accepted: !leaves,
            }))
        }
    }
}

/// The words in plain form, with one space between them and no marks around them.
fn plain(text: &str) -> String {
    let plain = Normalised::new(text);
    let words = plain.text().split_whitespace().map(|word| {
        word.trim_matches(|c: char| matches!(c, ',' | '.' | '!' | '?' | '¡' | '¿' | ';' | '"'))
    });
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// A number as people write one of a list: "2", "#2", "no. 2".
fn number(word: &str) -> Option<u32> {
    let digits = word.strip_prefix('#').unwrap_or(word);
    let short = (1..=3).contains(&digits.len());
    (short && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| digits.parse().ok())
        .flatten()
        .filter(|number| *number > 0)
}

impl InboundHandler {
    /// Carries out an offer that was taken up.
    pub(crate) async fn offer(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        offer: Offer,
    ) -> Result<Carried, HandleError> {
        match offer {
            Offer::Learn(lesson) => {
                let carried = self.learn(conn, speaker, lesson).await?;
                self.and_offer(conn, speaker, carried).await
            }
            Offer::Lessons(not_known) => self.lessons(conn, speaker, not_known).await,
            Offer::Share { whom, line } => self.share(conn, speaker, &whom, line).await,
            Offer::ShareConfirmed { of, line, people } => {
                self.share_confirmed(conn, speaker, of, line, &people).await
            }
            Offer::Schedule(ask) => self.schedule(conn, speaker, ask).await,
            Offer::Schedules => self.schedules(conn, speaker).await,
            Offer::ShowSchedule(number) => self.show_schedule(conn, speaker, number).await,
            Offer::ChangeSchedule(number, to) => {
                self.change_schedule(conn, speaker, number, to).await
            }
            Offer::Persona {
                persona,
                because,
                asked,
                accepted,
            } => {
                let why = accepted.then_some(because);
                self.persona_answered(conn, speaker, persona, asked, why)
                    .await
            }
        }
    }

    /// An answer and nothing to wait for.
    fn says(&self, speaker: &Speaker<'_>, content: ReplyContent) -> Carried {
        (vec![self.reply(speaker, content)], None)
    }
}
