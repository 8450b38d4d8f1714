//! How fast the whole way is, as ratios to a reference of the same run on the same machine.
//!
//! `make bench` runs it on private servers. The reference is what any design that keeps its promise
//! pays at least: publishing messages of the same size to a quorum queue, each with the broker's
//! confirm. A webhook needs one of these before its answer, an answered message three.

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio_util::sync::CancellationToken;
use wharf_broker::{Outgoing, Publisher, Route};
use wharf_domain::ids::ExecutionId;
use wharf_e2e::stack::Stack;
use wharf_testkit::broker::TestBroker;
use wharf_twilio::signature::{self, AuthToken};

/// Messages of one measurement.
const MESSAGES: usize = 4_000;
/// People who write them; the messages of one are handled one after the other.
const PEOPLE: usize = 500;
/// Webhooks under way at once.
const CONNECTIONS: usize = 32;
/// Publishes of the reference under way at once.
const IN_FLIGHT: usize = 64;
const DEADLINE: Duration = Duration::from_secs(300);

/// The people beside the demo's, each with a number of their own.
const ADD_PEOPLE: &str = "
    WITH company AS (SELECT id FROM companies LIMIT 1),
    people AS (
        SELECT company.id AS company, gen_random_uuid() AS profile, gen_random_uuid() AS contact, n
        FROM company, generate_series(1, 500) AS n
    ),
    profile AS (
        INSERT INTO profiles (id, company_id, display_name)
        SELECT profile, company, 'Person ' || n FROM people
    ),
    contact AS (
        INSERT INTO contacts (id, company_id, profile_id) SELECT contact, company, profile FROM people
    )
    INSERT INTO contact_addresses (company_id, address, contact_id, kind)
    SELECT company, '+1555020' || lpad(n::text, 4, '0'), contact, 'phone' FROM people";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    wharf_runtime::service::install_crypto_provider();
    let services = std::env::current_exe()?.with_file_name("wharf-service");
    let services = services.to_str().context("the program's path is no text")?;
    let stack = Stack::builder(services)
        .unlimited()
        .set("WHARF__LOG__FILTER", "warn")
        .start()
        .await;
    stack.rows().execute(ADD_PEOPLE).await;

    let reference = reference().await?;
    let requests = requests(&stack)?;
    let started = Instant::now();
    stream::iter(requests)
        .map(Ok::<_, anyhow::Error>)
        .try_for_each_concurrent(CONNECTIONS, async |request| {
            anyhow::ensure!(
                request.send().await?.status() == 200,
                "a webhook was not accepted"
            );
            Ok(())
        })
        .await?;
    let accepted = rate(started);
    stack.replies_reach(MESSAGES, DEADLINE).await;
    let answered = rate(started);

    let mut out = std::io::stdout();
    writeln!(
        out,
        "{MESSAGES} messages of {PEOPLE} people, everything on one machine"
    )?;
    writeln!(out, "reference: publish with confirm  {reference:>8.0}/s")?;
    writeln!(
        out,
        "webhooks accepted                {accepted:>8.0}/s  {:.2} of the reference",
        accepted / reference
    )?;
    writeln!(
        out,
        "messages answered                {answered:>8.0}/s  {:.2} of a third of it",
        answered / (reference / 3.0)
    )?;
    stack.finish().await;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
fn rate(started: Instant) -> f64 {
    MESSAGES as f64 / started.elapsed().as_secs_f64()
}

/// Confirmed publishes a second, of bodies as long as a webhook's message.
async fn reference() -> anyhow::Result<f64> {
    let broker = TestBroker::create().await;
    let publisher = Publisher::start(broker.broker(), &CancellationToken::new());
    let body = vec![b'x'; 700];
    let publish = async |number: usize| {
        let id = ExecutionId::of_message("AC", &number.to_string());
        let route = Route::Inbound {
            conversation_key: number.to_string(),
        };
        publisher
            .publish(
                &route,
                &Outgoing::new(id.message("bench"), "bench", body.clone()),
            )
            .await
    };
    publish(MESSAGES).await?;
    let started = Instant::now();
    stream::iter(0..MESSAGES)
        .map(publish)
        .buffer_unordered(IN_FLIGHT)
        .try_collect::<()>()
        .await?;
    let rate = rate(started);
    publisher.close().await;
    Ok(rate)
}

/// The signed webhooks, made before the clock starts.
fn requests(stack: &Stack) -> anyhow::Result<Vec<reqwest::RequestBuilder>> {
    let token = AuthToken::new(wharf_e2e::stack::TOKEN)?;
    let url = stack.webhook_url(0);
    let texts = [
        "stock WID-1001",
        "how many blue widgets do we have",
        "check stock for ABC123",
    ];
    (0..MESSAGES)
        .map(|number| {
            let pairs = [
                ("AccountSid", twilio_sim::SimConfig::TEST_ACCOUNT.to_owned()),
                ("MessageSid", format!("SM{number:032x}")),
                (
                    "From",
                    format!("whatsapp:+1555020{:04}", 1 + number % PEOPLE),
                ),
                ("To", "whatsapp:+14155238886".to_owned()),
                ("Body", texts[number % texts.len()].to_owned()),
                ("NumMedia", "0".to_owned()),
            ];
            let pairs: Vec<_> = pairs.map(|(name, value)| (name.to_owned(), value)).into();
            let signature = signature::compute(&token, &url, &pairs);
            Ok(stack
                .http()
                .post(&url)
                .header(signature::HEADER, signature)
                .form(&pairs))
        })
        .collect()
}
