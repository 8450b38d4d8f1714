//! The embedded typeface: which characters it has, how wide a text is, where a text breaks.
//!
//! Inter carries Latin, Greek and Cyrillic. What it lacks (emoji, Arabic, Hebrew, Chinese …) is
//! shown as □, one a grapheme; the page that has one says so at the end of the report.

use std::cell::Cell;

use harfrust::{
    Direction, Feature, FontRef, ShapeOptions, ShapePlan, Shaper, ShaperData, Tag, UnicodeBuffer,
    script,
};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::MetadataProvider as _;
use skrifa::charmap::Charmap;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::DocumentError;

const REGULAR: &[u8] = include_bytes!("../../assets/inter/Inter-Regular.otf");
const SEMI_BOLD: &[u8] = include_bytes!("../../assets/inter/Inter-SemiBold.otf");

/// Shown for what the typeface lacks.
pub(super) const MISSING: char = '□';
const ELLIPSIS: &str = "…";
/// Graphemes of a text that is cut to one or a few lines; nothing longer would fit.
const LONGEST_CUT: usize = 600;

/// Digits of one width, so that columns of numbers align; and no contextual alternates, which turn
/// "->" into an arrow and "2x4" into "2×4": texts stay as they are.
const FEATURES: [Feature; 2] = [feature(b"tnum", 1), feature(b"calt", 0)];

const fn feature(tag: &[u8; 4], value: u32) -> Feature {
    Feature {
        tag: Tag::new(tag),
        value,
        start: 0,
        end: u32::MAX,
    }
}

/// Which of the two weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

/// What must outlive [`Faces`].
pub(super) struct Sources {
    regular: Source,
    semi_bold: Source,
}

struct Source {
    reference: FontRef<'static>,
    shaping: ShaperData,
    font: Font,
}

impl Source {
    fn load(data: &'static [u8]) -> Result<Self, DocumentError> {
        let broken = || DocumentError::Pdf("the embedded font cannot be read".to_owned());
        let reference = FontRef::new(data).map_err(|_| broken())?;
        let shaping = ShaperData::new(&reference);
        let font = Font::new(data.into(), 0).ok_or_else(broken)?;
        Ok(Self {
            reference,
            shaping,
            font,
        })
    }
}

impl Sources {
    pub(super) fn load() -> Result<Self, DocumentError> {
        Ok(Self {
            regular: Source::load(REGULAR)?,
            semi_bold: Source::load(SEMI_BOLD)?,
        })
    }
}

/// The typeface in both weights, ready to shape.
pub(super) struct Faces<'a> {
    regular: Face<'a>,
    semi_bold: Face<'a>,
    missed: Cell<bool>,
}

struct Face<'a> {
    font: Font,
    shaper: Shaper<'a>,
    plan: ShapePlan,
    charmap: Charmap<'static>,
}

impl<'a> Face<'a> {
    fn new(source: &'a Source) -> Self {
        let shaper = source.shaping.shaper(&source.reference).build();
        // One plan for all three scripts: the features used are the same in each.
        let script = Some(script::LATIN);
        let plan = ShapePlan::new(&shaper, Direction::LeftToRight, script, None, &FEATURES);
        Self {
            font: source.font.clone(),
            shaper,
            plan,
            charmap: source.reference.charmap(),
        }
    }
}

/// A shaped text of one line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) weight: Weight,
    pub(super) text: String,
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// At size 1.
    ems: f32,
}

impl Line {
    pub(super) fn width(&self, size: f32) -> f32 {
        self.ems * size
    }
}

impl<'a> Faces<'a> {
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self {
            regular: Face::new(&sources.regular),
            semi_bold: Face::new(&sources.semi_bold),
            missed: Cell::new(false),
        }
    }

    /// Whether a shaped text held characters that the typeface lacks.
    pub(super) fn missed(&self) -> bool {
        self.missed.get()
    }

    pub(super) fn font(&self, weight: Weight) -> Font {
        self.face(weight).font.clone()
    }

    const fn face(&self, weight: Weight) -> &Face<'a> {
        match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semi_bold,
        }
    }

    /// The whole text in one line. The text has been cleaned (`text::clean`).
    pub(super) fn line(&self, weight: Weight, text: &str) -> Line {
        self.shape(weight, self.showable(text))
    }

    /// As much of the text as fits the width, with "…" where it is cut.
    pub(super) fn fitted(&self, weight: Weight, text: &str, size: f32, width: f32) -> Line {
        self.wrapped(weight, text, size, width, 1)
            .pop()
            .unwrap_or_else(|| self.line(weight, ""))
    }

    /// The text in at most `lines` lines, at least one; the last one is cut with "…".
    pub(super) fn wrapped(
        &self,
        weight: Weight,
        text: &str,
        size: f32,
        width: f32,
        lines: usize,
    ) -> Vec<Line> {
        let cut = text
            .grapheme_indices(true)
            .nth(LONGEST_CUT.saturating_mul(lines.min(100)));
        let text = self.showable(cut.map_or(text, |(end, _)| &text[..end]));
        let whole = self.shape(weight, text);
        let room = width / size + 0.001;
        if whole.ems <= room {
            return vec![whole];
        }
        let mut broken = Vec::new();
        let mut start = 0;
        while start < whole.text.len() {
            let last = broken.len() + 1 == lines;
            let (end, next) = whole.break_after(start, room);
            let rest_fits = next >= whole.text.len();
            if last && !(rest_fits && cut.is_none()) {
                let ellipsis = self.shape(weight, ELLIPSIS.to_owned()).ems;
                let (end, _) = whole.cluster_break(start, (room - ellipsis).max(0.0));
                let kept = whole.text[start..end].trim_end();
                broken.push(self.shape(weight, format!("{kept}{ELLIPSIS}")));
                break;
            }
            broken.push(self.shape(weight, whole.text[start..end].trim_end().to_owned()));
            start = next;
        }
        broken
    }

    /// The text with □ for each grapheme that the typeface lacks.
    fn showable(&self, text: &str) -> String {
        let has = |character: char| {
            self.regular
                .charmap
                .map(character)
                .is_some_and(|glyph| glyph.to_u32() != 0)
                && self
                    .semi_bold
                    .charmap
                    .map(character)
                    .is_some_and(|glyph| glyph.to_u32() != 0)
        };
        if text.chars().all(has) {
            return text.to_owned();
        }
        let mut shown = String::with_capacity(text.len());
        for grapheme in text.graphemes(true) {
            if grapheme
                .chars()
                .all(|character| has(character) || is_selector(character))
            {
                shown.extend(
                    grapheme
                        .chars()
                        .filter(|character| !is_selector(*character)),
                );
            } else {
                self.missed.set(true);
                shown.push(MISSING);
            }
        }
        shown
    }

    fn shape(&self, weight: Weight, text: String) -> Line {
        let face = self.face(weight);
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(script::LATIN);
        let options = ShapeOptions::new()
            .plan(Some(&face.plan))
            .features(&FEATURES);
        let shaped = face.shaper.shape(buffer, options);
        let em = face.font.units_per_em();
        let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
        let starts: Vec<usize> = infos.iter().map(|info| info.cluster as usize).collect();
        let mut ems = 0.0;
        let mut glyphs = Vec::with_capacity(infos.len());
        for (index, (info, position)) in infos.iter().zip(positions).enumerate() {
            let start = starts[index];
            let end = starts[index..].iter().copied().find(|next| *next > start);
            let advance = position.x_advance as f32 / em;
            ems += advance;
            glyphs.push(KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                advance,
                position.x_offset as f32 / em,
                position.y_offset as f32 / em,
                position.y_advance as f32 / em,
                start..end.unwrap_or(text.len()),
                None,
            ));
        }
        Line {
            weight,
            text,
            glyphs,
            ems,
        }
    }
}

/// Choosers of a glyph's look: invisible, so nothing is missing without them.
const fn is_selector(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{200b}'..='\u{200d}' | '\u{2060}')
}

impl Line {
    /// From `start`: where a line of `room` ems ends and where the next one begins, at a space
    /// where there is one.
    fn break_after(&self, start: usize, room: f32) -> (usize, usize) {
        let (end, whole) = self.cluster_break(start, room);
        if whole {
            return (end, end);
        }
        let fits = &self.text[start..end];
        if self.text[end..].starts_with(' ') {
            return (end, end + 1);
        }
        match fits.rfind(' ') {
            Some(space) if space > 0 => (start + space, start + space + 1),
            _ => (end, end),
        }
    }

    /// The end of the clusters from `start` that fit in `room` ems (at least one, so that it goes
    /// on), and whether the rest of the text fits.
    fn cluster_break(&self, start: usize, room: f32) -> (usize, bool) {
        let first = self
            .glyphs
            .partition_point(|glyph| glyph.text_range.start < start);
        let (mut used, mut end) = (0.0, start);
        for glyph in &self.glyphs[first..] {
            used += glyph.x_advance;
            if used > room && end > start && glyph.text_range.start >= end {
                return (end, false);
            }
            end = glyph.text_range.end;
        }
        (self.text.len(), true)
    }
}
