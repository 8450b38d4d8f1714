//! Days with a name, as shops and warehouses mention them in questions about the
//! past ("sales on black friday"). To add one: a row in the language's table, and
//! its first word in that language's list when it is no date word already.

use chrono::{NaiveDate, Weekday};

use super::calendar::{date, easter, months, nth_weekday, plus_days};

/// How a holiday's day follows from the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Month and day.
    On(u32, u32),
    /// Days after Easter Sunday.
    Easter(i64),
    /// The nth weekday of a month (0 the last), and days after it.
    Nth(u32, Weekday, u32, i64),
}

impl Rule {
    /// The day in a year.
    pub(super) fn day(self, year: i32) -> Option<NaiveDate> {
        match self {
            Self::On(month, day) => date(year, month, day),
            Self::Easter(offset) => plus_days(easter(year)?, offset),
            Self::Nth(month, weekday, nth, offset) => {
                plus_days(nth_weekday(months(year, month, 1)?, weekday, nth)?, offset)
            }
        }
    }
}

/// First words that are not date words of their own.
pub(super) const ENGLISH_FIRST_WORDS: &str = "new newyear christmas xmas thanksgiving black cyber \
labor labour memorial halloween easter good valentine valentines independence mothers mother \
fathers father boxing juneteenth freedom jubilee workers worker international veterans veteran \
columbus martin mlk presidents president st saint palm ash whit epiphany pentecost holy";

/// As above, Spanish.
pub(super) const SPANISH_FIRST_WORDS: &str = "navidad nochebuena nochevieja pascua pascuas reyes \
halloween san black cyber juneteenth accion noche cinco";

/// Names, folded, and rules; the longer of two names that begin alike comes first.
pub(super) const ENGLISH: &[(&str, Rule)] = &[
    ("new years day", Rule::On(1, 1)),
    ("new year day", Rule::On(1, 1)),
    ("new years eve", Rule::On(12, 31)),
    ("new year eve", Rule::On(12, 31)),
    ("new year", Rule::On(1, 1)),
    ("martin luther king day", Rule::Nth(1, Weekday::Mon, 3, 0)),
    ("mlk day", Rule::Nth(1, Weekday::Mon, 3, 0)),
    ("epiphany", Rule::On(1, 6)),
    ("valentines day", Rule::On(2, 14)),
    ("valentine day", Rule::On(2, 14)),
    ("presidents day", Rule::Nth(2, Weekday::Mon, 3, 0)),
    ("president day", Rule::Nth(2, Weekday::Mon, 3, 0)),
    ("st patricks day", Rule::On(3, 17)),
    ("saint patricks day", Rule::On(3, 17)),
    ("st patrick day", Rule::On(3, 17)),
    ("saint patrick day", Rule::On(3, 17)),
    ("ash wednesday", Rule::Easter(-46)),
    ("palm sunday", Rule::Easter(-7)),
    ("good friday", Rule::Easter(-2)),
    ("easter sunday", Rule::Easter(0)),
    ("easter monday", Rule::Easter(1)),
    ("easter day", Rule::Easter(0)),
    ("easter", Rule::Easter(0)),
    ("pentecost", Rule::Easter(49)),
    ("whit monday", Rule::Easter(50)),
    ("international workers day", Rule::On(5, 1)),
    ("workers day", Rule::On(5, 1)),
    ("worker day", Rule::On(5, 1)),
    ("may day", Rule::On(5, 1)),
    ("mothers day", Rule::Nth(5, Weekday::Sun, 2, 0)),
    ("mother day", Rule::Nth(5, Weekday::Sun, 2, 0)),
    ("memorial day", Rule::Nth(5, Weekday::Mon, 0, 0)),
    ("fathers day", Rule::Nth(6, Weekday::Sun, 3, 0)),
    ("father day", Rule::Nth(6, Weekday::Sun, 3, 0)),
    ("juneteenth", Rule::On(6, 19)),
    ("freedom day", Rule::On(6, 19)),
    ("jubilee day", Rule::On(6, 19)),
    ("4th of july", Rule::On(7, 4)),
    ("fourth of july", Rule::On(7, 4)),
    ("independence day", Rule::On(7, 4)),
    ("labor day", Rule::Nth(9, Weekday::Mon, 1, 0)),
    ("labour day", Rule::Nth(9, Weekday::Mon, 1, 0)),
    ("columbus day", Rule::Nth(10, Weekday::Mon, 2, 0)),
    ("halloween day", Rule::On(10, 31)),
    ("halloween", Rule::On(10, 31)),
    ("veterans day", Rule::On(11, 11)),
    ("veteran day", Rule::On(11, 11)),
    ("thanksgiving day", Rule::Nth(11, Weekday::Thu, 4, 0)),
    ("thanksgiving", Rule::Nth(11, Weekday::Thu, 4, 0)),
    ("black friday", Rule::Nth(11, Weekday::Thu, 4, 1)),
    ("cyber monday", Rule::Nth(11, Weekday::Thu, 4, 4)),
    ("christmas eve", Rule::On(12, 24)),
    ("christmas day", Rule::On(12, 25)),
    ("christmas", Rule::On(12, 25)),
    ("xmas eve", Rule::On(12, 24)),
    ("xmas day", Rule::On(12, 25)),
    ("xmas", Rule::On(12, 25)),
    ("boxing day", Rule::On(12, 26)),
];

/// As above, Spanish. Mother's day is Spain's, the first Sunday of May.
pub(super) const SPANISH: &[(&str, Rule)] = &[
    ("dia de ano nuevo", Rule::On(1, 1)),
    ("ano nuevo", Rule::On(1, 1)),
    ("dia de reyes", Rule::On(1, 6)),
    ("reyes magos", Rule::On(1, 6)),
    ("san valentin", Rule::On(2, 14)),
    ("dia de san valentin", Rule::On(2, 14)),
    ("dia de los enamorados", Rule::On(2, 14)),
    ("dia del padre", Rule::On(3, 19)),
    ("domingo de ramos", Rule::Easter(-7)),
    ("jueves santo", Rule::Easter(-3)),
    ("viernes santo", Rule::Easter(-2)),
    ("domingo de pascua", Rule::Easter(0)),
    ("domingo de resurreccion", Rule::Easter(0)),
    ("dia de pascua", Rule::Easter(0)),
    ("lunes de pascua", Rule::Easter(1)),
    ("pascua", Rule::Easter(0)),
    ("dia internacional de los trabajadores", Rule::On(5, 1)),
    ("dia de los trabajadores", Rule::On(5, 1)),
    ("dia del trabajador", Rule::On(5, 1)),
    ("dia del trabajo", Rule::On(5, 1)),
    ("dia de la madre", Rule::Nth(5, Weekday::Sun, 1, 0)),
    ("juneteenth", Rule::On(6, 19)),
    ("dia de la libertad", Rule::On(6, 19)),
    ("dia del jubileo", Rule::On(6, 19)),
    ("dia de la independencia", Rule::On(7, 4)),
    ("halloween", Rule::On(10, 31)),
    ("dia de todos los santos", Rule::On(11, 1)),
    ("dia de los muertos", Rule::On(11, 2)),
    (
        "dia de accion de gracias",
        Rule::Nth(11, Weekday::Thu, 4, 0),
    ),
    ("accion de gracias", Rule::Nth(11, Weekday::Thu, 4, 0)),
    ("viernes negro", Rule::Nth(11, Weekday::Thu, 4, 1)),
    ("black friday", Rule::Nth(11, Weekday::Thu, 4, 1)),
    ("cyber monday", Rule::Nth(11, Weekday::Thu, 4, 4)),
    ("nochebuena", Rule::On(12, 24)),
    ("navidad", Rule::On(12, 25)),
    ("dia de navidad", Rule::On(12, 25)),
    ("nochevieja", Rule::On(12, 31)),
];
