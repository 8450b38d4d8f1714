//! What a conversation waits for: a yes, a missing word, or a number of a list. It stands in
//! `dialogues.state`, one row a conversation.
//!
//! To add something to wait for: a variant of [`DialogueState`], what it becomes in nlp's
//! `dialogue`, and its paragraph in docs/dialogue.md. A state that this version cannot read counts
//! as none: the conversation starts anew.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    agent::AgentType,
    contracts::ReplyContent,
    entities::{Entities, EntityName},
    ids::{ExecutionId, ProfileId},
    intent::IntentType,
    recurrence::Recurrence,
};

/// The stored form's version. A reader knows its own only.
const VERSION: u64 = 1;

/// What a conversation waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "waits_for", rename_all = "snake_case")]
pub enum DialogueState {
    /// A yes or no.
    Confirming(PendingConfirmation),
    /// A word that completes a request.
    Asking(Form),
    /// A number of the list shown last, perhaps; anything else is a message like any.
    Choosing(ShownList),
    /// A word on an offer that was taken up; anything else is a message like any.
    Offering(Offered),
}

/// An offer that was taken up and lacks something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "offer")]
pub enum Offered {
    /// The list of lessons was shown: a number takes one.
    Lessons,
    /// It was asked when a request shall come: a number takes one of `options`.
    When {
        /// What shall come.
        intent: IntentType,
        /// With what.
        entities: Entities,
        /// From 1.
        options: Vec<Recurrence>,
    },
    /// It was asked whether an answer shall go to so many.
    Share {
        /// The execution whose answer it is.
        of: ExecutionId,
        /// The line of it, from 1; `None`: all.
        line: Option<usize>,
        /// Who gets it.
        people: Vec<ProfileId>,
    },
}

/// A request that waits for a yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingConfirmation {
    /// What a yes does.
    pub intent: IntentType,
    /// Who does it.
    pub agent: AgentType,
    /// With what.
    pub entities: Entities,
    /// The execution that asked; `None`: nlp did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<ExecutionId>,
    /// Whether `asked` left something behind that a no must take away, e.g. a drafted order.
    #[serde(default)]
    pub has_draft: bool,
    /// How often it was asked again after an unclear answer.
    #[serde(default)]
    pub asked_again: u8,
}

/// A request that lacks something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// What is wanted.
    pub intent: IntentType,
    /// What is known of it.
    pub entities: Entities,
    /// What was asked for.
    pub missing: EntityName,
    /// How often an answer could not be used.
    #[serde(default)]
    pub tries: u8,
    /// Whether the complete request is to be confirmed before it is carried out.
    #[serde(default)]
    pub confirm: bool,
}

/// A numbered list that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownList {
    /// What each number means, from 1.
    pub choices: Vec<Choice>,
    /// The execution whose reply shows it.
    pub shown_by: ExecutionId,
    /// The line whose details were shown last, from 0: what a bare "ack" means.
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

impl DialogueState {
    /// The form that is stored.
    ///
    /// # Errors
    /// Never in practice: every part is plain data.
    pub fn to_row(&self) -> serde_json::Result<Value> {
        Ok(json!({ "version": VERSION, "state": serde_json::to_value(self)? }))
    }

    /// What a stored form says; `None` when it is of another version or not readable.
    #[must_use]
    pub fn from_row(row: &Value) -> Option<Self> {
        let known = row.get("version").and_then(Value::as_u64) == Some(VERSION);
        known.then(|| Self::deserialize(row.get("state")?).ok())?
    }
}

impl ShownList {
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
        let (choices, current): (Vec<Choice>, _) = match content {
            ReplyContent::AlertSummary(summary) => {
                let alerts = summary.alerts.iter();
                (alerts.map(|line| alert(&line.id)).collect(), None)
            }
            ReplyContent::AlertNotFound(missing) => {
                let alerts = missing.live.iter();
                (alerts.map(|line| alert(&line.id)).collect(), None)
            }
            ReplyContent::AlertDetail(detail) => (vec![alert(&detail.alert.id)], Some(0)),
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
        (!choices.is_empty()).then_some(Self {
            choices,
            shown_by,
            current,
            form: None,
        })
    }

    /// What the number `line`, from 1, means.
    #[must_use]
    pub fn choice(&self, line: usize) -> Option<&Choice> {
        self.choices.get(line.checked_sub(1)?)
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

    /// This list as it is after `earlier`, the one that was live before: the details of one of its
    /// lines leave the list as it was and mark the line; a form behind it stays.
    #[must_use]
    pub fn after(mut self, earlier: Option<DialogueState>) -> Self {
        match earlier {
            Some(DialogueState::Choosing(earlier)) => {
                let line = match self.choices.as_slice() {
                    [only] => earlier.choices.iter().position(|choice| choice == only),
                    _ => None,
                };
                if let Some(line) = line {
                    return Self {
                        current: Some(line),
                        ..earlier
                    };
                }
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{contracts::ProductName, ids::named};

    fn alert(id: &str) -> Choice {
        Choice {
            intent: IntentType::ViewAlerts,
            entities: Entities::from_iter([(EntityName::AlertId, id.to_owned())]),
            confirm: false,
        }
    }

    fn list(ids: &[&str]) -> ShownList {
        ShownList {
            choices: ids.iter().map(|id| alert(id)).collect(),
            shown_by: named("list").into(),
            current: None,
            form: None,
        }
    }

    #[test]
    fn the_stored_form() {
        let mut entities = Entities::default();
        entities.set(EntityName::Sku, "WID-1001");
        let confirming = DialogueState::Confirming(PendingConfirmation {
            intent: IntentType::ReorderStock,
            agent: AgentType::PurchaseOptimizer,
            entities: entities.clone(),
            asked: Some(named("asked").into()),
            has_draft: true,
            asked_again: 1,
        });
        let asking = DialogueState::Asking(Form {
            intent: IntentType::UpdateStock,
            entities,
            missing: EntityName::Quantity,
            tries: 1,
            confirm: true,
        });
        let choosing = DialogueState::Choosing(list(&["A1", "A2"]));
        for state in [&confirming, &asking, &choosing] {
            let row = state.to_row().unwrap();
            assert_eq!(DialogueState::from_row(&row).as_ref(), Some(state));
        }
        insta::assert_snapshot!(
            [&confirming, &asking, &choosing]
                .map(|state| state.to_row().unwrap().to_string())
                .join("\n")
        );
    }

    #[test]
    fn what_cannot_be_read_is_nothing() {
        for row in [
            json!({}),
            json!([]),
            json!({"version": 2, "state": {"waits_for": "asking"}}),
            json!({"version": 1, "state": {"waits_for": "godot"}}),
            json!({"version": 1, "state": {"waits_for": "asking"}}),
        ] {
            assert_eq!(DialogueState::from_row(&row), None, "{row}");
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
        assert_eq!(list(&["A1", "A2"]).meant(), None);
        assert_eq!(list(&["A1", "A2"]).choice(2), Some(&alert("A2")));
        assert_eq!(list(&["A1", "A2"]).choice(0), None);
        assert_eq!(list(&["A1", "A2"]).choice(3), None);
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
        assert!(
            ShownList::of_reply(named("e").into(), asked, &entities, &ReplyContent::Help).is_none()
        );
    }
}
