//! Turns small pictures of one shape into one texture that is rewritten in place.

use egui::{
    Color32, ColorImage, Context, Painter, Rect, TextureFilter, TextureHandle, TextureOptions,
    pos2, vec2,
};

use hourglass_experiment::ImageShape;

/// A texture that holds a table of pictures of equal size.
#[derive(Default)]
pub struct TileAtlas {
    texture: Option<TextureHandle>,
    shape: TileShape,
}

/// Size of the table, of its pictures and of their pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TileShape {
    /// Pictures side by side.
    pub columns: usize,
    /// Pictures on top of each other.
    pub rows: usize,
    /// Pixels of a picture.
    pub picture: ImageShape,
    /// Texels for the side of one pixel, from [`magnification`].
    pub magnify: usize,
}

/// Texels for the side of one pixel of a picture whose longer side is drawn `side_px` physical pixels wide. With
/// whole blocks of at least the size on the screen, pixels stay sharp squares of equal size at any scale; drawn
/// straight from single texels, some would be a pixel wider than others.
#[must_use]
pub fn magnification(side_px: f32, picture: ImageShape) -> usize {
    /// Enough for a digit 224 pixels wide; larger ones can do with whole texels.
    const MAX: usize = 8;
    let needed = (side_px / picture.height.max(picture.width).max(1) as f32).ceil() as usize;
    needed.clamp(1, MAX)
}

impl TileAtlas {
    /// Paints all pictures: `pixel(row, column, idx)` is the colour of one pixel. Costs about a nanosecond for
    /// each texel.
    pub fn write(
        &mut self,
        ctx: &Context,
        name: &str,
        shape: TileShape,
        pixel: impl Fn(usize, usize, usize) -> Color32,
    ) {
        let TileShape {
            columns,
            rows,
            picture:
                ImageShape {
                    height: high,
                    width: wide,
                    ..
                },
            magnify,
        } = shape;
        let width = columns * wide * magnify;
        let height = rows * high * magnify;
        let mut texels = Vec::with_capacity(width * height);
        for row in 0..rows {
            for first in (0..high * wide).step_by(wide.max(1)) {
                let line_start = texels.len();
                for column in 0..columns {
                    for idx in first..first + wide {
                        let color = pixel(row, column, idx);
                        texels.extend(std::iter::repeat_n(color, magnify));
                    }
                }
                for _ in 1..magnify {
                    texels.extend_from_within(line_start..line_start + width);
                }
            }
        }
        let image = ColorImage::new([width, height], texels);
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

    /// Draws one picture of the table into the middle of a square.
    pub fn paint(&self, painter: &Painter, rect: Rect, row: usize, column: usize) {
        let TileShape {
            columns,
            rows,
            picture,
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
        let texels = [picture.width, picture.height].map(|side| (side * magnify) as f32);
        let inset = cell * vec2(0.5 / texels[0], 0.5 / texels[1]);
        let uv = Rect::from_min_size(min + inset, cell - 2.0 * inset);
        painter.image(texture.id(), holding(rect, picture), uv, Color32::WHITE);
    }
}

/// The largest part in the middle of a square that has a picture's proportions.
#[must_use]
pub fn holding(square: Rect, picture: ImageShape) -> Rect {
    let [high, wide] = picture.proportions();
    let free = square.size() * (vec2(1.0, 1.0) - vec2(wide, high));
    square.shrink2(free / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texels_are_at_least_as_fine_as_the_screen() {
        assert_eq!(
            [10.0, 28.0, 28.1, 56.0, 60.0, 9e9]
                .map(|side_px| magnification(side_px, ImageShape::MNIST)),
            [1, 1, 2, 2, 3, 8]
        );
        assert_eq!(magnification(24.0, ImageShape::gray(3, 3)), 8);
    }

    #[test]
    fn an_oblong_picture_keeps_its_proportions_in_a_square() {
        let square = Rect::from_min_size(pos2(10.0, 20.0), vec2(40.0, 40.0));
        let held = holding(square, ImageShape::gray(12, 20));
        assert_eq!(held.size(), vec2(40.0, 24.0));
        assert_eq!(held.center(), square.center());
        assert_eq!(holding(square, ImageShape::MNIST), square);
    }
}
