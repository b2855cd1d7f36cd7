//! Connected pieces of ink, and which of them surround the writing.

use super::plane::Plane;
use crate::user_image::distance::depths;
use crate::user_image::pixels::small;
use crate::user_image::pixels::{PixelBox, around, between};

/// Share of a piece's own strength from which on its pixels belong to it.
const OWN_SHARE: f32 = 0.3;

/// A piece of ink.
pub struct Piece {
    /// Darker than its ground, or lighter.
    pub is_dark: bool,
    pub bounds: PixelBox,
    pub n_pixels: usize,
    /// Sum of how far its pixels stand out.
    pub mass: f32,
    /// Pixels of it at the picture's border.
    pub n_border: usize,
    /// Radius of the largest circle in it.
    pub radius: f32,
}

impl Piece {
    /// The longer side of the box around it.
    pub fn size(&self) -> usize {
        self.bounds.width().max(self.bounds.height())
    }

    /// Whether it is much longer than wide, as what a pen draws.
    pub fn is_stroke(&self) -> bool {
        small(self.n_pixels) > 2.5 * std::f32::consts::PI * self.radius * self.radius
    }
}

/// All pieces, and which one each pixel is in, counted from 1.
pub struct Pieces {
    pub pieces: Vec<Piece>,
    pub of: Vec<u32>,
}

impl Pieces {
    /// Finds pieces of ink of both kinds, dark and light: connected pixels that stand out by a `floor`, and then by
    /// a share of what the piece itself does, so that a strong stroke does not take in a faint line that it crosses.
    pub fn of(ink: [&Plane; 2], floor: f32) -> Self {
        let (width, height) = (ink[0].width, ink[0].height);
        let strength: Vec<f32> = ink[0]
            .values
            .iter()
            .zip(&ink[1].values)
            .map(|(dark, light)| dark.max(*light))
            .collect();
        let is_dark: Vec<bool> = ink[0]
            .values
            .iter()
            .zip(&ink[1].values)
            .map(|(dark, light)| dark >= light)
            .collect();
        let mut is_in: Vec<bool> = strength.iter().map(|value| *value >= floor).collect();
        for pixels in connected(width, height, &is_in, &is_dark) {
            let values: Vec<f32> = pixels.iter().map(|&idx| strength[idx]).collect();
            let least = (OWN_SHARE * full_strength(&values)).max(floor);
            for idx in pixels {
                is_in[idx] = strength[idx] >= least;
            }
        }
        let depth = depths(width, height, |idx| is_in[idx]);
        let mut of = vec![0; is_in.len()];
        let mut pieces = Vec::new();
        for pixels in connected(width, height, &is_in, &is_dark) {
            let mut piece = Piece {
                is_dark: is_dark[pixels[0]],
                bounds: PixelBox::NOTHING,
                n_pixels: pixels.len(),
                mass: 0.0,
                n_border: 0,
                radius: 0.0,
            };
            let number = u32::try_from(pieces.len() + 1).unwrap_or(0);
            for &idx in &pixels {
                let (row, column) = (idx / width, idx % width);
                let at_border = row == 0 || column == 0 || row + 1 == height || column + 1 == width;
                piece.bounds.take_in(column, row);
                piece.mass += strength[idx];
                piece.n_border += usize::from(at_border);
                piece.radius = piece.radius.max(depth[idx]);
                of[idx] = number;
            }
            pieces.push(piece);
        }
        Self { pieces, of }
    }

    /// Whether a piece runs around another: of the directions from the middle of the other, nearly all meet it.
    pub fn runs_around(&self, outer: usize, inner: usize, width: usize) -> bool {
        const DIRECTIONS: usize = 48;
        const ENOUGH: usize = 40;
        let (outside, inside) = (&self.pieces[outer].bounds, &self.pieces[inner].bounds);
        let contains = outside.left < inside.left
            && outside.top < inside.top
            && outside.right > inside.right
            && outside.bottom > inside.bottom;
        if !contains {
            return false;
        }
        let number = outer + 1;
        let middle =
            [inside.left + inside.right, inside.top + inside.bottom].map(|sum| small(sum) / 2.0);
        let meets = |direction: &usize| {
            let angle = std::f32::consts::TAU * small(*direction) / small(DIRECTIONS);
            let (down, across) = angle.sin_cos();
            let mut place = middle;
            loop {
                let [x, y] = place;
                let is_within = x >= small(outside.left)
                    && y >= small(outside.top)
                    && x < small(outside.right)
                    && y < small(outside.bottom);
                if !is_within {
                    return false;
                }
                let idx = y as usize * width + x as usize;
                if self.of.get(idx).is_some_and(|of| *of as usize == number) {
                    return true;
                }
                place = [x + 0.5 * across, y + 0.5 * down];
            }
        };
        (0..DIRECTIONS).filter(meets).count() >= ENOUGH
    }
}

/// What most of a piece's strokes have: a tenth of those beyond the value that parts it best lies above.
fn full_strength(values: &[f32]) -> f32 {
    let threshold = between(values);
    let mut strong: Vec<f32> = values.iter().copied().filter(|v| *v > threshold).collect();
    let most = strong.len() * 9 / 10;
    match strong.get_mut(most) {
        Some(_) => *strong.select_nth_unstable_by(most, f32::total_cmp).1,
        None => values.iter().copied().fold(0.0, f32::max),
    }
}

/// Pixels that touch each other, also at their corners, and are of the same kind.
fn connected(width: usize, height: usize, is_in: &[bool], kind: &[bool]) -> Vec<Vec<usize>> {
    let mut is_open = is_in.to_vec();
    let mut all = Vec::new();
    for start in 0..is_open.len() {
        if !std::mem::take(&mut is_open[start]) {
            continue;
        }
        let mut pixels = vec![start];
        let mut next = 0;
        while let Some(&idx) = pixels.get(next) {
            next += 1;
            for near in around(width, height, idx) {
                if is_open[near] && kind[near] == kind[idx] {
                    is_open[near] = false;
                    pixels.push(near);
                }
            }
        }
        all.push(pixels);
    }
    all
}
