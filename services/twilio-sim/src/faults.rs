//! What can be made to go wrong: faults of the next sends, and disorder of status callbacks.

use std::{collections::VecDeque, str::FromStr};

use serde::{Deserialize, Serialize};

/// One fault of one send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// 429 with code 20429; not processed.
    RateLimited {
        /// Seconds of a `Retry-After` header.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// 500 with code 20500, although the message was taken.
    ErrorAfterAccepting,
    /// 500 with code 20500; the message was not taken.
    ErrorBeforeAccepting,
    /// No answer at all; not taken.
    Hang,
    /// No answer at all, although the message was taken.
    HangAfterAccepting,
    /// The connection is closed without an answer, although the message was taken.
    DropAfterAccepting,
    /// The message is taken and fails later with this code, as status `undelivered`.
    Undelivered {
        /// Twilio's code, for instance 63016.
        code: u32,
    },
    /// Refused at once.
    Refused {
        /// The HTTP status.
        status: u16,
        /// Twilio's code.
        code: u32,
    },
}

/// A name of a fault on the command line that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown fault {0:?}; there are rate_limited, error_after_accepting, error_before_accepting, hang, hang_after_accepting, drop_after_accepting, undelivered:CODE, refused:STATUS:CODE"
)]
pub struct UnknownFault(String);

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let unknown = || UnknownFault(text.to_owned());
        let mut parts = text.split(':');
        let name = parts.next().unwrap_or_default();
        let mut number = || {
            parts
                .next()
                .ok_or_else(unknown)?
                .parse::<u32>()
                .map_err(|_| unknown())
        };
        Ok(match name {
            "rate_limited" => Self::RateLimited { retry_after: None },
            "error_after_accepting" => Self::ErrorAfterAccepting,
            "error_before_accepting" => Self::ErrorBeforeAccepting,
            "hang" => Self::Hang,
            "hang_after_accepting" => Self::HangAfterAccepting,
            "drop_after_accepting" => Self::DropAfterAccepting,
            "undelivered" => Self::Undelivered { code: number()? },
            "refused" => Self::Refused {
                status: u16::try_from(number()?).map_err(|_| unknown())?,
                code: number()?,
            },
            _ => return Err(unknown()),
        })
    }
}

/// `POST /sim/faults`: this fault for the next `count` sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultRequest {
    /// What goes wrong.
    #[serde(flatten)]
    pub fault: Fault,
    /// For how many sends.
    #[serde(default = "once")]
    pub count: u32,
}

const fn once() -> u32 {
    1
}

/// How status callbacks are sent: in order and once each, unless told otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallbackPlan {
    /// Each callback twice.
    pub duplicate: bool,
    /// Last status first.
    pub reorder: bool,
    /// No `delivered`, as WhatsApp sometimes does (then `read` comes alone).
    pub skip_delivered: bool,
    /// `read` at the end.
    pub read: bool,
    /// The wait before each callback, in milliseconds.
    pub delay_ms: u64,
}

/// Faults in the order in which they will happen.
#[derive(Debug, Default)]
pub(crate) struct FaultQueue(VecDeque<Fault>);

impl FaultQueue {
    pub(crate) fn add(&mut self, request: &FaultRequest) {
        for _ in 0..request.count.min(10_000) {
            self.0.push_back(request.fault.clone());
        }
    }

    pub(crate) fn next(&mut self) -> Option<Fault> {
        self.0.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_written_the_same_in_json_and_on_the_command_line() {
        let cases = [
            (r#"{"fault":"rate_limited","count":2}"#, "rate_limited"),
            (r#"{"fault":"hang"}"#, "hang"),
            (
                r#"{"fault":"undelivered","code":63016}"#,
                "undelivered:63016",
            ),
            (
                r#"{"fault":"refused","status":400,"code":21211}"#,
                "refused:400:21211",
            ),
        ];
        for (json, text) in cases {
            let request: FaultRequest = serde_json::from_str(json).unwrap();
            assert_eq!(request.fault, text.parse().unwrap());
        }
        assert!("undelivered".parse::<Fault>().is_err());
        assert!(
            "nonsense"
                .parse::<Fault>()
                .unwrap_err()
                .to_string()
                .contains("hang")
        );
    }

    #[test]
    fn a_count_makes_as_many_faults() {
        let mut queue = FaultQueue::default();
        queue.add(&FaultRequest {
            fault: Fault::Hang,
            count: 2,
        });
        assert_eq!(
            (queue.next(), queue.next(), queue.next()),
            (Some(Fault::Hang), Some(Fault::Hang), None)
        );
    }
}
