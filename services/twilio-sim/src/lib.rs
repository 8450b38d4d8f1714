//! Stand-in for Twilio, for development and tests: the REST API for messages, signed inbound
//! webhooks and status callbacks, and Twilio's faults. It reads Wharf's answers as Twilio would.
//!
//! - [`config`]: what one simulator is told.
//! - `state`: messages, transcripts, the clock of each contact; the only shared data.
//! - `rest`: what Wharf calls. A new parameter of `Messages.json` goes into `rest/create.rs`.
//! - `webhook`: what calls Wharf: the inbound form, delivery with retries, reading the answer.
//! - `callbacks`: the life of an outbound message.
//! - `content`: Content templates, with buttons and lists.
//! - `typing`: the typing indicator.
//! - `media`: the files of an outbound message, fetched and refused as WhatsApp does.
//! - [`hosted`]: the files of inbound messages, served as Twilio does.
//! - `control`: `/sim/…`, for tests and the command line; [`client`] speaks to it.
//! - [`faults`]: what can be made to go wrong. A new fault is a variant there and its place in
//!   `rest/create.rs`.
//! - [`cli`]: `serve`, `send`, `chat`.

mod callbacks;
pub mod cli;
pub mod client;
pub mod config;
mod content;
mod control;
pub mod faults;
pub mod hosted;
mod media;
mod rest;
mod server;
mod state;
mod transcript;
mod typing;
mod webhook;

pub use client::SimClient;
pub use config::SimConfig;
pub use content::Tap;
pub use control::{
    Inbound, InboundButton, InboundList, InboundLocation, InboundMedia, InboundQuoted, InboundTap,
};
pub use media::FetchedFile;
pub use server::{Sim, run};
pub use transcript::{Entry, Flag, Kind};
pub use webhook::{Delivery, Forge, InboundReport};
