//! A company's own agent: the example that docs/external-agents.md leads to, as a process, answers
//! people on WhatsApp.

use std::process::Stdio;

use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};
use wharf_e2e::stack::{Service, Stack};

use crate::{PEOPLE, stack};

const MANAGER: &str = PEOPLE[2];
const EXAMPLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../examples/external-agent/agent.py"
);
const SECRET: &str = "the secret that Wharf and the example share";

/// The example on a port of its own. Killed when dropped.
struct Example {
    _process: Child,
    url: String,
}

async fn example() -> Example {
    let mut process = Command::new("python3")
        .arg(EXAMPLE)
        .env("WHARF_AGENT_SECRET", SECRET)
        .env("HOST", "127.0.0.1")
        .env("PORT", "0")
        .env("WORKS_FOR", "0.5")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    let port = line.rsplit(' ').next().unwrap();
    Example {
        url: format!("http://127.0.0.1:{port}/"),
        _process: process,
    }
}

/// A stack whose company has the example for its inventory_monitor.
async fn start(example: &Example) -> Stack {
    let stack = stack()
        .unlimited()
        .set("WHARF__EXTERNAL__ALLOW_HTTP", "true")
        .set("WHARF__EXTERNAL__ALLOW_PRIVATE_ADDRESSES", "true")
        .start()
        .await;
    stack
        .rows()
        .execute(&format!(
            "UPDATE profiles SET persona = NULL WHERE display_name = 'Hana Suzuki';
             INSERT INTO agents (company_id, agent_type, kind, endpoint_url, signing_secret)
               SELECT company_id, 'inventory_monitor', 'http', '{}', '{SECRET}'
               FROM profiles WHERE display_name = 'Hana Suzuki'
               ON CONFLICT (company_id, agent_type) DO UPDATE SET kind = excluded.kind,
                 endpoint_url = excluded.endpoint_url, signing_secret = excluded.signing_secret",
            example.url
        ))
        .await;
    stack
}

fn has(reply: &str, words: &[&str]) {
    for word in words {
        assert!(reply.contains(word), "{word:?} is not in:\n{reply}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_companys_own_agent_answers_at_once_and_later_and_is_started() {
    let example = example().await;
    let stack = start(&example).await;
    let said = stack.ask(MANAGER, "stock WID-1001").await;
    has(&said.reply.text, &["WID-1001: 40 pieces"]);

    // 202: the person hears that it takes longer, and then the answer that was called back.
    let said = stack.ask(MANAGER, "add 5 WID-1001").await;
    has(&said.reply.text, &["longer"]);
    let answer = stack.reply_after(MANAGER, said.reply.seq).await;
    has(&answer.text, &["WID-1001: 40 before, 45 now."]);
    let said = stack.ask(MANAGER, "stock WID-1001").await;
    has(&said.reply.text, &["WID-1001: 45 pieces"]);
    // Wharf's own stock is not touched: it is the agent's to keep.
    assert_eq!(
        stack
            .rows()
            .count("stock_movements WHERE execution_id IS NOT NULL")
            .await,
        0
    );

    // run_agent: it is told to work, and says what it did.
    let said = stack.ask(MANAGER, "start the inventory monitor").await;
    has(&said.reply.text, &["inventory monitor", "answer follows"]);
    let answer = stack.reply_after(MANAGER, said.reply.seq).await;
    has(&answer.text, &["Counted 1 items"]);

    let labels = [("agent", "inventory_monitor"), ("outcome", "completed")];
    let name = "wharf_executions_total";
    assert_eq!(
        stack.metric(Service::AgentExecutor, name, &labels).await,
        4.0
    );
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_can_speak_to_the_agent_or_for_it() {
    let example = example().await;
    let stack = start(&example).await;
    // Not signed by Wharf.
    let call = stack.http().post(&example.url).body("{}");
    let refused = call.header("X-Wharf-Timestamp", "0").send().await.unwrap();
    assert_eq!(refused.status(), 401);
    let said = stack.ask(MANAGER, "stock WID-1001").await;
    // Not an address that Wharf gave away.
    let execution = "SELECT id, company_id FROM agent_execution_queue";
    let row = stack.rows().query(execution).await.remove(0);
    let url = format!(
        "{}/api/agents/results/{}?company={}&expires=4000000000&signature=AAAA",
        stack.ingress_url(0),
        row["id"].as_str().unwrap(),
        row["company_id"].as_str().unwrap()
    );
    let answer = r#"{"text": "Nothing is left."}"#;
    let forged = stack.http().post(url).body(answer);
    let forged = forged.header("Content-Type", "application/json");
    assert_eq!(forged.send().await.unwrap().status(), 401);
    has(&said.reply.text, &["WID-1001: 40 pieces"]);
    stack.finish().await;
}
