//! Convolutional halves of an autoencoder.

use burn::module::Module;
use burn::nn::Linear;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;

use hourglass_experiment::{Activation, Convolutional, IMAGE_SIDE};

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

    /// Number of convolutions.
    #[must_use]
    pub fn n_levels(&self) -> usize {
        self.levels.len()
    }

    /// Weights of one layer: of a level its kernels `[outputs, inputs, 3, 3]`, of the waist
    /// `[units, channels, height, width]`.
    #[must_use]
    pub fn weights(&self, layer: usize) -> Option<Tensor<4>> {
        match self.levels.get(layer) {
            Some(level) => Some(level.weight.val()),
            None if layer == self.levels.len() => {
                let waist = self.waist.as_ref()?;
                Some(self.over_maps(waist.weight.val()))
            }
            None => None,
        }
    }

    /// Weights from the last pooled map to units: `[map, units] → [units, channels, height, width]`.
    #[must_use]
    pub fn over_maps(&self, weights: Tensor<2>) -> Tensor<4> {
        over_maps(weights.transpose(), self.levels.len())
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

    /// Whether the code is a fully connected layer behind the maps.
    #[must_use]
    pub fn has_waist(&self) -> bool {
        self.waist.is_some()
    }

    /// The activations of every layer, first to last.
    ///
    /// # Shapes
    /// `[batch, 784] → [batch, channels · height · width]` for each level, `[batch, code]` for the waist
    pub fn trace(&self, images: Tensor<2>) -> Vec<Tensor<2>> {
        let mut maps = as_images(images);
        let mut found = Vec::new();
        for level in 0..self.levels.len() {
            maps = self.level(maps, level);
            found.push(maps.clone().flatten(1, 3)); // [batch, channels · height · width]
        }
        if let Some(waist) = &self.waist {
            let code = activate(self.code_activation, waist.forward(maps.flatten(1, 3)));
            found.push(code);
        }
        found
    }

    fn maps(&self, images: Tensor<2>, n_levels: usize) -> Tensor<2> {
        let levels = 0..n_levels.min(self.levels.len());
        let maps = levels.fold(as_images(images), |maps, level| self.level(maps, level));
        maps.flatten(1, 3) // [batch, channels · height · width]
    }

    fn level(&self, maps: Tensor<4>, level: usize) -> Tensor<4> {
        let is_code = self.waist.is_none() && level + 1 == self.levels.len();
        let activation = if is_code {
            self.code_activation
        } else {
            self.hidden_activation
        };
        let around = ConvLevel {
            side: Convolutional::side_after(level),
            activation,
            pooled: true,
        };
        around.forward(&self.levels[level], maps)
    }
}

fn as_images(images: Tensor<2>) -> Tensor<4> {
    let [n_images, _] = images.dims();
    images.reshape([n_images, 1, IMAGE_SIDE, IMAGE_SIDE]) // [batch, 1, 28, 28]
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

    /// Which layer the first level is, and how many levels there are.
    #[must_use]
    pub fn levels_from(&self) -> (usize, usize) {
        (usize::from(self.waist.is_some()), self.levels.len())
    }

    /// Weights of one layer, the fully connected one counted first where there is one: of that
    /// `[units, channels, height, width]`, of a level and of the output kernels `[outputs, inputs, 3, 3]`.
    #[must_use]
    pub fn weights(&self, layer: usize) -> Option<Tensor<4>> {
        let level = match &self.waist {
            Some(waist) if layer == 0 => {
                return Some(over_maps(waist.weight.val(), self.levels.len()));
            }
            Some(_) => layer - 1,
            None => layer,
        };
        let mut levels = self.levels.iter().chain([&self.output]);
        levels.nth(level).map(|level| level.weight.val())
    }

    /// The activations of every layer, first to last: maps before they are upsampled, then the logits.
    ///
    /// # Shapes
    /// `[batch, code] → [batch, channels · height · width]` for each layer, last `[batch, 784]`
    pub fn trace(&self, code: Tensor<2>) -> Vec<Tensor<2>> {
        let mut map = self.first_map(code);
        let mut found = Vec::new();
        if self.waist.is_some() {
            found.push(map.clone().flatten(1, 3)); // [batch, channels · height · width]
        }
        for level in 0..self.levels.len() {
            map = self.level(map, level);
            found.push(map.clone().flatten(1, 3)); // [batch, channels · height · width]
        }
        found.push(self.logits(map));
        found
    }

    /// # Shapes
    /// `[batch, code] → logits [batch, 784]`
    pub fn forward(&self, code: Tensor<2>) -> Tensor<2> {
        self.logits(self.maps(code, self.levels.len()))
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
        let levels = 0..n_levels.min(self.levels.len());
        levels.fold(self.first_map(code), |map, level| self.level(map, level))
    }

    /// `[batch, code] → [batch, channels, height, width]`, through the fully connected layer where there is one
    fn first_map(&self, code: Tensor<2>) -> Tensor<4> {
        let map = match &self.waist {
            Some(waist) => activate(self.activation, waist.forward(code)),
            None => code,
        };
        let [n_images, n_values] = map.dims();
        let side = Convolutional::side_after(self.levels.len());
        map.reshape([n_images, n_values / (side * side), side, side]) // [batch, channels, height, width]
    }

    fn level(&self, map: Tensor<4>, level: usize) -> Tensor<4> {
        let side = Convolutional::side_after(self.levels.len() - level);
        let around = ConvLevel {
            side,
            activation: self.activation,
            pooled: false,
        };
        around.forward(&self.levels[level], map)
    }

    /// `[batch, channels, height, width] → [batch, 784]`
    fn logits(&self, map: Tensor<4>) -> Tensor<2> {
        let around = ConvLevel {
            side: IMAGE_SIDE,
            activation: Activation::Linear,
            pooled: false,
        };
        around.forward(&self.output, map).flatten(1, 3)
    }
}

/// Weights between units and the map after so many poolings: `[units, map] → [units, channels, height, width]`.
fn over_maps(weights: Tensor<2>, n_poolings: usize) -> Tensor<4> {
    let [units, map] = weights.dims();
    let side = Convolutional::side_after(n_poolings);
    weights.reshape([units, map / (side * side), side, side]) // [units, channels, height, width]
}
