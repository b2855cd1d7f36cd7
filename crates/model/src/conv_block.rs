//! One level of a convolutional network, [nearest-neighbour upsampling] → 3×3 convolution → activation →
//! [2×2 max-pooling]: by a fused kernel on the processor, by Burn's own operations elsewhere.
//!
//! `ConvLevel::unfused` is the same by Burn's own operations, for other devices and as the reference for tests.

mod glue;
mod kernel;

use burn::nn::PaddingConfig2d;
use burn::nn::conv::Conv2d;
use burn::tensor::module::{interpolate, max_pool2d};
use burn::tensor::ops::{InterpolateMode, InterpolateOptions, MaxPoolOptions};
use burn::tensor::{DType, Tensor};

use hourglass_experiment::Activation;

use super::activation::activate;
use super::nonlinearity::Nonlinearity;
use super::processor::is_processor;
use kernel::Block;

/// What is around the convolution of a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvLevel {
    /// Height and width of the maps that are convolved. Smaller maps are upsampled: every value is repeated twice
    /// in each direction, then what is more than that is cut.
    pub size: [usize; 2],
    /// What follows the convolution.
    pub activation: Activation,
    /// Whether 2×2 max-pooling follows; of an odd side the last row and column pool by themselves.
    pub pooled: bool,
}

impl ConvLevel {
    /// The outputs of the level, by the fused kernel where it knows how.
    ///
    /// # Shapes
    /// `[batch, inputs, height, width] → [batch, outputs, height, width]`, where both may be half of `size`
    #[must_use]
    pub fn forward(self, convolution: &Conv2d, maps: Tensor<4>) -> Tensor<4> {
        let (Some(convolved), Some(bias)) = (self.block(convolution, &maps), &convolution.bias)
        else {
            return self.unfused(convolution, maps);
        };
        let Some(nonlinearity) = Nonlinearity::of(self.activation) else {
            let maps = glue::conv_block(maps, convolution.weight.val(), bias.val(), convolved);
            return self.after(maps);
        };
        let block = Block {
            nonlinearity,
            pooled: self.pooled,
            ..convolved
        };
        glue::conv_block(maps, convolution.weight.val(), bias.val(), block)
    }

    /// The same by Burn's own operations, on any device: what the kernel is measured against.
    ///
    /// # Shapes
    /// As [`Self::forward`].
    #[must_use]
    pub fn unfused(self, convolution: &Conv2d, maps: Tensor<4>) -> Tensor<4> {
        self.after(convolution.forward(upsample(maps, self.size)))
    }

    /// What follows the convolution, by Burn's own operations.
    fn after(self, maps: Tensor<4>) -> Tensor<4> {
        let maps = activate(self.activation, maps);
        if self.pooled { pool(maps) } else { maps }
    }

    /// Upsampling and convolution as the kernel's block, if it is one that the kernel knows.
    fn block(self, convolution: &Conv2d, maps: &Tensor<4>) -> Option<Block> {
        let [_, n_inputs, height, width] = maps.dims();
        let [n_outputs, ..] = convolution.weight.dims();
        let [side, other] = self.size;
        let block = Block {
            n_inputs,
            n_outputs,
            side,
            upsampled: height != side,
            nonlinearity: Nonlinearity::None,
            pooled: false,
        };
        let is_known = is_processor(&maps.device())
            && maps.dtype() == DType::F32
            && side == other // the kernel's maps are square
            && [height, width] == [block.input_side(); 2]
            && is_plain(convolution)
            && convolution.weight.dims() == [n_outputs, n_inputs, 3, 3];
        is_known.then_some(block)
    }
}

/// Whether a convolution takes every position and keeps height and width where its kernels are 3×3.
fn is_plain(convolution: &Conv2d) -> bool {
    let padding = &convolution.padding;
    convolution.stride == [1, 1]
        && convolution.dilation == [1, 1]
        && convolution.groups == 1
        && matches!(
            padding,
            PaddingConfig2d::Same | PaddingConfig2d::Explicit(1, 1, 1, 1)
        )
}

/// 2×2 max-pooling; of an odd side the last row and column pool by themselves.
pub(super) fn pool(maps: Tensor<4>) -> Tensor<4> {
    max_pool2d(maps, pooling())
}

/// Windows of [`pool`].
pub(super) fn pooling() -> MaxPoolOptions<2> {
    MaxPoolOptions {
        ceil_mode: true,
        ..MaxPoolOptions::new([2, 2])
    }
}

/// Repeats every value twice in each direction, then cuts what is more than `size`, height and width. Maps of
/// that size stay as they are.
pub(super) fn upsample(maps: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
    let [n, channels, height, width] = maps.dims();
    if [height, width] == size {
        return maps;
    }
    let options = InterpolateOptions::new(InterpolateMode::Nearest).with_scale_factor([2.0, 2.0]);
    let twice = interpolate(maps, options);
    if [2 * height, 2 * width] == size {
        twice
    } else {
        twice.slice([0..n, 0..channels, 0..size[0], 0..size[1]])
    }
}
