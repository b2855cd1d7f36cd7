//! Places of pixels in a picture: boxes, neighbours, parts as shares of the whole.

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

/// A pixel with those that touch it.
pub fn around(width: usize, height: usize, idx: usize) -> impl Iterator<Item = usize> {
    let (row, column) = (idx / width, idx % width);
    let rows = row.saturating_sub(1)..(row + 2).min(height);
    let columns = column.saturating_sub(1)..(column + 2).min(width);
    rows.flat_map(move |row| columns.clone().map(move |column| row * width + column))
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

/// The edges of a part as shares of the whole.
pub(super) fn shares_of(part: PixelBox, width: usize, height: usize) -> [f32; 4] {
    let share = |at: usize, side: usize| at as f32 / side as f32;
    [
        share(part.left, width),
        share(part.top, height),
        share(part.right, width),
        share(part.bottom, height),
    ]
}

pub(super) fn inside(window: [f32; 4], shares: [f32; 4]) -> [f32; 4] {
    let [left, top, right, bottom] = window;
    let along = |share: f32, from: f32, to: f32| {
        if share >= 1.0 {
            to
        } else {
            from + share * (to - from)
        }
    };
    [
        along(shares[0], left, right),
        along(shares[1], top, bottom),
        along(shares[2], left, right),
        along(shares[3], top, bottom),
    ]
}

pub(super) fn byte(share: f32) -> u8 {
    (share * 255.0).round().clamp(0.0, 255.0) as u8
}

/// A number of pixels along a side.
pub fn small(n: usize) -> f32 {
    n as f32
}
