//! A whole picture without its paper: if no writing is found, everything that stands out is ink.

use crate::centring;
use hourglass_experiment::IMAGE_SIDE;
use hourglass_protocol::{Paper, Preparation};

use super::ink::Ink;
use super::paper::{self, Border, Grey};
use super::pixels::byte;
use crate::centring::BOX_SIDE;

/// A picture without its paper.
pub(super) struct Stripped {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) kind: Paper,
    /// How far each pixel stands out from the paper.
    pub(super) above: Vec<f32>,
    pub(super) noise: f32,
}

impl Stripped {
    pub(super) fn of(
        grey: Grey<'_>,
        border: Border,
        invert: bool,
        preparation: &Preparation,
    ) -> Self {
        let Grey { width, height, .. } = grey;
        let sign = if invert { -1.0 } else { 1.0 };
        let agrees = invert == border.is_light;
        let usual = if border.is_uneven && agrees {
            Paper::Uneven
        } else {
            Paper::Flat
        };
        let kind = preparation.paper.unwrap_or(usual);
        let above = match kind {
            Paper::Uneven => paper::above_uneven(grey, sign),
            Paper::Flat if agrees => paper::above_flat(grey, border.shade, sign),
            // The border is not the paper: whatever lies farthest on the other side is.
            Paper::Flat => {
                let lights = grey.light.iter().map(|light| sign * light);
                let farthest = lights.fold(f32::INFINITY, f32::min);
                paper::above_flat(grey, sign * farthest, sign)
            }
        };
        // Of few pixels, most may be ink.
        let noise = if agrees && width.min(height) >= paper::LEAST_SIDE {
            paper::noise(width, height, &above)
        } else {
            0.0
        };
        Self {
            width,
            height,
            kind,
            above,
            noise,
        }
    }

    /// The strongest that anything stands out.
    pub(super) fn strongest(&self) -> f32 {
        self.above.iter().copied().fold(0.0, f32::max)
    }

    /// Whether this is a digit as MNIST has them: 28×28, its ink within 20×20 and in the middle already. It may be
    /// faint.
    pub(super) fn is_prepared(&self) -> bool {
        if [self.width, self.height] != [IMAGE_SIDE; 2] {
            return false;
        }
        let Some((ink, _)) = Ink::find(self.width, self.height, &self.above, self.noise, false)
        else {
            return false;
        };
        let full = self.strongest();
        let bytes: Vec<u8> = ink
            .amount
            .iter()
            .map(|amount| byte(amount / full))
            .collect();
        let all = || (0..bytes.len()).filter(|idx| bytes[*idx] > 0);
        let extent = |along: fn(usize) -> usize| {
            let least = all().map(along).min().unwrap_or(0);
            all().map(along).max().unwrap_or(0) - least + 1
        };
        centring::by_mass(&bytes)[..] == bytes
            && extent(|idx| idx / IMAGE_SIDE) <= BOX_SIDE
            && extent(|idx| idx % IMAGE_SIDE) <= BOX_SIDE
    }
}
