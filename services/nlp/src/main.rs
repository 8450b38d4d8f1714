//! Understands the messages of Wharf; see `lib.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    wharf_runtime::service::main("wharf-nlp", wharf_nlp::run)
}
