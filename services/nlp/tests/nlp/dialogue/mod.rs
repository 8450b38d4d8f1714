//! Conversations of several messages: what each leads to and which rows change. One file a theme;
//! [`chat`] is what they talk with.

mod alone;
mod chat;
mod lists;
mod questions;
mod talking;
