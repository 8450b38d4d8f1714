//! SCHEDULE, as it is carried out: the rows of what comes again.

use chrono::{NaiveTime, Weekday};
use serde_json::json;
use wharf_domain::{
    contracts::{
        AgentErrorKind, ReplyContent,
        answers::{
            ScheduleChange, ScheduleLine, ScheduleList, ScheduleRefused, ScheduleSaved,
            ScheduleWhen,
        },
    },
    dialogue::{DialogueState, Offered},
    entities::{Entities, EntityName},
    intent::IntentType,
    mapping::mapping_of,
    recurrence::{Cadence, MonthDay, Recurrence, Weekdays},
};
use wharf_pipeline::{HandleError, Publication};
use wharf_store::{
    AsyncPgConnection,
    audit::AuditAction,
    effects,
    schedules::{self, NewSchedule, PausedBy, Schedule, ScheduleState},
};

use super::{Ask, Carried, Change, What};
use crate::{dialogue::carry_out::Speaker, handler::InboundHandler};

/// Recurring requests that a person may have.
const MOST: usize = 20;

/// The usual time: eight in the morning.
fn usual() -> NaiveTime {
    NaiveTime::from_hms_opt(8, 0, 0).unwrap_or_default()
}

/// What is offered when no days were said.
fn options(at: NaiveTime) -> Vec<Recurrence> {
    let monday = Weekdays::one(Weekday::Mon);
    let day = MonthDay::FIRST;
    [
        Cadence::Daily,
        Cadence::Weekly { days: monday },
        Cadence::Monthly { day },
    ]
    .map(|cadence| Recurrence { cadence, at })
    .to_vec()
}

/// What each run asks for: of days in the past it looks back on those before it, whenever it comes.
fn for_runs(intent: IntentType, mut entities: Entities, cadence: Cadence) -> Entities {
    let of_days = matches!(
        intent,
        IntentType::GenerateReport | IntentType::ViewMetrics | IntentType::SupplierPerformance
    );
    let range = entities.get(EntityName::DateRange);
    let fixed = range.is_some_and(|range| range.contains(".."));
    if of_days && (fixed || range.is_none()) {
        entities.set(EntityName::DateRange, cadence.looks_back());
    } else if fixed {
        entities.remove(EntityName::DateRange);
    }
    entities
}

fn line(schedule: &Schedule) -> ScheduleLine {
    let active = schedule.state == ScheduleState::Active;
    ScheduleLine {
        number: schedule.number,
        intent: schedule.what.intent,
        entities: schedule.what.entities.clone(),
        recurrence: schedule.what.recurrence,
        time_zone: schedule.what.time_zone.name().to_owned(),
        next: active.then_some(schedule.what.next_run_at),
    }
}

fn saved(schedule: &Schedule, change: ScheduleChange) -> ReplyContent {
    let mut schedule = line(schedule);
    if !matches!(
        change,
        ScheduleChange::Made
            | ScheduleChange::Known
            | ScheduleChange::Resumed
            | ScheduleChange::Shown
    ) {
        schedule.next = None;
    }
    ReplyContent::ScheduleSaved(ScheduleSaved { schedule, change })
}

impl InboundHandler {
    pub(super) async fn schedule(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        ask: Ask,
    ) -> Result<Carried, HandleError> {
        let refused = |why| Ok(self.says(speaker, ReplyContent::ScheduleRefused(why)));
        let Some(profile) = &speaker.sender.profile else {
            return Ok(self.says(speaker, ReplyContent::UnknownSender));
        };
        let (intent, entities) = match ask.what {
            What::Request(intent, entities) => (intent, entities),
            What::This => match self.shown(conn, speaker).await? {
                Some(shown) => (shown.intent, shown.entities),
                None => return refused(ScheduleRefused::NothingShown),
            },
        };
        if intent.mutates() {
            return refused(ScheduleRefused::Changes { intent });
        }
        let Some(mapping) = mapping_of(intent) else {
            return refused(ScheduleRefused::NotUnderstood);
        };
        let at = ask.at.unwrap_or_else(usual);
        let Some(cadence) = ask.cadence else {
            return Ok(self.ask_when(speaker, intent, entities, at));
        };
        let entities = for_runs(intent, entities, cadence);
        if mapping.missing(&entities).is_some() {
            return refused(ScheduleRefused::Incomplete { intent });
        }
        if !self.may(conn, speaker, intent, Some(&entities)).await? {
            let detail = json!({ "schedule": entities });
            self.write_down(conn, speaker, intent, AuditAction::Denied, detail)
                .await?;
            let kind = AgentErrorKind::Permission;
            return Ok(self.says(speaker, ReplyContent::AgentError { kind }));
        }
        let recurrence = Recurrence { cadence, at };
        let (company, now) = (speaker.sender.company_id, self.clock.now());
        let theirs = schedules::of_person(conn, company, profile.id).await?;
        let same = theirs.iter().find(|other| {
            let other = &other.what;
            other.intent == intent && other.entities == entities && other.recurrence == recurrence
        });
        if let Some(same) = same {
            return Ok(self.says(speaker, saved(same, ScheduleChange::Known)));
        }
        if theirs.len() >= MOST {
            let most = u32::try_from(MOST).unwrap_or(u32::MAX);
            return refused(ScheduleRefused::TooMany { most });
        }
        let Some(next_run_at) = recurrence.next_after(now, &profile.time_zone) else {
            return refused(ScheduleRefused::NotUnderstood);
        };
        let new = NewSchedule {
            company_id: company,
            profile_id: profile.id,
            contact_id: speaker.sender.contact_id,
            conversation_key: speaker.inbound.conversation_key(),
            intent,
            entities,
            recurrence,
            time_zone: profile.time_zone,
            next_run_at,
            created_at: now,
        };
        let made = schedules::create(conn, &new).await?;
        let detail = json!({ "schedule": made.number, "recurrence": recurrence });
        self.write_down(conn, speaker, intent, AuditAction::Done, detail)
            .await?;
        Ok(self.says(speaker, saved(&made, ScheduleChange::Made)))
    }

    fn ask_when(
        &self,
        speaker: &Speaker<'_>,
        intent: IntentType,
        entities: Entities,
        at: NaiveTime,
    ) -> Carried {
        let options = options(at);
        let profile = speaker.sender.profile.as_ref();
        let zone = profile.map(|profile| profile.time_zone.name().to_owned());
        let content = ReplyContent::ScheduleWhen(ScheduleWhen {
            intent,
            entities: entities.clone(),
            options: options.clone(),
            time_zone: zone.unwrap_or_default(),
        });
        let waits = DialogueState::Offering(Offered::When {
            intent,
            entities,
            options,
        });
        (vec![self.reply(speaker, content)], Some(waits))
    }

    pub(super) async fn schedules(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
    ) -> Result<Carried, HandleError> {
        let Some(profile) = &speaker.sender.profile else {
            return Ok(self.says(speaker, ReplyContent::UnknownSender));
        };
        let company = speaker.sender.company_id;
        let theirs = schedules::of_person(conn, company, profile.id).await?;
        let schedules = theirs.iter().map(line).collect();
        let waits = (!theirs.is_empty())
            .then_some(DialogueState::Offering(Offered::Schedules { shown: None }));
        let content = ReplyContent::ScheduleList(ScheduleList { schedules });
        Ok((vec![self.reply(speaker, content)], waits))
    }

    /// One of them, with what can be done to it.
    pub(super) async fn show_schedule(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        number: u32,
    ) -> Result<Carried, HandleError> {
        let Some(profile) = &speaker.sender.profile else {
            return Ok(self.says(speaker, ReplyContent::UnknownSender));
        };
        let company = speaker.sender.company_id;
        let theirs = schedules::of_person(conn, company, profile.id).await?;
        let found = theirs.iter().find(|one| one.number == number);
        let content = match found {
            Some(schedule) => saved(schedule, ScheduleChange::Shown),
            None => {
                let number = Some(number);
                ReplyContent::ScheduleRefused(ScheduleRefused::NoSuch { number })
            }
        };
        let shown = found.map(|schedule| schedule.number);
        let waits = DialogueState::Offering(Offered::Schedules { shown });
        Ok((vec![self.reply(speaker, content)], Some(waits)))
    }

    pub(super) async fn change_schedule(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        number: Option<u32>,
        to: Change,
    ) -> Result<Carried, HandleError> {
        let Some(profile) = &speaker.sender.profile else {
            return Ok(self.says(speaker, ReplyContent::UnknownSender));
        };
        let company = speaker.sender.company_id;
        let mut theirs = schedules::of_person(conn, company, profile.id).await?;
        let found = match (number, theirs.len()) {
            (Some(number), _) => theirs.iter().position(|one| one.number == number),
            (None, 1) => Some(0),
            (None, _) => None,
        };
        let Some(found) = found else {
            let why = ScheduleRefused::NoSuch { number };
            return Ok(self.says(speaker, ReplyContent::ScheduleRefused(why)));
        };
        let mut schedule = theirs.swap_remove(found);
        let intent = schedule.what.intent;
        if to == Change::Resume
            && !self
                .may(conn, speaker, intent, Some(&schedule.what.entities))
                .await?
        {
            return Ok(self.says(speaker, saved(&schedule, ScheduleChange::Denied)));
        }
        let id = schedule.id;
        let change = match to {
            Change::Pause => {
                schedules::pause(conn, company, id, PausedBy::Person).await?;
                ScheduleChange::Paused
            }
            Change::Cancel => {
                schedules::cancel(conn, company, id).await?;
                ScheduleChange::Cancelled
            }
            Change::Resume => {
                // What fell due while it rested is not made up for.
                let what = &mut schedule.what;
                let (now, zone) = (self.clock.now(), what.time_zone);
                if let Some(next) = what.recurrence.next_after(now, &zone) {
                    schedules::resume(conn, company, id, next).await?;
                    what.next_run_at = next;
                    schedule.state = ScheduleState::Active;
                }
                ScheduleChange::Resumed
            }
        };
        let detail = json!({ "schedule": schedule.number, "change": change });
        self.write_down(conn, speaker, intent, AuditAction::Done, detail)
            .await?;
        Ok(self.says(speaker, saved(&schedule, change)))
    }

    /// UNDO of what was scheduled, when nothing was changed in the conversation since.
    pub(crate) async fn undo_schedule(
        &self,
        conn: &mut AsyncPgConnection,
        speaker: &Speaker<'_>,
        since: chrono::DateTime<chrono::Utc>,
    ) -> Result<Option<Publication>, HandleError> {
        let company = speaker.sender.company_id;
        let key = speaker.inbound.conversation_key();
        let Some(made) = schedules::made_since(conn, company, &key, since).await? else {
            return Ok(None);
        };
        let effect = effects::latest_of(conn, company, &key).await?;
        if effect.is_some_and(|effect| effect.done_at > made.what.created_at) {
            return Ok(None);
        }
        schedules::cancel(conn, company, made.id).await?;
        let detail = json!({ "schedule": made.number });
        let intent = made.what.intent;
        self.write_down(conn, speaker, intent, AuditAction::Undone, detail)
            .await?;
        let content = saved(&made, ScheduleChange::Cancelled);
        Ok(Some(self.reply(speaker, content)))
    }
}
