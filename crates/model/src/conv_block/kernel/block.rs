//! The channels and sizes of a convolution block, and what follows from them.

use super::grid::Grid;
use crate::nonlinearity::Nonlinearity;

/// Channels that every processor with vectors takes into one tile.
pub(super) const WIDE: usize = 4;

/// The channels and sizes of a block, and what is around its convolution. Half of an odd side is rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Channels of the input maps.
    pub n_inputs: usize,
    /// Channels of the output maps.
    pub n_outputs: usize,
    /// Height and width of the maps that are convolved.
    pub side: usize,
    /// Whether the input maps have half that side and each value is repeated twice in both directions.
    pub upsampled: bool,
    /// What follows the convolution.
    pub nonlinearity: Nonlinearity,
    /// Whether the largest of each 2×2 values is kept, so that output maps have half the side. It is chosen
    /// before the nonlinearity, which keeps the order.
    pub pooled: bool,
}

impl Block {
    /// Height and width of the input maps.
    #[must_use]
    pub fn input_side(&self) -> usize {
        halved_if(self.upsampled, self.side)
    }

    /// Height and width of the output maps.
    #[must_use]
    pub fn output_side(&self) -> usize {
        halved_if(self.pooled, self.side)
    }

    /// Numbers of one image's input maps.
    #[must_use]
    pub fn input_len(&self) -> usize {
        self.n_inputs * self.input_side().pow(2)
    }

    /// Numbers of one image's output maps.
    #[must_use]
    pub fn output_len(&self) -> usize {
        self.n_outputs * self.output_side().pow(2)
    }

    /// Whether the maps are convolved before they are upsampled. An odd side would want what is cut as well, and
    /// pooling all four phases at once.
    pub(super) fn is_split(&self) -> bool {
        self.upsampled && self.side.is_multiple_of(2) && !self.pooled
    }

    /// Where values lie in planes of the maps that are convolved.
    pub(super) fn grid(&self) -> Grid {
        Grid::new(if self.is_split() {
            self.input_side()
        } else {
            self.side
        })
    }

    /// Whether each value of the inputs is laid out twice in either direction.
    pub(super) fn repeats_inputs(&self) -> bool {
        self.upsampled && !self.is_split()
    }

    /// Planes of one image's outputs.
    pub(super) fn n_output_planes(&self) -> usize {
        let n_phases = if self.is_split() { 4 } else { 1 };
        n_phases * self.n_outputs
    }

    /// The plane of a channel's outputs in even or odd rows and columns, where there are phases.
    pub(super) fn phase_plane(&self, channel: usize, y: usize, x: usize) -> usize {
        (y % 2 * 2 + x % 2) * self.n_outputs + channel
    }

    /// Whether the gradients of the weights are summed with inputs and outputs in each other's place, which
    /// gives them turned. A tile of the sums wants several channels beside the shifted one.
    pub(super) fn swaps_sums(&self) -> bool {
        self.n_outputs < self.n_inputs.min(WIDE)
    }
}

fn halved_if(is_halved: bool, side: usize) -> usize {
    if is_halved { side.div_ceil(2) } else { side }
}
