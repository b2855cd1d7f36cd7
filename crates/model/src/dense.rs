//! Fully connected layers: weights, bias and activation in one operation forward and one backward, where the processor
//! trains. Burn's own take one for each, on one thread for all but large products, and copy what is transposed.
//!
//! `Dense::unfused` is the same by Burn's operations, for other devices and as the reference for tests.

mod glue;
mod product;

use burn::nn::Linear;
use burn::tensor::{DType, Tensor};

use hourglass_experiment::Activation;

use super::activation::activate;
use super::nonlinearity::Nonlinearity;
use super::processor::is_processor;
use product::Layer;

/// How a layer's weights lie, and what follows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dense {
    /// Whether the weights are `[units, inputs]`, those of the mirrored layer of a tied one, and not
    /// `[inputs, units]`.
    pub is_transposed: bool,
    pub activation: Activation,
}

impl Dense {
    /// Weights with nothing behind them.
    pub const LINEAR: Self = Self {
        is_transposed: false,
        activation: Activation::Linear,
    };

    /// The outputs of a layer whose weights and bias are a module of Burn's.
    ///
    /// # Shapes
    /// `[batch, inputs] → [batch, units]`
    #[must_use]
    pub fn of(self, linear: &Linear, inputs: Tensor<2>) -> Tensor<2> {
        match &linear.bias {
            Some(bias) => self.forward(inputs, linear.weight.val(), bias.val()),
            None => activate(self.activation, linear.forward(inputs)),
        }
    }

    /// The outputs of a layer, by the fused operation where it knows how.
    ///
    /// # Shapes
    /// `[batch, inputs]`, weights, `[units]` → `[batch, units]`
    #[must_use]
    pub fn forward(self, inputs: Tensor<2>, weights: Tensor<2>, bias: Tensor<1>) -> Tensor<2> {
        let is_known = is_processor(&inputs.device()) && inputs.dtype() == DType::F32;
        if !is_known || inputs.dims().contains(&0) {
            return self.unfused(inputs, weights, bias);
        }
        let [rows, columns] = weights.dims();
        let [n_inputs, n_units] = if self.is_transposed {
            [columns, rows]
        } else {
            [rows, columns]
        };
        let nonlinearity = Nonlinearity::of(self.activation);
        let layer = Layer {
            n_inputs,
            n_units,
            is_transposed: self.is_transposed,
            nonlinearity: nonlinearity.unwrap_or(Nonlinearity::None),
        };
        let outputs = glue::dense(inputs, weights, bias, layer);
        match nonlinearity {
            Some(_) => outputs,
            None => activate(self.activation, outputs),
        }
    }

    /// The same by Burn's own operations, on any device: what the fused one is measured against.
    ///
    /// # Shapes
    /// As [`Self::forward`].
    #[must_use]
    pub fn unfused(self, inputs: Tensor<2>, weights: Tensor<2>, bias: Tensor<1>) -> Tensor<2> {
        let weights = if self.is_transposed {
            weights.transpose()
        } else {
            weights
        };
        let bias = bias.unsqueeze::<2>(); // [1, units]
        activate(self.activation, inputs.matmul(weights) + bias)
    }
}
