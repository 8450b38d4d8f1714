//! What a report is made of. Every text is data: the crate words only its own furniture ("Total",
//! "Page 1 of 2", [`NOT_KNOWN`](crate::NOT_KNOWN)).

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::{Kind, Value};

/// A report, in the order in which it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// "Inventory report": the heading and the document's title.
    pub title: String,
    /// What the file is called, brought into plain letters, without its ending; `None`: the title
    /// and the day that the report was made, which a repeat on another day changes.
    pub file_stem: Option<String>,
    /// One line below the title: location, filter.
    pub subtitle: Option<String>,
    /// Whose figures they are.
    pub company: String,
    /// The time that the report covers, as it is shown: "1–31 October 2026".
    pub period: String,
    /// The time that the figures are true of.
    pub as_of: DateTime<Utc>,
    /// When the report was made: in the text, in the documents' properties, in the file's name.
    pub generated_at: DateTime<Utc>,
    /// The zone in which every instant of the report is shown.
    pub zone: Tz,
    /// The figures that the report opens with; four or eight fill their lines.
    pub summary: Vec<Figure>,
    /// Drawn after the summary; not in CSV.
    pub charts: Vec<Chart>,
    /// The tables; CSV holds the first alone.
    pub tables: Vec<Table>,
    /// How figures were worked out, what is missing. A paragraph each; not in CSV.
    pub notes: Vec<String>,
}

/// One figure of the summary.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// "Stock value".
    pub label: String,
    /// The figure itself.
    pub value: Value,
    /// What it means.
    pub kind: Kind,
    /// A short line below: the period before, the target.
    pub note: Option<String>,
}

impl Figure {
    /// A figure without a note.
    #[must_use]
    pub fn new(label: impl Into<String>, kind: Kind, value: impl Into<Value>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            kind,
            note: None,
        }
    }

    /// The same with a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartKind {
    /// For a course over time.
    Line,
    /// For a comparison between things.
    Bar,
}

/// A chart: one value a label and series.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What is to be seen.
    pub title: String,
    /// Of the vertical axis: "EUR", "units", "%"; empty for none.
    pub unit: String,
    /// Lines or bars.
    pub kind: ChartKind,
    /// Along the horizontal axis; at least one.
    pub labels: Vec<String>,
    /// At least one; six colours, so more than six are refused.
    pub series: Vec<Series>,
}

/// One line, or the bars of one colour.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// As in the legend.
    pub name: String,
    /// One a label of the chart, finite; `None` (not known) leaves a gap.
    pub values: Vec<Option<f64>>,
}

/// A table. Every row has one cell a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its heading, and the name of its sheet.
    pub title: String,
    /// At least one.
    pub columns: Vec<Column>,
    /// None is a fair answer: the table then says that there are no rows.
    pub rows: Vec<Vec<Value>>,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Without its unit: the formats add it from the kind.
    pub title: String,
    /// Of all its cells.
    pub kind: Kind,
    /// Its cell in the last line of the table.
    pub total: Total,
}

impl Column {
    /// A column without total.
    #[must_use]
    pub fn new(title: impl Into<String>, kind: Kind) -> Self {
        Self {
            title: title.into(),
            kind,
            total: Total::None,
        }
    }

    /// The same with the sum of its cells as total.
    #[must_use]
    pub fn sum(mut self) -> Self {
        self.total = Total::Sum;
        self
    }

    /// The same with a total that is no sum (a weighted rate, say), worked out by the caller.
    #[must_use]
    pub fn total(mut self, total: impl Into<Value>) -> Self {
        self.total = Total::Given(total.into());
        self
    }

    /// Title and unit: "Stock value (EUR)".
    pub(crate) fn heading(&self) -> String {
        match self.kind.heading_unit() {
            Some(unit) => format!("{} ({unit})", self.title),
            None => self.title.clone(),
        }
    }
}

/// The last cell of a column. CSV has no totals: who reads the file would take them for a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Total {
    /// Nothing.
    None,
    /// The sum of the cells that are known; in XLSX a formula. A line below the table says how
    /// many were not. For kinds that are numbers.
    Sum,
    /// What the caller worked out, of the column's kind.
    Given(Value),
}

impl Table {
    /// The sum of the known cells of a column, and how many are not known. No known cell at all
    /// makes the sum unknown too.
    pub(crate) fn sum(&self, column: usize) -> (Value, usize) {
        let mut sum = BigDecimal::default();
        let (mut known, mut unknown) = (0, 0);
        for row in &self.rows {
            match row.get(column) {
                Some(Value::Number(number)) => {
                    sum += number;
                    known += 1;
                }
                _ => unknown += 1,
            }
        }
        (
            if known > 0 {
                Value::Number(sum)
            } else {
                Value::Unknown
            },
            unknown,
        )
    }

    /// The value of a column's total, `None` for an empty cell.
    pub(crate) fn total(&self, column: usize) -> Option<Value> {
        match &self.columns.get(column)?.total {
            Total::None => None,
            Total::Sum => Some(self.sum(column).0),
            Total::Given(value) => Some(value.clone()),
        }
    }

    /// Whether a line of totals is written: some column has one and there is a row.
    pub(crate) fn has_totals(&self) -> bool {
        !self.rows.is_empty()
            && self
                .columns
                .iter()
                .any(|column| column.total != Total::None)
    }

    /// What has to be said below the table about its totals.
    pub(crate) fn total_notes(&self) -> Vec<String> {
        if !self.has_totals() {
            return Vec::new();
        }
        let columns = self.columns.iter().enumerate();
        columns
            .filter(|(_, column)| column.total == Total::Sum)
            .filter_map(|(index, column)| {
                let (_, unknown) = self.sum(index);
                let rows = if unknown == 1 { "row" } else { "rows" };
                (unknown > 0).then(|| {
                    format!(
                        "The total of {} leaves out {unknown} {rows} where it is {}.",
                        column.title,
                        crate::NOT_KNOWN
                    )
                })
            })
            .collect()
    }
}
