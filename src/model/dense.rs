//! A stack of fully connected layers.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::Tensor;

use crate::experiment::Activation;

use super::activation::activate;
use super::init::Initializer;

/// Fully connected layers, each followed by its activation: `aₗ = f(aₗ₋₁ Wₗ + bₗ)`.
#[derive(Module, Debug)]
pub struct DenseStack {
    layers: Vec<Linear>,
    #[module(skip)]
    activations: Vec<Activation>,
}

impl DenseStack {
    /// Layers from `sizes[0]` inputs to the last of `sizes`; the last activation is `last`, the others
    /// `hidden`.
    pub fn new(
        sizes: &[usize],
        hidden: Activation,
        last: Activation,
        init: &mut Initializer<'_>,
    ) -> Self {
        let layers: Vec<Linear> = sizes
            .windows(2)
            .map(|pair| init.linear(pair[0], pair[1]))
            .collect();
        let mut activations = vec![hidden; layers.len()];
        if let Some(activation) = activations.last_mut() {
            *activation = last;
        }
        Self {
            layers,
            activations,
        }
    }

    /// # Shapes
    /// `[batch, inputs] → [batch, outputs]`
    #[must_use]
    pub fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        self.forward_through(input, self.layers.len())
    }

    /// The activations of the first `n_layers` layers' last.
    ///
    /// # Shapes
    /// `[batch, inputs] → [batch, units of layer n_layers − 1]`
    #[must_use]
    pub fn forward_through(&self, input: Tensor<2>, n_layers: usize) -> Tensor<2> {
        let layers = self.layers.iter().zip(&self.activations).take(n_layers);
        layers.fold(input, |signal, (layer, &activation)| {
            activate(activation, layer.forward(signal))
        })
    }
}
