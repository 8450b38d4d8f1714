//! What each reply to a question, a form or a list leads to.

use chrono::TimeDelta;
use wharf_domain::{
    contracts::{ReplyContent, Step, answers::Waited},
    dialogue::{Choice, DialogueState, PendingConfirmation, ShownList},
    entities::{Entities, EntityName},
    ids::named,
    intent::IntentType,
    mapping::mapping_of,
};

use super::{
    super::{Act, Request, commands::Command, quoted::Quoted},
    chat::{Answered, Chat},
};

const HELP: Act = Act::Command(Command::Help(None));

/// "order some blue widgets" is asked about: it has no quantity.
fn asked_to_confirm(chat: &mut Chat) -> PendingConfirmation {
    let said = chat.say("reorder WID-1001");
    said.asks().expect("it is asked about").clone()
}

#[test]
fn a_yes_carries_out_what_was_asked_once() {
    for yes in ["yes", "👍", "ok", "yes please"] {
        let mut chat = Chat::new();
        let pending = asked_to_confirm(&mut chat);
        let said = chat.say(yes);
        let expected = Request {
            intent: IntentType::ReorderStock,
            entities: pending.entities,
            step: Step::Confirmed { asked: None },
        };
        assert_eq!(said.carried(), [&expected], "{yes}");
        assert_eq!(chat.waits_for(), None);
        assert_eq!(
            chat.say(yes).carried(),
            Vec::<&Request>::new(),
            "again {yes}"
        );
    }
}

/// The format of a report is kept while its kind is asked for, and may come with the answer.
#[test]
fn a_report_has_the_format_that_any_of_its_messages_named() {
    for (messages, format) in [
        (&["sales report for last week in excel"][..], Some("xlsx")),
        (
            &["informe de ventas de la semana pasada en excel"],
            Some("xlsx"),
        ),
        (
            &["generate a report as csv", "sales", "last week"],
            Some("csv"),
        ),
        (
            &["generate a report for last week", "sales, as excel please"],
            Some("xlsx"),
        ),
        (&["sales report for last week"], None),
    ] {
        let mut chat = Chat::new();
        let said: Vec<Answered> = messages.iter().map(|text| chat.say(text)).collect();
        let last = said.last().unwrap();
        let carried = last.carried();
        let [request] = carried.as_slice() else {
            panic!("{messages:?}: {carried:?}");
        };
        let entity = |name| request.entities.get(name);
        assert_eq!(
            entity(EntityName::ReportType),
            Some("sales"),
            "{messages:?}"
        );
        assert_eq!(entity(EntityName::Format), format, "{messages:?}");
    }
}

#[test]
fn a_no_carries_out_nothing_but_takes_a_draft_away() {
    for no in ["no", "cancel", "👎", "undo"] {
        let mut chat = Chat::new();
        asked_to_confirm(&mut chat);
        let said = chat.say(no);
        let intent = IntentType::ReorderStock;
        assert_eq!(said.answers(), [&ReplyContent::Declined { intent }], "{no}");
        assert_eq!(chat.waits_for(), None);

        let mut chat = Chat::new();
        chat.draft();
        let asked = named("draft").into();
        let said = chat.say(no);
        assert_eq!(said.carried()[0].step, Step::Declined { asked }, "{no}");
    }
}

#[test]
fn another_quantity_goes_with_a_yes_and_is_asked_about_without() {
    let mut chat = Chat::new();
    asked_to_confirm(&mut chat);
    let said = chat.say("make it 30");
    assert_eq!(
        said.asks().unwrap().entities.get(EntityName::Quantity),
        Some("30")
    );
    let said = chat.say("yes but 20");
    let carried = said.carried()[0];
    assert_eq!(carried.entities.get(EntityName::Quantity), Some("20"));
    assert_eq!(carried.step, Step::Confirmed { asked: None });
}

#[test]
fn an_unclear_answer_is_asked_once_more_and_then_nothing_happens() {
    let mut chat = Chat::new();
    asked_to_confirm(&mut chat);
    assert_eq!(chat.say("hmm blorp").asks().unwrap().asked_again, 1);
    let said = chat.say("hmm blorp");
    let intent = IntentType::ReorderStock;
    assert_eq!(said.answers(), [&ReplyContent::Dropped { intent }]);
    assert_eq!(chat.waits_for(), None);
}

#[test]
fn a_new_request_interrupts_a_confirmation() {
    let mut chat = Chat::new();
    asked_to_confirm(&mut chat);
    let said = chat.say("stock ABC123");
    assert_eq!(said.carried()[0].intent, IntentType::CheckInventory);
    assert_eq!(chat.waits_for(), None);
    assert_eq!(chat.say("yes").carried(), Vec::<&Request>::new());
}

#[test]
fn a_late_yes_does_nothing_and_says_so() {
    let mut chat = Chat::new();
    asked_to_confirm(&mut chat);
    chat.now += TimeDelta::minutes(31);
    let what = Waited::Confirmation;
    assert_eq!(chat.say("yes").answers(), [&ReplyContent::Expired { what }]);
}

#[test]
fn a_yes_written_before_the_question_is_no_answer_to_it() {
    let mut chat = Chat::new();
    asked_to_confirm(&mut chat);
    if let Some((_, asked_at)) = &mut chat.row {
        *asked_at += TimeDelta::minutes(5);
    }
    assert_eq!(chat.say("yes").carried(), Vec::<&Request>::new());
    assert!(matches!(
        chat.waits_for(),
        Some(DialogueState::Confirming(_))
    ));
}

#[test]
fn a_yes_to_another_message_is_no_answer() {
    let mut chat = Chat::new();
    let pending = asked_to_confirm(&mut chat);
    let other = Quoted {
        execution: named("other").into(),
        question: None,
        list: None,
        lines: None,
        expired: false,
    };
    assert!(chat.say_quoting("yes", Some(&other)).carried().is_empty());
    let same = Quoted {
        question: Some((pending.intent, pending.entities.clone())),
        ..other
    };
    assert_eq!(chat.say_quoting("yes", Some(&same)).carried().len(), 1);
}

#[test]
fn the_answer_alone_completes_a_request() {
    for (request, answers, intent) in [
        (
            "check inventory",
            &["ABC123"][..],
            IntentType::CheckInventory,
        ),
        (
            "check inventory",
            &["hex bolt", "the second one"],
            IntentType::CheckInventory,
        ),
        (
            "generate report",
            &["sales", "last week"],
            IntentType::GenerateReport,
        ),
        ("ack", &["A17"], IntentType::AcknowledgeAlert),
        ("check supplier", &["Acme Corp"], IntentType::CheckSupplier),
    ] {
        let mut chat = Chat::new();
        assert!(chat.say(request).carried().is_empty(), "{request}");
        let mut last = None;
        for answer in answers {
            last = Some(chat.say(answer));
        }
        let last = last.unwrap();
        let carried = last.carried();
        assert_eq!(carried.len(), 1, "{request}: {answers:?}: {:?}", last.turn);
        assert_eq!(carried[0].intent, intent);
        assert_eq!(
            mapping_of(intent).unwrap().missing(&carried[0].entities),
            None
        );
    }
}

#[test]
fn a_wrong_answer_is_asked_again_twice_and_then_shows_the_menu() {
    let mut chat = Chat::new();
    chat.say("generate report");
    let entity = EntityName::ReportType;
    for _ in 0..2 {
        let said = chat.say("blorp");
        assert_eq!(said.answers(), [&ReplyContent::MissingEntity { entity }]);
    }
    assert_eq!(chat.say("blorp").turn.parts[0].act, HELP);
    assert_eq!(chat.waits_for(), None);
}

#[test]
fn a_side_question_is_answered_and_the_form_stays() {
    let mut chat = Chat::new();
    chat.say("generate report");
    let said = chat.say("stock WID-1001");
    assert_eq!(said.carried()[0].intent, IntentType::CheckInventory);
    assert!(matches!(chat.waits_for(), Some(DialogueState::Asking(_))));
    assert_eq!(chat.say("help").turn.parts[0].act, HELP);
    chat.list_alerts(&["A1", "A2"]);
    chat.say("sales");
    let said = chat.say("last week");
    assert_eq!(said.carried()[0].intent, IntentType::GenerateReport);
}

#[test]
fn cancel_leaves_a_form_and_a_change_interrupts_it() {
    let mut chat = Chat::new();
    chat.say("generate report");
    let intent = Some(IntentType::GenerateReport);
    assert_eq!(
        chat.say("cancel").answers(),
        [&ReplyContent::Cancelled { intent }]
    );
    assert_eq!(chat.waits_for(), None);
    chat.say("generate report");
    chat.say("ack A17");
    assert_eq!(chat.waits_for(), None);
}

#[test]
fn numbers_of_a_list_and_the_alert_that_is_meant() {
    let mut chat = Chat::new();
    chat.list_alerts(&["A11", "A12", "A13"]);
    let id = |said: &Answered| {
        let requests = said.carried();
        let ids = requests.iter().map(|request| {
            let id = request.entities.get(EntityName::AlertId).unwrap();
            (request.intent, id.to_owned())
        });
        ids.collect::<Vec<_>>()
    };
    let (view, ack) = (IntentType::ViewAlerts, IntentType::AcknowledgeAlert);
    assert_eq!(id(&chat.say("2")), [(view, "A12".to_owned())]);
    assert_eq!(id(&chat.say("ack")), [(ack, "A12".to_owned())]);
    assert_eq!(id(&chat.say("the third one")), [(view, "A13".to_owned())]);
    assert_eq!(id(&chat.say("ack 1")), [(ack, "A11".to_owned())]);
    let both = [(ack, "A11".to_owned()), (ack, "A13".to_owned())];
    assert_eq!(id(&chat.say("ack 1 and 3")), both);
    assert_eq!(
        chat.say("7").answers(),
        [&ReplyContent::NoSuchLine { lines: 3 }]
    );
    assert_eq!(
        id(&chat.say("resolve A99")),
        [(IntentType::ResolveAlert, "A99".to_owned())]
    );
    chat.now += TimeDelta::minutes(31);
    let what = Waited::List;
    assert_eq!(chat.say("2").answers(), [&ReplyContent::Expired { what }]);
}

#[test]
fn a_bare_ack_after_several_alerts_asks_which_and_takes_the_number() {
    let mut chat = Chat::new();
    chat.list_alerts(&["A11", "A12"]);
    let entity = EntityName::AlertId;
    assert_eq!(
        chat.say("ack").answers(),
        [&ReplyContent::MissingEntity { entity }]
    );
    let said = chat.say("2");
    assert_eq!(said.carried()[0].intent, IntentType::AcknowledgeAlert);
    assert_eq!(said.carried()[0].entities.get(entity), Some("A12"));
}

#[test]
fn the_quoted_list_wins() {
    let mut chat = Chat::new();
    chat.list_alerts(&["A11", "A12"]);
    let quoted = |expired| Quoted {
        execution: named("older").into(),
        question: None,
        list: Some(ShownList::new(
            ["B1", "B2"]
                .map(|id| Choice {
                    intent: IntentType::ViewAlerts,
                    entities: Entities::from_iter([(EntityName::AlertId, id.to_owned())]),
                    confirm: true,
                })
                .to_vec(),
            named("older").into(),
        )),
        lines: None,
        expired,
    };
    let said = chat.say_quoting("2", Some(&quoted(true)));
    let what = Waited::List;
    assert_eq!(said.answers(), [&ReplyContent::Expired { what }]);
    let said = chat.say_quoting("2", Some(&quoted(false)));
    assert_eq!(
        said.carried()[0].entities.get(EntityName::AlertId),
        Some("B2")
    );
}

#[test]
fn undo_and_cancel_by_themselves() {
    let mut chat = Chat::new();
    assert_eq!(chat.say("undo").turn.parts[0].act, Act::Undo);
    assert_eq!(chat.say("cancel").turn.parts[0].act, Act::Cancel);
}

#[test]
fn several_requests_and_at_most_one_question() {
    let mut chat = Chat::new();
    let said = chat.say("stock WID-1001 and show alerts");
    let intents: Vec<_> = said
        .carried()
        .iter()
        .map(|request| request.intent)
        .collect();
    assert_eq!(
        intents,
        [IntentType::CheckInventory, IntentType::ViewAlerts]
    );
}

#[test]
fn another_quantity_than_the_drafts_is_a_request_anew() {
    for text in ["yes but 30", "make it 30"] {
        let mut chat = Chat::new();
        chat.draft();
        let said = chat.say(text);
        let carried = said.carried();
        let asked = named("draft").into();
        assert_eq!(carried[0].step, Step::Declined { asked }, "{text}");
        assert_eq!(carried[1].step, Step::Ask);
        assert_eq!(carried[1].entities.get(EntityName::Quantity), Some("30"));
        assert_eq!(chat.waits_for(), None);
    }
    let mut chat = Chat::new();
    chat.draft();
    assert_eq!(chat.say("yes, 400").carried().len(), 1);
}

#[test]
fn a_product_that_is_only_probable_is_asked_about_even_to_look() {
    let mut chat = Chat::new();
    chat.say("check inventory");
    let said = chat.say("widget");
    let [ReplyContent::WhichProduct { asked, candidates }] = said.answers()[..] else {
        panic!("{:?}", said.turn);
    };
    assert_eq!((asked.as_str(), candidates.len()), ("widget", 1));
    assert_eq!(
        chat.say("yes").carried()[0].entities.get(EntityName::Sku),
        Some("WID-1001")
    );
}
