//! A picture at the size at which pieces are told apart, and what filters make of it.

use crate::user_image::paper::{Grey, quantile};
use crate::user_image::pixels::small;

/// Longest side at which pieces are told apart, in pixels: a digit of a sheet of a hundred still has thirty.
const MAX_SIDE: usize = 384;

/// A smaller picture is enlarged to this, so that a stroke has several pixels whatever the picture.
const MIN_SIDE: usize = 200;

/// Values `[height × width]`, row by row.
#[derive(Clone, Debug)]
pub struct Plane {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

/// A smaller or larger picture, and how many of its pixels go along one of the picture's.
pub struct Scaled {
    pub plane: Plane,
    pub scale: f32,
}

impl Scaled {
    /// The mean of each block where the picture is large; values on straight lines between pixels where it is small.
    pub fn of(grey: Grey<'_>) -> Self {
        let longest = grey.width.max(grey.height).max(1);
        if longest < MIN_SIDE {
            return Self::enlarged(grey, MIN_SIDE.div_ceil(longest));
        }
        let factor = longest.div_ceil(MAX_SIDE);
        let [width, height] = [grey.width, grey.height].map(|side| side.div_ceil(factor));
        let mut sums = vec![(0.0_f32, 0.0_f32); width * height];
        for (row, line) in grey.light.chunks_exact(grey.width).enumerate() {
            let sums = &mut sums[row / factor * width..][..width];
            for (block, (sum, n)) in line.chunks(factor).zip(sums) {
                *sum += block.iter().sum::<f32>();
                *n += small(block.len());
            }
        }
        Self {
            plane: Plane {
                width,
                height,
                values: sums.into_iter().map(|(sum, n)| sum / n.max(1.0)).collect(),
            },
            scale: small(factor).recip(),
        }
    }

    fn enlarged(grey: Grey<'_>, factor: usize) -> Self {
        let (width, height) = (grey.width * factor, grey.height * factor);
        let scale = small(factor);
        let source = Plane {
            width: grey.width,
            height: grey.height,
            values: grey.light.to_vec(),
        };
        let at = |place: usize| (small(place) + 0.5) / scale - 0.5;
        let values = (0..width * height)
            .map(|idx| source.on_line(at(idx % width), at(idx / width)))
            .collect();
        Self {
            plane: Plane {
                width,
                height,
                values,
            },
            scale,
        }
    }
}

impl Plane {
    /// The value at a place between pixels' centres; those at the border go on beyond it.
    pub fn on_line(&self, x: f32, y: f32) -> f32 {
        let part = |at: f32, side: usize| {
            let at = at.clamp(0.0, small(side.saturating_sub(1)));
            let first = at as usize;
            let next = (first + 1).min(side.saturating_sub(1));
            (first, next, at - small(first))
        };
        let (left, right, across) = part(x, self.width);
        let (top, bottom, down) = part(y, self.height);
        let along = |row: usize| {
            let line = &self.values[row * self.width..];
            line[left] + across * (line[right] - line[left])
        };
        let upper = along(top);
        upper + down * (along(bottom) - upper)
    }

    /// The least or the most within `reach` pixels along both axes.
    pub fn extreme(&self, reach: usize, pick: fn(f32, f32) -> f32) -> Self {
        let mut across = self.values.clone();
        for (line, out) in self
            .values
            .chunks_exact(self.width)
            .zip(across.chunks_exact_mut(self.width))
        {
            for (column, value) in out.iter_mut().enumerate() {
                let near =
                    &line[column.saturating_sub(reach)..(column + reach + 1).min(self.width)];
                *value = near.iter().copied().fold(*value, pick);
            }
        }
        let mut values = across.clone();
        for (row, out) in values.chunks_exact_mut(self.width).enumerate() {
            let rows = row.saturating_sub(reach)..(row + reach + 1).min(self.height);
            for near in rows {
                let line = &across[near * self.width..][..self.width];
                for (value, near) in out.iter_mut().zip(line) {
                    *value = pick(*value, *near);
                }
            }
        }
        Self { values, ..*self }
    }

    /// Weighed one, two, one with the neighbours along both axes.
    pub fn smoothed(&self) -> Self {
        let mut across = self.values.clone();
        for (line, out) in self
            .values
            .chunks_exact(self.width)
            .zip(across.chunks_exact_mut(self.width))
        {
            let last = line.len() - 1;
            for (column, value) in out.iter_mut().enumerate() {
                let sides = line[column.saturating_sub(1)] + line[(column + 1).min(last)];
                *value = 0.5 * line[column] + 0.25 * sides;
            }
        }
        let mut values = across.clone();
        for (row, out) in values.chunks_exact_mut(self.width).enumerate() {
            let line = |row: usize| &across[row * self.width..][..self.width];
            let around = line(row.saturating_sub(1)).iter();
            let around = around.zip(line((row + 1).min(self.height - 1)));
            for (value, (above, below)) in out.iter_mut().zip(around) {
                *value = 0.5 * *value + 0.25 * (above + below);
            }
        }
        Self { values, ..*self }
    }

    /// Standard deviation of the noise, from the median difference of neighbours: edges are few.
    pub fn noise(&self) -> f32 {
        let lines = self.values.chunks_exact(self.width);
        let across = lines.flat_map(|line| line.windows(2).map(|pair| (pair[1] - pair[0]).abs()));
        let mut steps: Vec<f32> = across.step_by(3).collect();
        steps.sort_unstable_by(f32::total_cmp);
        quantile(&steps, 0.5) / 0.954
    }

    /// Least and most of all values.
    pub fn range(&self) -> [f32; 2] {
        let start = [f32::INFINITY, f32::NEG_INFINITY];
        self.values.iter().fold(start, |[least, most], &value| {
            [least.min(value), most.max(value)]
        })
    }
}
