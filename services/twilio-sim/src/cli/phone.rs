//! Transcript lines as a phone would show them: who, and what.

use std::fmt::Write;

use crate::transcript::{Entry, Kind};

/// One line of a transcript as text, its further lines set under the first.
pub(super) fn show(entry: &Entry) -> String {
    let who = match entry.kind {
        Kind::Inbound => entry.contact.as_str(),
        Kind::TwimlReply | Kind::Outbound | Kind::Typing => "Wharf",
        Kind::Event => "twilio-sim",
    };
    let mut lines: Vec<String> = entry.text.lines().map(str::to_owned).collect();
    if entry.files.is_empty() {
        lines.extend(entry.media.iter().map(|url| format!("[file] {url}")));
    }
    lines.extend(entry.files.iter().map(|file| {
        let name = file.file_name.as_deref().unwrap_or("unnamed");
        format!("[file] {name} ({}, {} bytes)", file.content_type, file.size)
    }));
    if entry.kind == Kind::Typing {
        lines.push("…".to_owned());
    }
    lines.extend(entry.taps.iter().map(|tap| {
        let more = tap.description.as_deref().unwrap_or_default();
        format!("[{}: {}] {more}", tap.id, tap.title)
    }));
    for flag in &entry.flags {
        let code = if flag.code == 0 {
            String::new()
        } else {
            format!("{} ", flag.code)
        };
        lines.push(format!("! {code}{}", flag.note));
    }
    let mut text = String::new();
    for (n, line) in lines.iter().enumerate() {
        let label = if n == 0 {
            format!("{who}:")
        } else {
            String::new()
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", format!("{label:<13} {line}").trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FetchedFile, transcript::Flag};

    fn entry(kind: Kind, text: &str) -> Entry {
        Entry {
            seq: 1,
            at: chrono::DateTime::UNIX_EPOCH,
            contact: "+15550100001".into(),
            kind,
            text: text.into(),
            media: Vec::new(),
            files: Vec::new(),
            taps: Vec::new(),
            message_sid: None,
            status: None,
            flags: Vec::new(),
        }
    }

    #[test]
    fn a_conversation_on_a_phone() {
        let mut wrong = entry(Kind::Inbound, "help");
        wrong
            .flags
            .push(Flag::new(12300, "Invalid Content-Type: application/json"));
        let mut picture = entry(Kind::Outbound, "*Stock*\n\n5 pieces");
        picture.media.push("https://w.example/chart.png".into());
        let mut report = entry(Kind::Outbound, "");
        report
            .media
            .push("https://w.example/media/token/report.pdf".into());
        report.files.push(FetchedFile {
            content_type: "application/pdf".into(),
            file_name: Some("report.pdf".into()),
            size: 48_213,
        });
        let mut question = entry(Kind::Outbound, "Shall I?");
        question.taps.push(crate::Tap {
            id: "yes".into(),
            title: "Yes".into(),
            description: None,
            line: false,
        });
        let shown = [
            entry(Kind::Inbound, "stock WID-1001"),
            entry(Kind::TwimlReply, "✅ Message received."),
            picture,
            report,
            entry(Kind::Typing, ""),
            question,
            wrong,
        ];
        insta::assert_snapshot!(shown.iter().map(show).collect::<String>());
    }
}
