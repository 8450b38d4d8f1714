//! Playing a script on a running stack.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use serde_json::Value;
use twilio_sim::{Inbound, InboundQuoted, Kind};
use wharf_testkit::poll;

use super::{Act, SILENCE, Script, Step, pattern};
use crate::stack::{ANSWER, Stack};

/// A script that was played: what went otherwise than it says, and the script as it went.
#[derive(Debug)]
pub struct Played {
    /// A paragraph each; empty when all went as expected.
    pub failures: Vec<String>,
    /// The same script with the replies that came.
    pub as_it_went: Script,
}

/// Who writes, and up to where their transcript was read.
struct Phone {
    address: String,
    read: u64,
    /// The sids of the replies, in order.
    replies: Vec<String>,
}

/// Plays `script`; nothing else must talk to the stack meanwhile.
///
/// # Panics
/// When the stack does not work: a reply that does not come, SQL that fails.
pub async fn play(stack: &Stack, script: &Script) -> Played {
    let mut phones: BTreeMap<String, Phone> = BTreeMap::new();
    let mut speaker = String::new();
    let mut failures = Vec::new();
    let mut went = Vec::new();
    let mut steps = script.steps.iter().peekable();
    while let Some(step) = steps.next() {
        let fail = |what: String| format!("line {}: {what}", step.line);
        went.push(step.clone());
        match &step.act {
            Act::Speaker {
                who,
                persona,
                locale,
            } => {
                speaker.clone_from(who);
                dress(stack, who, persona.as_deref(), locale.as_deref()).await;
                if !phones.contains_key(who) {
                    phones.insert(who.clone(), Phone::of(stack, who).await);
                }
            }
            Act::Given(sql) => stack.rows().execute(sql).await,
            Act::Say { text, quotes } => {
                let Some(phone) = phones.get_mut(&speaker) else {
                    panic!("nobody is called {speaker:?}");
                };
                if let Err(why) = phone.say(stack, text, *quotes).await {
                    failures.push(fail(why));
                }
                // A new script may leave the replies out: what comes is written down.
                let told = steps
                    .peek()
                    .is_some_and(|next| matches!(next.act, Act::Hear(_) | Act::HearAmong(_)));
                if !told {
                    let mut replies = vec![phone.hear(stack).await];
                    settled(stack).await;
                    replies.extend(phone.rest(stack).await);
                    for reply in replies {
                        failures.push(fail(format!("not expected here, but came:\n{reply}")));
                        went.push(Step {
                            line: step.line,
                            act: Act::Hear(pattern::of_reply(&reply)),
                        });
                    }
                }
            }
            Act::Hear(expected) if *expected == [SILENCE] => {}
            Act::Hear(expected) => {
                let Some(phone) = phones.get_mut(&speaker) else {
                    panic!("nobody is called {speaker:?}");
                };
                let reply = phone.hear(stack).await;
                if !pattern::matches(expected, &reply) {
                    failures.push(fail(format!(
                        "expected:\n{}\n  but came:\n{reply}",
                        expected.join("\n")
                    )));
                    went.pop();
                    went.push(Step {
                        line: step.line,
                        act: Act::Hear(pattern::of_reply(&reply)),
                    });
                }
            }
            Act::HearAmong(_) => {
                let Some(phone) = phones.get_mut(&speaker) else {
                    panic!("nobody is called {speaker:?}");
                };
                went.pop();
                let mut expected = vec![step.clone()];
                while let Some(next) = steps.next_if(|next| matches!(next.act, Act::HearAmong(_))) {
                    expected.push(next.clone());
                }
                went.extend(phone.hear_among(stack, expected, &mut failures).await);
            }
            Act::Rows { sql, expected } => {
                settled(stack).await;
                let found = row(&stack.rows().query(sql).await);
                if found != *expected {
                    failures.push(fail(format!("{sql}\n  gives {found:?}, not {expected:?}")));
                    went.pop();
                    let (sql, expected) = (sql.clone(), found);
                    went.push(Step {
                        line: step.line,
                        act: Act::Rows { sql, expected },
                    });
                }
            }
        }
    }
    settled(stack).await;
    for (who, phone) in &mut phones {
        for reply in phone.rest(stack).await {
            failures.push(format!("{who} got a reply more than is expected:\n{reply}"));
        }
    }
    Played {
        failures,
        as_it_went: Script {
            title: script.title.clone(),
            steps: went,
        },
    }
}

impl Phone {
    /// A person's of the demo company, or the address itself.
    async fn of(stack: &Stack, who: &str) -> Self {
        let address = if who.starts_with('+') || who.contains('.') {
            who.to_owned()
        } else {
            let sql = format!(
                "SELECT a.address FROM contact_addresses a
                 JOIN contacts c ON c.id = a.contact_id JOIN profiles p ON p.id = c.profile_id
                 WHERE p.display_name ILIKE '{who} %'"
            );
            let rows = stack.rows().query(&sql).await;
            match rows.first().and_then(|row| row["address"].as_str()) {
                Some(address) => address.to_owned(),
                None => panic!("the demo company has no {who:?}"),
            }
        };
        // What other conversations said to this phone is read already.
        let before = stack
            .sim()
            .transcript(Some(&address), 0, Duration::ZERO)
            .await;
        let read = match before {
            Ok(entries) => entries.last().map_or(0, |entry| entry.seq),
            Err(error) => panic!("{error:#}"),
        };
        Self {
            address,
            read,
            replies: Vec::new(),
        }
    }

    async fn say(
        &mut self,
        stack: &Stack,
        text: &str,
        quotes: Option<usize>,
    ) -> Result<(), String> {
        let mut message = Inbound::text(&self.address, text);
        if let Some(back) = quotes {
            let place = self.replies.len().checked_sub(back);
            let sid = place.and_then(|place| self.replies.get(place));
            let Some(sid) = sid else {
                return Err(format!("there is no reply {back} back"));
            };
            message.quoted = Some(InboundQuoted {
                message_sid: sid.clone(),
                sender: None,
            });
        }
        match stack.sim().send(&message).await {
            Ok(_) => Ok(()),
            Err(error) => panic!("{error:#}"),
        }
    }

    async fn hear(&mut self, stack: &Stack) -> String {
        let entry = stack.reply_after(&self.address, self.read).await;
        self.read = entry.seq;
        self.replies.extend(entry.message_sid);
        entry.text
    }

    /// As many replies as are expected, in any order: what was expected, or what came instead.
    async fn hear_among(
        &mut self,
        stack: &Stack,
        expected: Vec<Step>,
        failures: &mut Vec<String>,
    ) -> Vec<Step> {
        let mut missing: Vec<&Step> = expected.iter().collect();
        let mut came = Vec::new();
        for Step { line, .. } in &expected {
            let reply = self.hear(stack).await;
            let place = missing.iter().position(|step| match &step.act {
                Act::HearAmong(lines) => pattern::matches(lines, &reply),
                _ => false,
            });
            match place {
                Some(place) => drop(missing.remove(place)),
                None => failures.push(format!("line {line}: not among the expected:\n{reply}")),
            }
            came.push(Step {
                line: *line,
                act: Act::HearAmong(pattern::of_reply(&reply)),
            });
        }
        if missing.is_empty() { expected } else { came }
    }

    /// Replies that came and were not heard yet.
    async fn rest(&mut self, stack: &Stack) -> Vec<String> {
        let read = stack
            .sim()
            .transcript(Some(&self.address), self.read, Duration::ZERO)
            .await;
        let entries = match read {
            Ok(entries) => entries,
            Err(error) => panic!("{error:#}"),
        };
        self.read = entries.last().map_or(self.read, |entry| entry.seq);
        let replies = entries
            .into_iter()
            .filter(|entry| entry.kind == Kind::Outbound && !entry.text.is_empty());
        let replies: Vec<_> = replies.collect();
        let sids = replies.iter().filter_map(|entry| entry.message_sid.clone());
        self.replies.extend(sids);
        replies.into_iter().map(|entry| entry.text).collect()
    }
}

/// Gives a person the persona and locale that the script names.
async fn dress(stack: &Stack, who: &str, persona: Option<&str>, locale: Option<&str>) {
    let mut set = String::new();
    if let Some(persona) = persona {
        let value = match persona {
            "none" => "NULL".to_owned(),
            persona => format!("'{persona}'"),
        };
        let _ = write!(set, "persona = {value}");
    }
    if let Some(locale) = locale {
        let _ = write!(set, ", locale = '{locale}'");
    }
    if !set.is_empty() {
        let sql = format!("UPDATE profiles SET {set} WHERE display_name ILIKE '{who} %'");
        stack.rows().execute(&sql).await;
    }
}

/// Waits until nothing is under way.
async fn settled(stack: &Stack) {
    stack.queues().drained(ANSWER).await;
    poll::until(ANSWER, "work that is done", async || {
        let busy = "SELECT (SELECT count(*) FROM whatsapp_conversations WHERE outcome IS NULL)
                 + (SELECT count(*) FROM agent_execution_queue
                    WHERE status IN ('pending', 'processing'))
                 + (SELECT count(*) FROM outbound_messages
                    WHERE status IN ('pending', 'sending', 'queued', 'sent')) AS n";
        let rows = stack.rows().query(busy).await;
        rows.first().is_some_and(|row| row["n"] == 0)
    })
    .await;
}

/// A query's one row as a script writes it.
fn row(rows: &[Value]) -> String {
    let shown = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let values = row
                .as_object()
                .into_iter()
                .flat_map(serde_json::Map::values);
            values.map(shown).collect::<Vec<_>>().join(", ")
        })
        .collect();
    lines.join("; ")
}
