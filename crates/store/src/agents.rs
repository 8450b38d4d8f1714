//! Agents as companies have them: one row a company and kind.

pub(crate) mod health;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;
use wharf_domain::{
    agent::AgentType,
    ids::{AgentId, CompanyId, ProfileId},
    intent::IntentType,
};

use self::health::Cause;
use crate::{
    Result,
    columns::{Col, OptCol, text_enum},
    schema::agents,
};

text_enum! {
    /// Whether an agent takes work.
    pub enum AgentState {
        /// It does.
        Active = "active",
        /// Somebody stopped it.
        Stopped = "stopped",
    }
}

text_enum! {
    /// Who carries an agent's work out.
    pub enum AgentKind {
        /// agent-executor itself.
        Builtin = "builtin",
        /// A program of the company, called over HTTP.
        Http = "http",
    }
}

/// Where an agent of kind http is, and the key of what is signed for it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its URL.
    pub url: String,
    /// The key of the signatures that requests to it carry.
    pub secret: SecretString,
}

/// A company's agent.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = agents)]
pub struct Agent {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: AgentId,
    /// The tenant.
    #[diesel(deserialize_as = Uuid)]
    pub company_id: CompanyId,
    /// What it does.
    #[diesel(deserialize_as = Col<AgentType>)]
    pub agent_type: AgentType,
    /// Whether it takes work.
    #[diesel(deserialize_as = Col<AgentState>)]
    pub state: AgentState,
    /// Who carries its work out.
    #[diesel(deserialize_as = Col<AgentKind>)]
    pub kind: AgentKind,
    /// Who stopped it.
    #[diesel(deserialize_as = OptCol<ProfileId>)]
    pub stopped_by: Option<ProfileId>,
    /// When it was stopped.
    pub stopped_at: Option<DateTime<Utc>>,
    /// Runs that failed one after the other.
    pub failures: i32,
    /// After too many failures it gets no work until then.
    pub closed_until: Option<DateTime<Utc>>,
    /// When it last ran.
    pub last_run_at: Option<DateTime<Utc>>,
    /// Why its last run failed; none when it went well.
    pub last_error: Option<String>,
}

/// The company's agent of that kind, made when it is not there. Two at once make one.
///
/// # Errors
/// When the database fails.
pub async fn find_or_create(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    agent: AgentType,
) -> Result<Agent> {
    diesel::insert_into(agents::table)
        .values((
            agents::company_id.eq(company.0),
            agents::agent_type.eq(agent.as_str()),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(agents::table
        .filter(agents::company_id.eq(company.0))
        .filter(agents::agent_type.eq(agent.as_str()))
        .select(Agent::as_select())
        .first(conn)
        .await?)
}

/// The company's agents, by kind.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut AsyncPgConnection, company: CompanyId) -> Result<Vec<Agent>> {
    Ok(agents::table
        .filter(agents::company_id.eq(company.0))
        .order(agents::agent_type)
        .select(Agent::as_select())
        .load(conn)
        .await?)
}

/// Stops or starts an agent: `by` whom and when. Starting forgets its failures. `false` when
/// `company` has no such agent.
///
/// # Errors
/// When the database fails.
pub async fn set_state(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    agent: AgentId,
    state: AgentState,
    by: Option<ProfileId>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let ours = agents::table
        .filter(agents::company_id.eq(company.0))
        .filter(agents::id.eq(agent.0));
    let before: Option<Agent> = ours
        .select(Agent::as_select())
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    let Some(before) = before else {
        return Ok(false);
    };
    if state == AgentState::Stopped {
        diesel::update(ours)
            .set((
                agents::state.eq(state.as_str()),
                agents::stopped_by.eq(by.map(Uuid::from)),
                agents::stopped_at.eq(now),
            ))
            .execute(conn)
            .await?;
        return Ok(true);
    }
    diesel::update(ours)
        .set((
            agents::state.eq(state.as_str()),
            agents::stopped_by.eq(None::<Uuid>),
            agents::stopped_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await?;
    forget_failures(conn, &before, by, now).await?;
    Ok(true)
}

/// Gives the agent work again, whatever happened before.
async fn forget_failures(
    conn: &mut AsyncPgConnection,
    before: &Agent,
    by: Option<ProfileId>,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::update(agents::table)
        .filter(agents::company_id.eq(before.company_id.0))
        .filter(agents::id.eq(before.id.0))
        .set((
            agents::failures.eq(0),
            agents::closed_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await?;
    if before.closed_until.is_some() {
        let cause = Cause {
            profile: by,
            execution: None,
            intent: IntentType::RunAgent,
            at: now,
        };
        health::recovered(conn, before, cause).await?;
    }
    Ok(())
}

/// Takes the one probe that an agent gets whose circuit was closed until now: of several at once
/// one gets it, the others find it closed until `until`.
///
/// # Errors
/// When the database fails.
pub async fn take_probe(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    agent: AgentId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(agents::table)
        .filter(agents::company_id.eq(company.0))
        .filter(agents::id.eq(agent.0))
        .filter(agents::closed_until.le(now).assume_not_null())
        .set(agents::closed_until.eq(until))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Makes the company's agent of that kind one of its own at `endpoint`, or with `None` one of ours
/// again. Forgets its failures.
///
/// # Errors
/// When the database fails.
pub async fn plug(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    agent: AgentType,
    endpoint: Option<&Endpoint>,
    now: DateTime<Utc>,
) -> Result<Agent> {
    let row = find_or_create(conn, company, agent).await?;
    forget_failures(conn, &row, None, now).await?;
    let kind = match endpoint {
        Some(_) => AgentKind::Http,
        None => AgentKind::Builtin,
    };
    Ok(diesel::update(agents::table)
        .filter(agents::company_id.eq(company.0))
        .filter(agents::id.eq(row.id.0))
        .set((
            agents::kind.eq(kind.as_str()),
            agents::endpoint_url.eq(endpoint.map(|endpoint| endpoint.url.as_str())),
            agents::signing_secret.eq(endpoint.map(|endpoint| endpoint.secret.expose_secret())),
        ))
        .returning(Agent::as_returning())
        .get_result(conn)
        .await?)
}

/// Where the agent is; `None` when it is one of ours or `company` has no such agent.
///
/// # Errors
/// When the database fails.
pub async fn endpoint(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    agent: AgentId,
) -> Result<Option<Endpoint>> {
    let row: Option<(Option<String>, Option<String>)> = agents::table
        .filter(agents::company_id.eq(company.0))
        .filter(agents::id.eq(agent.0))
        .select((agents::endpoint_url, agents::signing_secret))
        .first(conn)
        .await
        .optional()?;
    Ok(row.and_then(|(url, secret)| {
        Some(Endpoint {
            url: url?,
            secret: SecretString::from(secret?),
        })
    }))
}
