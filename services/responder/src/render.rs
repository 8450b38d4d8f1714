//! Facts to text, in the wording of a persona.
//!
//! Texts are files: `templates/<persona>/<template>.<locale>.txt` (minijinja, WhatsApp markup).
//! A persona without its own text gets the default one's, and which answers have to have one stands
//! in `tests/matrix.rs`; what several texts share stands in
//! `templates/parts`. To word a template for one more persona: add the file; to add a template: its
//! variant in `ReplyContent`, its default text in English and Spanish, and its samples in
//! [`samples`], which the tests then ask the snapshots for. Rows of `whatsapp_templates` go over the
//! files ([`overrides`]).

pub mod check;
mod content;
mod escape;
mod filters;
mod overrides;
pub mod samples;
#[cfg(test)]
mod tests;
mod view;

use std::sync::Arc;

use anyhow::Context;
use chrono_tz::Tz;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use wharf_domain::{
    contracts::{ReplyContent, answers::Shared},
    persona::Persona,
};
use wharf_media::SignedLink;

pub use self::{
    content::{Line, Notice, Taps, tap_variables, variables},
    overrides::Overrides,
};
use crate::enclosure::Enclosure;

/// The persona folder whose text everybody falls back to.
const DEFAULT: &str = "default";
/// The locale that every template exists in.
const LOCALE: &str = "en";
/// The language whose texts have filters of their own.
const SPANISH: &str = "es";

/// Who a text is for.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Whose wording.
    pub persona: Option<Persona>,
    /// The language, as `en` or `en-GB`.
    pub locale: String,
    /// In which times are told, except to the processor.
    pub time_zone: Tz,
}

/// A mail in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject, one line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// The texts, read and checked once.
#[derive(Debug, Clone)]
pub struct Renderer {
    /// One environment a language that has filters of its own; each holds all texts.
    english: Environment<'static>,
    spanish: Environment<'static>,
    /// The shipped texts alone, for when an override fails; `None`: there is no override.
    shipped: Option<Arc<Renderer>>,
}

impl Renderer {
    /// Reads every shipped text.
    ///
    /// # Errors
    /// When one of them is not a template.
    pub fn new() -> anyhow::Result<Self> {
        let mut english = Environment::new();
        english.set_undefined_behavior(UndefinedBehavior::Strict);
        english.set_auto_escape_callback(|_| AutoEscape::Custom("whatsapp"));
        english.set_formatter(escape::formatter);
        filters::add(&mut english);
        embedded(&mut english);
        let mut spanish = english.clone();
        filters::spanish::add(&mut spanish);
        Ok(Self {
            english,
            spanish,
            shipped: None,
        })
    }

    /// The environment for a text of this locale: the text's own language decides how it shows
    /// figures, so that an English text that stands in for a Spanish one is English throughout.
    fn environment(&self, locale: &str) -> &Environment<'static> {
        if language(locale) == SPANISH {
            &self.spanish
        } else {
            &self.english
        }
    }

    /// Words `content` for `reader`.
    ///
    /// # Errors
    /// When the text names a value that the content does not have.
    pub fn render(&self, content: &ReplyContent, reader: &Reader) -> anyhow::Result<String> {
        self.render_with(content, reader, &Enclosure::default())
    }

    /// Words `content` for `reader`, with what goes with it. Beside the content's own values a text
    /// has `enclosed.link` (a URL, or none), `enclosed.link_until`, `enclosed.mail` (`sent`,
    /// `queued`, `refused`, or none) and `enclosed.mail_to` (masked).
    ///
    /// # Errors
    /// When the text names a value that the content does not have.
    pub fn render_with(
        &self,
        content: &ReplyContent,
        reader: &Reader,
        enclosure: &Enclosure,
    ) -> anyhow::Result<String> {
        let view = view::of(content, reader);
        let view = context! { enclosed => view::enclosure(enclosure, reader), ..view };
        // What comes on schedule or from somebody else is an answer with a word before it.
        let view = match content.answer() {
            answer if std::ptr::eq(answer, content) => view,
            answer => {
                let text = self.render_with(answer, reader, enclosure)?;
                context! { text => Value::from_safe_string(text), ..view }
            }
        };
        self.word(content.template(), view, reader)
    }

    /// Words the mail that brings the file `name`.
    ///
    /// # Errors
    /// When its texts are missing.
    pub fn letter(
        &self,
        name: &str,
        link: &SignedLink,
        attached: bool,
        reader: &Reader,
    ) -> anyhow::Result<Letter> {
        let view = context! {
            // No markup in mails.
            file_name => Value::from_safe_string(name.to_owned()),
            link => Value::from_safe_string(link.url.clone()),
            link_until => view::time(link.expires_at, reader),
            attached,
        };
        Ok(Letter {
            subject: self.word("mail_subject", view.clone(), reader)?,
            text: self.word("mail_text", view, reader)?,
        })
    }

    /// Words the end of a reply that is too long for WhatsApp: where the whole text is, or that the
    /// rest was left out when there is no link.
    ///
    /// # Errors
    /// When its text is missing.
    pub fn rest(&self, link: Option<&SignedLink>, reader: &Reader) -> anyhow::Result<String> {
        let view = context! {
            link => link.map(|link| Value::from_safe_string(link.url.clone())),
            link_until => link.map(|link| view::time(link.expires_at, reader)),
        };
        self.word("rest", view, reader)
    }

    /// Words the mail that brings an answer that somebody shares, without a file.
    ///
    /// # Errors
    /// When a text names a value that the content does not have.
    pub fn shared_letter(
        &self,
        by: &str,
        content: &ReplyContent,
        reader: &Reader,
    ) -> anyhow::Result<Letter> {
        let view = context! {
            by => Value::from_safe_string(by.to_owned()),
            what => content.template(),
        };
        let shared = ReplyContent::Shared(Shared {
            by: by.to_owned(),
            content: Box::new(content.clone()),
        });
        Ok(Letter {
            subject: self.word("share_mail_subject", view, reader)?,
            // No markup in mails; a star of a user's own is another character.
            text: self.render(&shared, reader)?.replace('*', ""),
        })
    }

    fn word(&self, template: &str, view: Value, reader: &Reader) -> anyhow::Result<String> {
        let Some(shipped) = &self.shipped else {
            return self.word_with(template, view, reader);
        };
        self.word_with(template, view.clone(), reader)
            .or_else(|error| {
                let error = format!("{error:#}");
                tracing::error!(
                    template,
                    error,
                    "an override failed, the shipped text is used"
                );
                shipped.word(template, view, reader)
            })
    }

    fn word_with(&self, template: &str, view: Value, reader: &Reader) -> anyhow::Result<String> {
        let persona = reader.persona.map_or(DEFAULT, Persona::as_str);
        let machine = reader.persona == Some(Persona::Processor);
        let found = candidates(persona, &reader.locale, machine)
            .into_iter()
            .find_map(|(persona, locale)| {
                let name = format!("{persona}/{template}.{locale}.txt");
                self.environment(&locale).get_template(&name).ok()
            });
        let text = found.with_context(|| format!("no text for {template}"))?;
        let view = context! {
            reader => context! {
                machine,
                time_zone => reader.time_zone.name(),
                comma => filters::spanish::has_comma(&reader.locale),
            },
            ..view
        };
        let text = text
            .render(view)
            .with_context(|| format!("rendering {template} for {persona}"))?;
        Ok(text.trim().to_owned())
    }
}

/// Where a text is looked for, the best first: people get their language before their persona's
/// character, programs (`machine`) the keys that they know before any language.
fn candidates<'p>(persona: &'p str, locale: &str, machine: bool) -> Vec<(&'p str, String)> {
    let locales = locales(locale);
    let both = [persona, DEFAULT];
    if machine {
        let of = |persona| locales.iter().map(move |locale| (persona, locale.clone()));
        return both.into_iter().flat_map(of).collect();
    }
    let of = |locale: &String| both.map(|persona| (persona, locale.clone()));
    locales.iter().flat_map(of).collect()
}

/// The language of a locale: `es` of `es-MX`.
fn language(locale: &str) -> &str {
    locale.split(['-', '_']).next().unwrap_or(LOCALE)
}

/// The locales that a text is looked for in, the best first: `es-MX`, `es`, `en`.
pub(crate) fn locales(locale: &str) -> Vec<String> {
    let locale = locale.replace('_', "-");
    let language = language(&locale).to_lowercase();
    let mut locales = vec![locale, language, LOCALE.to_owned()];
    locales.dedup();
    locales
}

#[expect(
    clippy::expect_used,
    reason = "generated code; the build has read every template before"
)]
fn embedded(mut environment: &mut Environment<'static>) {
    minijinja_embed::load_templates!(environment);
}
