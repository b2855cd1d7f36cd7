//! The shapes of the ten classes as one small texture, so that a cloud of points is one mesh of triangles.

use egui::{Color32, ColorImage, Context, Rect, TextureHandle, TextureId, TextureOptions, pos2};

use hourglass_figure::marks::corners;
use hourglass_figure::palette::{N_MARKS, class_shape, shape_idx};

/// A texture with the ten shapes side by side, white, to be tinted. To the right of each shape and below there is
/// nothing, as wide and as high as the shape: a triangle that holds it holds that too.
#[derive(Default)]
pub struct MarkerAtlas {
    texture: Option<TextureHandle>,
    /// Side of a shape with its margin, in texels.
    side: usize,
}

impl MarkerAtlas {
    /// Draws the shapes for markers of `radius_px` physical pixels, unless they are drawn already.
    pub fn prepare(&mut self, ctx: &Context, name: &str, radius_px: f32) -> TextureId {
        /// Beyond this, shapes are scaled up.
        const MAX_RADIUS: f32 = 32.0;
        // An even number of texels, a texel of margin on each side.
        let side = 2 * (radius_px.clamp(1.0, MAX_RADIUS).ceil() as usize + 1);
        match &mut self.texture {
            Some(texture) if self.side == side => texture.id(),
            texture => {
                let image = shapes(side);
                self.side = side;
                let handle = ctx.load_texture(name, image, TextureOptions::LINEAR);
                texture.insert(handle).id()
            }
        }
    }

    /// Where in the texture the shape of a class is.
    #[must_use]
    pub fn uv(class: u8) -> Rect {
        let cell = 1.0 / f32::from(N_MARKS);
        let left = f32::from(shape_idx(class)) * cell;
        Rect::from_min_max(pos2(left, 0.0), pos2(left + 0.5 * cell, 0.5))
    }

    /// Half the side of the square that holds a shape of `radius` with its margin, in the same unit.
    #[must_use]
    pub fn half_side(&self, radius: f32) -> f32 {
        let side = self.side.max(4) as f32;
        radius * side / (side - 2.0)
    }
}

/// Coverage of all shapes, `[2 · side, 10 · 2 · side]` texels, each the mean of 4×4 samples.
fn shapes(side: usize) -> ColorImage {
    const SAMPLES: u8 = 4;
    let outlines: Vec<Vec<[f32; 2]>> = (0..N_MARKS)
        .map(|class| corners(class_shape(class)))
        .collect();
    let [width, height] = [2 * side * usize::from(N_MARKS), 2 * side];
    let mut texels = Vec::with_capacity(width * height);
    let [half, radius] = [side as f32 / 2.0, side as f32 / 2.0 - 1.0];
    for row in 0..side {
        for outline in &outlines {
            for column in 0..side {
                let mut n_inside = 0_u8;
                for sample in 0..SAMPLES * SAMPLES {
                    let at = [(column, sample % SAMPLES), (row, sample / SAMPLES)].map(
                        |(texel, part)| {
                            let offset = (f32::from(part) + 0.5) / f32::from(SAMPLES);
                            (texel as f32 + offset - half) / radius
                        },
                    );
                    n_inside += u8::from(contains(outline, [at[0], -at[1]]));
                }
                let coverage = f32::from(n_inside) / f32::from(SAMPLES * SAMPLES);
                texels.push(Color32::WHITE.gamma_multiply(coverage));
            }
            texels.extend(std::iter::repeat_n(Color32::TRANSPARENT, side));
        }
    }
    texels.resize(width * height, Color32::TRANSPARENT);
    ColorImage::new([width, height], texels)
}

/// Whether a point lies within a polygon: a ray from it crosses the outline an odd number of times.
#[must_use]
pub fn contains(corners: &[[f32; 2]], [x, y]: [f32; 2]) -> bool {
    let mut inside = false;
    let mut before = corners[corners.len() - 1];
    for &corner in corners {
        let crosses = (corner[1] > y) != (before[1] > y);
        if crosses {
            let share = (y - corner[1]) / (before[1] - corner[1]);
            inside ^= x < corner[0] + share * (before[0] - corner[0]);
        }
        before = corner;
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_figure::palette::ClassShape;

    #[test]
    fn shapes_have_about_equal_areas_and_stay_in_their_cells() {
        let side = 34;
        let image = shapes(side);
        for class in 0..usize::from(N_MARKS) {
            let alpha = |row: usize, column: usize| {
                let place = row * image.width() + 2 * class * side + column;
                f32::from(image.pixels[place].a()) / 255.0
            };
            let area: f32 = (0..side * side)
                .map(|idx| alpha(idx / side, idx % side))
                .sum();
            let share = area / (16.0 * 16.0 * std::f32::consts::PI);
            assert!((0.35..0.85).contains(&share), "class {class}: {share}");
            let edge: f32 = (0..side)
                .map(|idx| alpha(idx, 0) + alpha(idx, side - 1))
                .sum();
            assert!(
                edge < 4.0,
                "class {class} reaches the edge of its cell: {edge}"
            );
        }
    }

    #[test]
    fn the_plus_is_a_plus() {
        let plus = corners(ClassShape::Plus);
        assert!(
            contains(&plus, [0.9, 0.0])
                && contains(&plus, [0.0, -0.9])
                && contains(&plus, [0.0, 0.0])
        );
        assert!(!contains(&plus, [0.7, 0.7]) && !contains(&plus, [-0.7, 0.7]));
    }
}
