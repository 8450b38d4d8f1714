//! Buttons and lists to tap in place of a text, through Twilio's Content templates.
//!
//! What asks for a yes goes out as quick reply, what lists up to ten lines as list picker, when
//! `whatsapp_templates` has an approved Content template by that name (docs/templates.md, "Buttons
//! and lists") and the text fits. Otherwise, and always when Twilio refuses it, the text goes out as
//! it is. Whichever it is, it says what can be typed: the body of the template is the whole text.
//!
//! To make one more reply tappable: its line in [`asked`]; a list's lines must be numbered from 1 in
//! the text, and nlp must take the number alone.

use std::collections::HashSet;

use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation;
use wharf_domain::{
    contracts::{ReplyContent, ReplyRequest, answers::ReorderState},
    persona::Persona,
    taps::{LIST_PICKER, MAX_LINES, QUICK_REPLY},
};
use wharf_store::{contacts::ReplyTarget, outbound::Outbound};

use super::{ReplyHandler, held};
use crate::{
    markup,
    render::{Line, Taps, tap_variables},
};

/// The longest body of a template with buttons or a list (Twilio, "twilio/quick-reply" and
/// "twilio/list-picker": 1,024 characters), in UTF-16 units.
const MAX_BODY: usize = 1_024;
/// The longest title of a list's line (Twilio, "twilio/list-picker": 24 characters).
const MAX_TITLE: usize = 24;
/// The longest description of one (as there: 72 characters).
const MAX_DESCRIPTION: usize = 72;

/// What a reply asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    /// A yes or a no.
    YesNo,
    /// A line of a list, one an entry from 1 on. Where a line is too long, its name goes in its place;
    /// none: it has no other.
    Line(Vec<Option<String>>),
}

impl Asked {
    /// The `template_name` of its Content template. A list picker has as many lines as Twilio was
    /// told, so there is one for each number of lines.
    fn template(&self) -> String {
        match self {
            Self::YesNo => QUICK_REPLY.to_owned(),
            Self::Line(names) => format!("{LIST_PICKER}{}", names.len()),
        }
    }
}

fn asked(content: &ReplyContent) -> Option<Asked> {
    let line = |names: Vec<Option<String>>| {
        (1..=MAX_LINES)
            .contains(&names.len())
            .then_some(Asked::Line(names))
    };
    match content {
        ReplyContent::Confirm(_)
        | ReplyContent::ShareConfirm(_)
        | ReplyContent::PersonaOffer(_) => Some(Asked::YesNo),
        ReplyContent::ReorderResult(order) if order.state == ReorderState::Draft => {
            Some(Asked::YesNo)
        }
        // "Did you mean this?"
        ReplyContent::WhichProduct { candidates, .. } if candidates.len() == 1 => {
            Some(Asked::YesNo)
        }
        ReplyContent::WhichProduct { candidates, .. } => {
            let skus = candidates.iter().map(|product| Some(product.sku.clone()));
            line(skus.collect())
        }
        ReplyContent::WhichLocation { locations, .. } => line(vec![None; locations.len()]),
        ReplyContent::WhichIntent { options } => line(vec![None; options.len()]),
        // A later page has other numbers.
        ReplyContent::AlertSummary(summary) if summary.after == 0 => {
            let alerts = summary.alerts.iter();
            line(alerts.map(|alert| Some(alert.id.clone())).collect())
        }
        ReplyContent::AlertNotFound(missing) => {
            let alerts = missing.live.iter();
            line(alerts.map(|alert| Some(alert.id.clone())).collect())
        }
        _ => None,
    }
}

impl ReplyHandler {
    /// The Content template, with its variables, that goes out in place of `text`; `None`: the text
    /// goes out.
    pub(super) async fn tappable(
        &self,
        reply: &ReplyRequest,
        target: &ReplyTarget,
        text: &str,
    ) -> Option<(String, Value)> {
        let asked = asked(&reply.content)?;
        // The processor's texts are read by machines. Outside the window neither goes out.
        if target.persona == Some(Persona::Processor) || !target.window_open(self.clock.now()) {
            return None;
        }
        let contents = self.renderer.contents(reply.company_id).await;
        let template = held::choose(&contents, [asked.template().as_str()], target)?;
        let Some(taps) = fitting(&asked, text) else {
            self.sender.count_taps("unfit");
            return None;
        };
        match tap_variables(template.variables.as_ref(), &taps) {
            Ok(variables) => Some((template.template_sid.clone(), variables)),
            Err(error) => {
                let (error, sid) = (format!("{error:#}"), &template.template_sid);
                tracing::error!(error, sid, "the variables of a template cannot be worded");
                self.sender.count_taps("unfit");
                None
            }
        }
    }
}

/// What Twilio's list of messages may show of a part that can be tapped: its body, when that is
/// variable 1.
pub(super) fn body_of(part: &Outbound) -> Option<&str> {
    part.content_sid.as_ref()?;
    part.content_variables.as_ref()?.get("1")?.as_str()
}

/// The text as a template says it; `None` when it does not fit.
fn fitting(asked: &Asked, text: &str) -> Option<Taps> {
    let body = in_one_line(text);
    if body.is_empty() || units(&body) > MAX_BODY {
        return None;
    }
    let items = match asked {
        Asked::YesNo => Vec::new(),
        Asked::Line(names) => {
            let mut lines = text.lines().map(str::trim);
            let shown = (1..).zip(names).map(|(number, name)| {
                let start = format!("{number}. ");
                let line = lines.find_map(|line| line.strip_prefix(&start))?;
                item(number, line, name.as_deref())
            });
            shown.collect::<Option<_>>()?
        }
    };
    Some(Taps { body, items })
}

fn item(number: usize, line: &str, name: Option<&str>) -> Option<Line> {
    let line = without_markup(line);
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return None;
    }
    let title = [Some(line.as_str()), name]
        .into_iter()
        .flatten()
        .map(|name| format!("{number}. {name}"))
        .find(|title| units(title) <= MAX_TITLE)?;
    Some(Line {
        title,
        // The body has all of it.
        description: cut(&line, MAX_DESCRIPTION),
    })
}

/// A list's lines show no markup. A code's own underscores stay.
fn without_markup(line: &str) -> String {
    let spans = markup::read(line).spans;
    let markers: HashSet<usize> = spans
        .iter()
        .flat_map(|span| {
            let length = span.marker.as_str().len();
            (span.open..span.open + length).chain(span.close..span.close + length)
        })
        .collect();
    let kept = line.char_indices().filter(|(at, _)| !markers.contains(at));
    kept.map(|(_, c)| c).collect()
}

fn cut(text: &str, limit: usize) -> String {
    if units(text) <= limit {
        return text.to_owned();
    }
    let mut short = String::new();
    for grapheme in text.graphemes(true) {
        if units(&short) + units(grapheme) >= limit {
            break;
        }
        short.push_str(grapheme);
    }
    short.truncate(short.trim_end().len());
    short + "…"
}

/// A variable takes no new lines: lines are divided by a dot, unless their own marks do.
fn in_one_line(text: &str) -> String {
    let mut all = String::new();
    for line in text.lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            continue;
        }
        let ended = all.trim_end_matches(['*', '_', '~', '`']).chars().last();
        match ended {
            None => {}
            Some('.' | ':' | ';' | ',' | '?' | '!' | '…') => all.push(' '),
            Some(_) if line.starts_with('•') => all.push(' '),
            Some(_) => all.push_str(" · "),
        }
        all.push_str(&line);
    }
    all
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests;
