//! A status callback from its form (Twilio, "Outbound message status in status callbacks").

use chrono::{DateTime, Utc};
use wharf_domain::contracts::StatusCallback;

use super::{Fields, FormError};
use crate::callback;

/// Reads a status callback; `query` is the raw query of its URL (without `?`), where our own id
/// is. Fields without a place of their own stay in `extra`, in order.
///
/// # Errors
/// [`FormError`] when `AccountSid`, `MessageSid` or `MessageStatus` is missing or malformed. The
/// older names `SmsSid` and `SmsStatus` count too.
pub fn status(
    pairs: Vec<(String, String)>,
    query: &str,
    received_at: DateTime<Utc>,
) -> Result<StatusCallback, FormError> {
    let mut fields = Fields::new(pairs);
    let f = &mut fields;
    let sid_field = if f.contains("MessageSid") || !f.contains("SmsSid") {
        "MessageSid"
    } else {
        "SmsSid"
    };
    let status = match f.optional("MessageStatus")? {
        Some(status) => status,
        None => f
            .optional("SmsStatus")?
            .ok_or(FormError::Missing("MessageStatus"))?,
    };
    Ok(StatusCallback {
        account_sid: f.sid("AccountSid", &["AC"], "AC and 32 hexadecimal digits")?,
        message_sid: f.sid(
            sid_field,
            &["SM", "MM"],
            "SM or MM and 32 hexadecimal digits",
        )?,
        status,
        outbound_id: callback::outbound_id(query),
        error_code: f.understood("ErrorCode", |text| text.parse().ok())?,
        error_message: f.optional("ErrorMessage")?,
        received_at,
        extra: fields.rest(),
    })
}
