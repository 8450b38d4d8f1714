//! Lessons, recurring requests, answers that are shared, personas.

use serde_json::{Value, json};
use wharf_domain::lessons::{Lesson, example};

use super::{AT, Sample, UNTIL};

fn lesson(lesson: Lesson, yours: &Value, next: Option<&str>) -> Sample {
    let data = json!({
        "lesson": lesson, "number": lesson.number(), "of": Lesson::ALL.len(), "read": 3, "times": 1,
        "example": example(lesson), "yours": yours, "next": next,
    });
    ("lesson", "lesson", data)
}

fn yours(subject: &str, figures: &Value) -> Value {
    json!({"subject": subject, "unit": "box", "figures": figures, "as_of": AT})
}

/// One of each, with the extremes that its texts tell apart.
pub(super) fn samples() -> Vec<Sample> {
    let all = Lesson::ALL.iter();
    let mut samples: Vec<Sample> = all
        .map(|one| lesson(*one, &Value::Null, Some("safety_stock")))
        .collect();
    samples.extend(own_figures());
    samples.extend(lists());
    samples.extend(schedules());
    samples.extend(shares());
    samples.extend(personas());
    samples
}

fn personas() -> Vec<Sample> {
    let offer = |persona: &str, because: &str| {
        let data = json!({"persona": persona, "because": because, "expires_at": UNTIL});
        ("another persona", "persona_offer", data)
    };
    vec![
        offer("streamliner", "short_messages"),
        offer("navigator", "reads_on"),
        offer("spring", "takes_lessons"),
        (
            "the same persona",
            "persona_kept",
            json!({"offered": "streamliner", "days": 90}),
        ),
        (
            "the same persona for a day",
            "persona_kept",
            json!({"offered": "spring", "days": 1}),
        ),
    ]
}

fn own_figures() -> Vec<Sample> {
    let stock = json!({"daily_demand": 14.2, "lead_time_days": 7.0, "safety_stock": 21.0, "reorder_point": 121.0});
    let of = |one, figures: Value| lesson(one, &yours("WID-1001", &figures), None);
    vec![
        of(Lesson::ReorderPoint, stock),
        of(
            Lesson::SafetyStock,
            json!({"safety_stock": 21.0, "daily_demand": 14.2, "lasts_days": 1.48}),
        ),
        of(Lesson::LeadTime, json!({"lead_time_days": 7.0})),
        of(
            Lesson::TargetLevel,
            json!({"target": 520.0, "in_stock": 96.0, "on_order": 24.0, "missing": 400.0}),
        ),
        of(Lesson::EconomicOrderQuantity, json!({"quantity": 400.0})),
        of(Lesson::Turnover, json!({"turnover": 4.25})),
        of(Lesson::FillRate, json!({"percent": 94.27})),
        of(Lesson::StockoutRate, json!({"percent": 3.0})),
        of(Lesson::OnTime, json!({"percent": 90.0})),
        of(Lesson::Otif, json!({"percent": 80.0})),
        of(Lesson::Quality, json!({"percent": 98.5})),
    ]
}

fn lists() -> Vec<Sample> {
    let lessons: Vec<Value> = Lesson::ALL
        .iter()
        .map(|lesson| json!({"lesson": lesson, "read": lesson.number() < 4}))
        .collect();
    vec![
        (
            "lessons",
            "lesson_list",
            json!({"lessons": lessons, "read": 3, "not_known": null}),
        ),
        (
            "no such lesson",
            "lesson_list",
            json!({"lessons": lessons, "read": 0, "not_known": "*karate*"}),
        ),
    ]
}

fn line(number: u32, recurrence: &Value, next: Option<&str>) -> Value {
    let mut entities = json!({"report_type": "sales", "date_range": "last_7_days"});
    if number == 3 {
        entities = json!({"severity": "critical"});
    }
    let intent = if number == 3 {
        "view_alerts"
    } else {
        "generate_report"
    };
    json!({"number": number, "intent": intent, "entities": entities, "recurrence": recurrence,
           "time_zone": "America/New_York", "next": next})
}

fn schedules() -> Vec<Sample> {
    let weekly = json!({"every": "weekly", "days": [1, 3, 4], "at": "08:00:00"});
    let workdays = json!({"every": "weekly", "days": [1, 2, 3, 4, 5], "at": "08:00:00"});
    let daily = json!({"every": "daily", "at": "07:30:00"});
    let monthly = json!({"every": "monthly", "day": 1, "at": "08:00:00"});
    let last = json!({"every": "monthly", "day": 31, "at": "18:00:00"});
    let change = |what: &str, recurrence: &Value, next| {
        let schedule = line(2, recurrence, next);
        json!({"schedule": schedule, "change": what})
    };
    let answer = json!({"template": "not_available", "data": {"intent": "generate_report"}});
    vec![
        (
            "when",
            "schedule_when",
            json!({"intent": "generate_report", "entities": {"report_type": "inventory"},
                   "options": [daily, weekly, monthly], "time_zone": "America/New_York"}),
        ),
        (
            "scheduled",
            "schedule_saved",
            change("made", &weekly, Some(UNTIL)),
        ),
        ("known", "schedule_saved", change("known", &workdays, None)),
        ("paused", "schedule_saved", change("paused", &daily, None)),
        (
            "role lost",
            "schedule_saved",
            change("denied", &daily, None),
        ),
        (
            "resumed",
            "schedule_saved",
            change("resumed", &last, Some(UNTIL)),
        ),
        (
            "cancelled",
            "schedule_saved",
            change("cancelled", &monthly, None),
        ),
        (
            "shown",
            "schedule_saved",
            change("shown", &weekly, Some(UNTIL)),
        ),
        (
            "shown, paused",
            "schedule_saved",
            change("shown", &daily, None),
        ),
        (
            "schedules",
            "schedule_list",
            json!({"schedules": [line(2, &weekly, Some(UNTIL)), line(3, &last, None)]}),
        ),
        ("no schedules", "schedule_list", json!({"schedules": []})),
        (
            "refused",
            "schedule_refused",
            json!({"reason": "nothing_shown"}),
        ),
        (
            "refused",
            "schedule_refused",
            json!({"reason": "not_understood"}),
        ),
        (
            "refused",
            "schedule_refused",
            json!({"reason": "changes", "intent": "reorder_stock"}),
        ),
        (
            "refused",
            "schedule_refused",
            json!({"reason": "incomplete", "intent": "check_inventory"}),
        ),
        (
            "refused",
            "schedule_refused",
            json!({"reason": "too_many", "most": 20}),
        ),
        (
            "refused",
            "schedule_refused",
            json!({"reason": "no_such", "number": 7}),
        ),
        (
            "refused",
            "schedule_refused",
            json!({"reason": "no_such", "number": null}),
        ),
        (
            "run",
            "scheduled",
            json!({"number": 2, "due": AT, "missed": 0, "content": answer}),
        ),
        (
            "run for several",
            "scheduled",
            json!({"number": 2, "due": AT, "missed": 3, "content": answer}),
        ),
    ]
}

fn shares() -> Vec<Sample> {
    let answer = json!({"template": "not_available", "data": {"intent": "generate_report"}});
    let person = |name: &str, way: &str| {
        json!({"name": name, "profile_id": "00000000-0000-0000-0000-000000000001",
               "persona": null, "way": way})
    };
    let ways = [
        "whatsapp",
        "mailed",
        "mail_queued",
        "mail_refused",
        "unreachable",
        "opted_out",
        "not_allowed",
        "other_places",
    ];
    let people: Vec<Value> = ways.iter().map(|way| person("Maria *M*", way)).collect();
    let names: Vec<String> = (1..=11).map(|number| format!("Person {number}")).collect();
    vec![
        (
            "to so many",
            "share_confirm",
            json!({"what": "report_ready", "people": names, "expires_at": UNTIL}),
        ),
        (
            "receipt",
            "share_receipt",
            json!({"what": "alert_summary", "by": "Sam", "people": people, "content": answer}),
        ),
        (
            "not shared",
            "share_refused",
            json!({"reason": "nothing_shown"}),
        ),
        (
            "nobody",
            "share_refused",
            json!({"reason": "nobody_called", "name": "bob", "team": ["Ana", "Maria"]}),
        ),
        (
            "several",
            "share_refused",
            json!({"reason": "several_called", "name": "maria", "people": ["Maria A", "Maria B"]}),
        ),
        ("nobody else", "share_refused", json!({"reason": "no_team"})),
        ("no", "share_refused", json!({"reason": "declined"})),
        (
            "no such line",
            "share_refused",
            json!({"reason": "no_such_line", "lines": 4}),
        ),
        (
            "one line",
            "share_refused",
            json!({"reason": "no_such_line", "lines": 1}),
        ),
        (
            "shared",
            "shared",
            json!({"by": "Sam *S*", "content": answer}),
        ),
    ]
}
