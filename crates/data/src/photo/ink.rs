//! What of a picture is ink: told from noise, made full, and found as a box.

use super::segment::depths;

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

/// A box of whole pixels: what lies from `left` to before `right` and from `top` to before `bottom`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelBox {
    pub left: usize,
    pub top: usize,
    pub right: usize,
    pub bottom: usize,
}

impl PixelBox {
    /// A box of no pixels, that becomes what it takes in.
    pub const NOTHING: Self = Self {
        left: usize::MAX,
        top: usize::MAX,
        right: 0,
        bottom: 0,
    };

    /// All of a picture.
    pub fn whole(width: usize, height: usize) -> Self {
        Self {
            left: 0,
            top: 0,
            right: width,
            bottom: height,
        }
    }

    /// Grows so that a pixel lies in it.
    pub fn take_in(&mut self, column: usize, row: usize) {
        self.left = self.left.min(column);
        self.right = self.right.max(column + 1);
        self.top = self.top.min(row);
        self.bottom = self.bottom.max(row + 1);
    }

    /// The box around both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// The values of a picture within the box.
    #[must_use]
    pub fn cut<T: Copy>(&self, values: &[T], width: usize) -> Vec<T> {
        let lines = values
            .chunks_exact(width)
            .skip(self.top)
            .take(self.height());
        lines
            .flat_map(|line| line[self.left..self.right].iter().copied())
            .collect()
    }

    /// The longer side.
    pub fn longest(&self) -> f32 {
        self.width().max(self.height()) as f32
    }

    pub fn width(&self) -> usize {
        self.right.saturating_sub(self.left)
    }

    pub fn height(&self) -> usize {
        self.bottom.saturating_sub(self.top)
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

    /// Tells ink from paper by how far pixels stand out from it. None where nothing does.
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

    /// The box around all ink of at least `threshold`, specks apart, which become paper; none where there is
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

    /// Moves all edges outwards by so many pixels, or inwards where it is negative.
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

/// A pixel with those that touch it.
pub fn around(width: usize, height: usize, idx: usize) -> impl Iterator<Item = usize> {
    let (row, column) = (idx / width, idx % width);
    let rows = row.saturating_sub(1)..(row + 2).min(height);
    let columns = column.saturating_sub(1)..(column + 2).min(width);
    rows.flat_map(move |row| columns.clone().map(move |column| row * width + column))
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

/// The value that parts two groups best (Otsu 1979): that with the largest variance between them.
pub fn between(values: &[f32]) -> f32 {
    const BINS: usize = 256;
    let top = values.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let mut counts = [0_usize; BINS];
    for value in values {
        let bin = (value.max(0.0) / top * (BINS - 1) as f32) as usize;
        counts[bin.min(BINS - 1)] += 1;
    }
    let total: usize = counts.iter().sum();
    let sum: usize = counts.iter().enumerate().map(|(bin, n)| bin * n).sum();
    let (mut below, mut sum_below) = (0, 0);
    let (mut best, mut at) = (-1.0, 0);
    for (bin, n) in counts.iter().enumerate() {
        below += n;
        sum_below += bin * n;
        let above = total - below;
        if below == 0 || above == 0 {
            continue;
        }
        let mean = |sum: usize, n: usize| sum as f64 / n as f64;
        let difference = mean(sum_below, below) - mean(sum - sum_below, above);
        let variance = below as f64 * above as f64 * difference * difference;
        if variance > best {
            (best, at) = (variance, bin);
        }
    }
    (at as f32 + 0.5) / (BINS - 1) as f32 * top
}
