//! The variables of Twilio's Content templates: texts by number, each a minijinja text of its own
//! that an operator gives (`wharfctl templates content`).
//!
//! Twilio takes neither an empty value nor new lines, tabs or rows of more than four blanks in one
//! (its errors 21656 and 92007).

use anyhow::{Context, ensure};
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use serde_json::{Map, Value};

/// What a notice may say of the texts that wait.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Notice<'a> {
    /// The first text that waits; its first line is shown, without markup.
    pub line: &'a str,
    /// How many texts wait.
    pub count: usize,
    /// The company's name.
    pub company: &'a str,
}

/// What a text with buttons or a list may say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taps {
    /// The whole text in one line.
    pub body: String,
    /// The lines of the list; none: it asks for yes or no.
    pub items: Vec<Line>,
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its number and a name for it.
    pub title: String,
    /// What the text has for it.
    pub description: String,
}

impl Taps {
    /// Something to try variables on, with a list of `lines` lines.
    #[must_use]
    pub fn sample(lines: usize) -> Self {
        let line = |number: usize| Line {
            title: format!("{number}. WID-1001"),
            description: "Blue widget (WID-1001)".to_owned(),
        };
        Self {
            body: "Which one? Please reply.".to_owned(),
            items: (1..=lines).map(line).collect(),
        }
    }
}

/// The longest value of a notice's variable, in characters.
const MAX_VARIABLE: usize = 200;

/// The values of a notice's variables, of minijinja texts by number. An empty one becomes `…`.
///
/// # Errors
/// When `variables` is no object of texts, or one of them names what a notice does not have.
pub fn variables(variables: Option<&Value>, notice: &Notice<'_>) -> anyhow::Result<Option<Value>> {
    let Some(variables) = variables.filter(|variables| !variables.is_null()) else {
        return Ok(None);
    };
    let line: String = notice.line.lines().next().unwrap_or_default().to_owned();
    let line = line.replace(['*', '_', '~', '`'], "");
    let notice = Notice {
        line: &line,
        ..*notice
    };
    let mut values = values(variables, &notice)?;
    for (_, value) in &mut values {
        let text: String = value.chars().take(MAX_VARIABLE).collect();
        *value = if text.is_empty() {
            "…".to_owned()
        } else {
            text
        };
    }
    Ok(Some(object(values)))
}

/// The values of the variables of a template with buttons or a list. Without any given: 1 is the
/// body, 2 and 3 are the first line's title and description, 4 and 5 the second's, and so on.
///
/// # Errors
/// As for [`variables`]; and when a value is empty.
pub fn tap_variables(variables: Option<&Value>, taps: &Taps) -> anyhow::Result<Value> {
    let values = match variables.filter(|variables| !variables.is_null()) {
        Some(variables) => values(variables, taps)?,
        None => {
            let lines = taps.items.iter();
            let lines = lines.flat_map(|line| [&line.title, &line.description]);
            let all = [&taps.body].into_iter().chain(lines).zip(1..);
            all.map(|(value, number): (_, u8)| (number.to_string(), value.clone()))
                .collect()
        }
    };
    for (number, value) in &values {
        ensure!(!value.is_empty(), "variable {number} is empty");
    }
    Ok(object(values))
}

fn object(values: Vec<(String, String)>) -> Value {
    let values = values.into_iter();
    Value::Object(
        values
            .map(|(number, value)| (number, value.into()))
            .collect::<Map<_, _>>(),
    )
}

fn values(variables: &Value, view: &impl Serialize) -> anyhow::Result<Vec<(String, String)>> {
    let variables = variables
        .as_object()
        .context("variables are an object of texts by number")?;
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut values = Vec::with_capacity(variables.len());
    for (number, text) in variables {
        let text = text
            .as_str()
            .with_context(|| format!("variable {number} is no text"))?;
        let value = environment
            .render_str(text, view)
            .with_context(|| format!("variable {number}"))?;
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        values.push((number.clone(), value));
    }
    Ok(values)
}
