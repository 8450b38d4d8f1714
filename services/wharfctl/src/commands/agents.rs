//! `wharfctl agents`: which agents a company has, and plugging in one of its own.

use std::io::Write;

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use wharf_domain::{
    agent::AgentType,
    clock::{Clock as _, SystemClock},
    ids::CompanyId,
};
use wharf_store::{
    AsyncPgConnection, DatabaseConfig, Store, StoreError,
    agents::{self, Agent, AgentKind, Endpoint},
};

use super::company;

/// The shortest secret, in characters.
const MIN_SECRET: usize = 32;

/// The arguments of `wharfctl agents`.
#[derive(Debug, Args)]
pub struct AgentsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: AgentsCommand,
}

/// What can be done with agents.
#[derive(Debug, Subcommand)]
pub enum AgentsCommand {
    /// Show a company's agents.
    List {
        /// The company's WhatsApp number, e.g. +14155238886.
        company: String,
    },
    /// Have a company's own program carry an agent's work out (docs/external-agents.md).
    Plug {
        /// The company's WhatsApp number, e.g. +14155238886.
        company: String,
        /// The agent, e.g. purchase_optimizer.
        agent: AgentType,
        /// Where the program is; https, unless agent-executor allows http.
        url: String,
        /// The key of the signatures, at least 32 characters. Better in the environment than here:
        /// what is here, others on this machine can see.
        #[arg(long, env = "WHARF_AGENT_SECRET", hide_env_values = true)]
        secret: SecretString,
    },
    /// Have Wharf carry an agent's work out again.
    Unplug {
        /// The company's WhatsApp number, e.g. +14155238886.
        company: String,
        /// The agent, e.g. purchase_optimizer.
        agent: AgentType,
    },
}

/// Runs the command and writes what it found to `out`.
///
/// # Errors
/// When the database cannot be reached, there is no such company, or a value cannot be used.
pub async fn run(
    args: &AgentsArgs,
    database: &DatabaseConfig,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let store = Store::connect(database)?;
    let now = SystemClock.now();
    let lines = match &args.command {
        AgentsCommand::List { company } => {
            let company = company::find(&store, company).await?;
            let listed = store.in_company::<_, StoreError, _>(company, async |conn| {
                let mut lines = Vec::new();
                for agent in agents::list(conn, company).await? {
                    lines.push(line(conn, &agent).await?);
                }
                Ok(lines)
            });
            listed.await?
        }
        AgentsCommand::Plug {
            company,
            agent,
            url,
            secret,
        } => {
            check(url, secret)?;
            let company = company::find(&store, company).await?;
            let endpoint = Endpoint {
                url: url.clone(),
                secret: secret.clone(),
            };
            vec![plug(&store, company, *agent, Some(&endpoint), now).await?]
        }
        AgentsCommand::Unplug { company, agent } => {
            let company = company::find(&store, company).await?;
            vec![plug(&store, company, *agent, None, now).await?]
        }
    };
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

async fn plug(
    store: &Store,
    company: CompanyId,
    agent: AgentType,
    endpoint: Option<&Endpoint>,
    now: DateTime<Utc>,
) -> Result<String, StoreError> {
    store
        .in_company(company, async |conn| {
            let agent = agents::plug(conn, company, agent, endpoint, now).await?;
            line(conn, &agent).await
        })
        .await
}

fn check(url: &str, secret: &SecretString) -> anyhow::Result<()> {
    let read = url::Url::parse(url).context("the URL")?;
    if !matches!(read.scheme(), "https" | "http") {
        bail!("the URL must be https:// or http://");
    }
    if !read.username().is_empty() || read.password().is_some() {
        bail!("the URL must hold no password: whoever lists agents sees it");
    }
    if secret.expose_secret().len() < MIN_SECRET {
        bail!("the secret needs at least {MIN_SECRET} characters");
    }
    Ok(())
}

async fn line(conn: &mut AsyncPgConnection, agent: &Agent) -> Result<String, StoreError> {
    let at = match agent.kind {
        AgentKind::Builtin => String::new(),
        AgentKind::Http => agents::endpoint(conn, agent.company_id, agent.id)
            .await?
            .map_or_else(String::new, |endpoint| format!("  {}", endpoint.url)),
    };
    Ok(format!(
        "{:<20}  {:<8}  {:<7}{at}",
        agent.agent_type.as_str(),
        agent.state,
        agent.kind,
    ))
}

#[cfg(test)]
mod tests {
    use wharf_store::demo;

    use super::*;
    use crate::commands::demo_database;

    async fn output(command: AgentsCommand, database: &DatabaseConfig) -> anyhow::Result<String> {
        let mut out = Vec::new();
        run(&AgentsArgs { command }, database, &mut out).await?;
        Ok(String::from_utf8(out)?)
    }

    fn plugging(url: &str, secret: &str) -> AgentsCommand {
        AgentsCommand::Plug {
            company: demo::WHATSAPP_ADDRESS.to_owned(),
            agent: AgentType::PurchaseOptimizer,
            url: url.to_owned(),
            secret: secret.into(),
        }
    }

    #[tokio::test]
    async fn an_agent_is_plugged_in_listed_and_unplugged() {
        let db = demo_database().await;
        let database = DatabaseConfig::new(db.url());
        let secret = "0123456789abcdef0123456789abcdef";
        let plugged = output(plugging("https://agents.example/buy", secret), &database)
            .await
            .unwrap();
        let line = "purchase_optimizer    active    http     https://agents.example/buy\n";
        assert_eq!(plugged, line);
        let company = demo::WHATSAPP_ADDRESS.to_owned();
        let list = AgentsCommand::List {
            company: company.clone(),
        };
        assert!(output(list, &database).await.unwrap().contains(line));
        let agent = AgentType::PurchaseOptimizer;
        let unplug = AgentsCommand::Unplug { company, agent };
        let unplugged = output(unplug, &database).await.unwrap();
        assert_eq!(unplugged, "purchase_optimizer    active    builtin\n");
    }

    #[test]
    fn what_cannot_be_plugged_in_is_refused() {
        let long = SecretString::from("0123456789abcdef0123456789abcdef");
        for (url, secret, words) in [
            ("agents.example", &long, "the URL"),
            ("ftp://agents.example", &long, "https://"),
            ("https://me:s3cret@agents.example", &long, "password"),
            ("https://agents.example", &"s3cret".into(), "32 characters"),
        ] {
            let error = format!("{:#}", check(url, secret).unwrap_err());
            assert!(
                error.contains(words) && !error.contains("s3cret"),
                "{error}"
            );
        }
    }
}
