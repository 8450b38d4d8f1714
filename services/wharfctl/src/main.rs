//! The operator's command line of Wharf; see `lib.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    wharfctl::main()
}
