use wharf_domain::clock::SystemClock;

use super::*;

fn args() -> ReadingArgs {
    ReadingArgs {
        now: Some("2026-03-18".to_owned()),
        time_zone: chrono_tz::UTC,
        week_start: Weekday::Mon,
        catalogue: None,
        language: None,
        config: None,
    }
}

fn answers(reading: ReadingArgs, input: &str) -> Vec<Value> {
    let args = Parse {
        text: None,
        reading,
    };
    let mut out = Vec::new();
    run(&args, &SystemClock, &mut input.as_bytes(), &mut out).unwrap();
    String::from_utf8(out)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn each_line_gets_an_answer_in_order() {
    let input = "{\"text\": \"we received 40 cases of oat milk\"}\nnonsense\n{\"text\": \"\"}\n";
    let answers = answers(args(), input);
    assert_eq!(answers[0]["intent"], "update_stock");
    assert_eq!(answers[0]["entities"]["quantity"], "40");
    assert_eq!(answers[0]["entities"]["product"], "oat milk");
    assert!(answers[1]["error"].is_string());
    assert_eq!(answers[2]["decision"], "unknown");
    assert_eq!(answers.len(), 3);
}

#[test]
fn spans_count_characters() {
    let answers = answers(args(), "{\"text\": \"👋 añade 40 cajas de leche\"}");
    let spans = answers[0]["spans"].as_array().unwrap();
    let quantity = spans
        .iter()
        .find(|span| span["name"] == "quantity")
        .unwrap();
    assert_eq!(
        (&quantity["start"], &quantity["end"]),
        (&json!(8), &json!(10))
    );
}

#[test]
fn the_catalogue_mends_a_misspelt_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("catalogue.csv");
    std::fs::write(
        &file,
        "sku,name,aliases\nWID-1001,Blue Nitrile Gloves,nitrile gloves;blue gloves\n,Carter & Sons,\n",
    )
    .unwrap();
    let reading = ReadingArgs {
        catalogue: Some(file),
        ..args()
    };
    let answers = answers(
        reading,
        "{\"text\": \"how many blue nitrle gloves do we have\"}",
    );
    assert_eq!(answers[0]["entities"]["product"], "blue nitrile gloves");
    assert_eq!(
        answers[0]["catalogue"][0]["match"]["item"]["sku"],
        "WID-1001"
    );
}
