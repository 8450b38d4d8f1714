//! SHARE: the answer shown last for others of the team, each by the channel open to them.

use chrono::TimeDelta;
use serde_json::json;
use wharf_domain::{
    contracts::{
        AgentErrorKind, ReplyContent, ReplyRequest, ReplyTo,
        answers::{AlertSummary, Recipient, ShareConfirm, ShareReceipt, ShareRefused, Shared, Way},
    },
    dialogue::{DialogueState, Offered, ShownList},
    ids::{CompanyId, ExecutionId, ProfileId},
    priority::Priority,
};
use wharf_pipeline::{HandleError, Publication};
use wharf_store::{
    AsyncPgConnection,
    audit::AuditAction,
    dialogues, executions, opt_outs,
    permissions::{self, Permission},
    profiles,
    team::{self, Chat, Member},
};

use super::{Carried, Offer, number, plain, shown::Shown};
use crate::{dialogue::carry_out::Speaker, handler::InboundHandler};

/// How long after somebody's message WhatsApp lets us write freely.
const WINDOW: TimeDelta = TimeDelta::hours(24);
/// Names that are listed of a team.
const MOST_NAMES: usize = 9;

/// Whom an answer is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Everybody else of the company.
    Team,
    /// Those who are called so.
    Named(Vec<String>),
}

const VERBS: &[&str] = &["share", "compartir", "comparte", "compartelo", "compartela"];
/// What is shared, in words that mean what was shown last.
const THIS: &[&str] = &[
    "it",
    "this",
    "that",
    "the",
    "report",
    "answer",
    "list",
    "line",
    "number",
    "no",
    "them",
    "esto",
    "eso",
    "este",
    "el",
    "la",
    "informe",
    "reporte",
    "respuesta",
    "lista",
    "linea",
    "please",
    "por",
    "favor",
];
const TEAM: &[&str] = &[
    "team",
    "the team",
    "my team",
    "everyone",
    "everybody",
    "all",
    "the whole team",
    "colleagues",
    "my colleagues",
    "el equipo",
    "mi equipo",
    "todos",
    "equipo",
    "todo el equipo",
    "mis companeros",
];

/// Reads a message that shares something and says nothing else.
pub(super) fn read(words: &[&str]) -> Option<Offer> {
    let words = match words {
        ["please" | "pls", rest @ ..] | ["can", "you", rest @ ..] => rest,
        all => all,
    };
    let (verb, rest) = words.split_first()?;
    if !VERBS.contains(verb) {
        return None;
    }
    let with = rest
        .iter()
        .position(|word| matches!(*word, "with" | "to" | "con" | "among"));
    let (what, whom) = match with {
        Some(at) => (&rest[..at], Some(rest[at + 1..].join(" "))),
        None => (rest, None),
    };
    let mut line = None;
    for word in what {
        match number(word) {
            Some(found) if line.is_none() => line = Some(found as usize),
            Some(_) => return None,
            None if THIS.contains(word) => {}
            None => return None,
        }
    }
    let whom = match whom {
        None => Whom::Team,
        Some(whom) => named(&whom)?,
    };
    Some(Offer::Share { whom, line })
}

fn named(whom: &str) -> Option<Whom> {
    let whom = whom
        .trim_end_matches(" please")
        .trim_end_matches(" por favor");
    if TEAM.contains(&whom) {
        return Some(Whom::Team);
    }
    let names = whom.split(" and ").flat_map(|part| part.split(" y "));
    let names: Vec<String> = names.map(|name| name.trim().to_owned()).collect();
    let whole = names.iter().all(|name| !name.is_empty());
    (whole && names.len() <= MOST_NAMES).then_some(Whom::Named(names))
}

/// The answer to a no.
pub(super) fn declined() -> ReplyContent {
    ReplyContent::ShareRefused(ShareRefused::Declined)
}

/// One line of an answer that lists something, from 1. `Err`: how many it has.
fn one_line(content: &ReplyContent, line: usize) -> Result<ReplyContent, usize> {
    let at = line.wrapping_sub(1);
    match content {
        ReplyContent::AlertSummary(summary) => {
            let alert = summary.alerts.get(at).ok_or(summary.alerts.len())?;
            let is = |severity: &str| u32::from(alert.severity == severity);
            Ok(ReplyContent::AlertSummary(AlertSummary {
                count: 1,
                critical: is("critical"),
                high: is("high"),
                medium: is("medium"),
                low: is("low"),
                alerts: vec![alert.clone()],
                ..summary.clone()
            }))
        }
        ReplyContent::SupplierPerformance(performance) => {
            let mut one = performance.clone();
            let suppliers = std::mem::take(&mut one.suppliers);
            let lines = suppliers.len();
            one.suppliers.extend(suppliers.into_iter().nth(at));
            (!one.suppliers.is_empty())
                .then_some(ReplyContent::SupplierPerformance(one))
                .ok_or(lines)
        }
        ReplyContent::SupplierInfo(info) => {
            let mut one = info.clone();
            let suppliers = std::mem::take(&mut one.suppliers);
            let lines = suppliers.len();
            one.suppliers.extend(suppliers.into_iter().nth(at));
            (!one.suppliers.is_empty())
                .then_some(ReplyContent::SupplierInfo(one))
                .ok_or(lines)
        }
        // Others are one thing.
        _ if line == 1 => Ok(content.clone()),
        _ => Err(1),
    }
}

/// Those of `team` who are called so: by the whole name, its first word, or all of the words said.
fn called<'a>(team: &'a [Member], name: &str) -> Vec<&'a Member> {
    let plainly = |member: &Member| plain(&member.name);
    let whole: Vec<_> = team.iter().filter(|one| plainly(one) == name).collect();
    if !whole.is_empty() {
        return whole;
    }
    let has_all = |member: &&Member| {
        let theirs = plainly(member);
        let theirs: Vec<&str> = theirs.split(' ').collect();
        name.split(' ').all(|word| theirs.contains(&word))
    };
    team.iter().filter(has_all).collect()
}

fn names<'a>(people: impl IntoIterator<Item = &'a Member>) -> Vec<String> {
    let names = people.into_iter().map(|member| member.name.clone());
    names.take(MOST_NAMES).collect()
}

impl InboundHandler {
    pub(super) async fn share(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        whom: &Whom,
        line: Option<usize>,
    ) -> Result<Carried, HandleError> {
        let refused = |why| Ok(self.says(speaker, ReplyContent::ShareRefused(why)));
        let Some(me) = speaker.sender.profile.as_ref().map(|profile| profile.id) else {
            return Ok(self.says(speaker, ReplyContent::UnknownSender));
        };
        let shown = self.shown(conn, speaker).await?;
        let Some(shown) = shown.filter(|shown| shown.content.is_facts()) else {
            return refused(ShareRefused::NothingShown);
        };
        let mut team = team::members(conn, speaker.sender.company_id).await?;
        team.retain(|member| member.profile_id != me);
        if team.is_empty() {
            return refused(ShareRefused::NoTeam);
        }
        let people = match whom {
            Whom::Team => team,
            Whom::Named(asked) => {
                let mut people: Vec<Member> = Vec::new();
                for name in asked {
                    match called(&team, name).as_slice() {
                        [] => {
                            let (name, team) = (name.clone(), names(&team));
                            return refused(ShareRefused::NobodyCalled { name, team });
                        }
                        [one] => people.push((*one).clone()),
                        several => {
                            let people = names(several.iter().copied());
                            let name = name.clone();
                            return refused(ShareRefused::SeveralCalled { name, people });
                        }
                    }
                }
                people.dedup_by_key(|member| member.profile_id);
                people
            }
        };
        self.share_with(conn, speaker, shown, line, people, false)
            .await
    }

    pub(super) async fn share_confirmed(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        of: ExecutionId,
        line: Option<usize>,
        people: &[ProfileId],
    ) -> Result<Carried, HandleError> {
        let company = speaker.sender.company_id;
        let shown = executions::get(conn, company, of)
            .await?
            .and_then(Shown::of);
        let Some(shown) = shown else {
            let why = ShareRefused::NothingShown;
            return Ok(self.says(speaker, ReplyContent::ShareRefused(why)));
        };
        let mut team = team::members(conn, company).await?;
        team.retain(|member| people.contains(&member.profile_id));
        self.share_with(conn, speaker, shown, line, team, true)
            .await
    }

    async fn share_with(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        shown: Shown,
        line: Option<usize>,
        people: Vec<Member>,
        confirmed: bool,
    ) -> Result<Carried, HandleError> {
        let (company, intent) = (speaker.sender.company_id, shown.intent);
        let Some(me) = speaker.sender.profile.as_ref().map(|profile| profile.id) else {
            return Ok(self.says(speaker, ReplyContent::UnknownSender));
        };
        let content = match line {
            None => shown.content,
            Some(line) => match one_line(&shown.content, line) {
                Ok(content) => content,
                Err(lines) => {
                    let why = ShareRefused::NoSuchLine { lines };
                    return Ok(self.says(speaker, ReplyContent::ShareRefused(why)));
                }
            },
        };
        let Permission::Allowed { locations: mine } =
            permissions::check(conn, company, me, intent).await?
        else {
            let detail = json!({ "share": shown.execution });
            self.write_down(conn, speaker, intent, AuditAction::Denied, detail)
                .await?;
            let kind = AgentErrorKind::Permission;
            return Ok(self.says(speaker, ReplyContent::AgentError { kind }));
        };
        let mut ways = Vec::new();
        for member in people {
            let theirs = permissions::check(conn, company, member.profile_id, intent).await?;
            let way = match theirs {
                Permission::Denied => Way::NotAllowed,
                Permission::Allowed {
                    locations: Some(theirs),
                } if !within(mine.as_deref(), &theirs) => Way::OtherPlaces,
                Permission::Allowed { .. } => self.way(conn, company, &member).await?,
            };
            ways.push((member, way));
        }
        let reached = |way: &Way| matches!(way, Way::Whatsapp | Way::Mail);
        let reached: Vec<&Member> = ways
            .iter()
            .filter(|(_, way)| reached(way))
            .map(|(member, _)| member)
            .collect();
        let what = content.template().to_owned();
        if !confirmed && reached.len() > self.dialogue.share_confirm_over as usize {
            let waits = DialogueState::Offering(Offered::Share {
                of: shown.execution,
                line,
                people: ways.iter().map(|(member, _)| member.profile_id).collect(),
                asked: Some(speaker.execution),
            });
            let ask = ReplyContent::ShareConfirm(ShareConfirm {
                what,
                people: reached.iter().map(|member| member.name.clone()).collect(),
                expires_at: self.clock.now() + self.question_lasts(),
            });
            return Ok((vec![self.reply(speaker, ask)], Some(waits)));
        }
        let by = profiles::name(conn, company, me).await?.unwrap_or_default();
        let mut publish = Vec::new();
        for (member, way) in &ways {
            if let (Way::Whatsapp, Some(chat)) = (way, &member.chat) {
                let key = self.key_of(speaker, chat);
                let list =
                    ShownList::of_reply(speaker.execution, intent, &shown.entities, &content);
                if let Some(list) = list {
                    let now = self.clock.now();
                    let until = now + self.question_lasts();
                    dialogues::remember(conn, company, &key, list, now, until).await?;
                }
                publish.push(self.shared(speaker, chat, key, &by, &content));
            }
        }
        let detail = json!({
            "share": shown.execution,
            "what": what,
            "with": ways.iter().map(|(member, way)| json!([member.profile_id, way])).collect::<Vec<_>>(),
        });
        self.write_down(conn, speaker, intent, AuditAction::Done, detail)
            .await?;
        let people = ways.into_iter().map(|(member, way)| Recipient {
            name: member.name,
            profile_id: member.profile_id,
            persona: member.persona,
            way,
        });
        let receipt = ShareReceipt {
            what,
            by,
            people: people.collect(),
            content: Box::new(content),
        };
        publish.push(self.reply(speaker, ReplyContent::ShareReceipt(receipt)));
        Ok((publish, None))
    }

    async fn way(
        &self,
        conn: &mut AsyncPgConnection,
        company: CompanyId,
        member: &Member,
    ) -> Result<Way, HandleError> {
        let is_open = |chat: &&Chat| {
            let opened = chat.last_inbound_at;
            opened.is_some_and(|at| self.clock.now() - at < WINDOW)
        };
        let mut closed = Way::Unreachable;
        if let Some(chat) = member.chat.as_ref().filter(is_open) {
            if opt_outs::may_be_written_to(conn, company, chat.contact_id).await? {
                return Ok(Way::Whatsapp);
            }
            closed = Way::OptedOut;
        }
        Ok(member.email.as_ref().map_or(closed, |_| Way::Mail))
    }

    fn key_of(&self, speaker: &Speaker<'_>, chat: &Chat) -> String {
        // Who has written has a conversation; the other one only keeps replies in order.
        chat.conversation_key.clone().unwrap_or_else(|| {
            let inbound = speaker.inbound;
            format!(
                "{}:{}:{}",
                inbound.account_sid,
                inbound.to.as_str(),
                chat.contact_id
            )
        })
    }

    fn shared(
        &self,
        speaker: &Speaker<'_>,
        chat: &Chat,
        conversation_key: String,
        by: &str,
        content: &ReplyContent,
    ) -> Publication {
        let step = format!("share:{}", chat.contact_id);
        let to = ReplyTo {
            company_id: speaker.sender.company_id,
            contact_id: chat.contact_id,
            conversation_key,
            priority: Priority::Normal,
            received_at: speaker.inbound.received_at,
        };
        let content = ReplyContent::Shared(Shared {
            by: by.to_owned(),
            content: Box::new(content.clone()),
        });
        let now = self.clock.now();
        let message = ReplyRequest::unasked(speaker.execution, &step, to, content, now);
        Publication::Reply(Box::new(message))
    }
}

/// Whether places that `mine` shows, all without it, are among `theirs`.
fn within<T: PartialEq>(mine: Option<&[T]>, theirs: &[T]) -> bool {
    mine.is_some_and(|mine| mine.iter().all(|place| theirs.contains(place)))
}
