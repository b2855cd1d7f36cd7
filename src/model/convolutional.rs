//! Convolutional halves of an autoencoder.

use burn::module::Module;
use burn::nn::Linear;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;

use crate::experiment::{Activation, Convolutional, IMAGE_SIDE};

use super::activation::activate;
use super::conv_block::ConvLevel;
use super::init::Initializer;

/// Levels of convolution, activation and 2×2 max-pooling, then perhaps a fully connected code.
///
/// Images and maps travel between layers as flat rows, channel by channel, so that codes, penalties and views
/// meet the same shapes as in a dense network.
#[derive(Module, Debug)]
pub struct ConvEncoder {
    levels: Vec<Conv2d>,
    waist: Option<Linear>,
    #[module(skip)]
    hidden_activation: Activation,
    #[module(skip)]
    code_activation: Activation,
}

/// Perhaps a fully connected layer, then levels of convolution, activation and nearest-neighbour upsampling by
/// 2, then a convolution to one channel, whose output is the logits.
#[derive(Module, Debug)]
pub struct ConvDecoder {
    waist: Option<Linear>,
    levels: Vec<Conv2d>,
    output: Conv2d,
    #[module(skip)]
    activation: Activation,
}

impl ConvEncoder {
    /// An encoder of the given channels.
    pub fn new(recipe: &Convolutional, init: &mut Initializer<'_>) -> Self {
        let inputs = [1].into_iter().chain(recipe.channels.iter().copied());
        let pairs = inputs.zip(&recipe.channels);
        let levels = pairs
            .map(|(from, &to)| init.convolution(from, to))
            .collect();
        let waist = recipe
            .waist
            .map(|units| init.linear(recipe.map_size(), units));
        Self {
            levels,
            waist,
            hidden_activation: recipe.hidden_activation,
            code_activation: recipe.code_activation,
        }
    }

    /// Kernels of each level: `[outputs, inputs, 3, 3]`.
    #[must_use]
    pub fn kernels(&self) -> Vec<Tensor<4>> {
        self.levels.iter().map(|level| level.weight.val()).collect()
    }

    /// The input of the layer that makes the code, and the code. Without a waist they are the same.
    ///
    /// # Shapes
    /// `[batch, 784] → [batch, channels · height · width], [batch, code]`
    pub fn trunk_and_code(&self, images: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let trunk = self.maps(images, self.levels.len());
        let code = match &self.waist {
            Some(waist) => activate(self.code_activation, waist.forward(trunk.clone())),
            None => trunk.clone(),
        };
        (trunk, code)
    }

    /// The pooled map after `n_layers` levels, or the code where that is more than there are.
    ///
    /// # Shapes
    /// `[batch, 784] → [batch, channels · height · width]`
    pub fn forward_through(&self, images: Tensor<2>, n_layers: usize) -> Tensor<2> {
        if n_layers > self.levels.len() {
            self.trunk_and_code(images).1
        } else {
            self.maps(images, n_layers)
        }
    }

    fn maps(&self, images: Tensor<2>, n_levels: usize) -> Tensor<2> {
        let [n_images, _] = images.dims();
        let images = images.reshape([n_images, 1, IMAGE_SIDE, IMAGE_SIDE]);
        let levels = self.levels.iter().enumerate().take(n_levels);
        let maps = levels.fold(images, |maps, (idx, level)| {
            let is_code = self.waist.is_none() && idx + 1 == self.levels.len();
            let activation = if is_code {
                self.code_activation
            } else {
                self.hidden_activation
            };
            let around = ConvLevel {
                side: Convolutional::side_after(idx),
                activation,
                pooled: true,
            };
            around.forward(level, maps)
        });
        maps.flatten(1, 3) // [batch, channels · height · width]
    }
}

impl ConvDecoder {
    /// The mirror of an encoder of the same recipe.
    pub fn new(recipe: &Convolutional, init: &mut Initializer<'_>) -> Self {
        let waist = recipe
            .waist
            .map(|units| init.linear(units, recipe.map_size()));
        let last = recipe.channels.last().copied().unwrap_or(1);
        let outputs = recipe.channels.iter().rev().copied();
        let inputs = [last].into_iter().chain(outputs.clone());
        let levels = inputs
            .zip(outputs)
            .map(|(from, to)| init.convolution(from, to))
            .collect();
        let first = recipe.channels.first().copied().unwrap_or(1);
        let output = init.convolution(first, 1);
        Self {
            waist,
            levels,
            output,
            activation: recipe.hidden_activation,
        }
    }

    /// Kernels of each level and, last, of the output: `[outputs, inputs, 3, 3]`.
    #[must_use]
    pub fn kernels(&self) -> Vec<Tensor<4>> {
        let levels = self.levels.iter().chain([&self.output]);
        levels.map(|level| level.weight.val()).collect()
    }

    /// # Shapes
    /// `[batch, code] → logits [batch, 784]`
    pub fn forward(&self, code: Tensor<2>) -> Tensor<2> {
        let map = self.maps(code, self.levels.len());
        let around = ConvLevel {
            side: IMAGE_SIDE,
            activation: Activation::Linear,
            pooled: false,
        };
        around.forward(&self.output, map).flatten(1, 3)
    }

    /// The activations of the first `n_layers` layers' last, the fully connected one counted first where there
    /// is one; maps before they are upsampled.
    ///
    /// # Shapes
    /// `[batch, code] → [batch, channels · height · width]`
    pub fn forward_through(&self, code: Tensor<2>, n_layers: usize) -> Tensor<2> {
        if let Some(waist) = &self.waist {
            if n_layers <= 1 {
                return activate(self.activation, waist.forward(code));
            }
            return self.maps(code, n_layers - 1).flatten(1, 3);
        }
        self.maps(code, n_layers).flatten(1, 3)
    }

    /// `[batch, code] → [batch, channels, height, width]`
    fn maps(&self, code: Tensor<2>, n_levels: usize) -> Tensor<4> {
        let depth = self.levels.len();
        let map = match &self.waist {
            Some(waist) => activate(self.activation, waist.forward(code)),
            None => code,
        };
        let [n_images, n_values] = map.dims();
        let side = Convolutional::side_after(depth);
        let map = map.reshape([n_images, n_values / (side * side), side, side]);
        let levels = self.levels.iter().enumerate().take(n_levels);
        levels.fold(map, |map, (idx, level)| {
            let around = ConvLevel {
                side: Convolutional::side_after(depth - idx),
                activation: self.activation,
                pooled: false,
            };
            around.forward(level, map)
        })
    }
}
