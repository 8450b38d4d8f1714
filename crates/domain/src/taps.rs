//! What a tap on a button or on a line of a list says, whatever it shows: the ids that an operator
//! gives them in Twilio's Content templates (docs/templates.md, "Buttons and lists").

use crate::contracts::InboundMessage;

/// The id of the button that says yes.
pub const YES: &str = "yes";
/// The id of the button that says no.
pub const NO: &str = "no";
/// The `template_name` of the Content template with the two buttons.
pub const QUICK_REPLY: &str = "quick_reply";
/// What the `template_name` of a Content template with a list begins with; the number of its lines
/// follows.
pub const LIST_PICKER: &str = "list_picker_";
/// The most lines of a list that can be tapped (Twilio, "twilio/list-picker"). A line's id is its
/// number, from 1.
pub const MAX_LINES: usize = 10;

/// What a tapped button or line says by its id: `yes`, `no` or the line's number. `None` when
/// nothing was tapped, or something whose id is none of ours: then its words count.
#[must_use]
pub fn said(message: &InboundMessage) -> Option<String> {
    let button = message.button.as_ref();
    let button = button.and_then(|button| button.payload.as_deref());
    let line = message.list.as_ref().map(|line| line.id.as_str());
    let is_number = |id: &&str| (1..=MAX_LINES).any(|line| line.to_string() == *id);
    button
        .filter(|id| [YES, NO].contains(id))
        .or(line.filter(is_number))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_ours_speak_and_others_leave_it_to_the_words() {
        let said = |fields: serde_json::Value| {
            let mut message = serde_json::json!({
                "account_sid": "AC1", "message_sid": "SM1", "from": "+15550100001",
                "to": "+14155238886", "body": "Vale", "received_at": "2026-03-18T09:00:00Z",
            });
            for (name, value) in fields.as_object().unwrap() {
                message[name] = value.clone();
            }
            let message: InboundMessage = serde_json::from_value(message).unwrap();
            super::said(&message)
        };
        let button =
            |payload: &str| serde_json::json!({"button": {"text": "Vale", "payload": payload}});
        let list = |id: &str| serde_json::json!({"list": {"id": id, "title": "2. BOLT-8"}});
        assert_eq!(said(button("yes")).as_deref(), Some("yes"));
        assert_eq!(said(button("no")).as_deref(), Some("no"));
        assert_eq!(said(button("confirm:7")), None);
        for (id, line) in [
            ("1", Some("1")),
            ("10", Some("10")),
            ("0", None),
            ("11", None),
            ("02", None),
            ("row-7", None),
        ] {
            assert_eq!(said(list(id)).as_deref(), line, "{id}");
        }
        assert_eq!(said(serde_json::json!({"button": {"text": "Yes"}})), None);
        assert_eq!(said(serde_json::json!({})), None);
    }
}
