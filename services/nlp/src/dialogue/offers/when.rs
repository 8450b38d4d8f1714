//! When something is to come again, in words: "every monday at 8", "el dia 1 de cada mes",
//! "weekly". English and Spanish; plain form, see [`super::plain`].
//!
//! To add a way of saying it: a pattern in [`Reader::phrase`] and its line in the tests.

use chrono::{NaiveTime, Weekday};
use wharf_domain::recurrence::{Cadence, MonthDay, Weekdays};

/// What words say of times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct When {
    /// On which days.
    pub(super) cadence: Option<Cadence>,
    /// Whether it is said so plainly ("every …") that it needs no "schedule".
    pub(super) plain: bool,
    /// At what time.
    pub(super) at: Option<NaiveTime>,
    /// The words that say something else.
    pub(super) rest: Vec<String>,
}

/// How often, without the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Often {
    Daily,
    Weekly,
    Monthly,
}

const DAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Mon),
    ("mon", Weekday::Mon),
    ("lunes", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("tue", Weekday::Tue),
    ("martes", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("wed", Weekday::Wed),
    ("miercoles", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("thu", Weekday::Thu),
    ("jueves", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("fri", Weekday::Fri),
    ("viernes", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sat", Weekday::Sat),
    ("sabado", Weekday::Sat),
    ("sabados", Weekday::Sat),
    ("sunday", Weekday::Sun),
    ("sun", Weekday::Sun),
    ("domingo", Weekday::Sun),
    ("domingos", Weekday::Sun),
];
const WORKDAYS: [Weekday; 5] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
];
/// What may come after "weekly" when it says when, and is no adjective.
const AFTER_ADVERB: &[&str] = &[
    "at", "on", "a", "el", "los", "please", "por", "from", "desde",
];

/// Reads what words say of times.
pub(super) fn read(words: &[&str]) -> When {
    let mut reader = Reader::default();
    let mut at = 0;
    while at < words.len() {
        match reader.phrase(&words[at..]) {
            0 => {
                reader.rest.push(words[at].to_owned());
                at += 1;
            }
            taken => at += taken,
        }
    }
    reader.finish()
}

#[derive(Debug, Default)]
struct Reader {
    often: Option<Often>,
    /// Of an adjective: "weekly report".
    hinted: Option<Often>,
    days: Option<Weekdays>,
    month_day: Option<MonthDay>,
    plain: bool,
    at: Option<NaiveTime>,
    rest: Vec<String>,
}

impl Reader {
    fn finish(self) -> When {
        let often = self.often.or(match (self.month_day, self.days) {
            (Some(_), _) => Some(Often::Monthly),
            (None, Some(_)) => Some(Often::Weekly),
            (None, None) => self.hinted,
        });
        let cadence = often.map(|often| match often {
            Often::Daily => Cadence::Daily,
            Often::Weekly => Cadence::Weekly {
                days: self.days.unwrap_or_else(|| Weekdays::one(Weekday::Mon)),
            },
            Often::Monthly => Cadence::Monthly {
                day: self.month_day.unwrap_or(MonthDay::FIRST),
            },
        });
        // "monthly … on the 1st", "weekly … on monday": both together say it plainly.
        let agree = match self.hinted {
            Some(Often::Monthly) => self.month_day.is_some(),
            Some(Often::Weekly) => self.days.is_some(),
            _ => false,
        };
        When {
            cadence,
            plain: self.plain || agree,
            at: self.at,
            rest: self.rest,
        }
    }

    /// How many words at the beginning say something of times.
    fn phrase(&mut self, words: &[&str]) -> usize {
        let taken = self.every(words);
        if taken > 0 {
            return taken;
        }
        let taken = self.month(words);
        if taken > 0 {
            return taken;
        }
        if let Some((time, taken)) = clock(words) {
            self.at = Some(time);
            return taken;
        }
        let taken = self.on_days(words);
        if taken > 0 {
            return taken;
        }
        self.adverb(words)
    }

    fn set(&mut self, often: Often, taken: usize) -> usize {
        self.often = Some(often);
        self.plain = true;
        taken
    }

    /// "every day", "todos los lunes y jueves".
    fn every(&mut self, words: &[&str]) -> usize {
        let (rest, before) = match words {
            ["every" | "each" | "cada", rest @ ..] => (rest, 1),
            ["todos", "los", rest @ ..] | ["todas", "las", rest @ ..] => (rest, 2),
            _ => return 0,
        };
        match rest {
            ["single", "day", ..] | ["working" | "work" | "business", "day", ..] => {
                if rest[0] != "single" {
                    self.days = Weekdays::of(WORKDAYS);
                    return self.set(Often::Weekly, before + 2);
                }
                self.set(Often::Daily, before + 2)
            }
            ["dias", "laborables" | "habiles", ..] => {
                self.days = Weekdays::of(WORKDAYS);
                self.set(Often::Weekly, before + 2)
            }
            [
                "day" | "dia" | "dias" | "morning" | "evening" | "manana" | "mananas",
                ..,
            ] => self.set(Often::Daily, before + 1),
            ["weekday" | "workday", ..] => {
                self.days = Weekdays::of(WORKDAYS);
                self.set(Often::Weekly, before + 1)
            }
            ["week" | "semana" | "semanas", ..] => self.set(Often::Weekly, before + 1),
            ["month" | "mes" | "meses", ..] => self.set(Often::Monthly, before + 1),
            [day, ..] if month_day(day).is_some_and(|_| number_word(day).is_none()) => {
                self.month_day = month_day(day);
                let taken = before + 1 + of_month(&rest[1..]);
                self.set(Often::Monthly, taken)
            }
            _ => {
                let (days, taken) = weekdays(rest);
                match days {
                    Some(days) => {
                        self.days = Some(days);
                        self.set(Often::Weekly, before + taken)
                    }
                    None => 0,
                }
            }
        }
    }

    /// "on the 1st", "the last day of each month", "el dia 15 de cada mes".
    fn month(&mut self, words: &[&str]) -> usize {
        let (day, taken) = match words {
            ["on", "the", "last", "day", ..] => (MonthDay::LAST, 4),
            ["the", "last", "day", "of", ..] => (MonthDay::LAST, 3),
            ["el", "ultimo", "dia", ..] => (MonthDay::LAST, 3),
            ["on", "the", day, ..] if is_ordinal(day) => match month_day(day) {
                Some(day) => (day, 3),
                None => return 0,
            },
            ["the", day, "of", ..] if is_ordinal(day) => match month_day(day) {
                Some(day) => (day, 2),
                None => return 0,
            },
            ["on", "day", day, ..] | ["el", "dia", day, ..] => match month_day(day) {
                Some(day) => (day, 3),
                None => return 0,
            },
            ["el", day, "de", "cada", "mes", ..] => match month_day(day) {
                Some(day) => (day, 2),
                None => return 0,
            },
            _ => return 0,
        };
        self.month_day = Some(day);
        let more = of_month(&words[taken..]);
        let end = &words[taken..taken + more];
        if end
            .iter()
            .any(|word| matches!(*word, "every" | "each" | "cada"))
        {
            self.plain = true;
            self.often = Some(Often::Monthly);
        }
        taken + more
    }

    /// "on mondays and thursdays", "los lunes", "on monday", "weekdays".
    fn on_days(&mut self, words: &[&str]) -> usize {
        let before = match words {
            ["weekdays", ..] => {
                self.days = Weekdays::of(WORKDAYS);
                return self.set(Often::Weekly, 1);
            }
            ["on", "weekdays", ..] => {
                self.days = Weekdays::of(WORKDAYS);
                return self.set(Often::Weekly, 2);
            }
            ["de", "lunes", "a", "viernes", ..] => {
                self.days = Weekdays::of(WORKDAYS);
                return self.set(Often::Weekly, 4);
            }
            ["on" | "los" | "el", _, ..] => 1,
            [first, ..] if is_plural_day(first) => 0,
            _ => return 0,
        };
        let (days, taken) = weekdays(&words[before..]);
        let Some(days) = days else { return 0 };
        self.days = Some(days);
        // "los lunes" comes again; "saturdays" may be that of a Saturday.
        if words[0] == "los" {
            return self.set(Often::Weekly, before + taken);
        }
        before + taken
    }

    /// "weekly", as an adverb; as an adjective ("weekly report") it only hints and stays.
    fn adverb(&mut self, words: &[&str]) -> usize {
        let (often, adjective) = match words {
            ["daily", ..] => (Often::Daily, None),
            ["weekly", ..] => (Often::Weekly, None),
            ["monthly", ..] => (Often::Monthly, None),
            ["a", "diario", ..] => return self.set(Often::Daily, 2),
            ["diariamente", ..] => (Often::Daily, Some(false)),
            ["semanalmente", ..] => (Often::Weekly, Some(false)),
            ["mensualmente", ..] => (Often::Monthly, Some(false)),
            ["diario" | "diaria", ..] => (Often::Daily, Some(true)),
            ["semanal", ..] => (Often::Weekly, Some(true)),
            ["mensual", ..] => (Often::Monthly, Some(true)),
            _ => return 0,
        };
        let adjective = adjective.unwrap_or_else(|| {
            words
                .get(1)
                .is_some_and(|next| !AFTER_ADVERB.contains(next) && clock(&words[1..]).is_none())
        });
        if adjective {
            self.hinted = Some(often);
            return 0;
        }
        self.often = Some(often);
        1
    }
}

/// "of every month", "del mes": how many words.
fn of_month(words: &[&str]) -> usize {
    match words {
        ["of" | "in", "the" | "every" | "each", "month", ..] => 3,
        ["de", "cada", "mes", ..] => 3,
        ["of", "month", ..] | ["del", "mes", ..] | ["de", "mes", ..] => 2,
        ["every" | "each" | "cada", "month" | "mes", ..] => 2,
        _ => 0,
    }
}

fn is_plural_day(word: &str) -> bool {
    word.strip_suffix('s')
        .is_some_and(|one| one.ends_with("day") && DAYS.iter().any(|(name, _)| *name == one))
        || matches!(word, "sabados" | "domingos")
}

fn day(word: &str) -> Option<Weekday> {
    let one = match is_plural_day(word) {
        true => word.trim_end_matches('s'),
        false => word,
    };
    let found = DAYS.iter().find(|(name, _)| *name == one || *name == word);
    found.map(|(_, day)| *day)
}

/// Days in a row of words, and how many words.
fn weekdays(words: &[&str]) -> (Option<Weekdays>, usize) {
    let mut days = Vec::new();
    let mut taken = 0;
    for (at, word) in words.iter().enumerate() {
        if let Some(day) = day(word) {
            days.push(day);
            taken = at + 1;
        } else if days.is_empty() || !matches!(*word, "and" | "y" | "e" | "&" | "los" | "on") {
            break;
        }
    }
    (Weekdays::of(days), taken)
}

fn is_ordinal(word: &str) -> bool {
    month_day(word).is_some()
}

fn number_word(word: &str) -> Option<u8> {
    word.parse().ok()
}

/// "1st", "15", "first", "primero".
fn month_day(word: &str) -> Option<MonthDay> {
    let number = match word {
        "first" | "primero" | "primer" => 1,
        "last" | "ultimo" => return Some(MonthDay::LAST),
        _ => {
            let digits = ["st", "nd", "rd", "th", "o"]
                .iter()
                .find_map(|end| word.strip_suffix(end))
                .unwrap_or(word);
            digits.parse().ok()?
        }
    };
    MonthDay::new(number)
}

/// "at 8", "a las 7:30", "8am", "at noon", with what follows: how many words.
fn clock(words: &[&str]) -> Option<(NaiveTime, usize)> {
    let (rest, before) = match words {
        ["a", "las" | "la", rest @ ..] => (rest, 2),
        ["at" | "@", rest @ ..] => (rest, 1),
        ["a", rest @ ..] if matches!(rest.first(), Some(&"mediodia" | &"medianoche")) => (rest, 1),
        all => (all, 0),
    };
    let word = *rest.first()?;
    let named = match word {
        "noon" | "midday" | "mediodia" => NaiveTime::from_hms_opt(12, 0, 0),
        "midnight" | "medianoche" => NaiveTime::from_hms_opt(0, 0, 0),
        _ => None,
    };
    if let Some(time) = named {
        return (before > 0).then_some((time, before + 1));
    }
    let (digits, mut half) = match word {
        _ if word.ends_with("am") => (word.trim_end_matches("am"), Some(false)),
        _ if word.ends_with("pm") => (word.trim_end_matches("pm"), Some(true)),
        _ if word.ends_with('h') => (word.trim_end_matches('h'), None),
        _ => (word, None),
    };
    let (hour, minute) = match digits.split_once([':', '.', 'h']) {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute.parse().ok()?),
        Some(_) => return None,
        None => (digits, 0),
    };
    // A number alone is no time, unless it is said to be one.
    if before == 0 && half.is_none() && !digits.contains(':') {
        return None;
    }
    let mut hour: u32 = hour.parse().ok()?;
    let more = match &rest[1..] {
        ["am" | "a.m", ..] => {
            half = Some(false);
            1
        }
        ["pm" | "p.m", ..] => {
            half = Some(true);
            1
        }
        ["o'clock", ..] => 1,
        ["in", "the", "morning", ..] | ["de", "la", "manana", ..] => {
            half = Some(false);
            3
        }
        ["in", "the", "afternoon" | "evening", ..] | ["de", "la", "tarde" | "noche", ..] => {
            half = Some(true);
            3
        }
        ["at", "night", ..] => {
            half = Some(true);
            2
        }
        _ => 0,
    };
    match half {
        Some(_) if hour > 12 => {}
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    let time = NaiveTime::from_hms_opt(hour, minute, 0)?;
    Some((time, before + 1 + more))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let plain = super::super::plain(text);
        let words: Vec<&str> = plain.split(' ').collect();
        let when = read(&words);
        let cadence = match when.cadence {
            None => "-".to_owned(),
            Some(cadence) => serde_json::to_string(&cadence).unwrap(),
        };
        let at = when.at.map(|at| at.format("%H:%M").to_string());
        let mark = if when.plain { "!" } else { "" };
        format!(
            "{cadence}{mark} {} [{}]",
            at.unwrap_or_default(),
            when.rest.join(" ")
        )
    }

    #[test]
    fn times_in_many_words() {
        let texts = [
            "every day at 7:30",
            "daily digest every day at 7:30",
            "every monday at 8",
            "schedule the stock report every monday at 8",
            "todos los lunes a las 8",
            "todos los lunes y jueves a las 8:30 de la tarde",
            "monthly sales report on the 1st",
            "el 1 de cada mes a las 9",
            "el ultimo dia del mes",
            "the last day of every month at 6pm",
            "every weekday at noon",
            "weekly",
            "weekly on thursday",
            "schedule a weekly sales report",
            "mondays and fridays at 8 am",
            "cada mes",
            "cada dia a las 7",
            "resumen diario todos los dias a las 7",
            "stock of bolts",
            "sales report for last week",
            "order 8 bolts",
            "on day 15 at 08:05",
            "every 15th at 10",
            "de lunes a viernes a las 8",
            "at 25",
        ];
        let read: Vec<_> = texts
            .iter()
            .map(|text| format!("{text}: {}", said(text)))
            .collect();
        insta::assert_snapshot!(read.join("\n"));
    }
}
