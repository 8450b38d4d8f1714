//! Twilio's side of the wire: signature, webhook form, REST client, error classes, TwiML.
//!
//! Where things go: a new webhook field in [`form`]; a new error code as one line of the table in
//! [`errors`]; a new request to Twilio as a method of [`client::Client`].

pub mod callback;
pub mod client;
pub mod config;
pub mod errors;
pub mod form;
pub mod signature;
pub mod twiml;
