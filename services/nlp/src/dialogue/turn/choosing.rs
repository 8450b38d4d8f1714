//! What picks from a list: a number, a name, a yes to the only line.

use wharf_domain::{
    contracts::ReplyContent,
    dialogue::{Choice, Form, ShownLines, ShownList},
    entities::EntityName,
};

use super::{Heard, is_complete};
use crate::{
    dialogue::{
        Turn, follow, lines, names,
        said::{self, Said},
    },
    plan,
    understand::normalise::Normalised,
};

impl Heard<'_> {
    pub(super) fn choosing(&self, list: &ShownList) -> Turn {
        match self.said {
            Said::Lines(lines) => return lines::pick(list, lines, |choice| choice.clone()),
            Said::More | Said::Back => return lines::turn_page(list, *self.said == Said::More),
            Said::Alerts { intent, lines } => {
                if let Some(turn) = lines::alerts(list, *intent, lines) {
                    return turn;
                }
            }
            // What quotes another question of ours, as a tap on its buttons does, answers none here.
            Said::Yes | Said::No | Said::Cancel if !self.quotes_another(list.shown_by) => {
                if let Some(turn) = self.did_you_mean(list).or_else(|| self.which_one(list)) {
                    return turn;
                }
            }
            Said::Other { .. } => {
                if let Some(turn) = self.named(list) {
                    return turn;
                }
            }
            _ => {}
        }
        match &list.form {
            Some(form) => self.asking(form),
            None => self.nothing_open(),
        }
    }

    /// "Did you mean this?" is a list of one: a yes takes it, a no asks for the product again.
    fn did_you_mean(&self, list: &ShownList) -> Option<Turn> {
        let only = list.only_product()?;
        match self.said {
            Said::Yes => return Some(lines::pick(list, &[list.first + 1], Clone::clone)),
            Said::No => {}
            _ => return None,
        }
        let mut entities = only.entities.clone();
        entities.remove(EntityName::Sku);
        Some(Turn::of(plan::ask_for(Form {
            intent: only.intent,
            entities,
            missing: EntityName::Product,
            tries: 1,
            confirm: only.confirm,
        })))
    }

    /// A no leaves a list that asks which product or place is meant; a yes says none of its lines.
    fn which_one(&self, list: &ShownList) -> Option<Turn> {
        let intent = names::asked_for(list)?;
        if list.form.is_some() {
            return None;
        }
        Some(match self.said {
            Said::Yes => Turn::answer(ReplyContent::NoSuchLine {
                lines: list.last_line(),
            }),
            Said::No => Turn::answer(ReplyContent::Declined { intent }).settled(),
            _ => {
                let intent = Some(intent);
                Turn::answer(ReplyContent::Cancelled { intent }).settled()
            }
        })
    }

    /// The line of the list that the message calls by its name.
    fn named(&self, list: &ShownList) -> Option<Turn> {
        let plain = Normalised::new(self.text);
        let plain = plain.text();
        let code = names::code(list, plain);
        // "Main warehouse please" lacks what a request for stock needs: it is the place.
        let asks = self.request().is_some_and(is_complete);
        if code.is_none() && (asks || follow::read(plain).is_some()) {
            return None;
        }
        let named = code.or_else(|| names::line(list, plain, self.context.catalogue))?;
        Some(match named {
            names::Named::Line { number, sure } => lines::pick(list, &[number], |choice| Choice {
                confirm: choice.confirm || !sure,
                ..choice.clone()
            }),
            // "Warehouse", when two of the places are one.
            names::Named::Several if list.form.is_none() => {
                Turn::answer(ReplyContent::NoSuchLine {
                    lines: list.last_line(),
                })
            }
            names::Named::Several => return None,
        })
    }

    /// A number of a list is what its line stands for.
    pub(super) fn saying(&self, list: &ShownLines) -> Turn {
        match (self.said, &list.form) {
            (Said::Lines(lines), _) => {
                let words = match lines.as_slice() {
                    [line] => line.checked_sub(1).and_then(|index| list.lines.get(index)),
                    _ => None,
                };
                match words.map(|words| said::read(words, false)) {
                    Some(Said::Command(command)) => self.command(command, None),
                    _ => Turn::answer(ReplyContent::NoSuchLine {
                        lines: list.lines.len(),
                    }),
                }
            }
            (_, Some(form)) => self.asking(form),
            (_, None) => self.nothing_open(),
        }
    }
}
