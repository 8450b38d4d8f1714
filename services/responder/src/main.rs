//! Words replies and sends them through Twilio; see `lib.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    wharf_runtime::service::main("wharf-responder", wharf_responder::run)
}
