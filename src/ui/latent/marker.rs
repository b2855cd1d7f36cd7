//! The shapes of the ten classes as one small texture, so that a cloud of points is one mesh of squares.

use egui::{Color32, ColorImage, Context, Rect, TextureHandle, TextureId, TextureOptions, pos2};

use crate::experiment::N_CLASSES;
use crate::ui::theme::{ClassShape, class_shape};

/// A texture with the ten shapes side by side, white, to be tinted.
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
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small positive number"
        )]
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
    #[expect(clippy::cast_precision_loss, reason = "ten")]
    pub fn uv(class: u8) -> Rect {
        let width = 1.0 / N_CLASSES as f32;
        let left = f32::from(class.min(9)) * width;
        Rect::from_min_max(pos2(left, 0.0), pos2(left + width, 1.0))
    }

    /// Half the side of the square that holds a shape of `radius` with its margin, in the same unit.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a few texels")]
    pub fn half_side(&self, radius: f32) -> f32 {
        let side = self.side.max(4) as f32;
        radius * side / (side - 2.0)
    }
}

/// Coverage of all shapes, `[side, 10 · side]` texels, each the mean of 4×4 samples.
fn shapes(side: usize) -> ColorImage {
    const SAMPLES: u8 = 4;
    let outlines: Vec<Vec<[f32; 2]>> = (0_u8..)
        .take(N_CLASSES)
        .map(|class| outline(class_shape(class)))
        .collect();
    let mut texels = Vec::with_capacity(side * side * N_CLASSES);
    #[expect(clippy::cast_precision_loss, reason = "a few texels")]
    let [half, radius] = [side as f32 / 2.0, side as f32 / 2.0 - 1.0];
    for row in 0..side {
        for outline in &outlines {
            for column in 0..side {
                let mut n_inside = 0_u8;
                for sample in 0..SAMPLES * SAMPLES {
                    #[expect(clippy::cast_precision_loss, reason = "a few texels")]
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
        }
    }
    ColorImage::new([side * N_CLASSES, side], texels)
}

/// Corners of a shape within a circle of radius one, y upwards, of about equal areas.
fn outline(shape: ClassShape) -> Vec<[f32; 2]> {
    const UP: f32 = 90.0;
    match shape {
        ClassShape::Circle => polygon(24, 0.0, &[0.86]),
        ClassShape::Square => polygon(4, 45.0, &[1.05]),
        ClassShape::Diamond => polygon(4, 0.0, &[1.05]),
        ClassShape::TriangleUp => polygon(3, UP, &[1.12]),
        ClassShape::TriangleDown => polygon(3, UP + 180.0, &[1.12]),
        ClassShape::TriangleLeft => polygon(3, 180.0, &[1.12]),
        ClassShape::Star => polygon(10, UP, &[1.12, 0.5]),
        ClassShape::Hexagon => polygon(6, UP, &[0.96]),
        ClassShape::Plus => plus(0.0),
        ClassShape::Cross => plus(45.0),
    }
}

/// Corners at equal angles from `first_degrees` on, at the given radii in turn.
#[expect(clippy::cast_precision_loss, reason = "a few corners")]
fn polygon(n: usize, first_degrees: f32, radii: &[f32]) -> Vec<[f32; 2]> {
    let corners = (0..n).map(|idx| {
        let angle = (first_degrees + 360.0 * idx as f32 / n as f32).to_radians();
        let radius = radii[idx % radii.len()];
        [radius * angle.cos(), radius * angle.sin()]
    });
    corners.collect()
}

fn plus(turned_degrees: f32) -> Vec<[f32; 2]> {
    const ARM: f32 = 1.0;
    const HALF: f32 = 0.36;
    let (sin, cos) = turned_degrees.to_radians().sin_cos();
    let quarter = [[ARM, -HALF], [ARM, HALF], [HALF, HALF]];
    let mut corners = Vec::with_capacity(12);
    let mut turn = [[1.0, 0.0], [0.0, 1.0]];
    for _ in 0..4 {
        for [x, y] in quarter {
            let [px, py] = [
                turn[0][0] * x + turn[0][1] * y,
                turn[1][0] * x + turn[1][1] * y,
            ];
            corners.push([cos * px - sin * py, sin * px + cos * py]);
        }
        // A quarter turn further: (x, y) → (−y, x).
        turn = [[-turn[1][0], -turn[1][1]], [turn[0][0], turn[0][1]]];
    }
    corners
}

/// Whether a point lies within a polygon: a ray from it crosses the outline an odd number of times.
fn contains(corners: &[[f32; 2]], [x, y]: [f32; 2]) -> bool {
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

    #[test]
    fn shapes_have_about_equal_areas_and_stay_in_their_cells() {
        let side = 34;
        let image = shapes(side);
        for class in 0..N_CLASSES {
            let alpha = |row: usize, column: usize| {
                f32::from(image.pixels[row * side * N_CLASSES + class * side + column].a()) / 255.0
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
        let plus = plus(0.0);
        assert!(
            contains(&plus, [0.9, 0.0])
                && contains(&plus, [0.0, -0.9])
                && contains(&plus, [0.0, 0.0])
        );
        assert!(!contains(&plus, [0.7, 0.7]) && !contains(&plus, [-0.7, 0.7]));
    }
}
