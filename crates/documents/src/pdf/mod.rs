//! PDF: pages in A4 to read, print and forward. The layout is ours, the file is krilla's (the
//! writer below Typst): it embeds the glyphs that are used and keeps the text selectable.
//!
//! `font` shapes and breaks texts, `canvas` gathers what stands on the pages, `head`, `chart` and
//! `table` lay out the parts of a report, this file puts them in order and paints them.

mod canvas;
mod chart;
mod font;
mod head;
mod scale;
mod style;
mod table;

use chrono::{Datelike as _, Timelike as _};
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::{Fill, LineCap, LineJoin, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};

use self::canvas::{Flow, Mark, Page};
use self::font::{Faces, MISSING, Sources, Weight};
use self::style::{BODY, Colour, HEADING, INK, MARGIN, MUTED};
use crate::{DocumentError, Report, text};

pub(crate) fn render(report: &Report) -> Result<Vec<u8>, DocumentError> {
    let sources = Sources::load()?;
    let faces = Faces::new(&sources);
    let mut pages = layout(report, &faces);
    head::furnish(&mut pages, report, &faces);
    write(report, &pages, &faces)
}

fn layout(report: &Report, faces: &Faces<'_>) -> Vec<Page> {
    let mut flow = Flow::new(faces, MARGIN);
    head::title(&mut flow, report);
    head::figures(&mut flow, report);
    for chart in &report.charts {
        chart::draw(&mut flow, chart);
    }
    for table in &report.tables {
        table::draw(&mut flow, table, report.zone);
    }
    notes(&mut flow, report);
    flow.into_pages()
}

fn notes(flow: &mut Flow<'_>, report: &Report) {
    let mut notes: Vec<String> = report.notes.iter().map(|note| text::clean(note)).collect();
    if flow.faces.missed() {
        notes.push(format!(
            "{MISSING} stands for a character that the typeface of this PDF lacks; the XLSX and \
             CSV files of this report carry it."
        ));
    }
    if notes.is_empty() {
        return;
    }
    flow.y += 22.0;
    flow.need(HEADING + 30.0);
    let heading = flow.faces.line(Weight::SemiBold, "Notes");
    flow.left(heading, MARGIN, flow.y + HEADING, HEADING, INK);
    flow.y += HEADING + 8.0;
    for note in notes {
        flow.paragraph(Weight::Regular, &note, BODY, MUTED);
        flow.y += 5.0;
    }
}

fn write(report: &Report, pages: &[Page], faces: &Faces<'_>) -> Result<Vec<u8>, DocumentError> {
    let mut document = Document::new_with(SerializeSettings::default());
    document.set_metadata(metadata(report));
    for page in pages {
        let settings = PageSettings::from_wh(page.width, page.height)
            .ok_or_else(|| DocumentError::Pdf("a page without size".to_owned()))?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        for mark in &page.marks {
            paint(&mut surface, mark, faces);
        }
        surface.finish();
        sheet.finish();
    }
    document
        .finish()
        .map_err(|error| DocumentError::Pdf(format!("{error:?}")))
}

fn metadata(report: &Report) -> Metadata {
    let at = report.generated_at;
    // Each field fits: chrono bounds it.
    let byte = |value: u32| u8::try_from(value).unwrap_or_default();
    let created = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(byte(at.month()))
        .day(byte(at.day()))
        .hour(byte(at.hour()))
        .minute(byte(at.minute()))
        .second(byte(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    let subject = format!(
        "{}, {}",
        text::clean(&report.company),
        text::clean(&report.period)
    );
    Metadata::new()
        .title(text::clean(&report.title))
        .description(subject)
        .authors(vec![text::clean(&report.company)])
        .creator(crate::PRODUCER.to_owned())
        .language("en".to_owned())
        .creation_date(created)
}

fn paint(surface: &mut Surface<'_>, mark: &Mark, faces: &Faces<'_>) {
    match mark {
        Mark::Text {
            x,
            baseline,
            size,
            colour,
            line,
        } => {
            fill(surface, *colour);
            surface.draw_glyphs(
                Point::from_xy(*x, *baseline),
                &line.glyphs,
                faces.font(line.weight),
                &line.text,
                *size,
                false,
            );
        }
        Mark::Area {
            x,
            y,
            width,
            height,
            colour,
        } => {
            fill(surface, *colour);
            let mut path = PathBuilder::new();
            if let Some(area) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(area);
            }
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Mark::Stroke {
            points,
            width,
            dash,
            colour,
        } => {
            surface.set_fill(None);
            let dash = (!dash.is_empty()).then(|| StrokeDash {
                array: dash.to_vec(),
                offset: 0.0,
            });
            surface.set_stroke(Some(Stroke {
                paint: rgb::Color::new(colour[0], colour[1], colour[2]).into(),
                width: *width,
                line_cap: if dash.is_none() {
                    LineCap::Round
                } else {
                    LineCap::Butt
                },
                line_join: LineJoin::Round,
                dash,
                ..Stroke::default()
            }));
            let mut path = PathBuilder::new();
            for (index, (x, y)) in points.iter().enumerate() {
                if index == 0 {
                    path.move_to(*x, *y)
                } else {
                    path.line_to(*x, *y)
                }
            }
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

fn fill(surface: &mut Surface<'_>, [red, green, blue]: Colour) {
    surface.set_stroke(None);
    let paint = rgb::Color::new(red, green, blue).into();
    surface.set_fill(Some(Fill {
        paint,
        ..Fill::default()
    }));
}
