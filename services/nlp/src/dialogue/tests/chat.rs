//! A conversation without a database: its one row, and what each message leads to.

use chrono::{DateTime, TimeDelta, Utc, Weekday};
use wharf_domain::{
    agent::AgentType,
    contracts::{ReplyContent, Step},
    dialogue::{Choice, DialogueState, PendingConfirmation, ShownList},
    entities::{Entities, EntityName},
    ids::{ExecutionId, named},
    intent::IntentType,
    persona::adaptive::Did,
};
use wharf_store::dialogues::Found;

use super::super::{
    Act, Request, Turn,
    follow::{self, Previous},
    offers::persona::did,
    quoted::Quoted,
    said::{self, Said},
    turn::{Heard, turn},
};
use crate::understand::{
    self, Context, Language, Thresholds, Understanding,
    catalogue::{Catalogue, CatalogueItem, ItemKind},
    understand,
};

/// A conversation with its one row.
pub(super) struct Chat {
    pub(super) catalogue: Catalogue,
    pub(super) thresholds: Thresholds,
    pub(super) now: DateTime<Utc>,
    pub(super) row: Option<(DialogueState, DateTime<Utc>)>,
    pub(super) messages: u32,
    pub(super) previous: Option<Previous>,
}

/// The reply of ours to the message `of`, in which nothing was listed.
pub(super) fn quoted(of: &str) -> Quoted {
    Quoted {
        execution: named(of).into(),
        question: None,
        list: None,
        lines: None,
        expired: false,
    }
}

/// What a message met and led to.
pub(super) struct Answered {
    pub(super) before: Option<DialogueState>,
    pub(super) said: Said,
    pub(super) understanding: Understanding,
    pub(super) turn: Turn,
    pub(super) did: Option<Did>,
}

impl Chat {
    pub(super) fn new() -> Self {
        let product = |sku: &str, name: &str| CatalogueItem {
            kind: ItemKind::Product,
            sku: Some(sku.to_owned()),
            name: name.to_owned(),
            aliases: Vec::new(),
        };
        Self {
            catalogue: Catalogue::build([
                product("WID-1001", "Blue widget"),
                product("ABC123", "Pallet wrap"),
                product("BLT-10", "Hex bolt M10"),
                product("BLT-12", "Hex bolt M12"),
            ]),
            thresholds: Thresholds::default(),
            now: "2026-03-18T09:00:00Z".parse().unwrap(),
            row: None,
            messages: 0,
            previous: None,
        }
    }

    pub(super) fn execution(&self) -> ExecutionId {
        named(&format!("message {}", self.messages)).into()
    }

    pub(super) fn say(&mut self, text: &str) -> Answered {
        self.say_quoting(text, None)
    }

    pub(super) fn say_quoting(&mut self, text: &str, quoted: Option<&Quoted>) -> Answered {
        self.now += TimeDelta::seconds(20);
        self.messages += 1;
        let found = self.row.clone().map(|(state, asked_at)| Found {
            state,
            asked_at,
            expired: asked_at + TimeDelta::minutes(30) <= self.now,
        });
        let context = Context {
            catalogue: Some(&self.catalogue),
            dialogue: &understand::DialogueState::default(),
            now: self.now,
            time_zone: chrono_tz::UTC,
            week_start: Weekday::Mon,
            language: Some(Language::English),
            thresholds: &self.thresholds,
        };
        // As the handler does.
        let mut understanding = understand(text, &context);
        crate::format::note_all(&mut understanding, text);
        crate::one_alert::note(&mut understanding, text, &context);
        let said = said::read(text, false);
        // As handler does for those who begin so.
        let previous = self.previous.as_ref();
        let heard = Heard {
            found: found.as_ref(),
            quoted,
            execution: self.execution(),
            received_at: self.now,
            text,
            said: &said,
            understanding: Some(&understanding),
            previous: previous.filter(|_| follow::opens(text)),
            context,
        };
        let turn = turn(&heard);
        let did = did(&heard, &turn);
        let before = found
            .filter(|found| !found.expired)
            .map(|found| found.state);
        // As carry_out does with a sender who may everything.
        let wait = turn.parts.iter().rev().find_map(|part| part.wait.clone());
        match wait {
            Some(state) => self.row = Some((state, self.now)),
            None if turn.clear => self.row = None,
            None => {}
        }
        let requests = turn.parts.iter().rev().filter_map(|part| match &part.act {
            Act::Carry(request) => Some(request),
            _ => None,
        });
        let asked = requests.filter(|request| !matches!(request.step, Step::Declined { .. }));
        if let Some(request) = asked.into_iter().next() {
            self.previous = Some(Previous {
                intent: request.intent,
                entities: request.entities.clone(),
            });
        }
        Answered {
            before,
            said,
            understanding,
            turn,
            did,
        }
    }

    pub(super) fn list_alerts(&mut self, ids: &[&str]) {
        let choice = |id: &&str| Choice {
            intent: IntentType::ViewAlerts,
            entities: Entities::from_iter([(EntityName::AlertId, (*id).to_owned())]),
            confirm: false,
        };
        let choices = ids.iter().map(choice).collect();
        let list = ShownList::new(choices, named("alerts").into());
        let earlier = self.row.take().map(|(state, _)| state);
        self.row = Some((DialogueState::Choosing(list.after(earlier)), self.now));
    }

    /// An agent has drafted an order and asks.
    pub(super) fn draft(&mut self) {
        let pairs = [(EntityName::Sku, "WID-1001"), (EntityName::Quantity, "400")];
        let pairs = pairs.map(|(name, value)| (name, value.to_owned()));
        let pending = PendingConfirmation {
            intent: IntentType::ReorderStock,
            agent: AgentType::PurchaseOptimizer,
            entities: Entities::from_iter(pairs),
            asked: Some(named("draft").into()),
            has_draft: true,
            asked_again: 0,
        };
        self.row = Some((DialogueState::Confirming(pending), self.now));
    }

    pub(super) fn waits_for(&self) -> Option<&DialogueState> {
        self.row.as_ref().map(|(state, _)| state)
    }
}

impl Answered {
    pub(super) fn carried(&self) -> Vec<&Request> {
        let parts = self.turn.parts.iter();
        parts
            .filter_map(|part| match &part.act {
                Act::Carry(request) => Some(request),
                _ => None,
            })
            .collect()
    }

    pub(super) fn answers(&self) -> Vec<&ReplyContent> {
        let parts = self.turn.parts.iter();
        parts
            .filter_map(|part| match &part.act {
                Act::Answer(content) => Some(content),
                _ => None,
            })
            .collect()
    }

    pub(super) fn asks(&self) -> Option<&PendingConfirmation> {
        self.turn.parts.iter().find_map(|part| match &part.act {
            Act::Ask(pending) => Some(pending),
            _ => None,
        })
    }
}
