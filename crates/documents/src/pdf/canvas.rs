//! Pages as lists of what is drawn on them, so that "Page 1 of 3" is known before a page is
//! written; and the flow that fills them from top to bottom.

use super::font::{Faces, Line, Weight};
use super::style::{A4, BOTTOM, Colour, MARGIN, TOP};

/// One thing on a page; positions from the upper left corner.
pub(super) enum Mark {
    Text {
        x: f32,
        baseline: f32,
        size: f32,
        colour: Colour,
        line: Line,
    },
    Area {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        colour: Colour,
    },
    Stroke {
        points: Vec<(f32, f32)>,
        width: f32,
        dash: &'static [f32],
        colour: Colour,
    },
}

/// A page.
pub(super) struct Page {
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) marks: Vec<Mark>,
}

impl Page {
    fn new(landscape: bool) -> Self {
        let (width, height) = if landscape { (A4.1, A4.0) } else { A4 };
        Self {
            width,
            height,
            marks: Vec::new(),
        }
    }
}

/// Fills pages from top to bottom.
pub(super) struct Flow<'a> {
    pub(super) faces: &'a Faces<'a>,
    pub(super) y: f32,
    done: Vec<Page>,
    page: Page,
}

impl<'a> Flow<'a> {
    pub(super) fn new(faces: &'a Faces<'a>, top: f32) -> Self {
        Self {
            faces,
            y: top,
            done: Vec::new(),
            page: Page::new(false),
        }
    }

    pub(super) fn into_pages(mut self) -> Vec<Page> {
        self.done.push(self.page);
        self.done
    }

    /// Of the page's content.
    pub(super) fn width(&self) -> f32 {
        self.page.width - 2.0 * MARGIN
    }

    /// Left to the page's content from here on.
    pub(super) fn room(&self) -> f32 {
        self.page.height - BOTTOM - self.y
    }

    pub(super) fn is_landscape(&self) -> bool {
        self.page.width > self.page.height
    }

    pub(super) fn new_page(&mut self, landscape: bool) {
        self.done
            .push(std::mem::replace(&mut self.page, Page::new(landscape)));
        self.y = TOP;
    }

    /// A new page if what comes is higher than what is left.
    pub(super) fn need(&mut self, height: f32) {
        if self.room() < height && self.y > TOP {
            self.new_page(self.is_landscape());
        }
    }

    pub(super) fn mark(&mut self, mark: Mark) {
        self.page.marks.push(mark);
    }

    /// A shaped line, its left end at `x`.
    pub(super) fn left(&mut self, line: Line, x: f32, baseline: f32, size: f32, colour: Colour) {
        self.mark(Mark::Text {
            x,
            baseline,
            size,
            colour,
            line,
        });
    }

    /// A shaped line, its right end at `x`.
    pub(super) fn right(&mut self, line: Line, x: f32, baseline: f32, size: f32, colour: Colour) {
        let x = x - line.width(size);
        self.left(line, x, baseline, size, colour);
    }

    /// A horizontal rule over the content's width.
    pub(super) fn rule(&mut self, y: f32, width: f32, colour: Colour) {
        let points = vec![(MARGIN, y), (self.page.width - MARGIN, y)];
        self.mark(Mark::Stroke {
            points,
            width,
            dash: &[],
            colour,
        });
    }

    /// A paragraph over the content's width, over as many pages as it takes.
    pub(super) fn paragraph(&mut self, weight: Weight, text: &str, size: f32, colour: Colour) {
        let leading = size * 1.45;
        for line in self
            .faces
            .wrapped(weight, text, size, self.width(), usize::MAX)
        {
            self.need(leading);
            self.left(line, MARGIN, self.y + size, size, colour);
            self.y += leading;
        }
    }
}
