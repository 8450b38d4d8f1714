//! The parser over date tokens and the choice of the longest reading at a place. The
//! forms live beside it: `relative` (last week), `amount` (3 days ago), `written` and
//! `numeric` (3 March 2025, 2025-03-03), `weekdays`, `weeks`, `parts` (first week of
//! March, Q3, end of the year), `named` (holidays, seasons), `todate` (year to date),
//! `compared` (same month last year), `pairs` (from X to Y), `lists` (X and Y) and
//! `ranges` (since, until).
//!
//! Every form is a method `fn form(&self, at: usize) -> Got<Item>`: the reading that
//! starts at token `at` and the token after it, or `None`. A form looks a bounded
//! number of tokens ahead, which keeps the whole linear.

use chrono::NaiveDate;

use super::calendar::{self, Period};
use super::fold::spells;
use super::point::{Near, Part, Point};
use super::token::Token;
use super::words::{Unit, W};
use super::{Convention, DateContext, Language, RangeName};

/// A reading and the token after it.
pub(super) type Got<T> = Option<(T, usize)>;

/// How deep "the end of the first week of …" may nest.
const DEEPEST: u8 = 3;

/// A point with what else the words said about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) point: Point,
    pub(super) part: Part,
    pub(super) weak: bool,
    pub(super) name: Option<RangeName>,
}

impl Item {
    pub(super) fn new(point: Point) -> Self {
        Self {
            point,
            part: Part::All,
            weak: false,
            name: None,
        }
    }

    pub(super) fn fixed(period: Period) -> Self {
        Self::new(Point::Fixed(period))
    }

    pub(super) fn named(period: Period, name: Option<RangeName>) -> Self {
        Self {
            name,
            ..Self::fixed(period)
        }
    }

    pub(super) fn weak(self) -> Self {
        Self { weak: true, ..self }
    }

    pub(super) fn resolve(self, near: Near) -> Option<Period> {
        self.part.of(self.point.resolve(near)?)
    }
}

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) context: &'a DateContext,
    pub(super) language: Language,
}

impl Parser<'_> {
    /// The meaning of a token; `End` outside the text.
    pub(super) fn w(&self, at: usize) -> W {
        self.tokens.get(at).map_or(W::End, |token| token.meaning)
    }

    /// The meaning of the token before.
    pub(super) fn before(&self, at: usize) -> W {
        at.checked_sub(1).map_or(W::End, |at| self.w(at))
    }

    pub(super) fn glued(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.glued)
    }

    pub(super) fn digits(&self, at: usize) -> u8 {
        self.tokens.get(at).map_or(0, |token| token.digits)
    }

    pub(super) fn value(&self, at: usize) -> u32 {
        self.tokens.get(at).map_or(0, |token| token.number)
    }

    pub(super) fn is(&self, at: usize, mark: u8) -> bool {
        self.w(at) == W::Punct(mark)
    }

    /// Whether a word that dates do not use stands here.
    pub(super) fn foreign(&self, at: usize) -> bool {
        matches!(self.w(at), W::Other | W::Holiday | W::Blocked)
    }

    pub(super) fn spells(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            self.text
                .get(token.start..token.end)
                .is_some_and(|piece| spells(piece, word))
        })
    }

    /// Whether to read as the test corpora do.
    pub(super) fn corpora(&self) -> bool {
        self.context.convention == Convention::Corpora
    }

    pub(super) fn today(&self) -> NaiveDate {
        self.context.today
    }

    /// Looking back from today.
    pub(super) fn past(&self) -> Near {
        Near::UpTo(self.context.today)
    }

    pub(super) fn unit(&self, unit: Unit, offset: i32) -> Option<Period> {
        calendar::unit_at(self.today(), unit, offset, self.context.week_start)
    }

    /// Past the tokens of a kind, six at most, so that no run of them costs its square.
    pub(super) fn skip(&self, at: usize, skipped: impl Fn(W) -> bool) -> usize {
        let run = (at..at + 6).take_while(|i| skipped(self.w(*i))).count();
        at + run
    }

    /// At most one token of the kind.
    pub(super) fn maybe(&self, at: usize, wanted: impl Fn(W) -> bool) -> usize {
        at + usize::from(wanted(self.w(at)))
    }

    /// "of the", "del", "in", or nothing; with marks where `marks` says so.
    pub(super) fn joint(&self, at: usize, marks: bool) -> usize {
        let at = self.maybe(at, |w| marks && matches!(w, W::Punct(b'-' | b',' | b'/')));
        let at = self.maybe(at, |w| matches!(w, W::Of | W::In | W::For));
        self.maybe(at, |w| w == W::The)
    }

    /// The longest reading of one day or period.
    pub(super) fn item(&self, at: usize) -> Got<Item> {
        self.item_within(at, 0)
    }

    /// As `item`, inside another form that is `depth` forms deep.
    pub(super) fn item_within(&self, at: usize, depth: u8) -> Got<Item> {
        if depth > DEEPEST {
            return None;
        }
        let mut best: Got<Item> = None;
        let mut offer = |got: Got<Item>| {
            if let Some((item, next)) = got
                && best.is_none_or(|(_, held)| next > held)
            {
                best = Some((item, next));
            }
        };
        // Only the forms that the first word can start: most words start none.
        match self.w(at) {
            W::The => {
                offer(self.holiday(at));
                offer(self.leaning(at, depth));
                offer(self.to_date(at));
                offer(self.year_before(at));
                offer(self.beside(at, depth));
                offer(self.holy_week(at));
                offer(self.ago(at, depth));
                offer(self.year_alone(at));
                offer(self.nth_of(at, depth));
                offer(self.week_of(at, depth));
                offer(self.week_number(at, depth));
                offer(self.part(at, depth));
                offer(self.rest(at));
                offer(self.day_of_month(at));
            }
            W::This | W::Last | W::Past | W::BeforeLast | W::Next => {
                offer(self.holiday(at));
                offer(self.leaning(at, depth));
                offer(self.to_date(at));
                offer(self.year_before(at));
                offer(self.quarter(at, depth));
                offer(self.nth_of(at, depth));
                offer(self.part(at, depth));
            }
            W::Unit(_) | W::Units(_) => {
                offer(self.holiday(at));
                offer(self.deictic(at));
                offer(self.relative(at));
                offer(self.to_date(at));
                offer(self.year_before(at));
                offer(self.beside(at, depth));
                offer(self.holy_week(at));
                offer(self.edge_after(at));
                offer(self.ago(at, depth));
                offer(self.year_alone(at));
                offer(self.month_or_day(at, depth));
                offer(self.quarter(at, depth));
                offer(self.week_of(at, depth));
                offer(self.week_number(at, depth));
                offer(self.day_of_month(at));
            }
            W::Num | W::Card(_) | W::Ord(_) | W::Scale(_) => {
                offer(self.part(at, depth));
                offer(self.holiday(at));
                offer(self.relative(at));
                offer(self.ago(at, depth));
                offer(self.month_or_day(at, depth));
                offer(self.numeric(at));
                offer(self.week_number(at, depth));
                offer(self.year_alone(at));
                offer(self.quarter(at, depth));
                offer(self.season(at));
                offer(self.nth_of(at, depth));
                offer(self.day_of_month(at));
            }
            W::Month(_) | W::WeekdayShort(_) => {
                offer(self.holiday(at));
                offer(self.month_or_day(at, depth));
            }
            W::Weekday(_) => {
                offer(self.holiday(at));
                offer(self.weekday(at, depth));
            }
            W::Whole | W::Working | W::Fiscal => {
                offer(self.week_of(at, depth));
                offer(self.quarter(at, depth));
                offer(self.relative(at));
                offer(self.to_date(at));
                offer(self.year_alone(at));
                offer(self.nth_of(at, depth));
            }
            W::Few | W::Couple | W::HalfWord => {
                offer(self.part(at, depth));
                offer(self.relative(at));
                offer(self.ago(at, depth));
            }
            W::AgoBefore | W::In | W::For | W::Within | W::Less => offer(self.ago(at, depth)),
            W::Decade(_) | W::Punct(b'\'') => offer(self.year_alone(at)),
            W::Q | W::H => offer(self.quarter(at, depth)),
            W::WeekLetter => {
                offer(self.week_of(at, depth));
                offer(self.week_number(at, depth));
            }
            W::Begin | W::Finish | W::Middle | W::Early | W::Late | W::Edge(..) => {
                offer(self.part(at, depth));
            }
            W::Rest | W::Later => offer(self.rest(at)),
            W::YearBack => offer(self.trailing_year(at)),
            W::So | W::ToDate(_) | W::Earlier => offer(self.to_date(at)),
            W::Que | W::Greater => {
                offer(self.to_date(at));
                offer(self.rest(at));
            }
            W::Season(_) | W::SeasonWord => offer(self.season(at)),
            W::Holiday => {
                offer(self.holiday(at));
                offer(self.holy_week(at));
            }
            W::Today | W::Yesterday | W::Tomorrow | W::Now | W::BeforeYesterday | W::Before => {
                offer(self.deictic(at))
            }
            _ => {}
        }
        best.map(|got| self.piece_after(got, depth).unwrap_or(got))
    }

    /// The longest of the forms that may begin with "this", "last" or "next".
    fn leaning(&self, at: usize, depth: u8) -> Got<Item> {
        let forms = [
            self.deictic(at),
            self.relative(at),
            self.month_or_day(at, depth),
            self.weekday(at, depth),
            self.season(at),
        ];
        // Of two that end alike the first one stands.
        forms
            .into_iter()
            .flatten()
            .reduce(|held, got| if got.1 > held.1 { got } else { held })
    }
}
