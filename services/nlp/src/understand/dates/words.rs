//! What a word means to the date grammar, whatever its language.
//!
//! The tables of `words_en` and `words_es` map spellings to these meanings; the
//! grammar never looks at a spelling (holiday names excepted). To teach it a new
//! spelling, add it to a table; to teach it a new kind of word, add a variant here.

/// A calendar unit as people name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Hours and shorter: known only so that "3 minutes" is not read as days.
    Clock,
    Day,
    Week,
    Fortnight,
    Weekend,
    Month,
    /// Two months (Spanish "bimestre").
    Bimester,
    Quarter,
    /// Four months (Spanish "cuatrimestre").
    Third,
    Half,
    Year,
    Decade,
}

/// The meaning of one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum W {
    /// Past the last token.
    End,
    /// A word that dates do not use.
    Other,
    /// A single mark, by its ASCII code.
    Punct(u8),
    /// Digits that cannot be a date's (part of a code, a price, a clock time).
    Blocked,
    /// Digits; the value is in the token.
    Num,
    /// A number in words.
    Card(u16),
    /// An ordinal, in words or as digits with an ending.
    Ord(u16),
    Month(u8),
    /// Days since Monday.
    Weekday(u8),
    /// A weekday's two-letter short form, good only before a day of the month.
    WeekdayShort(u8),
    Unit(Unit),
    /// "days", "weeks": a unit in the plural.
    Units(Unit),
    /// 0 winter, 1 spring, 2 summer, 3 autumn.
    Season(u8),
    SeasonWord,
    /// Morning, afternoon, evening, night.
    PartOfDay,
    Today,
    Yesterday,
    Tomorrow,
    Now,
    BeforeYesterday,
    This,
    Last,
    /// "antepasada": the one before the last.
    BeforeLast,
    /// "past": as "last", but of weekdays the one just gone.
    Past,
    Next,
    Ago,
    /// "hace" before the amount.
    AgoBefore,
    /// "from", which alone does not open a range.
    From,
    /// "since", "desde".
    Since,
    To,
    Until,
    Through,
    /// "up" of "up to".
    Up,
    Between,
    And,
    Or,
    Of,
    /// Prepositions and verbs that announce a date: in, on, for, during.
    In,
    For,
    The,
    After,
    Before,
    Starting,
    Later,
    Earlier,
    Within,
    Rest,
    Begin,
    Finish,
    Middle,
    Early,
    Late,
    Few,
    Couple,
    HalfWord,
    /// YTD, MTD, QTD, WTD.
    ToDate(Unit),
    /// TTM: the trailing twelve months.
    YearBack,
    /// BOM, EOM and the like: true is the end.
    Edge(bool, Unit),
    DateWord,
    So,
    Far,
    Working,
    Fiscal,
    Than,
    Greater,
    Less,
    No,
    Q,
    H,
    /// "w" before a week's number, "w/c".
    WeekLetter,
    Que,
    Goes,
    Remains,
    Comes,
    Whole,
    Each,
    Onwards,
    /// "am", "pm" and counted things that take a number away from dates.
    Meridiem,
    /// A decade's name: the first year.
    Decade(u16),
    /// Hundreds and thousands in words, for years.
    Scale(u16),
    Partir,
    Adelante,
    /// Starts a holiday's name and means nothing else.
    Holiday,
}

/// One row of a table: a meaning and its spellings, folded, parted by spaces.
pub(super) type Row = (W, &'static str);
