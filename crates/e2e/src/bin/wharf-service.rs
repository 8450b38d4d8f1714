//! One binary with the real `main` of every service, so that a test can start them as processes of
//! their own (`env!("CARGO_BIN_EXE_wharf-service")`), stop them by signal and kill them.

use std::{io::Write as _, process::ExitCode};

use wharf_runtime::service;

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    match name.as_str() {
        "ingress" => service::main("wharf-ingress", wharf_ingress::run),
        "nlp" => service::main("wharf-nlp", wharf_nlp::run),
        "agent-executor" => service::main("wharf-agent-executor", wharf_agent_executor::run),
        "responder" => service::main("wharf-responder", wharf_responder::run),
        _ => {
            // Standard error closed: there is nobody left to tell.
            let _ = writeln!(
                std::io::stderr(),
                "wharf-service ingress|nlp|agent-executor|responder"
            );
            ExitCode::from(service::EX_USAGE)
        }
    }
}
