//! Turns pixels of digits into one texture that is rewritten in place.

use egui::{
    Color32, ColorImage, Context, Painter, Rect, TextureFilter, TextureHandle, TextureOptions,
    pos2, vec2,
};

use crate::experiment::{IMAGE_SIDE, N_PIXELS};

/// A texture that holds a table of digits.
#[derive(Default)]
pub struct DigitAtlas {
    texture: Option<TextureHandle>,
    shape: AtlasShape,
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

/// Texels for the side of one pixel of a digit drawn `side` physical pixels wide. With whole blocks of at
/// least the size on the screen, pixels stay sharp squares of equal size at any scale; drawn straight from
/// 28×28 texels, some would be a pixel wider than others.
#[must_use]
pub fn magnification(side_px: f32) -> usize {
    /// Enough for a digit 224 pixels wide; larger ones can do with whole texels.
    const MAX: usize = 8;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a small positive number; the cast saturates"
    )]
    let needed = (side_px / IMAGE_SIDE as f32).ceil() as usize;
    needed.clamp(1, MAX)
}

impl DigitAtlas {
    /// Paints all digits: `pixel(row, column, idx)` is the colour of one pixel. Costs about a nanosecond
    /// for each texel.
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
        let side = IMAGE_SIDE * magnify;
        let width = columns * side;
        let mut texels = Vec::with_capacity(width * rows * side);
        for row in 0..rows {
            for first in (0..N_PIXELS).step_by(IMAGE_SIDE) {
                let line_start = texels.len();
                for column in 0..columns {
                    for idx in first..first + IMAGE_SIDE {
                        let color = pixel(row, column, idx);
                        texels.extend(std::iter::repeat_n(color, magnify));
                    }
                }
                for _ in 1..magnify {
                    texels.extend_from_within(line_start..line_start + width);
                }
            }
        }
        let image = ColorImage::new([width, rows * side], texels);
        let options = TextureOptions {
            magnification: TextureFilter::Nearest,
            ..TextureOptions::LINEAR
        };
        match &mut self.texture {
            Some(texture) => texture.set(image, options),
            None => self.texture = Some(ctx.load_texture(name, image, options)),
        }
        self.shape = shape;
    }

    /// Draws one digit of the table into a square.
    #[expect(clippy::cast_precision_loss, reason = "a table of a few digits")]
    pub fn paint(&self, painter: &Painter, rect: Rect, row: usize, column: usize) {
        let AtlasShape {
            columns,
            rows,
            magnify,
        } = self.shape;
        let Some(texture) = self
            .texture
            .as_ref()
            .filter(|_| row < rows && column < columns)
        else {
            return;
        };
        let cell = vec2(1.0 / columns as f32, 1.0 / rows as f32);
        let min = pos2(column as f32 * cell.x, row as f32 * cell.y);
        // Half a texel inwards: linear filtering must not reach into the neighbour.
        let inset = cell * (0.5 / (IMAGE_SIDE * magnify) as f32);
        let uv = Rect::from_min_size(min + inset, cell - 2.0 * inset);
        painter.image(texture.id(), rect, uv, Color32::WHITE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texels_are_at_least_as_fine_as_the_screen() {
        assert_eq!(
            [10.0, 28.0, 28.1, 56.0, 60.0, 9e9].map(magnification),
            [1, 1, 2, 2, 3, 8]
        );
    }
}
