//! `wharfctl invite`: a person of a company, and the pairing code by which a number becomes that
//! person's; which codes there are, and taking one back.

use std::io::Write;

use anyhow::{Context as _, bail};
use chrono::TimeDelta;
use clap::Args;
use uuid::Uuid;
use wharf_domain::{
    clock::Clock, ids::CompanyId, pairing::PairingCode, permissions::Role, persona::Persona,
};
use wharf_store::{
    AsyncPgConnection, DatabaseConfig, Store, StoreError, audit, locations,
    pairing::{self, Invitation, InvitationState},
    permissions,
};

use super::{company, minute};

/// The longest that a code may work.
const LONGEST: TimeDelta = TimeDelta::days(90);

/// The arguments of `wharfctl invite`.
#[derive(Debug, Args)]
pub struct InviteArgs {
    /// The company's WhatsApp number, e.g. +14155238886
    #[arg(long)]
    pub company: String,
    /// What the person is called
    #[arg(long, required_unless_present_any = ["list", "revoke"])]
    pub name: Option<String>,
    /// What the person may do: a shipped role or one of the company's own
    #[arg(long, required_unless_present_any = ["list", "revoke"])]
    pub role: Option<String>,
    /// The places that the person is bound to, divided by commas; without it: all
    #[arg(long, value_delimiter = ',')]
    pub locations: Vec<String>,
    /// How the person likes to be answered
    #[arg(long)]
    pub persona: Option<Persona>,
    /// The language, e.g. es; without it: the company's
    #[arg(long)]
    pub locale: Option<String>,
    /// Where reports go
    #[arg(long)]
    pub email: Option<String>,
    /// How long the code works: a number and m, h or d, up to 90d
    #[arg(long, default_value = "7d", value_parser = duration)]
    pub expires: TimeDelta,
    /// Show the company's invitations
    #[arg(long, conflicts_with_all = ["name", "revoke"])]
    pub list: bool,
    /// Take the code of an invitation back, by the id that --list shows
    #[arg(long, conflicts_with = "name")]
    pub revoke: Option<Uuid>,
}

/// Runs the command; `random` gives evenly spread numbers that nobody can foresee.
///
/// # Errors
/// When the database cannot be reached, there is no such company, role or place.
pub async fn run(
    args: &InviteArgs,
    database: &DatabaseConfig,
    clock: &dyn Clock,
    random: impl FnMut() -> u64,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let store = Store::connect(database)?;
    let company = company::find(&store, &args.company).await?;
    let now = clock.now();
    if args.list {
        let listed = store.in_company::<_, StoreError, _>(company, async |conn| {
            pairing::list(conn, company, now).await
        });
        for invited in listed.await? {
            writeln!(
                out,
                "{}  {:<7}  until {}  {} ({})",
                invited.id,
                state(invited.state),
                minute(invited.expires_at),
                invited.name,
                invited.role,
            )?;
        }
        return Ok(());
    }
    if let Some(id) = args.revoke {
        let revoked = store.in_company::<_, StoreError, _>(company, async |conn| {
            let revoked = pairing::revoke(conn, company, id, now).await?;
            if revoked {
                audit::record_person(conn, company, None, None, "invitation_revoked", now).await?;
            }
            Ok(revoked)
        });
        if !revoked.await? {
            bail!("{id} is no open invitation of this company");
        }
        writeln!(out, "the code of {id} works no more")?;
        return Ok(());
    }
    let (Some(name), Some(role)) = (args.name.as_deref(), args.role.as_deref()) else {
        bail!("--name and --role are needed");
    };
    if name.trim().is_empty() {
        bail!("--name is empty");
    }
    let places = store.in_company::<_, anyhow::Error, _>(company, async |conn| {
        check_role(conn, company, role).await?;
        let mut places = Vec::new();
        for place in &args.locations {
            let found = locations::find(conn, company, place).await?;
            let found = found.with_context(|| format!("the company has no place {place:?}"))?;
            places.push(found.id);
        }
        Ok(places)
    });
    let places = places.await?;
    let code = PairingCode::draw(random);
    let expires_at = now + args.expires;
    let invitation = Invitation {
        company,
        name: name.trim(),
        role,
        locations: &places,
        persona: args.persona,
        locale: args.locale.as_deref(),
        email: args.email.as_deref(),
        code,
        expires_at,
    };
    let id = store.in_company::<_, StoreError, _>(company, async |conn| {
        let (id, profile) = pairing::invite(conn, &invitation, now).await?;
        audit::record_person(conn, company, Some(profile), None, "invited", now).await?;
        Ok(id)
    });
    let id = id.await?;
    let number = args.company.trim_start_matches('+');
    writeln!(out, "{name} ({role}): {code}")?;
    writeln!(
        out,
        "works once, until {}, from any number: https://wa.me/{number}?text={code}",
        minute(expires_at)
    )?;
    writeln!(
        out,
        "the code is not shown again; take it back with --revoke {id}"
    )?;
    Ok(())
}

/// A typing error must not make somebody a viewer.
async fn check_role(
    conn: &mut AsyncPgConnection,
    company: CompanyId,
    role: &str,
) -> anyhow::Result<()> {
    if role.parse::<Role>().is_ok() || permissions::is_own_role(conn, company, role).await? {
        return Ok(());
    }
    let shipped: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    bail!(
        "there is no role {role:?}: it is none of {}, and the company has no rules for it in role_permissions",
        shipped.join(", ")
    );
}

const fn state(state: InvitationState) -> &'static str {
    match state {
        InvitationState::Open => "open",
        InvitationState::Used => "used",
        InvitationState::Revoked => "revoked",
        InvitationState::Expired => "expired",
    }
}

fn duration(text: &str) -> Result<TimeDelta, String> {
    let wrong = || "a number and m, h or d: 30m, 12h, 7d".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let number: i64 = text[..text.len() - unit.len_utf8()]
        .parse()
        .map_err(|_| wrong())?;
    let length = match unit {
        'm' => TimeDelta::try_minutes(number),
        'h' => TimeDelta::try_hours(number),
        'd' => TimeDelta::try_days(number),
        _ => None,
    };
    let length = length.ok_or_else(wrong)?;
    if length <= TimeDelta::zero() || length > LONGEST {
        return Err("between 1m and 90d".to_owned());
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use wharf_domain::clock::SystemClock;
    use wharf_store::demo;

    use super::*;
    use crate::commands::demo_database;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: InviteArgs,
    }

    async fn output(words: &[&str], database: &DatabaseConfig) -> anyhow::Result<String> {
        let line = ["invite", "--company", demo::WHATSAPP_ADDRESS];
        let line = Line::try_parse_from(line.iter().chain(words))?;
        let (mut out, mut numbers) = (Vec::new(), 1_234_567_890_123..);
        let random = || numbers.next().unwrap();
        run(&line.args, database, &SystemClock, random, &mut out).await?;
        Ok(String::from_utf8(out)?)
    }

    #[tokio::test]
    async fn a_person_is_invited_listed_and_uninvited() {
        let db = demo_database().await;
        let database = DatabaseConfig::new(db.url());
        let said = output(
            &[
                "--name",
                "Ana Ruiz",
                "--role",
                "planner",
                "--persona",
                "spring",
                "--locale",
                "es",
                "--locations",
                "toronto,Rotterdam",
                "--expires",
                "12h",
            ],
            &database,
        )
        .await
        .unwrap();
        let code = PairingCode::find(&said);
        assert_eq!(code.len(), 1, "{said}");
        assert!(said.contains(&format!("?text={}", code[0])), "{said}");
        let bound = "profile_locations l JOIN profiles p ON p.id = l.profile_id
                     WHERE p.display_name = 'Ana Ruiz' AND p.locale = 'es' AND p.persona = 'spring'";
        assert_eq!(db.rows(bound).await, 2);
        assert_eq!(
            db.rows("audit_log WHERE detail->>'event' = 'invited'")
                .await,
            1
        );

        let list = output(&["--list"], &database).await.unwrap();
        assert!(list.contains("  open     until "), "{list}");
        assert!(list.ends_with("Ana Ruiz (planner)\n"), "{list}");
        assert!(!list.contains(&code[0].to_string()), "{list}");
        let id = list.split("  ").next().unwrap();
        output(&["--revoke", id], &database).await.unwrap();
        assert!(output(&["--revoke", id], &database).await.is_err());
        let list = output(&["--list"], &database).await.unwrap();
        assert!(list.contains("  revoked  until "), "{list}");
    }

    #[tokio::test]
    async fn what_cannot_be_is_refused() {
        let db = demo_database().await;
        let database = DatabaseConfig::new(db.url());
        for (words, expected) in [
            (vec!["--name", "Ana"], "--role"),
            (vec!["--name", "Ana", "--role", "plannner"], "no role"),
            (
                vec!["--name", "Ana", "--role", "planner", "--locations", "Mars"],
                "no place",
            ),
            (
                vec!["--name", "Ana", "--role", "planner", "--expires", "91d"],
                "90d",
            ),
            (
                vec!["--name", "Ana", "--role", "planner", "--expires=-1d"],
                "expires",
            ),
        ] {
            let error = output(&words, &database).await.unwrap_err();
            let error = format!("{error:#}");
            assert!(error.contains(expected), "{words:?}: {error}");
        }
        assert_eq!(db.rows("pairing_codes").await, 0);
    }
}
