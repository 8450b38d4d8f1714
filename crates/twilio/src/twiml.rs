//! TwiML: what a messaging webhook answers. JSON would be error 12300 at Twilio, and `text/plain`
//! would be sent to the user as a message.

/// The content type of every TwiML answer.
pub const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// Twilio refuses documents above 64 kB (error 11750).
pub const MAX_BYTES: usize = 64 * 1024;

const EMPTY: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response></Response>"#;

/// The answer that sends nothing.
#[must_use]
pub const fn empty() -> &'static str {
    EMPTY
}

/// The answer that sends `text` to the sender of the webhook. Characters that XML cannot hold
/// (most control characters) are left out.
#[must_use]
pub fn message(text: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Response><Message>{}</Message></Response>"#,
        escape(text)
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // A bare carriage return is read back as a line feed.
            '\r' => escaped.push_str("&#13;"),
            c if is_xml_char(c) => escaped.push(c),
            _ => {}
        }
    }
    escaped
}

/// The `Char` production of XML 1.0; Rust's `char` already leaves out surrogates.
const fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_back(twiml: &str) -> Vec<String> {
        let document = roxmltree::Document::parse(twiml).unwrap();
        assert_eq!(document.root_element().tag_name().name(), "Response");
        document
            .descendants()
            .filter(|node| node.has_tag_name("Message"))
            .map(|node| node.text().unwrap_or_default().to_owned())
            .collect()
    }

    #[test]
    fn nothing_before_the_declaration_and_an_empty_response() {
        assert!(empty().starts_with("<?xml"));
        assert_eq!(read_back(empty()), Vec::<String>::new());
    }

    #[test]
    fn markup_in_a_text_stays_text() {
        insta::assert_snapshot!(message("*5* < 7 & \"ok\" ]]> ✅\nnext\r"));
        assert_eq!(read_back(&message("</Message>&amp;")), ["</Message>&amp;"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(text in any::<String>()) {
            let expected: String = text.chars().filter(|c| is_xml_char(*c)).collect();
            prop_assert_eq!(read_back(&message(&text)), vec![expected]);
        }
    }
}
