//! The life of an outbound message: its statuses, and a signed callback for each.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use wharf_domain::contracts::DeliveryStatus;
use wharf_twilio::signature::compute;

use crate::{
    faults::CallbackPlan,
    media,
    rest::StoredMessage,
    state::State,
    transcript::{Flag, Kind},
    webhook::{Delivery, Outgoing, Purpose, read},
};

/// One callback that was sent, and Wharf's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackRecord {
    /// The message.
    pub message_sid: String,
    /// The status that was reported.
    pub status: String,
    /// What came of it.
    pub delivery: Delivery,
}

/// The statuses of a message in the order in which they are reported. `queued` comes too, as with
/// a messaging service.
fn steps(plan: CallbackPlan, fails: Option<u32>) -> Vec<DeliveryStatus> {
    let mut steps = vec![DeliveryStatus::Queued, DeliveryStatus::Sent];
    if fails.is_some() {
        steps.push(DeliveryStatus::Undelivered);
    } else {
        if !plan.skip_delivered {
            steps.push(DeliveryStatus::Delivered);
        }
        if plan.read {
            steps.push(DeliveryStatus::Read);
        }
    }
    if plan.reorder {
        steps.reverse();
    }
    if plan.duplicate {
        steps = steps.into_iter().flat_map(|step| [step, step]).collect();
    }
    steps
}

/// Takes a message through its statuses in the background; `fails` is the code that it fails with.
pub(crate) fn start(state: Arc<State>, sid: String, fails: Option<u32>) {
    let runtime = state.runtime.clone();
    runtime.spawn(async move {
        let shutdown = state.shutdown.clone();
        tokio::select! {
            () = live(&state, &sid, fails) => {}
            () = shutdown.cancelled() => {}
        }
    });
}

async fn live(state: &Arc<State>, sid: &str, fails: Option<u32>) {
    let fails = fetch(state, sid).await.err().or(fails);
    let plan = state.lock().plan;
    for status in steps(plan, fails) {
        if plan.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(plan.delay_ms)).await;
        }
        // A reset may have taken the message away.
        let Some(message) = advance(state, sid, status, fails) else {
            return;
        };
        state.tell();
        if let Some(url) = &message.status_callback {
            call(state, url, &message, status).await;
        }
    }
}

/// Fetches the message's files before anything is reported; otherwise Twilio's code.
async fn fetch(state: &State, sid: &str) -> Result<(), u32> {
    let of = |message: &&mut StoredMessage| message.sid == sid;
    let urls = state
        .lock()
        .messages
        .iter_mut()
        .find(of)
        .map(|m| m.media.clone());
    let Some(urls) = urls.filter(|urls| !urls.is_empty()) else {
        return Ok(());
    };
    let files = media::fetch(&urls).await?;
    if let Some(message) = state.lock().messages.iter_mut().find(of) {
        message.files = files;
    }
    state.tell();
    Ok(())
}

fn advance(
    state: &State,
    sid: &str,
    status: DeliveryStatus,
    fails: Option<u32>,
) -> Option<StoredMessage> {
    let now = state.now();
    let mut inner = state.lock();
    let message = inner
        .messages
        .iter_mut()
        .find(|message| message.sid == sid)?;
    let known = message
        .status
        .parse::<DeliveryStatus>()
        .map_or(-1, DeliveryStatus::rank);
    if status.rank() > known || status == DeliveryStatus::Sent {
        let before = message.status;
        message.advance(status, now);
        // Callbacks may come out of order; the message itself never goes back.
        if status.rank() < known {
            message.status = before;
        }
    }
    if status.is_failure() {
        message.error_code = fails;
        message.error_message = fails.map(words);
    }
    Some(message.clone())
}

fn words(code: u32) -> String {
    match code {
        63016 => "Failed to send freeform message because you are outside the allowed window. If you are using WhatsApp, please use a Message Template.",
        code => media::words(code).unwrap_or("Failed by a fault of the simulator"),
    }
    .to_owned()
}

/// The form of a callback.
fn pairs(state: &State, message: &StoredMessage, status: DeliveryStatus) -> Vec<(String, String)> {
    let mut pairs = vec![
        ("ChannelPrefix", "whatsapp".to_owned()),
        ("ApiVersion", "2010-04-01".to_owned()),
        ("MessageStatus", status.to_string()),
        ("SmsSid", message.sid.clone()),
        ("SmsStatus", status.to_string()),
        (
            "ChannelInstallSid",
            "XE00000000000000000000000000000001".to_owned(),
        ),
        ("To", message.to.clone()),
        ("From", message.from.clone()),
        ("MessageSid", message.sid.clone()),
        ("AccountSid", state.config.account_sid.clone()),
    ];
    match status {
        DeliveryStatus::Read => pairs.push(("EventType", "READ".to_owned())),
        DeliveryStatus::Delivered => pairs.push(("EventType", "DELIVERED".to_owned())),
        DeliveryStatus::Sent => pairs.push(("StructuredMessage", "false".to_owned())),
        _ => {}
    }
    if status.is_failure()
        && let Some(code) = message.error_code
    {
        pairs.push(("ErrorCode", code.to_string()));
        pairs.push(("ErrorMessage", words(code)));
        pairs.push(("ChannelStatusMessage", words(code)));
    }
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Sends one callback. Its URL keeps its query byte for byte: it is signed, and holds Wharf's id.
async fn call(state: &State, url: &str, message: &StoredMessage, status: DeliveryStatus) {
    let pairs = pairs(state, message, status);
    let outgoing = Outgoing {
        url: url.to_owned(),
        signature: Some(compute(&state.config.auth_token, url, &pairs)),
        pairs,
        idempotency: state.sid("").to_lowercase(),
    };
    let mut delivery = state.caller.deliver(&outgoing).await;
    read(Purpose::Status, &mut delivery);
    if !delivery.flags.is_empty() {
        let contact = message.to.strip_prefix("whatsapp:").unwrap_or(&message.to);
        state.record(contact, Kind::Event, |entry| {
            entry.message_sid = Some(message.sid.clone());
            entry.flags.push(Flag::new(0, format!("callback {status}")));
            entry.flags.extend(delivery.flags.iter().cloned());
        });
    }
    let record = CallbackRecord {
        message_sid: message.sid.clone(),
        status: status.to_string(),
        delivery,
    };
    state.lock().callbacks.push(record);
    state.tell();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(plan: CallbackPlan, fails: Option<u32>) -> String {
        steps(plan, fails)
            .iter()
            .map(|step| step.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn callbacks_follow_their_plan() {
        let plan = CallbackPlan::default();
        assert_eq!(names(plan, None), "queued sent delivered");
        assert_eq!(names(plan, Some(63016)), "queued sent undelivered");
        assert_eq!(
            names(
                CallbackPlan {
                    reorder: true,
                    ..plan
                },
                None
            ),
            "delivered sent queued"
        );
        let read = CallbackPlan {
            skip_delivered: true,
            read: true,
            ..plan
        };
        assert_eq!(names(read, None), "queued sent read");
        let twice = CallbackPlan {
            duplicate: true,
            ..plan
        };
        assert_eq!(
            names(twice, None),
            "queued queued sent sent delivered delivered"
        );
    }
}
