//! Facts to text, in the wording of a persona.
//!
//! Texts are files: `templates/<persona>/<template>.<locale>.txt` (minijinja, WhatsApp markup).
//! A persona without its own text gets the default one's. To word a template for one more persona:
//! add the file and its line in [`TEMPLATES`]; to add a template: its variant in
//! `ReplyContent`, its default text here, and its samples in `tests.rs`, which then asks for the
//! snapshots.

mod escape;
#[cfg(test)]
mod tests;
mod view;

use anyhow::Context;
use chrono_tz::Tz;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use wharf_domain::{contracts::ReplyContent, persona::Persona};

/// The persona folder whose text everybody falls back to.
const DEFAULT: &str = "default";
/// The locale that every template exists in.
const LOCALE: &str = "en";

macro_rules! templates {
    ($($persona:literal: $($name:literal),+;)+) => {
        &[$($((
            concat!($persona, "/", $name, ".en"),
            include_str!(concat!("../templates/", $persona, "/", $name, ".en.txt")),
        ),)+)+]
    };
}

/// Every shipped text, by `<persona>/<template>.<locale>`.
const TEMPLATES: &[(&str, &str)] = templates! {
    "default": "inventory_check_result", "unknown_command", "missing_entity", "agent_error",
        "product_not_found", "which_product", "location_not_found", "help", "not_available",
        "unknown_sender", "feedback_noted";
    "streamliner": "inventory_check_result", "unknown_command", "missing_entity", "agent_error";
    "navigator": "inventory_check_result", "unknown_command", "missing_entity", "agent_error";
    "hub": "inventory_check_result", "unknown_command", "missing_entity", "agent_error";
    "spring": "inventory_check_result", "unknown_command", "missing_entity", "agent_error";
    "processor": "inventory_check_result", "unknown_command", "missing_entity", "agent_error",
        "product_not_found", "which_product", "location_not_found", "help", "not_available",
        "feedback_noted";
};

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

/// The texts, read and checked once.
#[derive(Debug)]
pub struct Renderer {
    environment: Environment<'static>,
}

impl Renderer {
    /// Reads every shipped text.
    ///
    /// # Errors
    /// When one of them is not a template.
    pub fn new() -> anyhow::Result<Self> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Custom("whatsapp"));
        environment.set_formatter(escape::formatter);
        environment.add_filter("counted", view::counted);
        environment.add_filter("words", view::words);
        for (name, source) in TEMPLATES {
            environment
                .add_template(name, source)
                .with_context(|| format!("template {name}"))?;
        }
        Ok(Self { environment })
    }

    /// Words `content` for `reader`.
    ///
    /// # Errors
    /// When the text names a value that the content does not have.
    pub fn render(&self, content: &ReplyContent, reader: &Reader) -> anyhow::Result<String> {
        let persona = reader.persona.map_or(DEFAULT, Persona::as_str);
        let template = content.template();
        let language = reader.locale.split(['-', '_']).next().unwrap_or(LOCALE);
        let candidates = [
            format!("{persona}/{template}.{language}"),
            format!("{DEFAULT}/{template}.{language}"),
            format!("{persona}/{template}.{LOCALE}"),
            format!("{DEFAULT}/{template}.{LOCALE}"),
        ];
        let found = candidates
            .iter()
            .find_map(|name| self.environment.get_template(name).ok());
        let text = found.with_context(|| format!("no text for {template}"))?;
        let view = view::of(content, reader);
        text.render(view)
            .with_context(|| format!("rendering {template} for {persona}"))
    }
}
