//! `wharfctl personas`: which persona answers each person of a company, how that came, and what
//! was offered to them. docs/dialogue.md, "Another persona", says when something is offered.

use std::io::Write;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};
use wharf_domain::persona::{Persona, adaptive::Because};
use wharf_store::{
    DatabaseConfig, Store, StoreError,
    persona_offers::{self, Made},
    personas::{self, Answered, Change, Why},
};

use super::{company, minute};

/// The arguments of `wharfctl personas`.
#[derive(Debug, Args)]
pub struct PersonasArgs {
    /// The company's WhatsApp number, e.g. +14155238886
    #[arg(long)]
    pub company: String,
    /// Show each change and each offer too
    #[arg(long)]
    pub history: bool,
    /// As one JSON array, with the history
    #[arg(long, conflicts_with = "history")]
    pub json: bool,
}

/// Runs the command and writes what it found to `out`.
///
/// # Errors
/// When the database cannot be reached or there is no such company.
pub async fn run(
    args: &PersonasArgs,
    database: &DatabaseConfig,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let store = Store::connect(database)?;
    let company = company::find(&store, &args.company).await?;
    let found = store.in_company::<_, StoreError, _>(company, async |conn| {
        let people = personas::of_company(conn, company).await?;
        let changes = personas::changes(conn, company).await?;
        let offers = persona_offers::of_company(conn, company).await?;
        Ok((people, changes, offers))
    });
    let (people, changes, offers) = found.await?;
    let people: Vec<Person> = people
        .into_iter()
        .map(|one| Person::new(one, &changes, &offers))
        .collect();
    if args.json {
        let all: Vec<Value> = people.iter().map(Person::to_json).collect();
        serde_json::to_writer(&mut *out, &all).context("people as JSON")?;
        writeln!(out)?;
        return Ok(());
    }
    out.write_all(table(&people, args.history).as_bytes())?;
    Ok(())
}

/// How somebody came to be answered as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How<'a> {
    /// By a change that is written down: chosen, an offer that was accepted, or left to us.
    Changed(&'a Change),
    /// By an invitation or the operator: it counts as chosen.
    Given,
    /// Nobody chose anything.
    Default,
}

impl How<'_> {
    const fn word(self) -> &'static str {
        match self {
            Self::Changed(change) => change.why.as_str(),
            Self::Given => "given",
            Self::Default => "default",
        }
    }

    fn since(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Changed(change) => Some(change.at),
            Self::Given | Self::Default => None,
        }
    }

    fn because(self) -> Option<Because> {
        match self {
            Self::Changed(change) => change.because,
            Self::Given | Self::Default => None,
        }
    }
}

struct Person<'a> {
    who: Answered,
    changes: Vec<&'a Change>,
    offers: Vec<&'a Made>,
}

impl<'a> Person<'a> {
    fn new(who: Answered, changes: &'a [Change], offers: &'a [Made]) -> Self {
        let changes = changes.iter();
        let offers = offers.iter();
        Self {
            changes: changes.filter(|one| one.profile == who.profile).collect(),
            offers: offers.filter(|one| one.profile == who.profile).collect(),
            who,
        }
    }

    fn how(&self) -> How<'a> {
        match self.changes.last() {
            // Another one has been set since, by nobody's message.
            Some(last) if last.persona == self.who.persona => How::Changed(last),
            _ if self.who.persona.is_some() => How::Given,
            _ => How::Default,
        }
    }

    /// Offers with this answer; `None`: without one.
    fn answered(&self, accepted: Option<bool>) -> usize {
        let offers = self.offers.iter();
        offers.filter(|made| made.accepted == accepted).count()
    }

    fn to_json(&self) -> Value {
        let how = self.how();
        let change = |change: &&Change| {
            json!({
                "at": change.at,
                "before": change.before,
                "persona": change.persona,
                "why": change.why.as_str(),
                "because": change.because,
            })
        };
        let offer = |made: &&Made| {
            json!({
                "at": made.at,
                "before": made.before,
                "persona": made.persona,
                "because": made.because,
                "percent": made.percent,
                "accepted": made.accepted,
                "answered_at": made.answered_at,
            })
        };
        json!({
            "profile_id": self.who.profile,
            "name": self.who.name,
            "persona": self.who.persona,
            "how": how.word(),
            "since": how.since(),
            "because": how.because(),
            "offered": self.offers.len(),
            "accepted": self.answered(Some(true)),
            "declined": self.answered(Some(false)),
            "changes": self.changes.iter().map(change).collect::<Vec<_>>(),
            "offers": self.offers.iter().map(offer).collect::<Vec<_>>(),
        })
    }

    /// What happened, the earliest first.
    fn history(&self) -> Vec<String> {
        let changes = self.changes.iter().map(|change| {
            let to = name(change.persona);
            let what = match change.why {
                Why::Chosen => format!("chose {to}"),
                Why::Auto => format!("left the choice to us: {to}"),
                Why::Offered => format!("switched to {to} by the offer"),
            };
            (change.at, what)
        });
        let offers = self.offers.iter().flat_map(|made| {
            let Made {
                persona,
                because,
                percent,
                ..
            } = made;
            let offered = format!("was offered {persona}: {because}, {percent} %");
            let answer = match made.accepted {
                Some(true) => Some("said yes"),
                Some(false) => Some("said no"),
                None => None,
            };
            let answer = made.answered_at.zip(answer.map(str::to_owned));
            [Some((made.at, offered)), answer].into_iter().flatten()
        });
        // An answer and the change that it makes have one time: the answer first.
        let mut all: Vec<_> = offers.chain(changes).collect();
        all.sort_by_key(|(at, _)| *at);
        let line = |(at, what): (DateTime<Utc>, String)| format!("  {}  {what}", minute(at));
        all.into_iter().map(line).collect()
    }
}

fn name(persona: Option<Persona>) -> &'static str {
    persona.map_or("default", Persona::as_str)
}

fn table(people: &[Person<'_>], history: bool) -> String {
    let longest = people.iter().map(|person| person.who.name.chars().count());
    let width = longest.max().unwrap_or(0).max("NAME".len());
    let line = |texts: [&str; 5], counts: [String; 3]| {
        let [name, persona, how, since, because] = texts;
        let [offered, accepted, declined] = counts;
        format!(
            "{name:<width$}  {persona:<11}  {how:<7}  {since:<20}  {because:<14}  {offered:>7}  {accepted:>8}  {declined:>8}\n"
        )
    };
    let mut all = line(
        ["NAME", "PERSONA", "HOW", "SINCE", "BECAUSE"],
        ["OFFERED", "ACCEPTED", "DECLINED"].map(str::to_owned),
    );
    for person in people {
        let how = person.how();
        let since = how
            .since()
            .map_or("-".to_owned(), |at| minute(at).to_string());
        let because = how.because().map_or("-", Because::as_str);
        all += &line(
            [
                &person.who.name,
                name(person.who.persona),
                how.word(),
                &since,
                because,
            ],
            [
                person.offers.len(),
                person.answered(Some(true)),
                person.answered(Some(false)),
            ]
            .map(|count| count.to_string()),
        );
        if history {
            for line in person.history() {
                all += &line;
                all.push('\n');
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use wharf_store::demo;
    use wharf_testkit::database::TestDatabase;

    use super::*;
    use crate::commands::demo_database;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: PersonasArgs,
    }

    async fn output(db: &TestDatabase, words: &[&str]) -> String {
        let line = ["personas", "--company", demo::WHATSAPP_ADDRESS];
        let line = Line::try_parse_from(line.iter().chain(words)).unwrap();
        let mut out = Vec::new();
        let database = DatabaseConfig::new(db.url());
        run(&line.args, &database, &mut out).await.unwrap();
        String::from_utf8(out).unwrap()
    }

    /// Sam chose; Sebastian took an offer; Nadia took one, which the operator replaced; Noor took one
    /// and left it; Hana, who has chosen nothing, has said no to one and nothing to another.
    async fn people() -> TestDatabase {
        let db = demo_database().await;
        let offer = |name: &str, persona: &str, day: u32, answer: &str| {
            format!(
                "INSERT INTO persona_offers (company_id, profile_id, persona, because, percent,
                   execution_id, offered_at, accepted, answered_at)
                 SELECT company_id, id, '{persona}', 'short_messages', 83, gen_random_uuid(),
                   timestamptz '2026-03-{day:02} 09:00Z', {answer}
                 FROM profiles WHERE display_name = '{name}';"
            )
        };
        let change = |name: &str, persona: &str, why: &str, at: &str| {
            let because = match why {
                "offered" => "'short_messages'",
                _ => "NULL",
            };
            format!(
                "INSERT INTO persona_changes (company_id, profile_id, persona, why, because,
                   execution_id, at)
                 SELECT company_id, id, {persona}, '{why}', {because}, gen_random_uuid(),
                   timestamptz '2026-03-{at}Z'
                 FROM profiles WHERE display_name = '{name}';"
            )
        };
        let yes = |day: u32| format!("true, timestamptz '2026-03-{day:02} 09:01Z'");
        let no = "false, timestamptz '2026-03-02 09:05Z'";
        let all = [
            change("Sam Okafor", "'streamliner'", "chosen", "05 10:30"),
            offer("Nadia Petrov", "streamliner", 3, &yes(3)),
            change("Nadia Petrov", "'streamliner'", "offered", "03 09:01"),
            offer("Noor Haddad", "streamliner", 4, &yes(4)),
            change("Noor Haddad", "'streamliner'", "offered", "04 09:01"),
            change("Noor Haddad", "NULL", "auto", "06 12:00"),
            offer("Hana Suzuki", "streamliner", 2, no),
            offer("Hana Suzuki", "spring", 20, "NULL, NULL"),
            offer("Sebastian Cruz", "spring", 7, &yes(7)),
            change("Sebastian Cruz", "'spring'", "offered", "07 09:01"),
            "UPDATE profiles SET persona = NULL WHERE display_name = 'Hana Suzuki';".to_owned(),
        ];
        db.run_sql(&all.concat()).await;
        db
    }

    #[tokio::test]
    async fn people_their_personas_and_their_offers() {
        let db = people().await;
        insta::assert_snapshot!(output(&db, &[]).await);
        insta::assert_snapshot!(output(&db, &["--history"]).await);
    }

    #[tokio::test]
    async fn as_json_with_all_that_happened() {
        let db = people().await;
        let all: Value = serde_json::from_str(&output(&db, &["--json"]).await).unwrap();
        let person = |name: &str| {
            let mut found = all.as_array().unwrap().iter();
            found.find(|one| one["name"] == name).unwrap()
        };
        insta::assert_json_snapshot!([person("Noor Haddad"), person("Hana Suzuki")]);
        assert_eq!(person("Sam Okafor")["persona"], "streamliner");
    }
}
