use tempfile::TempDir;
use wharf_domain::clock::SystemClock;
use wharf_store::demo;

use super::*;
use crate::commands::{
    demo_database,
    parse::{self, Parse, ReadingArgs},
};

fn folder(file: &str, body: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, body).unwrap();
    folder
}

async fn output(command: TemplatesCommand, database: &DatabaseConfig) -> String {
    let mut out = Vec::new();
    let done = in_database(&command, database, &mut out).await;
    let mut out = String::from_utf8(out).unwrap();
    if let Err(error) = done {
        out.push_str(&format!("error: {error:#}"));
    }
    out
}

#[tokio::test]
async fn what_check_refuses_is_not_imported_and_what_is_imported_comes_out_again() {
    let db = demo_database().await;
    let database = DatabaseConfig::new(db.url());
    let company = demo::WHATSAPP_ADDRESS.to_owned();
    let import = |folder: &TempDir| TemplatesCommand::Import {
        folder: folder.path().to_owned(),
        company: company.clone(),
    };
    let file = "hub/declined.en.txt";
    let wrong = folder(file, "Left.\n{{ nobody }}");
    let told = output(import(&wrong), &database).await;
    assert!(
        told.starts_with(&format!("{file}:2: undefined value")),
        "{told}"
    );
    assert!(told.ends_with("error: nothing was imported"), "{told}");

    let right = folder(file, "*Left:* {{ intent | words }}\n");
    for version in 1..=2 {
        let told = output(import(&right), &database).await;
        assert_eq!(told, format!("{file} version {version}\n"));
    }
    let sid = format!("HX{}", "0".repeat(32));
    let content = TemplatesCommand::Content {
        template: "declined".to_owned(),
        sid: sid.clone(),
        approval: Approval::Approved,
        variables: Some(serde_json::json!({"1": "{{ line }}"})),
        persona: Some(Persona::Hub),
        locale: "en".to_owned(),
        company: company.clone(),
    };
    output(content, &database).await;
    let list = TemplatesCommand::List {
        company: company.clone(),
    };
    let listed = output(list, &database).await;
    // The text stays with its Content template.
    assert!(
        listed.contains(&format!("own  version 3    text  {sid} approved")),
        "{listed}"
    );
    let written = TempDir::new().unwrap();
    let export = TemplatesCommand::Export {
        folder: written.path().to_owned(),
        company: Some(company),
    };
    assert_eq!(output(export, &database).await, "1 texts written\n");
    let body = fs::read_to_string(written.path().join(file)).unwrap();
    assert_eq!(body, "*Left:* {{ intent | words }}\n");
}

/// What a text tells people to write: what stands between quotes, with samples for values.
fn commands(body: &str) -> Vec<String> {
    let mut body = body.to_owned();
    for (value, sample) in [
        ("{{ alert.id }}", "A17"),
        ("{{ sku }}", "ABC123"),
        ("{{ agent | words }}", "generador de alertas"),
    ] {
        body = body.replace(value, sample);
    }
    // Other values, and what is between braces, are no commands.
    let mut plain = String::new();
    for piece in body.split("{{").flat_map(|piece| piece.split("{%")) {
        let rest = piece.rsplit_once("}}").or_else(|| piece.rsplit_once("%}"));
        plain.push_str(rest.map_or(piece, |(_, rest)| rest));
        plain.push('\u{0}');
    }
    let quoted = plain.split('"').skip(1).step_by(2);
    let whole = quoted.filter(|text| !text.contains('\u{0}') && !text.contains('\n'));
    whole.map(str::to_owned).collect()
}

#[test]
fn every_command_of_a_spanish_text_is_understood() {
    // Words of a dialogue, which nlp's tests say to one, and answers to a question.
    const WITHIN: &[&str] = &[
        "estado",
        "persona",
        "ayuda alertas",
        "deshacer",
        "cancelar",
        "hoy",
        "ayer",
        "esta semana",
        "la semana pasada",
    ];
    let mut found = 0;
    for text in shipped().unwrap() {
        if text.locale != "es" {
            continue;
        }
        for command in commands(&text.body) {
            if WITHIN.contains(&command.as_str()) || command.starts_with("persona ") {
                continue;
            }
            found += 1;
            let reading = ReadingArgs {
                now: Some("2026-03-18".to_owned()),
                time_zone: chrono_tz::UTC,
                week_start: chrono::Weekday::Mon,
                catalogue: None,
                language: None,
                config: None,
            };
            let args = Parse {
                text: None,
                reading,
            };
            let line = serde_json::json!({ "text": command }).to_string();
            let mut out = Vec::new();
            parse::run(&args, &SystemClock, &mut line.as_bytes(), &mut out).unwrap();
            let answer: serde_json::Value = serde_json::from_slice(&out).unwrap();
            let file = text.file();
            assert_eq!(answer["decision"], "accept", "{file}: {command}: {answer}");
        }
    }
    // The examples of help are no texts any more: domain's guide has them, nlp's tests say them.
    assert!(found > 10, "{found}");
}

#[test]
fn content_that_twilio_would_refuse_is_refused() {
    let good = format!("HX{}", "a".repeat(32));
    assert!(check_content("notice", "HX1", None).is_err());
    assert!(check_content("notice", &good, None).is_ok());
    let wrong = serde_json::json!({"1": "{{ nobody }}"});
    assert!(check_content("notice", &good, Some(&wrong)).is_err());
    let line = serde_json::json!({"1": "{{ items[1].title }}"});
    for (name, fits) in [
        ("list_picker_2", true),
        ("list_picker_1", false),
        ("quick_reply", false),
    ] {
        assert_eq!(
            check_content(name, &good, Some(&line)).is_ok(),
            fits,
            "{name}"
        );
        assert!(check_content(name, &good, None).is_ok(), "{name}");
    }
    assert!(check_content("list_picker_11", &good, None).is_err());
    assert!(check_content("list_picker_x", &good, None).is_err());
}
