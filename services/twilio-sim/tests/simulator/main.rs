//! The simulator as a whole, with a stand-in for Wharf at its other side.
#![expect(clippy::unwrap_used, reason = "the helpers of a test are a test too")]

mod hosted;
mod inbound;
mod media;
mod rest;
mod taps;
mod wharf;
