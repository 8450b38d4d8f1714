//! What external agents call back with: taken when Wharf gave the address, and only then.
#![expect(clippy::unwrap_used, reason = "the helpers of a test are a test too")]

#[expect(
    dead_code,
    reason = "shared with webhooks.rs, which uses the rest of it"
)]
mod support;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use support::TestIngress;
use wharf_broker::Queue;
use wharf_domain::{
    clock::{Clock, SystemClock},
    contracts::{AgentAnswer, AgentResult, Envelope},
    ids::{CompanyId, ExecutionId, named},
};
use wharf_external::{Callbacks, CallbacksConfig};

const KEY: &str = "0123456789abcdef0123456789abcdef";

struct Given {
    ingress: TestIngress,
    callbacks: Callbacks,
}

impl Given {
    async fn start() -> Self {
        let changes = [
            ("WHARF__CALLBACKS__SIGNING_KEY", KEY),
            ("WHARF__BROKER__PUBLISH_TIMEOUT_MS", "1000"),
        ];
        let callbacks = CallbacksConfig {
            signing_key: KEY.into(),
            ..CallbacksConfig::default()
        };
        Self {
            ingress: TestIngress::start(&changes).await,
            callbacks: callbacks.open().unwrap().unwrap(),
        }
    }

    /// The address, without scheme and host.
    fn address(&self, expires: DateTime<Utc>) -> String {
        self.callbacks.sign(company(), execution(), expires)
    }

    async fn post(&self, address: &str, body: &str) -> (u16, Value) {
        self.ingress.post_json(address, body).await
    }
}

fn company() -> CompanyId {
    CompanyId(named("company"))
}

fn execution() -> ExecutionId {
    ExecutionId::of_message("AC1", "SM1")
}

fn later() -> DateTime<Utc> {
    SystemClock.now() + TimeDelta::minutes(5)
}

#[tokio::test]
async fn a_result_at_the_address_that_was_given_is_queued() {
    let given = Given::start().await;
    let address = given.address(later());
    let body = json!({"text": "Counted: 40."}).to_string();
    let (status, answer) = given.post(&address, &body).await;
    assert_eq!(status, 202, "{answer}");
    assert_eq!(answer, json!({"success": true, "message": "Result queued"}));
    given.ingress.wait_depth(Queue::Results, 1).await;
    let queued = given.ingress.peek(Queue::Results).await.remove(0);
    let message = Envelope::<AgentResult>::decode(&queued).unwrap();
    assert_eq!(message.id, execution().message("result"));
    let expected = AgentResult {
        execution_id: execution(),
        company_id: company(),
        answer: AgentAnswer::Text("Counted: 40.".to_owned()),
    };
    assert_eq!(message.body, expected);
    // That it failed is a result too.
    let body = json!({"error": "no data"}).to_string();
    assert_eq!(given.post(&address, &body).await.0, 202);
}

#[tokio::test]
async fn what_is_not_a_result_of_ours_is_refused_with_why() {
    let given = Given::start().await;
    let good = given.address(later());
    let body = json!({"text": "Counted: 40."}).to_string();
    let changed = good.replace("company=", "company=1");
    let long = json!({"text": "x".repeat(3_001)}).to_string();
    let huge = json!({"text": "x".repeat(70_000)}).to_string();
    let question = json!({"content": {"template": "unknown_command"}}).to_string();
    let over = given.address(SystemClock.now() - TimeDelta::seconds(1));
    let cases = [
        (changed.as_str(), body.as_str(), 401, "signature"),
        (&over, &body, 410, "expired"),
        (&good, "nonsense", 400, "Not an answer"),
        (&good, &long, 400, "1 to 3000"),
        (&good, &question, 400, "with unknown_command"),
        (&good, &huge, 413, "65536"),
    ];
    for (address, body, status, words) in cases {
        let (got, answer) = given.post(address, body).await;
        assert_eq!(got, status, "{words}: {answer}");
        let error = answer["error"].as_str().unwrap();
        assert!(error.contains(words), "{error}");
        assert_eq!(answer["success"], false);
    }
    assert_eq!(given.ingress.depth(Queue::Results).await, 0);
    given.ingress.cut_broker().await;
    assert_eq!(given.post(&good, &body).await.0, 503);
    let without = TestIngress::start(&[]).await;
    assert_eq!(without.post_json(&good, &body).await.0, 401);
}
