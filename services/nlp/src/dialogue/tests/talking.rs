//! Pages, follow-ups, commands to the conversation, and the examples that help shows.

use wharf_domain::{
    contracts::{ReplyContent, Step, answers::ListEnd},
    dialogue::{DialogueState, Pages},
    entities::{Entities, EntityName},
    guide::{GUIDES, GuideLanguage},
    intent::IntentType,
    persona::Persona,
};

use super::{
    super::{
        Act,
        commands::{Command, PersonaAsk},
        follow::Previous,
    },
    chat::{Answered, Chat},
};
use crate::understand::Decision;

fn after(intent: IntentType, pairs: &[(EntityName, &str)]) -> Chat {
    let mut chat = Chat::new();
    chat.previous = Some(Previous {
        intent,
        entities: pairs
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect(),
    });
    chat
}

/// What is carried out, as text.
fn request(said: &Answered) -> String {
    let requests = said.carried().into_iter().map(|request| {
        let entities: Vec<_> = request
            .entities
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!("{} {}", request.intent, entities.join(" "))
    });
    requests.collect::<Vec<_>>().join("; ")
}

/// What is asked about, as text.
fn question(said: &Answered) -> String {
    assert_eq!(request(said), "");
    let pending = said.asks().unwrap();
    let entities: Vec<_> = pending
        .entities
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{} {}", pending.intent, entities.join(" "))
}

#[test]
fn a_follow_up_is_the_request_before_with_another_thing() {
    use EntityName as E;
    use IntentType as I;
    let sales = [(E::ReportType, "sales"), (E::DateRange, "this_week")];
    let stock = [(E::Sku, "WID-1001"), (E::Location, "toronto")];
    let figures = [(E::Metric, "fill rate"), (E::DateRange, "last_month")];
    for (intent, before, text, made) in [
        (
            I::GenerateReport,
            &sales[..],
            "same for last week",
            "generate_report report_type=sales date_range=last_week",
        ),
        (
            I::GenerateReport,
            &sales,
            "lo mismo de la semana pasada",
            "generate_report report_type=sales date_range=last_week",
        ),
        (
            I::GenerateReport,
            &sales,
            "and inventory?",
            "generate_report report_type=inventory date_range=this_week",
        ),
        (
            I::GenerateReport,
            &sales,
            "what about the supplier one for yesterday",
            "generate_report report_type=supplier date_range=yesterday",
        ),
        (
            I::CheckInventory,
            &stock,
            "and ABC123?",
            "check_inventory sku=ABC123 location=toronto",
        ),
        (
            I::CheckInventory,
            &stock,
            "what about pallet wrap",
            "check_inventory sku=ABC123 location=toronto",
        ),
        (
            I::CheckInventory,
            &stock,
            "¿y pallet wrap?",
            "check_inventory sku=ABC123 location=toronto",
        ),
        (
            I::ViewAlerts,
            &[],
            "and critical?",
            "view_alerts severity=critical",
        ),
        (I::ViewAlerts, &[], "and A18?", "view_alerts alert_id=A18"),
        (
            I::DailyDigest,
            &[],
            "and yesterday?",
            "daily_digest date_range=yesterday",
        ),
        (
            I::ViewMetrics,
            &figures,
            "and revenue?",
            "view_metrics metric=revenue date_range=last_month",
        ),
        (
            I::ViewMetrics,
            &figures,
            "what about the otif",
            "view_metrics metric=otif date_range=last_month",
        ),
        (
            I::ViewMetrics,
            &figures,
            "¿y los ingresos de ayer?",
            "view_metrics metric=ingresos date_range=yesterday",
        ),
        (
            I::ViewMetrics,
            &figures,
            "y la rotación?",
            "view_metrics metric=rotacion date_range=last_month",
        ),
    ] {
        let said = after(intent, before).say(text);
        let mut expected: Vec<_> = made.split(' ').collect();
        let got = request(&said);
        let mut got: Vec<_> = got.split(' ').collect();
        expected.sort_unstable();
        got.sort_unstable();
        assert_eq!(got, expected, "{text}: {:?}", said.turn);
    }
}

#[test]
fn several_figures_follow_too_and_what_is_none_does_not() {
    let figures = [
        (EntityName::Metric, "fill rate"),
        (EntityName::DateRange, "last_month"),
    ];
    let said = after(IntentType::ViewMetrics, &figures).say("and otif and gross margin?");
    let asked = request(&said);
    assert!(asked.contains("metric=otif and gross margin"), "{asked}");
    assert!(asked.contains("date_range=last_month"), "{asked}");
    let said = after(IntentType::ViewMetrics, &figures).say("and happiness?");
    assert_eq!(request(&said), "", "{:?}", said.turn);
}

#[test]
fn an_alert_by_its_code_is_shown_and_nothing_more() {
    for text in ["A12", "alert A12", "show alert 12", "alerta a12"] {
        assert_eq!(
            request(&Chat::new().say(text)),
            "view_alerts alert_id=A12",
            "{text}"
        );
    }
    // Where a product is asked for, and when something waits for a yes.
    let mut chat = Chat::new();
    chat.say("stock");
    assert_eq!(request(&chat.say("A12")), "view_alerts alert_id=A12");
    assert_eq!(request(&chat.say("ABC123")), "check_inventory sku=ABC123");
    let mut chat = after(IntentType::ReorderStock, &[(EntityName::Sku, "WID-1001")]);
    chat.say("and pallet wrap");
    assert_eq!(request(&chat.say("alert A12")), "view_alerts alert_id=A12");
    assert_eq!(request(&chat.say("yes")), "");
}

#[test]
fn several_of_a_name_are_a_list() {
    let mut chat = after(IntentType::CheckInventory, &[(EntityName::Sku, "WID-1001")]);
    let said = chat.say("and hex bolts?");
    assert!(
        matches!(said.answers()[..], [ReplyContent::WhichProduct { .. }]),
        "{:?}",
        said.turn
    );
    assert_eq!(request(&chat.say("2")), "check_inventory sku=BLT-12");
}

#[test]
fn a_follow_up_never_changes_anything_by_itself() {
    use EntityName as E;
    let order = [(E::Sku, "WID-1001"), (E::Quantity, "50")];
    for (text, asked) in [
        (
            "and 20 of the pallet wrap?",
            "reorder_stock sku=ABC123 quantity=20",
        ),
        (
            "same for pallet wrap",
            "reorder_stock sku=ABC123 quantity=50",
        ),
        ("and pallet wrap", "reorder_stock sku=ABC123"),
    ] {
        let mut chat = after(IntentType::ReorderStock, &order);
        assert_eq!(question(&chat.say(text)), asked, "{text}");
        assert_eq!(request(&chat.say("yes")), asked, "{text}");
    }
    let mut chat = after(IntentType::AcknowledgeAlert, &[(E::AlertId, "A17")]);
    assert_eq!(
        question(&chat.say("and A18")),
        "acknowledge_alert alert_id=A18"
    );
    // Another change asks by itself.
    let mut chat = after(IntentType::CheckInventory, &[(E::Sku, "WID-1001")]);
    let said = chat.say("and order 40 blue widgets");
    assert!(
        said.understanding.intent == IntentType::ReorderStock,
        "{:?}",
        said.understanding
    );
}

#[test]
fn what_does_not_fit_is_not_guessed() {
    let report = [
        (EntityName::ReportType, "sales"),
        (EntityName::DateRange, "this_week"),
    ];
    for text in [
        "same in euros",
        "same for my brother",
        "same",
        "lo mismo en euros",
    ] {
        let said = after(IntentType::GenerateReport, &report).say(text);
        assert_eq!(said.answers(), [&ReplyContent::UnknownCommand], "{text}");
    }
    for text in ["same for last week", "and bolts?", "what about qwrtz"] {
        let said = Chat::new().say(text);
        assert_eq!(request(&said), "", "nothing came before: {text}");
    }
}

#[test]
fn pages_of_a_list() {
    let mut chat = Chat::new();
    let ids: Vec<String> = (1..=9).map(|number| format!("A{number}")).collect();
    chat.list_alerts(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    let Some((DialogueState::Choosing(list), _)) = &mut chat.row else {
        panic!("a list");
    };
    let entities = Entities::from_iter([(EntityName::Severity, "high".to_owned())]);
    list.pages = Some(Pages {
        intent: IntentType::ViewAlerts,
        entities: entities.clone(),
        after: 0,
        shown: 9,
        total: 12,
    });
    for text in ["next", "more", "siguiente", "show more"] {
        let said = chat.say(text);
        let carried = said.carried();
        assert_eq!(carried[0].step, Step::Page { after: 9 }, "{text}");
        assert_eq!(carried[0].entities, entities, "{text}");
    }
    let end = ListEnd {
        last: false,
        lines: 12,
    };
    assert_eq!(chat.say("back").answers(), [&ReplyContent::ListEnd(end)]);
    chat.now += chrono::TimeDelta::minutes(31);
    let what = wharf_domain::contracts::answers::Waited::List;
    assert_eq!(
        chat.say("next").answers(),
        [&ReplyContent::Expired { what }]
    );
}

#[test]
fn commands_leave_a_question_open() {
    let mut chat = Chat::new();
    chat.say("reorder WID-1001");
    for (text, command) in [
        ("status", Command::Status),
        (
            "help reorder",
            Command::Help(Some(IntentType::ReorderStock)),
        ),
        ("persona", Command::Persona(PersonaAsk::List)),
    ] {
        assert_eq!(chat.say(text).turn.parts[0].act, Act::Command(command));
        assert!(
            matches!(chat.waits_for(), Some(DialogueState::Confirming(_))),
            "{text}"
        );
    }
    assert_eq!(request(&chat.say("yes")), "reorder_stock sku=WID-1001");
}

#[test]
fn a_number_takes_a_persona() {
    let mut chat = Chat::new();
    chat.say("persona");
    let to = |ask| Act::Command(Command::Persona(ask));
    let second = PersonaAsk::To(Persona::ALL[1]);
    assert_eq!(chat.say("2").turn.parts[0].act, to(second));
    let lines = Persona::ALL.len() + 1;
    let last = chat.say(&lines.to_string());
    assert_eq!(last.turn.parts[0].act, to(PersonaAsk::Auto));
    assert_eq!(
        chat.say("9").answers(),
        [&ReplyContent::NoSuchLine { lines }]
    );
}

#[test]
fn agents_are_asked_about_as_before() {
    for text in ["status of the report generator", "agent status"] {
        let said = Chat::new().say(text);
        assert_eq!(said.carried()[0].intent, IntentType::AgentStatus, "{text}");
    }
}

#[test]
fn every_example_of_help_is_read_as_its_intent() {
    for guide in GUIDES {
        for language in [GuideLanguage::English, GuideLanguage::Spanish] {
            for example in guide.examples(language) {
                let said = Chat::new().say(example);
                let understood = &said.understanding;
                assert!(
                    understood.intent == guide.intent
                        && matches!(understood.decision, Decision::Accept | Decision::Confirm),
                    "{example}: {} {:?} {}",
                    understood.intent,
                    understood.decision,
                    understood.confidence
                );
            }
        }
    }
}
