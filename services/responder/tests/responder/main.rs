//! responder alone, between real queues, a real database and a simulated Twilio: what becomes of a
//! reply and of what Twilio reports about it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod config;
mod doubt;
mod files;
mod inbound_files;
mod opted_out;
mod overrides;
mod refused;
mod sending;
mod smtp;
mod statuses;
mod support;
mod taps;
mod typing;
mod window;
