//! What is signed between Wharf and a company's own agents, in both directions.
//!
//! - [`request`]: Wharf calls the agent; the agent verifies that it is Wharf.
//! - [`callback`]: the agent calls back; ingress verifies, without a database, that Wharf gave it
//!   the address. The `[callbacks]` section that agent-executor and ingress share is here too.
//!
//! docs/external-agents.md explains both to those who write agents.

pub mod callback;
pub mod request;

pub use callback::{CallbackRefusal, Callbacks, CallbacksConfig, CallbacksConfigError};
