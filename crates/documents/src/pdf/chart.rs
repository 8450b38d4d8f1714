//! Line and bar charts, drawn as vectors.

use super::canvas::{Flow, Mark};
use super::font::{Line, Weight};
use super::scale::Scale;
use super::style::{BODY, Colour, FAINT_RULE, INK, MARGIN, MUTED, RULE, SMALL};
use crate::{Chart, ChartKind, PALETTE, text};

const PLOT_HEIGHT: f32 = 118.0;
const HEAD: f32 = 40.0;
/// Below the axis, with labels of one line.
const FOOT: f32 = 18.0;
const TICK_GAP: f32 = 8.0;

/// Lines differ in their dashes too, for prints without colour.
const DASHES: [&[f32]; 6] = [
    &[],
    &[5.0, 3.0],
    &[1.5, 2.5],
    &[8.0, 3.0, 1.5, 3.0],
    &[3.0, 2.0],
    &[],
];

/// The rectangle in which values are drawn.
struct Plot {
    left: f32,
    top: f32,
    width: f32,
    slot: f32,
    scale: Scale,
    /// Below the axis: the labels.
    foot: f32,
}

impl Plot {
    fn y(&self, value: f64) -> f32 {
        self.top + PLOT_HEIGHT * (1.0 - self.scale.position(value))
    }

    /// The middle of a label's share of the axis.
    fn x(&self, index: usize) -> f32 {
        self.left + self.slot * (index as f32 + 0.5)
    }
}

pub(super) fn draw(flow: &mut Flow<'_>, chart: &Chart) {
    flow.need(HEAD + PLOT_HEIGHT + FOOT + 24.0);
    head(flow, chart);
    let plot = axes(flow, chart);
    match chart.kind {
        ChartKind::Line => lines(flow, chart, &plot),
        ChartKind::Bar => bars(flow, chart, &plot),
    }
    flow.y = plot.top + PLOT_HEIGHT + plot.foot;
    if chart
        .series
        .iter()
        .any(|series| series.values.contains(&None))
    {
        let caption = flow
            .faces
            .line(Weight::Regular, "A gap stands where a value is not known.");
        flow.left(caption, MARGIN, flow.y + SMALL, SMALL, MUTED);
        flow.y += SMALL + 2.0;
    }
    flow.y += 14.0;
}

/// The title with the unit, and the legend below.
fn head(flow: &mut Flow<'_>, chart: &Chart) {
    let (faces, width) = (flow.faces, flow.width());
    let unit = text::clean(&chart.unit);
    let unit = faces.fitted(Weight::Regular, &unit, BODY, width * 0.2);
    let title = text::clean(&chart.title);
    let title = faces.fitted(Weight::SemiBold, &title, 10.5, width * 0.78);
    let end = MARGIN + title.width(10.5) + 6.0;
    flow.left(title, MARGIN, flow.y + 10.5, 10.5, INK);
    flow.left(unit, end, flow.y + 10.5, BODY, MUTED);
    flow.y += 20.0;
    if chart.series.len() > 1 {
        legend(flow, chart);
    }
    flow.y += 6.0;
}

fn legend(flow: &mut Flow<'_>, chart: &Chart) {
    const KEY: f32 = 14.0;
    let room = flow.width() / chart.series.len() as f32 - KEY - 18.0;
    let (mut x, y) = (MARGIN, flow.y + 4.0);
    for (index, series) in chart.series.iter().enumerate() {
        let colour = PALETTE[index % PALETTE.len()];
        match chart.kind {
            ChartKind::Line => flow.mark(Mark::Stroke {
                points: vec![(x, y), (x + KEY, y)],
                width: 1.6,
                dash: DASHES[index % DASHES.len()],
                colour,
            }),
            ChartKind::Bar => {
                flow.mark(Mark::Area {
                    x: x + 4.0,
                    y: y - 3.5,
                    width: 7.0,
                    height: 7.0,
                    colour,
                });
            }
        }
        let name = flow
            .faces
            .fitted(Weight::Regular, &text::clean(&series.name), 8.0, room);
        let width = name.width(8.0);
        flow.left(name, x + KEY + 4.0, y + 3.0, 8.0, INK);
        x += KEY + width + 20.0;
    }
    flow.y += 10.0;
}

fn axes(flow: &mut Flow<'_>, chart: &Chart) -> Plot {
    let values = chart
        .series
        .iter()
        .flat_map(|series| series.values.iter().flatten().copied());
    let scale = Scale::new(values, chart.kind == ChartKind::Bar);
    let ticks: Vec<(f64, Line)> = scale
        .ticks
        .iter()
        .map(|tick| (*tick, flow.faces.line(Weight::Regular, &scale.label(*tick))))
        .collect();
    let widest = ticks
        .iter()
        .map(|(_, line)| line.width(SMALL))
        .fold(0.0, f32::max);
    let left = MARGIN + widest + TICK_GAP;
    let width = flow.width() - widest - TICK_GAP;
    let slot = width / chart.labels.len() as f32;
    let mut plot = Plot {
        left,
        top: flow.y + 4.0,
        width,
        slot,
        scale,
        foot: FOOT,
    };
    for (tick, label) in ticks {
        let y = plot.y(tick);
        let base = tick == 0.0 || tick == plot.scale.low;
        flow.mark(Mark::Stroke {
            points: vec![(left, y), (left + width, y)],
            width: if base { 0.9 } else { 0.6 },
            dash: &[],
            colour: if base { RULE } else { FAINT_RULE },
        });
        flow.right(label, left - TICK_GAP, y + SMALL * 0.36, SMALL, MUTED);
    }
    let rows = labels(flow, chart, &plot);
    plot.foot += rows.saturating_sub(1) as f32 * (SMALL + 2.0);
    plot
}

/// Below the axis: all of them in up to two lines if that leaves them readable, else every second,
/// third … in one. Tells how many lines they take.
fn labels(flow: &mut Flow<'_>, chart: &Chart, plot: &Plot) -> usize {
    const GAP: f32 = 5.0;
    let faces = flow.faces;
    let texts: Vec<String> = chart
        .labels
        .iter()
        .map(|label| text::clean(label))
        .collect();
    let widest = texts
        .iter()
        .map(|label| {
            faces
                .fitted(Weight::Regular, label, SMALL, 90.0)
                .width(SMALL)
        })
        .fold(0.0, f32::max);
    let all = plot.slot >= widest + GAP || plot.slot >= 44.0;
    let every = if all {
        1
    } else {
        ((widest + GAP) / plot.slot).ceil().max(1.0) as usize
    };
    let room = (plot.slot * every as f32 - GAP).min(plot.width);
    let mut rows = 1;
    for (index, label) in texts.iter().enumerate().step_by(every) {
        let lines = faces.wrapped(Weight::Regular, label, SMALL, room, if all { 2 } else { 1 });
        rows = rows.max(lines.len());
        for (row, line) in lines.into_iter().enumerate() {
            let half = line.width(SMALL) / 2.0;
            let low = plot.left - TICK_GAP;
            let x = (plot.x(index) - half)
                .min(plot.left + plot.width - 2.0 * half)
                .max(low);
            let baseline = plot.top + PLOT_HEIGHT + 12.0 + row as f32 * (SMALL + 2.0);
            flow.left(line, x, baseline, SMALL, MUTED);
        }
    }
    rows
}

fn lines(flow: &mut Flow<'_>, chart: &Chart, plot: &Plot) {
    // The first series is the one that the report is about: it lies on top.
    for (index, series) in chart.series.iter().enumerate().rev() {
        let colour = PALETTE[index % PALETTE.len()];
        let dash = DASHES[index % DASHES.len()];
        let mut run = Vec::new();
        for (place, value) in series.values.iter().enumerate() {
            match value {
                Some(value) => run.push((plot.x(place), plot.y(*value))),
                None => stroke(flow, std::mem::take(&mut run), dash, colour),
            }
        }
        stroke(flow, run, dash, colour);
    }
}

/// A run of known values; one alone would be no line, so it is a dot.
fn stroke(flow: &mut Flow<'_>, points: Vec<(f32, f32)>, dash: &'static [f32], colour: Colour) {
    match *points {
        [] => {}
        [(x, y)] => {
            flow.mark(Mark::Area {
                x: x - 1.5,
                y: y - 1.5,
                width: 3.0,
                height: 3.0,
                colour,
            });
        }
        _ => flow.mark(Mark::Stroke {
            points,
            width: 1.6,
            dash,
            colour,
        }),
    }
}

fn bars(flow: &mut Flow<'_>, chart: &Chart, plot: &Plot) {
    let count = chart.series.len() as f32;
    let group = (plot.slot * 0.68).min(count * 34.0);
    let width = group / count;
    let gap = if width > 6.0 { 1.5 } else { 0.0 };
    let zero = plot.y(0.0);
    for (index, series) in chart.series.iter().enumerate() {
        for (place, value) in series.values.iter().enumerate() {
            let Some(value) = value else { continue };
            let y = plot.y(*value);
            flow.mark(Mark::Area {
                x: plot.x(place) - group / 2.0 + index as f32 * width + gap / 2.0,
                y: y.min(zero),
                width: width - gap,
                height: (zero - y).abs().max(0.4),
                colour: PALETTE[index % PALETTE.len()],
            });
        }
    }
}
