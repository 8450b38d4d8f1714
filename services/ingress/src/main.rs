//! The webhook edge of Wharf; see `lib.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    wharf_runtime::service::main("wharf-ingress", wharf_ingress::run)
}
