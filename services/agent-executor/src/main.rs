//! Runs the background agents of Wharf; see `lib.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    wharf_runtime::service::main("wharf-agent-executor", wharf_agent_executor::run)
}
