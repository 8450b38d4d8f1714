//! What each persona's text says of the file and the mail that go with it.

use std::fmt::Write;

use wharf_media::SignedLink;

use super::*;
use crate::mail::{MailNote, MailState};

#[test]
fn a_mail_is_said_to_be_sent_only_when_it_was() {
    let renderer = Renderer::new().unwrap();
    let report = samples()
        .into_iter()
        .find_map(|(what, content)| (what == "report").then_some(content));
    let report = report.unwrap();
    let mut all = String::new();
    for reader in readers() {
        let persona = reader.persona.map_or(DEFAULT, Persona::as_str);
        for (link, state) in [
            (true, MailState::Sent),
            (true, MailState::Queued),
            (false, MailState::Refused),
        ] {
            let enclosure = Enclosure {
                link: link.then(|| SignedLink {
                    url: "https://wharf.example/media/a_b".into(),
                    expires_at: "2026-03-25T13:14:00Z".parse().unwrap(),
                }),
                mail: Some(MailNote {
                    to: "n•••@demo.example".into(),
                    state,
                }),
            };
            let text = renderer.render_with(&report, &reader, &enclosure).unwrap();
            let sent = text.contains("ent to: n•••") || text.contains("Mail: SENT");
            assert_eq!(sent, state == MailState::Sent, "{persona}: {text}");
            assert_eq!(text.contains("/media/a_b"), link, "{persona}: {text}");
            writeln!(all, "--- {persona}, {}\n{text}\n", state.as_str()).unwrap();
        }
    }
    insta::assert_snapshot!(all);
}
