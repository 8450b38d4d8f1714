//! Answers in people's own words: courtesies, names instead of numbers, not knowing.

use chrono::TimeDelta;
use wharf_domain::{
    contracts::{
        ProductName, ReplyContent,
        answers::{Courtesy, Waited},
    },
    dialogue::{DialogueState, ShownList},
    entities::{Entities, EntityName},
    ids::named,
    intent::IntentType,
};

use super::{
    super::{Act, commands::Command},
    chat::{Chat, quoted},
};

const HELP: Act = Act::Command(Command::Help(None));

#[test]
fn courtesies_are_answered_and_change_nothing() {
    let answered = |chat: &mut Chat, text: &str| {
        let said = chat.say(text);
        match said.answers()[..] {
            [ReplyContent::Courtesy { kind }] => *kind,
            _ => panic!("{text}: {:?}", said.turn),
        }
    };
    use Courtesy::{Farewell, Greeting, NothingWaits, Thanks};
    for (text, kind) in [
        ("yes", NothingWaits),
        ("no", NothingWaits),
        ("ok", NothingWaits),
        ("👍", NothingWaits),
        ("no thanks", NothingWaits),
        ("ok thanks", Thanks),
        ("thanks", Thanks),
        ("thank you!", Thanks),
        ("gracias", Thanks),
        ("hello", Greeting),
        ("good morning", Greeting),
        ("hola", Greeting),
        ("bye", Farewell),
    ] {
        assert_eq!(answered(&mut Chat::new(), text), kind, "{text}");
        // Beside a list, which stays.
        let mut chat = Chat::new();
        chat.list_alerts(&["A1", "A2"]);
        assert_eq!(answered(&mut chat, text), kind, "{text}");
        assert!(matches!(chat.waits_for(), Some(DialogueState::Choosing(_))));
    }
    // A question waits on, and is asked again.
    let mut chat = Chat::new();
    let asked = chat.say("reorder WID-1001").asks().unwrap().clone();
    assert_eq!(chat.say("thanks").asks().unwrap().asked_again, 1);
    assert_eq!(
        chat.say("yes, thank you").carried()[0].entities,
        asked.entities
    );
    let mut chat = Chat::new();
    chat.say("check supplier");
    for text in ["hello", "ok", "thanks!"] {
        let entity = EntityName::Supplier;
        let said = chat.say(text);
        let missing = said
            .answers()
            .contains(&&ReplyContent::MissingEntity { entity });
        assert!(
            missing || said.turn.parts[0].act == HELP,
            "{text}: {:?}",
            said.turn
        );
        assert!(said.carried().is_empty());
    }
}

#[test]
fn a_greeting_before_a_request_is_no_courtesy() {
    for (text, intent) in [
        ("hi, stock of ABC123?", IntentType::CheckInventory),
        ("good morning! show alerts", IntentType::ViewAlerts),
        ("hola, ver alertas", IntentType::ViewAlerts),
    ] {
        assert_eq!(chat_carries(text), Some(intent), "{text}");
    }
}

fn chat_carries(text: &str) -> Option<IntentType> {
    let said = Chat::new().say(text);
    said.carried().first().map(|request| request.intent)
}

/// A stock change that lacks its place, as inventory_monitor asks for it.
fn at_which_place(chat: &mut Chat) {
    let entities = [
        (EntityName::Sku, "WID-1001"),
        (EntityName::Quantity, "12"),
        (EntityName::Operation, "add"),
    ];
    let content = ReplyContent::WhichLocation {
        product: ProductName {
            sku: "WID-1001".to_owned(),
            name: "Blue widget".to_owned(),
        },
        locations: [
            "Main Warehouse",
            "Rotterdam",
            "Toronto East",
            "Toronto West",
        ]
        .map(str::to_owned)
        .to_vec(),
    };
    let entities = entities.map(|(name, value)| (name, value.to_owned()));
    let list = ShownList::of_reply(
        named("where").into(),
        IntentType::UpdateStock,
        &Entities::from_iter(entities),
        &content,
    );
    chat.row = Some((DialogueState::Choosing(list.unwrap()), chat.now));
}

#[test]
fn a_place_may_be_called_by_its_name() {
    for (text, place) in [
        ("1", "main warehouse"),
        ("Main warehouse", "main warehouse"),
        ("the main one", "main warehouse"),
        ("main warehose please", "main warehouse"),
        ("in roterdam", "rotterdam"),
        ("the west one", "toronto west"),
    ] {
        let mut chat = Chat::new();
        at_which_place(&mut chat);
        let said = chat.say(text);
        let carried = said.carried();
        assert_eq!(carried.len(), 1, "{text}: {:?}", said.turn);
        assert_eq!(carried[0].intent, IntentType::UpdateStock);
        assert_eq!(
            carried[0].entities.get(EntityName::Location),
            Some(place),
            "{text}"
        );
        assert_eq!(carried[0].entities.get(EntityName::Quantity), Some("12"));
        assert_eq!(chat.waits_for(), None, "it is not taken twice");
    }
    let mut chat = Chat::new();
    at_which_place(&mut chat);
    let lines = 4;
    assert_eq!(
        chat.say("toronto").answers(),
        [&ReplyContent::NoSuchLine { lines }]
    );
    assert_eq!(
        chat.say("stock ABC123").carried()[0].intent,
        IntentType::CheckInventory
    );
    assert_eq!(
        chat.say("east").carried().len(),
        1,
        "the list was open beside it"
    );
}

#[test]
fn a_product_of_a_list_may_be_called_by_its_name() {
    for text in ["m12", "the M12 one", "BLT-12", "hex bolt m12", "2"] {
        let mut chat = Chat::new();
        let said = chat.say("stock hex bolt");
        assert!(matches!(
            said.answers()[..],
            [ReplyContent::WhichProduct { .. }]
        ));
        let said = chat.say(text);
        let carried = said.carried();
        assert_eq!(carried.len(), 1, "{text}: {:?}", said.turn);
        assert_eq!(
            carried[0].entities.get(EntityName::Sku),
            Some("BLT-12"),
            "{text}"
        );
    }
}

#[test]
fn who_does_not_know_is_told_how_to_find_it() {
    for text in [
        "no idea what it is called",
        "don't know",
        "I don't know",
        "not sure",
        "ni idea",
        "no sé",
    ] {
        let mut chat = Chat::new();
        chat.say("check inventory");
        let entity = EntityName::Product;
        let said = chat.say(text);
        assert_eq!(
            said.answers(),
            [&ReplyContent::HowToFind { entity }],
            "{text}"
        );
        // The question is still open.
        assert_eq!(chat.say("pallet wrap").carried().len(), 1, "{text}");
    }
    let mut chat = Chat::new();
    chat.say("check inventory");
    chat.say("no idea");
    chat.say("no idea");
    assert_eq!(chat.say("no idea").turn.parts[0].act, HELP);
}

/// A list of one product asks whether it is meant.
fn did_you_mean(chat: &mut Chat, intent: IntentType, confirm: bool) {
    let content = ReplyContent::WhichProduct {
        asked: "wigdet".to_owned(),
        candidates: vec![ProductName {
            sku: "WID-1001".to_owned(),
            name: "Blue widget".to_owned(),
        }],
    };
    let entities = [
        (EntityName::Product, "wigdet"),
        (EntityName::Quantity, "40"),
    ];
    let entities = entities.map(|(name, value)| (name, value.to_owned()));
    let entities = Entities::from_iter(entities);
    let list = ShownList::of_reply(named("one").into(), intent, &entities, &content);
    let mut list = list.unwrap();
    list.choices[0].confirm = confirm;
    chat.row = Some((DialogueState::Choosing(list), chat.now));
}

#[test]
fn one_product_that_is_like_it_is_a_yes_or_no_question() {
    let order = IntentType::ReorderStock;
    for text in ["yes", "👍", "1", "yes, thank you"] {
        let mut chat = Chat::new();
        did_you_mean(&mut chat, order, false);
        let said = chat.say(text);
        let carried = said.carried();
        assert_eq!(
            carried[0].entities.get(EntityName::Sku),
            Some("WID-1001"),
            "{text}"
        );
        assert_eq!(carried[0].entities.get(EntityName::Quantity), Some("40"));
        assert_eq!(chat.waits_for(), None);
    }
    // A change that was not asked for plainly is still asked about.
    let mut chat = Chat::new();
    did_you_mean(&mut chat, order, true);
    assert!(chat.say("yes").asks().is_some());
    let mut chat = Chat::new();
    did_you_mean(&mut chat, order, false);
    let entity = EntityName::Product;
    assert_eq!(
        chat.say("no").answers(),
        [&ReplyContent::MissingEntity { entity }]
    );
    let said = chat.say("pallet wrap");
    assert_eq!(
        said.carried()[0].entities.get(EntityName::Sku),
        Some("ABC123")
    );
    assert_eq!(
        said.carried()[0].entities.get(EntityName::Quantity),
        Some("40")
    );
    let mut chat = Chat::new();
    did_you_mean(&mut chat, order, false);
    // A tap on an older question is no yes to this one.
    for text in ["yes", "no"] {
        let said = chat.say_quoting(text, Some(&quoted("other")));
        let kind = Courtesy::NothingWaits;
        assert_eq!(said.answers(), [&ReplyContent::Courtesy { kind }], "{text}");
    }
    let said = chat.say_quoting("yes", Some(&quoted("one")));
    assert_eq!(said.carried().len(), 1);
    let mut chat = Chat::new();
    did_you_mean(&mut chat, order, false);
    chat.now += TimeDelta::minutes(31);
    let what = Waited::List;
    assert_eq!(chat.say("yes").answers(), [&ReplyContent::Expired { what }]);
}

#[test]
fn a_list_that_asks_which_is_left_by_a_no() {
    for (text, answer) in [
        (
            "no",
            ReplyContent::Declined {
                intent: IntentType::UpdateStock,
            },
        ),
        (
            "never mind",
            ReplyContent::Cancelled {
                intent: Some(IntentType::UpdateStock),
            },
        ),
    ] {
        let mut chat = Chat::new();
        at_which_place(&mut chat);
        assert_eq!(chat.say(text).answers(), [&answer], "{text}");
        assert_eq!(chat.waits_for(), None, "{text}");
    }
    let mut chat = Chat::new();
    at_which_place(&mut chat);
    let lines = 4;
    assert_eq!(
        chat.say("yes").answers(),
        [&ReplyContent::NoSuchLine { lines }]
    );
    assert_eq!(chat.say("rotterdam").carried().len(), 1);
}
