//! The simulator's command line; see lib.rs.

use std::process::ExitCode;

fn main() -> ExitCode {
    twilio_sim::cli::main()
}
