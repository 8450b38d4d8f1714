//! Measures (PDF points, 1/72 inch) and colours of the pages, in one place.

/// A colour, red, green, blue.
pub(super) type Colour = [u8; 3];

pub(super) const INK: Colour = [0x1f, 0x29, 0x33];
pub(super) const MUTED: Colour = [0x6b, 0x75, 0x80];
pub(super) const RULE: Colour = [0xd9, 0xde, 0xe3];
pub(super) const FAINT_RULE: Colour = [0xec, 0xef, 0xf2];
pub(super) const ACCENT: Colour = crate::PALETTE[0];

/// ISO 216 A4, upright.
pub(super) const A4: (f32, f32) = (595.28, 841.89);
/// Left and right.
pub(super) const MARGIN: f32 = 42.0;
/// Where a page's content begins, below its running head.
pub(super) const TOP: f32 = 62.0;
/// What the footer takes from below.
pub(super) const BOTTOM: f32 = 54.0;

pub(super) const TITLE: f32 = 22.0;
pub(super) const HEADING: f32 = 12.0;
pub(super) const BODY: f32 = 9.0;
pub(super) const CELL: f32 = 8.0;
pub(super) const SMALL: f32 = 7.5;
