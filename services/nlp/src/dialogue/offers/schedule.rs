//! SCHEDULE, as it is read: what is to come, and when. [`super::keep`] carries it out.

use chrono::NaiveTime;
use wharf_domain::{
    contracts::{ReplyContent, answers::ScheduleRefused},
    entities::Entities,
    intent::IntentType,
    recurrence::Cadence,
};

use super::{Offer, number, when};
use crate::{
    dialogue::{Act, Part},
    understand::{Context, Decision, understand},
};

/// What is to come again, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What.
    pub what: What,
    /// On which days; `None`: it must be asked.
    pub cadence: Option<Cadence>,
    /// At what time; `None`: as it is usual.
    pub at: Option<NaiveTime>,
}

/// What is to come again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// What was shown last.
    This,
    /// A request of these words.
    Request(IntentType, Entities),
}

/// What is done to something that comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It rests.
    Pause,
    /// It comes again.
    Resume,
    /// It is gone.
    Cancel,
}

/// Words that ask for it outright.
const VERBS: &[&str] = &[
    "schedule",
    "programa",
    "programar",
    "programe",
    "agenda",
    "agendar",
    "planifica",
    "planificar",
    "reprograma",
];
const POLITE: &[&str] = &[
    "please", "pls", "can", "could", "you", "por", "favor", "puedes", "thanks", "gracias",
];
/// Words that mean what was shown last, or say nothing.
const THIS: &[&str] = &[
    "this", "it", "that", "the", "report", "again", "me", "to", "send", "for", "same", "esto",
    "este", "eso", "ese", "lo", "el", "la", "informe", "reporte", "mismo", "enviame", "mandame",
    "and", "y", "please", "pls", "por", "favor", "one", "repeat", "run",
];
const LISTS: &[&str] = &[
    "schedules",
    "my schedules",
    "list schedules",
    "list my schedules",
    "show schedules",
    "show my schedules",
    "schedule list",
    "what is scheduled",
    "what's scheduled",
    "scheduled",
    "scheduled reports",
    "my scheduled reports",
    "programaciones",
    "mis programaciones",
    "que esta programado",
    "que tengo programado",
    "informes programados",
    "mis informes programados",
];
/// Words that a question begins with: it asks about days, and for nothing that comes again.
const QUESTIONS: &[&str] = &[
    "how", "what", "which", "when", "who", "why", "where", "do", "does", "did", "is", "are", "was",
    "were", "cuanto", "cuantos", "cuanta", "cuantas", "que", "cual", "cuales", "cuando", "como",
    "por", "donde", "quien", "hay",
];
/// Words that ask for something to be sent.
const SENDS: &[&str] = &[
    "send",
    "give",
    "mail",
    "show",
    "tell",
    "envia",
    "enviame",
    "manda",
    "mandame",
    "dame",
    "muestrame",
    "remind",
];

/// Words of a message that schedules something without saying so and without a time of day.
const MOST_WITHOUT_TIME: usize = 9;

/// Reads a message that schedules something, or is about what is scheduled.
pub(super) fn read(words: &[&str], context: &Context<'_>) -> Option<Part> {
    let said = words.join(" ");
    if LISTS.contains(&said.as_str()) {
        return Some(Part::free(Act::Offer(Offer::Schedules)));
    }
    if let Some((number, to)) = change(words) {
        return Some(Part::free(Act::Offer(Offer::ChangeSchedule(number, to))));
    }
    let start = words.iter().position(|word| !POLITE.contains(word))?;
    let words = &words[start..];
    let verb = words.first().is_some_and(|first| VERBS.contains(first));
    let rest = if verb { &words[1..] } else { words };
    let when = when::read(rest);
    if !verb && !when.plain {
        return None;
    }
    let (cadence, at) = (when.cadence, when.at);
    let offer = |what| {
        Some(Part::free(Act::Offer(Offer::Schedule(Ask {
            what,
            cadence,
            at,
        }))))
    };
    if when.rest.iter().all(|word| THIS.contains(&word.as_str())) {
        return offer(What::This);
    }
    // Who tells a story with "every" in it says no time of day.
    if !verb && at.is_none() && rest.len() > MOST_WITHOUT_TIME {
        return None;
    }
    if !verb && rest.first().is_some_and(|first| QUESTIONS.contains(first)) {
        return None;
    }
    let asked = understand(&when.rest.join(" "), context);
    let known = matches!(asked.decision, Decision::Accept | Decision::Confirm)
        && asked.requests.is_empty()
        && !matches!(asked.intent, IntentType::Help | IntentType::Unknown);
    if !known {
        // Without a time it may be about anything: "schedule a delivery".
        let refused = ReplyContent::ScheduleRefused(ScheduleRefused::NotUnderstood);
        return (verb && when.plain).then(|| Part::answer(refused));
    }
    let sends = rest.iter().any(|word| SENDS.contains(word));
    let report = matches!(
        asked.intent,
        IntentType::GenerateReport | IntentType::DailyDigest
    );
    // "Order 40 bolts every week" asks for something that is not done by itself, and not for bolts.
    let asks = verb || asked.intent.mutates() || at.is_some() || sends || report;
    if !asks {
        return None;
    }
    offer(What::Request(asked.intent, asked.entities))
}

/// An answer to "when?" that names days, and nothing else.
pub(super) fn only_when(plain: &str, what: What) -> Option<Ask> {
    let words: Vec<&str> = plain.split(' ').collect();
    let when = when::read(&words);
    let says_more = when.rest.iter().any(|word| !THIS.contains(&word.as_str()));
    // "monthly report" is a request like any.
    (!says_more && when.cadence.is_some()).then_some(Ask {
        what,
        cadence: when.cadence,
        at: when.at,
    })
}

/// What is done to the schedule that was shown last. "cancel" alone leaves, as everywhere.
pub(super) fn change_of_shown(plain: &str) -> Option<Change> {
    let table = [
        (Change::Pause, PAUSE),
        (Change::Resume, RESUME),
        (Change::Cancel, END),
    ];
    let known = table.iter().find(|(_, words)| words.contains(&plain));
    known.map(|(to, _)| *to)
}

const PAUSE: &[&str] = &["pause", "pause it", "pausa", "pausala", "pausar"];
const RESUME: &[&str] = &[
    "resume",
    "resume it",
    "unpause",
    "unpause it",
    "reanuda",
    "reanudala",
];
const END: &[&str] = &[
    "cancel it",
    "cancel this",
    "cancel that",
    "cancel schedule",
    "delete",
    "delete it",
    "remove it",
    "cancelala",
    "borrala",
    "eliminala",
    "cancelar programacion",
];

/// "pause 2", "cancel schedule 2".
fn change(words: &[&str]) -> Option<(Option<u32>, Change)> {
    let (verb, rest) = words.split_first()?;
    let (to, alone) = match *verb {
        "pause" | "pausa" | "pausar" => (Change::Pause, true),
        "resume" | "unpause" | "reanuda" | "reanudar" => (Change::Resume, true),
        "cancel" | "delete" | "remove" | "stop" | "unschedule" | "cancela" | "cancelar"
        | "borra" | "borrar" | "elimina" | "eliminar" | "quita" => {
            (Change::Cancel, *verb == "unschedule")
        }
        _ => return None,
    };
    let rest = match rest {
        ["the" | "my" | "la" | "el" | "mi", rest @ ..] => rest,
        all => all,
    };
    let (named, rest) = match rest {
        ["schedule" | "programacion" | "programado", rest @ ..] => (true, rest),
        all => (false, all),
    };
    match rest {
        [] if named => Some((None, to)),
        [one] | ["number" | "no" | "numero" | "#", one] if named || alone => {
            Some((Some(number(one)?), to))
        }
        _ => None,
    }
}
