//! `GET Messages.json`: filters by To, From and day sent, newest first, in pages.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::NaiveDate;
use wharf_twilio::form;

use super::{Problem, answered, auth, message::StoredMessage};
use crate::state::State;

const DEFAULT_PAGE: usize = 50;
const MAX_PAGE: usize = 1000;

/// What is asked for.
#[derive(Default)]
struct Query {
    to: Option<String>,
    from: Option<String>,
    on: Option<NaiveDate>,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
    page_size: usize,
    page: usize,
}

impl Query {
    fn read(query: &str) -> Result<Self, Problem> {
        let pairs = form::parse_pairs(query.as_bytes())
            .map_err(|error| Problem::bad(20001, error.to_string()))?;
        let mut read = Self {
            page_size: DEFAULT_PAGE,
            ..Self::default()
        };
        for (name, value) in pairs {
            let day = || {
                let date = value.get(..10).unwrap_or(&value);
                date.parse()
                    .map_err(|_| Problem::bad(20001, format!("Parameter '{name}' is not valid")))
            };
            match name.as_str() {
                "To" => read.to = Some(value),
                "From" => read.from = Some(value),
                "DateSent" => read.on = Some(day()?),
                // `DateSent>=2026-…` reads as the name `DateSent>`.
                "DateSent>" => read.since = Some(day()?),
                "DateSent<" => read.until = Some(day()?),
                "PageSize" => {
                    read.page_size = value.parse().unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE)
                }
                "Page" => read.page = value.parse().unwrap_or(0),
                _ => {}
            }
        }
        Ok(read)
    }

    /// A message that is not sent has no day, and any filter by day leaves it out.
    fn matches(&self, message: &StoredMessage) -> bool {
        let day = message.sent.map(|at| at.date_naive());
        let by_day = |wanted: Option<NaiveDate>, holds: fn(NaiveDate, NaiveDate) -> bool| {
            wanted.is_none_or(|wanted| day.is_some_and(|day| holds(day, wanted)))
        };
        self.to.as_ref().is_none_or(|to| *to == message.to)
            && self.from.as_ref().is_none_or(|from| *from == message.from)
            && by_day(self.on, |day, wanted| day == wanted)
            && by_day(self.since, |day, wanted| day >= wanted)
            && by_day(self.until, |day, wanted| day <= wanted)
    }

    /// The address of another page of the same list.
    fn uri(&self, account: &str, page: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("To", &self.to), ("From", &self.from)] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        for (name, day) in [
            ("DateSent", self.on),
            ("DateSent>", self.since),
            ("DateSent<", self.until),
        ] {
            if let Some(day) = day {
                query.append_pair(name, &day.to_string());
            }
        }
        query.append_pair("PageSize", &self.page_size.to_string());
        query.append_pair("Page", &page.to_string());
        format!(
            "/2010-04-01/Accounts/{account}/Messages.json?{}",
            query.finish()
        )
    }
}

pub(super) async fn list(
    state: web::Data<State>,
    request: HttpRequest,
    account: web::Path<String>,
) -> HttpResponse {
    if let Err(problem) = auth::check(&state, &request, &account) {
        return problem.answer();
    }
    let query = match Query::read(request.query_string()) {
        Ok(query) => query,
        Err(problem) => return problem.answer(),
    };
    let found: Vec<StoredMessage> = state
        .lock()
        .messages
        .iter()
        .rev()
        .filter(|m| query.matches(m))
        .cloned()
        .collect();
    let start = query.page.saturating_mul(query.page_size);
    let shown: Vec<_> = found
        .iter()
        .skip(start)
        .take(query.page_size)
        .map(|m| m.to_json(&account))
        .collect();
    let more = found.len() > start.saturating_add(shown.len()) && !shown.is_empty();
    let page = query.page;
    answered(&state).json(serde_json::json!({
        "end": (start + shown.len()).saturating_sub(1),
        "first_page_uri": query.uri(&account, 0),
        "messages": shown,
        "next_page_uri": more.then(|| query.uri(&account, page + 1)),
        "page": page,
        "page_size": query.page_size,
        "previous_page_uri": (page > 0).then(|| query.uri(&account, page - 1)),
        "start": start,
        "uri": query.uri(&account, page),
    }))
}
