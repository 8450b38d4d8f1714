//! A wrong configuration is refused before anything else happens: exit code 64 and one line.

use std::{
    net::{Ipv4Addr, TcpListener},
    process::{Command, Output},
    time::{Duration, Instant},
};

use crate::SERVICES;

const GOOD: [(&str, &str); 4] = [
    ("AMQP_URL", "amqp://guest:hunter2@127.0.0.1:9/%2f"),
    ("DATABASE_URL", "postgres://wharf:hunter2@127.0.0.1:9/wharf"),
    ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001"),
    ("TWILIO_AUTH_TOKEN", "hunter2-test-token"),
];

/// A variable, a value that must be refused, and a word that the complaint must hold.
type Wrong = (&'static str, &'static str, &'static str);

const WRONG: [(&str, &[Wrong]); 4] = [
    (
        "ingress",
        &[
            ("TWILIO_AUTH_TOKEN", "", "auth_token"),
            ("TWILIO_AUTH_TOKEN", "   ", "auth_token"),
            ("TWILIO_ACCOUNT_SID", "hunter2", "account_sid"),
            ("AMQP_URL", "", "broker url"),
            ("AMQP_URL", "http://guest:hunter2@127.0.0.1", "broker url"),
            ("WHARF__BROKER__NAMESPACE", "A B", "namespace"),
            ("WHARF__PUBLIC_URL", "wharf.example", "public_url"),
            ("WHARF__HTTP__BIND", "8080", "http.bind"),
        ],
    ),
    (
        "nlp",
        &[
            ("DATABASE_URL", "", "database"),
            (
                "DATABASE_URL",
                "mysql://wharf:hunter2@127.0.0.1/x",
                "database",
            ),
            ("AMQP_URL", "", "broker url"),
            ("WHARF__WORKER__CONCURRENCY", "0", "worker.concurrency"),
            ("WHARF__ADMIN__BIND", "nowhere", "admin.bind"),
        ],
    ),
    (
        "agent-executor",
        &[
            ("DATABASE_URL", "", "database"),
            ("AMQP_URL", "", "broker url"),
            ("WHARF__WORKER__CONCURRENCY", "many", "concurrency"),
            ("WHARF__EXECUTION__LEASE_S", "1", "execution.lease_s"),
            ("WHARF__LOG__FORMAT", "xml", "format"),
        ],
    ),
    (
        "responder",
        &[
            ("TWILIO_AUTH_TOKEN", "", "auth_token"),
            ("TWILIO_ACCOUNT_SID", "", "account_sid"),
            ("DATABASE_URL", "", "database"),
            ("AMQP_URL", "", "broker url"),
            ("WHARF__TWILIO__API_URL", "ftp://hunter2", "api_url"),
            ("WHARF__DELIVERY__VALIDITY_S", "0", "delivery.validity_s"),
        ],
    ),
];

fn run(service: &str, environment: &[(&str, &str)]) -> Output {
    Command::new(SERVICES)
        .arg(service)
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

#[test]
fn each_service_refuses_what_is_wrong_and_names_it_in_one_line() {
    // Somebody else's ports: a service that opened one first would end with another code.
    let taken = [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    let [http, admin] = taken
        .each_ref()
        .map(|l| l.local_addr().unwrap().to_string());
    for (service, changes) in WRONG {
        for (name, value, word) in changes {
            let mut environment = GOOD.to_vec();
            environment.push(("WHARF__HTTP__BIND", &http));
            environment.push(("WHARF__ADMIN__BIND", &admin));
            environment.retain(|(known, _)| known != name);
            environment.push((name, value));
            let began = Instant::now();
            let output = run(service, &environment);
            let complaint = String::from_utf8(output.stderr).unwrap();
            let what = format!("{service} with {name}={value:?}: {complaint}");
            assert_eq!(output.status.code(), Some(64), "{what}");
            assert_eq!(complaint.trim_end().lines().count(), 1, "{what}");
            assert!(
                complaint.starts_with(&format!("wharf-{service}: configuration: ")),
                "{what}"
            );
            assert!(complaint.contains(word), "{what}");
            assert!(!complaint.contains("hunter2"), "no secrets: {what}");
            assert!(output.stdout.is_empty(), "{what}");
            assert!(began.elapsed() < Duration::from_secs(10), "{what}");
        }
    }
}

#[test]
fn a_missing_configuration_is_a_wrong_one() {
    for (service, _) in WRONG {
        let output = run(service, &[]);
        assert_eq!(output.status.code(), Some(64), "{service}");
        assert_eq!(String::from_utf8(output.stderr).unwrap().lines().count(), 1);
    }
}

#[test]
fn a_port_that_is_taken_is_another_failure_and_is_said() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let admin = taken.local_addr().unwrap().to_string();
    for (service, _) in WRONG {
        let mut environment = GOOD.to_vec();
        environment.push(("WHARF__ADMIN__BIND", &admin));
        let output = run(service, &environment);
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{service}: {log}");
        assert!(
            log.contains(&format!("opening the admin port {admin}")),
            "{service}: {log}"
        );
        assert!(!log.contains("hunter2"), "no secrets: {log}");
    }
}
