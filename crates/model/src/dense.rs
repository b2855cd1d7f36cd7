//! Stacks of fully connected layers.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::Tensor;

use hourglass_experiment::Activation;

use super::activation::activate;
use super::init::Initializer;

/// Fully connected layers, each followed by its activation: `aₗ = f(aₗ₋₁ Wₗ + bₗ)`.
#[derive(Module, Debug)]
pub struct DenseStack {
    layers: Vec<Linear>,
    #[module(skip)]
    activations: Vec<Activation>,
}

/// The mirror of a [`DenseStack`]: its weights, transposed and in reverse, with biases of its own.
///
/// It holds no weights: they are handed to it at every use, so that their gradients add up from both halves.
#[derive(Module, Debug)]
pub struct TiedStack {
    biases: Vec<Param<Tensor<1>>>,
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
        let activations = activations(layers.len(), hidden, last);
        Self {
            layers,
            activations,
        }
    }

    /// Number of layers.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.layers.len()
    }

    /// Weights of one layer: `[inputs, outputs]`.
    #[must_use]
    pub fn weight(&self, layer: usize) -> Tensor<2> {
        self.layers[layer].weight.val()
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
        (0..n_layers.min(self.layers.len()))
            .fold(input, |signal, layer| self.forward_one(signal, layer))
    }

    /// The activations of every layer, first to last.
    ///
    /// # Shapes
    /// `[batch, inputs] → [batch, units of the layer]` for each layer
    #[must_use]
    pub fn trace(&self, input: Tensor<2>) -> Vec<Tensor<2>> {
        let layers = 0..self.layers.len();
        let steps = layers.scan(input, |signal, layer| {
            *signal = self.forward_one(signal.clone(), layer);
            Some(signal.clone())
        });
        steps.collect()
    }

    /// The activations of one layer from its own inputs.
    ///
    /// # Shapes
    /// `[batch, inputs of the layer] → [batch, units of the layer]`
    #[must_use]
    pub fn forward_one(&self, input: Tensor<2>, layer: usize) -> Tensor<2> {
        let (logits, activation) = self.linear_one(input, layer);
        activate(activation, logits)
    }

    /// The same before the activation, and which activation it is.
    #[must_use]
    pub fn linear_one(&self, input: Tensor<2>, layer: usize) -> (Tensor<2>, Activation) {
        (self.layers[layer].forward(input), self.activations[layer])
    }
}

impl TiedStack {
    /// The mirror of a stack with these sizes, from its last to its first.
    pub fn new(
        sizes: &[usize],
        hidden: Activation,
        last: Activation,
        init: &mut Initializer<'_>,
    ) -> Self {
        let outputs = sizes.iter().rev().skip(1);
        let biases: Vec<_> = outputs.map(|&units| init.bias(units)).collect();
        let activations = activations(biases.len(), hidden, last);
        Self {
            biases,
            activations,
        }
    }

    /// # Shapes
    /// `[batch, outputs of the encoder] → [batch, units of layer n_layers − 1]`
    #[must_use]
    pub fn forward_through(
        &self,
        input: Tensor<2>,
        n_layers: usize,
        encoder: &DenseStack,
    ) -> Tensor<2> {
        (0..n_layers.min(self.biases.len())).fold(input, |signal, layer| {
            self.forward_one(signal, layer, encoder)
        })
    }

    /// The activations of every layer, first to last.
    ///
    /// # Shapes
    /// `[batch, outputs of the encoder] → [batch, units of the layer]` for each layer
    #[must_use]
    pub fn trace(&self, input: Tensor<2>, encoder: &DenseStack) -> Vec<Tensor<2>> {
        let layers = 0..self.biases.len();
        let steps = layers.scan(input, |signal, layer| {
            *signal = self.forward_one(signal.clone(), layer, encoder);
            Some(signal.clone())
        });
        steps.collect()
    }

    /// # Shapes
    /// `[batch, inputs of the layer] → [batch, units of the layer]`
    #[must_use]
    pub fn forward_one(&self, input: Tensor<2>, layer: usize, encoder: &DenseStack) -> Tensor<2> {
        let (logits, activation) = self.linear_one(input, layer, encoder);
        activate(activation, logits)
    }

    /// The same before the activation, and which activation it is.
    #[must_use]
    pub fn linear_one(
        &self,
        input: Tensor<2>,
        layer: usize,
        encoder: &DenseStack,
    ) -> (Tensor<2>, Activation) {
        let mirrored = encoder.depth() - 1 - layer;
        let weight = encoder.weight(mirrored).transpose(); // [inputs of the layer, units]
        let bias = self.biases[layer].val().unsqueeze::<2>(); // [1, units]
        (input.matmul(weight) + bias, self.activations[layer])
    }

    /// Number of layers.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.biases.len()
    }
}

fn activations(n_layers: usize, hidden: Activation, last: Activation) -> Vec<Activation> {
    let mut activations = vec![hidden; n_layers];
    if let Some(activation) = activations.last_mut() {
        *activation = last;
    }
    activations
}
