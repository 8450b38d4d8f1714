use std::{fmt::Write, sync::LazyLock};

use chrono_tz::Tz;
use wharf_domain::contracts::ProductName;

use super::*;
use crate::render::{Reader, Renderer, samples::samples};

fn which(products: &[(&str, &str)]) -> ReplyContent {
    let product = |(sku, name): &(&str, &str)| ProductName {
        sku: (*sku).to_owned(),
        name: (*name).to_owned(),
    };
    ReplyContent::WhichProduct {
        asked: "bolt".to_owned(),
        candidates: products.iter().map(product).collect(),
    }
}

fn text(content: &ReplyContent, persona: Option<Persona>, locale: &str) -> String {
    let reader = Reader {
        persona,
        locale: locale.to_owned(),
        time_zone: Tz::America__New_York,
    };
    static RENDERER: LazyLock<Renderer> = LazyLock::new(|| Renderer::new().unwrap());
    RENDERER.render(content, &reader).unwrap()
}

fn fits(content: &ReplyContent) -> Option<Taps> {
    fitting(&asked(content)?, &text(content, None, "en"))
}

/// What of the samples can be tapped, in every wording for people.
#[test]
fn every_text_that_can_be_tapped() {
    let people = Persona::ALL.iter().copied().map(Some);
    let people = people.filter(|persona| *persona != Some(Persona::Processor));
    let readers = people.chain([None]).map(|persona| (persona, "en"));
    let mut all = String::new();
    for (persona, locale) in readers.chain([(None, "es")]) {
        let name = persona.map_or("default", Persona::as_str);
        for (what, content) in samples() {
            let Some(asked) = asked(&content) else {
                continue;
            };
            writeln!(all, "--- {name} {locale} {what}: {}", asked.template()).unwrap();
            match fitting(&asked, &text(&content, persona, locale)) {
                None => writeln!(all, "does not fit").unwrap(),
                Some(taps) => {
                    assert!(units(&taps.body) <= MAX_BODY);
                    writeln!(all, "{}", taps.body).unwrap();
                    for line in taps.items {
                        assert!(units(&line.title) <= MAX_TITLE);
                        assert!(units(&line.description) <= MAX_DESCRIPTION);
                        writeln!(all, "[{}] {}", line.title, line.description).unwrap();
                    }
                }
            }
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_line_that_is_too_long_is_called_by_its_name() {
    let long = "Hexagon head bolt, zinc plated, partially threaded, metric coarse, M8 × 120, strength class 10.9";
    let taps = fits(&which(&[("B-8", "Bolt"), ("BOLT-M8-120", long)])).unwrap();
    assert_eq!(taps.items[0].title, "1. Bolt (B-8)");
    assert_eq!(taps.items[1].title, "2. BOLT-M8-120");
    let description = &taps.items[1].description;
    assert!(description.starts_with("Hexagon head bolt") && description.ends_with('…'));
    assert!(units(description) <= MAX_DESCRIPTION);
}

#[test]
fn what_does_not_fit_is_not_tapped() {
    let code = "A-CODE-OF-MORE-THAN-22-CHARACTERS";
    assert_eq!(
        fits(&which(&[
            ("B-8", "Bolt"),
            (code, "A name that is long too")
        ])),
        None
    );
    assert_eq!(fits(&which(&[])), None);
    let yes = Asked::YesNo;
    assert!(fitting(&yes, &"a".repeat(MAX_BODY)).is_some());
    assert_eq!(fitting(&yes, &"a".repeat(MAX_BODY + 1)), None);
    assert_eq!(fitting(&yes, " \n "), None);
    let eleven: Vec<_> = (0..11).map(|_| ("B-8", "Bolt")).collect();
    assert_eq!(asked(&which(&eleven)), None);
    // A wording without numbers, such as a company's own.
    let asked = asked(&which(&[("B-8", "Bolt"), ("B-9", "Bolt")])).unwrap();
    assert_eq!(fitting(&asked, "Which one? B-8 or B-9?"), None);
}

#[test]
fn markup_goes_and_codes_stay() {
    let taps = fits(&which(&[("HX_22_B", "Red"), ("HX_23_B", "Blue")])).unwrap();
    assert_eq!(taps.items[0].title, "1. Red (HX_22_B)");
    assert_eq!(
        without_markup("*Red* _and_ HX_22_B ```x```"),
        "Red and HX_22_B x"
    );
}

#[test]
fn lines_become_one() {
    assert_eq!(
        in_one_line("*Shall I?*\n\nOrder  5\tbolts\n*Steps:*\n• Reply YES\n• Reply NO\nOpen."),
        "*Shall I?* Order 5 bolts · *Steps:* • Reply YES • Reply NO · Open."
    );
}

#[test]
fn variables_are_given_or_counted_up() {
    let taps = Taps::sample(2);
    let values = tap_variables(None, &taps).unwrap();
    let expected = serde_json::json!({
        "1": "Which one? Please reply.", "2": "1. WID-1001", "3": "Blue widget (WID-1001)",
        "4": "2. WID-1001", "5": "Blue widget (WID-1001)",
    });
    assert_eq!(values, expected);
    let own = serde_json::json!({"1": "{{ items[1].title }}\n!"});
    let values = tap_variables(Some(&own), &taps).unwrap();
    assert_eq!(values, serde_json::json!({"1": "2. WID-1001 !"}));
    for wrong in [
        serde_json::json!({"1": "{{ items[2].title }}"}),
        serde_json::json!({"1": " "}),
        serde_json::json!({"1": "{{ line }}"}),
    ] {
        assert!(tap_variables(Some(&wrong), &taps).is_err(), "{wrong}");
    }
}
