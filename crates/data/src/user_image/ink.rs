//! What of a picture is ink: separated from noise, raised to full strength, and found as a box.

use super::distance::depths;
use super::pixels::{PixelBox, around, between};

/// Ink fainter than this is none: ten of 255, which nobody sees.
const FAINTEST: f32 = 0.04;

/// How many standard deviations of the paper's noise are no ink.
const NOISE_FACTOR: f32 = 3.0;

/// A piece of ink lighter than this share of the heaviest is a speck.
const SPECK_SHARE: f32 = 0.02;

/// Pixels of the picture for one of the result from which on edges can be softer than the result's.
const LEAST_ENLARGED: f32 = 2.0;

/// A step of ink from pixel to pixel below this is no edge.
const LEAST_SLOPE: f32 = 0.02;

/// Rise of ink over a pixel of the result that makes an edge steep.
const STEEP: f32 = 1.5;

/// Ink of each pixel, 0 paper to 1 full.
#[derive(Clone)]
pub struct Ink {
    pub width: usize,
    pub height: usize,
    pub amount: Vec<f32>,
}

/// From where on something is ink, and when it is full.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// What stands out by less is noise.
    floor: f32,
    /// What most of the strokes have.
    full: f32,
    /// Whether that becomes full ink.
    stretch: bool,
}

impl Levels {
    /// What stands out the most is full, and nothing is noise.
    #[must_use]
    pub fn up_to(strongest: f32) -> Self {
        Self {
            floor: 0.0,
            full: strongest,
            stretch: true,
        }
    }

    /// Ink of a picture.
    #[must_use]
    pub fn ink(&self, width: usize, height: usize, above: &[f32]) -> Ink {
        Ink {
            width,
            height,
            amount: above.iter().map(|&above| self.amount(above)).collect(),
        }
    }

    /// Ink of what stands out so far, 0..1.
    #[must_use]
    pub fn amount(&self, above: f32) -> f32 {
        let amount = if self.stretch {
            (above - self.floor) / (self.full - self.floor).max(FAINTEST)
        } else if above < self.floor {
            0.0
        } else {
            above
        };
        amount.clamp(0.0, 1.0)
    }
}

impl Ink {
    #[must_use]
    pub fn within(&self, part: PixelBox) -> Self {
        Self {
            width: part.width(),
            height: part.height(),
            amount: part.cut(&self.amount, self.width),
        }
    }

    /// Tells ink from paper by how far pixels stand out from it. `None` if nothing does.
    ///
    /// What lies within the noise is paper. With `stretch`, the ink that most of the strokes have becomes full.
    #[must_use]
    pub fn find(
        width: usize,
        height: usize,
        above: &[f32],
        noise: f32,
        stretch: bool,
    ) -> Option<(Self, Levels)> {
        let floor = (NOISE_FACTOR * noise).min(0.25);
        // Means of nine pixels have a third of the noise: nothing of plain paper gets so far.
        let smooth = (noise > 0.0).then(|| smoothed(width, height, above));
        let seen = smooth.as_deref().unwrap_or(above);
        let strongest = seen.iter().copied().fold(0.0, f32::max);
        if strongest < FAINTEST.max(floor) {
            return None;
        }
        let threshold = between(seen).max(floor);
        let mut strokes: Vec<f32> = seen.iter().copied().filter(|v| *v > threshold).collect();
        let most = strokes.len() * 9 / 10;
        let full = match strokes.get_mut(most) {
            Some(_) => *strokes.select_nth_unstable_by(most, f32::total_cmp).1,
            None => strongest,
        };
        let levels = Levels {
            floor,
            full: full.max(FAINTEST),
            stretch,
        };
        let mut ink = levels.ink(width, height, above);
        if noise > 0.0 {
            ink.clear_far_from(seen, floor);
        }
        Some((ink, levels))
    }

    /// Paper again wherever no pixel around stands out once smoothed: what is left there is noise.
    fn clear_far_from(&mut self, smooth: &[f32], floor: f32) {
        let near = dilated(self.width, self.height, smooth, |value| value > 0.7 * floor);
        for (amount, near) in self.amount.iter_mut().zip(near) {
            if !near {
                *amount = 0.0;
            }
        }
    }

    /// The box around all ink of at least `threshold`, specks apart, which become paper; `None` if there is
    /// none.
    #[must_use]
    pub fn crop(&mut self, threshold: f32) -> Option<PixelBox> {
        let pieces = self.pieces(threshold);
        let heaviest = pieces.iter().map(|piece| piece.mass).fold(0.0, f32::max);
        let (kept, specks): (Vec<Piece>, Vec<Piece>) = pieces
            .into_iter()
            .partition(|piece| piece.mass >= SPECK_SHARE * heaviest);
        for idx in specks.iter().flat_map(|piece| &piece.pixels) {
            self.amount[*idx] = 0.0;
        }
        kept.iter().map(|piece| piece.bounds).reduce(PixelBox::with)
    }

    /// Whether even the steepest edges of a part rise over most of a pixel of the `side` × `side` that it is
    /// fitted into: enlarging a small picture does that, a pen does not.
    #[must_use]
    pub fn is_soft(&self, part: PixelBox, side: usize) -> bool {
        let pixels_per_result = part.width().max(part.height()) as f32 / side as f32;
        if pixels_per_result < LEAST_ENLARGED {
            return false; // there is no more in it than in the result
        }
        let mut slopes = Vec::new();
        for row in part.top..part.bottom {
            for column in part.left..part.right {
                let here = self.amount[row * self.width + column];
                let right = (column + 1 < self.width).then(|| row * self.width + column + 1);
                let below = (row + 1 < self.height).then(|| (row + 1) * self.width + column);
                let next = right.into_iter().chain(below);
                let steps = next.map(|next| (self.amount[next] - here).abs());
                slopes.push(steps.fold(0.0, f32::max));
            }
        }
        slopes.retain(|slope| *slope > LEAST_SLOPE);
        let steep = slopes.len() * 19 / 20;
        if slopes.is_empty() {
            return false;
        }
        let (_, steepest, _) = slopes.select_nth_unstable_by(steep, f32::total_cmp);
        *steepest * pixels_per_result < STEEP
    }

    /// Makes edges four times as steep around the middle, as a pen's are: MNIST's digits were black and
    /// white before they were made small.
    pub fn sharpen(&mut self) {
        const FROM: f32 = 0.38;
        const TO: f32 = 0.62;
        for amount in &mut self.amount {
            *amount = ((*amount - FROM) / (TO - FROM)).clamp(0.0, 1.0);
        }
    }

    /// Moves all edges outwards by this many pixels, or inwards where it is negative.
    pub fn move_edges(&mut self, by: f32) {
        const EDGE: f32 = 0.4;
        let is_outside = |idx: usize| (self.amount[idx] < EDGE) == (by > 0.0);
        let depth = depths(self.width, self.height, is_outside);
        for (amount, depth) in self.amount.iter_mut().zip(depth) {
            // The first pixel beyond an edge has a depth of one, and lies half a pixel from it.
            let inside = (by.abs() - depth + 1.0).clamp(0.0, 1.0);
            *amount = if by > 0.0 {
                amount.max(inside)
            } else {
                amount.min(1.0 - inside)
            };
        }
    }

    /// Ink of at least `threshold` in pieces whose pixels touch, also at their corners.
    fn pieces(&self, threshold: f32) -> Vec<Piece> {
        let mut is_open: Vec<bool> = self.amount.iter().map(|v| *v >= threshold).collect();
        let mut pieces = Vec::new();
        for start in 0..is_open.len() {
            if std::mem::take(&mut is_open[start]) {
                pieces.push(self.piece(start, &mut is_open));
            }
        }
        pieces
    }

    /// The piece that a pixel belongs to; its pixels are closed.
    fn piece(&self, start: usize, is_open: &mut [bool]) -> Piece {
        let mut piece = Piece {
            pixels: Vec::new(),
            mass: 0.0,
            bounds: PixelBox::NOTHING,
        };
        let mut waiting = vec![start];
        while let Some(idx) = waiting.pop() {
            let (row, column) = (idx / self.width, idx % self.width);
            piece.pixels.push(idx);
            piece.mass += self.amount[idx];
            piece.bounds.take_in(column, row);
            for neighbour in around(self.width, self.height, idx) {
                if std::mem::take(&mut is_open[neighbour]) {
                    waiting.push(neighbour);
                }
            }
        }
        piece
    }
}

/// Pixels of ink that touch each other.
struct Piece {
    pixels: Vec<usize>,
    mass: f32,
    bounds: PixelBox,
}

/// The mean of each pixel and those around it.
fn smoothed(width: usize, height: usize, values: &[f32]) -> Vec<f32> {
    let mean = |idx: usize| {
        let (mut sum, mut n) = (0.0, 0.0);
        for neighbour in around(width, height, idx) {
            sum += values[neighbour];
            n += 1.0;
        }
        sum / n
    };
    (0..values.len()).map(mean).collect()
}

/// Whether each pixel, or one that touches it, is such.
fn dilated(width: usize, height: usize, values: &[f32], is: impl Fn(f32) -> bool) -> Vec<bool> {
    let any = |idx: usize| around(width, height, idx).any(|neighbour| is(values[neighbour]));
    (0..values.len()).map(any).collect()
}
