//! Whether a text can be used: it is a template, it can be worded with every answer that it is for,
//! its markup is balanced, and it fits WhatsApp.

use std::fmt;

use chrono::DateTime;
use chrono_tz::Tz;
use wharf_domain::{contracts::ReplyContent, persona::Persona};
use wharf_media::SignedLink;

pub use super::overrides::file_name;
use super::{Reader, Renderer, samples::samples};
use crate::{
    enclosure::Enclosure,
    mail::{MailNote, MailState},
    markup,
    split::{self, Split},
};

/// A text that may be put to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What it words: `ReplyContent::template`, or one of [`OTHERS`].
    pub template: String,
    /// Whose wording; `None`: the default.
    pub persona: Option<Persona>,
    /// Its language.
    pub locale: String,
    /// The text.
    pub body: String,
}

/// What is no reply by itself: mails, and the end of a long reply.
pub const OTHERS: [&str; 4] = ["mail_subject", "mail_text", "rest", "share_mail_subject"];

/// Answers with which the subject of a mail that shares one is checked: those that it tells apart.
const MAILED: [&str; 5] = [
    "inventory_check_result",
    "report_ready",
    "alert_detail",
    "alert_summary",
    "metrics_summary",
];

/// What is wrong with a text. Written as `file:line: message`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The text, as in `templates/`.
    pub file: String,
    /// The line, when it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl Candidate {
    /// The text of a file, whose path ends in `<persona>/<template>.<locale>.txt`; `None`: it is
    /// none of a text.
    #[must_use]
    pub fn of_file(path: &str, body: String) -> Option<Self> {
        let (folder, file) = path.rsplit_once('/')?;
        let persona = match folder.rsplit('/').next()? {
            super::DEFAULT => None,
            name => Some(name.parse().ok()?),
        };
        let (template, locale) = file.strip_suffix(".txt")?.split_once('.')?;
        Some(Self {
            template: template.to_owned(),
            persona,
            locale: locale.to_owned(),
            body,
        })
    }

    /// Where it stands in `templates/`.
    #[must_use]
    pub fn file(&self) -> String {
        file_name(self.persona, &self.template, &self.locale)
    }

    fn reader(&self) -> Reader {
        Reader {
            persona: self.persona,
            locale: self.locale.clone(),
            time_zone: Tz::America__New_York,
        }
    }
}

/// The problems of `candidate` among the shipped texts; none: it can be used.
///
/// # Errors
/// When the shipped texts cannot be read.
pub fn check(candidate: &Candidate) -> anyhow::Result<Vec<Problem>> {
    let mut renderer = Renderer::new()?;
    let file = candidate.file();
    if let Err(error) = renderer.put(&file, &candidate.body) {
        return Ok(vec![of_error(&file, &error)]);
    }
    let mut problems: Vec<Problem> = Vec::new();
    let mut note = |problem: Problem| {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    };
    let plain = |message: String| Problem {
        file: file.clone(),
        line: None,
        message,
    };
    let mut known = false;
    for (what, text) in worded(&renderer, candidate) {
        known = true;
        let text = match text {
            Ok(text) => text,
            Err(error) => {
                note(match error.downcast_ref::<minijinja::Error>() {
                    Some(error) => of_error(&file, error),
                    None => plain(format!("{error:#}")),
                });
                continue;
            }
        };
        if text.is_empty() {
            note(plain(format!("says nothing ({what})")));
        }
        if let Some(at) = markup::read(&text).lonely.first() {
            let line = text[..*at].lines().last().unwrap_or_default();
            note(plain(format!(
                "markup without its partner after {line:?} ({what})"
            )));
        }
        if split::split(&text) == Split::TooLong {
            note(plain(format!(
                "longer than {} messages ({what})",
                split::MAX_PARTS
            )));
        }
    }
    if !known {
        let name = &candidate.template;
        note(plain(format!("no answer has the template {name:?}")));
    }
    Ok(problems)
}

/// A text with each sample that it is for.
fn worded(
    renderer: &Renderer,
    candidate: &Candidate,
) -> Vec<(&'static str, anyhow::Result<String>)> {
    let reader = candidate.reader();
    let link = SignedLink {
        url: "https://wharf.example/media/a/b.pdf".to_owned(),
        expires_at: DateTime::from_timestamp(1_795_000_000, 0).unwrap_or_default(),
    };
    match candidate.template.as_str() {
        "mail_subject" | "mail_text" => {
            let subject = candidate.template == "mail_subject";
            let letter = |attached| {
                let letter = renderer.letter("inventory.pdf", &link, attached, &reader);
                letter.map(|letter| if subject { letter.subject } else { letter.text })
            };
            return vec![("attached", letter(true)), ("not attached", letter(false))];
        }
        "rest" => {
            return vec![
                ("a link", renderer.rest(Some(&link), &reader)),
                ("no link", renderer.rest(None, &reader)),
            ];
        }
        "share_mail_subject" => {
            let subject = |content: &ReplyContent| {
                let letter = renderer.shared_letter("Sam Reyes", content, &reader);
                letter.map(|letter| letter.subject)
            };
            let all = samples().into_iter();
            return all
                .filter(|(_, content)| MAILED.contains(&content.template()))
                .map(|(what, content)| (what, subject(&content)))
                .collect();
        }
        _ => {}
    }
    let mut enclosures = vec![Enclosure::default()];
    let states = [MailState::Sent, MailState::Queued, MailState::Refused];
    enclosures.extend(states.map(|state| Enclosure {
        link: Some(link.clone()),
        mail: Some(MailNote {
            to: "n•••@example.com".to_owned(),
            state,
        }),
    }));
    let mut texts = Vec::new();
    for (what, content) in samples() {
        if content.template() != candidate.template {
            continue;
        }
        for enclosure in &enclosures {
            let text = renderer.render_with(&content, &reader, enclosure);
            texts.push((what, text));
            if content.attachment().is_none() {
                break;
            }
        }
    }
    texts
}

/// What a text says with each sample, for people to look at.
///
/// # Errors
/// When it cannot be worded.
pub fn preview(candidate: &Candidate) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut renderer = Renderer::new()?;
    renderer.put(&candidate.file(), &candidate.body)?;
    let texts = worded(&renderer, candidate).into_iter();
    texts.map(|(what, text)| Ok((what, text?))).collect()
}

/// The shipped texts, without parts that several share.
///
/// # Errors
/// When they cannot be read.
pub fn shipped() -> anyhow::Result<Vec<Candidate>> {
    let renderer = Renderer::new()?;
    let texts = renderer.english.templates();
    let mut texts: Vec<_> = texts
        .filter_map(|(name, text)| Candidate::of_file(name, text.source().to_owned()))
        .collect();
    texts.sort_by_key(Candidate::file);
    Ok(texts)
}

fn of_error(file: &str, error: &minijinja::Error) -> Problem {
    let message = error.detail().map_or_else(
        || error.kind().to_string(),
        |detail| format!("{}: {detail}", error.kind()),
    );
    Problem {
        file: error.name().unwrap_or(file).to_owned(),
        line: error.line(),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(template: &str, body: &str) -> Vec<String> {
        let candidate = Candidate {
            template: template.to_owned(),
            persona: Some(Persona::Hub),
            locale: "en".to_owned(),
            body: body.to_owned(),
        };
        let problems = check(&candidate).unwrap();
        problems.iter().map(Problem::to_string).collect()
    }

    #[test]
    fn every_shipped_text_passes() {
        for candidate in shipped().unwrap() {
            // The processor has tags and keys, which may hold any marker.
            if candidate.persona != Some(Persona::Processor) {
                let found = check(&candidate).unwrap();
                assert_eq!(found, [], "{}", candidate.file());
            }
        }
    }

    #[test]
    fn what_cannot_be_used_is_told_with_its_line() {
        let file = "hub/declined.en.txt";
        for (body, expected) in [
            ("a\n{% if %}", format!("{file}:2: syntax error")),
            ("a\n\n{{ nobody }}", format!("{file}:3: undefined value")),
            ("{{ intent | shout }}", format!("{file}:1: unknown filter")),
            ("*Left", format!("{file}: markup without its partner")),
            ("", format!("{file}: says nothing")),
        ] {
            let found = problems("declined", body);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].starts_with(&expected), "{found:?}");
        }
        let long = "far too long. ".repeat(1_000);
        assert!(problems("declined", &long)[0].contains("longer than 4 messages"));
        assert!(problems("no_such_thing", "a")[0].contains("no answer has"));
        assert_eq!(
            problems("declined", "*Left* as it is: {{ intent | words }}"),
            [""; 0]
        );
    }
}
