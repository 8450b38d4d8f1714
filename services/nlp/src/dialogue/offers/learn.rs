//! LEARN: a lesson on the figure shown last, with its numbers.

use std::collections::BTreeMap;

use wharf_domain::{
    contracts::{
        ReplyContent,
        answers::{LessonLine, LessonList, LessonTold},
    },
    dialogue::{DialogueState, Offered},
    ids::ProfileId,
    lessons::{self, Lesson},
};
use wharf_pipeline::HandleError;
use wharf_store::{AsyncPgConnection, lessons as rows};

use super::{Carried, Offer, number};
use crate::{dialogue::carry_out::Speaker, handler::InboundHandler};

/// Words that ask for a lesson, longest first.
const ASKS: &[&[&str]] = &[
    &["learn", "more", "about"],
    &["teach", "me", "about"],
    &["quiero", "aprender", "sobre"],
    &["learn", "more"],
    &["learn", "about"],
    &["lesson", "about"],
    &["lesson", "on"],
    &["leccion", "sobre"],
    &["leccion", "de"],
    &["aprender", "sobre"],
    &["aprende", "sobre"],
    &["ensename", "sobre"],
    &["learn"],
    &["lesson"],
    &["leccion"],
    &["aprender"],
    &["aprende"],
];
/// Messages that ask for the list.
const LISTS: &[&str] = &[
    "lessons",
    "my lessons",
    "list lessons",
    "all lessons",
    "show lessons",
    "the lessons",
    "lecciones",
    "mis lecciones",
    "lista de lecciones",
    "todas las lecciones",
    "learn list",
];
/// What may stand before a lesson's name, and say nothing.
const ARTICLES: &[&str] = &["the", "a", "el", "la", "los", "las", "un", "una"];
/// Words that a lesson's name does not have: "learn how to use you" asks for help.
const OTHERS: &[&str] = &[
    "how", "to", "use", "you", "u", "como", "usar", "usarte", "spanish",
];
/// A name of more words is something else than a lesson's.
const MOST_WORDS: usize = 3;

/// Reads a message that asks for a lesson and nothing else.
pub(super) fn read(words: &[&str]) -> Option<Offer> {
    let words = match words {
        [rest @ .., "please" | "pls"] | [rest @ .., "por", "favor"] => rest,
        all => all,
    };
    if LISTS.contains(&words.join(" ").as_str()) {
        return Some(Offer::Lessons(None));
    }
    let asks = ASKS.iter().find(|asks| words.starts_with(asks))?;
    let rest = &words[asks.len()..];
    let rest = match rest {
        [first, rest @ ..] if ARTICLES.contains(first) => rest,
        all => all,
    };
    match rest {
        [] => return Some(Offer::Learn(None)),
        [one] if number(one).is_some() => {
            let lesson = number(one).and_then(|number| Lesson::numbered(number as usize));
            return Some(lesson.map_or_else(
                || Offer::Lessons(Some((*one).to_owned())),
                |lesson| Offer::Learn(Some(lesson)),
            ));
        }
        _ => {}
    }
    let name = rest.join(" ");
    match Lesson::named(&name) {
        Some(lesson) => Some(Offer::Learn(Some(lesson))),
        None if rest.len() <= MOST_WORDS && !rest.iter().any(|word| OTHERS.contains(word)) => {
            Some(Offer::Lessons(Some(name)))
        }
        None => None,
    }
}

impl InboundHandler {
    pub(super) async fn learn(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        asked: Option<Lesson>,
    ) -> Result<Carried, HandleError> {
        let company = speaker.sender.company_id;
        let Some(profile) = speaker.sender.profile.as_ref().map(|profile| profile.id) else {
            return Ok(self.says(speaker, ReplyContent::UnknownSender));
        };
        let shown = self.shown(conn, speaker).await?.map(|shown| shown.content);
        let fitting = shown.as_ref().map(lessons::fitting).unwrap_or_default();
        let mut read = rows::read(conn, company, profile).await?;
        let Some(lesson) = asked.or_else(|| first_unread(&fitting, &read)) else {
            return self.lessons(conn, speaker, None).await;
        };
        let times = rows::note(conn, company, profile, lesson, self.clock.now()).await?;
        read.insert(lesson, times);
        let unread = |lesson: &&Lesson| !read.contains_key(lesson);
        let next = fitting.iter().find(unread);
        let told = LessonTold {
            lesson,
            number: lesson.number(),
            of: count(Lesson::ALL.len()),
            read: count(read.len()),
            times,
            example: lessons::example(lesson),
            yours: shown.and_then(|shown| lessons::own::yours(lesson, &shown)),
            next: next.or_else(|| Lesson::ALL.iter().find(unread)).copied(),
        };
        Ok(self.says(speaker, ReplyContent::Lesson(Box::new(told))))
    }

    pub(super) async fn lessons(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        not_known: Option<String>,
    ) -> Result<Carried, HandleError> {
        let profile: Option<ProfileId> = speaker.sender.profile.as_ref().map(|found| found.id);
        let read = match profile {
            Some(profile) => rows::read(conn, speaker.sender.company_id, profile).await?,
            None => BTreeMap::new(),
        };
        let lines = Lesson::ALL.iter().map(|lesson| LessonLine {
            lesson: *lesson,
            read: read.contains_key(lesson),
        });
        let list = LessonList {
            lessons: lines.collect(),
            read: count(read.len()),
            not_known,
        };
        let content = ReplyContent::LessonList(list);
        let waits = DialogueState::Offering(Offered::Lessons);
        Ok((vec![self.reply(speaker, content)], Some(waits)))
    }
}

/// The first that was not read yet; when all were, the nearest.
fn first_unread(fitting: &[Lesson], read: &BTreeMap<Lesson, u32>) -> Option<Lesson> {
    let unread = fitting.iter().find(|lesson| !read.contains_key(lesson));
    unread.or_else(|| fitting.first()).copied()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
