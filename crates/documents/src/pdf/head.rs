//! The first page's title and figures, and what every page carries above and below.

use super::canvas::{Flow, Mark, Page};
use super::font::{Faces, Weight};
use super::style::{ACCENT, BODY, BOTTOM, FAINT_RULE, INK, MARGIN, MUTED, RULE, SMALL, TITLE};
use crate::{Figure, Report, Value, text};

pub(super) fn title(flow: &mut Flow<'_>, report: &Report) {
    let width = flow.width();
    flow.mark(Mark::Area {
        x: MARGIN,
        y: flow.y,
        width: 36.0,
        height: 3.0,
        colour: ACCENT,
    });
    flow.y += 14.0;
    let company = text::clean(&report.company);
    let company = flow.faces.fitted(Weight::SemiBold, &company, BODY, width);
    flow.left(company, MARGIN, flow.y + BODY, BODY, ACCENT);
    flow.y += BODY + 8.0;
    let lines = flow.faces.wrapped(
        Weight::SemiBold,
        &text::clean(&report.title),
        TITLE,
        width,
        2,
    );
    for line in lines {
        flow.left(line, MARGIN, flow.y + TITLE * 0.9, TITLE, INK);
        flow.y += TITLE * 1.2;
    }
    let mut below = text::clean(&report.period);
    if let Some(subtitle) = &report.subtitle {
        below = format!("{below}  ·  {}", text::clean(subtitle));
    }
    flow.y += 3.0;
    for line in flow.faces.wrapped(Weight::Regular, &below, 10.5, width, 2) {
        flow.left(line, MARGIN, flow.y + 10.5, 10.5, INK);
        flow.y += 15.0;
    }
    let as_of = format!(
        "Figures as of {}",
        text::instant_with_zone(report.as_of, report.zone)
    );
    let as_of = flow.faces.fitted(Weight::Regular, &as_of, BODY, width);
    flow.left(as_of, MARGIN, flow.y + BODY, BODY, MUTED);
    flow.y += BODY + 18.0;
}

/// Four a line; each with its label, its value and its note.
pub(super) fn figures(flow: &mut Flow<'_>, report: &Report) {
    const A_LINE: usize = 4;
    const GAP: f32 = 14.0;
    const HEIGHT: f32 = 58.0;
    let width = (flow.width() - GAP * 3.0) / 4.0;
    for line in report.summary.chunks(A_LINE) {
        flow.need(HEIGHT);
        for (index, shown) in line.iter().enumerate() {
            let x = MARGIN + index as f32 * (width + GAP);
            figure(flow, report, shown, x, width);
        }
        flow.y += HEIGHT;
    }
    flow.y += 8.0;
}

fn figure(flow: &mut Flow<'_>, report: &Report, figure: &Figure, x: f32, width: f32) {
    const VALUE: f32 = 15.0;
    let (faces, top) = (flow.faces, flow.y);
    flow.mark(Mark::Stroke {
        points: vec![(x, top), (x + width, top)],
        width: 0.8,
        dash: &[],
        colour: RULE,
    });
    let label = faces.fitted(Weight::Regular, &text::clean(&figure.label), BODY, width);
    flow.left(label, x, top + 14.0, BODY, MUTED);
    let shown = text::figure(&figure.kind, &figure.value, report.zone);
    let colour = if figure.value == Value::Unknown {
        MUTED
    } else {
        INK
    };
    // Numbers are never cut: a number that is too long is set smaller.
    let (line, size) = if matches!(figure.value, Value::Text(_)) {
        (faces.fitted(Weight::SemiBold, &shown, VALUE, width), VALUE)
    } else {
        let line = faces.line(Weight::SemiBold, &shown);
        let size = VALUE.min(VALUE * width / line.width(VALUE).max(1.0));
        (line, size)
    };
    flow.left(line, x, top + 32.0, size, colour);
    if let Some(note) = &figure.note {
        let note = faces.fitted(Weight::Regular, &text::clean(note), SMALL, width);
        flow.left(note, x, top + 44.0, SMALL, MUTED);
    }
}

/// The running head of every page but the first, and the footer of all.
pub(super) fn furnish(pages: &mut [Page], report: &Report, faces: &Faces<'_>) {
    let count = pages.len();
    let made = text::instant_with_zone(report.generated_at, report.zone);
    let company = text::clean(&report.company);
    let running = format!(
        "{}  ·  {}",
        text::clean(&report.title),
        text::clean(&report.period)
    );
    for (index, page) in pages.iter_mut().enumerate() {
        let (left, right) = (MARGIN, page.width - MARGIN);
        let half = (right - left) / 2.0 - 10.0;
        let mut put = |content: &str, at_right: bool, baseline: f32| {
            let line = faces.fitted(Weight::Regular, content, SMALL, half);
            let x = if at_right {
                right - line.width(SMALL)
            } else {
                left
            };
            page.marks.push(Mark::Text {
                x,
                baseline,
                size: SMALL,
                colour: MUTED,
                line,
            });
        };
        if index > 0 {
            put(&running, false, 36.0);
            put(&company, true, 36.0);
        }
        let foot = page.height - BOTTOM + 28.0;
        put(&format!("Made {made}"), false, foot);
        put(&format!("Page {} of {count}", index + 1), true, foot);
        let mut rule = |y: f32| {
            let points = vec![(left, y), (right, y)];
            page.marks.push(Mark::Stroke {
                points,
                width: 0.6,
                dash: &[],
                colour: FAINT_RULE,
            });
        };
        rule(foot - 14.0);
        if index > 0 {
            rule(44.0);
        }
    }
}
