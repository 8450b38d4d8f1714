//! Tables: columns as wide as their contents need, headings repeated on every page, texts in up to
//! two lines, numbers aligned right and never cut.

use chrono_tz::Tz;

use super::canvas::{Flow, Mark};
use super::font::{Faces, Line, Weight};
use super::style::{A4, CELL, Colour, FAINT_RULE, HEADING, INK, MARGIN, MUTED, RULE, SMALL};
use crate::{Column, Kind, Table, Value, text};

const PAD: f32 = 5.0;
const LEADING: f32 = 1.3;
const ROW_PAD: f32 = 4.5;
/// A column of texts is not made narrower than this while the page can be turned or the type
/// made smaller.
const NARROWEST_TEXT: f32 = 70.0;
/// The rows by which a column of texts is measured; longer texts further down wrap or are cut.
const MEASURED_ROWS: usize = 500;

/// The columns of a table on the page.
struct Grid {
    /// Of the type.
    size: f32,
    lefts: Vec<f32>,
    widths: Vec<f32>,
}

/// What a column needs at [`CELL`] size.
struct Need {
    /// Without which something would be cut that may not be.
    least: f32,
    /// With which nothing wraps.
    most: f32,
}

/// A cell ready to be drawn.
struct Cell {
    lines: Vec<Line>,
    right: bool,
    colour: Colour,
}

pub(super) fn draw(flow: &mut Flow<'_>, table: &Table, zone: Tz) {
    let needs: Vec<Need> = (0..table.columns.len())
        .map(|index| measure(flow.faces, table, index, zone))
        .collect();
    let least: f32 = needs.iter().map(|need| need.least).sum();
    let landscape = least > A4.0 - 2.0 * MARGIN;
    if landscape == flow.is_landscape() {
        flow.y += 16.0;
        flow.need(130.0);
    } else {
        flow.new_page(landscape);
    }
    let grid = Grid::new(&needs, flow.width());
    let title = text::clean(&table.title);
    let title = flow
        .faces
        .fitted(Weight::SemiBold, &title, HEADING, flow.width());
    flow.left(title, MARGIN, flow.y + HEADING, HEADING, INK);
    flow.y += HEADING + 8.0;
    headings(flow, table, &grid);
    for row in &table.rows {
        let cells: Vec<Cell> = (row.iter().zip(&table.columns).enumerate())
            .map(|(index, (value, column))| {
                grid.cell(
                    flow.faces,
                    Weight::Regular,
                    index,
                    &column.kind,
                    value,
                    zone,
                )
            })
            .collect();
        draw_row(flow, table, &grid, cells);
        flow.rule(flow.y, 0.5, FAINT_RULE);
    }
    if table.rows.is_empty() {
        let none = flow.faces.line(Weight::Regular, "No rows.");
        flow.left(none, MARGIN, flow.y + CELL + 6.0, CELL, MUTED);
        flow.y += CELL + 12.0;
    }
    totals(flow, table, &grid, zone);
    for note in table.total_notes() {
        flow.y += 4.0;
        flow.paragraph(Weight::Regular, &text::clean(&note), SMALL, MUTED);
    }
}

fn measure(faces: &Faces<'_>, table: &Table, index: usize, zone: Tz) -> Need {
    let Some(column) = table.columns.get(index) else {
        return Need {
            least: 0.0,
            most: 0.0,
        };
    };
    let number = column.kind != Kind::Text;
    let limit = if number { usize::MAX } else { MEASURED_ROWS };
    let mut widest: f32 = 0.0;
    for value in table
        .rows
        .iter()
        .take(limit)
        .filter_map(|row| row.get(index))
    {
        let shown = text::cell(&column.kind, value, zone);
        let width = if number {
            faces.line(Weight::Regular, &shown).width(CELL)
        } else {
            faces
                .fitted(Weight::Regular, &shown, CELL, 320.0)
                .width(CELL)
        };
        widest = widest.max(width);
    }
    if let Some(total) = table.total(index) {
        let shown = text::cell(&column.kind, &total, zone);
        let width = if number {
            faces.line(Weight::SemiBold, &shown).width(CELL)
        } else {
            faces
                .fitted(Weight::SemiBold, &shown, CELL, 320.0)
                .width(CELL)
        };
        widest = widest.max(width);
    }
    let title = text::clean(&column.title);
    // A word of a heading is kept whole when it is an ordinary one.
    let word = title
        .split(' ')
        .map(|word| faces.fitted(Weight::SemiBold, word, CELL, 80.0).width(CELL))
        .fold(0.0, f32::max);
    let heading = faces
        .fitted(Weight::SemiBold, &title, CELL, 120.0)
        .width(CELL);
    let least = if number {
        widest
    } else {
        widest.min(NARROWEST_TEXT)
    };
    Need {
        least: least.max(word) + 2.0 * PAD,
        most: widest.max(heading) + 2.0 * PAD,
    }
}

impl Grid {
    /// Every column gets its least; what is left goes to those that would still wrap, in equal
    /// shares, and then to all. Too many columns are set in smaller type.
    fn new(needs: &[Need], available: f32) -> Self {
        let least: f32 = needs.iter().map(|need| need.least).sum();
        let shrink = (available / least).min(1.0);
        let size = CELL * shrink;
        let mut widths: Vec<f32> = needs.iter().map(|need| need.least * shrink).collect();
        let most: Vec<f32> = needs.iter().map(|need| need.most * shrink).collect();
        let mut left = available - widths.iter().sum::<f32>();
        // Each round fills a column or uses up what is left.
        for _ in 0..=needs.len() {
            let open = widths
                .iter()
                .zip(&most)
                .filter(|(width, most)| **width < **most - 0.01);
            let count = open.count();
            if count == 0 || left < 0.01 {
                break;
            }
            let share = left / count as f32;
            for (width, most) in widths.iter_mut().zip(&most) {
                let more = share.min((most - *width).max(0.0));
                *width += more;
                left -= more;
            }
        }
        // A table of few narrow columns keeps them together rather than spread over the page.
        let each = (left / needs.len() as f32).clamp(0.0, 40.0);
        widths.iter_mut().for_each(|width| *width += each);
        let mut x = MARGIN;
        let lefts = widths
            .iter()
            .map(|width| {
                let left = x;
                x += width;
                left
            })
            .collect();
        Self {
            size: size.max(0.5),
            lefts,
            widths,
        }
    }

    fn room(&self, index: usize) -> f32 {
        (self.widths[index] - 2.0 * PAD * self.size / CELL).max(1.0)
    }

    fn cell(
        &self,
        faces: &Faces<'_>,
        weight: Weight,
        index: usize,
        kind: &Kind,
        value: &Value,
        zone: Tz,
    ) -> Cell {
        let shown = text::cell(kind, value, zone);
        let lines = if matches!(value, Value::Text(_)) {
            faces.wrapped(weight, &shown, self.size, self.room(index), 2)
        } else {
            vec![faces.line(weight, &shown)]
        };
        let colour = if *value == Value::Unknown { MUTED } else { INK };
        Cell {
            lines,
            right: kind.is_number(),
            colour,
        }
    }

    fn put(
        &self,
        flow: &mut Flow<'_>,
        index: usize,
        line: Line,
        right: bool,
        y: f32,
        colour: Colour,
    ) {
        let pad = PAD * self.size / CELL;
        let (first, last) = (index == 0, index + 1 == self.widths.len());
        let x = self.lefts[index];
        // The outer edges stand flush with everything else on the page.
        let pad = if (first && !right) || (last && right) {
            0.0
        } else {
            pad
        };
        if right {
            flow.right(line, x + self.widths[index] - pad, y, self.size, colour);
        } else {
            flow.left(line, x + pad, y, self.size, colour);
        }
    }

    fn leading(&self) -> f32 {
        self.size * LEADING
    }
}

/// Titles in up to two lines, units below, all standing on the same line.
fn headings(flow: &mut Flow<'_>, table: &Table, grid: &Grid) {
    let heading = |index: usize, column: &Column| {
        let title = text::clean(&column.title);
        let lines = flow
            .faces
            .wrapped(Weight::SemiBold, &title, grid.size, grid.room(index), 2);
        let unit = column
            .kind
            .heading_unit()
            .filter(|_| column.kind != Kind::Text);
        // Percent signs stand in the cells.
        let unit = unit.filter(|unit| *unit != "%").map(text::clean);
        let unit = unit.map(|unit| {
            flow.faces
                .fitted(Weight::Regular, &unit, grid.size, grid.room(index))
        });
        (lines, unit, column.kind.is_number())
    };
    let all: Vec<_> = table
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| heading(index, column))
        .collect();
    let rows = all
        .iter()
        .map(|(lines, unit, _)| lines.len() + usize::from(unit.is_some()));
    let height = rows.max().unwrap_or(1) as f32 * grid.leading();
    for (index, (lines, unit, right)) in all.into_iter().enumerate() {
        let own = (lines.len() + usize::from(unit.is_some())) as f32 * grid.leading();
        let mut y = flow.y + height - own + grid.size;
        for line in lines {
            grid.put(flow, index, line, right, y, INK);
            y += grid.leading();
        }
        if let Some(unit) = unit {
            grid.put(flow, index, unit, right, y, MUTED);
        }
    }
    flow.y += height + 4.0;
    flow.rule(flow.y, 1.0, RULE);
}

fn draw_row(flow: &mut Flow<'_>, table: &Table, grid: &Grid, cells: Vec<Cell>) {
    let lines = cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(1);
    let height = lines as f32 * grid.leading() + 2.0 * ROW_PAD - 2.0;
    if flow.room() < height {
        flow.new_page(flow.is_landscape());
        headings(flow, table, grid);
    }
    for (index, cell) in cells.into_iter().enumerate() {
        let mut y = flow.y + ROW_PAD + grid.size * 0.9;
        for line in cell.lines {
            grid.put(flow, index, line, cell.right, y, cell.colour);
            y += grid.leading();
        }
    }
    flow.y += height;
}

fn totals(flow: &mut Flow<'_>, table: &Table, grid: &Grid, zone: Tz) {
    if !table.has_totals() {
        return;
    }
    let cells: Vec<Cell> = table
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| match table.total(index) {
            Some(total) => grid.cell(
                flow.faces,
                Weight::SemiBold,
                index,
                &column.kind,
                &total,
                zone,
            ),
            None => {
                let label = if index == 0 { "Total" } else { "" };
                let line = flow
                    .faces
                    .fitted(Weight::SemiBold, label, grid.size, grid.room(index));
                Cell {
                    lines: vec![line],
                    right: false,
                    colour: INK,
                }
            }
        })
        .collect();
    draw_row(flow, table, grid, cells);
    let top = flow.y;
    flow.mark(Mark::Stroke {
        points: vec![(MARGIN, top), (MARGIN + flow.width(), top)],
        width: 1.0,
        dash: &[],
        colour: RULE,
    });
}
