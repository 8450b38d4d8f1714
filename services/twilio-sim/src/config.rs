//! What one simulator is told.

use wharf_domain::{
    address::Address,
    clock::{SharedClock, SystemClock},
};
use wharf_twilio::signature::AuthToken;

use crate::faults::CallbackPlan;

/// Settings of one simulator.
#[derive(Debug, Clone)]
pub struct SimConfig {
    /// `address:port` to listen on; port 0 picks a free one.
    pub bind: String,
    /// The account, `AC…`: user of the REST API.
    pub account_sid: String,
    /// Its auth token: password of the REST API and key of the signatures.
    pub auth_token: AuthToken,
    /// Wharf's number.
    pub number: Address,
    /// Where inbound messages go, connection overrides in the fragment allowed. More than one:
    /// copies of a message are spread over them.
    pub webhook_urls: Vec<String>,
    /// The URL that is signed, when it is not the one that is called (a proxy in between).
    pub signed_url: Option<String>,
    /// How status callbacks are sent.
    pub callbacks: CallbackPlan,
    /// "Now", for dates and for the 24-hour window.
    pub clock: SharedClock,
}

impl SimConfig {
    /// The account of tests and of the demo.
    pub const TEST_ACCOUNT: &'static str = "AC00000000000000000000000000000001";
    /// Twilio's sandbox number.
    pub const SANDBOX_NUMBER: &'static str = "whatsapp:+14155238886";

    /// A simulator on a free port of loopback, with the test account.
    #[must_use]
    pub fn for_tests(webhook_urls: Vec<String>, auth_token: AuthToken) -> Self {
        Self {
            bind: "127.0.0.1:0".to_owned(),
            account_sid: Self::TEST_ACCOUNT.to_owned(),
            auth_token,
            number: Address::Phone("+14155238886".to_owned()),
            webhook_urls,
            signed_url: None,
            callbacks: CallbackPlan::default(),
            clock: SystemClock::shared(),
        }
    }
}
