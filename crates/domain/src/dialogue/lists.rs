//! Numbered lists that were shown: what each number means, and the page that comes next.

use serde::{Deserialize, Serialize};

use super::{DialogueState, Form};
use crate::{
    contracts::ReplyContent,
    entities::{Entities, EntityName},
    ids::ExecutionId,
    intent::IntentType,
};

/// Lines that one answer lists at most; what is more comes on further pages.
pub const PAGE_LINES: u32 = 9;

/// A numbered list that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownList {
    /// What each number means, from `first` on.
    pub choices: Vec<Choice>,
    /// Numbers before the first of `choices`; more than 0 on a later page alone.
    #[serde(default)]
    pub first: usize,
    /// What there is beside what was shown, of a list that goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<Pages>,
    /// The execution whose reply shows it.
    pub shown_by: ExecutionId,
    /// The index in `choices` of the line whose details were shown last: what a bare "ack" means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<usize>,
    /// A form that waits behind the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
}

/// What a number of a list means: a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What is wanted.
    pub intent: IntentType,
    /// With what.
    pub entities: Entities,
    /// Whether it is to be confirmed before it is carried out.
    #[serde(default)]
    pub confirm: bool,
}

/// How much of a list was shown last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pages {
    /// What was asked.
    pub intent: IntentType,
    /// With what.
    pub entities: Entities,
    /// Lines before the page that was shown last.
    pub after: u32,
    /// Lines on it.
    pub shown: u32,
    /// Lines of all pages.
    pub total: u32,
}

impl Pages {
    /// Lines before the next page; `None`: the last line was shown.
    #[must_use]
    pub const fn next(&self) -> Option<u32> {
        let end = self.after.saturating_add(self.shown);
        match end < self.total && self.shown > 0 {
            true => Some(end),
            false => None,
        }
    }

    /// Lines before the page before; `None`: the first was shown.
    #[must_use]
    pub const fn previous(&self) -> Option<u32> {
        match self.after {
            0 => None,
            after => Some(after.saturating_sub(PAGE_LINES)),
        }
    }
}

/// A numbered list whose lines stand for what the user may as well write, e.g. `persona navigator`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownLines {
    /// The words of each line, from 1.
    pub lines: Vec<String>,
    /// The execution whose reply shows it.
    pub shown_by: ExecutionId,
    /// A form that waits behind the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
}

impl ShownList {
    /// A list of one page.
    #[must_use]
    pub const fn new(choices: Vec<Choice>, shown_by: ExecutionId) -> Self {
        Self {
            choices,
            first: 0,
            pages: None,
            shown_by,
            current: None,
            form: None,
        }
    }

    /// The list that the reply `content` of `shown_by` shows, when it shows one: `intent` and
    /// `entities` are what was asked.
    #[must_use]
    pub fn of_reply(
        shown_by: ExecutionId,
        intent: IntentType,
        entities: &Entities,
        content: &ReplyContent,
    ) -> Option<Self> {
        let alert = |id: &str| Choice {
            intent: IntentType::ViewAlerts,
            entities: Entities::from_iter([(EntityName::AlertId, id.to_owned())]),
            confirm: false,
        };
        let mut first = 0;
        let mut pages = None;
        let mut goes_on = |after: u32, shown: usize, total: u32| {
            let shown = u32::try_from(shown).unwrap_or(u32::MAX);
            pages = (after > 0 || shown < total).then(|| Pages {
                intent,
                entities: entities.clone(),
                after,
                shown,
                total,
            });
        };
        let (choices, current): (Vec<Choice>, _) = match content {
            ReplyContent::AlertSummary(summary) => {
                first = index(summary.after);
                goes_on(summary.after, summary.alerts.len(), summary.count);
                let alerts = summary.alerts.iter();
                (alerts.map(|line| alert(&line.id)).collect(), None)
            }
            ReplyContent::AlertNotFound(missing) => {
                let alerts = missing.live.iter();
                (alerts.map(|line| alert(&line.id)).collect(), None)
            }
            ReplyContent::AlertDetail(detail) => (vec![alert(&detail.alert.id)], Some(0)),
            ReplyContent::SupplierPerformance(compared) => {
                // Their numbers are their ranks; one without a rank has none.
                let suppliers = &compared.suppliers;
                let ranks: Vec<u32> = suppliers.iter().map_while(|score| score.rank).collect();
                first = index(
                    ranks
                        .first()
                        .map_or(compared.after, |rank| rank.saturating_sub(1)),
                );
                goes_on(compared.after, suppliers.len(), compared.compared);
                let in_a_row = (first + 1..).zip(&ranks);
                if !in_a_row
                    .clone()
                    .all(|(number, rank)| number == index(*rank))
                {
                    return None;
                }
                let supplier = |name: &str| Choice {
                    intent: IntentType::CheckSupplier,
                    entities: Entities::from_iter([(EntityName::Supplier, name.to_lowercase())]),
                    confirm: false,
                };
                let ranked = suppliers.iter().take(ranks.len());
                (ranked.map(|score| supplier(&score.name)).collect(), None)
            }
            ReplyContent::WhichProduct { candidates, .. } => {
                let choice = |sku: &str| {
                    let mut entities = entities.clone();
                    entities.remove(EntityName::Product);
                    entities.set(EntityName::Sku, sku);
                    Choice {
                        intent,
                        entities,
                        confirm: false,
                    }
                };
                let products = candidates.iter();
                (products.map(|product| choice(&product.sku)).collect(), None)
            }
            ReplyContent::WhichLocation { locations, .. } => {
                let choice = |place: &String| {
                    let mut entities = entities.clone();
                    entities.set(EntityName::Location, place.to_lowercase());
                    Choice {
                        intent,
                        entities,
                        confirm: false,
                    }
                };
                (locations.iter().map(choice).collect(), None)
            }
            _ => return None,
        };
        (!choices.is_empty() || pages.is_some()).then_some(Self {
            choices,
            first,
            pages,
            shown_by,
            current,
            form: None,
        })
    }

    /// Where in `choices` the number `line` is.
    #[must_use]
    pub fn index(&self, line: usize) -> Option<usize> {
        let index = line.checked_sub(self.first)?.checked_sub(1)?;
        (index < self.choices.len()).then_some(index)
    }

    /// What the number `line` means.
    #[must_use]
    pub fn choice(&self, line: usize) -> Option<&Choice> {
        self.choices.get(self.index(line)?)
    }

    /// The highest number.
    #[must_use]
    pub const fn last_line(&self) -> usize {
        self.first + self.choices.len()
    }

    /// What is meant when no number is said: the line shown last, else the only one.
    #[must_use]
    pub fn meant(&self) -> Option<&Choice> {
        match (self.current, self.choices.as_slice()) {
            (Some(current), choices) => choices.get(current),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// The product of a list that shows one alone: it asks "did you mean this?".
    #[must_use]
    pub fn only_product(&self) -> Option<&Choice> {
        match self.choices.as_slice() {
            [only] if self.pages.is_none() && only.entities.has(EntityName::Sku) => Some(only),
            _ => None,
        }
    }

    /// This list as it is after `earlier`, the one that was live before: the details of one of its
    /// lines leave the list as it was and mark the line; a page of the same list adds its numbers
    /// to those that were shown before; a form behind it stays.
    #[must_use]
    pub fn after(mut self, earlier: Option<DialogueState>) -> Self {
        match earlier {
            Some(DialogueState::Choosing(earlier)) => {
                let line = match self.choices.as_slice() {
                    [only] if self.pages.is_none() => {
                        earlier.choices.iter().position(|choice| choice == only)
                    }
                    _ => None,
                };
                if let Some(line) = line {
                    return Self {
                        current: Some(line),
                        ..earlier
                    };
                }
                self.add(&earlier);
                self.form = earlier.form;
                self
            }
            Some(DialogueState::Saying(earlier)) => {
                self.form = earlier.form;
                self
            }
            Some(DialogueState::Asking(form)) => {
                self.form = Some(form);
                self
            }
            Some(DialogueState::Confirming(_) | DialogueState::Offering(_)) | None => self,
        }
    }

    /// Keeps the numbers of `earlier` that this page of the same list does not show, so that each
    /// means what the user saw with it last.
    fn add(&mut self, earlier: &Self) {
        let (Some(pages), Some(before)) = (&self.pages, &earlier.pages) else {
            return;
        };
        let same = pages.intent == before.intent && pages.entities == before.entities;
        // Between two pages that do not touch there would be numbers without a meaning.
        let touch = self.first <= earlier.last_line() && earlier.first <= self.last_line();
        if !same || !touch {
            return;
        }
        let first = self.first.min(earlier.first);
        let last = self.last_line().max(earlier.last_line());
        let lines = first + 1..=last;
        self.choices = lines
            .filter_map(|line| self.choice(line).or_else(|| earlier.choice(line)).cloned())
            .collect();
        self.first = first;
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{contracts::ProductName, ids::named};

    pub(in crate::dialogue) fn alert(id: &str) -> Choice {
        Choice {
            intent: IntentType::ViewAlerts,
            entities: Entities::from_iter([(EntityName::AlertId, id.to_owned())]),
            confirm: false,
        }
    }

    pub(in crate::dialogue) fn list(ids: &[&str]) -> ShownList {
        ShownList {
            choices: ids.iter().map(|id| alert(id)).collect(),
            first: 0,
            pages: None,
            shown_by: named("list").into(),
            current: None,
            form: None,
        }
    }

    #[test]
    fn a_detail_marks_its_line_and_leaves_the_list() {
        let shown = list(&["A1", "A2", "A3"]);
        let detail = ShownList {
            current: Some(0),
            ..list(&["A2"])
        };
        let after = detail.clone().after(Some(DialogueState::Choosing(shown)));
        assert_eq!(after.choices.len(), 3);
        assert_eq!(after.meant(), Some(&alert("A2")));
        // Of another list it is a list of its own.
        let after = detail.after(Some(DialogueState::Choosing(list(&["A7", "A8"]))));
        assert_eq!(
            (after.choices.len(), after.meant()),
            (1, Some(&alert("A2")))
        );
    }

    #[test]
    fn without_a_number_only_one_line_can_be_meant() {
        assert_eq!(list(&["A1"]).meant(), Some(&alert("A1")));
        assert_eq!(list(&["A1"]).only_product(), None);
        assert_eq!(list(&["A1", "A2"]).meant(), None);
        assert_eq!(list(&["A1", "A2"]).choice(2), Some(&alert("A2")));
        assert_eq!(list(&["A1", "A2"]).choice(0), None);
        assert_eq!(list(&["A1", "A2"]).choice(3), None);
    }

    #[test]
    fn pages_add_up_and_each_number_means_what_was_seen_with_it_last() {
        let page = |ids: &[&str], after: u32, total: u32| ShownList {
            first: index(after),
            pages: Some(Pages {
                intent: IntentType::ViewAlerts,
                entities: Entities::default(),
                after,
                shown: ids.len() as u32,
                total,
            }),
            ..list(ids)
        };
        let first = page(&["A1", "A2", "A3"], 0, 5);
        assert_eq!(first.pages.as_ref().unwrap().next(), Some(3));
        assert_eq!(first.pages.as_ref().unwrap().previous(), None);
        let second = page(&["A4", "A5"], 3, 5);
        assert_eq!(second.pages.as_ref().unwrap().next(), None);
        assert_eq!(second.pages.as_ref().unwrap().previous(), Some(0));
        assert_eq!(second.choice(4), Some(&alert("A4")));
        assert_eq!(second.choice(1), None);
        let both = second
            .clone()
            .after(Some(DialogueState::Choosing(first.clone())));
        for (line, id) in [(1, "A1"), (3, "A3"), (4, "A4"), (5, "A5")] {
            assert_eq!(both.choice(line), Some(&alert(id)), "{line}");
        }
        assert_eq!((both.choice(6), both.last_line()), (None, 5));
        // Shown anew, the first page has other alerts; those of the second stay.
        let anew = page(&["A1", "A3", "A9"], 0, 5);
        let anew = anew.after(Some(DialogueState::Choosing(both)));
        assert_eq!(anew.choice(2), Some(&alert("A3")));
        assert_eq!(anew.choice(5), Some(&alert("A5")));
        // Another list is another list.
        let mut critical = page(&["A7", "A8", "A9"], 0, 5);
        if let Some(pages) = &mut critical.pages {
            pages.entities.set(EntityName::Severity, "critical");
        }
        let after = critical.after(Some(DialogueState::Choosing(anew)));
        assert_eq!(after.last_line(), 3);
    }

    #[test]
    fn a_product_out_of_several_completes_what_was_asked() {
        let name = |sku: &str| ProductName {
            sku: sku.to_owned(),
            name: sku.to_owned(),
        };
        let content = ReplyContent::WhichProduct {
            asked: "bolt".to_owned(),
            candidates: vec![name("B-1"), name("B-2")],
        };
        let mut entities = Entities::default();
        entities.set(EntityName::Product, "bolt");
        entities.set(EntityName::Quantity, "40");
        let asked = IntentType::ReorderStock;
        let list = ShownList::of_reply(named("e").into(), asked, &entities, &content).unwrap();
        let second = list.choice(2).unwrap();
        assert_eq!(second.intent, asked);
        assert_eq!(second.entities.get(EntityName::Sku), Some("B-2"));
        assert_eq!(second.entities.get(EntityName::Product), None);
        assert_eq!(second.entities.get(EntityName::Quantity), Some("40"));
        assert_eq!(list.only_product(), None);
        let one = ReplyContent::WhichProduct {
            asked: "bolt".to_owned(),
            candidates: vec![name("B-1")],
        };
        let one = ShownList::of_reply(named("e").into(), asked, &entities, &one).unwrap();
        assert_eq!(one.only_product(), one.choice(1));
        let other = ReplyContent::UnknownCommand;
        assert!(ShownList::of_reply(named("e").into(), asked, &entities, &other).is_none());
    }
}
