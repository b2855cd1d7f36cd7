//! Digits as one texture that is rewritten in place: a [`TileAtlas`] of pictures of 28×28.

use egui::{Color32, Context, Painter, Rect};

use super::tile_atlas::{self, TileAtlas, TileShape};
use hourglass_experiment::IMAGE_SIDE;

/// A texture that holds a table of digits.
#[derive(Default)]
pub struct DigitAtlas {
    tiles: TileAtlas,
}

/// Size of the table and of its pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AtlasShape {
    /// Digits side by side.
    pub columns: usize,
    /// Digits on top of each other.
    pub rows: usize,
    /// Texels for the side of one pixel, from [`magnification`].
    pub magnify: usize,
}

/// Texels for the side of one pixel of a digit drawn `side` physical pixels wide.
#[must_use]
pub fn magnification(side_px: f32) -> usize {
    tile_atlas::magnification(side_px, IMAGE_SIDE)
}

impl DigitAtlas {
    /// Paints all digits: `pixel(row, column, idx)` is the colour of one pixel.
    pub fn write(
        &mut self,
        ctx: &Context,
        name: &str,
        shape: AtlasShape,
        pixel: impl Fn(usize, usize, usize) -> Color32,
    ) {
        let AtlasShape {
            columns,
            rows,
            magnify,
        } = shape;
        let shape = TileShape {
            columns,
            rows,
            side: IMAGE_SIDE,
            magnify,
        };
        self.tiles.write(ctx, name, shape, pixel);
    }

    /// Draws one digit of the table into a square.
    pub fn paint(&self, painter: &Painter, rect: Rect, row: usize, column: usize) {
        self.tiles.paint(painter, rect, row, column);
    }
}
