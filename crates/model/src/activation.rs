//! The nonlinearities, as functions of tensors.

use burn::tensor::Tensor;
use burn::tensor::activation;

use super::sigmoid::sigmoid;
use hourglass_experiment::Activation;

/// Applies a nonlinearity to each value.
///
/// # Shapes
/// `[...] → [...]`
pub fn activate<const D: usize>(activation: Activation, input: Tensor<D>) -> Tensor<D> {
    match activation {
        Activation::Linear => input,
        Activation::Sigmoid => sigmoid(input),
        Activation::Tanh => activation::tanh(input),
        Activation::Relu => activation::relu(input),
        Activation::LeakyRelu => activation::leaky_relu(input, 0.01),
        Activation::Elu => activation::elu(input, 1.0),
        Activation::Gelu => activation::gelu(input),
    }
}
